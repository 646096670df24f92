"""The calendar, local closures and rules for deadlines."""
