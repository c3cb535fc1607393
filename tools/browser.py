"""Installs Debian's chromium and a CJK font for the browser tests, where that is allowed.

Where it is not, it says what to install and lets the tests decide: in CI a missing browser
fails them. It never downloads a browser from elsewhere.
"""

import os
import shutil
import subprocess
import sys

from tools import debian

PACKAGES = ("chromium", "fonts-noto-cjk")


def missing() -> list[str]:
    """The packages that seem to be absent."""
    absent = []
    if not (os.environ.get("PAYDESK_TEST_CHROMIUM") or shutil.which("chromium")):
        absent.append(PACKAGES[0])
    if not _has_chinese_font():
        absent.append(PACKAGES[1])
    return absent


def _has_chinese_font() -> bool:
    program = shutil.which("fc-list")
    if program is None:
        return False
    found = subprocess.run([program, ":lang=zh"], capture_output=True, check=False)
    return bool(found.stdout.strip())


def main() -> int:
    """Install what is missing; answers 0 even where it can't, for the tests to decide."""
    absent = missing()
    if not absent:
        return 0
    debian.install(absent, "browser tests")
    return 0


if __name__ == "__main__":
    sys.exit(main())
