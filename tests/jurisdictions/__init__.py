"""Other places, other rules: what a second jurisdiction needs is rows."""
