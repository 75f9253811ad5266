"""Forecasts as they were issued, version after version, and known at an instant. The pages stand in performance."""
