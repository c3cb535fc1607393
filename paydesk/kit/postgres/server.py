"""Starts, recognises and stops the embedded server of one home folder.

Liveness is a sign-in with our own password, never a number in a file. The server runs
apart from our terminal, so Ctrl-C reaches only us and we stop it in order. It never ends
a server that it has not recognised as its own.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from paydesk.kit.postgres import binaries, initialise, lastwords, launch, places, processes
from paydesk.kit.postgres.account import choose_user
from paydesk.kit.postgres.address import APP, DATABASE, OWNER, SUPERUSER, Address
from paydesk.kit.postgres.passwords import Passwords, load_or_make
from paydesk.kit.postgres.problems import PostgresProblem
from paydesk.kit.postgres.roles import make_database, provision

MAX_LOG = 10 * 1024 * 1024
USUAL: Mapping[str, str] = {
    "max_connections": "120",
    "shared_buffers": "256MB",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "jit": "off",
    "max_wal_size": "2GB",
}


class Server:
    """The embedded server of one home folder. Making the object starts nothing.

    `durable=False` is for tests: it gives up crash safety for speed.
    """

    def __init__(
        self,
        home: Path,
        *,
        settings: Mapping[str, str] | None = None,
        durable: bool = True,
        port: int | None = None,
        tell: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self.user = choose_user(home / "postgres")
        self.places = places.prepare(home, self.user)
        self.port = 0
        self._settings = {**USUAL, **(settings or {})}
        self._durable = durable
        self._wanted_port = port
        self._tell = tell
        self._passwords: Passwords | None = None
        self._process: launch.Process | None = None
        if not durable:
            self._settings |= {"fsync": "off", "synchronous_commit": "off"}
            self._settings |= {"full_page_writes": "off"}

    def start(self) -> bool:
        """Make sure that it runs; True when it was started here, False when it ran already.

        Makes the data folder, the roles and the database where they are missing.
        Raises PostgresProblem with what to do.
        """
        with places.alone(self.places.lock):
            self._passwords = load_or_make(self.places.secrets, self.places.data)
            self._forget()
            if self._adopt():
                return False
            programs = binaries.find(self.user)
            if not self.places.data.exists():
                initialise.make_data(
                    self.places,
                    programs,
                    self.user,
                    self._passwords.superuser,
                    durable=self._durable,
                )
            self._check_data(programs.major)
            self._trim_log()
            self.port, self._process = launch.Launch(
                self.places,
                programs,
                self.user,
                self._settings,
                self._superuser_at,
                self._tell,
                self._wanted_port,
                self.port or None,
            ).run()
            provision(self.superuser, self._passwords)
            return True

    def stop(self, *, fast: bool = True) -> None:
        """Stop it in order. Raises PostgresProblem `did-not-stop` after a minute."""
        with places.alone(self.places.lock):
            if not processes.stop(self.places.data, fast=fast):
                raise PostgresProblem(
                    "did-not-stop",
                    zh=f"PostgreSQL（{self.places.data}）一分钟内没有停止。"
                    f"它仍在写盘，请稍后再看 {self.places.log}。",
                    en=f"PostgreSQL ({self.places.data}) did not stop within a minute. It is "
                    f"still writing; look at {self.places.log} later.",
                )
            self._forget()

    def empty_database(self) -> None:
        """Throw the database away and make an empty one. Only for what can be made again."""
        with psycopg.connect(self.superuser.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
            make_database(connection, DATABASE)

    def is_running(self) -> bool:
        """Whether a process of this data folder lives."""
        return processes.server_pid(self.places.data) is not None

    def _forget(self) -> None:
        """Collect a server process of ours that no longer works in the data folder."""
        if self._process is not None and not self.is_running():
            # It gives its folder up a moment before it can be collected.
            self._process.wait(10)
            self._process = None

    @property
    def superuser(self) -> Address:
        """For making roles and databases only."""
        return self._superuser_at(self.port)

    @property
    def owner(self) -> Address:
        """For migrations."""
        return Address("127.0.0.1", self.port, OWNER, self._known.owner, DATABASE)

    @property
    def app(self) -> Address:
        """For everything else."""
        return Address("127.0.0.1", self.port, APP, self._known.app, DATABASE)

    def _superuser_at(self, port: int) -> Address:
        return Address("127.0.0.1", port, SUPERUSER, self._known.superuser, "postgres")

    @property
    def _known(self) -> Passwords:
        if self._passwords is None:
            raise RuntimeError("start() comes first")
        return self._passwords

    def _adopt(self) -> bool:
        """Take over a server of ours that already runs (left by a killed supervisor)."""
        pid = processes.server_pid(self.places.data)
        port = processes.noted_port(self.places.data)
        if pid is None or port is None:
            return False
        self.port = port
        # It may be in recovery or on its way down: whichever comes first decides.
        while processes.works_in(pid, self.places.data):
            if launch.answers(self.superuser):
                return True
            processes.wait_gone(pid, self.places.data, 0.1)
        return False

    def _check_data(self, wanted: str) -> None:
        try:
            found = (self.places.data / "PG_VERSION").read_text().strip()
        except OSError as error:
            raise lastwords.damaged(self.places.data) from error
        if found != wanted:
            raise lastwords.wrong_version(self.places.data, found, wanted)

    def _trim_log(self) -> None:
        log = self.places.log
        if log.exists() and log.stat().st_size > MAX_LOG:
            log.replace(log.with_suffix(".log.1"))


@contextmanager
def running(home: Path, **options: object) -> Iterator[Server]:
    """The server of `home`, started if need be; stopped afterwards only if started here."""
    server = Server(home, **options)  # type: ignore[arg-type]  # keywords by dict
    started = server.start()
    try:
        yield server
    finally:
        if started:
            server.stop()
