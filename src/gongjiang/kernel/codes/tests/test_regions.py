"""The published divisions: as many as published, one tree, the same after a second load."""

import shutil
from dataclasses import replace
from datetime import date
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.db import connection

from gongjiang.kernel.codes import tables
from gongjiang.kernel.codes.lookup import UnknownCode, codes, region, successors
from gongjiang.kernel.codes.models import Code, CodeList, Crosswalk

pytestmark = pytest.mark.django_db


@pytest.fixture
def regions():
    return tables.load(tables.REGIONS)


def fingerprint():
    with connection.cursor() as cursor:
        cursor.execute("SELECT md5(string_agg(xmin::text || c::text, '|' ORDER BY id)) FROM codes_code c")
        return cursor.fetchone()[0]


def test_regions_loaded_count_as_published(regions):
    assert regions.counts == {"province": 31, "city": 342, "county": 2978, "township": 41352}
    assert Code.objects.count() == 44_703


def test_regions_loaded_form_one_tree(regions):
    levels = ["province", "city", "county", "township"]
    hanging = [Code.objects.filter(level=b, parent__level=a).count() for a, b in pairwise(levels)]
    assert hanging == [342, 2978, 41352]
    assert Code.objects.filter(parent=None).count() == 31


def test_regions_loaded_twice_change_nothing(regions):
    before = fingerprint()
    assert tables.load(tables.REGIONS).changed == 0
    assert fingerprint() == before


def test_regions_loaded_over_a_changed_row_mend_only_that_row(regions):
    place = region("140423")
    Code.objects.filter(pk=place.pk).update(name="襄垣", parent=None)
    CodeList.objects.update(digest="")
    assert tables.load(tables.REGIONS).changed == 1
    mended = region("140423")
    assert (mended.pk, mended.name, mended.parent.code) == (place.pk, "襄垣县", "140400")


def test_table_short_of_a_row_stores_nothing(tmp_path):
    for end in ("toml", "csv"):
        shutil.copy(tables.DATA / f"industries-2017.{end}", tmp_path)
    lines = (tmp_path / "industries-2017.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "industries-2017.csv").write_text("\n".join(lines[:-1]), encoding="utf-8")
    with pytest.raises(tables.WrongTable):
        tables.load(replace(tables.INDUSTRIES, folder=tmp_path))
    assert (CodeList.objects.count(), Code.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("14", ("140000", "province", "山西省")),
        ("1404", ("140400", "city", "长治市")),
        (" 140423 ", ("140423", "county", "襄垣县")),
        ("140423100", ("140423100", "township", "古韩镇")),
        ("140423000000", ("140423", "county", "襄垣县")),
        ("140423100000", ("140423100", "township", "古韩镇")),
        ("441900", ("441900", "city", "东莞市")),
    ],
)
def test_region_written_in_any_usual_form(regions, written, found):
    place = region(written)
    assert (place.code, place.level, place.name) == found


def test_region_of_a_prefecture_without_counties_has_its_townships(regions):
    assert region("441900003").parent.parent == region("441900")


@pytest.mark.parametrize("written", ["140499", "", "99", "14042", "襄垣县", "140423999"])
def test_region_unknown_says_which_and_where(regions, written):
    with pytest.raises(UnknownCode) as refused:
        region(written)
    assert f"“{written}”" in refused.value.messages[0]
    assert "2023" in refused.value.messages[0]


def test_region_without_a_loaded_table_names_the_command():
    with pytest.raises(UnknownCode) as refused:
        region("140400")
    assert "./run manage regions" in refused.value.messages[0]


def test_regions_command_says_the_counts():
    out = StringIO()
    call_command("regions", stdout=out)
    regions, before, now = out.getvalue().splitlines()
    assert ("44,703" in regions, "116" in before, "117" in now) == (True, True, True)


def test_industries_loaded_hang_under_their_sections():
    tables.load(tables.INDUSTRIES)
    found = {code.code: (code.name, code.parent.code) for code in codes("industry").filter(level="division")}
    assert len(found) == 97
    assert found["B06"] == ("煤炭开采和洗选业", "B")


def test_successors_of_a_split_code_are_all_its_parts():
    tables.load(tables.INDUSTRIES)
    old, *new = codes("industry").filter(code__in=["C29", "C30", "C33"]).order_by("code")
    for part in new:
        Crosswalk.objects.create(old=old, new=part, on="2017-10-01")
    assert [code.code for code in successors(old)] == ["C30", "C33"]
    assert successors(new[0]) == []


def test_codes_of_the_list_before_lead_to_those_of_today():
    call_command("regions", stdout=StringIO())
    old = Code.objects.filter(list__code="industry", list__version="2011", level="division")
    found = {code.code: [new.code for new in successors(code)] for code in old}
    assert (len(found), sum(map(len, found.values()))) == (96, 97)
    assert (found["C36"], found["O79"], found["T96"]) == (["C36"], ["O80"], ["T97"])
    assert found["G58"] == ["G58", "G59"]
    assert set(old.values_list("until", flat=True)) == {date(2017, 10, 1)}


def test_crosswalk_loaded_twice_changes_nothing_and_mends_what_is_wrong():
    call_command("regions", stdout=StringIO())
    step = Crosswalk.objects.get(old__code="O79")
    stray = Crosswalk.objects.create(old=step.old, new=step.old.successors.get().new.parent, on="2017-10-01")
    (crosswalk,) = tables.CROSSWALKS
    assert tables.load_crosswalk(*crosswalk) == 97
    assert (Crosswalk.objects.count(), Crosswalk.objects.filter(pk=stray.pk).exists()) == (97, False)
    assert Crosswalk.objects.get(old__code="O79").pk == step.pk


def test_crosswalk_of_codes_that_are_not_loaded_is_refused():
    with pytest.raises(tables.WrongTable):
        tables.load_crosswalk(*tables.CROSSWALKS[0])
