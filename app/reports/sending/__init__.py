"""From a draft to a decision: explained, confirmed, certified, sent, compared, reviewed."""
