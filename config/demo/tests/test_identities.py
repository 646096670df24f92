"""Invented numbers: right in form by two independent checks, and recognisable as nobody's."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from config.demo.identities import NAMES, PAIRS, IdentityNumbers, credit_code, is_invented, phone
from gongjiang.kernel.people import identity

COUNTIES = st.from_regex(r"\A1[1-5][0-9]{4}\Z")


@given(COUNTIES, st.dates(date(1940, 1, 1), date(2008, 12, 31)), st.booleans())
def test_identity_number_issued_passes_every_check_of_form(county, born_on, male):
    number = IdentityNumbers().issue(county, born_on, male)
    assert identity.identity_number(number) == number
    assert mod_11_2.validate(number) == number
    assert (identity.born_on(number), identity.is_male(number)) == (born_on, male)
    assert is_invented(number)


def test_identity_numbers_of_one_day_are_all_different():
    numbers = IdentityNumbers()
    day = [numbers.issue("140423", date(1985, 6, 1), male) for male in [True] * 500 + [False] * 499]
    assert len(set(day)) == 999
    assert {identity.is_male(number) for number in day[:500]} == {True}
    with pytest.raises(OverflowError):
        numbers.issue("140423", date(1985, 6, 1), True)


@given(COUNTIES, st.integers(0, 99_999), st.sampled_from(["91", "12", "93"]))
def test_credit_code_issued_passes_every_check_of_form(county, serial, kind):
    code = credit_code(county, serial, kind)
    assert uscc.validate(code) == code
    assert identity.credit_code(code) == code
    assert is_invented(code)


@pytest.mark.parametrize("number", ["360426199101010071", "91110000600037341L"])
def test_is_invented_of_a_number_with_a_real_division(number):
    assert not is_invented(number)


def test_phone_has_the_form_and_a_prefix_of_no_subscriber():
    assert identity.phone_number(phone(42)) == "10000000042"


def test_names_are_a_scheme_of_twelve_thousand():
    assert len(set(PAIRS)) == 120
    assert len(set(NAMES)) == 12_000
    assert {name[1] for name in NAMES} == {"演"}
