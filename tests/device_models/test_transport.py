"""Charge and spin transport against limits, published sets and independent solvers."""

import numpy as np
import pytest
from scipy import constants as codata
from scipy.optimize import brentq

from device_models import constants
from device_models.ranges import RangeError
from device_models.transport import (
    critical_current,
    junction_voltage,
    relaxation_time,
    resistance_antiparallel,
    resistance_parallel,
    spin_polarisation,
    tmr_at_bias,
)


def test_constants_agree_with_codata():
    # PUBLISHED: CODATA 2022 as shipped by scipy
    assert constants.ELEMENTARY_CHARGE_C == codata.e
    assert constants.BOLTZMANN_J_PER_K == codata.k
    assert constants.REDUCED_PLANCK_J_S == pytest.approx(codata.hbar, rel=1e-9)
    assert constants.VACUUM_PERMEABILITY_N_PER_A2 == pytest.approx(codata.mu_0, rel=1e-9)
    gamma = codata.physical_constants["electron gyromag. ratio"][0]
    assert constants.GYROMAGNETIC_RAD_PER_S_T == pytest.approx(gamma, rel=1e-9)


def test_resistance_of_the_50_nm_stack_is_5_kilo_ohm():
    # PUBLISHED: Stochastic_MTJ_Model, RA 9.818 Ω·µm² and R_P 5 kΩ
    assert resistance_parallel(9.818e-12, 50e-9) == pytest.approx(5000, rel=1e-3)


def test_tmr_halves_at_its_half_voltage_and_is_even():
    assert tmr_at_bias(1.2, 0.5, 0.5) == pytest.approx(0.6)  # LAW
    assert tmr_at_bias(1.2, -0.3, 0.5) == tmr_at_bias(1.2, 0.3, 0.5)  # LAW


@pytest.mark.parametrize("tmr", [0.0, 0.5, 1.2, 6.0])
@pytest.mark.parametrize("series_ohm", [0.0, 3e3, 2e4])
@pytest.mark.parametrize("drive_v", [0.01, 0.6, 2.5])
def test_series_voltage_obeys_kirchhoff(drive_v, series_ohm, tmr):
    def mesh(v):
        return v + series_ohm * v / resistance_antiparallel(5e3, tmr, v, 0.5) - drive_v

    # INDEPENDENT: bracketing root finder on the mesh equation itself
    expected = brentq(mesh, 0.0, drive_v, xtol=1e-14)
    assert junction_voltage(drive_v, 5e3, tmr, 0.5, series_ohm) == pytest.approx(
        expected, rel=1e-9
    )


def test_series_voltage_without_series_resistance_is_the_drive():
    drive = np.array([0.1, 1.0])
    assert np.allclose(junction_voltage(drive, 5e3, 1.2, 0.5, 0.0), drive, rtol=1e-12)  # LAW


def test_series_voltage_refuses_what_does_not_converge():
    with pytest.raises(RangeError, match="did not converge"):
        junction_voltage(np.nan, 5e3, 1.2, 0.5, 1e3)


def test_critical_current_and_time_unit_of_the_reference_macrospin():
    # INDEPENDENT: derived values of the reference table (tests/data/mtj_switching.json);
    # its gyromagnetic ratio is 0.18 % below the electron's
    assert critical_current(60, 0.02, 0.6, 300) == pytest.approx(50.34e-6, rel=1e-4)
    assert relaxation_time(0.26368, 0.02) == pytest.approx(1.0792e-9, rel=2.5e-3)


def test_polarisation_gives_back_the_tmr():
    p = spin_polarisation(1.2)
    assert 2 * p**2 / (1 - p**2) == pytest.approx(1.2)  # LAW: Jullière's formula
