"""From what was reported to what a window comes to: the book, its windows, relief, and why a value is not known."""
