"""The outbox: what was committed, for facts, notices and bridges."""
