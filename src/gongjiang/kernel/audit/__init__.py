"""Who was shown what of whom, and what for: rows that nobody changes."""
