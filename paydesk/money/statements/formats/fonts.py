"""Finds a font that can write Chinese, to be embedded into PDF files.

None is carried along: PAYDESK_PDF_FONT names one, or the system's fontconfig is asked.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SETTING = "PAYDESK_PDF_FONT"
# Sans faces in the order of preference; the collections name their regional variants.
FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
)
_FORMAT = "%{family}|%{style}|%{file}|%{index}\n"


class NoChineseFont(RuntimeError):
    """No font with Chinese characters is installed, so no PDF can be written."""


@dataclass(frozen=True, slots=True)
class Font:
    """A face in a file; collections hold several."""

    path: Path
    face: int = 0


@cache
def regular() -> Font:
    """The face of plain text. Raises NoChineseFont."""
    named = os.environ.get(SETTING)
    if named:
        path, _, face = named.partition("#")
        if not Path(path).is_file():
            raise NoChineseFont(f"{SETTING} names no file: {path}")
        return Font(Path(path), int(face or 0))
    found = _installed("Regular")
    if found is None:
        raise NoChineseFont("install a Chinese font, for example Debian's fonts-noto-cjk")
    return found


@cache
def bold() -> Font:
    """The face of headings: the plain one where there is no bold. Raises NoChineseFont."""
    if os.environ.get(SETTING):
        return regular()
    return _installed("Bold") or regular()


def _installed(style: str) -> Font | None:
    program = shutil.which("fc-list")
    if program is None:
        return None
    listed = subprocess.run(
        [program, "-f", _FORMAT, ":lang=zh-cn"], capture_output=True, text=True, check=False
    ).stdout
    faces: dict[str, Font] = {}
    for line in sorted(listed.splitlines()):
        families, styles, path, face = line.rsplit("|", 3)
        if style in styles.split(","):
            for family in families.split(","):
                faces.setdefault(family, Font(Path(path), int(face)))
    return next((faces[family] for family in FAMILIES if family in faces), None)
