"""What is decided and why, without a database: reasons, decisions, the composition of a list."""

from .decision import Decision, Outcome, Reason

__all__ = ["Decision", "Outcome", "Reason"]
