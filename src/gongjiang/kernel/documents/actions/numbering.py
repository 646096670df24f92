"""What the numbers of a unit's documents begin with."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.orgs.models import Unit

from ..models import (
    NumberWord,
)
from .recording import clerk


def set_number_word(unit: Unit, word: str, *, actor: Actor, kind: str = "") -> NumberWord:
    """Say what the numbers of a unit's documents begin with, from the next one on. Raises ValidationError."""
    clerk(actor, unit)
    word = "".join(word.split())
    if not 1 <= len(word) <= 20 or set(word) & set("〔〕[]"):
        raise ValidationError(
            {
                "word": [
                    _(
                        "One to twenty characters without brackets, for example 长工发. Year and number follow."
                    )
                ]
            }
        )
    made, _new = NumberWord.objects.update_or_create(unit=unit, kind=kind, defaults={"word": word})
    return made
