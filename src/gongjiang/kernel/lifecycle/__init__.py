"""Editions and cases: rounds, the thin spine, whose turn it is, flows, and the one door that changes a state."""
