"""What is granted, how it ends, and what strangers and siblings see of it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from gongjiang.kernel.access.actor import ANONYMOUS, scope
from gongjiang.kernel.credentials import actions, queries
from gongjiang.kernel.credentials.actions import Award
from gongjiang.kernel.credentials.models import Credential, CredentialEvent, PublicCredential
from gongjiang.kernel.credentials.rules import VIEW
from gongjiang.kernel.documents import actions as documents
from gongjiang.kernel.documents.models import Document
from gongjiang.kernel.documents.tests.conftest import in_english, issued, place
from gongjiang.kernel.lifecycle.flow import Forbidden, Stale
from tests.cast import Cast

__all__ = ["in_english", "place"]


def granted(cast: Cast, who: str = "superior", **more) -> list[Credential]:
    """An honour of the city for the applicant, and one for the works."""
    actor = cast[who].actor
    awards = [
        Award("五小创新成果一等", person=cast["applicant"].person, holder_unit=cast.works, level="first"),
        Award("五小创新先进单位", holder=cast.works),
    ]
    with scope(actor):
        return actions.grant(
            awards, kind="honour", unit=cast.city, actor=actor, on=date(2026, 5, 1), prefix="HON", **more
        )


def decision(cast: Cast) -> Document:
    return issued(cast, "certificate")  # in force without a stamp


def test_grant_numbers_each_and_masks_persons_for_strangers(cast: Cast) -> None:
    granted(cast)
    with scope(ANONYMOUS):
        found = PublicCredential.objects.order_by("number").values_list("number", "holder", "state")
        assert list(found) == [
            ("HON-2026-140400-00001", "王＊子", "valid"),
            ("HON-2026-140400-00002", "襄垣县示例机械厂工会", "valid"),
        ]
        assert Credential.objects.count() == 0


@pytest.mark.parametrize("prefix", ["", "honour", "INN-H", "Ｈ", "荣"])
def test_number_begins_with_an_abbreviation_and_nothing_else(cast: Cast, prefix: str) -> None:
    actor = cast["superior"].actor
    award = Award("五小创新成果一等", person=cast["applicant"].person, holder_unit=cast.works)
    with scope(actor), pytest.raises(ValueError, match="capital letters"):
        actions.grant([award], kind="honour", unit=cast.city, actor=actor, prefix=prefix)
    assert Credential.objects.count() == 0


@pytest.mark.parametrize("who", ["county_officer", "leader", "applicant", "sibling_officer"])
def test_grant_in_the_name_of_another_unit_is_refused(cast: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        granted(cast, who)


def test_grant_by_a_document_that_is_not_issued_is_refused(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="not issued yet"):
        granted(cast, document=issued(cast, "decision"))
    assert Credential.objects.count() == 0


def test_same_number_twice_is_refused_in_a_sentence(cast: Cast) -> None:
    actor = cast["superior"].actor
    award = Award("高级工", person=cast["applicant"].person, holder_unit=cast.works, number="S123")
    with scope(actor):
        actions.grant([award], kind="grade", unit=cast.city, actor=actor)
        with pytest.raises(ValidationError, match="granted already"):
            actions.grant([award], kind="grade", unit=cast.city, actor=actor)


def test_revoked_says_when_and_by_which_document_and_never_comes_back(cast: Cast) -> None:
    (mine, _units), by = granted(cast), decision(cast)
    actor = cast["superior"].actor
    with scope(actor):
        assert actions.revoke([mine], document=by, reason="材料不实", actor=actor) == 1
        with pytest.raises(Stale):
            actions.restore([mine], reason="x", actor=actor)
    told = PublicCredential.objects.get(code=mine.code)
    assert (told.state, told.state_on, told.document) == ("revoked", timezone.localdate(), by.number)
    with pytest.raises(DatabaseError), transaction.atomic():
        Credential.objects.filter(pk=mine.pk).update(state="valid", version=9)


def test_suspended_is_restored_and_every_step_stays(cast: Cast) -> None:
    mine, _units = granted(cast)
    actor = cast["superior"].actor
    with scope(actor):
        actions.suspend([mine], reason="核查中", actor=actor)
        actions.restore([mine], reason="核查无误", actor=actor)
    assert list(
        CredentialEvent.objects.filter(credential=mine).order_by("version").values_list("state", "reason")
    ) == [
        ("valid", ""),
        ("suspended", "核查中"),
        ("valid", "核查无误"),
    ]
    with pytest.raises(DatabaseError), transaction.atomic():
        CredentialEvent.objects.all()._raw_delete("default")


def test_expired_follows_from_the_day(cast: Cast) -> None:
    mine, _units = granted(cast, valid_to=date(2026, 6, 1))
    last = date(2026, 5, 31)
    assert [queries.standing(mine, day).value for day in (last, last + timedelta(days=1))] == [
        "valid",
        "expired",
    ]
    held = [Credential.objects.filter(queries.valid(day)).count() for day in (last, last + timedelta(days=1))]
    assert held == [2, 0]


@pytest.mark.parametrize(
    "change", [{"name": "x"}, {"number": "x"}, {"level": "x"}, {"code": "x"}, {"state": "suspended"}]
)
def test_database_lets_only_the_state_of_a_credential_move(cast: Cast, change: dict) -> None:
    mine, _units = granted(cast)
    with scope(cast["superior"].actor), pytest.raises(DatabaseError), transaction.atomic():
        Credential.objects.filter(pk=mine.pk).update(**change)


def test_credential_has_exactly_one_holder(cast: Cast) -> None:
    for award in (
        Award("x"),
        Award("x", person=cast["applicant"].person),
        Award("x", person=cast["applicant"].person, holder=cast.works),
    ):
        actor = cast["superior"].actor
        with scope(actor), pytest.raises(ValueError, match="exactly one holder"), transaction.atomic():
            actions.grant([award], kind="title", unit=cast.city, actor=actor, prefix="T")


def test_certificate_bears_the_credentials_code_and_its_holder_reads_it(cast: Cast) -> None:
    mine, units = granted(cast)
    actor = cast["superior"].actor
    with scope(actor):
        documents.set_number_word(cast.city, "演证", actor=actor)
        made = actions.certify(
            [mine, units],
            kind="certificate",
            titles="荣誉证书",
            values={c.pk: {"holder": c.name, "paragraphs": ["特发此证。"]} for c in (mine, units)},
            actor=actor,
        )
        with pytest.raises(Stale):
            actions.certify([mine], kind="certificate", titles="x", values={mine.pk: {}}, actor=actor)
    assert [d.code for d in made] == [mine.code, units.code]
    with scope(cast["applicant"].actor):
        assert list(Document.objects.values_list("number", flat=True)) == [made[0].number]
    with scope(cast["colleague"].actor):
        assert list(Document.objects.all()) == []


def test_credentials_are_seen_by_holder_issuer_and_whoever_the_holder_belongs_to(cast: Cast) -> None:
    granted(cast)
    seen = {}
    for name in (
        "applicant",
        "colleague",
        "unit_officer",
        "county_officer",
        "sibling_officer",
        "superior",
        "stranger",
    ):
        actor = cast[name].actor
        with scope(actor):
            seen[name] = (
                VIEW.filter(Credential.objects.all(), actor).count(),
                queries.mine(actor.person).count(),
            )
            assert seen[name][0] <= Credential.objects.count()
    assert seen == {
        "applicant": (0, 1),
        "colleague": (0, 0),
        "unit_officer": (2, 0),
        "county_officer": (2, 0),
        "sibling_officer": (0, 0),
        "superior": (2, 0),
        "stranger": (0, 0),
    }


def test_sibling_cannot_revoke(cast: Cast) -> None:
    mine, _units = granted(cast)
    by, actor = decision(cast), cast["sibling_officer"].actor
    with scope(actor), pytest.raises(Forbidden):
        actions.revoke([mine], document=by, reason="x", actor=actor)
