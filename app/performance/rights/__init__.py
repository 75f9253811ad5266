"""Rights and tighter targets: why they opened, who is told, what is made of them."""
