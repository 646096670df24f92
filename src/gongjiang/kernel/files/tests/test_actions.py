"""Adding files to a case, removing them, and what is left of them."""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.files import actions, replay, tasks
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.files.models import STORE, File
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import FlowError, Stale
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.lifecycle.tests.conftest import acted, opened
from tests.cast import Cast

from . import samples

OPEN = ("draft", "returned")


def add(cast: Cast, case: Case, *uploads: Upload, who: str = "applicant") -> list[File]:
    actor = cast[who].actor
    with scope(actor):
        return actions.attach(case, uploads, actor=actor, states=OPEN)


def photo(name: str = "image.png", salt: int = 0) -> Upload:
    return Upload("photo", name, samples.png(salt=salt))


def refused(cast: Cast, case: Case, *uploads: Upload) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as wrong:
        add(cast, case, *uploads)
    assert list(STORE.names(older_than=2**40)) == [f.stored for f in File.objects.all()]
    return wrong.value.message_dict


def test_file_is_kept_with_what_it_is(cast: Cast, flow) -> None:
    case = opened(cast, "draft")
    (file,) = add(cast, case, photo("C:\\照片\\现场.PNG"))
    file.refresh_from_db()
    assert (file.name, file.kind, file.media_type) == ("现场.png", "photo", "image/png")
    assert (file.bytes, file.person, file.uploaded_by) == (
        len(samples.png()),
        cast["applicant"].person,
        cast["applicant"].user,
    )
    assert STORE.fetch(file.stored) == samples.png()


def test_image_that_bears_another_images_ending_gets_its_own(cast: Cast, flow) -> None:
    (file,) = add(cast, opened(cast, "draft"), photo("微信截图.jpg"))
    assert (file.name, file.media_type) == ("微信截图.png", "image/png")


def test_files_of_one_name_are_told_apart(cast: Cast, flow) -> None:
    case = opened(cast, "draft")
    add(cast, case, photo())
    add(cast, case, photo(salt=1), photo(salt=2))
    assert list(File.objects.order_by("pk").values_list("name", flat=True)) == [
        "image.png",
        "image (2).png",
        "image (3).png",
    ]


def test_one_unfit_file_keeps_all_away_and_each_is_named(cast: Cast, flow) -> None:
    case = opened(cast, "draft")
    said = refused(
        cast, case, photo(), Upload("photo", "空.png", b""), Upload("paper", "程序.pdf", b"MZ" + b"\0" * 60)
    )
    assert {kind: [s.split("”")[0] for s in sentences] for kind, sentences in said.items()} == {
        "photo": ["“空.png"],
        "paper": ["“程序.pdf"],
    }


def test_same_file_twice_is_refused_whatever_its_name(cast: Cast, flow) -> None:
    case = opened(cast, "draft")
    assert refused(cast, case, photo("a.png"), photo("b.png")) == {
        "photo": ["“b.png”: This file is attached already. Once is enough."]
    }
    add(cast, case, photo("a.png"))
    assert refused(cast, case, photo("b.png"))["photo"] == [
        "“b.png”: This file is attached already. Once is enough."
    ]


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"FILE_MOST_BYTES": 50}, "“image.png”: The file has 0.0 MB; at most 0 MB are possible."),
        ({"CASE_MOST_FILES": 1}, "These would be 2 files; a case holds at most 1."),
        ({"CASE_MOST_BYTES": 100}, "All files together would have 1 MB; a case holds at most 0 MB."),
    ],
)
def test_more_than_the_settings_allow_is_refused(cast: Cast, flow, settings, limits, said: str) -> None:
    for name, value in limits.items():
        setattr(settings, name, value)
    found = refused(cast, opened(cast, "draft"), photo(), photo(salt=1))
    assert found["photo"][0].startswith(said)


def test_file_of_which_only_a_part_was_taken_in_is_too_large(cast: Cast, flow, settings) -> None:
    settings.FILE_MOST_BYTES = 1024 * 1024
    cut = Upload("photo", "a.png", samples.png(), size=9 * 1024 * 1024)
    assert refused(cast, opened(cast, "draft"), cut) == {
        "photo": ["“a.png”: The file has 9.0 MB; at most 1 MB are possible. Please make it smaller."]
    }


def test_removed_file_leaves_the_case_and_may_come_again(cast: Cast, flow) -> None:
    case, actor = opened(cast, "draft"), cast["applicant"].actor
    (file,) = add(cast, case, photo())
    with scope(actor):
        assert actions.remove(case, [file.pk], actor=actor, states=OPEN) == 1
        assert actions.remove(case, [file.pk], actor=actor, states=OPEN) == 0
    (again,) = add(cast, case, photo())
    assert again.name == "image.png"
    assert File.objects.get(removed_at=None) == again


def test_file_of_another_case_is_not_removed(cast: Cast, flow) -> None:
    mine, other, actor = opened(cast, "draft"), opened(cast, "draft"), cast["applicant"].actor
    (file,) = add(cast, other, photo())
    with scope(actor):
        assert actions.remove(mine, [file.pk], actor=actor, states=OPEN) == 0
    assert File.objects.get().removed_at is None


def test_files_are_frozen_once_the_case_has_moved_on(cast: Cast, flow) -> None:
    case, actor = opened(cast, "draft"), cast["applicant"].actor
    (file,) = add(cast, case, photo())
    acted(cast, case, "submit", "applicant")
    with pytest.raises(Stale):
        add(cast, case, photo(salt=1))
    with scope(actor), pytest.raises(Stale):
        actions.remove(case, [file.pk], actor=actor, states=OPEN)
    assert (File.objects.count(), File.objects.get().removed_at) == (1, None)


def test_returned_case_takes_files_again(cast: Cast, flow) -> None:
    case = acted(cast, opened(cast), "return", "unit_officer", note="请补照片。")
    assert len(add(cast, case, photo())) == 1


def test_file_added_while_the_case_is_submitted_is_refused(lasting_cast: Cast, lasting_flow) -> None:
    """The adder waits for the door, and then sees what has become of the case."""
    case, actor = opened(lasting_cast, "draft"), lasting_cast["applicant"].actor
    moved, waits = Event(), Event()

    def submit() -> None:
        with scope(actor):
            door.transition(case, "submit", actor=actor)
            moved.set()
            waits.wait(0.5)
        connection.close()

    def attach() -> str:
        moved.wait(5)
        try:
            add(lasting_cast, case, photo())
        except FlowError as error:
            return type(error).__name__
        finally:
            waits.set()
            connection.close()
        return "added"

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(submit), pool.submit(attach)
        first.result()
        assert second.result() == "Stale"
    assert File.objects.count() == 0


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE files_file SET name = 'x'",
        "UPDATE files_file SET removed_at = NULL",
        "UPDATE files_file SET removed_at = now(), case_id = case_id + 1",
        "DELETE FROM files_file",
    ],
)
def test_database_keeps_a_file_as_it_is(cast: Cast, flow, sql: str) -> None:
    add(cast, opened(cast, "draft"), photo())
    with (
        scope(cast["applicant"].actor),
        pytest.raises(DatabaseError, match=r"removed once|Cannot delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_database_takes_files_from_whoever_has_the_turn_only(cast: Cast, flow) -> None:
    case, applicant, officer = opened(cast, "draft"), cast["applicant"].actor, cast["unit_officer"].actor
    (file,) = add(cast, case, photo())
    acted(cast, case, "submit", "applicant")
    row = {f.attname: getattr(file, f.attname) for f in File._meta.concrete_fields if f.name != "id"}
    for at, actor in enumerate((applicant, officer)):
        new = File(**{**row, "stored": f"x{at}", "digest": bytes([at])})
        if actor is officer:
            with scope(actor):
                new.save()
            continue
        with scope(actor), pytest.raises(DatabaseError, match="whoever has its turn"), transaction.atomic():
            new.save()
        with scope(actor), pytest.raises(DatabaseError, match="whoever has its turn"), transaction.atomic():
            File.objects.update(removed_at=file.uploaded_at)


def test_file_rows_are_behind_the_wall_of_their_case(cast: Cast, flow) -> None:
    case = acted(cast, opened(cast), "return", "unit_officer", note="请补照片。")
    add(cast, case, photo())
    seen = {}
    for who, actor in cast.actors.items():
        with scope(actor):
            seen[who] = File.objects.count()
    above = ("applicant", "unit_officer", "county_officer", "superior", "leader", "auditor")
    assert seen == {who: int(who in above) for who in seen}


def test_case_with_files_cannot_be_deleted_round_them(cast: Cast, flow) -> None:
    case = opened(cast, "draft")
    add(cast, case, photo())
    with pytest.raises(ProtectedError):
        case.delete()


def test_full_disk_is_said_and_leaves_nothing(cast: Cast, flow, place) -> None:
    case = opened(cast, "draft")
    place.parent.mkdir(parents=True)
    place.write_text("no folder")  # what cannot be written to
    with pytest.raises(ValidationError, match="disk may be full"):
        add(cast, case, photo())
    assert File.objects.count() == 0


def test_rolled_back_request_leaves_a_stray_that_the_sweep_removes(cast: Cast, flow, place) -> None:
    case = opened(cast, "draft")
    with pytest.raises(RuntimeError), transaction.atomic():
        add(cast, case, photo())
        raise RuntimeError
    (stray,) = place.iterdir()
    (kept,) = add(cast, case, photo(salt=1))
    assert tasks.sweep() == 0
    for each in place.iterdir():
        os.utime(each, (0, 0))
    assert tasks.sweep() == 1
    assert [each.name for each in place.iterdir()] == [kept.stored]
    assert stray.name != kept.stored


def test_content_of_a_removed_file_goes_after_its_time(cast: Cast, flow, place, monkeypatch) -> None:
    case, actor = opened(cast, "draft"), cast["applicant"].actor
    (file,) = add(cast, case, photo())
    with scope(actor):
        actions.remove(case, [file.pk], actor=actor, states=OPEN)
    os.utime(place / file.stored, (0, 0))
    assert tasks.sweep() == 0
    monkeypatch.setattr(tasks, "KEEP_REMOVED", -tasks.KEEP_REMOVED)
    assert tasks.sweep() == 1
    assert not STORE.holds(file.stored)
    assert File.objects.get().removed_at is not None


def test_history_is_loaded_with_its_files_whoever_has_the_turn(cast: Cast, flow) -> None:
    case, author = opened(cast), cast["applicant"]
    then = replay.FileThen(case.pk, photo("现场.jpg"), author.user.pk, author.person.pk, case.opened_at)
    assert replay.replay_files([then]) == 1
    file = File.objects.get()
    assert (file.name, file.uploaded_at, STORE.fetch(file.stored)) == (
        "现场.png",
        case.opened_at,
        samples.png(),
    )
    with scope(cast["unit_officer"].actor):
        assert File.objects.get() == file
