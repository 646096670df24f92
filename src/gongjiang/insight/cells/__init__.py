"""Cells: every stored figure, brought up to date after each commit, and the way from a figure to what it counts."""
