"""What a process has to load: the web none of the analytic stack, and DuckDB alone once a figure opens."""

import subprocess
import sys

HEAVY = ("adbc_driver_postgresql", "duckdb", "ibis", "numpy", "pandas", "pyarrow", "pyiceberg", "sqlalchemy")


def loaded(code: str) -> list[str]:
    """Which of the heavy packages a fresh process has after this code."""
    start = (
        "import django; django.setup(); from django.urls import get_resolver; get_resolver().url_patterns\n"
    )
    end = f"\nimport sys; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", start + code + end], capture_output=True, text=True, check=True
    )
    return result.stdout.split()


def test_web_process_loads_none_of_the_analytic_stack():
    assert loaded("from gongjiang.insight import catalogue; catalogue.indicators(); catalogue.facts()") == []


def test_opening_a_figure_loads_duckdb_alone():
    code = """
from gongjiang.insight.cells import engine, reading
con = engine.connect(memory="64MB", threads=1)
con.execute("SELECT 1").fetchall()
"""
    assert loaded(code) == ["duckdb"]
