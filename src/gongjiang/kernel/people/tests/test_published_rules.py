"""Rules about persons are published like every other value, and the rows that work are what was published."""

from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone, translation

from gongjiang.kernel.access.actor import load, scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.lifecycle.flow import Refused
from gongjiang.kernel.parameters import actions
from gongjiang.kernel.parameters.declaration import parameters
from gongjiang.kernel.people import flags, sources
from gongjiang.kernel.people.actions import PARTICULARS
from gongjiang.kernel.people.merging import queries
from gongjiang.kernel.people.models import (
    Flag,
    FlagRule,
    IdentifierKind,
    MatchRule,
    Source,
    SourceRank,
)
from tests import cast as world

LIKENESS = {
    "review_from": 60, "weigh_identity": 100, "weigh_name": 30, "weigh_birth": 30, "weigh_phone": 35,
    "weigh_employer": 10, "auto_merge": False, "always_two": True,
}  # fmt: skip


def publish(cast, name, value=None, *, unit=None, since=None, **more):
    """The city's officer proposes, its approver publishes: both in the application's role."""
    officer = cast["superior"].actor
    user, _new = User.objects.get_or_create(username="approver")
    Grant.objects.get_or_create(user=user, role=Role.APPROVER, unit=cast.city, since=world.SINCE)
    since = since or timezone.localdate()
    cited = {"document": "长工发〔2026〕2号（演示）", "clause": "第一条", **more}
    with scope(officer):
        proposal = actions.propose(
            f"people.{name}", actor=officer, unit=unit or cast.city, since=since, value=value, **cited
        )
    second = load(user.pk)
    with scope(second):
        return actions.publish(proposal, actor=second)


def test_readings_offered_are_those_that_there_are():
    declared = parameters("people")
    assert set(declared) == {*Flag.values, "likeness", "sources", "sources_by_field"}
    for flag, readings in flags.PREDICATES.items():
        kind = declared[flag].kind
        choice = kind.fields["rule"].kind if hasattr(kind, "fields") else kind
        assert set(choice.options) == set(readings)
    assert set(declared["sources"].kind.fields) == set(Source.values)
    columns = declared["sources_by_field"].kind.columns
    assert set(columns) == {"field", *Source.values}
    assert set(columns["field"].kind.options) == {IdentifierKind.PHONE, *PARTICULARS}
    with translation.override("zh-hans"):
        names = [flags.reading("frontline", "production-posts"), flags.reading("female", "formerly")]
    assert names == ["生产一线岗位", "formerly"]


def test_likeness_published_is_the_rule_that_weighs_and_the_next_one_ends_it(cast):
    today, then = timezone.localdate(), timezone.localdate() + timedelta(days=30)
    publish(cast, "likeness", LIKENESS)
    rule = queries.rule_at(cast.works.path)
    assert (rule.unit, rule.since, rule.until, rule.document) == (
        cast.city,
        today,
        None,
        "长工发〔2026〕2号（演示）",
    )
    assert {name: getattr(rule, name) for name in LIKENESS} == LIKENESS
    publish(cast, "likeness", {**LIKENESS, "review_from": 80}, since=then)
    rows = MatchRule.objects.order_by("since").values_list("since", "until", "review_from")
    assert list(rows) == [(today, then, 60), (then, None, 80)]
    earlier = then - timedelta(days=10)
    publish(cast, "likeness", {**LIKENESS, "review_from": 70}, since=earlier)  # in the place of one not begun
    rows = MatchRule.objects.order_by("since").values_list("since", "until", "review_from")
    assert list(rows) == [(today, earlier, 60), (earlier, None, 70)]


def test_rule_given_up_holds_no_longer(cast):
    publish(cast, "likeness", LIKENESS, unit=cast.county)
    assert queries.rule_at(cast.works.path).unit == cast.county
    publish(cast, "likeness", unit=cast.county, repeals=True, since=timezone.localdate() + timedelta(days=1))
    assert queries.rule_at(cast.works.path, timezone.localdate() + timedelta(days=1)) is None


def test_reading_published_derives_the_flag(cast):
    value = {"rule": "shaanxi-2025", "industries": "G54、G59 I65"}
    publish(cast, "industrial_worker", value)
    publish(cast, "frontline", "production-posts")
    rows = FlagRule.objects.order_by("flag").values_list("flag", "rule", "industries", "unit")
    assert list(rows) == [
        ("frontline", "production-posts", [], cast.city.pk),
        ("industrial_worker", "shaanxi-2025", ["G54", "G59", "I65"], cast.city.pk),
    ]
    assert set(flags.missing()) == set(Flag.values) - {"frontline", "industrial_worker"}


def test_order_of_sources_published_is_the_one_that_binds(cast):
    publish(cast, "sources", {"self": 1, "enterprise": 2, "registry": None, "insurance": None, "union": None})
    assert sources.ranks("hukou", path=cast.works.path) == {"self": 1, "enterprise": 2}
    publish(cast, "sources", {"enterprise": 1}, since=timezone.localdate() + timedelta(days=5))
    later = sources.ranks("hukou", path=cast.works.path, on=timezone.localdate() + timedelta(days=5))
    assert later == {"enterprise": 1}


def test_order_published_for_one_fact_binds_for_it_and_the_general_one_for_the_rest(cast):
    today, then = timezone.localdate(), timezone.localdate() + timedelta(days=5)
    at = cast.works.path
    publish(cast, "sources", {"registry": 1, "enterprise": 2, "self": 3})
    publish(cast, "sources_by_field", [{"field": "education", "self": 1}, {"field": "phone", "insurance": 1}])
    assert sources.ranks("education", path=at) == {"registry": 1, "enterprise": 2, "self": 1}
    assert sources.ranks("phone", path=at) == {"registry": 1, "enterprise": 2, "self": 3, "insurance": 1}
    assert sources.ranks("hukou", path=at) == {"registry": 1, "enterprise": 2, "self": 3}
    publish(cast, "sources_by_field", [{"field": "phone", "self": 1}], since=then)
    assert sources.ranks("education", path=at, on=then)["self"] == 3
    assert sources.ranks("phone", path=at, on=then) == {"registry": 1, "enterprise": 2, "self": 1}
    assert sources.ranks("education", path=at, on=today)["self"] == 1
    publish(cast, "sources", {"registry": 1}, since=then)
    assert sources.ranks("phone", path=at, on=then) == {"registry": 1, "self": 1}
    publish(cast, "sources_by_field", since=then + timedelta(days=1), repeals=True)
    assert sources.ranks("phone", path=at, on=then + timedelta(days=1)) == {"registry": 1}


def test_rule_for_the_past_unread_or_incomplete_is_refused(cast):
    for name, value, since in (
        ("likeness", LIKENESS, date(2020, 1, 1)),
        ("likeness", {**LIKENESS, "weigh_name": None}, None),
        ("frontline", "whoever", None),
        ("sources", {"self": 0}, None),
        ("sources_by_field", [{"field": "phone", "self": 1}, {"field": "phone", "self": 2}], None),
        ("sources_by_field", [{"field": "name", "self": 1}], None),
    ):
        with pytest.raises(Refused):
            publish(cast, name, value, since=since)
    assert not (MatchRule.objects.exists())
    assert not (FlagRule.objects.exists())
    assert not (SourceRank.objects.exists())


@pytest.mark.parametrize("who", ["superior", "unit_officer", "applicant"])
@pytest.mark.parametrize("model", [FlagRule, MatchRule, SourceRank])
def test_nobody_writes_the_rows_past_the_publishing(cast, who, model):
    with scope(cast[who].actor), pytest.raises(ProgrammingError), transaction.atomic():
        model.objects.update(document="x")
