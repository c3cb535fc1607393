"""Keeps each app's English catalogue: reads, merges, writes, and names what is missing.

It never invents a translation and never drops one that is still in use.
"""

import io
import re
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from tools.messages.extract import texts_of_app

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "paydesk"
HEADER = """msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
_HOLES = re.compile(r"%\((\w+)\)[a-z]|\{(\w+)\}")


def apps() -> set[Path]:
    """The folders of our Django apps: those with an apps.py."""
    return {path.parent for path in PACKAGE.rglob("apps.py")}


def file_of(app: Path) -> Path:
    """Where an app's English is kept."""
    return app / "locale" / "en" / "LC_MESSAGES" / "django.po"


def present(app: Path) -> Catalog:
    """What is translated already."""
    path = file_of(app)
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def merged(app: Path) -> Catalog:
    """The app's texts with the translations that exist."""
    known, fresh = present(app), texts_of_app(app, apps())
    for message in fresh:
        if message.id and (old := known.get(_key(message), message.context)) is not None:
            message.string = old.string
            message.user_comments = old.user_comments
    return fresh


def write(app: Path) -> bool:
    """Write the merged catalogue; False where the app says nothing."""
    catalogue = merged(app)
    if not len(catalogue):
        return False
    buffer = io.BytesIO()
    write_po(buffer, catalogue, omit_header=True, no_location=True, width=0, sort_output=True)
    path = file_of(app)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + buffer.getvalue().decode().lstrip("\n"), encoding="utf-8")
    return True


def faults(app: Path) -> list[str]:
    """Texts without English, and English with other placeholders than the text."""
    found = []
    for message in merged(app):
        if not message.id:
            continue
        name = f"{app.relative_to(ROOT)}: {_key(message)}"
        said = message.string
        strings: list[str | None] = list(said) if isinstance(said, tuple | list) else [said]
        if not all(strings):
            found.append(f"{name}: no English")
        elif _holes(message.id) != _holes(strings):
            found.append(f"{name}: other placeholders in the English")
    return found


def _key(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple | list) else message.id


def _holes(text: object) -> set[str]:
    """Placeholders of a text; for plurals those of all forms, since one form may leave one out."""
    parts = text if isinstance(text, tuple | list) else [text]
    return {a or b for part in parts for a, b in _HOLES.findall(str(part))}
