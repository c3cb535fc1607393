"""Installs Debian's chromium and a CJK font for the browser tests, where that is allowed.

Where it is not, it says what to install and lets the tests decide: in CI a missing browser
fails them. It never downloads a browser from elsewhere.
"""

import os
import shutil
import subprocess
import sys

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
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        sys.stderr.write(f"browser tests need: {' '.join(absent)} (apt install, as root)\n")
        return 0
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([apt, "-qq", "update"], env=quiet, check=False, stdout=subprocess.DEVNULL)
    subprocess.run(
        [apt, "-qq", "-y", "install", "--no-install-recommends", *absent],
        env=quiet,
        check=False,
        stdout=subprocess.DEVNULL,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
