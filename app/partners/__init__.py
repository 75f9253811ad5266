"""Partners, sites, queues and what is still missing for them."""
