"""A history judged: windows held against targets, years, rights and standings, and two readings side by side."""
