"""The yield of a spec: dies drawn and trained at several variabilities, kept as they come."""

import hashlib
import importlib.metadata
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import as_completed
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from device_models.params import Variation
from device_models.ranges import RangeError
from dse import kept, workers, yields
from dse.errors import InputError
from dse.pick import Limit, parse
from dse.spec import read_whole_spec
from dse.storage import held
from dse.terminal import console
from dse.verify import dataset_of
from dse.yields import Level, Point
from objectives.design import Design, Value, flatten, unflatten

STREAM = 4
"""Of the random numbers of a yield; a search uses 1 and 2, a verification 3."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Dies of a design at multiples of its variability, judged on validation images."""

    design: Design
    dataset: str
    limits: tuple[Limit, ...]
    scales: tuple[float, ...]
    dies: int
    seed: int
    data: Mapping[str, str]

    @property
    def key(self) -> str:
        """SHA-256 of what decides the figures of a die."""
        decides = {
            "design": flatten(self.design),
            "data": dict(self.data),
            "seed": self.seed,
            "version": importlib.metadata.version("mtj-dse"),
        }
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Yield:
    """Yield at each multiple, and where it falls to each level."""

    limits: tuple[str, ...]
    points: tuple[Point, ...]
    levels: tuple[Level, ...]


def scaled(design: Design, scale: float) -> Design:
    """The design with every standard deviation of its cells and dies multiplied."""
    spread = {f.name: getattr(design.variation, f.name) * scale for f in fields(design.variation)}
    try:
        return replace(design, variation=Variation(**spread))
    except RangeError as error:
        raise InputError(f"--scales {scale:g}: variation.{error}; choose a smaller one") from error


def measure_die(dataset: str, flat: Mapping[str, Value], seed: int, die: int) -> dict[str, float]:
    """Every figure of one die; runs in a worker."""
    from dse.workers import _data
    from objectives.evaluate import one_seed

    stream = np.random.SeedSequence(seed, spawn_key=(STREAM, die))
    return one_seed(unflatten(flat), _data(dataset), int(stream.generate_state(1)[0]))


def measure(
    plan: Plan, place: Path, submit: Any, told: Callable[[int, int], None] = lambda *_: None
) -> Yield:
    """Train every die at every multiple; those that `place` holds are taken from there."""
    flats = {scale: flatten(scaled(plan.design, scale)) for scale in plan.scales}
    names = {(s, die): f"{s!r} {die}" for s in plan.scales for die in range(plan.dies)}
    with held(place.with_name(f".{place.name}.lock"), f"{place} is being written"):
        found = kept.read(place, plan.key)
        waiting = {
            submit(measure_die, plan.dataset, flats[scale], plan.seed, die): name
            for (scale, die), name in names.items()
            if name not in found
        }
        told(len(names) - len(waiting), len(names))
        for future in as_completed(waiting):
            name = waiting[future]
            found[name] = future.result()
            kept.append(place, plan.key, name, found[name])
            told(sum(each in found for each in names.values()), len(names))
    met = {
        scale: [
            all(limit.met(found[names[scale, die]][limit.name]) for limit in plan.limits)
            for die in range(plan.dies)
        ]
        for scale in plan.scales
    }
    return Yield(
        limits=tuple(map(str, plan.limits)),
        points=tuple(yields.point(s, sum(good), plan.dies) for s, good in met.items()),
        levels=yields.levels(met),
    )


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the user asks for, texts as typed; no limit: a point below the promised accuracy."""

    limit: str
    dies: int
    scales: str
    seed: int
    jobs: int
    dataset: str


def run(path: Path, asked: Asked) -> Yield:
    """The yield of a spec file; dies are kept beside it."""
    spec, design = read_whole_spec(path)
    text = asked.limit or f"accuracy>={spec.expected['accuracy'].value - 0.01:.4g}"
    pick = parse(text, key="--limit")
    if not pick.limits:
        raise InputError(f'--limit {text}: not a limit; write for example "accuracy>=0.9"')
    plan = Plan(
        design=design,
        dataset=asked.dataset or dataset_of(spec),
        limits=pick.limits,
        scales=_scales(asked.scales),
        dies=asked.dies,
        seed=asked.seed,
        data=spec.data,
    )
    place = path.with_name(f"{path.stem}.yield.jsonl")
    with _progress() as told, workers.pool(asked.jobs) as executor:
        return measure(plan, place, executor.submit, told)


def _scales(text: str) -> tuple[float, ...]:
    try:
        found = sorted({float(part) for part in text.split(",")})
    except ValueError:
        raise InputError(f"--scales {text}: write numbers, as 0.5,1,2") from None
    if len(found) < 2 or found[0] < 0:
        raise InputError(f"--scales {text}: give at least two numbers from 0 up, as 0.5,1,2")
    return tuple(found)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, a line each tenth elsewhere; on standard error."""
    err, shown = console(stderr=True), [-1]
    columns = (TextColumn("{task.completed:.0f}/{task.total:.0f} dies"), BarColumn())
    bar = Progress(*columns, TimeRemainingColumn(), console=err, disable=not err.is_terminal)
    task = bar.add_task("", total=None)

    def told(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)
        if not err.is_terminal and 10 * done // total > shown[0]:
            shown[0] = 10 * done // total
            err.print(f"{done}/{total} dies")

    with bar:
        yield told


def as_json(found: Yield) -> dict[str, Any]:
    """Everything, for scripts."""
    return asdict(found)


def show(out: Console, found: Yield) -> None:
    """The tables for people."""
    out.print(f"dies that have {' and '.join(found.limits)}", style="bold")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("variability", "good", "yield", "95 % interval"):
        table.add_column(head, justify="right")
    for each in found.points:
        share = f"{100 * each.good / each.dies:.3g} %"
        interval = f"{100 * each.low:.3g} … {100 * each.high:.3g} %"
        table.add_row(f"x {each.scale:g}", f"{each.good}/{each.dies}", share, interval)
    out.print(table)
    for level in found.levels:
        head = f"yield falls to {100 * level.level:g} %"
        if level.scale is None or not np.isfinite(level.scale):
            out.print(f"{head}: not within these variabilities")
            continue
        note = ", extrapolated" if level.beyond else ""
        interval = f"95 %: {level.low:.3g} … {level.high:.3g}"
        out.print(f"{head} at x {level.scale:.3g} ({interval}{note})")
    out.print(
        "variability: multiple of every standard deviation of cells and dies; levels by a probit "
        "fit",
        style="dim",
    )
