"""The review document and its issued editions."""
