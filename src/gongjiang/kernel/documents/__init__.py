"""Numbered documents: issued ones with Word and PDF of one text, and registered ones; frozen when stamped."""
