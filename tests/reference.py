"""Slow, obvious oracles: another method than the packages use, written for reading."""

import numpy as np
from scipy.integrate import quad
from scipy.linalg import expm


def legendre_generator(drive, barrier, terms):
    """Matrix of da/dτ = G a for ρ = Σ a_k P_k of the Fokker-Planck equation, as Tzoufras 2018.

    Multiplying the equation by P_l and integrating by parts gives
    2/(2l+1) da_l/dτ = −∫ (1−z²) [(drive−z) ρ + ρ'/(2Δ)] P_l' dz, drive = i − h.
    """
    node, weight = np.polynomial.legendre.leggauss(2 * terms)
    values = np.polynomial.legendre.legvander(node, terms - 1)
    slopes = np.array(
        [
            np.polynomial.legendre.legval(node, np.polynomial.legendre.legder(row))
            for row in np.eye(terms)
        ]
    ).T
    current = (drive - node)[:, None] * values + slopes / (2 * barrier)
    norm = np.arange(terms) + 0.5
    return -norm[:, None] * (slopes.T @ ((weight * (1 - node**2))[:, None] * current))


def legendre_well(barrier, field, side, terms):
    """Coefficients of ρ ∝ exp(Δ(z² + 2hz)) in the well on one side (1 or −1) of the barrier.

    The well ends at its top z = −h, or at z = 0 if that comes first.
    """
    node, weight = np.polynomial.legendre.leggauss(2 * terms)
    cut = max(0, -side * field)
    depth = cut + (1 - cut) * (1 + node) / 2
    start = weight * np.exp(barrier * (depth**2 - 1 + 2 * side * field * (depth - 1)))
    values = np.polynomial.legendre.legvander(side * depth, terms - 1)
    return (np.arange(terms) + 0.5) * (values.T @ start) / start.sum()


def legendre_beyond(side, terms):
    """Weights that make Σ w_k a_k the integral of ρ over z < 0 (side −1) or z > 0 (side 1)."""
    node, weight = np.polynomial.legendre.leggauss(2 * terms)
    return np.polynomial.legendre.legvander(side * (1 + node) / 2, terms - 1).T @ weight / 2


def legendre_switching(overdrive, barrier, reduced_time, field=0.0, side=1, before=None):
    """P of the Fokker-Planck equation by Galerkin on Legendre polynomials; good to about 1e-6.

    `side` −1 starts in the well z < 0 and counts what ends at z > 0; `before` is the field
    before the pulse, if another one.
    """
    terms = 150
    generator = legendre_generator(overdrive - field, barrier, terms)
    start = legendre_well(barrier, field if before is None else before, side, terms)
    return legendre_beyond(-side, terms) @ expm(reduced_time * generator) @ start


def legendre_error(overdrive, barrier, reduced_time, terms=200):
    """1 − P by the same expansion, right in relative terms however small (checked to 1e-15).

    ρ less the steady state has no P_0, and decays under the rest of the matrix without
    cancellation; the steady 1 − P_∞ comes from quadrature.
    """
    generator = legendre_generator(overdrive, barrier, terms)
    start = legendre_well(barrier, 0.0, 1, terms)
    steady = -np.linalg.solve(generator[1:, 1:], generator[1:, 0] * start[0])
    left = expm(reduced_time * generator[1:, 1:]) @ (start[1:] - steady)
    return steady_switched(-overdrive, barrier) + legendre_beyond(1, terms)[1:] @ left


def escape_rate(drive, barrier):
    """Rate [1/τ_D] over a high barrier from the mean first-passage time to the other well.

    1/Γ = ∫ e^φ/D dz · ∫ e^(−φ) dz with φ = Δ(2·drive·z − z²) and D = (1 − z²)/(2Δ), the first
    over the top z = drive, the second over the well z > drive; exact for high barriers, where
    Brown 1963 takes both integrals by steepest descent. |drive| < 1.
    """
    top = barrier * drive**2  # φ at z = drive
    bottom = barrier * (2 * drive - 1)  # φ at z = 1

    def resistance(z):
        return np.exp(barrier * (2 * drive * z - z * z) - top) * 2 * barrier / (1 - z * z)

    def occupation(z):
        return np.exp(bottom - barrier * (2 * drive * z - z * z))

    width = min(6 / np.sqrt(barrier), 0.98 * (1 - abs(drive)))
    across = quad(resistance, drive - width, drive + width, limit=200)[0]
    well = quad(occupation, drive, 1, limit=200)[0]
    return np.exp(-(top - bottom)) / (across * well)


def steady_switched(drive, barrier):
    """P of the steady state ρ ∝ exp(Δ(z² − 2·drive·z)), by adaptive quadrature."""

    def density(z):
        return np.exp(barrier * (z * z - 2 * drive * z - 1 - 2 * abs(drive)))

    below, above = quad(density, -1, 0, epsabs=0)[0], quad(density, 0, 1, epsabs=0)[0]
    return below / (below + above)


def group_voltages(ohms, group, rows, wire_ohm, drive_v):
    """Voltage across each cell of a group written at once, and the driver's current; dense.

    ohms(volts) gives the resistances of the cells (group,) at their voltages; both lines are
    solved node by node, source line at 0 V below row 0, bit line at `drive_v` above the last row.
    """
    volts = np.full(len(group), float(drive_v))
    for _ in range(200):
        matrix, current = np.zeros((2 * rows, 2 * rows)), np.zeros(2 * rows)

        def join(a, b, siemens, matrix=matrix):
            for node, other in ((a, b), (b, a)):
                matrix[node, node] += siemens
                matrix[node, other] -= siemens

        for row in range(rows - 1):
            join(row, row + 1, 1 / wire_ohm)
            join(rows + row, rows + row + 1, 1 / wire_ohm)
        matrix[0, 0] += 1 / wire_ohm
        matrix[-1, -1] += 1 / wire_ohm
        current[-1] = drive_v / wire_ohm
        for row, ohm in zip(group, ohms(volts), strict=True):
            join(row, rows + row, 1 / ohm)
        nodes = np.linalg.solve(matrix, current)
        before, volts = volts, (nodes[rows:] - nodes[:rows])[group]
        if np.abs(volts - before).max() < 1e-12:
            break
    return volts, nodes[0] / wire_ohm
