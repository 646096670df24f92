"""What follows from a change of a person, a workplace, an enterprise or a rule: flags, and likenesses."""

from django.db import connection, transaction

from gongjiang.kernel.outbox import reading as outbox

from . import flags
from .merging import actions, candidates
from .models import MatchPair, PairState

READER = "people"
TOO_MANY = 200_000  # changed persons from which everybody is looked at


def bring_up_to_date() -> int:
    """Deal with what was committed since the last time; returns how many kept flags changed.

    As the worker, which alone may write flags. Killed anywhere it begins again with the same result: flags, pairs and
    position are of one transaction.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('gongjiang.people'))")
            if not cursor.fetchone()[0]:
                return 0
        first = outbox.position(READER) == 0
        batch = outbox.read(READER)
        persons = None if first else _touched(batch.keys)
        if persons is not None and len(persons) > TOO_MANY:
            persons = None
        changed = flags.keep(persons)
        candidates.find(persons)
        outbox.keep(READER, batch.until)
    for pair in MatchPair.objects.filter(state=PairState.OPEN, same_identity=True, same_name=True):
        actions.merge_verified(pair)
    return changed


def _touched(keys: dict[str, list[int]]) -> list[int] | None:
    """Whose flags may have changed; None: everybody's."""
    everybody = {"people_flagrule"} & set(keys) or any(
        outbox.EVERYTHING in keys.get(table, ()) for table in ("people_person", "people_employment")
    )
    if everybody:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id FROM people_employment WHERE id = ANY (%s) OR entity_id = ANY (%s)"
            " UNION SELECT unnest(%s::bigint[])",
            [
                keys.get("people_employment", []),
                keys.get("orgs_legalentity", []),
                keys.get("people_person", []),
            ],
        )
        return sorted(person for (person,) in cursor.fetchall())
