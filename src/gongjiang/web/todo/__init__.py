"""Tasks: what was asked of a unit or a person, and what came of it."""
