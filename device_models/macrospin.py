"""Stochastic Landau-Lifshitz-Gilbert-Slonczewski macrospin: the independent check of switching.py.

A unit vector m in the uniaxial field of a perpendicular junction, in units of H_k and 1/(γμ0H_k):

    dm/ds = −m × (f + f_th) + α m × dm/ds + αi m × (m × ẑ),   f = (m_z + h) ẑ
    ⟨f_th,a(s) f_th,b(s')⟩ = (α/Δ) δ_ab δ(s − s'),   Stratonovich

i = I/I_c0 overdrive, h = H/H_k field, Δ = μ0 M_s H_k V/(2 k_BT) barrier, α damping. Positive i
pushes towards z = −1. Solved for dm/ds this is

    (1 + α²) dm/ds = −m × [f + f_th + α²i ẑ + m × (α(f + f_th) − αi ẑ)]

so dz/ds = (1 − z²)(z + h − i) α/(1 + α²) without noise: i = 1 is the threshold at h = 0 and time
counts in τ_D = (1 + α²)/(αγμ0H_k). The noise makes m diffuse on the sphere with (α/2Δ)/(1 + α²),
which leaves ρ ∝ exp(Δ(z² + 2hz)) in equilibrium (fluctuation-dissipation). As all is symmetric
about z, m_z alone then obeys the Fokker-Planck equation of switching.py at any α: damping enters
through τ_D only, and what is left of it in a count is the error of the step.

Heun steps (predictor, corrector), m renormalised in each; noise of four values with the moments
of a normal variable up to the seventh, from a xoshiro256++ generator a trajectory.

References: Slonczewski 1996, doi 10.1016/0304-8853(96)00062-5; Brown 1963,
doi 10.1103/PhysRev.130.1677; García-Palacios and Lázaro 1998, doi 10.1103/PhysRevB.58.14937
(Heun for Stratonovich); Butler et al. 2012, doi 10.1109/TMAG.2012.2209122; Kloeden and Platen,
Numerical Solution of Stochastic Differential Equations, Springer 1992 (weak schemes need moments
only); Blackman and Vigna 2021, doi 10.1145/3460772 (generator).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray

from device_models._macrospin_kernels import LANES, advance
from device_models.arrays import Floats
from device_models.ranges import Checked, Range, RangeError, check_value
from device_models.switching import BARRIER, FIELD, OVERDRIVE, REDUCED_TIME

Counts = NDArray[np.int64]

DAMPING = Range(1e-3, 0.2, "", "macrospin Monte Carlo, Gilbert damping α")
STEP = Range(1e-3, 0.2, "1/(γμ0H_k)", "macrospin Monte Carlo, an explicit scheme")
TRIALS = Range(1, 1e9, "", "macrospin Monte Carlo, trajectories")

BATCH_BLOCKS = 1024
"""Blocks of trajectories in memory at once: 4 MB."""


@dataclass(frozen=True, kw_only=True)
class Macrospin(Checked):
    """A macrospin, the pulse on it and the time step it is followed with."""

    overdrive: Annotated[float, OVERDRIVE]
    barrier: Annotated[float, BARRIER]
    damping: Annotated[float, DAMPING]
    field: Annotated[float, FIELD] = 0.0
    step: Annotated[float, STEP]


def default_step(damping: float) -> float:
    """Time step [1/(γμ0H_k)] of the counts: the less of 0.025 and 0.1·α^(1/3), 0.01 at α = 1e-3.

    A step dt opens a small cone at (i − 1)(1 + dt²/2) + dt³/(8α) instead of i − 1 per τ, because
    Heun's rotation by φ lengthens what it turns by 1 + φ⁴/8: here by 1.25e-4 at most.
    Measured error of P at α = 0.02 … 0.2, Δ = 5 … 120: below 1e-3 (docs/physics/macrospin.md);
    0.05 errs by up to 2.4e-3, 0.1 by up to 1e-2. For more than 10^5 trials take less.
    """
    check_value("damping", damping, DAMPING)
    return min(0.025, 0.1 * float(np.cbrt(damping)))


def switching_counts(
    overdrive: ArrayLike,
    reduced_time: ArrayLike,
    barrier: float,
    damping: float,
    trials: int,
    rng: np.random.Generator,
    step: float | None = None,
) -> int | Counts:
    """How many of `trials` trajectories have m_z < 0 at the end of the pulse.

    overdrive i = I/I_c0, −1 … 5, and reduced_time τ = t/τ_D, 0 … 500, broadcast: an int for
    scalars, else an array of their shape. barrier Δ, 5 … 120; damping α, 1e-3 … 0.2; step
    [1/(γμ0H_k)], 1e-3 … 0.2, default_step(damping) if None. The start is thermal in the well z > 0
    at i = 0.

    Durations of one overdrive share their trajectories, so their counts are correlated: for a χ²
    take one duration an amplitude. About 3 ns a trajectory and step, (1 + α²)/(α·step) steps a τ:
    10^5 trajectories of τ = 3 at α = 0.02 take 2 s.
    """
    drives, times = np.broadcast_arrays(np.asarray(overdrive, float), np.asarray(reduced_time))
    step = default_step(damping) if step is None else step
    spins = [
        Macrospin(overdrive=float(i), barrier=float(barrier), damping=float(damping), step=step)
        for i in np.unique(drives)
    ]
    _check(times, trials)
    counts = np.zeros(drives.shape, np.int64)
    for spin in spins:
        here = drives == spin.overdrive
        counts[here] = _below(spin, times[here], trials, rng)
    return counts if counts.shape else int(counts)


def trajectories(
    spin: Macrospin, reduced_times: ArrayLike, trials: int, rng: np.random.Generator
) -> Floats:
    """m_z (n_times, trials) at reduced_times (n_times), of a pulse that lasts; 0 … 500, any order.

    spin.field is constant and was there before the pulse, as in switching.solve_switching.
    """
    _check(np.asarray(reduced_times, float), trials)
    times, where = np.unique(reduced_times, return_inverse=True)
    parts = [np.array(list(part)) for part in _batches(spin, times, trials, rng)]
    return np.concatenate(parts, axis=1)[where]


def thermal_start(barrier: float, field: float, trials: int, rng: np.random.Generator) -> Floats:
    """Directions (3, trials) thermal in the well z > 0, ρ ∝ exp(Δ(z² + 2hz)), uniform azimuth.

    Exact, by rejection: the chord of the convex exponent over 0 … 1 lies Δz(1 − z) above it, and
    its exponential has an inverse. Half of the proposals are kept at h = 0.
    """
    slope = barrier * (1.0 + 2.0 * field)
    z = np.empty(0)
    while z.size < trials:
        u = rng.random(2 * trials)
        proposal = u if slope == 0.0 else 1.0 + np.log(u + (1.0 - u) * np.exp(-slope)) / slope
        keep = rng.random(u.size) < np.exp(-barrier * proposal * (1.0 - proposal))
        z = np.concatenate([z, proposal[keep]])
    z = z[:trials]
    azimuth, radius = 2.0 * np.pi * rng.random(trials), np.sqrt(1.0 - z * z)
    return np.array([radius * np.cos(azimuth), radius * np.sin(azimuth), z])


def _check(reduced_times: Floats, trials: int) -> None:
    """RangeError for a time or a number of trajectories that cannot be run; NaN is one."""
    for time in (reduced_times.min(initial=0.0), reduced_times.max(initial=0.0)):
        check_value("reduced_time", float(time), REDUCED_TIME)
    check_value("trials", float(trials), TRIALS)
    if trials != int(trials):
        raise RangeError(f"trials = {trials} is not a whole number ({TRIALS.source})")


def coefficients(spin: Macrospin, step: float) -> Floats:
    """What the kernel multiplies with in a step [1/(γμ0H_k)]: (5), see there."""
    noise = math.sqrt(spin.damping * step / spin.barrier)
    torque = spin.damping * spin.overdrive * step
    whole = 1.0 + spin.damping**2
    scaled = noise / whole, step / whole, spin.field * step / whole, spin.damping, torque / whole
    return np.array(scaled)


def _below(
    spin: Macrospin, reduced_times: Floats, trials: int, rng: np.random.Generator
) -> Counts:
    """Number of m_z < 0 at each of reduced_times (n), which share their trajectories."""
    times, where = np.unique(reduced_times, return_inverse=True)
    counts = np.zeros(times.size, np.int64)
    for part in _batches(spin, times, trials, rng):
        counts += [np.count_nonzero(z < 0.0) for z in part]
    return counts[where]


def _batches(
    spin: Macrospin, times: Floats, trials: int, rng: np.random.Generator
) -> Iterator[Iterator[Floats]]:
    """For each batch of trajectories the run of m_z (batch) over the ascending times."""
    for first in range(0, trials, BATCH_BLOCKS * LANES):
        yield _run(spin, times, min(trials - first, BATCH_BLOCKS * LANES), rng)


def _run(
    spin: Macrospin, times: Floats, trials: int, rng: np.random.Generator
) -> Iterator[Floats]:
    """m_z (trials) at each of the ascending times, from a thermal start; whole blocks are run."""
    blocks = -(-trials // LANES)
    start = thermal_start(spin.barrier, spin.field, blocks * LANES, rng)
    m = np.ascontiguousarray(start.reshape(3, blocks, LANES).swapaxes(0, 1)).reshape(blocks, -1)
    stream = rng.integers(0, 2**64, (blocks, 4 * LANES), dtype=np.uint64)
    unit = (1.0 + spin.damping**2) / spin.damping
    for interval in np.diff(times, prepend=0.0) * unit:
        # Equal steps that end with the interval, none longer than asked for.
        steps = math.ceil(interval / spin.step)
        if steps:
            advance(m, stream, steps, coefficients(spin, interval / steps))
        yield m[:, 2 * LANES :].flatten()[:trials]
