"""Organisations: units of the union tree with their paths, legal entities, dated edges."""
