"""Calculators of staffing on the command line; they ask no database."""
