"""The table in a file: found, read cell by cell, checked, and written with marks."""
