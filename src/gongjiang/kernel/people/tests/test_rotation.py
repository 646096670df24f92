"""Changing keys: what the old one wrote is read beside the new, written anew in batches, and found again."""

import base64
import json

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.management import call_command

from gongjiang.kernel.files.store import Store
from gongjiang.kernel.people import crypto, rotation
from gongjiang.kernel.people.crypto import International, keyed_hash, reveal
from gongjiang.kernel.people.models import FieldSource, Identifier
from gongjiang.kernel.people.search import resolve


@pytest.fixture
def new_keys(cast, monkeypatch):
    """Call it to have a second data key and a second hash key from then on."""

    def add(data: bool = True, hashes: bool = True) -> None:
        known = dict(settings.SECRETS)
        if data:
            known["data_keys"] = {"2": base64.b64encode(b"d" * 32).decode()}
        if hashes:
            known["hash_keys"] = {"2": base64.b64encode(b"h" * 32).decode()}
        monkeypatch.setattr(settings, "SECRETS", known)
        crypto.provider.cache_clear()

    yield add
    crypto.provider.cache_clear()


def test_bytes_of_both_keys_are_read_and_the_newest_writes():
    old, new = International(b"a" * 32, b"h" * 32), International(b"a" * 32, b"h" * 32, {2: b"b" * 32})
    alone = International(b"c" * 32, b"h" * 32, {2: b"b" * 32})
    sealed = new.encrypt(b"x")
    assert (new.decrypt(old.encrypt(b"x")), new.decrypt(sealed), alone.decrypt(sealed)) == (b"x", b"x", b"x")
    assert (new.is_current(sealed), new.is_current(old.encrypt(b"x")), old.is_current(old.encrypt(b"x"))) == (
        True, False, True,
    )  # fmt: skip
    with pytest.raises(ValueError, match="data key 2"):
        old.decrypt(sealed)
    with pytest.raises(InvalidTag):
        alone.decrypt(old.encrypt(b"x"))


def test_everything_is_written_anew_and_found_again(cast, new_keys, capsys):
    member = cast["applicant"]
    FieldSource.objects.create(
        person=member.person, field="phone", source="self", digest=keyed_hash("phone", member.phone),
        seen_at="2026-11-20T08:00+08:00",
    )  # fmt: skip
    store = Store("rotated")
    name = store.keep(b"a paper" * 400_000)
    new_keys()
    call_command("rotate")
    suite = crypto.provider()
    rows = Identifier.objects.filter(person=member.person)
    assert {reveal(r.cipher) for r in rows} == {member.identity, member.phone}
    assert all(suite.is_current(bytes(r.cipher)) and r.keys == 2 for r in Identifier.objects.all())
    assert resolve([keyed_hash("identity", member.identity)], [member.person.name]) == {0: member.person.pk}
    assert bytes(FieldSource.objects.get().digest) == keyed_hash("phone", member.phone)
    assert store.fetch(name) == b"a paper" * 400_000
    assert (list(rotation.reencrypt_files()), list(rotation.rehash())) == ([], [])


def test_broken_off_rotation_goes_on_where_it_stopped(cast, new_keys, monkeypatch):
    new_keys()
    monkeypatch.setattr(rotation, "BATCH", 3)
    batches = rotation.reencrypt(Identifier, "cipher")
    assert next(batches) == 3
    batches.close()
    suite = crypto.provider()
    assert sum(suite.is_current(bytes(r.cipher)) for r in Identifier.objects.all()) == 3
    left = Identifier.objects.count() - 3
    assert sum(rotation.reencrypt(Identifier, "cipher")) == left
    hashes = rotation.rehash()
    next(hashes)
    hashes.close()
    assert sum(rotation.rehash()) == Identifier.objects.count() - 3


def test_hash_keys_leave_other_hashes_alone(new_keys):
    before = keyed_hash("receipt", "x")
    new_keys(data=False)
    assert keyed_hash("receipt", "x") == before
    assert crypto.provider().digest(b"a file") == International(
        base64.b64decode(settings.SECRETS["data_key"])[:32],
        base64.b64decode(settings.SECRETS["hash_key"])[:32],
    ).digest(b"a file")


def test_key_is_added_to_the_file_and_nothing_else_in_it_changes(tmp_path, monkeypatch):
    place = tmp_path / "secrets.json"
    place.write_text(json.dumps({"django": "x", "data_key": "y"}))
    monkeypatch.setenv("GONGJIANG_SECRETS", str(place))
    assert (rotation.add_key("data"), rotation.add_key("data"), rotation.add_key("hash")) == (2, 3, 2)
    known = json.loads(place.read_text())
    assert (known["django"], known["data_key"], sorted(known["data_keys"]), list(known["hash_keys"])) == (
        "x", "y", ["2", "3"], ["2"],
    )  # fmt: skip
    assert place.stat().st_mode & 0o777 == 0o600
