"""Recognises the server of a data folder among the machine's processes, and only that one.

A number in a file is no proof: after a crash or a restart of a container it may belong to
a stranger. A process counts as ours when it works inside the data folder. It never signals
a process that it has not recognised so.
"""

import os
import signal
import subprocess
import time
from pathlib import Path


def noted_pid(data: Path) -> int | None:
    """The process number that the data folder's lock file names, if any."""
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def noted_port(data: Path) -> int | None:
    """The port that the running (or crashed) server noted, if any."""
    try:
        return int((data / "postmaster.pid").read_text().split("\n")[3])
    except (OSError, ValueError, IndexError):
        return None


def works_in(pid: int, data: Path) -> bool:
    """Whether the process exists and its working folder (or command) is this data folder."""
    proc = Path("/proc")
    if (proc / "self").exists():
        try:
            return (proc / str(pid) / "cwd").resolve(strict=True) == data.resolve()
        except OSError:
            return False
    said = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return "postgres" in said and str(data) in said


def server_pid(data: Path) -> int | None:
    """The process number of the live server of this data folder."""
    pid = noted_pid(data)
    return pid if pid is not None and works_in(pid, data) else None


def anyone_in(data: Path) -> bool:
    """Whether any process still works in the data folder (orphans of a killed server too)."""
    return any(
        works_in(int(entry.name), data)
        for entry in Path("/proc").glob("[0-9]*")
        if entry.name.isdecimal()
    )


def can_prove_absence() -> bool:
    """Whether `anyone_in` sees all processes that matter here (it needs /proc)."""
    return Path("/proc/self/cwd").exists()


def stop(data: Path, *, fast: bool = True, patience: float = 60.0) -> bool:
    """Ask the server of this folder to stop and wait; True when it is gone.

    `fast` ends sessions and writes a checkpoint; otherwise it stops at once, for folders
    that are thrown away afterwards.
    """
    pid = server_pid(data)
    if pid is None:
        return True
    try:
        os.kill(pid, signal.SIGINT if fast else signal.SIGQUIT)
    except ProcessLookupError:
        return True
    return wait_gone(pid, data, patience)


def wait_gone(pid: int, data: Path, patience: float) -> bool:
    """Wait until the process no longer works in the folder; False when patience runs out."""
    until = time.monotonic() + patience
    while works_in(pid, data):
        if time.monotonic() > until:
            return False
        _reap(pid)
        time.sleep(0.02)
    return True


def _reap(pid: int) -> None:
    """Collect the process when it is a child of ours, or it stays as a zombie."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return
