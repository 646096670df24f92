"""The name under which a file is shown and saved again."""

import unicodedata
from pathlib import PurePath

MOST = 100  # characters, the ending among them; in UTF-8 every file system holds that many
_FORBIDDEN = frozenset('<>:"/\\|?*')
#: Names that Windows keeps for itself.
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))]
)


def clean_name(given: str, endings: tuple[str, ...], otherwise: str, wrong: tuple[str, ...] = ()) -> str:
    """A name that every system can save, with an ending of its format; idempotent.

    Folders, control and invisible characters, marks that turn the direction of writing, and characters that a
    file system keeps for itself are left out. A name of which nothing remains becomes `otherwise`. An ending out of
    `wrong` is replaced, any other foreign one is followed by the right one.

    >>> clean_name("C:\\\\用户\\\\现场 照片.JPG", (".jpg", ".jpeg"), "photo")
    '现场 照片.jpg'
    >>> clean_name("../../etc/passwd", (".pdf",), "file")
    'passwd.pdf'
    >>> clean_name("截图.jpg", (".png",), "photo", wrong=(".jpg",))
    '截图.png'
    """
    name = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(" " if ch.isspace() else ch for ch in name)
    name = "".join(ch for ch in name if ch not in _FORBIDDEN and unicodedata.category(ch)[0] != "C")
    name = unicodedata.normalize("NFC", name)
    ending = PurePath(name).suffix.lower()
    if ending in (*endings, *wrong):
        name = name[: len(name) - len(ending)]
    if ending not in endings:
        ending = endings[0]
    stem = _trimmed(_trimmed(name)[: MOST - len(ending)])
    if stem.split(".")[0].lower().strip() in _RESERVED:
        stem = f"_{stem}"[: MOST - len(ending)]
    return (stem or otherwise) + ending


def _trimmed(stem: str) -> str:
    return " ".join(stem.split()).strip(" .")
