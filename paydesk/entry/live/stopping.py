"""Learns early that the server is asked to stop, so that open streams don't hold it up.

A server waits for its responses to end before it tells the application anything, and a stream
never ends by itself. So the signals that ask for it are heard here first and then passed on.
"""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def when_asked_to_stop(action: Callable[[], None]) -> Callable[[], None]:
    """Run `action` on the running loop when the process is asked to stop, then what was set before.

    Answers a function that takes this back. In a thread other than the main one nothing can be
    heard, and whoever runs the server there ends the streams himself.
    """
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def hear(number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed already
            loop.call_soon_threadsafe(action)
        earlier = before[signal.Signals(number)]
        if callable(earlier):
            earlier(number, frame)
        elif earlier == signal.SIG_DFL:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)

    def take_back() -> None:
        for number, earlier in before.items():
            if signal.getsignal(number) is hear:
                signal.signal(number, earlier)

    for number in SIGNALS:
        signal.signal(number, hear)
    return take_back
