"""What somebody had typed when the session ended, kept until the form is shown again.

Between the lost form and the sign-in it travels in hidden inputs; after sign-in it waits, encrypted, in the
person's own session, and is dropped when the form has been shown and sent, or after half an hour.
"""

import base64
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

from gongjiang.kernel.people.crypto import reveal, seal

PREFIX = "kept-"
PATH = "kept_path"
FILE = "kept_file"
SESSION_KEY = "kept"
LIMIT = 200_000  # characters
SECONDS = 30 * 60
NEVER_KEPT = frozenset(
    {"csrfmiddlewaretoken", "once", "version", "password", "new_password1", "new_password2"}
)


@dataclass(frozen=True)
class Kept:
    """A lost form: the address it belongs to, what was typed, and the names of files that must be chosen again."""

    path: str
    data: QueryDict
    files: tuple[str, ...] = field(default=())

    def pairs(self) -> Iterator[tuple[str, str]]:
        """(name, value) for each hidden input."""
        yield PATH, self.path
        for name, values in self.data.lists():
            for value in values:
                yield PREFIX + name, str(value)
        for name in self.files:
            yield FILE, name


def from_lost(request: HttpRequest, path: str) -> Kept:
    """What the request of a lost form carried."""
    data = QueryDict(mutable=True)
    for name, values in request.POST.lists():
        if name not in NEVER_KEPT:
            data.setlist(name, values)
    files = tuple(f.name or "" for name in request.FILES for f in request.FILES.getlist(name))
    return Kept(path, data, files)


def from_sign_in(request: HttpRequest) -> Kept | None:
    """What the sign-in page handed on; None where nothing was typed before."""
    path = request.POST.get(PATH, "")
    if not path or not url_has_allowed_host_and_scheme(path, allowed_hosts=None) or not path.startswith("/"):
        return None
    data = QueryDict(mutable=True)
    for name, values in request.POST.lists():
        if name.startswith(PREFIX):
            data.setlist(name.removeprefix(PREFIX), values)
    return Kept(path, data, tuple(request.POST.getlist(FILE)))


def put_away(request: HttpRequest, kept: Kept) -> bool:
    """Into the session, encrypted; False when it is too long to keep."""
    carrier = kept.data.copy()
    carrier.setlist(FILE, list(kept.files))
    text = carrier.urlencode()
    if len(text) > LIMIT:
        return False
    request.session[SESSION_KEY] = {
        "path": kept.path,
        "at": int(time.time()),
        "text": base64.b64encode(seal(text)).decode(),
    }
    return True


def waiting(request: HttpRequest) -> Kept | None:
    """What waits for the address of this request."""
    held = request.session.get(SESSION_KEY)
    if not held or held["path"] != request.get_full_path():
        return None
    if time.time() - held["at"] > SECONDS:
        drop(request)
        return None
    try:
        data = QueryDict(reveal(base64.b64decode(held["text"])), mutable=True)
    except (ValueError, InvalidTag):
        drop(request)
        return None
    files = tuple(data.pop(FILE, []))
    return Kept(held["path"], data, tuple(str(f) for f in files))


def drop(request: HttpRequest) -> None:
    """Forget what waits for the address of this request."""
    held = request.session.get(SESSION_KEY)
    if held and held["path"] == request.get_full_path():
        del request.session[SESSION_KEY]
