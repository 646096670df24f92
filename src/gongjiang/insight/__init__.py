"""Counting: facts, the lake, indicators, cells and the cockpit. Knows no programme; programmes declare to it."""
