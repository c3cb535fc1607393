"""Child processes of `paydesk up`: started, watched, started again when they crash, stopped.

Each runs apart from the terminal, so that Ctrl-C reaches only us and everything ends in
order. It never signals a process that it did not start.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from paydesk.kit.postgres.problems import say

PAUSES = (0.0, 1.0, 2.0, 5.0, 10.0)
LONG_LIFE = 30.0
PATIENCE = 20.0
# The owner's address is for migrations: what serves never sees it.
ADMIN = "PAYDESK_ADMIN_URL"
WATCHED = "PAYDESK_STOPS_WITH_PARENT"


def command(*words: str) -> list[str]:
    """Our own command line, in a process of its own."""
    return [sys.executable, "-m", "paydesk", *words]


def stop_with_parent() -> None:
    """In a child: end in order when the process that started us is gone."""
    if os.environ.pop(WATCHED, None):
        threading.Thread(target=_wait_for_parent_to_go, daemon=True).start()


def _wait_for_parent_to_go() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


@dataclass
class Child:
    """One long-lived process."""

    name: str
    words: tuple[str, ...]
    environment: Mapping[str, str]
    tell: Callable[[str], None]
    process: "subprocess.Popen[bytes] | None" = None
    crashes: int = 0
    began: float = field(default=0.0)
    again_at: float = field(default=0.0)

    def start(self) -> None:
        """Start it now."""
        self.began = time.monotonic()
        inherited = {name: text for name, text in os.environ.items() if name != ADMIN}
        self.process = subprocess.Popen(
            command(*self.words),
            env={**inherited, **self.environment, WATCHED: "1"},
            # Nothing is ever written: the pipe closes when we are gone, however we went.
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def watch(self) -> None:
        """Start it again when it has ended, after a pause that grows while it keeps crashing."""
        if self.process is not None and self.process.poll() is not None:
            self._ended(self.process.returncode)
        if self.process is None and time.monotonic() >= self.again_at:
            self.start()

    def _ended(self, status: int) -> None:
        lived = time.monotonic() - self.began
        self.crashes = 0 if lived > LONG_LIFE else self.crashes + 1
        pause = PAUSES[min(self.crashes, len(PAUSES) - 1)]
        self.again_at = time.monotonic() + pause
        self._forget()
        self.tell(
            say(
                f"{self.name} 意外退出（状态 {status}），{pause:.0f} 秒后重新启动",
                f"{self.name} ended (status {status}), starting again in {pause:.0f} s",
            )
        )

    def _forget(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
        self.process = None

    @property
    def alive(self) -> bool:
        """Whether it runs now."""
        return self.process is not None and self.process.poll() is None


def stop_all(children: list[Child]) -> None:
    """Ask all of them to end, wait, and end by force what does not."""
    running = [child.process for child in children if child.process is not None]
    for process in running:
        process.terminate()
    until = time.monotonic() + PATIENCE
    for process in running:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
