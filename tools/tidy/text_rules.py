"""Rules about templates and about the text of any tracked file, by pattern."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from tools.tidy.finding import Finding

# What the content security policy would block anyway, found before a browser finds it.
INLINE = (
    (re.compile(r"<script\b(?![^>]*\bsrc=)", re.I), "inline script"),
    (re.compile(r"<style\b", re.I), "inline stylesheet"),
    (re.compile(r"<[^>]*\sstyle\s*=", re.I), "inline style"),
    (re.compile(r"<[^>]*\son[a-z]+\s*=", re.I), "inline handler"),
    (re.compile(r"\bhx-on\b|\bhx-on:|['\"]js:", re.I), "script in an htmx attribute"),
    (re.compile(r"javascript:", re.I), "script address"),
)

MAIL = "paydesk/notifications/templates"

# Written in pieces, so that this file doesn't find itself.
FOREIGN = (
    (re.compile("/" + r"work/(main|shared|team)\b"), "a path of one machine"),
    (re.compile("/" + r"opt/(pypi|wheels)"), "a path of one machine"),
    (re.compile("/" + r"(home|Users)/[a-z][\w.-]*/"), "a path of one machine"),
    (re.compile("/t" + r"mp/(team|plat)\b"), "a path of one machine"),
    (re.compile(r"--(extra-)?index-" + r"url\s+\S+://"), "the address of a package index"),
    (re.compile(r"https?://[^\s/]*(pypi|artifactory|nexus)[^\s]*/" + "simple"), "a package index"),
)


def check_template(path: PurePosixPath, source: str) -> Iterator[Finding]:
    """Nothing inline: scripts and styles are files. Mail alone can bring no stylesheet along."""
    for pattern, what in INLINE:
        if what == "inline style" and path.is_relative_to(MAIL):
            continue
        for match in pattern.finditer(source):
            line = source.count("\n", 0, match.start()) + 1
            yield Finding(path, line, "inline", f"{what}: move it to a file under static/")


def check_text(path: PurePosixPath, source: str) -> Iterator[Finding]:
    """The project speaks of itself alone."""
    for pattern, what in FOREIGN:
        for match in pattern.finditer(source):
            line = source.count("\n", 0, match.start()) + 1
            yield Finding(path, line, "foreign", f"{what}: {match.group(0)}")
