"""How all tests are spread over processes."""

from launcher.spread import JOURNEYS, Scheduling


def test_journeys_go_together_and_every_other_file_by_itself() -> None:
    scheduling = object.__new__(Scheduling)
    files = (
        "tests/journeys/test_a.py",
        "tests/journeys/test_b.py",
        "tests/killed/test_c.py",
        "src/d/test_e.py",
    )
    assert [scheduling._split_scope(f"{file}::test_it[x::y]") for file in files] == [
        JOURNEYS,
        JOURNEYS,
        "tests/killed/test_c.py",
        "src/d/test_e.py",
    ]
