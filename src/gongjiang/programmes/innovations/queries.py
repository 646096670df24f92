"""What the pages read."""

from django.db.models import QuerySet
from django.utils import timezone

from gongjiang.kernel.lifecycle.models import Edition, EditionState, WindowKind
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import ancestors

from .models import Entry, Result


def open_calls(*paths: str) -> QuerySet[Edition]:
    """Calls that take entries now from units on these paths; with no path, every open call."""
    now = timezone.now()
    calls = Edition.objects.filter(
        programme="innovations",
        state=EditionState.PUBLISHED,
        windows__kind=WindowKind.APPLY,
        windows__since__lte=now,
        windows__until__gt=now,
    )
    if paths:
        calls = calls.filter(unit__in={key for path in paths for key in ancestors(path)})
    return calls.select_related("unit").order_by("windows__until", "pk")


def entries_of(result: Result) -> QuerySet[Entry]:
    """The entries of a result, newest first."""
    return Entry.objects.filter(result=result).select_related("case__edition", "case__unit").order_by("-pk")


def workplaces(paths: tuple[str, ...]) -> list[Unit]:
    """The units where somebody works, by the paths of an actor."""
    return list(Unit.objects.filter(path__in=paths).order_by("pk"))
