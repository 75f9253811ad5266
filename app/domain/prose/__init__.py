"""Findings and prices in sentences, written when somebody asks."""
