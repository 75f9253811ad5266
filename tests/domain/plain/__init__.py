"""A second reading of the contract rules: plain arithmetic in fractions, which shares no code with the engine."""
