"""Brings one postgres process up on a free port and waits until it answers.

Crash recovery may take long after a power cut: as long as the process lives and the server
says that it is starting, we wait and say so. It never kills the process that it waits for.
"""

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import psycopg

from paydesk.kit.postgres import lastwords, processes
from paydesk.kit.postgres.account import ServerUser
from paydesk.kit.postgres.address import Address
from paydesk.kit.postgres.binaries import Binaries
from paydesk.kit.postgres.initialise import environment
from paydesk.kit.postgres.places import Places
from paydesk.kit.postgres.problems import PostgresProblem, say

ROOM_TO_START = 64 * 1024 * 1024
USUAL_PORT = 25432  # below the range from which the system gives out ports
TRIES = 5
ORPHANS_LEAVE = 10.0

Process: TypeAlias = "subprocess.Popen[bytes]"


@dataclass(frozen=True, slots=True)
class Launch:
    """Everything that one start needs; `sign_in` makes the superuser's address for a port."""

    places: Places
    binaries: Binaries
    user: ServerUser
    settings: Mapping[str, str]
    sign_in: Callable[[int], Address]
    tell: Callable[[str], None]
    wanted_port: int | None
    last_port: int | None

    def run(self) -> tuple[int, Process]:
        """Start the server; its port and process. Raises PostgresProblem with the cause."""
        if shutil.disk_usage(self.places.base).free < ROOM_TO_START:
            raise lastwords.no_room(self.places.data)
        self._let_orphans_go()
        log = ""
        for _ in range(TRIES):
            before = self.last_port or processes.noted_port(self.places.data)
            port = pick_port(self.wanted_port or before)
            if self.wanted_port not in (None, port):
                raise _port_busy(self.wanted_port or port)
            process, log = self._try(port)
            if not log:
                return port, process
            if lastwords.lock_file_left(log) and self._clear_stale_lock():
                continue
            if not lastwords.port_taken(log):
                break
        raise lastwords.explain(log, self.places.data)

    def _let_orphans_go(self) -> None:
        """A killed server's children need a moment to notice; they hold its port and memory."""
        until = time.monotonic() + ORPHANS_LEAVE
        while processes.anyone_in(self.places.data) and time.monotonic() < until:
            time.sleep(0.02)

    def _try(self, port: int) -> tuple[Process, str]:
        """Start on this port; with '' when it answers, else with the log's end."""
        command = [self.binaries.program("postgres"), "-D", str(self.places.data)]
        for name, value in {**self.settings, "port": str(port)}.items():
            command += ["-c", f"{name}={value}"]
        with self.places.log.open("ab") as log:
            begin = log.tell()
            process = subprocess.Popen(
                command,
                cwd=self.places.base,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.user.switch(),  # type: ignore[call-overload]  # keywords by dict
            )
        if self._wait(process, port):
            return process, ""
        with self.places.log.open("rb") as file:
            file.seek(begin)
            said = file.read()[-2000:].decode(errors="replace").strip()
        return process, said or "(nothing was logged)"

    def _wait(self, process: Process, port: int) -> bool:
        began = told = time.monotonic()
        while process.poll() is None:
            if answers(self.sign_in(port)):
                return True
            if time.monotonic() - told > 5:
                told = time.monotonic()
                self.tell(
                    say(
                        f"数据库正在恢复，已等待 {told - began:.0f} 秒……",
                        f"the database is recovering, {told - began:.0f} s so far ...",
                    )
                )
            time.sleep(0.03)
        return False

    def _clear_stale_lock(self) -> bool:
        """Remove a lock file whose process number went to a stranger; True when removed."""
        data = self.places.data
        if not processes.can_prove_absence() or processes.anyone_in(data):
            return False
        (data / "postmaster.pid").unlink(missing_ok=True)
        return True


def answers(address: Address) -> bool:
    """Whether our own server lets us in there.

    Raises PostgresProblem `stranger` when something answers but refuses our password.
    """
    try:
        psycopg.connect(address.url, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise PostgresProblem(
                "stranger",
                zh=f"端口 {address.port} 上的 PostgreSQL 不接受本安装的密码："
                "密码文件与数据文件夹不匹配。请从同一备份恢复两者。",
                en=f"The PostgreSQL on port {address.port} refuses this installation's password: "
                "the password file and the data folder don't belong together. "
                "Restore both from the same backup.",
            ) from error
        return False
    return True


def pick_port(first: int | None) -> int:
    """`first` (or the usual port) when it is free, else any free one."""
    wanted = first or USUAL_PORT
    for port in (wanted, *range(USUAL_PORT, USUAL_PORT + 200), 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise PostgresProblem("no-port", zh="没有空闲的端口。", en="There is no free port.")


def _port_busy(port: int) -> PostgresProblem:
    return PostgresProblem(
        "port-busy",
        zh=f"端口 {port} 已被占用。去掉 PAYDESK_POSTGRES_PORT 会自动选择空闲端口。",
        en=f"Port {port} is in use. Without PAYDESK_POSTGRES_PORT a free one is chosen.",
    )
