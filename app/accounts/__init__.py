"""People: logging in, invitations, roles."""
