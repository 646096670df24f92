"""企业名单: one row for each enterprise of an area, by its unified social credit code.

What has a right code of its own is taken in. What has none, or one that cannot be right, waits as a candidate (待核):
nobody's list makes an enterprise of a misread licence.
"""

from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.exchange.kinds import ImportKind

from ..actions import list_touched, register, undo_list
from ..permissions import REGISTRARS
from .columns import COLUMNS
from .judging import doubt, judge, meant

__all__ = ["ENTERPRISES", "doubt", "meant"]

ENTERPRISES = ImportKind(
    name="registry.enterprises",
    label=c("import", "List of enterprises"),
    lead=gettext_lazy(
        "One row for each enterprise, in whatever columns you keep. What has no right credit code is not lost: it"
        " waits until somebody has compared it with the licence."
    ),
    roles=REGISTRARS,
    columns=COLUMNS,
    judge=judge,
    apply=register,
    unique=("uscc",),
    who="name",
    touched=list_touched,
    undo=undo_list,
    done_url="registry:enterprises",
    upload_url="registry:import-enterprises",
)
