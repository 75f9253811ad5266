"""What is due, what was sent and what was decided."""
