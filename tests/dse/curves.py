"""Made-up measured curves of a known junction."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from device_models.library import DEVICES
from device_models.params import Mtj
from device_models.variation import nominal_cell
from dse.calibrate_counts import critical, model, pulse_current
from dse.calibrate_data import Switching

TRUE = replace(DEVICES["reference-40nm"].mtj, p_to_ap_ratio=1.3, torque_efficiency=1.4)
FIELDS = ("barrier", "torque_efficiency", "p_to_ap_ratio", "anisotropy_t")
START = replace(TRUE, barrier=45.0, torque_efficiency=1.0, p_to_ap_ratio=1.5, anisotropy_t=0.2)


def overdrive_of(mtj: Mtj, switching: Switching, series_ohm: float = 0.0) -> np.ndarray:
    """I/I_c0 of each cell."""
    current = pulse_current(switching.amplitude_v, switching.from_ap, mtj, series_ohm)
    needed = critical(mtj)
    return np.asarray(current / np.where(switching.from_ap, needed[True], needed[False]))


def planned(
    mtj: Mtj, lengths_s: Sequence[float], amplitudes: int, trials: int, series_ohm: float = 0.0
) -> Switching:
    """Cells whose probability goes from 3 to 97 % in both polarities; nothing has switched."""
    rows = []
    for from_ap in (True, False):
        for length in lengths_s:
            scan = cells(np.linspace(0.05, 1.6, 400), length, from_ap, trials)
            scan = taken(scan, overdrive_of(mtj, scan, series_ohm) < 4.9)
            p, _ = model(mtj, scan, series_ohm)
            low, high = np.interp([0.03, 0.97], p, scan.amplitude_v)
            rows.append(cells(np.linspace(low, high, amplitudes), length, from_ap, trials))
    return Switching(
        **{name: np.concatenate([vars(row)[name] for row in rows]) for name in vars(rows[0])}
    )


def cells(volts: np.ndarray, length_s: float, from_ap: bool, trials: int) -> Switching:
    """One curve."""
    return Switching(
        amplitude_v=volts,
        duration_s=np.full(volts.size, length_s),
        from_ap=np.full(volts.size, from_ap),
        trials=np.full(volts.size, float(trials)),
        switched=np.zeros(volts.size),
    )


def taken(data: Switching, which: np.ndarray) -> Switching:
    """Some of the cells."""
    return Switching(**{name: values[which] for name, values in vars(data).items()})


def drawn(plan: Switching, rng: np.random.Generator, series_ohm: float = 0.0) -> Switching:
    """Binomial counts of the plan on the true junction."""
    p, _ = model(TRUE, plan, series_ohm)
    return replace(plan, switched=rng.binomial(plan.trials.astype(int), p).astype(float))


def reduced_times(plan: Switching) -> np.ndarray:
    """Pulse lengths in τ_D of the true junction."""
    return np.asarray(plan.duration_s / nominal_cell(TRUE).tau_d_s)
