"""Named multilevel cells: every number with its source, or marked as recalled or assumed."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from device_models.analog import AnalogCell, LevelLaw
from device_models.library import ASSUMPTION
from device_models.ranges import Checked, Range, check_choice


@dataclass(frozen=True, kw_only=True)
class Synapse(Checked):
    """What stores a weight: junctions of the design, or a multilevel cell in their place.

    topology: how `junctions` of them make one synapse. single; series: a string behind one access
    transistor, a graded weight at the on/off ratio of a junction; and: each sensed by itself, on
    when all are parallel; parallel: a bit line each, joined at the sense amplifier; long_short:
    two in parallel of which the second is written with `slow_ratio` times the amplitude. In pairs
    (`Array.read_scheme`) both sides have as many; four junctions a synapse are the most.

    What follows is for multilevel cells only. The chances thin the pulses out at random,
    cell by cell, as a junction's own physics does; the generator of those bits is not charged.

    drift_s: time from learning and naming the neurons to inference.
    reference: "replica" is a column of cells that drifts as the array does on average (global
    drift compensation), "fixed" a resistor that does not.
    worn_cycles: wear that every cell has had before learning begins.
    """

    kind: Literal["mtj", "rram", "rram_array", "pcm"] = "mtj"
    topology: Literal["single", "series", "and", "parallel", "long_short"] = "single"
    junctions: Annotated[int, Range(1, 4, "", "of series, and, parallel; a side of a pair")] = 2
    slow_ratio: Annotated[
        float, Range(0.3, 1.0, "", "long_short: amplitude of the second over the first's")
    ] = 0.9
    potentiation_chance: Annotated[
        float, Range(0.0, 1.0, "", "multilevel: chance that a potentiation pulse is given")
    ] = 1.0
    depression_chance: Annotated[
        float, Range(0.0, 1.0, "", "multilevel: chance that a depression pulse is given")
    ] = 1.0
    drift_s: Annotated[float, Range(0.0, 1e9, "s", "multilevel: from learning to inference")] = (
        86_400.0
    )
    reference: Literal["replica", "fixed"] = "replica"
    worn_cycles: Annotated[float, Range(0.0, 1e18, "", "multilevel: wear before learning")] = 0.0


@dataclass(frozen=True, kw_only=True)
class AnalogDevice:
    """A named multilevel cell with the source of every number."""

    title: str
    cell: AnalogCell
    sources: Mapping[str, str]


_AIHWKIT = "as fitted in IBM's aihwkit (MIT licence)"
_GONG_2018 = f"Gong et al. 2018, doi 10.1038/s41467-018-04485-1, {_AIHWKIT}"
_GONG_2022 = f"Gong, Rasch et al. 2022, doi 10.1109/IEDM45625.2022.10019569, {_AIHWKIT}"
_WAN = f"Wan et al. 2022, doi 10.1038/s41586-022-04992-8, {_AIHWKIT}"
_WAN_RELAXATION = (
    f"{_WAN}: at a quarter of 40 µS 2.3 µS after 1 s, 3.7 µS after 1 day; grows as log t by"
    " Falcone et al. 2025, arXiv 2502.04524"
)
_ZHAO = "Zhao et al. 2018, doi 10.1109/IEDM.2018.8614664 (abstract): 1e11 cycles, weak pulses"
_HUANG = (
    "Huang et al. (recalled: IEDM 2013), abstract: 1e6 for four levels of HfOx;"
    f" that they are these pulses is an {ASSUMPTION}"
)
_NANDAKUMAR = f"Nandakumar et al. 2020, doi 10.3389/fnins.2020.00406, {_AIHWKIT}"
_JOSHI = f"Joshi et al. 2020, doi 10.1038/s41467-020-16108-9, {_AIHWKIT}"
_AMBROGIO = "abrupt reset: Ambrogio et al. 2016, doi 10.3389/fnins.2016.00056"
_BOYBAT = "recalled: Boybat et al. 2018, doi 10.1038/s41467-018-04933-y"
_KUZUM = "Kuzum et al. 2012, doi 10.1021/nl201040y"
_RRAM_J = f"{ASSUMPTION}: write_v²·20 µS·50 ns"
_RRAM_V = "below 1.5 V: Falcone et al. 2025, arXiv 2502.04524 (abstract)"
_RRAM_S = "recalled: Yao et al. 2017, doi 10.1038/ncomms15199"

_NO_LAW = LevelLaw()
_RRAM_COMMON = {
    "low_s": "recalled: Wan et al. 2022",
    "high_s": _WAN,
    "drift_after_s": f"{_WAN}: first reading at 1 s",
    "drift": "no mean drift in the same data",
    "drift_spread": "the same",
    "relaxation": _WAN_RELAXATION,
    "endurance_sigma": ASSUMPTION,
    "wear_up": "every pulse counts: the sources count pulses",
    "wear_down": "every pulse counts: the sources count pulses",
    "stuck": f"{ASSUMPTION}: a filament that no longer ruptures",
    "potentiation_j": _RRAM_J,
    "depression_j": _RRAM_J,
    "potentiation_s": _RRAM_S,
    "depression_s": _RRAM_S,
    "write_v": _RRAM_V,
}

ANALOG_DEVICES: Mapping[str, AnalogDevice] = MappingProxyType(
    {
        "rram": AnalogDevice(
            title="HfO2 RRAM under weak pulses: about a thousand small, noisy steps",
            cell=AnalogCell(
                low_s=1e-6, high_s=40e-6, range_spread=0.15, step_up=0.0016, step_down=0.00267,
                bend_up=1.0, bend_down=1.0, step_spread=0.3, pulse_noise=0.00375,
                write_noise=0.056, drift_after_s=1.0, drift=_NO_LAW, drift_spread=_NO_LAW,
                relaxation=0.015, endurance_cycles=1e11, endurance_sigma=1.0, wear_up=1.0,
                wear_down=1.0, stuck="highest", potentiation_j=2.25e-12, depression_j=2.25e-12,
                potentiation_s=50e-9, depression_s=50e-9, write_v=1.5,
            ),
            sources=MappingProxyType(
                _RRAM_COMMON
                | dict.fromkeys(
                    ("range_spread", "step_up", "step_down", "bend_up", "bend_down",
                     "step_spread", "pulse_noise", "write_noise"), _GONG_2018,
                )
                | {"endurance_cycles": _ZHAO}
            ),
        ),
        "rram_array": AnalogDevice(
            title="RRAM array in 14 nm, optimised oxide: about twenty coarse steps",
            cell=AnalogCell(
                low_s=1e-6, high_s=40e-6, range_spread=0.23, step_up=0.0949, step_down=0.0949,
                bend_up=1.0, bend_down=1.0, step_spread=0.78, pulse_noise=0.0197,
                write_noise=0.067, drift_after_s=1.0, drift=_NO_LAW, drift_spread=_NO_LAW,
                relaxation=0.015, endurance_cycles=1e6, endurance_sigma=1.0, wear_up=1.0,
                wear_down=1.0, stuck="highest", potentiation_j=2.25e-12, depression_j=2.25e-12,
                potentiation_s=50e-9, depression_s=50e-9, write_v=1.5,
            ),
            sources=MappingProxyType(
                _RRAM_COMMON
                | dict.fromkeys(
                    ("range_spread", "step_up", "step_down", "bend_up", "bend_down",
                     "step_spread", "pulse_noise", "write_noise"), _GONG_2022,
                )
                | {"endurance_cycles": _HUANG}
            ),
        ),
        "pcm": AnalogDevice(
            title="Ge2Sb2Te5 phase change: gradual crystallisation, abrupt reset",
            cell=AnalogCell(
                low_s=0.1e-6, high_s=25e-6, range_spread=0.05, step_up=0.141, step_down=1.0,
                bend_up=1.0, bend_down=1.0, step_spread=0.2, pulse_noise=0.042,
                write_noise=0.0, drift_after_s=20.0,
                drift=LevelLaw(at_one=0.0244, slope=0.0155, low=0.049, high=0.1),
                drift_spread=LevelLaw(at_one=-0.0059, slope=0.0125, low=0.008, high=0.045),
                relaxation=0.0, endurance_cycles=1e9, endurance_sigma=1.0, wear_up=0.0,
                wear_down=1.0, stuck="lowest", potentiation_j=0.675e-12, depression_j=50e-12,
                potentiation_s=50e-9, depression_s=50e-9, write_v=2.0,
            ),
            sources=MappingProxyType(
                {
                    "low_s": ASSUMPTION,
                    "high_s": _JOSHI,
                    "range_spread": _NANDAKUMAR,
                    "step_up": f"{_NANDAKUMAR}: first step; 0.6 of a mean step is noise",
                    "step_down": _AMBROGIO,
                    "bend_up": f"{ASSUMPTION}: soft bound for the exponential of the same fit",
                    "bend_down": _AMBROGIO,
                    "step_spread": _NANDAKUMAR,
                    "pulse_noise": f"{_NANDAKUMAR}: 0.6 of the mean step",
                    "write_noise": "in pulse_noise",
                    "drift_after_s": _JOSHI,
                    "drift": _JOSHI,
                    "drift_spread": _JOSHI,
                    "relaxation": "in drift_spread",
                    "endurance_cycles": "1e9: J. Nanomaterials 2013, 195325, table 4; a record is"
                    " 2e12 (Kim et al., IEDM 2016 abstract)",
                    "endurance_sigma": ASSUMPTION,
                    "wear_up": f"{ASSUMPTION}: melting does the harm",
                    "wear_down": "one reset a cycle",
                    "stuck": f"{ASSUMPTION}: voids, stuck-reset; stuck-set is reported as well",
                    "potentiation_j": _KUZUM,
                    "depression_j": _KUZUM,
                    "potentiation_s": _BOYBAT,
                    "depression_s": f"{_JOSHI}: 450 µA for 50 ns",
                    "write_v": ASSUMPTION,
                }
            ),
        ),
    }
)  # fmt: skip


def analog_cell(kind: str) -> AnalogCell:
    """The multilevel cell of that name."""
    check_choice("kind", kind, ANALOG_DEVICES)
    return ANALOG_DEVICES[kind].cell
