"""Editions: prepared, approved by a second person, published, settled."""
