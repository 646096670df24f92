"""Tasks and visits: somebody must do something by a day, and who went where and what they found."""
