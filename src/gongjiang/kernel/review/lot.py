"""A lot that anyone can re-run with SHA-256 alone: pure, and small enough to be read out.

The organiser chooses a secret and publishes its hash together with the tickets; later a value becomes public that
nobody could know or choose. Secret and value give the seed, and the seed gives every ticket a number. The tickets in
the order of their numbers are the result. A ticket that drops out leaves the order of the others as it was.
"""

import hashlib
import secrets
from collections.abc import Collection, Sequence

#: The version of everything below; a result names the version that it was drawn with.
ALGORITHM = "sha256-order-1"


def new_secret() -> str:
    """Sixty-four hexadecimal digits by chance."""
    return secrets.token_hex(32)


def hash_of(*lines: str) -> str:
    """SHA-256 of lines joined by line feeds, in UTF-8, as hexadecimal digits."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def seed_of(secret: str, public_value: str) -> str:
    """The seed: the hash of the secret and the public value, one a line."""
    return hash_of(secret, public_value)


def order(tickets: Sequence[str], seed: str, dropped: Collection[str] = ()) -> list[str]:
    """The tickets in the order of the hashes of seed and ticket, without those that dropped out.

    Raises ValueError where a ticket is there twice.
    """
    if len(set(tickets)) != len(tickets):
        raise ValueError("a ticket is there twice")
    return sorted((t for t in tickets if t not in dropped), key=lambda t: (hash_of(seed, t), t))


#: What the public page offers to run: Python without anything else, over the values printed beside it.
SCRIPT = """import hashlib
def h(*lines): return hashlib.sha256("\\n".join(lines).encode()).hexdigest()
assert h(*tickets) == entries_hash
assert h(secret) == commitment
seed = h(secret, public_value)
result = sorted((t for t in tickets if t not in dropped), key=lambda t: (h(seed, t), t))
print(seed, result)"""
