"""How many database connections the processes of an installation may open together.

Numbers only: the web process takes its request pool, the streams' own pool and a listener;
a worker takes its jobs' threads, its queue's connections and a listener.
"""

from dataclasses import dataclass

STREAMS = 6
QUEUE = 4
LISTENER = 1
WORKER_THREADS = 4


@dataclass(frozen=True, slots=True)
class Pools:
    """The processes of one installation; `requests` is the size of a process's request pool."""

    requests: int
    web_processes: int = 1
    worker_processes: int = 1

    @property
    def total(self) -> int:
        """Connections that may be open at once."""
        web = self.requests + STREAMS + LISTENER
        worker = WORKER_THREADS + QUEUE + LISTENER
        return self.web_processes * web + self.worker_processes * worker

    def fit(self, max_connections: int, reserved: int) -> bool:
        """Whether the server grants them all and leaves its operators their reserve."""
        return self.total < max_connections - reserved
