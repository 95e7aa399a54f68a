"""Where the models and the numbers of a design come from, and which come from nowhere public."""

from collections.abc import Iterable, Mapping

from device_models.analog import AnalogCell
from device_models.analog_library import ANALOG_DEVICES
from device_models.library import ASSUMPTION, DEVICES
from device_models.ranges import ranges_of
from dse.page import Cell
from dse.study import Study, make_design
from dse.units import show
from dse.values import axis_text, unit_of
from objectives.design import Design, Value

UNSOURCED = "assumption: no public source"
MODELS = {
    "switching of a pulse": "Fokker-Planck equation of a perpendicular macrospin: Brown 1963, doi "
    "10.1103/PhysRev.130.1677; Butler 2012, doi 10.1109/TMAG.2012.2209122; Tzoufras 2018, doi "
    "10.1063/1.5003832",
    "critical current": "Sun 2000, doi 10.1103/PhysRevB.62.570; Sun 2013, doi "
    "10.1103/PhysRevB.88.104426",
    "resistance": "TMR with bias roll-off: Zhang 1997, doi 10.1103/PhysRevLett.79.3744",
    "retention, read disturb": "the switching model without current and at the read current: "
    "Brown 1963, doi 10.1103/PhysRev.130.1677",
    "endurance": "three voltage laws, Weibull or log-normal: Van Beek et al., IRPS 2018; its "
    "constants are an assumption that meets public anchors",
}
"""Models of junctions, as in the table of the README."""
LEARNER = (
    "Zhou 2025, arXiv 2308.11011; Querlioz 2013; Diehl and Cook 2015, doi 10.3389/fncom.2015.00099"
)
MULTILEVEL = (
    "Chen 2018, doi 10.1109/TCAD.2018.2789723; Gong 2018, doi 10.1038/s41467-018-04485-1; Joshi "
    "2020, doi 10.1038/s41467-020-16108-9"
)
ARRAY = "Kirchhoff's laws; error against the exact solve measured in every trial"


def models(design: Design) -> list[list[str]]:
    """(part, source) of each model a design is scored with."""
    cells = MODELS if design.synapse.kind == "mtj" else {"multilevel synapses": MULTILEVEL}
    return [
        [part, source] for part, source in (cells | {"learner": LEARNER, "array": ARRAY}).items()
    ]


def numbers(
    study: Study, params: Mapping[str, Value], given: Mapping[str, str]
) -> list[list[str | Cell]]:
    """(name, value, source) of the device of one design, assumptions in strong letters.

    given: source of each number of a device file, which the study does not keep.
    """
    design = make_design(study, params)
    if design.synapse.kind != "mtj":
        preset, rules = ANALOG_DEVICES[design.synapse.kind], ranges_of(AnalogCell)
        return [
            [
                f"synapse.{name}",
                show(getattr(preset.cell, name), rules[name].unit) if name in rules else "",
                _marked(source),
            ]
            for name, source in preset.sources.items()
        ]
    return [
        [
            f"device.{name}",
            show(value, unit_of(f"device.{name}")),
            _marked(_source(study, name, value, given)),
        ]
        for name, value in vars(design.device).items()
    ]


def _source(study: Study, name: str, value: Value, given: Mapping[str, str]) -> str:
    flat, library = f"device.{name}", DEVICES.get(study.device)
    if flat in study.space:
        return f"searched: {axis_text(flat, study.space[flat])}"
    if library is not None and getattr(library.mtj, name) != value:
        return "set in the study file"
    sources = library.sources if library is not None else given
    source = sources.get(name, "")
    if library is None and not source:
        return f"device file {study.device}"
    return UNSOURCED if source in ("", ASSUMPTION) else source


def _marked(source: str) -> str | Cell:
    """Strong if the whole source is an assumption, or a paper that was not at hand."""
    weak = source.startswith(ASSUMPTION) or "recalled" in source
    return Cell(text=source, strong=True) if weak else source


def grouped(assumptions: Iterable[str]) -> list[list[str]]:
    """(names, reason) of lines "part.name: reason": those of one part and reason in one row."""
    groups: dict[tuple[str, str], list[str]] = {}
    for line in assumptions:
        name, _, reason = line.partition(": ")
        groups.setdefault((name.partition(".")[0], reason), []).append(name)
    return [[", ".join(names), reason] for (_, reason), names in groups.items()]
