"""`docs/adding-a-programme.md`, executed: its ```sh run blocks, in order, in a copy of the project.

A block is one shell, started at the top of the copy, that ends at the first command that fails; an ```output block
after it must equal what it printed.
"""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from config.settings import ROOT

PAGE = ROOT / "docs" / "adding-a-programme.md"
BLOCK = re.compile(r"^```sh run\n(?P<command>.*?)^```\n(?:\n```output\n(?P<output>.*?)^```\n)?", re.M | re.S)
LEFT_BEHIND = (".venv", ".git", ".data", "__pycache__", ".*_cache", ".hypothesis", "test-results")
SEEN = """
import re
from django.test import Client
from gongjiang.kernel.accounts.models import User
officer = User.objects.get(grants__role="officer", grants__unit__code="141129", is_demo=True)
client = Client()
client.force_login(officer, backend="gongjiang.kernel.accounts.backends.PasswordBackend")
menu = client.get("/desk/", headers={"host": "localhost"})
page = client.get("/desk/letters/", headers={"host": "localhost"})
print('href="/desk/letters/"' in menu.content.decode(), len(set(re.findall("LET-[-0-9]+", page.content.decode()))))
"""


@pytest.fixture
def database() -> Iterator[str]:
    """The URL of an empty database next to the one that tests use; it and its test database are dropped at the end."""
    server, _, name = os.environ["DATABASE_URL"].rpartition("/")
    walk = f"{name}_walk"
    names = [sql.Identifier(walk), sql.Identifier(f"test_{walk}")]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for each in names:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(each))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(names[0]))
        yield f"{server}/{walk}"
        for each in names:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(each))


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of the project as it stands, under git, with the environment of the original."""
    place = tmp_path / "clone"
    shutil.copytree(ROOT, place, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    (place / ".venv").symlink_to(ROOT / ".venv")
    (place / ".gitignore").write_text((ROOT / ".gitignore").read_text() + "/.venv\n")
    who = ["-c", "user.name=walk", "-c", "user.email=walk@localhost"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", "as it stands"]):
        subprocess.run(["git", *command], cwd=place, check=True)
    return place


def test_adding_a_programme_as_the_page_says(database: str, clone: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    env = os.environ | {"DATABASE_URL": database, "GONGJIANG_DATA": str(data), "GONGJIANG_DEMO": "1"}
    # The browser has seen the template's pages in the suite itself.
    env |= {"PYTEST_ADDOPTS": "-m 'not stack'"}
    blocks = list(BLOCK.finditer(PAGE.read_text(encoding="utf-8")))
    assert len(blocks) == 8
    seen = ""
    for block in blocks:
        printed = _shell(block["command"], clone, env)
        if block["output"] is not None:
            assert printed == block["output"]
        if "manage demo" in block["command"]:
            seen = _shell(f"./run manage shell -v 0 -c {shlex.quote(SEEN)}", clone, env)
    assert seen == "True 5\n"


def _shell(command: str, place: Path, env: dict[str, str]) -> str:
    """What the commands print; fails with everything they said where one of them fails."""
    shell = ["sh", "-ec", command]
    ended = subprocess.run(shell, cwd=place, env=env, capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, f"{command}\n{ended.stdout[-6000:]}\n{ended.stderr[-6000:]}"
    return ended.stdout
