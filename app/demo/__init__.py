"""The demo story, told through the product's own services."""
