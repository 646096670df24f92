"""Who may? One rule and one Q for the list and the row; the database as second wall."""
