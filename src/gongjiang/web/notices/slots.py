"""What the notices put on the health page."""

from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from gongjiang.kernel.notices.channels import configured
from gongjiang.kernel.notices.models import Channel, DeliveryState
from gongjiang.kernel.programme import Slot
from gongjiang.web.components.wording import thousands
from gongjiang.web.health import Reading, Tone


def health(request: HttpRequest | None) -> list[dict[str, Any]]:
    """Which ways out there are, and how much waits or has failed; numbers only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, n FROM deliveries_undone()")
        count = dict(cursor.fetchall())
    failed = count.get(DeliveryState.FAILED, 0)
    waiting = count.get(DeliveryState.QUEUED, 0) + count.get(DeliveryState.SENDING, 0)
    ways = sorted(configured())
    if ways:
        says = _("Ways out: %(ways)s.") % {"ways": ", ".join(str(Channel(w).label) for w in ways)}
    else:
        says = _("No way out is configured: notices are read in the inbox only.")
    says += " " + _("To be sent: %(n)s.") % {"n": thousands(waiting)}
    if failed:
        says += " " + ngettext("%(n)s failed.", "%(n)s failed.", failed) % {"n": thousands(failed)}
    values = {"ways": ways, "waiting": waiting, "failed": failed}
    return [
        {
            "reading": Reading(
                "notices", pgettext("inbox", "Notices"), Tone.WATCH if failed else Tone.GOOD, says, values
            )
        }
    ]


HEALTH = Slot("health.readings", health, order=60)
