from datetime import UTC, datetime

import pytest

from gongjiang.kernel.lifecycle.numbers import case_numbers, take

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, tzinfo=UTC)


def test_numbers_follow_each_other_in_each_series():
    assert [take("A-2026", 3), take("A-2026", 1), take("B-2026", 2), take("A-2026", 1)] == [1, 4, 1, 5]


def test_number_names_flow_year_and_county_of_the_unit():
    wanted = [(7, "140423100", AT), (8, "1404", AT), (9, "140423", AT)]
    assert case_numbers("INN", wanted) == {
        7: "INN-2026-140423-00001",
        8: "INN-2026-140400-00001",
        9: "INN-2026-140423-00002",
    }


def test_year_of_a_number_is_that_of_local_time():
    assert case_numbers("INN", [(1, "14", datetime(2026, 12, 31, 17, tzinfo=UTC))]) == {
        1: "INN-2027-140000-00001"
    }


def test_number_past_99999_grows_a_digit():
    take("INN-2026-140423", 99999)
    assert case_numbers("INN", [(1, "140423", AT)]) == {1: "INN-2026-140423-100000"}
