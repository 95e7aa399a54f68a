"""What the regimes are for: sensitivity of P, and the energy of a pulse at constant P."""

import numpy as np
import pytest

from device_models.switching import switching_probability, write_error_rate
from tests.reference import legendre_switching

TAU_D_NS = 1.0792  # of the 40 nm device of tests/data/mtj_switching.json
BARRIER = 60.0


def sensitivity(overdrive, pulse_ns):
    """dP/dln of amplitude, of duration and of barrier, central differences."""
    p, step, tau = switching_probability, 1e-3, pulse_ns / TAU_D_NS
    up, down = np.exp(step), np.exp(-step)
    change = (
        p(overdrive * up, tau, BARRIER) - p(overdrive * down, tau, BARRIER),
        p(overdrive, tau * up, BARRIER) - p(overdrive, tau * down, BARRIER),
        p(overdrive, tau, BARRIER * up) - p(overdrive, tau, BARRIER * down),
    )
    return np.array(change) / (2 * step)


def test_short_pulses_forgive_amplitude_and_barrier_and_punish_duration():
    slow, fast = sensitivity(0.9, 16.0), sensitivity(2.0, 2.3)
    # PUBLISHED ordering: Rehm, Kent et al. 2023, perpendicular junctions under ns pulses.
    assert fast[0] < slow[0]
    assert fast[1] > slow[1]
    assert abs(fast[2]) < abs(slow[2])
    assert [slow[0], fast[0]] == pytest.approx([3.6, 2.3], abs=0.05)  # as the physics notes say
    for overdrive, pulse_ns, found in ((0.9, 16.0, slow), (2.0, 2.3, fast)):
        near = [
            legendre_switching(overdrive * x, BARRIER, pulse_ns / TAU_D_NS)
            for x in (np.exp(0.01), np.exp(-0.01))
        ]
        # INDEPENDENT: Legendre expansion.
        assert found[0] == pytest.approx((near[0] - near[1]) / 0.02, rel=2e-3)


@pytest.mark.parametrize("barrier", [40.0, 60.0, 100.0])
@pytest.mark.parametrize("error", [0.9, 0.5, 0.01, 1e-6])
def test_least_energy_at_constant_probability_is_in_the_intermediate_regime(barrier, error):
    overdrive, tau = np.linspace(0.5, 5, 901), np.geomspace(1, 300, 200)[:, None]
    enough = write_error_rate(overdrive, tau, barrier) <= error
    needed = np.where(enough.any(axis=1), overdrive[enough.argmax(axis=1)], np.inf)
    k = np.argmin(needed**2 * tau[:, 0])
    # PUBLISHED: Vincent et al. 2015, doi 10.1109/TBCAS.2015.2414423. Intermediate: above the
    # thermal regime (barrier left 5) and below the precessional one (i = 2).
    assert 1 - np.sqrt(5 / barrier) < needed[k] < 2
    assert 3 < tau[k, 0] < 12
