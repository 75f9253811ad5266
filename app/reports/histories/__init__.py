"""Years of past periods in one file: understood, examined, imported, approved as a batch."""
