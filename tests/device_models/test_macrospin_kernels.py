"""The compiled Heun step: its generator, its noise, and the equation without noise."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from device_models import _macrospin_kernels as kernels
from device_models.macrospin import Macrospin, coefficients, default_step, thermal_start

LANES = kernels.LANES


def spin(overdrive=0.0, barrier=60.0, damping=0.02, field=0.0, step=None):
    step = default_step(damping) if step is None else step
    return Macrospin(overdrive=overdrive, barrier=barrier, damping=damping, field=field, step=step)


def noiseless(params, start, steps):
    """Direction (3) after `steps` steps of params.step with the thermal field off."""
    m = np.repeat(start, LANES)[None, :].astype(float)
    stream = np.random.default_rng(0).integers(0, 2**64, (1, 4 * LANES), dtype=np.uint64)
    factors = coefficients(params, params.step)
    factors[0] = 0.0
    kernels.advance(m, stream, steps, factors)
    return m.reshape(3, LANES)[:, 0]


# The generator and its four-point normal


def test_generator_is_xoshiro256_plus_plus():
    stream = np.repeat(np.arange(1, 5, dtype=np.uint64), LANES)
    drawn = [int(kernels.next_bits(stream, 5)) for _ in range(4)]
    # PUBLISHED: first outputs for the state (1, 2, 3, 4) in the tests of crate rand_xoshiro.
    assert drawn == [41943041, 58720359, 3588806011781223, 3591011842654386]
    untouched = stream.reshape(4, LANES)[:, 4]
    assert list(untouched) == [1, 2, 3, 4]


def test_thermal_field_has_the_moments_of_a_normal_variable():
    inner, outer, rare = kernels.INNER, kernels.OUTER, kernels.RARE / 2**20
    moments = [inner**n * (1 - rare) + outer**n * rare for n in (2, 4, 6)]
    assert moments == pytest.approx([1, 3, 15], rel=1e-5)  # LAW, odd ones vanish by the sign
    bits = np.arange(2**21, dtype=np.uint64)[:: 2**9]
    assert {kernels.normal(b) for b in bits[:2]} <= {-inner, inner, -outer, outer}
    edge = 2 * kernels.RARE
    drawn = [kernels.normal(np.uint64(b)) for b in (0, 1, edge - 2, edge - 1, edge, edge + 1)]
    assert drawn == [-outer, outer, -outer, outer, -inner, inner]  # LAW: 2·RARE of 2^21 are rare


@pytest.mark.parametrize("along", [0, 1, 2])
def test_noise_is_white_isotropic_and_of_the_right_size(along):
    params = spin(damping=0.2)
    blocks, steps = 512, 1
    m = np.zeros((blocks, 3, LANES))
    m[:, along] = 1.0
    stream = np.random.default_rng(3).integers(0, 2**64, (blocks, 4 * LANES), dtype=np.uint64)
    factors = coefficients(params, 1e-3)
    factors[1] = 0.0  # no anisotropy: what moves m is the thermal field
    moved = []
    for _ in range(4):
        now = m.copy()
        kernels.advance(now.reshape(blocks, -1), stream, steps, factors)
        moved += [now[:, axis].ravel() for axis in range(3) if axis != along]
    covariance = np.cov(moved) / (0.2 / 60 * 1e-3 / 1.04)
    # LAW: 2D dt = (α/Δ) dt/(1 + α²) across m, nothing between steps or axes; 32,768 spins.
    assert np.abs(np.diag(covariance) - 1).max() < 4 * np.sqrt(2 / moved[0].size)
    assert np.abs(covariance - np.diag(np.diag(covariance))).max() < 4 / np.sqrt(moved[0].size)


# Without noise


@pytest.mark.parametrize(
    ("overdrive", "field", "damping"),
    [(0.0, 0.0, 0.1), (2.0, 0.0, 0.02), (-0.5, 0.3, 0.2), (3.0, -0.2, 0.1)],
)
def test_without_noise_m_follows_the_equation(overdrive, field, damping):
    start, reduced_time = np.array([0.6, 0.0, 0.8]), 0.7
    duration = reduced_time * (1 + damping**2) / damping
    steps = int(duration / 0.004)
    params = spin(overdrive, 60.0, damping, field, duration / steps)

    def implicit(_, m):
        """LLG as Gilbert wrote it, solved for dm/ds as three linear equations."""
        cross = np.array([[0, -m[2], m[1]], [m[2], 0, -m[0]], [-m[1], m[0], 0]])
        axis = np.array([0.0, 0.0, 1.0])
        torque = -cross @ (axis * (m[2] + field))
        torque += damping * overdrive * cross @ cross @ axis
        return np.linalg.solve(np.eye(3) - damping * cross, torque)

    expected = solve_ivp(implicit, (0, duration), start, rtol=1e-9, atol=1e-11).y[:, -1]
    # INDEPENDENT: another form of the equation, another method.
    np.testing.assert_allclose(noiseless(params, start, steps), expected, atol=2e-4)


@pytest.mark.parametrize(("overdrive", "damping"), [(2.0, 0.02), (1.3, 0.2), (0.5, 0.005)])
def test_cone_opens_at_i_minus_one_per_tau_d(overdrive, damping):
    duration = (1 + damping**2) / damping
    steps = int(duration / default_step(damping))
    step = duration / steps
    params = spin(overdrive, 60.0, damping, step=step)
    x, y, _ = noiseless(params, np.array([1e-4, 0.0, 1.0]), steps)
    rate = np.log(np.hypot(x, y) / 1e-4)
    # LAW: θ ∝ e^{(i−1)τ} of the equation, and what Heun makes of it.
    assert rate == pytest.approx(overdrive - 1, abs=6e-4)
    heun = (overdrive - 1) * (1 + step**2 / 2) + step**3 / (8 * damping)
    assert rate == pytest.approx(heun, abs=2e-5)


def test_error_of_the_growth_rate_is_of_third_order_and_as_stated():
    errors, damping = [], 0.02
    for step in (0.16, 0.08, 0.04):
        steps = round(1 / damping / step)
        params = spin(1.0, 60.0, damping, step=step)
        x, y, _ = noiseless(params, np.array([1e-4, 0.0, 1.0]), steps)
        errors.append(np.log(np.hypot(x, y) / 1e-4) / (steps * step * damping / (1 + damping**2)))
    predicted = [step**3 / (8 * damping) for step in (0.16, 0.08, 0.04)]
    assert errors == pytest.approx(predicted, rel=0.05)  # LAW: |1 + iφ − φ²/2| = 1 + φ⁴/8


def test_length_of_m_is_kept():
    blocks = 4
    start = thermal_start(5.0, 0.0, blocks * LANES, np.random.default_rng(1))
    m = np.ascontiguousarray(start.reshape(3, blocks, LANES).swapaxes(0, 1)).reshape(blocks, -1)
    stream = np.random.default_rng(2).integers(0, 2**64, (blocks, 4 * LANES), dtype=np.uint64)
    params = spin(5.0, 5.0, 0.2, step=0.2)  # the largest step, torque and noise
    kernels.advance(m, stream, 2000, coefficients(params, params.step))
    length = np.linalg.norm(m.reshape(blocks, 3, LANES), axis=1)
    assert np.abs(length - 1).max() < 1e-5  # LAW
