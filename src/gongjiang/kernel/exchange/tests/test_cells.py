"""Reading one cell."""

import datetime as dt

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gongjiang.kernel.exchange import cells
from gongjiang.kernel.exchange.cells import BadCell, ErrorValue
from gongjiang.kernel.exchange.mapping import Mapping, guess, plain
from gongjiang.kernel.exchange.sheets import harmless


@given(st.dates(dt.date(1921, 1, 1), dt.date(2099, 12, 31)))
def test_day_is_read_in_every_form_that_people_write(day: dt.date) -> None:
    forms = [
        day,
        dt.datetime.combine(day, dt.time(8, 30)),
        float((day - dt.date(1899, 12, 30)).days),
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month:02d}.{day.day:02d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        f" {day.isoformat()} 00:00:00 ",
        f"{day.year}－{day.month}－{day.day}",
    ]
    assert [cells.day(form) for form in forms] == [day] * len(forms)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("2019-02-30", "“2019-02-30” is a day that does not exist; write it as 2019-03-01"),
        ("20191301", "“2019-13-01” is a day that does not exist; write it as 2019-03-01"),
        ("2019年3月", "“2019年3月” has no day; write it as 2019-03-01"),
        ("去年春天", "“去年春天” is not a date; write it as 2019-03-01"),
        (12.0, "“12” is not a date; write it as 2019-03-01"),
        (True, "“TRUE” is not a date; write it as 2019-03-01"),
    ],
)
def test_day_that_cannot_be_is_refused_with_an_example(cell: object, said: str) -> None:
    with translation.override("en"), pytest.raises(BadCell) as caught:
        cells.day(cell)
    assert str(caught.value) == said


@given(
    st.one_of(
        st.text(max_size=40),
        st.floats(),
        st.booleans(),
        st.integers(),
        st.dates(),
        st.datetimes(),
        st.times(),
        st.none(),
    )
)
def test_any_cell_is_a_day_or_refused(cell: object) -> None:
    try:
        assert isinstance(cells.day(cell), dt.date)
    except BadCell as said:
        assert str(said)


def test_number_that_has_lost_digits_is_refused() -> None:
    with pytest.raises(BadCell):
        cells.text(140423198605200013.0)


def test_whole_number_is_read_as_its_digits() -> None:
    assert cells.text(13800000000.0) == "13800000000"


def test_formula_error_is_refused_by_name() -> None:
    with translation.override("en"), pytest.raises(BadCell) as caught:
        cells.text(ErrorValue("#REF!"))
    assert str(caught.value) == "the cell holds the formula error #REF!; please type the value itself"


def test_word_of_a_list_is_read_whatever_its_width_and_case() -> None:
    parse = cells.one_of({"男": "male", "M": "male", "女": "female"})
    assert [parse(word) for word in (" 男 ", "ｍ", "女")] == ["male", "male", "female"]


def test_unknown_word_is_refused_with_the_words_that_are_possible() -> None:
    with translation.override("en"), pytest.raises(BadCell) as caught:
        cells.one_of({"男": "male", "M": "male", "女": "female"})("雄")
    assert str(caught.value) == "“雄” is not known; write one of: 男、女"


@given(st.text(alphabet="=+-@'abc甲", max_size=8))
def test_exported_text_is_never_a_formula_and_imports_as_it_was(text: str) -> None:
    written = harmless(text)
    assert written[:1] not in ("=", "+", "-", "@")
    if text[:1] in ("=", "+", "-", "@"):
        assert cells.text(written) == text


@pytest.mark.parametrize(
    "header", ["身份证号", "＊身份证号", " 身份证 号 ", "身份证号（18位）", "*身份证号*", "身份证号:"]
)
def test_header_is_recognised_with_its_ornaments(header: str) -> None:
    assert plain(header) == "身份证号"


def test_guess_prefers_what_the_same_sender_said_before() -> None:
    before = Mapping(headers=("甲", "乙"), columns={"name": 1})
    assert guess(("姓名", "乙"), {"name": ("姓名",)}, before) == {"name": 1}


def test_guess_gives_a_column_to_one_field_only() -> None:
    assert guess(("姓名", "岗位"), {"name": ("姓名",), "post": ("岗位", "姓名")}) == {"name": 0, "post": 1}
    assert guess(("姓名",), {"name": ("姓名",), "post": ("姓名",)}) == {"name": 0}
