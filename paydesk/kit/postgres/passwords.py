"""The three passwords of an embedded server: made once at random, kept in one private file.

They never appear in a command line, a log or an error.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from paydesk.kit.postgres.problems import PostgresProblem


@dataclass(frozen=True, slots=True, repr=False)
class Passwords:
    """One password for each role."""

    superuser: str
    owner: str
    app: str


def load_or_make(path: Path, data: Path) -> Passwords:
    """Read the passwords, or make them where there is no server yet.

    Raises PostgresProblem `no-passwords` when a server exists but its passwords are gone,
    `passwords-unreadable` when they belong to somebody else.
    """
    try:
        return Passwords(**json.loads(path.read_text()))
    except FileNotFoundError:
        if data.exists():
            raise PostgresProblem(
                "no-passwords",
                zh=f"数据文件夹 {data} 还在，但密码文件 {path} 不见了。"
                "请从备份恢复该文件，或移走数据文件夹重新开始。",
                en=f"The data folder {data} is there but its passwords, {path}, are gone. Restore "
                "that file from a backup, or move the data folder away to start afresh.",
            ) from None
        return _make(path)
    except (OSError, ValueError, TypeError) as error:
        raise PostgresProblem(
            "passwords-unreadable",
            zh=f"无法读取 {path}：{error}。请用建立它的用户运行，"
            "或用 PAYDESK_HOME 选择另一个文件夹。",
            en=f"Can't read {path}: {error}. Run as the user that made it, "
            "or choose another folder with PAYDESK_HOME.",
        ) from error


def _make(path: Path) -> Passwords:
    made = Passwords(*(secrets.token_urlsafe(24) for _ in range(3)))
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(json.dumps(asdict(made)))
        file.flush()
        os.fsync(file.fileno())
    return made
