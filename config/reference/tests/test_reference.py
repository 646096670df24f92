"""Every programme's README says what the programme declares now."""

from config.reference.pages import read, render
from gongjiang.kernel.catalogue import programmes


def test_readme_of_every_programme_is_up_to_date() -> None:
    written = {p.name: read(p) for p in programmes()}
    assert written == {p.name: render(p) for p in programmes()}, "run ./run manage reference"
