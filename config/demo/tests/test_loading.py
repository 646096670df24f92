"""Loading the demo: complete or not at all, on any day, and never over somebody else's records."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.management import CommandError
from django.db import connection

from config.demo.models import DemoLoad
from config.demo.tests.test_demo import TODAY, assert_every_state_is_reached, run
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.orgs import tree
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.people.models import Person

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def data(settings, tmp_path):
    settings.DATA = tmp_path
    return tmp_path


@pytest.mark.django_db
@pytest.mark.parametrize("today", ["2026-01-04", "2026-03-09"])
def test_demo_reaches_every_state_on_any_day(data, today):
    run("--size", "county", f"--today={today}")
    assert_every_state_is_reached(today)


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [[], ["--reset"]])
def test_demo_over_other_records_is_refused(data, arguments):
    tree.add(None, on="2026-01-01", code="140000", name="x", level="province", region="140000")
    with pytest.raises(CommandError):
        run("--size", "county", TODAY, *arguments)
    assert Unit.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_demo_killed_in_the_middle_leaves_nothing_and_loads_again(data):
    d = connection.settings_dict
    url = f"postgresql://{quote(d['USER'])}:{quote(d['PASSWORD'])}@{d['HOST']}:{d['PORT']}/{d['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "GONGJIANG_DATA": str(data),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "manage.py", "demo", "--size", "county"]
    started = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    for at, _line in enumerate(started.stdout):
        if at == 3:
            started.kill()
    started.wait()
    assert (Unit.objects.count(), Person.objects.count(), Case.objects.count()) == (0, 0, 0)
    assert (
        subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=False).returncode
        == 0
    )
    assert (DemoLoad.objects.count(), Person.objects.count()) == (1, 30_000)
