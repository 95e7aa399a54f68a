"""Measured curves as arrays in SI, one entry a line of the files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from device_models.arrays import Floats

Bools = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Switching:
    """Counts of switching pulses, arrays (cells): from_ap is the AP→P polarity."""

    amplitude_v: Floats
    duration_s: Floats
    from_ap: Bools
    trials: Floats
    switched: Floats


@dataclass(frozen=True, kw_only=True)
class Resistance:
    """Resistance against bias, arrays (readings)."""

    voltage_v: Floats
    resistance_ohm: Floats
    antiparallel: Bools


@dataclass(frozen=True, kw_only=True)
class Stress:
    """Pulses survived under stress, arrays (cells); censored: stopped before it broke."""

    voltage_v: Floats
    duration_s: Floats
    cycles: Floats
    censored: Bools


@dataclass(frozen=True, kw_only=True)
class Measured:
    """All data of a calibration, with the names of the files of each kind.

    assumed_trials: behind each probability of files that do not say, None if all do.
    """

    switching: Switching | None
    resistance: Resistance | None
    stress: Stress | None
    files: Mapping[str, Sequence[str]]
    assumed_trials: int | None
