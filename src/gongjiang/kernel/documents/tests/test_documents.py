"""Numbers without gaps, the way to the stamp, and what the database holds against changes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.documents import actions, tasks
from gongjiang.kernel.documents.models import STORE, Document, DocumentEvent, DocumentFile, PublicDocument
from gongjiang.kernel.documents.rules import KEEP, VIEW
from gongjiang.kernel.files import beside
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.files.tests import samples
from gongjiang.kernel.lifecycle.flow import Forbidden, Stale
from tests.cast import Cast

from .conftest import done, issued


def scan(salt: int = 0) -> Upload:
    return Upload("scan", "盖章件.png", samples.png(salt=salt))


def printed(cast: Cast) -> Document:
    return done(cast, issued(cast), "print_", address="")


def test_number_without_its_word_is_refused_and_says_where_to_set_it(cast: Cast) -> None:
    actor = cast["superior"].actor
    with scope(actor), pytest.raises(ValidationError, match="is not set yet"):
        actions.issue("letter", unit=cast.city, title="函", context={"paragraphs": ["x"]}, actor=actor)


def test_numbers_follow_one_another_and_a_void_one_stays(cast: Cast) -> None:
    made = [issued(cast, on=date(2026, 3, 1)) for _ in range(3)]
    done(cast, made[1], "void", reason="标题有误")
    with pytest.raises(RuntimeError), transaction.atomic():
        issued(cast, on=date(2026, 3, 1))
        raise RuntimeError
    issued(cast, on=date(2026, 3, 2))
    issued(cast, on=date(2027, 1, 1))
    found = Document.objects.order_by("pk").values_list("number", "state")
    assert list(found) == [
        ("演工发〔2026〕1号", "generated"),
        ("演工发〔2026〕2号", "void"),
        ("演工发〔2026〕3号", "generated"),
        ("演工发〔2026〕4号", "generated"),
        ("演工发〔2027〕1号", "generated"),
    ]


def test_numbers_of_many_at_once_have_no_gap_and_no_double(lasting_cast: Cast) -> None:
    issued(lasting_cast, on=date(2026, 3, 1))

    def one(n: int) -> None:
        try:
            actor = lasting_cast["superior"].actor
            with scope(actor):
                actions.issue(
                    "letter", unit=lasting_cast.city, title=f"函{n}", context={"paragraphs": ["x"]}, actor=actor,
                    on=date(2026, 3, 1),
                )  # fmt: skip
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(one, range(12)))
    assert sorted(Document.objects.values_list("ordinal", flat=True)) == list(range(1, 14))


@pytest.mark.parametrize("who", ["county_officer", "sibling_officer", "unit_officer", "leader", "applicant"])
def test_document_of_another_unit_is_not_issued(cast: Cast, who: str) -> None:
    actor = cast[who].actor
    with scope(actor), pytest.raises(Forbidden):
        actions.issue("letter", unit=cast.city, title="函", context={"paragraphs": ["x"]}, actor=actor)


def test_document_goes_its_whole_way_and_each_step_is_kept(cast: Cast) -> None:
    row = printed(cast)
    kinds = {"word", "pdf"} if row.pages else {"word"}
    assert set(DocumentFile.objects.values_list("kind", flat=True)) == kinds
    row = done(cast, row, "take_scan", upload=scan())
    row = done(cast, row, "match", number="演工发[2026]1号", pages=row.pages or 1)
    assert PublicDocument.objects.count() == 0
    row = done(cast, row, "release")
    row = done(cast, row, "deliver", how="机要交换", proof=scan(1))
    row = done(cast, row, "archive")
    assert list(DocumentEvent.objects.order_by("version").values_list("version", "target")) == [
        (1, "generated"),
        (2, "printed"),
        (3, "stamped"),
        (4, "matched"),
        (5, "issued"),
        (6, "delivered"),
        (7, "archived"),
    ]
    assert list(PublicDocument.objects.values_list("code", "number", "title")) == [
        (row.code, "演工发〔2026〕1号", "")  # the title of a letter is not the public's
    ]


def test_scan_of_another_document_does_not_match(cast: Cast) -> None:
    row = done(cast, printed(cast), "take_scan", upload=scan())
    with pytest.raises(ValidationError) as wrong:
        done(cast, row, "match", number="演工发〔2026〕7号", pages=(row.pages or 1) + 1)
    assert set(wrong.value.message_dict) == ({"number", "pages"} if row.pages else {"number"})
    again = done(cast, row, "scan_again", reason="扫错了")
    assert done(cast, again, "take_scan", upload=scan(2)).state == "stamped"


def test_step_out_of_turn_is_stale(cast: Cast) -> None:
    row = issued(cast)
    for name, more in (("release", {}), ("archive", {}), ("take_scan", {"upload": scan()})):
        with pytest.raises(Stale):
            done(cast, row, name, **more)


def test_text_changes_until_it_is_stamped(cast: Cast) -> None:
    row = printed(cast)
    before = bytes(row.digest)
    row = done(cast, row, "rewrite", title="关于演示的函（改）", context={"paragraphs": ["改过。"]})
    assert (row.state, bytes(row.digest) != before) == ("generated", True)
    row = done(cast, done(cast, row, "print_", address=""), "take_scan", upload=scan())
    with pytest.raises(Stale):
        done(cast, row, "rewrite", title="x", context={"paragraphs": ["y"]})


@pytest.mark.parametrize(
    "change",
    [
        {"text": "别的\n"},
        {"title": "别的"},
        {"digest": b"x" * 32},
        {"on": date(2020, 1, 1)},
        {"number": "x"},
        {"state": "issued"},
    ],
)
def test_database_refuses_a_change_after_stamping(cast: Cast, change: dict) -> None:
    row = done(cast, printed(cast), "take_scan", upload=scan())
    with scope(cast["superior"].actor), pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=row.pk).update(**change)


def test_database_keeps_documents_their_files_and_their_history(cast: Cast) -> None:
    row = printed(cast)
    for gone in (row.events.all(), row.files.all(), Document.objects.filter(pk=row.pk)):
        with pytest.raises(DatabaseError), transaction.atomic():
            gone._raw_delete("default")


def test_unstamped_kind_is_issued_at_once_and_checked_by_its_code(cast: Cast) -> None:
    row = issued(cast, "certificate")
    assert (row.state, PublicDocument.objects.get().code) == ("issued", row.code)


def test_replaced_document_says_so_to_whoever_checks_it(cast: Cast) -> None:
    old = issued(cast, "certificate")
    new = issued(cast, "certificate", replaces=old)
    assert PublicDocument.objects.get(code=old.code).replaced_by == new.number


def test_registered_document_keeps_its_senders_number_and_comes_once(cast: Cast) -> None:
    actor = cast["county_officer"].actor
    come = {
        "unit": cast.county, "issuer_name": "某市人社局", "number": "人社函〔2026〕3号", "title": "关于证书的复函",
        "on": date(2026, 2, 1), "actor": actor,
    }  # fmt: skip
    with scope(actor):
        row = actions.register("letter", **come, upload=Upload("file", "复函.png", samples.png()))
        with pytest.raises(ValidationError, match="on record already"):
            actions.register("letter", **come)
    assert (row.state, row.files.count(), PublicDocument.objects.count()) == ("issued", 1, 0)


def test_documents_are_read_within_the_tree_and_written_by_the_unit(cast: Cast) -> None:
    row = issued(cast)
    actor = cast["county_officer"].actor
    with scope(actor):
        actions.set_number_word(cast.county, "演襄", actor=actor)
        actions.issue("letter", unit=cast.county, title="函", context={"paragraphs": ["x"]}, actor=actor)
    seen, kept = {}, {}
    for name in ("superior", "county_officer", "sibling_officer", "unit_officer", "auditor", "applicant"):
        who = cast[name].actor
        with scope(who):
            seen[name] = VIEW.filter(Document.objects.all(), who).count()
            kept[name] = KEEP.filter(Document.objects.all(), who).count()
            assert seen[name] <= Document.objects.count()
    assert seen == {
        "superior": 2,
        "county_officer": 1,
        "sibling_officer": 0,
        "unit_officer": 0,
        "auditor": 2,
        "applicant": 0,
    }
    assert kept == {
        "superior": 1,
        "county_officer": 1,
        "sibling_officer": 0,
        "unit_officer": 0,
        "auditor": 0,
        "applicant": 0,
    }
    with scope(actor), pytest.raises(Forbidden):
        actions.void(row, reason="x", actor=actor)


def test_sweep_leaves_what_a_row_names(cast: Cast, monkeypatch) -> None:
    row = printed(cast)
    stray = STORE.keep(b"x")
    monkeypatch.setattr(beside, "STRAY", -60)
    assert tasks.sweep() == 1
    assert [STORE.holds(f.stored) for f in row.files.all()] == [True] * row.files.count()
    assert not STORE.holds(stray)
