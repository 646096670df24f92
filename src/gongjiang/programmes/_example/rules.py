"""Whether and how much: pure functions, no Django inside."""


def is_impartial(asker: int | None, answerer: int | None) -> bool:
    """Whether a person may answer a question; the arguments are keys of persons.

    >>> is_impartial(asker=7, answerer=7)
    False
    >>> is_impartial(asker=7, answerer=None)
    True
    """
    return asker is None or asker != answerer
