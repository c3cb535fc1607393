"""Which operating-system user the server runs as.

PostgreSQL refuses to run as root, so root hands it to an unprivileged user: the one that
already owns the data, or the one named in PAYDESK_POSTGRES_USER, or `paydesk` (made when
absent and when the machine lets us), or `nobody`. Anyone else runs it as themselves. It
never gives the user a password, a shell or a home.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from paydesk.kit.postgres.problems import PostgresProblem

SYSTEM_USER = "paydesk"


@dataclass(frozen=True, slots=True)
class ServerUser:
    """The user that the server's processes belong to."""

    name: str
    uid: int
    gid: int

    @property
    def is_me(self) -> bool:
        """Whether this very process already runs as that user."""
        return self.uid == os.geteuid()

    def switch(self) -> dict[str, object]:
        """Arguments for subprocess that make the child this user; none when it is us already."""
        if self.is_me:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def choose_user(base: Path) -> ServerUser:
    """The user for the server that lives in this folder (which need not exist yet).

    Raises PostgresProblem `wrong-owner` when the folder belongs to somebody that we can't
    become, `no-user` when PAYDESK_POSTGRES_USER names nobody.
    """
    me = os.geteuid()
    try:
        owner = base.stat().st_uid
    except FileNotFoundError:
        return _for_root() if me == 0 else _user_of(me)
    except PermissionError:
        owner = -1
    if me not in {0, owner}:
        raise PostgresProblem(
            "wrong-owner",
            zh=f"{base} 属于另一个用户。请用该用户（或 root）运行，"
            "或用 PAYDESK_HOME 选择另一个文件夹。",
            en=f"{base} belongs to another user. Run as that user or as root, "
            "or choose another folder with PAYDESK_HOME.",
        )
    return _user_of(owner) if owner != 0 else _for_root()


def _for_root() -> ServerUser:
    wanted = os.environ.get("PAYDESK_POSTGRES_USER")
    if wanted:
        found = _named(wanted)
        if found is None or found.uid == 0:
            raise PostgresProblem(
                "no-user",
                zh=f"PAYDESK_POSTGRES_USER={wanted}：没有这个普通用户。请先建立，或去掉该变量。",
                en=f"PAYDESK_POSTGRES_USER={wanted}: no such unprivileged user. "
                "Make it first, or unset the variable.",
            )
        return found
    return _named(SYSTEM_USER) or _make_user() or _nobody()


def _named(name: str) -> ServerUser | None:
    try:
        row = pwd.getpwnam(name)
    except KeyError:
        return None
    return ServerUser(row.pw_name, row.pw_uid, row.pw_gid)


def _user_of(uid: int) -> ServerUser:
    try:
        row = pwd.getpwuid(uid)
    except KeyError:
        # initdb and libpq look the name up themselves and would fail less plainly.
        raise PostgresProblem(
            "no-user",
            zh=f"系统里没有 uid {uid} 对应的用户名，PostgreSQL 需要它。"
            "请在 /etc/passwd 中建立该用户。",
            en=f"uid {uid} has no name on this system and PostgreSQL needs one. "
            "Add the user to /etc/passwd.",
        ) from None
    return ServerUser(row.pw_name, row.pw_uid, row.pw_gid)


def _make_user() -> ServerUser | None:
    """Make the system user; None where the machine can't or won't."""
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
    if program is None:
        return None
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    done = subprocess.run(
        [program, *options, "--shell", "/usr/sbin/nologin", SYSTEM_USER],
        capture_output=True,
        check=False,
    )
    # Another process may have made it in the same moment: the name counts, not the exit code.
    return _named(SYSTEM_USER) if done.returncode in (0, 9) else None


def _nobody() -> ServerUser:
    found = _named("nobody")
    if found is None:
        raise PostgresProblem(
            "no-user",
            zh="没有可用来运行 PostgreSQL 的普通用户。请建立一个，并写入 PAYDESK_POSTGRES_USER。",
            en="There is no unprivileged user to run PostgreSQL as. "
            "Make one and name it in PAYDESK_POSTGRES_USER.",
        )
    return found
