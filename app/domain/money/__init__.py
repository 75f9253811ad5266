"""What findings cost: charges, prices, caps, the bank, and what is earned back."""
