"""What the pages and other programmes read of credentials."""

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils import timezone

from .models import Credential, CredentialState, PublicCredential


def standing(row: Credential | PublicCredential, on: dt.date | None = None) -> CredentialState:
    """What a credential is on a day, by default today: a valid one whose time is over reads as expired."""
    day = on or timezone.localdate()
    state = CredentialState(row.state)
    over = row.valid_to is not None and row.valid_to <= day
    return CredentialState.EXPIRED if over and state == CredentialState.VALID else state


def valid(on: dt.date | None = None) -> Q:
    """The condition under which a credential counts on a day."""
    day = on or timezone.localdate()
    return Q(state=CredentialState.VALID, valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))


def mine(person: int | None) -> QuerySet[Credential]:
    """What a person holds or held, newest first."""
    rows = Credential.objects.filter(person=person) if person else Credential.objects.none()
    return rows.select_related("unit", "certificate", "document").order_by("-on", "-pk")


def checked(code: str) -> PublicCredential | None:
    """What a stranger may read of the credential with this code."""
    return PublicCredential.objects.filter(code=code).first()
