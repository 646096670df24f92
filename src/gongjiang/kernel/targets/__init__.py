"""Targets and readings: what is to be reached or counted of something, and what was measured, by whom, how surely."""
