"""A file on its way to a draft, and what is put right on that way."""
