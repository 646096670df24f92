"""The leaders' face: numbers that open."""
