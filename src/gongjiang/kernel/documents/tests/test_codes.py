"""Codes that strangers type."""

from hypothesis import given
from hypothesis import strategies as st

from gongjiang.kernel.documents import codes

BODIES = st.text(codes.ALPHABET, min_size=codes.LENGTH - 1, max_size=codes.LENGTH - 1)


@given(BODIES, st.integers(0, codes.LENGTH - 1), st.sampled_from(codes.ALPHABET))
def test_code_with_one_wrong_character_is_none(body: str, place: int, other: str) -> None:
    code = body + codes.check_character(body)
    changed = code[:place] + other + code[place + 1 :]
    assert codes.is_code(changed) == (changed == code)


@given(BODIES, st.integers(0, codes.LENGTH - 2), st.integers(0, codes.LENGTH - 2))
def test_code_with_two_characters_exchanged_is_none(body: str, one: int, other: int) -> None:
    code = body + codes.check_character(body)
    swapped = list(code)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    assert codes.is_code("".join(swapped)) == (code == "".join(swapped))


@given(BODIES)
def test_code_as_printed_is_read_back(body: str) -> None:
    code = body + codes.check_character(body)
    assert codes.typed(f" {codes.shown(code).lower()} ") == code


@given(st.binary(min_size=32, max_size=32))
def test_code_of_a_digest_is_a_code_and_the_same_each_time(digest: bytes) -> None:
    assert codes.is_code(codes.of(digest))
    assert codes.of(digest) == codes.of(digest)


def test_new_codes_differ() -> None:
    assert len({codes.new() for _ in range(1000)}) == 1000
