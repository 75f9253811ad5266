"""Odd files made at random, a plain second reading of each, and the comparison of both with Accord's."""
