"""The launcher behind `./run`: environment, embedded PostgreSQL, supervisor. Imports no Django."""
