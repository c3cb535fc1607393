"""Makes `.venv` from the hash-checked lock, with the standard library alone.

A stamp tells whether it is up to date, so a second run does nothing. It uses uv where that
works, because it is faster, and pip otherwise. It never installs what the lock doesn't name.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements" / "dev.txt"
STAMP = VENV / "paydesk-stamp"
PYTHON = VENV / "bin" / "python"


def wanted() -> str:
    """What the stamp says when the environment fits the lock, this Python and this place."""
    digest = hashlib.sha256(LOCK.read_bytes())
    digest.update(Path(__file__).read_bytes())
    digest.update(f"{sys.version_info[:2]} {ROOT}".encode())
    return digest.hexdigest()


def say(text: str) -> None:
    """One line to the person at the terminal."""
    sys.stderr.write(f"environment: {text}\n")


def make() -> int:
    """Make or refresh the environment; answers the exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this runs under whatever Python make found
        say("Python 3.11 or newer is needed (make PYTHON=/path/to/python3.11)")
        return 1
    if _fits():
        return 0
    with (ROOT / ".venv.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if _fits():
            return 0
        say("installing the locked packages, once (a minute or two) ...")
        if not (_with_uv() or _with_pip()):
            return 1
        _link()
        STAMP.write_text(wanted())
    return 0


def _fits() -> bool:
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted()


def _with_uv() -> bool:
    program = shutil.which("uv")
    if program is None:
        return False
    fresh = [program, "venv", "-q", "--python", sys.executable, str(VENV)]
    if not PYTHON.exists() and not _quietly(fresh):
        return False
    install = [program, "pip", "install", "-q", "--require-hashes", "--no-deps"]
    return _quietly([*install, "--python", str(PYTHON), "-r", str(LOCK)])


def _quietly(command: list[str]) -> bool:
    done = subprocess.run(command, capture_output=True, check=False, cwd=ROOT)
    return done.returncode == 0


def _with_pip() -> bool:
    pip = _pip()
    if not pip:
        say("there is no pip to install with; on Debian and Ubuntu: apt install python3-venv")
        return False
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
    command = [*pip, "install", *options, "--require-hashes", "-r", str(LOCK)]
    done = subprocess.run(command, check=False, cwd=ROOT)
    if done.returncode != 0:
        say("pip could not install the packages; its reason is above")
    return done.returncode == 0


def _pip() -> list[str]:
    """A pip that installs into the environment: its own, or this Python's."""
    own: list[str] = [str(PYTHON), "-m", "pip"]
    if _runs(own):
        return own
    # Debian ships Python without ensurepip: then the system's own pip, or its package, helps.
    if _made_with_pip():
        return own
    if _runs([sys.executable, "-m", "pip"]):
        venv.EnvBuilder(with_pip=False, clear=VENV.exists()).create(VENV)
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        say("installing python3-venv ...")
        _quietly([apt, "-qq", "update"])
        if _quietly([apt, "-qq", "-y", "install", "python3-venv"]) and _made_with_pip():
            return own
    return []


def _made_with_pip() -> bool:
    # In a process of its own: ensurepip may have been installed a moment ago.
    return _quietly([sys.executable, "-m", "venv", "--clear", str(VENV)])


def _runs(pip: list[str]) -> bool:
    try:
        return subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _link() -> None:
    """Let the environment find this tree from anywhere, and give it a `paydesk` command."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    place = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True)
    (Path(place.stdout.strip()) / "paydesk.pth").write_text(f"{ROOT}\n")
    launcher = VENV / "bin" / "paydesk"
    launcher.write_text(f'#!/bin/sh\nexec "{PYTHON}" -m paydesk "$@"\n')
    launcher.chmod(0o755)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(make())
