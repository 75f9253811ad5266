"""Actions, decisions, risks and corrective action plans."""
