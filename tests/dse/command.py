"""The command as tests see it, and a small study for it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dse.interrupt import SIGNALS

TINY = """
[study]
name = "tiny"
question = "Is a run that is cut off gone on with?"
device = "ut-austin-50nm"
trials = 19
confirm = 1
objectives = ["accuracy", "learning_energy_j"]

[fixed.neuron]
count = 20

[fixed.training]
images = 500
label_images = 100

[fixed.depression]
amplitude_v = "0.6 V"
duration_s = "20 ns"

[space.potentiation]
amplitude_v = { low = "0.5 V", high = "0.65 V" }
duration_s = { low = "10 ns", high = "40 ns", log = true }
"""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a command left: exit code, standard output, lines of standard error."""

    code: int
    out: str
    err: list[str]


def listed(folder: Path) -> list[str]:
    """Everything in a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def refused(answer: Answer, line: str, here: Path) -> None:
    """Exit code 2, this one line, nothing written."""
    assert answer.err == [f"dse: {line}"]
    assert answer.code == 2
    assert answer.out == ""
    assert listed(here) == []


@contextmanager
def signals_kept() -> Iterator[None]:
    """Give this process its signal handlers back, which the command changes."""
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)
