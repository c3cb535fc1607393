"""Reads the text of our PDFs back, as any reader would: by the characters the fonts say they show.

Knows only what fpdf2 writes: subset fonts of two bytes a character, each with a ToUnicode map.
"""

import re
import zlib

_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_STEP = re.compile(
    rb"/F(\d+) [\d.]+ Tf|([\d.]+) ([\d.]+) Td|\(((?:\\.|[^\\)])*)\) Tj", re.DOTALL
)  # fmt: skip
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


def pages(paper: bytes) -> list[list[str]]:
    """Every text on every page, one for each cell or line of a cell."""
    found = {int(number): body for number, body in _OBJECT.findall(paper)}
    listed = re.search(rb"/Font <<(.*?)>>", paper, re.DOTALL)
    assert listed
    fonts = {
        int(name): _characters(found, found[int(number)])
        for name, number in re.findall(rb"/F(\d+) (\d+) 0 R", listed[1])
    }
    shown = [
        re.search(rb"/Contents (\d+) 0 R", body)
        for _, body in sorted(found.items())
        if b"/Type /Page\n" in body
    ]
    return [_texts(_stream(found[int(one[1])]), fonts) for one in shown if one]


def shapes(paper: bytes) -> list[str]:
    """How each page lies: portrait or landscape."""
    whole = re.search(rb"/Type /Pages\n", paper)
    assert whole
    usual = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\][^>]*?/Type /Pages\n", paper, re.DOTALL)
    assert usual
    boxes = [
        re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", body) or usual
        for _, body in _OBJECT.findall(paper)
        if b"/Type /Page\n" in body
    ]
    return ["landscape" if float(box[1]) > float(box[2]) else "portrait" for box in boxes]


def _stream(body: bytes) -> bytes:
    head, _, rest = body.partition(b"stream\n")
    content = rest.rpartition(b"\nendstream")[0]
    return zlib.decompress(content) if b"/FlateDecode" in head else content


def _characters(found: dict[int, bytes], font: bytes) -> dict[int, str]:
    named = re.search(rb"/ToUnicode (\d+) 0 R", font)
    assert named
    pairs = re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>\n", _stream(found[int(named[1])]))
    return {int(code, 16): bytes.fromhex(to.decode()).decode("utf-16-be") for code, to in pairs}


def _texts(content: bytes, fonts: dict[int, dict[int, str]]) -> list[str]:
    texts: list[str] = []
    font: dict[int, str] = {}
    for name, across, _, shown in _STEP.findall(content):
        if name:
            font = fonts[int(name)]
        elif across:
            texts.append("")
        else:
            raw = _ESCAPED.sub(lambda m: {b"r": b"\r", b"n": b"\n"}.get(m[1], m[1]), shown)
            texts[-1] += "".join(
                font.get(int.from_bytes(raw[at : at + 2]), "") for at in range(0, len(raw), 2)
            )
    return texts
