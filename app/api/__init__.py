"""What a partner's own programs may do with a token: the intake of reports as JSON."""
