"""The ways out: an adapter for each channel, chosen by configuration. A channel that is not configured is off.

`GONGJIANG_SMS_URL` with `GONGJIANG_SMS_KEY`, and the same for `WECHAT`, name a gateway of the union, which knows its
vendor; `GONGJIANG_NOTICES_CONSOLE=1` writes to the log instead. The request is JSON, signed with the key:

    POST  {"id": "17", "to": "139…", "kind": "your_turn", "text": "…"}
    X-Gongjiang-Time: 1700000000      X-Gongjiang-Signature: hex(HMAC-SHA-256(key, time + "." + body))

`id` is the same each time a message is tried again: the gateway sends it once.
"""

import hashlib
import hmac
import json
import logging
import os
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from .models import Channel

log = logging.getLogger(__name__)

TIMEOUT = 10.0  # seconds
UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class Message:
    """What leaves the house: never a title, never what a case is about."""

    id: str
    to: str
    kind: str
    text: str


class Undelivered(Exception):
    """It was not taken. `code` says why in a word; `final` that trying again is of no use."""

    def __init__(self, code: str, *, final: bool = False) -> None:
        self.code, self.final = code, final
        super().__init__(code)


class Adapter(Protocol):
    """A way out. `needs_phone` where it writes to the person's telephone number."""

    @property
    def needs_phone(self) -> bool: ...

    def send(self, message: Message) -> None:
        """Hand the message over. Raises Undelivered."""


class Console:
    """Writes that a message would have been sent, for a demonstration and for trying out; no number, no words."""

    needs_phone = False

    def send(self, message: Message) -> None:
        log.warning("notice %s (%s) would be sent", message.id, message.kind)


@dataclass(frozen=True)
class Gateway:
    """A signed request to an address of the union."""

    url: str
    key: str
    timeout: float = TIMEOUT
    needs_phone: bool = True

    def send(self, message: Message) -> None:
        body = json.dumps(message.__dict__, ensure_ascii=False).encode()
        at = str(int(time.time()))
        request = urllib.request.Request(  # noqa: S310 - `configured` takes http and https alone
            self.url,
            data=body,
            method="POST",
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "X-Gongjiang-Time": at,
                "X-Gongjiang-Signature": sign(self.key, at, body),
            },
        )
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=self.timeout) as answer:
                answer.read(1)
        except urllib.error.HTTPError as error:
            error.close()
            final = 400 <= error.code < 500 and error.code not in (408, 425, 429)
            raise Undelivered(f"http_{error.code}", final=final) from None
        except (OSError, ValueError):
            raise Undelivered(UNREACHABLE) from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def sign(key: str, at: str, body: bytes) -> str:
    """The signature of a request."""
    return hmac.new(key.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()


def configured(environment: Mapping[str, str] | None = None) -> dict[str, Adapter]:
    """The adapters of this installation by channel."""
    env = os.environ if environment is None else environment
    found: dict[str, Adapter] = {}
    for channel, name in ((Channel.SMS, "SMS"), (Channel.WECHAT, "WECHAT")):
        url, key = env.get(f"GONGJIANG_{name}_URL", ""), env.get(f"GONGJIANG_{name}_KEY", "")
        if key and url.startswith(("https://", "http://")):
            found[channel.value] = Gateway(url, key)
    if env.get("GONGJIANG_NOTICES_CONSOLE") == "1":
        found[Channel.CONSOLE.value] = Console()
    return found
