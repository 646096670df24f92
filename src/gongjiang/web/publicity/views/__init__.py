"""Notices, what is said against them and against decisions: in public, on the desk, and for who objects."""
