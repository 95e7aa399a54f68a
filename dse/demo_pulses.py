"""The pulses of a demo as a table that a laboratory can play on its own instrument.

Lines that start with # say what belongs to all of them; then one line a pulse and cell, sorted by
time. Lines of the same time_s belong together: one read drives every active row of every column.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from learner.demo_record import Read, Record, Spike, When, Write
from objectives.demo import Demo

HEADER: Mapping[str, str] = {
    "time_s": "start of the pulse [s]; lines of one time are applied together",
    "row": "input, from 0",
    "column": "neuron, from 0",
    "amplitude_v": "of the driver [V]; above 0 towards parallel, below 0 towards antiparallel",
    "duration_s": "of the pulse [s]",
    "kind": "read, potentiation or depression",
    "presentation": "number of the presentation, from 0",
    "phase": "before or after (inference), or learning",
    "pattern": "number of the pattern shown, from 0",
    "state_before": "of the cell in this run, P or AP",
    "state_after": "of the cell in this run, P or AP",
    "probability": "that the pulse flips the cell, from its state before; empty for a read",
    "current_a": "through the cell [A] as the pulse starts, drawn junction",
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One pulse on one cell; HEADER says what the fields are."""

    time_s: float
    row: int
    column: int
    amplitude_v: float
    duration_s: float
    kind: str
    presentation: int
    phase: str
    pattern: int
    state_before: str
    state_after: str
    probability: float | None
    current_a: float


def lines(demo: Demo, record: Record, gap_s: float) -> Iterator[Line]:
    """Every pulse of the record in order, with a pause of gap_s [s] after each."""
    time_s = 0.0
    for event in record.events:
        if isinstance(event, Spike):
            continue
        together = list(_read(demo, event, time_s) if isinstance(event, Read) else ())
        together += [_write(demo, event, time_s)] if isinstance(event, Write) else []
        yield from together
        time_s += together[0].duration_s + gap_s


def _read(demo: Demo, read: Read, time_s: float) -> Iterator[Line]:
    """A line for each cell of the active rows; a read flips nothing in the demo."""
    array = demo.design.array
    for row, active in enumerate(demo.patterns[read.when.pattern]):
        for column, state in enumerate(read.state[row] if active else ()):
            yield Line(
                time_s=_rounded(time_s),
                row=row,
                column=column,
                amplitude_v=-array.read_v,
                duration_s=array.read_s,
                kind="read",
                **_shown(read.when),
                state_before=state_name(state),
                state_after=state_name(state),
                probability=None,
                current_a=_rounded(-read.cell_a[row][column], 6),
            )


def _write(demo: Demo, write: Write, time_s: float) -> Line:
    up = write.kind == "potentiation"
    pulse = demo.design.potentiation if up else demo.design.depression
    sign = 1 if up else -1
    return Line(
        time_s=_rounded(time_s),
        row=write.row,
        column=write.column,
        amplitude_v=sign * pulse.amplitude_v,
        duration_s=pulse.duration_s,
        kind=write.kind,
        **_shown(write.when),
        state_before=state_name(write.before),
        state_after=state_name(write.after),
        probability=_rounded(write.chance, 6),
        current_a=_rounded(sign * write.current_a, 6),
    )


def _shown(when: When) -> dict[str, Any]:
    return {
        "presentation": when.presentation,
        "phase": when.phase,
        "pattern": when.pattern,
    }


def _rounded(value: float, digits: int = 12) -> float:
    """Without the last digits, which adding leaves or nobody can measure."""
    return float(f"{value:.{digits}g}")


def state_name(bit: int) -> str:
    """1 is P, 0 is AP."""
    return "P" if bit else "AP"


def to_csv(demo: Demo, record: Record, gap_s: float, head: Mapping[str, str]) -> str:
    """Comment lines, the header and one line a pulse and cell.

    head: what else the comments say; start states and the meaning of each column are added.
    """
    start = ",".join("".join(map(str, column)) for column in zip(*record.start, strict=True))
    text = io.StringIO()
    notes = {**head, "start": f"{start} (states by column from row 0, 1 is parallel)", **HEADER}
    text.writelines(f"# {name}: {note}\n" for name, note in notes.items())
    writer = csv.DictWriter(text, [f.name for f in fields(Line)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(vars(line) for line in lines(demo, record, gap_s))
    return text.getvalue()
