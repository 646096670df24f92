"""Changing the union tree: the only writer of units, paths, edges and former faces.

A unit reports along two lines. Its territorial line makes `path`. Its industrial line makes `industrial_path`: the
industrial parent's own industrial path where there is one, otherwise that of the territorial parent. Either column
is a tree of its own, so a move in it is one replacement of a prefix.

Nothing that was recorded is rewritten. A unit that ends lives on, closed, below its successor: what was recorded
there is counted where it was counted, and whoever is responsible for the successor reaches it. A part that is split
off is said to have reported to the unit that it came from until that day.

Each change is one transaction, one at a time, and leaves a `Reorganisation`.
"""

from .changes import Part, add, close, merge, objection, rename, renumber, reparent, split
from .lines import TreeError, alone, carriers

__all__ = [
    "Part",
    "TreeError",
    "add",
    "alone",
    "carriers",
    "close",
    "merge",
    "objection",
    "rename",
    "renumber",
    "reparent",
    "split",
]
