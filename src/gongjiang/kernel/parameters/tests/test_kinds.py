"""What a value may be: read strictly, written back the same, refused in a sentence."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gongjiang.kernel.parameters.declaration import Tighter, Wrong, everything, load, parameter
from gongjiang.kernel.parameters.kinds import Choices, Column, Number, Switch, Table, Text, Texts, Weights

LABEL = {"en": "x", "zh": "x"}
OPTIONS = dict.fromkeys(("a", "b", "c"), LABEL)
PERCENT = Column(LABEL, Number(Decimal(0), Decimal(100), places=2))
BANDS = Table(
    {
        "since": Column(LABEL, Number(is_money=True)),
        "until": Column(LABEL, Number(), optional=True),
        "share": PERCENT,
    },
    ("since", "until"),
)
SAMPLES = {
    Number(Decimal(0), Decimal(9)): st.integers(0, 9),
    Number(places=2): st.decimals(-100, 100, places=2).map(lambda d: f"{d:f}"),
    Switch(): st.booleans(),
    Text(): st.text("甲乙", min_size=1, max_size=5),
    Texts(): st.lists(st.text("甲乙丙", min_size=1, max_size=4), min_size=1, max_size=4, unique=True),
}


@pytest.mark.parametrize("kind", SAMPLES, ids=lambda k: type(k).__name__ + str(getattr(k, "places", "")))
def test_value_is_written_as_it_was_read(kind) -> None:
    @given(SAMPLES[kind])
    def check(raw) -> None:
        assert kind.write(kind.read(raw)) == raw

    check()


def test_a_table_of_bands_may_be_empty() -> None:
    assert BANDS.write(BANDS.read([])) == []


@given(st.sets(st.sampled_from("abc")))
def test_choices_stand_in_the_declared_order(chosen: set[str]) -> None:
    kind = Choices(OPTIONS)
    assert kind.write(kind.read(list(chosen))) == sorted(chosen)


@pytest.mark.parametrize(
    ("kind", "raw", "says"),
    [
        (Number(), "x", "This is not a number."),
        (Number(), 1.5, "This is not a number."),
        (Number(), True, "This is not a number."),
        (Number(), "NaN", "This is not a number."),
        (Number(), "1.5", "A whole number is needed."),
        (Number(Decimal(1)), 0, "At least 1 is needed."),
        (Number(most=Decimal(100), places=2), "100.01", "At most 100 is allowed."),
        (Number(places=2), "1.005", "At most 2 decimals."),
        (Number(Decimal(100), is_money=True), 99, "At least 1 is needed."),
        (Switch(), "yes", "Choose yes or no."),
        (Choices(OPTIONS), ["a", "z"], "Choose from those offered."),
        (Text(), "  ", "Some words are needed."),
        (Texts(), [], "At least one entry is needed."),
        (Texts(0), "", "At least one entry is needed."),
        (Texts(), ["甲", "乙", "甲"], "“甲” stands there twice."),
        (Weights(OPTIONS), {"a": "50", "b": "50"}, "A share is needed for each."),
        (Weights(), {"a": "50", "b": "49.5"}, "The shares add up to 99.5 %, not to 100 %."),
        (BANDS, [{"since": 0, "until": 5, "share": "101"}], "Row 1, “x”: At most 100 is allowed."),
        (BANDS, [{"since": 0, "until": 5}], "Row 1: “x” is still empty."),
        (BANDS, [{"since": 5, "until": 5, "share": "1"}], "Row 1 ends before it begins."),
        (
            BANDS,
            [{"since": 0, "until": 5, "share": "1"}, {"since": 6, "until": None, "share": "2"}],
            "Row 1 does not end where the next one begins.",
        ),
        (
            BANDS,
            [{"since": 0, "until": None, "share": "1"}, {"since": 6, "until": None, "share": "2"}],
            "Row 1 does not end where the next one begins.",
        ),
    ],
)
def test_value_that_does_not_fit_is_refused_in_a_sentence(kind, raw, says: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        kind.read(raw)
    assert refused.value.messages == [says]


def test_weights_are_kept_to_the_hundredth() -> None:
    assert Weights().read({"甲": "33.33", "乙": "66.67"}) == {"甲": Decimal("33.33"), "乙": Decimal("66.67")}


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (
            "x: {label: {en: X, zh: X}, type: switch, tighter: free, levels: [city], required: true}",
            "evidence",
        ),
        (
            "x: {label: {en: X, zh: X}, type: integer, tighter: free, levels: [city], required: true,"
            " evidence: none, citation: CITED}",
            "a number has a unit, and nothing else has",
        ),
        (
            "x: {label: {en: X, zh: X}, type: switch, tighter: lower, levels: [city], required: true,"
            " evidence: none, citation: CITED}",
            "lower says nothing about a switch",
        ),
        (
            "x: {label: {en: X, zh: X}, type: switch, tighter: free, levels: [city], required: true, default: true,"
            " evidence: A, citation: CITED}",
            "what is required has no default",
        ),
        (
            "x: {label: {en: X, zh: X}, type: switch, tighter: free, levels: [city], evidence: none,"
            " citation: CITED}",
            "a default is needed, or `required: true`",
        ),
        (
            "x: {label: {en: X}, type: switch, tighter: free, levels: [city], default: true,"
            " evidence: A, citation: CITED}",
            "labels and citations are written in en and zh",
        ),
        (
            "x: {label: {en: X, zh: X}, type: switch, tighter: free, levels: [city], default: true, evidence: A,"
            " citation: {en: c, zh: ''}}",
            "labels and citations are written in en and zh",
        ),
        (
            "x: {label: {en: X, zh: X}, type: weights, keys_from: y, tighter: free, levels: [city], required: true,"
            " evidence: none, citation: CITED}",
            "speaks of y, which is not declared",
        ),
    ],
)
def test_declaration_that_says_too_little_stops_the_start(tmp_path, written: str, says: str) -> None:
    path = tmp_path / "parameters.yaml"
    path.write_text(written.replace("CITED", "{en: c, zh: c}"), encoding="utf-8")
    with pytest.raises(Wrong, match=says):
        load("p", path)


@pytest.mark.parametrize(
    ("name", "above", "below", "allowed"),
    [
        ("publicity_days", 5, 7, True),
        ("publicity_days", 5, 4, False),
        ("quota_per_unit", 3, 2, True),
        ("quota_per_unit", 3, 4, False),
        ("judge_oath", True, False, False),
        ("judge_oath", False, True, True),
        ("category_list", ("invention", "design"), ("design",), True),
        ("category_list", ("invention",), ("design",), False),
        ("exclusion_rules", ("secret",), ("secret", "unused"), True),
        ("exclusion_rules", ("secret",), ("unused",), False),
        ("outcome_mode", "rank", "grade", True),
    ],
)
def test_lower_level_may_only_be_stricter(name: str, above, below, allowed: bool) -> None:
    assert parameter(f"innovations.{name}").allows(above, below) is allowed


def test_every_direction_but_one_is_declared_somewhere() -> None:
    assert {p.tighter for p in everything()} == set(Tighter) - {Tighter.SAME}


def test_list_that_may_be_empty_is_read_empty() -> None:
    assert (Texts(0).read([]), Texts(0).write(())) == ((), [])
