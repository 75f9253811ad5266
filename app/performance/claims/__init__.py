"""What a claim for relief can be about, and what it would change."""
