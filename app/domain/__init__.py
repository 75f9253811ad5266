"""The rules of the trade: standard library only, no clock, no database, no network."""
