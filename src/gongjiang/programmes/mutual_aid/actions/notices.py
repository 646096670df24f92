"""What a notice of payments says: surname and the end of the claim's number; never illness, hospital or account."""

from django.utils.translation import gettext as _

from gongjiang.kernel.calendar.deadlines import EndsAt
from gongjiang.kernel.lifecycle.flow import Batch, Reason, Refused
from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.publicity.guards import Content
from gongjiang.kernel.publicity.snapshot import Column, Mask
from gongjiang.programmes.mutual_aid import queries
from gongjiang.programmes.mutual_aid.models import Claim

PAYMENTS = "mutual_aid.payments"
COLUMNS = (
    Column("理赔编号后四位", "End of the number", leads=True),
    Column("姓名", "Name", Mask.NAME),
    Column("拟互助金额（元）", "Amount, yuan", number=True),
)


def payments(batch: Batch) -> Content:
    """The payments of one period, in the order of their numbers."""
    keys = {c.edition_id for c in batch.cases}
    if len(keys) != 1:
        text = _("One notice speaks of one period. Choose claims of the same period.")
        raise Refused({c.pk: [Reason(text)] for c in batch.cases})
    edition = Edition.objects.select_related("unit").get(pk=keys.pop())
    rows = {}
    for claim in Claim.objects.filter(case__in=batch.cases).select_related("case__applicant"):
        fen = claim.result or 0
        name = claim.case.applicant.name if claim.case.applicant else ""
        rows[claim.pk] = ((claim.case.number or "")[-4:], name, f"{fen // 100}.{fen % 100:02d}")
    return Content(
        unit=edition.unit,
        title=f"{edition.name}拟互助名单公示",
        title_en=f"{edition.name_en or edition.name}: payments proposed",
        cases=sorted(batch.cases, key=lambda c: c.number or ""),
        columns=COLUMNS,
        rows=rows,
        days=int(queries.values(edition)["publicity_days"]),
        ends_at=EndsAt.OFFICE,
        edition=edition,
    )
