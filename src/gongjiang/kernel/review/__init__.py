"""Review: the endorsement chain up the union tree."""
