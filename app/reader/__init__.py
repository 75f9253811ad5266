"""The child process that reads tables; it runs by its path and imports nothing of the app."""
