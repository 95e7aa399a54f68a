"""The windows and the box of a design measured in worker processes; every point is kept."""

import hashlib
import importlib.metadata
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from device_models.ranges import RangeError
from dse import kept, tolerance
from dse.errors import NoDesignError
from dse.spec import Box, Edge, Tolerance, Window
from dse.storage import held
from dse.tolerance import ACCURACY, DROP, RANGE, Moves, Verdict, Walk
from objectives.design import Design, Value, flatten, unflatten

Submit = Callable[..., "Future[Any]"]
Told = Callable[[str], None]
SAID_EVERY = 10
"""Points between two words on progress: a point is a few trainings."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A design to move, on a dataset, with seeds; data: checksums, as in a spec."""

    design: Design
    dataset: str
    seeds: tuple[int, ...]
    data: Mapping[str, str]

    @property
    def key(self) -> str:
        """SHA-256 of everything that decides a verdict, except the move."""
        decides = {
            "design": flatten(self.design),
            "seeds": list(self.seeds),
            "data": dict(self.data),
            "drop": DROP,
            "version": importlib.metadata.version("mtj-dse"),
        }
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()


def judge(
    dataset: str, seeds: Sequence[int], least: float, flat: Mapping[str, Value]
) -> dict[str, Any]:
    """Whether a moved design holds, cheap before dear; runs in a worker."""
    from dse.workers import _data
    from objectives.evaluate import check_constraints, one_seed

    try:
        design, data = unflatten(flat), _data(dataset)
        broken = [name for name, v in check_constraints(design, data).items() if v > 0]
        if broken:
            return {"limit": broken[0], "accuracy": None}
        accuracy = float(np.mean([one_seed(design, data, s)["accuracy"] for s in seeds]))
    except RangeError:
        return {"limit": RANGE, "accuracy": None}
    return {"limit": ACCURACY if accuracy < least else "", "accuracy": accuracy}


def broken_corner(
    dataset: str, flat: Mapping[str, Value], names: Sequence[str], moves: Any
) -> str:
    """The first constraint that breaks at one of these corners, or ""; runs in a worker."""
    from dse.workers import _data
    from objectives.evaluate import check_constraints

    for row in moves:
        moved = _moved(flat, dict(zip(names, map(float, row), strict=True)))
        try:
            found = check_constraints(unflatten(moved), _data(dataset))
        except RangeError:
            return RANGE
        broken = [name for name, value in found.items() if value > 0]
        if broken:
            return broken[0]
    return ""


def _moved(flat: Mapping[str, Value], moves: Moves) -> dict[str, Value]:
    return {**flat, **{name: float(flat[name]) * (1 + by) for name, by in moves.items()}}


class Points:
    """Verdicts of moved designs: those on disk are not asked for again, new ones are put there."""

    def __init__(self, plan: Plan, place: Path, submit: Submit) -> None:
        self._plan, self._place, self._submit = plan, place, submit
        self._flat = flatten(plan.design)
        self._known = kept.read(place, plan.key)
        self.least = -1.0

    def ask(self, moves: Moves) -> "Future[Verdict]":
        """The verdict on the design with these moves."""
        name = json.dumps(dict(sorted(moves.items())))
        future: Future[Verdict] = Future()
        if name in self._known:
            future.set_result(Verdict(**self._known[name]))
            return future
        flat = _moved(self._flat, moves)
        asked = self._submit(judge, self._plan.dataset, self._plan.seeds, self.least, flat)
        future.set_running_or_notify_cancel()
        asked.add_done_callback(lambda done: self._keep(name, done, future))
        return future

    def _keep(self, name: str, done: "Future[Any]", future: "Future[Verdict]") -> None:
        if done.cancelled():
            future.set_exception(RuntimeError("cancelled"))
        elif error := done.exception():
            future.set_exception(error)
        else:
            kept.append(self._place, self._plan.key, name, done.result())
            future.set_result(Verdict(**done.result()))


def measure(plan: Plan, place: Path, submit: Submit, told: Told = lambda _: None) -> Tolerance:
    """Windows and box of a design; `place` holds every verdict, and is gone on from.

    NoDesignError if the design itself breaks a constraint.
    """
    lock = place.with_name(f".{place.name}.lock")
    with held(lock, f"{place} is being written by another process"):
        points = Points(plan, place, submit)
        told("accuracy of the design itself")
        own = points.ask({}).result()
        if own.accuracy is None:
            raise NoDesignError(
                f"the design breaks {own.limit}: it has no tolerance; give --no-tolerance"
            )
        points.least = own.accuracy - DROP
        windows = _windows(plan, points, told)
        return Tolerance(
            drop=DROP,
            accuracy=own.accuracy,
            seeds=list(plan.seeds),
            windows=windows,
            box=_box(plan, points, windows, submit, own.accuracy, told),
        )


def _windows(plan: Plan, points: Points, told: Told) -> dict[str, Window]:
    flat, names = flatten(plan.design), tolerance.quantities(plan.design)
    walks = {
        (name, side): tolerance.edge(name, float(flat[name]), side)
        for name in names
        for side in (-1, 1)
    }
    edges = _walk(walks, points, told)
    return tolerance.ranked(
        {
            name: tolerance.window(name, float(flat[name]), edges[name, -1], edges[name, 1])
            for name in names
        }
    )


def _walk(
    walks: Mapping[tuple[str, int], Walk], points: Points, told: Told
) -> dict[tuple[str, int], Edge]:
    """Walk all edges at once, each a point at a time."""
    edges: dict[tuple[str, int], Edge] = {}
    waiting = {points.ask(next(walk)): at for at, walk in walks.items()}
    tried = 0
    while waiting:
        for future in wait(waiting, return_when=FIRST_COMPLETED).done:
            at, tried = waiting.pop(future), tried + 1
            if tried % SAID_EVERY == 0:
                told(f"window edges {len(edges)}/{len(walks)}, {tried} points tried")
            try:
                waiting[points.ask(walks[at].send(future.result()))] = at
            except StopIteration as end:
                edges[at] = end.value
    return edges


def _box(
    plan: Plan,
    points: Points,
    windows: Mapping[str, Window],
    submit: Submit,
    accuracy: float,
    told: Told,
) -> Box | None:
    """The largest box of SHARES that holds; None if none does."""
    names, flat = list(windows), flatten(plan.design)
    trained, checked = tolerance.trained_corners(windows), tolerance.random_corners(windows)
    limit = ""
    for share in tolerance.SHARES:
        told(f"box of {100 * share:g} % of the windows: constraints")
        broken = submit(broken_corner, plan.dataset, flat, names, share * checked).result()
        verdicts: list[Verdict] = []
        for start in (
            () if broken else range(0, len(trained), 2)
        ):  # few at once: the first may fail
            rows = share * trained[start : start + 2]
            asked = [points.ask(dict(zip(names, map(float, row), strict=True))) for row in rows]
            verdicts += [future.result() for future in asked]
            told(f"box of {100 * share:g} %: corner {len(verdicts)}/{len(trained)}")
            broken = next((v.limit for v in verdicts if v.limit), "")
            if broken:
                break
        if not broken:
            found = tolerance.box(windows, share, verdicts, accuracy)
            return found.model_copy(update={"limit": limit or tolerance.NONE})
        limit = broken
    return None
