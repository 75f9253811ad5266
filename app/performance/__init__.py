"""Findings, scorecards, the portfolio and the credits."""
