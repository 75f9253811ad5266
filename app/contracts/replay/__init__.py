"""Judging a term sheet over figures from files, without a database: what the contract says of a history."""
