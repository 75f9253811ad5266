"""The families of contract rules: each file holds a rule's words, what is wrong with it, and its arithmetic."""
