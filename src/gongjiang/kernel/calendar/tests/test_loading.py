"""Notices into rows, and rows into the value that everything reckons with."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from gongjiang.kernel.calendar import notices
from gongjiang.kernel.calendar.days import is_working
from gongjiang.kernel.calendar.models import CalendarYear, Closure, Holiday
from gongjiang.kernel.calendar.read import calendars

pytestmark = pytest.mark.django_db
MAKEUP = dt.date(2024, 10, 12)


def test_notices_are_loaded_once() -> None:
    first = [(each.year, each.holidays, each.makeup_days, each.changed) for each in notices.load()]
    again = [each.changed for each in notices.load()]
    assert first == [
        (2020, 30, 6, True),
        (2021, 31, 7, True),
        (2022, 31, 7, True),
        (2023, 27, 7, True),
        (2024, 30, 8, True),
        (2025, 28, 5, True),
        (2026, 33, 6, True),
    ]
    assert again == [False] * 7
    assert (CalendarYear.objects.count(), Holiday.objects.count()) == (7, 256)


def test_last_days_of_december_belong_to_the_next_notice() -> None:
    notices.load()
    days = Holiday.objects.filter(day__month=12).order_by("day").values_list("day", "notice__year")
    assert list(days) == [
        (dt.date(2022, 12, 31), 2023),
        (dt.date(2023, 12, 30), 2024),
        (dt.date(2023, 12, 31), 2024),
    ]


def test_wrong_number_of_days_loads_nothing(tmp_path, monkeypatch) -> None:
    wrong = tmp_path / "notices.toml"
    wrong.write_text(
        notices.NOTICES.read_text("utf-8").replace("makeup_days = 6", "makeup_days = 9"), "utf-8"
    )
    monkeypatch.setattr(notices, "NOTICES", wrong)
    with pytest.raises(CommandError, match=r"30 \+ 9 days expected, 30 \+ 6 found"):
        call_command("calendar")
    assert CalendarYear.objects.count() == 0


def test_command_says_what_is_loaded_and_what_is_not(capsys, settings) -> None:
    settings.LANGUAGE_CODE = "en"
    call_command("calendar")
    call_command("calendar")
    lines = capsys.readouterr().out.splitlines()
    assert lines[6] == "2026: 33 days off, 6 make-up working days, 国办发明电〔2025〕7号; loaded."
    assert lines[14] == "2026: 33 days off, 6 make-up working days, 国办发明电〔2025〕7号; unchanged."
    assert lines[15] == (
        "The notice of 2027 is not loaded: deadlines from 24 December 2026 on are provisional."
    )


def test_calendar_without_notices_knows_the_week_only() -> None:
    known = calendars().national
    assert (known.years, is_working(known, MAKEUP), is_working(known, dt.date(2024, 10, 14))) == (
        frozenset(),
        False,
        True,
    )


def test_calendar_follows_the_rows(django_assert_num_queries) -> None:
    notices.load()
    assert is_working(calendars().national, MAKEUP)
    with django_assert_num_queries(2):
        calendars()
    CalendarYear.objects.filter(year=2024).delete()
    assert not is_working(calendars().national, MAKEUP)


@pytest.mark.parametrize(
    ("closed", "region", "open_there"),
    [
        ("140423", "140423", False),
        ("140400", "140423", False),
        ("1404", "140423", False),
        ("140000", "140423101", False),
        ("140423", "140424", True),
        ("140423", "140400", True),
        ("140423", "", True),
    ],
)
def test_closure_holds_where_it_was_declared_and_below(closed: str, region: str, open_there: bool) -> None:
    notices.load()
    Closure.objects.create(region=closed, day=MAKEUP, name="防汛停工", document="长政办函〔2024〕1号（演示）")
    assert is_working(calendars().at(region), MAKEUP) is open_there
