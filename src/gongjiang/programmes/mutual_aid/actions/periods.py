"""What makes an edition a period: its number, and the fund behind it."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.ledger.books import open_fund
from gongjiang.kernel.lifecycle import editions
from gongjiang.kernel.lifecycle.flow import Forbidden
from gongjiang.kernel.lifecycle.models import Edition, EditionState
from gongjiang.programmes.mutual_aid.models import Period


def set_period(edition: Edition, *, number: int, fund: str, actor: Actor) -> Period:
    """Say which period an edition in preparation is, and out of which fund it pays; the fund is opened where it is not.

    Raises Forbidden, and ValidationError where the union has a period of that number.
    """
    if edition.state != EditionState.DRAFT or not editions.runs(edition, actor):
        raise Forbidden
    try:
        with transaction.atomic():
            kept = open_fund("mutual_aid", unit=edition.unit_id, name=" ".join(fund.split()), actor=actor)
            made, _new = Period.objects.update_or_create(
                edition=edition, defaults={"unit_id": edition.unit_id, "number": number, "fund": kept}
            )
    except IntegrityError as clash:
        if "period_number_once" in str(clash):
            raise ValidationError({"number": _("There is a period of this number already.")}) from clash
        raise
    return made
