"""Ctrl-C and SIGTERM, heard between two steps of the search and never in the middle of one."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def heard_between_steps() -> Iterator[Callable[[], None]]:
    """Gives a check to call where it is safe to stop: KeyboardInterrupt if a signal came.

    A second signal acts at once, as outside. Signals reach the main thread only: in another one
    the check never raises.
    """
    heard: list[int] = []

    def check() -> None:
        if heard:
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield check
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def note(number: int, _: object) -> None:
        heard.append(number)
        restore()

    for number in SIGNALS:
        signal.signal(number, note)
    try:
        yield check
    finally:
        restore()


@contextmanager
def held_back() -> Iterator[None]:
    """No signal arrives in here, but after it; a process that is started in here hears none."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
