"""Verification codes: unguessable, short enough to type, and a slip of the finger is noticed. Pure."""

import re
import secrets
import unicodedata

#: 31 characters, a prime number; I, L, O, 0 and 1 are left out because they are read for one another.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12
GROUP = 4
_VALUE = {character: value for value, character in enumerate(ALPHABET)}


def new() -> str:
    """A fresh code: eleven random characters (54 bits) and one to check them."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_character(body)


def of(digest: bytes) -> str:
    """The code that belongs to a keyed digest of at least 16 bytes: the same one every time."""
    value, body = int.from_bytes(digest[:16]), ""
    for _place in range(LENGTH - 1):
        value, rest = divmod(value, len(ALPHABET))
        body += ALPHABET[rest]
    return body + check_character(body)


def check_character(body: str) -> str:
    """The last character of a code. One wrong character, or two exchanged, always give another one: weights differ
    and 31 is prime.
    """
    return ALPHABET[-sum((n + 2) * _VALUE[c] for n, c in enumerate(body)) % len(ALPHABET)]


def is_code(code: str) -> bool:
    """Whether it is a code as `new` makes them; says nothing of whether anything bears it."""
    return len(code) == LENGTH and set(code) <= _VALUE.keys() and check_character(code[:-1]) == code[-1]


def typed(text: str) -> str:
    """A code as somebody typed it: spaces, hyphens, width and case are left out.

    >>> typed("７k3m-9pqr 2abc")
    '7K3M9PQR2ABC'
    """
    return re.sub(r"[\s‐-―－_-]", "", unicodedata.normalize("NFKC", text)).upper()


def shown(code: str) -> str:
    """A code as it is printed.

    >>> shown("7K3M9PQR2ABC")
    '7K3M-9PQR-2ABC'
    """
    return "-".join(code[n : n + GROUP] for n in range(0, len(code), GROUP))
