"""No identifier without its row, and the row stays: for whom it is shown, who reads it, what nobody can do to it."""

import logging
import uuid
from contextlib import suppress
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from gongjiang.kernel.access.actor import Actor, scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.audit.actions import reveal
from gongjiang.kernel.audit.models import Disclosure, DisclosureKind, Purpose
from gongjiang.kernel.audit.queries import names
from gongjiang.kernel.audit.rules import ABOUT_ME, LOG
from gongjiang.kernel.lifecycle.flow import Forbidden
from gongjiang.kernel.orgs import tree
from gongjiang.kernel.people.models import Employment, Identifier, IdentifierKind
from tests import cast as world
from tests.cast import EVERYBODY, Cast

pytestmark = pytest.mark.django_db
NOTE = "互助报销，与医院账单核对"


def look(cast: Cast, who: str, whom: str = "colleague", **changed: Any) -> str:
    """What this member of the cast is told when they ask for the identity number of another."""
    said: dict[str, Any] = {"purpose": Purpose.HANDLING, "note": NOTE, **changed}
    person = cast[whom].person
    assert person is not None
    with scope(cast[who].actor):
        return reveal(person, said.pop("what", IdentifierKind.IDENTITY), actor=cast[who].actor, **said)


def refused(cast: Cast, who: str, whom: str = "colleague") -> bool:
    try:
        look(cast, who, whom)
    except Forbidden:
        return True
    return False


def as_application(actor: Actor, sql: str, values: tuple[Any, ...] = ()) -> str:
    """What the database says to a statement of the application's role; empty where it lets it pass."""
    try:
        with scope(actor), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
    except DatabaseError as error:
        return str(error).splitlines()[0]
    return ""


def test_identifier_is_told_and_its_row_says_everything(cast: Cast) -> None:
    request = uuid.uuid4()
    colleague, officer = cast["colleague"], cast["unit_officer"]
    assert look(cast, "unit_officer", note=f"  {NOTE}\n", request=request) == colleague.identity
    row = Disclosure.objects.get()
    assert (row.user_id, row.role, row.unit, row.path) == (
        officer.user.pk,
        Role.UNIT_OFFICER,
        cast.works,
        cast.works.path,
    )
    assert (row.person, row.kind, row.what) == (
        colleague.person,
        DisclosureKind.REVEAL,
        IdentifierKind.IDENTITY,
    )
    assert (row.purpose, row.note, row.request) == (Purpose.HANDLING, NOTE, request)
    assert look(cast, "unit_officer", what=IdentifierKind.PHONE) == colleague.phone


def test_only_who_keeps_the_register_there_is_told(cast: Cast) -> None:
    told = {who for who in EVERYBODY if not refused(cast, who)}
    assert told == {"unit_officer", "county_officer", "superior"}
    assert Disclosure.objects.count() == len(told)


def test_who_left_is_shown_to_nobody(cast: Cast) -> None:
    Employment.objects.filter(person=cast["colleague"].person).update(until="2026-11-01")
    assert refused(cast, "unit_officer")
    assert refused(cast, "superior")


def test_identifier_that_is_not_recorded_is_forbidden(cast: Cast) -> None:
    Identifier.objects.filter(person=cast["colleague"].person, kind=IdentifierKind.PHONE).delete()
    with pytest.raises(Forbidden):
        look(cast, "unit_officer", what=IdentifierKind.PHONE)
    assert Disclosure.objects.count() == 0


def test_officer_of_two_units_looks_in_the_nearer_capacity(cast: Cast) -> None:
    Grant.objects.create(
        user=cast["superior"].user, role=Role.DATA_STEWARD, unit=cast.county, since=world.SINCE
    )
    look(cast, "superior")
    assert Disclosure.objects.values_list("role", "unit__name").get() == (
        Role.DATA_STEWARD,
        "襄垣县总工会",
    )


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"note": ""}, False),
        ({"note": "核对"}, False),
        ({"note": "　核　对　一　遍　"}, False),
        ({"purpose": ""}, False),
        ({"purpose": "curiosity"}, False),
        ({"note": "电话 139 0000 0012 打不通，核对"}, False),
        ({"note": "电话１３９００００００１２打不通"}, False),
        ({"note": "证号140423198605200125是否有误"}, False),
        ({"note": "第12号报销单，2024年10月12日"}, True),
    ],
)
def test_purpose_is_said_or_nothing_is_told(cast: Cast, said: dict[str, str], told: bool) -> None:
    number = ""
    with suppress(ValidationError):
        number = look(cast, "unit_officer", **said)
    assert (bool(number), Disclosure.objects.count()) == (told, int(told))


def test_same_request_is_answered_once(cast: Cast) -> None:
    request = uuid.uuid4()
    look(cast, "unit_officer", request=request)
    with pytest.raises(IntegrityError), transaction.atomic():
        look(cast, "unit_officer", request=request)


def test_nothing_is_told_when_the_row_cannot_be_written(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_disclosure ADD CONSTRAINT full_up CHECK (false)")
    told = None
    with pytest.raises(IntegrityError, match="full_up"), transaction.atomic():
        told = look(cast, "unit_officer")
    assert (told, Disclosure.objects.count()) == (None, 0)


def test_logs_and_tables_carry_no_identifier(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "django.db.backends")
    connection.force_debug_cursor = True
    try:
        number = look(cast, "unit_officer")
    finally:
        connection.force_debug_cursor = False
    assert "audit_disclosure" in caplog.text
    assert number not in caplog.text
    with connection.cursor() as cursor:
        cursor.execute("SELECT d::text FROM audit_disclosure d")
        assert number not in str(cursor.fetchall())


# ── the row stays ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_disclosure SET note = 'nothing of that kind'",
        "DELETE FROM audit_disclosure",
        "TRUNCATE audit_disclosure",
    ],
)
def test_application_changes_deletes_and_empties_nothing(cast: Cast, sql: str) -> None:
    look(cast, "unit_officer")
    said = as_application(cast["unit_officer"].actor, sql)
    assert said == "permission denied for table audit_disclosure"


def test_not_even_the_owner_changes_or_deletes(cast: Cast) -> None:
    look(cast, "unit_officer")
    for change in (
        lambda: Disclosure.objects.update(note="nothing of that kind"),
        lambda: Disclosure.objects.update(at="2020-01-01T00:00+08:00"),
        lambda: Disclosure.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Disclosure.objects.get().note == NOTE


def test_row_follows_its_unit_through_the_tree(cast: Cast) -> None:
    look(cast, "unit_officer")
    tree.reparent(cast.township, cast.sibling_county, on=world.SINCE.replace(year=2026))
    cast.works.refresh_from_db()
    assert Disclosure.objects.get().path == cast.works.path


ADD = """INSERT INTO audit_disclosure (at, user_id, role, unit_id, path, person_id, kind, what, purpose, note, request)
VALUES ('2020-01-01', %s, 'officer', %s, '/1/', %s, 'reveal', 'phone', 'other', 'written by hand', gen_random_uuid())"""


def test_row_in_anothers_name_or_for_anothers_unit_is_refused(cast: Cast) -> None:
    officer, person = cast["unit_officer"], cast["colleague"].person
    assert person is not None
    walled = 'new row violates row-level security policy for table "audit_disclosure"'
    said = {
        "own": as_application(officer.actor, ADD, (officer.user.pk, cast.works.pk, person.pk)),
        "in another's name": as_application(
            officer.actor, ADD, (cast["superior"].user.pk, cast.works.pk, person.pk)
        ),
        "for another's unit": as_application(
            officer.actor, ADD, (officer.user.pk, cast.county.pk, person.pk)
        ),
    }
    assert said == {"own": "", "in another's name": walled, "for another's unit": walled}


def test_time_and_path_are_the_databases_own(cast: Cast) -> None:
    officer, person = cast["unit_officer"], cast["colleague"].person
    assert person is not None
    as_application(officer.actor, ADD, (officer.user.pk, cast.works.pk, person.pk))
    row = Disclosure.objects.get()
    assert (row.at.year > 2020, row.path) == (True, cast.works.path)


# ── who reads it ─────────────────────────────────────────────────────────────


def test_readers_are_the_person_who_looked_and_the_auditor_above(cast: Cast) -> None:
    look(cast, "unit_officer")
    look(cast, "superior")
    Grant.objects.create(user=cast["leader"].user, role=Role.AUDITOR, unit=cast.mill, since=world.SINCE)
    rules = {"colleague": ABOUT_ME}
    seen = {}
    for who in EVERYBODY:
        actor = cast[who].actor
        rule = rules.get(who, LOG)
        by_rule = set(rule.filter(Disclosure.objects.all(), actor).values_list("user__username", flat=True))
        with scope(actor):
            behind = Disclosure.objects.count()
            through = rule.filter(Disclosure.objects.all(), actor).count()
        assert through == len(by_rule), who
        seen[who] = (sorted(by_rule), behind)
    one, two = cast["unit_officer"].user.username, cast["superior"].user.username
    nothing = ([], 0)
    assert seen == {
        **dict.fromkeys(EVERYBODY, nothing),
        "colleague": (sorted([one, two]), 2),
        "unit_officer": ([one], 1),
        "superior": ([two], 1),
        "auditor": (sorted([one, two]), 2),
    }


def test_names_are_told_to_who_looked_and_to_the_auditor_only(cast: Cast) -> None:
    look(cast, "superior")
    row = Disclosure.objects.get()
    told = {}
    for who in EVERYBODY:
        with scope(cast[who].actor):
            told[who] = [(n.unit, n.officer, n.person) for n in names([row]).values()]
    unit, whom = "长治市总工会", "李演乙丑"
    assert told == {
        **{who: [] for who in EVERYBODY},
        "colleague": [(unit, "", "")],
        "superior": [(unit, "长治市经办", whom)],
        "auditor": [(unit, "长治市经办", whom)],
    }


def test_person_who_left_still_reads_who_looked(cast: Cast) -> None:
    look(cast, "unit_officer")
    Employment.objects.filter(person=cast["colleague"].person).update(until="2026-11-01")
    with scope(cast["colleague"].actor):
        rows = list(ABOUT_ME.filter(Disclosure.objects.all(), cast["colleague"].actor))
        assert [n.unit for n in names(rows).values()] == [cast.works.name]
    with scope(cast["auditor"].actor):
        rows = list(LOG.filter(Disclosure.objects.all(), cast["auditor"].actor))
        assert [n.person for n in names(rows).values()] == ["李演乙丑"]


def test_counting_reads_none(cast: Cast) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET LOCAL ROLE gj_count")
        cursor.execute("SELECT 1 FROM audit_disclosure")
