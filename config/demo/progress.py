"""One line a stage: its name at once, then rows, seconds and rows a second."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from django.core.management.base import OutputWrapper
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class Progress:
    """Prints to `out`, flushing, so that whoever waits sees what is being done."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out = out
        self._began = perf_counter()

    @property
    def seconds(self) -> float:
        return perf_counter() - self._began

    def say(self, text: str) -> None:
        self._put(text + "\n")

    @contextmanager
    def stage(self, name: str) -> Iterator[dict[str, int]]:
        """The block puts into the dict what it loaded, name → rows."""
        self._put(f"{name} … ")
        began = perf_counter()
        done: dict[str, int] = {}
        yield done
        seconds = perf_counter() - began
        rows = sum(done.values())
        said = [ngettext("%(rows)s row", "%(rows)s rows", rows) % {"rows": f"{rows:,}"}]
        said.append(_("%(seconds)s s") % {"seconds": f"{seconds:.1f}"})
        if seconds > 0.1:
            said.append(_("%(rate)s a second") % {"rate": f"{round(rows / seconds, -2):,.0f}"})
        self._put(_(", ").join(said) + "\n")

    def _put(self, text: str) -> None:
        self._out.write(text, ending="")
        self._out.flush()
