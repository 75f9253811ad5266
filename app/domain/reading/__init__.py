"""Documents as they come in, read part by part and checked: a problem names its path."""
