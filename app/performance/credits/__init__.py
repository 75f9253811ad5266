"""The credits of months as pages and files tell them."""
