"""When reports fall due, who still owes them, and who is reminded."""
