"""Where the embedded server keeps its things.

Everything lies below one home folder: `.paydesk/` beside the program, or PAYDESK_HOME.
When root runs us and the server's user can't enter that folder (say, below /root), the
server's part goes to a folder of its own under /var/lib/paydesk, with a link to it in the
home, so that no parent folder has to be opened up. It never follows a link that points
anywhere else.
"""

import fcntl
import os
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from paydesk.kit.postgres.account import ServerUser
from paydesk.kit.postgres.problems import PostgresProblem

SYSTEM_BASE = Path("/var/lib/paydesk")


@dataclass(frozen=True, slots=True)
class Places:
    """The folders and files of one embedded server."""

    home: Path
    base: Path

    @property
    def data(self) -> Path:
        """The server's data folder."""
        return self.base / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.base / "server.log"

    @property
    def secrets(self) -> Path:
        """The passwords, readable by whoever runs Paydesk and by nobody else."""
        return self.home / "postgres-passwords.json"

    @property
    def lock(self) -> Path:
        """Held while somebody starts or stops the server."""
        return self.home / "postgres.lock"


def prepare(home: Path, user: ServerUser) -> Places:
    """Make the folders of an embedded server, each readable by its owner alone.

    Raises PostgresProblem `home-unwritable` when the home can't be made.
    """
    places = Places(home, home / "postgres")
    try:
        home.mkdir(parents=True, exist_ok=True)
        with alone(places.lock):
            places = Places(home, _base(home, user))
    except OSError as error:
        raise PostgresProblem(
            "home-unwritable",
            zh=f"无法在 {home} 中建立数据文件夹：{error.strerror}。"
            "请检查权限与磁盘空间，或用 PAYDESK_HOME 选择另一个文件夹。",
            en=f"Can't make the data folder in {home}: {error.strerror}. "
            "Check permissions and free space, or choose another folder with PAYDESK_HOME.",
        ) from error
    return places


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One process at a time makes, starts or stops the server of this home."""
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _base(home: Path, user: ServerUser) -> Path:
    base = home / "postgres"
    if base.is_symlink():
        base = _known_link(base)
    elif not base.exists() and not _can_enter(home, user):
        base = _elsewhere(home)
    base.mkdir(mode=0o700, exist_ok=True)
    if not user.is_me:
        os.chown(base, user.uid, user.gid)
    return base


def _can_enter(folder: Path, user: ServerUser) -> bool:
    if user.is_me:
        return True
    if stat.S_IMODE(folder.stat().st_mode) & 0o011 == 0 and folder.stat().st_uid != user.uid:
        return False
    return _try_as(user, ["test", "-x", str(folder)])


def _try_as(user: ServerUser, command: list[str]) -> bool:
    """Ask the kernel itself rather than guess from modes: ACLs and mounts count too."""
    done = subprocess.run(
        command,
        cwd="/",
        capture_output=True,
        check=False,
        user=user.uid,
        group=user.gid,
        extra_groups=[],
    )
    return done.returncode == 0


def _elsewhere(home: Path) -> Path:
    """A folder under a new name each time: who deletes the home starts afresh."""
    SYSTEM_BASE.mkdir(mode=0o711, parents=True, exist_ok=True)
    target = Path(tempfile.mkdtemp(prefix="", dir=SYSTEM_BASE))
    (home / "postgres").symlink_to(target)
    return target


def _known_link(link: Path) -> Path:
    target = link.resolve()
    if target.parent != SYSTEM_BASE:
        raise PostgresProblem(
            "strange-link",
            zh=f"{link} 指向 {target}，这不是 Paydesk 建立的链接。"
            "请移开它，或换一个 PAYDESK_HOME。",
            en=f"{link} points to {target}, which is not a link that Paydesk made. "
            "Move it away or choose another PAYDESK_HOME.",
        )
    return target
