"""docs/search.md and its picture from what `search_methods` and `early_stop` measured.

python -m benchmarks.search_page
"""

import json
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

DOCS = Path(__file__).parents[1] / "docs"
SAMPLERS, STOPPING = DOCS / "search.jsonl", DOCS / "early_stop.jsonl"
AT = (50, 100, 200)
LONG = (200, 500, 1000)
SHOWN = {
    ("looks", "tpe"): ("TPE", "#1f77b4"),
    ("looks", "nsga2"): ("NSGA-II, population 20", "#ff7f0e"),
    ("looks", "gp"): ("GP", "#2ca02c"),
    ("looks", "random"): ("random", "#7f7f7f"),
}
"""(method, sampler) -> label, colour of the first two panels."""
WAYS = {
    "full": ("all trained, two dies", "#7f7f7f"),
    "full, one die": ("all trained, one die", "#9467bd"),
    "looks": ("looks, one die", "#1f77b4"),
}
"""Method of the real search -> label, colour."""
Run = dict[str, Any]


def read(path: Path) -> list[Run]:
    """The runs of a file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def seconds(run: Run) -> list[float]:
    """Seconds after each trial: evaluations and parent of a recorded search, or as measured."""
    recorded = "sampler" in run
    return [point[0] + point[1] if recorded else point[0] for point in run["curve"]]


def hypervolumes(run: Run) -> list[float]:
    """After each trial."""
    return [point[-1] for point in run["curve"]]


def chosen(runs: Sequence[Run], method: str, sampler: str = "", least: int = 0) -> list[Run]:
    """Runs of a method with at least so many trials, one a seed."""
    return [
        run
        for run in runs
        if run["method"] == method
        and run.get("sampler", "") == sampler
        and len(run["curve"]) >= least
    ]


def between(values: Sequence[float], text: Callable[[float], str]) -> str:
    """Mean (least … most)."""
    return f"{text(float(np.mean(values)))} ({text(min(values))} … {text(max(values))})"


def sampler_rows(runs: Sequence[Run]) -> list[str]:
    """Hypervolume after so many trials, and where the time goes."""
    rows = []
    for method, sampler in dict.fromkeys((r["method"], r["sampler"]) for r in runs):
        found = [r for r in chosen(runs, method, sampler) if len(r["curve"]) <= max(AT)]
        if not found:
            continue
        cells = []
        for trials in AT:
            some = [hypervolumes(r)[trials - 1] for r in found if len(r["curve"]) >= trials]
            cells.append(between(some, "{:.2f}".format) if some else "")
        evaluating, parent = (
            float(np.mean([r["curve"][-1][part] / len(r["curve"]) for r in found]))
            for part in (0, 1)
        )
        cells += [f"{evaluating:.2f}", f"{parent:.2f}", str(len(found))]
        rows.append(f"| {sampler} | {method} | {' | '.join(cells)} |")
    return rows


def long_rows(runs: Sequence[Run]) -> list[str]:
    """Hypervolume and seconds after so many trials, where searches are long."""
    rows = []
    for sampler in ("tpe", "nsga2"):
        found = chosen(runs, "looks", sampler, least=max(LONG))
        cells = []
        for trials in LONG:
            spent_s = float(np.mean([seconds(r)[trials - 1] for r in found]))
            value = between([hypervolumes(r)[trials - 1] for r in found], "{:.3f}".format)
            cells.append(f"{value}, {spent_s:.0f} s")
        rows.append(f"| {sampler} | {' | '.join(cells)} | {len(found)} |")
    return rows


def reached_s(run: Run, value: float) -> float:
    """Seconds until a hypervolume was reached; infinite if it never was."""
    pairs = zip(seconds(run), hypervolumes(run), strict=True)
    return next((spent for spent, found in pairs if found >= value), float("inf"))


def shares(runs: Sequence[Run], method: str, part: float) -> list[float]:
    """Time of looks over that of a method, to what that one has after a part of its trials."""
    found = []
    for full in chosen(runs, method):
        place = round(part * len(full["curve"])) - 1
        looks = next((r for r in chosen(runs, "looks") if r["seed"] == full["seed"]), None)
        if looks:
            value = hypervolumes(full)[place]
            found.append(reached_s(looks, value) / seconds(full)[place])
    return found


def share_rows(runs: Sequence[Run]) -> list[str]:
    """Share of the time, by what is reached."""
    rows = []
    for method in ("full", "full, one die"):
        for part in (0.5, 1.0):
            found = shares(runs, method, part)
            trials = round(part * len(chosen(runs, method)[0]["curve"]))
            never = sum(np.isinf(found))
            ended = [share for share in found if np.isfinite(share)]
            text = f"{np.median(found):.2f} ({min(found):.2f} … {max(ended):.2f})"
            rows.append(
                f"| {WAYS[method][0]}, {trials} trials | {text} | {never} of {len(found)} |"
            )
    return rows


def draw(path: Path, recorded: Sequence[Run], real: Sequence[Run]) -> None:
    """Hypervolume against trials and seconds; the real search beside them."""
    figure, axes = plt.subplots(1, 3, figsize=(15, 4.6), layout="constrained", sharey=True)
    for (method, sampler), (label, colour) in SHOWN.items():
        found = [r for r in chosen(recorded, method, sampler) if len(r["curve"]) <= max(AT)]
        if found:
            trials = [list(range(1, len(r["curve"]) + 1)) for r in found]
            _band(axes[0], trials, found, label, colour)
            _band(axes[1], [seconds(r) for r in found], found, label, colour)
    for method, (label, colour) in WAYS.items():
        found = chosen(real, method)
        _band(axes[2], [seconds(r) for r in found], found, label, colour)
    titles = (
        "recorded objective, with looks",
        "the same against time",
        "the quickstart, for real",
    )
    labels = ("trials", "processor time [s]", "processor time [s]")
    for panel, title, label in zip(axes, titles, labels, strict=True):
        panel.set_title(title)
        panel.set_xlabel(label)
        panel.grid(alpha=0.3)
        panel.legend(loc="lower right")
        panel.set_xlim(left=0)
    axes[1].set_xlim(0, 300)
    axes[0].set_ylabel("hypervolume, mean and range over seeds")
    axes[0].set_ylim(0.2, 0.9)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _band(
    panel: Any, places: Sequence[Sequence[float]], runs: Sequence[Run], label: str, colour: str
) -> None:
    """Mean and range over runs, as far as all of them go."""
    grid = np.linspace(0, min(place[-1] for place in places), 200)
    table = np.array(
        [
            np.concatenate([[0.0], hypervolumes(run)])[np.searchsorted(place, grid, side="right")]
            for place, run in zip(places, runs, strict=True)
        ]
    )
    panel.plot(grid, table.mean(axis=0), color=colour, label=f"{label} ({len(runs)} seeds)")
    panel.fill_between(grid, table.min(axis=0), table.max(axis=0), color=colour, alpha=0.15, lw=0)


def again(runs: Sequence[Run]) -> list[str]:
    """The commands that measured these runs."""
    seeds: dict[tuple[str, str, int], list[int]] = {}
    for run in runs:
        kind = (run["method"], run["sampler"], len(run["curve"]))
        seeds.setdefault(kind, []).append(run["seed"])
    return [
        f"python -m benchmarks.search_methods docs/search.jsonl {shlex.quote(method)} {sampler} "
        f"{trials} {' '.join(map(str, some))}"
        for (method, sampler, trials), some in seeds.items()
    ]


def page(recorded: Sequence[Run], real: Sequence[Run]) -> str:
    """The whole page."""
    text = (Path(__file__).with_name("search_page.md")).read_text()
    return (
        text.replace("{samplers}", "\n".join(sampler_rows(recorded)))
        .replace("{long}", "\n".join(long_rows(recorded)))
        .replace("{shares}", "\n".join(share_rows(real)))
        .replace("{again}", "\n".join(again(recorded)))
        .replace("{seeds}", str(len(chosen(real, "full"))))
    )


if __name__ == "__main__":
    runs, real_runs = read(SAMPLERS), read(STOPPING)
    draw(DOCS / "pictures" / "search.png", runs, real_runs)
    (DOCS / "search.md").write_text(page(runs, real_runs))
