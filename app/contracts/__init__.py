"""Contracts, their dated terms and the charges under them."""
