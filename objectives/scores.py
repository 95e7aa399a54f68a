"""What an evaluation returns, and what each figure means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np


@dataclass(frozen=True)
class Metric:
    """Meaning of a figure: which way is better, its unit, and whether it spans decades.

    part: one of the parts a cost is broken down into.
    """

    title: str
    unit: str
    direction: Literal["maximize", "minimize"]
    decades: bool = False
    part: bool = False


def _part(title: str, unit: str) -> Metric:
    """A part of a cost, on a scale that spans decades."""
    return Metric(title, unit, "minimize", decades=True, part=True)


METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "accuracy": Metric("validation accuracy, vote of ten", "", "maximize"),
        "accuracy_winner": Metric("validation accuracy, winner's label", "", "maximize"),
        "learning_energy_j": Metric("learning energy an image", "J", "minimize", True),
        "inference_energy_j": Metric("inference energy an image", "J", "minimize", True),
        "device_energy_j": Metric("learning energy in the cells an image", "J", "minimize", True),
        "lifetime_images": Metric(
            "images until 100 ppm of cells break", "images", "maximize", True
        ),
        "lifetime_images_low": Metric(
            "lifetime under the least favourable breakdown law", "images", "maximize", True
        ),
        "lifetime_images_high": Metric(
            "lifetime under the most favourable breakdown law", "images", "maximize", True
        ),
        "learning_latency_s": Metric("time to learn one image", "s", "minimize", True),
        "inference_latency_s": Metric("time to classify one image", "s", "minimize", True),
        "area_m2": Metric("area of cells and periphery", "m^2", "minimize", True),
        "attempts_per_cell": Metric("write pulses a cell, whole training", "", "minimize", True),
        "flips_per_cell": Metric("switching events a cell, whole training", "", "minimize", True),
        "neurons_used": Metric("fraction of neurons that ever win", "", "maximize"),
        "write_share_min": Metric("lowest share of the write drive in a row", "", "maximize"),
        "cell_margin_sigma": Metric(
            "sense margin of one cell, standard deviations", "", "maximize"
        ),
        "column_contrast_sigma": Metric("spread of columns over the read noise", "", "maximize"),
        "attenuation_error": Metric(
            "fast IR-drop model, rms error between columns", "", "minimize"
        ),
        "energy_write_cells_j": _part("learning energy, write pulses in the cells", "J"),
        "energy_write_lines_j": _part("learning energy, bit lines of a write", "J"),
        "energy_read_cells_j": _part("learning energy, reads of the cells", "J"),
        "energy_row_drivers_j": _part("learning energy, row drivers", "J"),
        "energy_write_drivers_j": _part("learning energy, write drivers", "J"),
        "energy_sense_j": _part("learning energy, sense amplifiers", "J"),
        "energy_adc_j": _part("learning energy, converters", "J"),
        "energy_adders_j": _part("learning energy, adders", "J"),
        "energy_neurons_j": _part("learning energy, neurons", "J"),
        "energy_winner_j": _part("learning energy, winner-take-all", "J"),
        "latency_read_s": _part("time to learn, reads", "s"),
        "latency_row_drivers_s": _part("time to learn, row drivers", "s"),
        "latency_sense_s": _part("time to learn, sense amplifiers", "s"),
        "latency_adc_s": _part("time to learn, converters", "s"),
        "latency_adders_s": _part("time to learn, adders", "s"),
        "latency_winner_s": _part("time to learn, winner-take-all", "s"),
        "latency_write_drivers_s": _part("time to learn, write drivers", "s"),
        "latency_write_s": _part("time to learn, write pulses", "s"),
        "area_cells_m2": _part("area of the cells", "m^2"),
        "area_row_drivers_m2": _part("area of the row drivers", "m^2"),
        "area_write_drivers_m2": _part("area of the write drivers", "m^2"),
        "area_sense_m2": _part("area of the sense amplifiers", "m^2"),
        "area_adc_m2": _part("area of the converters", "m^2"),
        "area_adders_m2": _part("area of the adders", "m^2"),
        "area_neurons_m2": _part("area of the neurons", "m^2"),
        "area_winner_m2": _part("area of the winner-take-all", "m^2"),
    }
)


@dataclass(frozen=True, kw_only=True)
class Scores:
    """Figures of one design, means over the seeds.

    `values`: every name of METRICS. `constraints`: name -> value, feasible at <= 0 and scaled so
    that 0.1 means "10 % too far". `spread`: standard deviation over seeds of the noisy figures.
    `seeds`: the seeds used.
    """

    values: Mapping[str, float]
    constraints: Mapping[str, float]
    spread: Mapping[str, float] = field(default_factory=dict)
    seeds: tuple[int, ...] = ()

    @property
    def feasible(self) -> bool:
        """Whether every constraint holds."""
        return all(value <= 0 for value in self.constraints.values())


def over_seeds(
    runs: Sequence[Mapping[str, float]], constraints: Mapping[str, float], seeds: Sequence[int]
) -> Scores:
    """Scores of a design from its figures with each seed."""
    names = list(runs[0])
    table = np.array([[run[name] for name in names] for run in runs])
    with np.errstate(invalid="ignore"):  # a die that nothing wears lasts for ever: spread unknown
        spread = table.std(axis=0, ddof=1) if len(runs) > 1 else np.zeros(len(names))
    return Scores(
        values=dict(zip(names, table.mean(axis=0).tolist(), strict=True)),
        constraints=constraints,
        spread={n: s for n, s in zip(names, spread.tolist(), strict=True) if np.isfinite(s)},
        seeds=tuple(seeds),
    )
