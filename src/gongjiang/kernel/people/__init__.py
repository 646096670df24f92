"""People: one row a human being, encrypted identifiers with a keyed hash, employment."""
