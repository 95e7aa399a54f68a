"""Error of the interpolated switching probability over its whole range: docs/pictures.

python -m benchmarks.switching_error. Direct solves at the centres of a grid of overdrive and
barrier that is unrelated to the nodes of the table; the largest error over all pulse lengths is
shown. Four minutes on one core.
"""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from device_models.switching import (
    BARRIER,
    OVERDRIVE,
    REDUCED_TIME,
    solve_switching,
    switching_probability,
    write_error_rate,
)

PICTURE = Path(__file__).parents[1] / "docs/pictures/switching_error.png"
TIMES = np.geomspace(1e-3, REDUCED_TIME.high, 150)
OVERDRIVES, BARRIERS = 67, 29


def largest_errors(overdrive: float, barrier: float) -> tuple[float, float]:
    """Largest |ΔP| over time, and largest |Δ ln(1 − P)| where 1 − P > 1e-12."""
    p, error = solve_switching(overdrive, barrier, TIMES)
    tail = error > 1e-12
    in_p = np.abs(switching_probability(overdrive, TIMES, barrier) - p)
    table_error = write_error_rate(overdrive, TIMES, barrier)
    return in_p.max(), np.abs(np.log(table_error[tail] / error[tail])).max()


def edges() -> tuple[np.ndarray, np.ndarray]:
    """Cell edges of the map: overdrive, and barrier with equal steps in its logarithm."""
    overdrive = np.linspace(OVERDRIVE.low, OVERDRIVE.high, OVERDRIVES + 1)
    return overdrive, np.geomspace(BARRIER.low, BARRIER.high, BARRIERS + 1)


def draw(errors: np.ndarray) -> Figure:
    """Two maps side by side, errors (2, barrier, overdrive)."""
    figure = Figure(figsize=(11, 4.2), layout="constrained")
    titles = "largest |ΔP| over all τ", "largest |Δ ln(1 − P)| while 1 − P > 1e-12"
    limits = (1e-6, 1e-3), (1e-4, 0.26)
    for axes, title, limit, error in zip(
        figure.subplots(1, 2), titles, limits, errors, strict=True
    ):
        norm = mpl.colors.LogNorm(*limit)
        mesh = axes.pcolormesh(*edges(), np.maximum(error, limit[0]), norm=norm, cmap="viridis")
        figure.colorbar(mesh, ax=axes, extend="min")
        axes.set(yscale="log", xlabel="overdrive i", ylabel="barrier Δ")
        axes.set_yticks([5, 10, 20, 40, 80, 120], ["5", "10", "20", "40", "80", "120"])
        axes.set_title(f"{title}: at most {error.max():.1g}", fontsize=10)
    figure.suptitle("Interpolated switching probability against the direct solve")
    return figure


def main() -> None:
    """Measure, print the largest errors, save the picture."""
    overdrive, barrier = edges()
    middle_i = 0.5 * (overdrive[1:] + overdrive[:-1])
    middle_b = np.sqrt(barrier[1:] * barrier[:-1])
    errors = np.array([[largest_errors(i, b) for i in middle_i] for b in middle_b])
    errors = np.moveaxis(errors, 2, 0)
    print(f"largest |ΔP| {errors[0].max():.2e}, largest |Δ ln(1 − P)| {errors[1].max():.2e}")
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    draw(errors).savefig(PICTURE, dpi=110)


if __name__ == "__main__":
    main()
