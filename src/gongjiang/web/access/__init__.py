"""Pages of roles and who holds them."""
