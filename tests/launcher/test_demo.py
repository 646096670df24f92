"""`./run demo` from first start to last: what it says, what it repeats, what survives which death."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import time

import psutil
import pytest

from .conftest import Project, free_port


def gone(project: Project, seconds: float = 10) -> bool:
    """Whether no process of the project is left, within `seconds`."""
    deadline = time.monotonic() + seconds
    while project.processes():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def test_demo_started_twice_reuses_its_data_and_leaves_nothing(project: Project) -> None:
    first = project.demo().until_ready()
    assert first.get("/add") == 11
    assert "u1  p1  n1 · r1 · o1" in first.output
    project.expect("migrate", "roles", "regions", "calendar", "demo", "work")
    first.stop()
    assert first.process.returncode == 0
    assert project.processes() == []

    second = project.demo().until_ready()
    assert second.get("/") == 11
    project.expect("migrate", "roles", "regions", "calendar", "demo", "work", "work")
    second.stop(signal.SIGTERM)
    assert second.process.returncode == 0
    assert project.processes() == []


def test_demo_after_change_of_code_migrates_again(project: Project) -> None:
    first = project.demo().until_ready()
    project.expect("migrate", "roles", "regions", "calendar", "demo", "work")
    first.stop()
    (project.root / "src" / "new.py").write_text("x = 1\n")
    second = project.demo().until_ready()
    project.expect(
        *("migrate", "roles", "regions", "calendar", "demo", "work"),
        *("migrate", "roles", "regions", "calendar", "work"),
    )
    second.stop()


def test_demo_with_reset_starts_over(project: Project) -> None:
    first = project.demo().until_ready()
    assert first.get("/add") == 11
    first.stop()
    second = project.demo("--reset", "--size", "county").until_ready()
    assert second.get("/") == 10
    project.expect("migrate", "roles", "regions", "calendar", "demo", "work")
    second.stop()
    third = project.demo("--size", "city")
    third.process.wait(20)
    assert third.process.returncode == 2
    assert "holds the county demo" in third.output


def test_demo_interrupted_while_loading_loads_again_from_the_beginning(project: Project) -> None:
    (project.data.parent / "slow").touch()
    first = project.demo()
    first.until(lambda: "demo" in project.steps)
    first.stop(signal.SIGKILL)
    assert gone(project)
    (project.data.parent / "slow").unlink()
    second = project.demo().until_ready()
    assert second.get("/") == 10
    project.expect("migrate", "roles", "regions", "calendar", "demo", "demo", "work")


def test_demo_stopped_while_loading_leaves_nothing(project: Project) -> None:
    (project.data.parent / "slow").touch()
    demo = project.demo()
    demo.until(lambda: "demo" in project.steps)
    demo.stop()
    assert demo.process.returncode == 0
    assert project.processes() == []


@pytest.mark.parametrize("part", ["granian", "manage.py work"])
def test_child_killed_is_started_again(project: Project, part: str) -> None:
    demo = project.demo().until_ready()
    assert demo.get("/add") == 11
    before = {p.pid for p in demo.children(part)}
    for process in demo.children(part):
        process.kill()
    demo.until(lambda: bool(demo.children(part)) and demo.get("/") == 11)
    assert not before & {p.pid for p in demo.children(part)}
    name = "web" if part == "granian" else "worker"
    assert f"“{name}” has ended (signal 9" in demo.output
    demo.stop()
    assert project.processes() == []


def test_database_killed_is_started_again_and_loses_nothing(project: Project) -> None:
    demo = project.demo().until_ready()
    assert demo.get("/add") == 11
    postmaster = next(p for p in demo.children("cluster") if p.ppid() == demo.process.pid)
    postmaster.kill()
    demo.until(lambda: "The database is back" in demo.output and demo.get("/") == 11)
    assert "The database has ended (signal 9" in demo.output
    demo.stop()
    assert project.processes() == []


def test_launcher_killed_takes_its_children_along_and_starts_again(project: Project) -> None:
    demo = project.demo().until_ready()
    assert demo.get("/add") == 11
    demo.stop(signal.SIGKILL)
    assert gone(project)
    again = project.demo(port=demo.port).until_ready()
    assert again.get("/") == 11


def test_everything_killed_at_once_starts_again(project: Project) -> None:
    demo = project.demo().until_ready()
    assert demo.get("/add") == 11
    for process in project.processes():
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    demo.process.wait()
    again = project.demo(port=demo.port).until_ready()
    assert again.get("/") == 11


def test_orphans_of_a_launcher_are_ended_by_the_next(project: Project) -> None:
    demo = project.demo().until_ready()
    granian = list(demo.children("granian"))
    for process in granian:
        process.suspend()
    demo.stop(signal.SIGKILL)
    again = project.demo(port=demo.port)
    again.until_ready()
    assert "left behind" in again.output
    assert not any(psutil.pid_exists(p.pid) and p.status() == psutil.STATUS_STOPPED for p in granian)


def test_port_in_use_is_named_with_the_way_out(project: Project) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        demo = project.demo(port=port)
        demo.process.wait(20)
        chinese = project.demo(port=port, LC_ALL="zh_CN.UTF-8")
        chinese.process.wait(20)
    assert demo.process.returncode == 2
    assert demo.output.startswith(
        f"Port {port} is in use by another program. Stop that one, or start with --port "
    )
    assert chinese.output.startswith(f"端口 {port} 已被其他程序占用")
    assert project.processes() == []


def test_second_demo_on_the_same_data_is_refused(project: Project) -> None:
    first = project.demo().until_ready()
    second = project.demo()
    second.process.wait(20)
    assert second.process.returncode == 2
    assert second.output == (
        f"{project.data} is in use by another ./run (process {first.process.pid}). "
        "Stop that one first, or choose another --data.\n"
    )
    assert first.get("/") == 10


def test_data_of_a_newer_version_is_refused(project: Project) -> None:
    project.demo().until_ready().stop()
    file = project.data / "state.json"
    state = json.loads(file.read_text())
    file.write_text(json.dumps(state | {"version": "99.0.0"}))
    demo = project.demo()
    demo.process.wait(20)
    assert demo.process.returncode == 1
    assert "was written by Gongjiang 99.0.0" in demo.output
    file.write_text(
        json.dumps(state | {"migrations": ["src/gongjiang/kernel/orgs/migrations/0099_later.py"]})
    )
    demo = project.demo()
    demo.process.wait(20)
    assert demo.process.returncode == 1
    assert "does not know src/gongjiang/kernel/orgs/migrations/0099_later.py" in demo.output


def test_step_that_fails_is_named_and_nothing_is_left(project: Project) -> None:
    (project.root / "manage.py").write_text("raise SystemExit(7)\n")
    demo = project.demo()
    demo.process.wait(30)
    assert demo.process.returncode == 1
    assert "“manage.py migrate --no-input --verbosity 0” failed (exit status 7)" in demo.output
    assert project.processes() == []


def test_web_that_cannot_start_shows_its_log(project: Project) -> None:
    (project.root / "config" / "wsgi.py").write_text("raise RuntimeError('broken on purpose')\n")
    demo = project.demo()
    demo.process.wait(60)
    assert demo.process.returncode == 1
    assert "broken on purpose" in demo.output
    assert project.processes() == []


def test_lost_keys_are_named(project: Project) -> None:
    project.demo().until_ready().stop()
    (project.data / "secrets.json").unlink()
    demo = project.demo()
    demo.process.wait(20)
    assert demo.process.returncode == 1
    assert demo.output.splitlines()[-1].startswith(f"{project.data / 'secrets.json'} is missing.")


def test_keys_are_private(project: Project) -> None:
    project.demo().until_ready()
    assert (project.data / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert sorted(json.loads((project.data / "secrets.json").read_text())) == [
        "app_password",
        "data_key",
        "django",
        "hash_key",
        "owner_password",
        "worker_password",
    ]


def test_manage_uses_the_running_database_or_starts_it(project: Project) -> None:
    demo = project.demo().until_ready()
    running = project.run("manage", "--data", str(project.data), "count")
    demo.stop()
    alone = project.run("manage", "--data", str(project.data), "count")
    assert (running.stdout, alone.stdout) == ("10\n", "10\n")
    assert project.run("manage", "--data", str(project.data), "fail").returncode == 3
    assert project.processes() == []


def test_processes_get_their_own_login_only(project: Project) -> None:
    demo = project.demo().until_ready()
    keys = json.loads((project.data / "secrets.json").read_text())
    seen = {}
    for name, part in (("web", "granian"), ("worker", "manage.py work")):
        seen[name] = demo.children(part)[0].environ()
    assert not any(keys["owner_password"] in " ".join(env.values()) for env in seen.values())
    assert "GONGJIANG_WORKER_PASSWORD" not in seen["web"]
    assert "GONGJIANG_APP_PASSWORD" not in seen["worker"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down to another account")
def test_database_of_root_runs_as_nobody(project: Project) -> None:
    demo = project.demo(port=free_port()).until_ready()
    assert {p.username() for p in demo.children("cluster") if "postgres" in p.name()} == {"nobody"}
