"""Lists as files: whole, harmless, in the asker's scope, asked again at the download, written down."""

import csv
import io
from collections.abc import Iterator

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from python_calamine import CalamineWorkbook

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.audit.models import HandOver
from gongjiang.kernel.exchange import exports, tasks
from gongjiang.kernel.exchange.models import EXPORTS, ExportJob, ExportState
from gongjiang.kernel.exchange.sheets import LONGEST, write_all
from gongjiang.kernel.orgs.models import LegalEntity
from tests.cast import Cast


@pytest.fixture(autouse=True)
def in_chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


def ask(
    cast: Cast, who: str, name: str = "registry:workers", form: str = "xlsx", query: str = ""
) -> ExportJob:
    actor = cast[who].actor
    with scope(actor):
        return exports.ask(reverse(name), query, form, actor=actor)


def written(job: ExportJob) -> ExportJob:
    exports.run(job.pk)
    job.refresh_from_db()
    return job


def content(job: ExportJob) -> bytes:
    return EXPORTS.fetch(job.file)


def sheets(job: ExportJob) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content(job)))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def names(job: ExportJob) -> list[object]:
    return [row[0] for row in next(iter(sheets(job).values()))[1:]]


def test_file_holds_what_the_list_shows_and_no_more(cast: Cast) -> None:
    mine = {who: names(written(ask(cast, who))) for who in ("unit_officer", "neighbour_officer", "superior")}
    assert mine == {
        "unit_officer": ["王演甲子", "李演乙丑", "张演丙寅"],
        "neighbour_officer": ["刘演丁卯"],
        "superior": ["王演甲子", "李演乙丑", "张演丙寅", "刘演丁卯", "陈演戊辰"],
    }


@pytest.mark.parametrize("who", ["applicant", "leader", "auditor", "stranger"])
def test_list_that_is_not_theirs_cannot_be_asked_for(cast: Cast, who: str) -> None:
    with pytest.raises(exports.Gone):
        ask(cast, who)
    assert ExportJob.objects.count() == 0


def test_filter_of_the_address_holds_for_the_file_and_stands_in_it(cast: Cast) -> None:
    job = written(ask(cast, "superior", query="sex=female&after=xyz"))
    assert (job.state, job.done) == (ExportState.READY, 2)
    about = [str(row[0]) for row in list(sheets(job).values())[-1]]
    assert about[0] == "职工"
    assert about[1].endswith("长治市经办")
    assert "性别: 女" in about[3]
    assert about[-1].endswith("2")


def test_text_file_says_above_the_headers_whose_it_is(cast: Cast) -> None:
    job = written(ask(cast, "unit_officer", form="csv"))
    rows = list(csv.reader(io.StringIO(content(job).decode("utf-8-sig"))))
    assert (len(rows[0]), "张演丙寅" in rows[0][0], "3" in rows[0][0]) == (1, True, True)
    assert [row[0] for row in rows[2:]] == ["王演甲子", "李演乙丑", "张演丙寅"]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_no_cell_is_a_formula(cast: Cast, form: str) -> None:
    LegalEntity.objects.filter(unit=cast.works).update(name="=cmd|'/c calc'!A1")
    job = written(ask(cast, "unit_officer", "registry:enterprises", form))
    if form == "xlsx":
        assert names(job) == ["'=cmd|'/c calc'!A1"]
    else:
        assert "\r\n'=cmd" in content(job).decode("utf-8-sig")


def test_huge_and_odd_cells_come_out_whole_or_say_that_they_were_cut() -> None:
    rows = [["x" * 40_000, "a\x00\x0bb\n<&>_x0041_"], ["", 12], [None, True]]
    book = CalamineWorkbook.from_filelike(io.BytesIO(write_all("xlsx", "a[b]", ["一", "二"], rows, ["谁"])))
    cells = book.get_sheet_by_index(0).to_python()
    assert book.sheet_names == ["a b", "关于本文件"]
    assert (len(cells[1][0]), cells[1][0][-9:]) == (LONGEST, "40,000 字）")
    assert cells[1][1] == "ab\n<&>_x0041_"
    assert cells[2:] == [["", 12.0], ["", "是"]]


def test_download_is_for_its_owner_and_is_written_down(cast: Cast) -> None:
    job = written(ask(cast, "unit_officer"))
    address = reverse("exports:file", args=[job.pk])
    for who in ("neighbour_officer", "superior", "stranger"):
        client = Client()
        client.force_login(cast[who].user)
        assert [client.get(a).status_code for a in (address, reverse("exports:job", args=[job.pk]))] == [
            404,
            404,
        ]
    client = Client()
    client.force_login(cast["unit_officer"].user)
    assert b"".join(client.get(address).streaming_content) == content(job)
    assert list(HandOver.objects.values_list("user", "role", "title", "rows", "tier")) == [
        (cast["unit_officer"].user.pk, "unit_officer", "职工", 3, "T1")
    ]


def test_download_after_the_duty_ended_is_refused(cast: Cast) -> None:
    job = written(ask(cast, "unit_officer"))
    Grant.objects.filter(user=cast["unit_officer"].user).update(until=timezone.localdate())
    client = Client()
    client.force_login(cast["unit_officer"].user)
    assert client.get(reverse("exports:file", args=[job.pk])).status_code == 410
    assert HandOver.objects.count() == 0


def test_duty_that_ends_before_the_file_is_written_ends_it(cast: Cast) -> None:
    job = ask(cast, "unit_officer")
    Grant.objects.filter(user=cast["unit_officer"].user).update(until=timezone.localdate())
    assert written(job).state == ExportState.FAILED
    assert (job.file, bool(job.problem)) == ("", True)


def test_stopped_export_leaves_no_file_and_is_written_when_asked_again(cast: Cast) -> None:
    job, actor = ask(cast, "unit_officer"), cast["unit_officer"].actor
    with scope(actor):
        exports.cancel(job, actor=actor)
    assert (written(job).state, job.file) == (ExportState.CANCELLED, "")
    with scope(actor):
        exports.again(job, actor=actor)
    assert written(job).state == ExportState.READY


def test_stop_during_the_writing_throws_it_away(lasting_cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stop comes over another connection while the rows are being read."""
    monkeypatch.setattr(exports, "BEAT", 0)
    monkeypatch.setattr(exports, "LOOK", 1)
    job = ask(lasting_cast, "unit_officer")
    other = connections.create_connection("default")
    beat = exports._Pulse.beat

    def stopped_meanwhile(pulse: exports._Pulse, done: int) -> None:
        with other.cursor() as cursor:
            cursor.execute("UPDATE exchange_exportjob SET state = 'cancelled' WHERE id = %s", [job.pk])
        beat(pulse, done)

    monkeypatch.setattr(exports._Pulse, "beat", stopped_meanwhile)
    before = set(EXPORTS.names(older_than=float("inf")))
    assert (written(job).state, job.file) == (ExportState.CANCELLED, "")
    assert set(EXPORTS.names(older_than=float("inf"))) == before
    other.close()


def test_file_past_its_time_is_deleted(cast: Cast) -> None:
    job = written(ask(cast, "unit_officer"))
    ExportJob.objects.filter(pk=job.pk).update(expires_at=timezone.now())
    assert tasks.expire_exports() == 1
    job.refresh_from_db()
    assert (job.state, job.file) == (ExportState.EXPIRED, "")


def test_export_of_a_dead_worker_is_found_again(cast: Cast) -> None:
    job = ask(cast, "unit_officer")
    ExportJob.objects.filter(pk=job.pk).update(
        state=ExportState.RUNNING, touched_at=timezone.now() - 2 * tasks.QUIET
    )
    assert tasks.quiet_exports() == [job.pk]
    assert written(job).state == ExportState.READY


def test_two_workers_write_one_file(lasting_cast: Cast) -> None:
    job = ask(lasting_cast, "unit_officer")
    other = exports._Pulse(job.pk)
    assert other.alone()
    assert written(job).state == ExportState.QUEUED
    other.close()
    assert written(job).state == ExportState.READY


def test_cases_of_any_programme_can_be_exported(cast: Cast) -> None:
    job = written(ask(cast, "unit_officer", "innovations:desk"))
    assert (job.state, job.done) == (ExportState.READY, 0)
