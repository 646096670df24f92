"""Officers declare their relatives, so that no claim of theirs comes before them."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.lifecycle.flow import Forbidden
from gongjiang.kernel.people.crypto import keyed_hash
from gongjiang.kernel.people.identity import BadIdentifier, identity_number
from gongjiang.kernel.people.models import IdentifierKind
from gongjiang.kernel.people.search import resolve
from gongjiang.programmes.mutual_aid.models import Relative


def declare(name: str, identity: str, *, actor: Actor) -> Relative:
    """Declare somebody as one's relative, by name and identity number together.

    Raises ValidationError where the register has nobody like that: then there is nothing to keep apart.
    """
    if actor.user is None:
        raise Forbidden
    try:
        number = identity_number(identity)
    except BadIdentifier as wrong:
        raise ValidationError({"identity": str(wrong)}) from wrong
    person = resolve([keyed_hash(IdentifierKind.IDENTITY, number)], [name]).get(0)
    if person is None:
        text = _("The register has nobody of this name and number, so nothing of theirs can come before you.")
        raise ValidationError(text)
    made, _new = Relative.objects.get_or_create(
        user_id=actor.user, person_id=person, defaults={"name": name.strip(), "declared_at": timezone.now()}
    )
    return made


def take_back(relative: Relative, *, actor: Actor) -> None:
    """It was a mistake. Raises Forbidden."""
    gone, _each = Relative.objects.filter(pk=relative.pk, user=actor.user).delete()
    if not gone:
        raise Forbidden
