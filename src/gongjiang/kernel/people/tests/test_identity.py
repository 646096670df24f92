"""Forms of identifiers: what is right passes, and no single slip does."""

from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from gongjiang.kernel.people.identity import BadIdentifier, credit_code, identity_number, normal

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@st.composite
def identity_numbers(draw):
    born = draw(st.dates(date(1900, 1, 1), date(2020, 12, 31)))
    region = draw(st.from_regex(r"[1-6][0-9]{5}", fullmatch=True))
    body = f"{region}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return body + mod_11_2.calc_check_digit(body)


@st.composite
def credit_codes(draw):
    region = draw(st.from_regex(r"[1-6][0-9]{5}", fullmatch=True))
    organisation = draw(st.text(ALPHABET, min_size=9, max_size=9))
    body = f"{draw(st.sampled_from(['91', '12', '52', '81', '93']))}{region}{organisation}"
    return body + uscc.calc_check_digit(body)


@given(identity_numbers())
def test_valid_identity_number_passes_unchanged(number):
    assert identity_number(number) == number


@given(identity_numbers(), st.integers(0, 16), st.integers(1, 9))
def test_identity_number_with_one_wrong_digit_is_refused(number, place, shift):
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    with pytest.raises(BadIdentifier):
        identity_number(wrong)


@given(identity_numbers(), st.integers(0, 15))
def test_identity_number_with_two_neighbours_swapped_is_refused(number, place):
    if number[place] == number[place + 1]:
        return
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    with pytest.raises(BadIdentifier):
        identity_number(wrong)


@given(identity_numbers())
def test_identity_number_typed_in_full_width_or_with_spaces_is_understood(number):
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number.lower())
    assert identity_number(f" {number[:6]} {number[6:14]}-{number[14:]} ") == number
    assert identity_number(wide) == number


@given(credit_codes())
def test_valid_credit_code_passes_unchanged(code):
    assert credit_code(code) == code


@given(credit_codes(), st.integers(0, 17), st.integers(1, 30))
def test_credit_code_with_one_wrong_character_is_refused(code, place, shift):
    wrong = ALPHABET[(ALPHABET.index(code[place]) + shift) % 31]
    with pytest.raises(BadIdentifier):
        credit_code(code[:place] + wrong + code[place + 1 :])


@given(st.text(max_size=30))
def test_any_text_is_either_right_or_refused_with_a_sentence(text):
    for check in (identity_number, credit_code):
        try:
            assert len(check(text)) == 18
        except BadIdentifier as wrong:
            assert str(wrong).strip()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("14042319860520011", "1 character is missing, it has 17 now"),
        ("1404231986052001188", "there is 1 character too many, it has 19 now"),
        ("14042319860230011X", "characters 7 to 14 are “19860230”, which is no date"),
        ("14042329860520011X", "“29860520” cannot be right"),
        ("14042319860520O118", "only digits are possible"),
    ],
)
def test_wrong_identity_number_says_where_what_and_how_to_mend_it(typed, sentence):
    with translation.override("en"), pytest.raises(BadIdentifier, match=sentence):
        identity_number(typed)


def test_old_registration_number_is_told_apart_from_a_short_code():
    with translation.override("en"):
        with pytest.raises(BadIdentifier, match="old 15-digit"):
            credit_code("140423000012345")
        with pytest.raises(BadIdentifier, match="17 characters now"):
            credit_code("91140423MA000001X")


def test_letters_that_are_never_used_are_named():
    with translation.override("en"), pytest.raises(BadIdentifier, match="I, O"):
        credit_code("91140423MAOO0001XI")


@given(st.text("0123456789Xx０９Ｘ　 -"))
def test_normal_form_is_its_own_normal_form(text):
    assert normal(normal(text)) == normal(text)
