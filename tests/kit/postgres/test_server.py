"""The embedded server: starts from nothing, survives what happens to it, and says what is wrong."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from paydesk.kit.postgres import initialise, launch, processes
from paydesk.kit.postgres.problems import PostgresProblem
from paydesk.kit.postgres.server import Server, running

pytestmark = pytest.mark.slow


@contextmanager
def _started(home: Path, small: dict[str, str], **options: int) -> Iterator[Server]:
    server = Server(home, settings=small, durable=False, **options)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
        assert row is not None
        return row[0]


def _make(server: Server) -> None:
    with psycopg.connect(server.owner.url) as connection:
        connection.execute("CREATE TABLE kept (a int); INSERT INTO kept VALUES (7)")


def test_starts_from_nothing_and_keeps_data(home: Path, small: dict[str, str]) -> None:
    with _started(home, small) as server:
        assert _ask(server.app.url, "SELECT current_user") == "paydesk_app"
        assert _ask(server.owner.url, "SELECT current_user") == "paydesk_owner"
        _make(server)
    assert not server.is_running()
    with _started(home, small) as server:
        assert _ask(server.owner.url, "SELECT a FROM kept") == 7


def test_runs_as_somebody_unprivileged_and_keeps_secrets(home: Path, small: dict[str, str]) -> None:
    with _started(home, small) as server:
        pid = processes.server_pid(server.places.data)
        assert pid is not None
        assert Path(f"/proc/{pid}").stat().st_uid == server.user.uid != 0
        secrets = server.places.secrets.stat()
        assert stat.S_IMODE(secrets.st_mode) == 0o600
        assert server.app.password not in Path(f"/proc/{pid}/cmdline").read_text()
        assert server.app.password not in repr(server.app)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.app.url.replace(server.app.password, "guess"))
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(
                host="127.0.0.1", port=server.port, user="postgres", dbname="postgres", password=""
            )


def test_never_opens_a_parent_folder(tmp_path: Path, home: Path, small: dict[str, str]) -> None:
    tmp_path.chmod(0o700)
    before = [stat.S_IMODE(folder.stat().st_mode) for folder in tmp_path.parents]
    with _started(home, small) as server:
        assert _ask(server.app.url, "SELECT 1") == 1
        base = server.places.base
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in tmp_path.parents] == before
    if os.geteuid() == 0:
        # The server's user can't enter, so its part lies elsewhere, with a link to it.
        assert (home / "postgres").is_symlink()
        assert (home / "postgres").resolve() == base
        shutil.rmtree(base)


def test_second_start_adopts_the_running_server(home: Path, small: dict[str, str]) -> None:
    with _started(home, small) as server:
        other = Server(home, settings=small, durable=False)
        assert other.start() is False
        assert other.app.url == server.app.url


def test_comes_back_after_a_kill(home: Path, small: dict[str, str]) -> None:
    server = Server(home, settings=small)
    server.start()
    _make(server)
    pid = processes.server_pid(server.places.data)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert processes.wait_gone(pid, server.places.data, 10)
    server.stop()
    with _started(home, small) as again:
        assert again.port == server.port
        assert _ask(again.owner.url, "SELECT a FROM kept") == 7


def test_stranger_with_the_noted_number_is_left_alone(home: Path, small: dict[str, str]) -> None:
    with _started(home, small) as server:
        note = (server.places.data / "postmaster.pid").read_text().split("\n")
    stranger = subprocess.Popen(
        ["sleep", "60"],
        cwd="/",
        **server.user.switch(),  # type: ignore[call-overload]  # named values
    )
    try:
        note[0] = str(stranger.pid)
        lock = server.places.data / "postmaster.pid"
        lock.write_text("\n".join(note))
        lock.chmod(0o600)
        os.chown(lock, server.user.uid, server.user.gid)
        assert processes.server_pid(server.places.data) is None
        with _started(home, small) as again:
            assert _ask(again.app.url, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_busy_port_is_avoided(home: Path, small: dict[str, str]) -> None:
    with _started(home, small) as server:
        port = server.port
        _make(server)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with _started(home, small) as again:
            assert again.port != port
        with pytest.raises(PostgresProblem) as caught, _started(home, small, port=port):
            pass
    assert caught.value.code == "port-busy"
    assert str(port) in str(caught.value)


def test_damaged_folder_is_said_and_left_alone(home: Path, small: dict[str, str]) -> None:
    with _started(home, small) as server:
        pass
    (server.places.data / "global" / "pg_control").write_bytes(b"nonsense" * 1024)
    with pytest.raises(PostgresProblem) as caught, _started(home, small):
        pass
    assert caught.value.code == "damaged"
    assert str(server.places.data) in str(caught.value)
    (server.places.data / "PG_VERSION").unlink()
    with pytest.raises(PostgresProblem) as caught, _started(home, small):
        pass
    assert caught.value.code == "damaged"
    assert (server.places.data / "base").exists()


def test_other_version_is_said(home: Path, small: dict[str, str]) -> None:
    with _started(home, small) as server:
        pass
    (server.places.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(PostgresProblem, match="15") as caught, _started(home, small):
        pass
    assert caught.value.code == "wrong-version"


def test_lost_passwords_are_said(home: Path, small: dict[str, str]) -> None:
    with _started(home, small) as server:
        pass
    server.places.secrets.unlink()
    with pytest.raises(PostgresProblem) as caught, _started(home, small):
        pass
    assert caught.value.code == "no-passwords"


def test_full_disk_is_said(
    home: Path, small: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The room is asked of the system; here more is asked for than any disk has."""
    monkeypatch.setattr(initialise, "ROOM_TO_BEGIN", 10**18)
    with pytest.raises(PostgresProblem) as caught, _started(home, small):
        pass
    assert caught.value.code == "disk-full"
    monkeypatch.undo()
    with _started(home, small):
        pass
    monkeypatch.setattr(launch, "ROOM_TO_START", 10**18)
    with pytest.raises(PostgresProblem) as caught, _started(home, small):
        pass
    assert caught.value.code == "disk-full"


def test_half_made_folder_is_made_again(home: Path, small: dict[str, str]) -> None:
    """As after a power cut in the middle of initdb."""
    server = Server(home, settings=small, durable=False)
    (server.places.base / "data.new").mkdir()
    (server.places.base / "data.new" / "PG_VERSION").write_text("18\n")
    with _started(home, small) as server:
        assert _ask(server.app.url, "SELECT 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_folder_of_somebody_else_is_said_to_a_user(home: Path, small: dict[str, str]) -> None:
    home.parent.chmod(0o755)
    with _started(home, small) as server:
        pass
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from paydesk.kit.postgres.account import choose_user\n"
        "from paydesk.kit.postgres.problems import PostgresProblem\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "try: choose_user(Path(sys.argv[1]))\n"
        "except PostgresProblem as problem: print(problem.code)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, str(server.places.base)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert said.stdout.strip() == "wrong-owner"


def test_running_stops_only_what_it_started(home: Path, small: dict[str, str]) -> None:
    with running(home, settings=small, durable=False) as outer:
        with running(home, settings=small, durable=False) as inner:
            assert inner.port == outer.port
        assert outer.is_running()
    assert not outer.is_running()


def test_many_starters_at_once_make_one_server(home: Path, small: dict[str, str]) -> None:
    code = (
        "import sys; from pathlib import Path; from paydesk.kit.postgres.server import Server\n"
        "s = Server(Path(sys.argv[1]), durable=False, settings={'max_connections': '20'})\n"
        "s.start(); print(s.port)\n"
    )
    root = Path(__file__).parents[3]
    starters = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore::ResourceWarning", "-c", code, str(home)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
        )
        for _ in range(4)
    ]
    ports = {starter.communicate(timeout=60)[0].strip() for starter in starters}
    assert len(ports) == 1
    assert ports != {""}
    Server(home, durable=False).stop()


def test_start_is_fast(home: Path, small: dict[str, str]) -> None:
    with _started(home, small):
        pass
    began = time.monotonic()
    with _started(home, small):
        pass
    assert time.monotonic() - began < 10
