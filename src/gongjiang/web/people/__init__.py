"""Pages about people: records that may be one person, for stewards; what one has agreed to, for everybody."""
