"""Energy of a pulse against its length at constant switching probability: docs/pictures.

python -m benchmarks.energy_at_constant_probability. Reduced units: E = I²Rt is
i²τ·(I_c0²·R·τ_D), the resistance taken as constant, so a line of constant overdrive is straight.
Barrier, I_c0, τ_D and R_P of the library's "reference-40nm" give the scale. A few seconds.
"""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from device_models.closed_forms import PRECESSIONAL_OVERDRIVE, THERMAL_BARRIER
from device_models.library import device
from device_models.switching import OVERDRIVE, write_error_rate
from device_models.transport import critical_current, relaxation_time, resistance_parallel

PICTURE = Path(__file__).parents[1] / "docs/pictures/energy_at_constant_probability.png"
MTJ = device("reference-40nm").mtj
THERMAL = 1.0 - np.sqrt(THERMAL_BARRIER.low / MTJ.barrier)
TIMES = np.geomspace(0.5, 300.0, 400)
ERRORS = {"1 %": 0.99, "10 %": 0.9, "50 %": 0.5, "90 %": 0.1, "99 %": 0.01, "1 − 10⁻⁶": 1e-6}


def overdrive_for(error: float, barrier: float = MTJ.barrier) -> np.ndarray:
    """Overdrive at each of TIMES that leaves `error` unswitched; NaN where none up to 5 does."""
    low, high = np.zeros(TIMES.size), np.full(TIMES.size, OVERDRIVE.high)
    reached = write_error_rate(high, TIMES, barrier) <= error
    for _ in range(50):
        middle = 0.5 * (low + high)
        enough = write_error_rate(middle, TIMES, barrier) <= error
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(reached, high, np.nan)


def least(error: float, barrier: float = MTJ.barrier) -> tuple[float, float, float]:
    """(τ, i, i²τ) of the pulse that needs the least energy."""
    overdrive = overdrive_for(error, barrier)
    k = int(np.nanargmin(overdrive**2 * TIMES))
    return TIMES[k], overdrive[k], overdrive[k] ** 2 * TIMES[k]


def shade(axes: Axes) -> None:
    """The three regimes, between straight lines of constant overdrive."""
    slow, fast = THERMAL**2 * TIMES, PRECESSIONAL_OVERDRIVE.low**2 * TIMES
    axes.fill_between(TIMES, 0.1, slow, color="tab:blue", alpha=0.12, lw=0)
    axes.fill_between(TIMES, slow, fast, color="tab:green", alpha=0.12, lw=0)
    axes.fill_between(TIMES, fast, 1e3, color="tab:red", alpha=0.12, lw=0)
    axes.text(32.0, 9.0, f"thermal\ni < {THERMAL:.2f}, barrier left > 5", color="tab:blue")
    axes.text(6.3, 22.5, "intermediate", color="tab:green")
    axes.text(0.55, 110.0, "precessional\ni > 2", color="tab:red")


def draw() -> Figure:
    """One curve a probability, its least energy marked."""
    figure = Figure(figsize=(7.5, 5.0), layout="constrained")
    axes = figure.subplots()
    shade(axes)
    for k, (label, error) in enumerate(ERRORS.items()):
        colour = f"C{k}" if k < 3 else f"C{k + 1}"
        axes.loglog(TIMES, overdrive_for(error) ** 2 * TIMES, color=colour, label=f"P = {label}")
        tau, _, energy = least(error)
        axes.plot(tau, energy, "o", color=colour)
    tau, overdrive, energy = least(0.5)
    text = f"least energy for P = ½:\nτ = {tau:.1f}, i = {overdrive:.2f}"
    axes.annotate(text, (tau, energy), (0.55, 2.0), arrowprops={"arrowstyle": "->"})
    axes.set(xlim=(0.5, 300.0), ylim=(1.7, 200.0), xlabel="pulse τ = t/τ_D")
    axes.set_ylabel("energy i²τ = E/(I_c0²·R·τ_D)")
    axes.set_title(f"Energy at constant switching probability, Δ = {MTJ.barrier:g}", fontsize=11)
    axes.legend(loc="lower right", fontsize=8)
    return figure


def main() -> None:
    """Print the least energies, save the picture."""
    unit_s = relaxation_time(MTJ.anisotropy_t, MTJ.damping)
    current_a = critical_current(MTJ.barrier, MTJ.damping, MTJ.polarisation, MTJ.temperature_k)
    unit_j = current_a**2 * resistance_parallel(MTJ.ra_ohm_m2, MTJ.diameter_m) * unit_s
    print(f"unit of energy {unit_j * 1e15:.1f} fJ, of time {unit_s * 1e9:.3f} ns at R_P")
    for barrier in (20.0, 40.0, MTJ.barrier, 100.0):
        for label, error in ERRORS.items():
            tau, overdrive, energy = least(error, barrier)
            print(
                f"Δ {barrier:5.0f}  P = {label:8}  τ {tau:5.2f}  i {overdrive:.2f}  {energy:6.2f}"
            )
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    draw().savefig(PICTURE, dpi=110)


if __name__ == "__main__":
    main()
