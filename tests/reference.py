"""Slow, obvious oracles: another method than the packages use, written for reading."""

import numpy as np
from scipy.integrate import quad
from scipy.linalg import expm


def legendre_switching(overdrive, barrier, reduced_time, field=0.0, terms=150):
    """P of the Fokker-Planck equation by Galerkin on Legendre polynomials, as Tzoufras 2018.

    With ρ = Σ a_k P_k, multiplying the equation by P_l and integrating by parts gives
    2/(2l+1) da_l/dτ = −∫ (1−z²) [(i−h−z) ρ + ρ'/(2Δ)] P_l' dz; good to about 1e-6.
    """
    node, weight = np.polynomial.legendre.leggauss(2 * terms)
    values = np.polynomial.legendre.legvander(node, terms - 1)
    slopes = np.array(
        [
            np.polynomial.legendre.legval(node, np.polynomial.legendre.legder(row))
            for row in np.eye(terms)
        ]
    ).T
    norm = np.arange(terms) + 0.5
    current = (overdrive - field - node)[:, None] * values + slopes / (2 * barrier)
    generator = -norm[:, None] * (slopes.T @ ((weight * (1 - node**2))[:, None] * current))
    z = (1 + node) / 2
    start = weight * np.exp(barrier * (z**2 - 1 + 2 * field * (z - 1)))
    start /= start.sum()
    coefficients = norm * (np.polynomial.legendre.legvander(z, terms - 1).T @ start)
    below = (np.polynomial.legendre.legvander(-z, terms - 1).T @ weight) / 2
    return below @ expm(reduced_time * generator) @ coefficients


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
