"""Pages about the union tree: what there is, what it was, and changing it by two persons."""
