"""How a message is put together and when sending is given up. Pure: no Django, no clock.

A template renders to header lines, an empty line and the body:

    version: 3
    subject: …

    First paragraph …

Secrets (links and codes that open an account) are rendered as marks, ⟦name⟧, so that what is
stored never holds them; `unmask` puts them in when the message leaves.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

MAX_TRIES = 6
MAX_AGE = timedelta(hours=24)
STALE_AFTER = timedelta(hours=48)  # its job was lost: longer than any job that still tries
_MARK = re.compile(r"⟦([a-z_]+)⟧")


class TemplateFault(ValueError):
    """A template that does not render to what a message is made of."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A rendered message whose secrets are still marks."""

    version: int
    subject: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)


def mark(name: str) -> str:
    """What stands for the secret `name` in stored text."""
    return f"⟦{name}⟧"


def harmless(value: object) -> str:
    """A parameter as text that can't be taken for a mark or for another header."""
    return " ".join(str(value).replace("⟦", "[").replace("⟧", "]").split())


def parse(rendered: str) -> Draft:
    """Take rendered text apart. Raises TemplateFault when header or body is missing."""
    head, gap, body = rendered.strip().replace("\r\n", "\n").partition("\n\n")
    headers = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    if not gap or not body.strip() or not headers.get("version", "").isdecimal():
        raise TemplateFault(f"needs 'version: <number>', an empty line and a body: {head[:80]!r}")
    paragraphs = tuple(part.strip() for part in re.split(r"\n\s*\n", body.strip()))
    return Draft(int(headers["version"]), headers.get("subject", "").strip(), paragraphs)


def unmask(text: str, secrets: Mapping[str, str]) -> str:
    """The text with every mark replaced. Raises KeyError for a mark without its secret."""
    return _MARK.sub(lambda found: secrets[found[1]], text)


def sole_mark(paragraph: str) -> str | None:
    """The name of the secret when a paragraph is nothing but its mark: shown as a button."""
    found = _MARK.fullmatch(paragraph)
    return found[1] if found else None


def is_hopeless(tries: int, age: timedelta, permanent: bool) -> bool:
    """Whether a message that has failed `tries` times is given up."""
    return permanent or tries >= MAX_TRIES or age > MAX_AGE
