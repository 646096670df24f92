"""The kernel's stage for these pages: a panel of the city over entries of the works."""

from gongjiang.kernel.review.tests.conftest import edition, scored, stage

__all__ = ["edition", "scored", "stage"]
