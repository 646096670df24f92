"""An entry on its way: reserve, blind packs, notices, prizes, certificates, revocation."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.credentials.models import Credential, CredentialState, PublicCredential
from gongjiang.kernel.lifecycle.models import Edition, Quota
from gongjiang.kernel.publicity.models import Publicity
from gongjiang.programmes.innovations import actions
from gongjiang.programmes.innovations.actions.packs import STRUCK, pack
from gongjiang.programmes.innovations.models import Entry
from gongjiang.programmes.innovations.rules import prizes_won
from tests.cast import Cast
from tests.conformance.scenes import walk

from . import entering, scenes


@pytest.fixture
def stage(cast: Cast) -> Cast:
    scenes.prepare(cast)
    return cast


@given(
    st.lists(st.integers(1, 5), max_size=5),
    st.dictionaries(st.integers(), st.integers(1, 30), max_size=30),
)
def test_prizes_follow_the_ranks(places, ranks):
    won = prizes_won(places, ranks)
    assert set(won) == {key for key, rank in ranks.items() if rank <= sum(places)}
    for one in won:
        for other in won:
            if ranks[one] < ranks[other]:
                assert won[one] <= won[other]
            if ranks[one] == ranks[other]:
                assert won[one] == won[other]
        assert sum(places[: won[one]]) < ranks[one] <= sum(places[: won[one] + 1])


def test_over_the_quota_an_entry_stays_as_reserve(stage):
    entry = Entry.objects.select_related("case").get(case=walk(stage, (entering.RECOMMEND,)))
    with scope(stage.actors["superior"]):
        Quota.objects.create(edition=Edition.objects.get(), unit=stage.works, limit=0)
    officer = stage.actors["unit_officer"]
    with scope(officer):
        assert actions.send_up(entry, actor=officer) is False
        assert entry.case.turns.get(until=None).unit == stage.works
    with scope(stage.actors["superior"]):
        Quota.objects.update(limit=1)
    with scope(officer):
        assert actions.send_up(entry, actor=officer) is True
    assert Quota.objects.get().taken == 1


def test_blind_pack_names_nobody(stage):
    case = walk(stage, entering.AT_CITY)
    result = Entry.objects.get(case=case).result
    author = stage["applicant"].person.name
    result.problem = f"{author}在{stage.works.name}发现，换一只托辊要停机四十分钟。"
    result.save(update_fields=["problem"])
    with scope(stage.actors["superior"]):
        blind, named = pack([case], True)[case.pk], pack([case], False)[case.pk]
    said = "".join(part.text for part in blind)
    assert STRUCK in said
    assert [name for name in (author, stage.works.name, "襄垣") if name in said] == []
    assert all(part.file is None for part in blind)
    assert any(part.file is not None for part in named)


def test_notices_mask_the_makers_and_call_it_by_its_public_title(stage):
    walk(stage, entering.RANKED)
    first, second = Publicity.objects.order_by("pk")
    assert (first.kind, second.kind) == ("innovations.finalists", "innovations.ranks")
    assert first.days == 5
    assert first.snapshot.rows == ((entering.TITLE, stage.works.name, "王＊子"),)
    assert second.snapshot.rows == (("一等奖", entering.TITLE, stage.works.name, "王＊子"),)


def test_award_gives_each_maker_a_certificate_that_a_stranger_can_check(stage):
    case = walk(stage, entering.AWARDED)
    held = Credential.objects.get(case=case)
    assert (held.person, held.unit, held.level) == (stage["applicant"].person, stage.city, "1")
    assert held.number == f"INH-{held.on.year}-140400-00001"
    assert held.certificate.state == "issued"
    told = PublicCredential.objects.get(code=held.code)
    assert (told.holder, told.issuer, told.state) == ("王＊子", stage.city.name, "valid")
    assert Entry.objects.get(case=case).prize.name == "一等奖"


def test_revoked_award_takes_its_certificates_along(stage):
    case = walk(stage, (*entering.AWARDED, entering.CLOSE, entering.REVOKE))
    assert (case.state, case.outcome) == ("closed", "revoked")
    held = Credential.objects.get(case=case)
    assert held.state == CredentialState.REVOKED
    assert PublicCredential.objects.get(code=held.code).state == CredentialState.REVOKED


def test_site_check_needs_two_names(stage):
    case = walk(stage, (*entering.PITCHED, entering.INSPECT))
    superior = stage.actors["superior"]
    with scope(superior):
        entry = Entry.objects.select_related("case__edition").get(case=case)
        with pytest.raises(ValidationError):
            actions.check_on_site(
                entry, on=case.opened_at.date(), visitors=("周演示", " 周演示 "), findings="在用", passed=True,
                actor=superior,
            )  # fmt: skip
    assert Entry.objects.get(case=case).check_passed is None
