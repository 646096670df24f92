"""Identifiers are sealed, found again by their keyed hash, and told apart by kind."""

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from gongjiang.kernel.people.crypto import International, keyed_hash, reveal, seal, seal_many
from gongjiang.kernel.people.models import Identifier

TEXT = st.text(max_size=60)


@given(TEXT)
def test_sealed_text_is_revealed_again(text):
    assert reveal(seal(text)) == text
    assert reveal(memoryview(seal(text))) == text


@given(st.text(min_size=6, max_size=60))
def test_sealing_twice_gives_other_bytes_that_hide_the_text(text):
    one, other = seal(text), seal(text)
    assert one != other
    assert text.encode() not in one


@given(TEXT, TEXT)
def test_hash_is_equal_for_equal_values_of_one_kind_only(one, other):
    assert (keyed_hash("identity", one) == keyed_hash("identity", other)) == (one == other)
    assert keyed_hash("identity", one) != keyed_hash("phone", one)
    assert len(keyed_hash("phone", one)) == 32


@given(st.lists(TEXT, max_size=5))
def test_sealing_many_is_sealing_each(values):
    sealed = seal_many("phone", values)
    assert [reveal(cipher) for cipher, _ in sealed] == values
    assert [digest for _, digest in sealed] == [keyed_hash("phone", v) for v in values]


def test_changed_byte_is_refused():
    sealed = bytearray(seal("140423198605200118"))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        reveal(bytes(sealed))


def test_bytes_of_another_provider_are_refused():
    with pytest.raises(ValueError, match="provider 9"):
        reveal(b"\x09" + seal("x")[1:])


def test_other_keys_give_another_hash_and_reveal_nothing():
    other = International(b"k" * 32, b"h" * 32)
    assert other.digest(b"identity:1") != keyed_hash("identity", "1")
    with pytest.raises(InvalidTag):
        other.decrypt(seal("secret"))


def test_row_is_found_by_its_number_and_holds_none_of_it(cast):
    member = cast["applicant"]
    row = Identifier.objects.get(kind="identity", digest=keyed_hash("identity", member.identity))
    assert (row.person, reveal(row.cipher)) == (member.person, member.identity)
    assert member.identity.encode() not in bytes(row.cipher) + bytes(row.digest)
