"""The sections of a report behind its recommended design."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import UTC, datetime

from device_models.library import DEVICES
from dse import report_figures, report_sources, sensitivity_table
from dse.importance import FRONT, LEAST, METHOD, importance
from dse.page import Cell, Figure, Table, Text, unbroken
from dse.record import Record, Trial
from dse.sensitivity import Sensitivity, moves
from dse.spec import assumptions
from dse.study import Study, make_design
from dse.units import show
from dse.values import unit_of
from objectives.design import Design, Value, flatten
from objectives.scores import METRICS

Parts = list[Text | Table | Figure]


def energy(chosen: tuple[str, Trial]) -> Parts:
    """Bars of the energy of one design by component."""
    name, trial = chosen
    parts = report_figures.energies(trial.values)
    if not parts:
        return [Text(text="The storage holds no energies by component for this design.")]
    words = ", ".join(title for _, title, _, _ in parts[:2])
    picture = Figure(
        svg=report_figures.energy_svg(parts),
        alt=f"energy by component, largest first: {words}",
        caption=f"Learning an image with the design {name}, by component.",
    )
    return [picture]


def convergence(curve: Sequence[tuple[int, float]]) -> Parts:
    """Hypervolume against trials, and when it grew last."""
    end = curve[-1][1]
    last = next(place for place, (_, value) in enumerate(curve, 1) if value == end)
    picture = Figure(
        svg=report_figures.convergence_svg(curve),
        alt=f"hypervolume against finished trials, {end:.3f} at the end",
        caption=f"Hypervolume of the front, {end:.3f} at the end; it grew last with finished "
        f"trial {last} of {len(curve)}. A curve that still rises asks for more trials.",
    )
    return [picture]


def importance_of(record: Record) -> Parts:
    """Importance of each parameter, from the trials that are there."""
    known = len(record.complete)
    if known < LEAST:
        text = f"Importance needs {LEAST} trials with scores; this study has {known}."
        return [Text(text=text)]
    shares = importance(record)
    titles = ["reaching the front" if n == FRONT else METRICS[n].title for n in shares]
    order = sorted(record.study.space, key=lambda name: -shares[FRONT][name].share)
    cells = [[found[name] for found in shares.values()] for name in order]
    rows: list[list[str | Cell]] = [
        [name, *(Cell(text=_share(s.share, s.above_chance), bar=s.share) for s in row)]
        for name, row in zip(order, cells, strict=True)
    ]
    note = (
        f"{METHOD} ({known} with scores; arXiv 2304.10255). Shares of 100 %; in "
        "brackets: no more than chance gives. A share says which parameter the good trials agree "
        "on, not how much it changes a figure."
    )
    return [
        Text(text=note),
        Table(headers=["parameter", *(f"{t} [%]" for t in titles)], rows=rows),
    ]


def _share(share: float, above_chance: bool) -> str:
    return f"{100 * share:.0f}" if above_chance else f"({100 * share:.0f})"


def sensitivity_of(study: Study, trial: Trial, found: Sensitivity | None) -> Parts:
    """Changes of the objectives as each parameter moves a little, if they were evaluated."""
    if found is None:
        count = (len(moves(study.space, trial.params)) + 1) * study.repeats
        how = f"dse report {study.name} --sensitivity"
        return [Text(text=f"Not evaluated: it takes {count} more evaluations; {how}.")]
    headers, lines = sensitivity_table.rows(found)
    error = (
        "± standard error over them, bold: beyond two of it"
        if len(found.seeds) > 1
        else ("no standard error")
    )
    seeds = "seed" if len(found.seeds) == 1 else f"{len(found.seeds)} seeds"
    note = (
        f"Trial {found.trial}: change of each objective against the design itself as one "
        f"parameter moves, evaluated in full with the same {seeds}; {error}."
    )
    rows: list[list[str | Cell]] = [
        [name, *(Cell(text=unbroken(text), strong=strong) for text, strong in cells), breaks]
        for (name, _), *cells, (breaks, _) in lines
    ]
    return [Text(text=note), Table(headers=headers, rows=rows)]


def fixed(study: Study, trial: Trial) -> Parts:
    """Parameters that were not searched: those that the study sets, and the defaults."""
    design = make_design(study, trial.params)
    defaults = _defaults(study, design)
    still = {name: value for name, value in flatten(design).items() if name not in study.space}
    own = {n: v for n, v in still.items() if n not in defaults or defaults[n] != v}
    rest: dict[str, list[str]] = {}
    for name, value in still.items():
        if name not in own:
            part, _, leaf = name.partition(".")
            rest.setdefault(part, []).append(f"{leaf} {show(value, unit_of(name))}")
    device = f"Device {study.device}; images {study.dataset}."
    return [
        Text(text=device),
        Table(
            caption="Set by the study",
            headers=["parameter", "value"],
            rows=[[n, show(v, unit_of(n))] for n, v in own.items()],
        ),
        Table(
            caption="Left at the default of device and model",
            headers=["part", "values"],
            rows=[[part, "; ".join(texts)] for part, texts in rest.items()],
        ),
    ]


def _defaults(study: Study, design: Design) -> dict[str, Value]:
    """Flat name -> value that a design has unless a study says otherwise."""
    found = {
        f"{part.name}.{leaf.name}": leaf.default
        for part in fields(design)
        for leaf in fields(getattr(design, part.name))
        if leaf.default is not MISSING
    }
    if study.device in DEVICES:
        library = DEVICES[study.device]
        for part, numbers in (("device", library.mtj), ("breakdown", library.breakdown)):
            found |= {f"{part}.{name}": value for name, value in vars(numbers).items()}
    return found


def sources(study: Study, trial: Trial, given: Mapping[str, str]) -> Parts:
    """Sources of models and device, then every number without one."""
    design = make_design(study, trial.params)
    return [
        Table(caption="Models", headers=["part", "source"], rows=report_sources.models(design)),
        Table(
            caption=f"Device {study.device}; bold: an assumption, or a paper quoted from memory",
            headers=["parameter", "value", "source"],
            rows=report_sources.numbers(study, trial.params, given),
        ),
        Table(
            caption="Assumptions: numbers in use without a public source, in whole or in part",
            headers=["number", "what is known"],
            rows=report_sources.grouped(assumptions(study.device, design)),
        ),
    ]


def provenance(record: Record, again: str) -> Parts:
    """What it takes to repeat the study and to go on with it."""
    study = record.study
    ended = [trial.finished_ms for trial in record.finished if trial.finished_ms]
    took_s = sum(trial.duration_s for trial in record.finished)
    rows = {
        "configuration, SHA-256": record.hash,
        "seed": f"{study.seed}; {study.repeats} a trial, {study.confirm} on the front",
        "objectives": ", ".join(f"{METRICS[n].direction} {n}" for n in study.objectives),
        "device": study.device,
        "first trial ended": _date(min(ended, default=0)),
        "last trial ended": _date(max(ended, default=0)),
        "time of all evaluations": f"{took_s / 3600:.3g} h"
        if took_s > 3600
        else f"{took_s:.0f} s",
        **{f"made with {name}": text for name, text in record.versions.items()},
        **{f"data, {name}": text for name, text in record.data.items()},
        "go on with it": again,
    }
    return [Table(headers=["", ""], rows=[list(row) for row in rows.items()])]


def _date(ended_ms: int) -> str:
    if not ended_ms:
        return "not known"
    return datetime.fromtimestamp(ended_ms // 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
