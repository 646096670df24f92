"""The inbox, what somebody wants sent outside, and what did not arrive."""
