"""Notices for objections: a frozen masked list, its window in working days, and what is said against it."""
