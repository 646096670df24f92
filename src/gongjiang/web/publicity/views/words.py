"""What every page says of a notice."""

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.publicity.models import ObjectionKind, Publicity, PublicityState, RulingResult
from gongjiang.web.views import Order

TONES = {PublicityState.OPEN: "go", PublicityState.OVER: "done", PublicityState.CANCELLED: "late"}
APPEALS = {RulingResult.UPHELD: c("appeal", "upheld"), RulingResult.REJECTED: c("appeal", "rejected")}
NEWEST = Order("new", _("newest first"), "-opened_at", "-pk")


def titled(notice: Publicity) -> str:
    """A notice's title in the reader's language, where it has one."""
    english = "" if str(get_language()).startswith("zh") else notice.title_en
    return english or notice.title


def dressed(notice: Publicity) -> Publicity:
    """Give a notice what its pages say of it: `standing`, `tone`, `said`."""
    notice.standing = notice.state()  # type: ignore[attr-defined]
    notice.tone = TONES[notice.state()]  # type: ignore[attr-defined]
    notice.said = titled(notice)  # type: ignore[attr-defined]
    return notice


def ruled(kind: str, result: str) -> str:
    """The word for a ruling on an objection or an appeal; empty while there is none."""
    if not result:
        return ""
    found = RulingResult(result)
    return str(APPEALS[found] if kind == ObjectionKind.APPEAL else found.label)
