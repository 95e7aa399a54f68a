"""What `dse demo` prints and writes."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from dse import demo_figure, demo_page, json_page
from dse.demo_asked import Asked, gap_s, make_demo
from dse.demo_pulses import state_name, to_csv
from dse.storage import check_folder
from dse.terminal import command, console
from dse.units import scale, show
from learner.demo_record import (
    Bits,
    Read,
    Record,
    SmallArray,
    Spike,
    States,
    When,
    Write,
    held,
    winners,
)
from objectives.demo import Demo, expected_read_flips, learned_share, play, pulse_energy_j
from objectives.design import flatten

NAMES = {"csv": "pulses.csv", "json": "demo.json", "png": "demo.png", "html": "demo.html"}
HEADERS = ("presentation", "event", "cell", "current", "chance", "result", "states")


@dataclass(frozen=True, kw_only=True)
class Played:
    """A demo and what happened; of_seeds, share: how many more seeds were played, who learnt."""

    title: str
    device: str
    seed: int
    demo: Demo
    array: SmallArray
    record: Record
    gap_s: float
    of_seeds: int
    share: float | None


def show_demo(asked: Asked, *, seed: int, seeds: int, as_json: bool, folder: Path | None) -> None:
    """Play the demo once and print it; write the files if there is a folder for them."""
    if folder:
        check_folder("-o", folder)
    played = _play(asked, seed, seeds)
    paths = write_files(played, folder) if folder else []  # before a pipe may be closed
    if as_json:
        print(to_text(played))
    else:
        _print(played)
        for path in paths:
            console().print(f"{path}", style="cyan")
    if not as_json and not paths:
        hint = f"{command()} demo -o FOLDER writes {', '.join(NAMES.values())}"
        console().print(hint, style="dim")


def _play(asked: Asked, seed: int, seeds: int) -> Played:
    pause_s = gap_s(asked)
    found, demo = make_demo(asked)
    array, record = play(demo, seed)
    share = learned_share(demo, range(seed + 1, seed + 1 + seeds)) if seeds else None
    return Played(
        title=found.title,
        device=asked.device,
        seed=seed,
        demo=demo,
        array=array,
        record=record,
        gap_s=pause_s,
        of_seeds=seeds,
        share=share,
    )


def write_files(played: Played, folder: Path) -> list[Path]:
    """Pulses, record, figure and page; the paths written."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {kind: folder / name for kind, name in NAMES.items()}
    text = to_csv(played.demo, played.record, played.gap_s, _head(played))
    paths["csv"].write_text(text, encoding="utf-8")
    paths["json"].write_text(to_text(played, indent=1) + "\n", encoding="utf-8")
    title = f"{played.device}, seed {played.seed}: {verdict(played.record)}"
    demo_figure.write_png(played.demo, played.array, played.record, title, paths["png"])
    svg = demo_figure.to_svg(played.demo, played.array, played.record, title)
    page = demo_page.to_html(title, svg, HEADERS, list(event_rows(played.record)))
    paths["html"].write_text(page, encoding="utf-8")
    return list(paths.values())


def _head(played: Played) -> dict[str, str]:
    """What the pulse table says before its lines."""
    array, design = played.array, played.demo.design
    return {
        "dse demo": f"pulses of a simulated run, device {played.device}, seed {played.seed}",
        "patterns": ",".join(map(bits, played.record.patterns)),
        "amplitudes": "of a driver before the cell: access transistor "
        f"{design.array.access_ohm:g} ohm, wire {array.wire_ohm * (array.shape[0] + 1):g} ohm "
        "and junction in series",
        "reference_s": f"{array.reference_s:.6g} S for each active row, taken off each column",
    }


def to_text(played: Played, indent: int | None = None) -> str:
    """`to_json` as text."""
    return json_page.to_text("demo", to_json(played), indent)


def to_json(played: Played) -> dict[str, Any]:
    """Everything that happened, for scripts; SI units, states 1 for parallel."""
    demo, record = played.demo, played.record
    read_j, write_j = pulse_energy_j(demo, record)
    return {
        "device": played.device,
        "title": played.title,
        "seed": played.seed,
        "parameters": flatten(demo.design),
        "schedule": asdict(demo.schedule),
        "patterns": [bits(pattern) for pattern in record.patterns],
        "start": record.start,
        "end": record.end,
        "winners": {phase: winners(record, phase) for phase in ("before", "after")},
        "held": held(record),
        "more_seeds": {"count": played.of_seeds, "learned_share": played.share},
        "expected_read_flips": expected_read_flips(played.array, record),
        "energy_j": {"reads": read_j, "writes": write_j},
        "junctions": {
            name: value.tolist() if hasattr(value, "tolist") else value
            for name, value in vars(played.array).items()
        },
        "events": [{"event": type(e).__name__.lower(), **asdict(e)} for e in record.events],
    }


def bits(pattern: Bits) -> str:
    """(1, 1, 0, 0) -> "1100"."""
    return "".join(map(str, pattern))


def verdict(record: Record) -> str:
    """One line on what was learned."""
    done = sum(held(record))
    return f"{done} of {len(record.patterns)} patterns held by the neuron that they make fire"


def event_rows(record: Record) -> Iterator[tuple[str, ...]]:
    """Texts of every event, one a line, as HEADERS."""
    state = [list(row) for row in record.start]
    for event in record.events:
        if isinstance(event, Write):
            state[event.row][event.column] = event.after
        shown = tuple(tuple(row) for row in state)
        yield (_when(event.when, record), *_texts(event), columns_text(shown))


def columns_text(states: States) -> str:
    """The bits of each neuron's column from row 0, 1 is parallel."""
    return " ".join(bits(column) for column in zip(*states, strict=True))


def _when(when: When, record: Record) -> str:
    return f"{when.presentation} {when.phase} {bits(record.patterns[when.pattern])}"


def _texts(event: Read | Spike | Write) -> tuple[str, ...]:
    """Event, cell, current, chance and result."""
    if isinstance(event, Read):
        net_a = [a - event.reference_a for a in event.current_a]
        factor, unit = scale("A", net_a)
        levels = zip(event.potential, event.threshold, strict=True)
        net = "net " + ", ".join(f"{a * factor:.3g}" for a in net_a) + f" {unit}"
        result = "potential " + ", ".join(f"{p:.2f} of {t:.2f}" for p, t in levels)
        return f"read {event.step + 1}", "", net, "", result
    if isinstance(event, Spike):
        how = "fires as the window ends" if event.forced else "fires"
        return "spike", f"column {event.neuron}", "", "", f"neuron {event.neuron} {how}"
    cell = f"row {event.row} column {event.column}"
    chance = f"{event.chance:.2f}" if event.chance else ""
    return event.kind, cell, show(event.current_a, "A"), chance, _outcome(event)


def _outcome(write: Write) -> str:
    before, after = state_name(write.before), state_name(write.after)
    if write.flipped:
        return f"flips {before}→{after}"
    return f"stays {before}" if write.chance else f"is {before} already"


def _print(played: Played) -> None:
    out, record, design = console(), played.record, played.demo.design
    out.print(f"{played.device}: {played.title}", style="bold")
    for name, pulse in (("potentiation", design.potentiation), ("depression", design.depression)):
        out.print(f"{name} {show(pulse.amplitude_v, 'V')}, {show(pulse.duration_s, 's')}")
    array = design.array
    out.print(f"read {show(array.read_v, 'V')}, {show(array.read_s, 's')}\n")
    out.print(_event_table(record))
    out.print("\nWhat was learned", style="bold")
    out.print(_learned_table(record))
    _closing(played)


def _event_table(record: Record) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in HEADERS:
        table.add_column(header, justify="right" if header == "chance" else "left")
    last = None
    for event, texts in zip(record.events, event_rows(record), strict=True):
        number = event.when.presentation
        style = "bold" if isinstance(event, Spike) else ""
        if isinstance(event, Write) and event.flipped:
            style = "green" if event.after else "magenta"
        first = texts[0] if number != last else ""
        table.add_row(first, *texts[1:], style=style)
        last = number
    return table


def _learned_table(record: Record) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in ("pattern", "fired before", "fires after", "its column", "held"):
        table.add_column(header)
    columns = tuple(zip(*record.end, strict=True))
    rows = zip(
        record.patterns, winners(record, "before"), winners(record, "after"), held(record),
        strict=True,
    )  # fmt: skip
    for pattern, before, after, good in rows:
        table.add_row(
            bits(pattern),
            f"neuron {before}",
            f"neuron {after}",
            bits(columns[after]),
            "yes" if good else "no",
        )
    return table


def _closing(played: Played) -> None:
    out, record = console(), played.record
    writes = [event for event in record.events if isinstance(event, Write)]
    reads = sum(isinstance(event, Read) for event in record.events)
    read_j, write_j = pulse_energy_j(played.demo, record)
    flips = sum(write.flipped for write in writes)
    lost = expected_read_flips(played.array, record)
    out.print(
        f"\n{reads} reads, {show(read_j, 'J')}; {len(writes)} write pulses, "
        f"{show(write_j, 'J')}, {flips} flips (drivers only). "
        f"Reads would flip {lost:.1g} cells; the demo leaves that out."
    )
    if played.share is not None:
        out.print(f"{played.share:.0%} of {played.of_seeds} more seeds hold every pattern.")
