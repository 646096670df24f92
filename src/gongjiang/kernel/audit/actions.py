"""The one way to an identifier in full, and the record of lists that go out as files."""

import re
import uuid
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongjiang.kernel.access.actor import Actor, Held
from gongjiang.kernel.lifecycle.flow import Forbidden
from gongjiang.kernel.people import crypto
from gongjiang.kernel.people.models import Employment, Identifier, Person

from .models import SHORTEST, Disclosure, DisclosureKind, HandOver, Purpose
from .rules import KEEPERS, REVEAL

#: As many digits in a row as only a phone, an identity number or an account has.
LONG_NUMBER = re.compile(r"(?:\d[\s-]?){10}[\dXx]")


def reveal(
    person: Person, what: str, *, purpose: str, note: str, actor: Actor, request: uuid.UUID | None = None
) -> str:
    """The person's identifier of the kind `what` in full, after the disclosure has been written.

    Runs in the actor's scope; value and row are of one transaction, and a caller hands the value on only once that
    has ended. `request` names the request that asks. Raises Forbidden where the person does not work where the actor
    keeps the register or has no such identifier, ValidationError where the purpose is not said, IntegrityError where
    the request has been answered before.
    """
    note = explained(note)
    if purpose not in Purpose.values:
        raise ValidationError(_("Choose what it is needed for."))
    paths = REVEAL.filter(Employment.objects.filter(person=person, until=None), actor).values_list(
        "path", flat=True
    )
    grant = _acting(actor, list(paths))
    identifier = Identifier.objects.filter(person=person, kind=what).first()
    if grant is None or identifier is None:
        raise Forbidden("reveal")
    with transaction.atomic():
        Disclosure.objects.create(
            user_id=actor.account,
            role=grant.role,
            unit_id=grant.unit,
            person=person,
            what=what,
            purpose=purpose,
            note=note,
            request=request or uuid.uuid4(),
        )
        return crypto.reveal(bytes(identifier.cipher))


def exported(persons: Sequence[int], what: Sequence[str], *, purpose: str, note: str, actor: Actor) -> None:
    """Write down that identifiers of these persons went into a file, one row for each, as `reveal` does for one.

    Runs in the actor's scope, in the transaction that reads them. Raises Forbidden where the actor keeps no register.
    """
    grant = min(actor.held(*KEEPERS), key=lambda g: len(g.path), default=None)
    if grant is None:
        raise Forbidden("export")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_disclosure"
            " (at, user_id, role, unit_id, path, person_id, kind, what, purpose, note, request)"
            " SELECT now(), %s, %s, %s, '', person, %s, what, %s, %s, gen_random_uuid()"
            " FROM unnest(%s::bigint[]) AS p (person) CROSS JOIN unnest(%s::text[]) AS w (what)",
            [
                actor.user,
                grant.role,
                grant.unit,
                DisclosureKind.EXPORT,
                purpose,
                explained(note),
                list(persons),
                list(what),
            ],
        )


def hand_over(
    title: str, conditions: str, rows: int, tier: str, *, purpose: str = "", note: str = "", actor: Actor
) -> HandOver:
    """Write down that a file with a list goes to the actor now, in the widest capacity that they hold."""
    grant = min(actor.grants, key=lambda g: len(g.path), default=None)
    return HandOver.objects.create(
        user_id=actor.account,
        role=grant.role if grant else "",
        unit_id=grant.unit if grant else None,
        title=title,
        conditions=conditions,
        rows=rows,
        tier=tier,
        purpose=purpose,
        note=note,
    )


def _acting(actor: Actor, paths: list[str]) -> Held | None:
    """The grant nearest to where the person works: the capacity in which the actor looks."""
    near = [g for g in actor.held(*KEEPERS) if any(path.startswith(g.path) for path in paths)]
    return max(near, key=lambda g: len(g.path), default=None)


def explained(note: str) -> str:
    """A purpose in words, as it is kept. Raises ValidationError where it says too little, or holds a number."""
    note = " ".join(note.split())
    written = len("".join(note.split()))
    if written < SHORTEST:
        now = ngettext("it has %(n)s character now", "it has %(n)s characters now", written) % {"n": written}
        raise ValidationError(
            _(
                "Too short to say what for: %(now)s, at least %(least)s are needed. Name the matter, for example"
                " “medical mutual aid, comparing with the hospital's bill”."
            )
            % {"now": now, "least": SHORTEST}
        )
    if LONG_NUMBER.search(note):
        raise ValidationError(
            _(
                "There is an identity, phone or account number in it. Take it out: the person and the auditor"
                " read this."
            )
        )
    return note
