"""`paydesk up`: everything a person needs to try Paydesk, from one command.

Starts the embedded server (unless PAYDESK_DATABASE_URL names one), migrates, seeds the
demo when there is nothing yet, keeps web and worker running, and stops all of it in order
on Ctrl-C. It holds no business logic and speaks to no table itself.
"""

import argparse
import fcntl
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from config import env
from paydesk.entry.cli import handed
from paydesk.entry.cli.children import Child, command, stop_all
from paydesk.kit.postgres.problems import PostgresProblem, say
from paydesk.kit.postgres.server import Server

TICK = 0.25
LOCAL = {"127.0.0.1", "::1", "localhost"}
FIRST_ANSWER = 120.0
MARK = "seeding"
SIGN_INS = "demo-sign-ins.txt"


def tell(text: str) -> None:
    """One line to the person at the terminal."""
    sys.stdout.write(f"paydesk: {text}\n")
    sys.stdout.flush()


def run(options: argparse.Namespace) -> int:
    """Run until Ctrl-C; answers the exit status."""
    home = env.home()
    with _only_one(home):
        _require_port(options.host, options.port)
        if options.host not in LOCAL and "PAYDESK_HOSTS" not in os.environ:
            tell(
                say(
                    "从别的机器访问时，请在 PAYDESK_HOSTS 中写明主机名（逗号分隔）",
                    "to be reached from other machines, name the hosts in PAYDESK_HOSTS (a,b)",
                )
            )
        os.environ.setdefault("PAYDESK_SECRET_KEY", handed.secret_key(home))
        if not options.no_demo:
            os.environ.setdefault("PAYDESK_DEMO", "1")
        if handed.URL in os.environ:
            _serve(options, home, None)
            return 0
        server = Server(home, port=handed.fixed_port(), tell=tell)
        if not server.places.data.exists():
            (home / SIGN_INS).unlink(missing_ok=True)  # they were of another database
        tell(say("启动数据库……", "starting the database ..."))
        server.start()
        try:
            _begin_again_if_half_seeded(server, home)
            _serve(options, home, server)
        finally:
            tell(say("停止数据库……", "stopping the database ..."))
            server.stop()
    return 0


def _serve(options: argparse.Namespace, home: Path, server: Server | None) -> None:
    tell(say("更新数据库结构……", "bringing the database up to date ..."))
    with _beside("prepare"):
        _step("migrate", _owner(server))
    if os.environ.get("PAYDESK_DEMO") == "1" and not is_seeded(server, home):
        _step("seed", _app(server))
    where = ("--host", options.host, "--port", str(options.port))
    children = [
        Child("web", ("web", *where), _app(server), tell),
        Child("worker", ("worker",), _app(server), tell),
    ]
    try:
        for child in children:
            child.start()
        _wait_for_page(options, children)
        _greet(options, home)
        while True:
            time.sleep(TICK)
            if server is not None and not server.is_running():
                _bring_back(server, children)
            for child in children:
                child.watch()
    finally:
        tell(say("停止服务……", "stopping ..."))
        stop_all(children)


def is_seeded(server: Server | None, home: Path) -> bool:
    """Whether our own database was filled in an earlier run: looking again would cost a process of
    its own, some seconds of each start. Of somebody else's server nothing is known."""
    return server is not None and (home / SIGN_INS).exists()


def _owner(server: Server | None) -> Mapping[str, str]:
    return {handed.URL: server.owner.url} if server else {}


def _app(server: Server | None) -> Mapping[str, str]:
    return {handed.URL: server.app.url, handed.DIRECT: server.app.url} if server else {}


def _step(word: str, environment: Mapping[str, str]) -> None:
    """One short command, apart from the terminal's Ctrl-C; ends `up` when it fails."""
    with _beside(word, environment):
        pass


@contextmanager
def _beside(word: str, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """Run a short command while the block runs, and wait for it; ends `up` when it fails."""
    process = subprocess.Popen(
        command(word), env={**os.environ, **(environment or {})}, start_new_session=True
    )
    try:
        yield
        status = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if status != 0:
        raise PostgresProblem(
            "step-failed",
            zh=f"paydesk {word} 失败（状态 {status}），原因见上。",
            en=f"paydesk {word} failed (status {status}); the reason is above.",
        )


def _begin_again_if_half_seeded(server: Server, home: Path) -> None:
    if (home / MARK).exists():
        tell(say("上次演示数据未写完，重新开始", "the last seed was cut short, beginning again"))
        server.empty_database()
        (home / SIGN_INS).unlink(missing_ok=True)
        (home / MARK).unlink()


def _bring_back(server: Server, children: list[Child]) -> None:
    tell(say("数据库意外停止，重新启动……", "the database ended unexpectedly, starting it ..."))
    before = server.port
    server.start()
    if server.port != before:
        stop_all(children)
        for child in children:
            child.environment = _app(server)
            child.start()


def _wait_for_page(options: argparse.Namespace, children: list[Child]) -> None:
    until = time.monotonic() + FIRST_ANSWER
    while not _answers(options.host, options.port):
        for child in children:
            child.watch()
        if time.monotonic() > until:
            raise PostgresProblem(
                "no-answer",
                zh=f"网页服务 {FIRST_ANSWER:.0f} 秒内没有应答，原因见上。",
                en=f"The web process did not answer within {FIRST_ANSWER:.0f} s; see above.",
            )
        time.sleep(0.1)


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(_reachable(host), port, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _require_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PostgresProblem(
                "port-busy",
                zh=f"无法使用 {host}:{port}（{error.strerror}）。"
                "换一个端口：PAYDESK_PORT=8001 make up",
                en=f"Can't listen on {host}:{port} ({error.strerror}). "
                "Choose another port: PAYDESK_PORT=8001 make up",
            ) from error


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """One `up` for each home folder."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "up.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PostgresProblem(
                "already-up",
                zh=f"Paydesk 已在 {home} 中运行。先在那个终端按 Ctrl-C，或换一个 PAYDESK_HOME。",
                en=f"Paydesk is running in {home} already. Stop it there with Ctrl-C, "
                "or choose another PAYDESK_HOME.",
            ) from None
        yield


def _greet(options: argparse.Namespace, home: Path) -> None:
    address = f"http://{_reachable(options.host)}:{options.port}"
    width = shutil.get_terminal_size().columns
    lines = ["", "─" * min(width, 72), say(f"Paydesk 已就绪：{address}/", f"Paydesk: {address}/")]
    sign_ins = home / SIGN_INS
    if os.environ.get("PAYDESK_DEMO") == "1" and sign_ins.exists():
        lines.append(sign_ins.read_text(encoding="utf-8").replace("{address}", address).rstrip())
    lines += [say("按 Ctrl-C 停止", "Ctrl-C stops everything"), "─" * min(width, 72), ""]
    sys.stdout.write("\n".join(lines))
    sys.stdout.flush()
