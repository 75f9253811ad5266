"""The record of events as a page, and the proof that it is whole."""
