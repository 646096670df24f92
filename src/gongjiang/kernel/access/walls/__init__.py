"""The second wall: row-level security, declared beside each model and raised after every migration.

A wall is deliberately coarser than the rule that filters a list; it catches the filter somebody forgot.
It reads transaction-local settings that `scope()` makes, and fails closed: a setting that is absent
or empty (what a setting becomes once its transaction has ended) admits nothing.

`declaring` is what a model says, `conditions` the same as SQL, `functions/` what conditions ask, `raising` makes the
database equal to all of it.
"""

from .conditions import is_seen_further
from .declaring import (
    Wall,
    closed,
    inherits,
    mirrors_path,
    models_needing_walls,
    models_with_walls,
    open_to_all,
    tables_only_read,
    writes,
)
from .raising import close_functions, raise_all
from .roles import make_roles, set_passwords

__all__ = [
    "Wall",
    "close_functions",
    "closed",
    "inherits",
    "is_seen_further",
    "make_roles",
    "mirrors_path",
    "models_needing_walls",
    "models_with_walls",
    "open_to_all",
    "raise_all",
    "set_passwords",
    "tables_only_read",
    "writes",
]
