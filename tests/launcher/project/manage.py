"""The commands that the launcher calls, on one table. Each call is noted in the data directory."""

import json
import os
import sys
import time
from pathlib import Path

import psycopg

data = Path(os.environ["GONGJIANG_DATA"])
command = sys.argv[1]


def note() -> None:
    """Note the command, so that a test can see which steps ran."""
    with (data / "logs" / "steps").open("a") as steps:
        steps.write(command + "\n")


def main() -> None:
    """Do what the application's command of this name does, in small."""
    if command == "work":
        note()
        time.sleep(100_000)
    with psycopg.connect(os.environ["DATABASE_URL"]) as owner:
        if command == "migrate":
            owner.execute("CREATE TABLE IF NOT EXISTS kept (id bigserial PRIMARY KEY, what text NOT NULL)")
        elif command == "roles":
            known = {row[0] for row in owner.execute("SELECT rolname FROM pg_roles").fetchall()}
            for role, variable in (
                ("gj_app", "GONGJIANG_APP_PASSWORD"),
                ("gj_worker", "GONGJIANG_WORKER_PASSWORD"),
            ):
                verb = "ALTER" if role in known else "CREATE"
                owner.execute(f"{verb} ROLE {role} LOGIN PASSWORD '{os.environ[variable]}'")
                owner.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
                owner.execute(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}")
        elif command == "demo":
            owner.execute("INSERT INTO kept (what) SELECT 'demo' FROM generate_series(1, 10)")
            note()
            if (data.parent / "slow").exists():
                time.sleep(100_000)
            accounts = [
                {
                    "username": "u1",
                    "password": "p1",
                    "name": "n1",
                    "role": "worker",
                    "title": "r1",
                    "unit": "o1",
                }
            ]
            (data / "accounts.json").write_text(json.dumps(accounts))
            return
        elif command == "fail":
            sys.exit(3)
        elif command == "count":
            print(owner.execute("SELECT count(*) FROM kept").fetchone()[0])
    note()


main()
