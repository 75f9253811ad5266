"""Forecasts as they are typed in, and beside what came."""
