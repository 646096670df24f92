"""Pages about who was shown whose data, and what for."""
