"""Money: dedicated funds kept by double entry, payments in batches through a bank, and one event paid once."""
