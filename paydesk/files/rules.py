"""Which files are taken: decides from name, size and first bytes. Pure; it stores nothing.

The kind is found by looking inside; the name must agree. What a browser could run (HTML, SVG,
scripts) is refused, whatever it calls itself.
"""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

import filetype

MEGABYTE = 1_000_000
HEAD_BYTES = 8192
"""How much of a file must be looked at to know its kind."""

NAME_LENGTH = 120


class FileRefused(ValueError):
    """A file that is not taken; `code` says why (see texts.refusal)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: MIME type, the endings that may name it, its greatest size in bytes."""

    mime: str
    endings: tuple[str, ...]
    most_bytes: int


TEXT = Kind("text/plain", ("txt", "log", "csv", "md"), MEGABYTE)
KINDS = (
    Kind("image/jpeg", ("jpg", "jpeg"), 10 * MEGABYTE),
    Kind("image/png", ("png",), 10 * MEGABYTE),
    Kind("image/gif", ("gif",), 10 * MEGABYTE),
    Kind("image/webp", ("webp",), 10 * MEGABYTE),
    Kind("image/heic", ("heic", "heif"), 10 * MEGABYTE),
    Kind("application/pdf", ("pdf",), 10 * MEGABYTE),
    TEXT,
)
ENDINGS = tuple(ending for kind in KINDS for ending in kind.endings)
MOST_BYTES = max(kind.most_bytes for kind in KINDS)

_MARKUP = re.compile(
    rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|object|\?xml)", re.IGNORECASE
)
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")


def kind_of(name: str, size: int, head: bytes) -> Kind:
    """The kind of a file whose first HEAD_BYTES are `head`.

    Raises FileRefused: empty, too_large, kind_not_allowed, or kind_mismatch when the name says
    one kind and the content is another.
    """
    if size == 0:
        raise FileRefused("empty")
    kind = _by_content(head)
    if kind is None or _MARKUP.search(head):
        raise FileRefused("kind_not_allowed")
    ending = ending_of(name)
    if ending and ending not in kind.endings:
        raise FileRefused("kind_mismatch" if ending in ENDINGS else "kind_not_allowed")
    if size > kind.most_bytes:
        raise FileRefused("too_large")
    return kind


def _by_content(head: bytes) -> Kind | None:
    guessed = filetype.guess(head)
    if guessed is not None:
        return next((kind for kind in KINDS if kind.mime == guessed.mime), None)
    return TEXT if decode(head, cut=True) is not None else None


def decode(content: bytes, *, cut: bool = False) -> str | None:
    """The text in UTF-8 or GB 18030, or None when it is none. `cut`: the end may be missing."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            if not (cut and error.start >= len(content) - 3 and error.start > 0):
                continue
            text = content[: error.start].decode(encoding, "replace")
        if not _NOT_TEXT.search(text):
            return text
    return None


def ending_of(name: str) -> str:
    """The ending of a file name in lower case, without its dot; '' when there is none."""
    return PurePosixPath(name).suffix.lstrip(".").lower()


def clean_name(name: str, kind: Kind) -> str:
    """A name that is safe to show and to save under: no folders, no invisible or odd signs.

    Keeps the ending; a name of nothing usable becomes `file` with the kind's ending.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(
        char for char in last if unicodedata.category(char)[0] not in "CZ" or char == " "
    )
    shown = re.sub(r"[<>:\"|?*;]+", "_", shown).strip(" .")
    ending = ending_of(shown)
    stem = shown[: -len(ending) - 1] if ending else shown
    ending = ending or kind.endings[0]
    return f"{stem[: NAME_LENGTH - len(ending) - 1] or 'file'}.{ending}"
