"""What every benchmark stands on: a database of its own, and its section of docs/performance.md."""

import argparse
import os
import platform
import re
import sys
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
sys.path[:0] = [str(ROOT), str(ROOT / "src")]


def own_database(name: str, *, fresh: bool) -> None:
    """Make sure that a benchmark's own database exists on the server that the launcher started; Django uses it then."""
    import psycopg

    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        if fresh:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f"CREATE DATABASE {name}")
    os.environ["DATABASE_URL"] = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    import django

    django.setup()


def city() -> None:
    """Migrate; load the city demo where it is not there yet."""
    from django.core.management import call_command

    from gongjiang.kernel.people.models import Person

    call_command("migrate", verbosity=0)
    call_command("roles")
    if not Person.objects.exists():
        call_command("demo", "--size", "city")


def measured_on() -> str:
    """The line under a table: the day and the machine."""
    return f"Measured on {date.today()}, {os.cpu_count()} cores, Python {platform.python_version()}."


def tried(parser: argparse.ArgumentParser) -> None:
    """Give a benchmark its `--try`: small sizes, in a database of its own, and nothing is published."""
    parser.add_argument(
        "--try", dest="trial", action="store_true", help="small sizes; print, publish nothing"
    )


def publish(heading: str, section: str, *, trial: bool = False) -> None:
    """Print a section; unless it was only tried, put it in the place of the one with that heading, or at the end."""
    print(section)
    if trial:
        return
    text = PAGE.read_text(encoding="utf-8")
    old = re.compile(rf"^## {heading}$.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    new = section.rstrip() + "\n\n"
    text = old.sub(lambda _: new, text, count=1) if old.search(text) else f"{text.rstrip()}\n\n{new}"
    PAGE.write_text(text.rstrip() + "\n", encoding="utf-8")
