"""Reads the end of the server's log and says in plain words why it did not start.

It knows the common causes; for any other it shows the log itself rather than guess.
"""

from pathlib import Path

from paydesk.kit.postgres.problems import PostgresProblem

_DAMAGE = (
    "could not locate a valid checkpoint record",
    "invalid checkpoint record",
    "could not read file",
    "could not open file",
    "could not open directory",
    "could not find the database system",
    "incorrect checksum",
    "incompatible with server",  # the version was compared before: this is nonsense in a file
    "invalid primary checkpoint",
    "is not a valid data directory",
    "missing the data directory",
    "could not access status of transaction",
    "bogus data in lock file",
    "directory is missing",
    "required WAL directory",
)


def port_taken(log: str) -> bool:
    """Whether somebody else listens on the port."""
    return "Address already in use" in log or "could not create any TCP/IP sockets" in log


def lock_file_left(log: str) -> bool:
    """Whether the server refused because of a lock file with a live process number in it."""
    return 'lock file "postmaster.pid" already exists' in log


def disk_full(log: str) -> bool:
    """Whether there was no room (or no quota) left."""
    return "No space left on device" in log or "Disk quota exceeded" in log


def explain(log: str, data: Path) -> PostgresProblem:
    """The problem that the log's end tells of."""
    if disk_full(log):
        return no_room(data, log)
    if "wrong ownership" in log or "invalid permissions" in log:
        return PostgresProblem(
            "wrong-owner",
            zh=f"{data} 的所有者或权限被改动过。请恢复为原来的所有者，权限 0700。",
            en=f"The owner or the permissions of {data} were changed. "
            "Give it back to its owner with permissions 0700.",
            log=log,
        )
    if any(sign in log for sign in _DAMAGE):
        return damaged(data, log)
    return PostgresProblem(
        "did-not-start",
        zh=f"PostgreSQL 没有启动（{data}）。",
        en=f"PostgreSQL did not start ({data}).",
        log=log,
    )


def no_room(data: Path, log: str = "") -> PostgresProblem:
    """Too little disk space."""
    return PostgresProblem(
        "disk-full",
        zh=f"{data} 所在磁盘已满。请腾出空间（至少 300 MB），"
        "或用 PAYDESK_HOME 换一个位置。数据没有丢失。",
        en=f"The disk of {data} is full. Make room (300 MB at least) or choose another place "
        "with PAYDESK_HOME. No data was lost.",
        log=log,
    )


def damaged(data: Path, log: str = "") -> PostgresProblem:
    """The data folder isn't whole."""
    return PostgresProblem(
        "damaged",
        zh=f"数据文件夹 {data} 已损坏。请从备份恢复；若只是演示数据，把它移走（mv）后再运行，"
        "就会重新建立。Paydesk 不会自行删除它。",
        en=f"The data folder {data} is damaged. Restore it from a backup; if it only held demo "
        "data, move it away and run again: a new one is made. Paydesk never deletes it.",
        log=log,
    )


def wrong_version(data: Path, found: str, wanted: str, log: str = "") -> PostgresProblem:
    """The folder was made by another major version."""
    return PostgresProblem(
        "wrong-version",
        zh=f"{data} 由 PostgreSQL {found} 建立，而这里的程序是 {wanted} 版。请用旧版本的 Paydesk"
        " 以 pg_dump 导出后再导入，或用 PAYDESK_HOME 换一个文件夹。",
        en=f"{data} was made by PostgreSQL {found}, the programs here are version {wanted}. "
        "Dump it with the Paydesk version that made it (pg_dump) and load it here, or choose "
        "another folder with PAYDESK_HOME.",
        log=log,
    )
