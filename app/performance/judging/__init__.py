"""Judging what is known and keeping it: stored once, superseded, worked out again to prove it."""
