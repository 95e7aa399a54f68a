"""Synthetic measured curves of a known junction: the CSV files of docs/calibrate.

python -m benchmarks.make_calibration_data. Switching counts come from the stochastic LLG
macrospin, not from the Fokker-Planck table that the calibration fits them with; each cell has
trajectories of its own. Resistance has normal errors of 0.5 %, cycles to breakdown are Weibull.
Ten seconds on one core.
"""

import csv
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from device_models.library import DEVICES
from device_models.macrospin import switching_counts
from device_models.switching import switching_probability
from device_models.transport import junction_voltage, resistance_antiparallel
from device_models.variation import nominal_cell

FOLDER = Path(__file__).parents[1] / "docs/calibrate"
SEED = 20251
TRIALS = 200

DEVICE = "reference-40nm"
TRUE = replace(DEVICES[DEVICE].mtj, p_to_ap_ratio=1.3)
T63_S, T63_V, EXPONENT, SHAPE = 1e-4, 1.2, 45.0, 1.5
"""63 % of the cells are broken after T63_S at T63_V; n and β of the power law and the Weibull."""

ERROR = 0.005
STRESS_S, LAST_CYCLE = 20e-9, 1_000_000


def overdrives(volts: np.ndarray, from_ap: bool) -> np.ndarray:
    """I/I_c0 of pulses across the junction."""
    cell = nominal_cell(TRUE)
    tmr = TRUE.tmr if from_ap else 0.0
    ohm = resistance_antiparallel(float(cell.r_p_ohm), tmr, volts, TRUE.tmr_half_v)
    needed = float(cell.critical_a) * (1.0 if from_ap else TRUE.p_to_ap_ratio)
    return np.asarray(volts / ohm / needed)


def amplitudes(from_ap: bool, pulse_s: float, count: int) -> np.ndarray:
    """Voltages [V], in whole mV, that switch between 3 and 97 %."""
    volts = np.linspace(0.05, 1.6, 2000)
    drive = overdrives(volts, from_ap)
    volts, drive = volts[drive < 4.9], drive[drive < 4.9]
    p = switching_probability(drive, pulse_s / nominal_cell(TRUE).tau_d_s, TRUE.barrier)
    low, high = np.interp([0.03, 0.97], p, volts)
    return np.round(np.linspace(low, high, count), 3)


def counts(lengths_s: Iterable[float], count: int, rng: np.random.Generator) -> list[list[object]]:
    """Lines amplitude [mV], duration [ns], polarity, trials, switched."""
    lines: list[list[object]] = []
    for from_ap, name in ((True, "AP-P"), (False, "P-AP")):
        for pulse_s in lengths_s:
            volts = amplitudes(from_ap, pulse_s, count)
            time = pulse_s / nominal_cell(TRUE).tau_d_s
            for volt, drive in zip(volts, overdrives(volts, from_ap), strict=True):
                # A call a cell: durations of one call share their trajectories.
                switched = switching_counts(
                    float(drive), time, TRUE.barrier, TRUE.damping, TRIALS, rng
                )
                ns = f"{1e9 * pulse_s:g}"
                lines.append([f"{1e3 * volt:.0f}", ns, name, TRIALS, switched])
    return lines


def readings(rng: np.random.Generator) -> list[list[object]]:
    """Lines voltage, resistance, state."""
    r_p, lines = float(nominal_cell(TRUE).r_p_ohm), []
    for state, tmr in (("P", 0.0), ("AP", TRUE.tmr)):
        for volt in np.linspace(-0.5, 0.5, 21):
            v = float(junction_voltage(abs(volt), r_p, tmr, TRUE.tmr_half_v, 0.0))
            ohm = float(resistance_antiparallel(r_p, tmr, v, TRUE.tmr_half_v))
            seen = ohm * (1 + ERROR * rng.standard_normal())
            lines.append([f"{volt:.2f}", f"{seen:.1f}", state])
    return lines


def lives(rng: np.random.Generator) -> list[list[object]]:
    """Lines voltage, duration [ns], cycles, censored."""
    lines: list[list[object]] = []
    for volt in (1.05, 1.1, 1.15, 1.2, 1.25):
        n63 = T63_S * (volt / T63_V) ** -EXPONENT / STRESS_S
        for life in np.ceil(n63 * rng.standard_exponential(16) ** (1 / SHAPE)):
            stopped = life > LAST_CYCLE
            cycles = LAST_CYCLE if stopped else int(life)
            lines.append([volt, f"{1e9 * STRESS_S:g}", cycles, "yes" if stopped else "no"])
    return lines


def write(name: str, how: str, header: str, lines: list[list[object]]) -> None:
    """A file whose first line says that it is no measurement."""
    path = FOLDER / name
    with path.open("w", newline="", encoding="utf-8") as file:
        file.write(f"# SYNTHETIC, no measurement: {how}, seed {SEED}; make_calibration_data.py\n")
        file.write(f"{header}\n")
        csv.writer(file, lineterminator="\n").writerows(lines)
    print(path)


def main() -> None:
    """Write the four files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    device = f"{DEVICE} with p_to_ap_ratio {TRUE.p_to_ap_ratio:g}"
    llg, header = f"LLG Monte Carlo of {device}", "amplitude [mV],duration [ns],polarity"
    columns = f"{header},trials,switched"
    write("switching.csv", llg, columns, counts((2e-9, 5e-9, 20e-9), 9, rng))
    write("one_length.csv", llg, columns, counts((10e-9,), 9, rng))
    noise = f"R(V) of {device}, errors {100 * ERROR:g} %"
    write("resistance.csv", noise, "voltage_v,resistance_ohm,state", readings(rng))
    law = f"Weibull, t63 {T63_S:g} s at {T63_V:g} V, n {EXPONENT:g}, shape {SHAPE:g}"
    write("breakdown.csv", law, "voltage_v,duration [ns],cycles,censored", lives(rng))


if __name__ == "__main__":
    main()
