"""Answers /healthz and /add; connects as the web process's own role."""

import os

import psycopg


def application(environ, start_response):
    """/add commits a row before it answers; every path answers the number of rows."""
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, user="gj_app", password=os.environ["GONGJIANG_APP_PASSWORD"]) as connection:
        if environ["PATH_INFO"] == "/add":
            connection.execute("INSERT INTO kept (what) VALUES ('page')")
            connection.commit()
        count = connection.execute("SELECT count(*) FROM kept").fetchone()[0]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(count).encode()]
