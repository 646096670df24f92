"""Notices to one person or one officer, and their ways out of the house: drained from the outbox, set-wise."""
