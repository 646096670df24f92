"""What a machine has read of a table: right where it is clear, doubtful wherever it may have slipped. Edge case 14."""

from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gongjiang.programmes.innovations.reading import read_table


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def only(text: str):
    (line,) = read_table(text).lines
    return line


@pytest.mark.parametrize(
    ("text", "kind", "since", "until", "fen"),
    [
        ("2025年 节支 126,000.00元", "saving", date(2025, 1, 1), date(2026, 1, 1), 12_600_000),
        ("2025年1-10月\t新增利润\t12.6万元", "profit", date(2025, 1, 1), date(2025, 11, 1), 12_600_000),
        ("1 2024.03-2025.02 产值 1.2亿元", "output", date(2024, 3, 1), date(2025, 3, 1), None),
        (
            "2025年1月1日至2025年10月31日　税收　８６０００元",
            "tax",
            date(2025, 1, 1),
            date(2025, 11, 1),
            8_600_000,
        ),
        ("节约成本 2025年度 1,260,000 元", "saving", date(2025, 1, 1), date(2026, 1, 1), 126_000_000),
        ("2025年11月-12月 节支 5000元", "saving", date(2025, 11, 1), date(2026, 1, 1), 500_000),
    ],
)
def test_clear_line_is_read_without_a_doubt(text, kind, since, until, fen):
    line = only(text)
    assert (line.kind, line.since, line.until) == (kind, since, until)
    if fen is not None:
        assert (line.fen, line.doubts) == (fen, [])


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("2025年 节支 126.000元", 12_600),  # 126 or 126,000
        ("2025年 节支 1.260.000元", 126_000_000),
        ("2025年 节支 12,6万元", 12_600_000),
        ("2025年 节支 1.260.000,50元", 126_000_050),
        ("2025年 节支 l2600O元", 12_600_000),
        ("2025年 节支 126000", 12_600_000),  # yuan or 万元
        ("2025年 节支 12.6元", 1_260),  # 万 was lost
        ("2025年 节支 12.6亿元", 126_000_000_000),  # 亿 for 万
        ("2025年 节支 1,26,00元", None),
        ("节支 126000元", 12_600_000),
        ("2025年 126000元", 12_600_000),
    ],
)
def test_slip_of_the_machine_is_never_silent(text, fen):
    line = only(text)
    assert (line.fen, bool(line.doubts)) == (fen, True)


def test_unit_of_the_head_holds_for_its_lines_and_another_one_is_doubted():
    found = read_table(
        "效益表（单位：万元）\n年度 类别 金额\n2024年 节支 12.6\n2025年 利润 8万元\n2025年 税收 300元"
    )
    assert [(line.fen, bool(line.doubts)) for line in found.lines] == [
        (12_600_000, False),
        (8_000_000, False),
        (30_000, True),
    ]


@pytest.mark.parametrize(("total", "doubts"), [("206,000元", 0), ("260,000元", 1)])
def test_total_is_compared_and_not_taken(total, doubts):
    found = read_table(f"2024年 节支 126,000元\n2025年 节支 80,000元\n合 计 {total}")
    assert ([line.fen for line in found.lines], len(found.doubts)) == ([12_600_000, 8_000_000], doubts)


def test_what_holds_no_figure_is_no_line():
    assert read_table("效益情况说明\n\n填表人：张三\n年度 类别 金额").lines == []


@given(st.integers(10_000, 9_999_999_999), st.sampled_from([",", ""]))
def test_amount_as_it_is_usually_written_is_itself(fen, comma):
    said = f"{fen // 100:,}".replace(",", comma) + f".{fen % 100:02d}"
    with translation.override("en"):
        line = only(f"2025年 节支 {said}元")
    assert (line.fen, line.doubts) == (fen, [])


@given(st.integers(1_000, 99_999_999), st.sampled_from(["point for comma", "comma for point"]))
def test_point_and_comma_exchanged_are_doubted_or_read_right(yuan, slip):
    meant = yuan * 100
    said = f"{yuan:,}.00"
    said = said.replace(",", ".") if slip == "point for comma" else said.replace(".", ",")
    with translation.override("en"):
        line = only(f"2025年 节支 {said}元")
    assert line.fen == meant or line.doubts


@given(st.text(max_size=200))
def test_nothing_that_is_pasted_breaks_it(text):
    with translation.override("en"):
        for line in read_table(text).lines:
            assert line.fen is not None or line.doubts
