"""Saving, renaming and dropping named filters: the only writer."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.web.models import SavedFilter

MOST = 12  # for one list: more are not found again


def save(path: str, query: str, name: str, *, actor: Actor, first: bool = False) -> SavedFilter:
    """Keep these filters of a list under a name; a name that the list has already is given its new filters.

    Raises ValidationError past the twelfth.
    """
    with transaction.atomic():
        mine = SavedFilter.objects.filter(user=actor.user, path=path)
        if not mine.filter(name=name).exists() and mine.count() >= MOST:
            raise ValidationError({"name": _("A list keeps %d filters. Delete one of them first.") % MOST})
        kept, _new = SavedFilter.objects.update_or_create(
            user_id=actor.user,
            path=path,
            name=name,
            defaults={"query": query},  # type: ignore[misc]
        )
    if first:
        open_with(kept, actor=actor)
    return kept


def rename(kept: SavedFilter, name: str, *, actor: Actor) -> None:
    """Raises ValidationError where another filter of the list has the name."""
    same = SavedFilter.objects.filter(user=actor.user, path=kept.path, name=name).exclude(pk=kept.pk)
    if same.exists():
        raise ValidationError({"name": _("Another filter of this list is called “%s”.") % name})
    SavedFilter.objects.filter(pk=kept.pk, user=actor.user).update(name=name)


def open_with(kept: SavedFilter, *, actor: Actor) -> None:
    """From now on the list opens with these filters."""
    with transaction.atomic():
        open_bare(kept.path, actor=actor)
        SavedFilter.objects.filter(pk=kept.pk, user=actor.user).update(first=True)


def open_bare(path: str, *, actor: Actor) -> None:
    """From now on the list opens without filters."""
    SavedFilter.objects.filter(user=actor.user, path=path, first=True).update(first=False)


def delete(kept: SavedFilter, *, actor: Actor) -> None:
    SavedFilter.objects.filter(pk=kept.pk, user=actor.user).delete()
