"""One write pulse on gated 1T1MTJ cells: voltage, current, switching probability, energy."""

from dataclasses import dataclass

import numpy as np

from device_models.arrays import FloatLike, Floats
from device_models.params import Pulse
from device_models.retention import read_disturb
from device_models.switching import REDUCED_TIME, switching_probability
from device_models.transport import junction_voltage, resistance_antiparallel
from device_models.variation import Cells

OVERDRIVE_MAX = 5.0
"""Upper end of the switching table; beyond it a pulse is held there and a constraint says so."""


@dataclass(frozen=True, kw_only=True)
class Write:
    """A pulse on a cell that starts in one state; arrays of the cells' shape.

    voltage_v [V] across the junction, current_a [A], overdrive I/I_c0 of the pulse's direction,
    energy_j [J] of one attempt drawn from the driver, V_drive·I·t, whether the bit flips or not:
    what the lines take is in it.
    """

    voltage_v: Floats
    current_a: Floats
    overdrive: Floats
    energy_j: Floats


def _write(
    cells: Cells,
    pulse: Pulse,
    access_ohm: FloatLike,
    antiparallel: bool,
    ic_a: Floats,
    share: FloatLike,
) -> Write:
    tmr = cells.tmr if antiparallel else np.zeros_like(cells.tmr)
    drive_v = pulse.amplitude_v * np.asarray(share, float)
    voltage = junction_voltage(drive_v, cells.r_p_ohm, tmr, cells.tmr_half_v, access_ohm)
    current = voltage / resistance_antiparallel(cells.r_p_ohm, tmr, voltage, cells.tmr_half_v)
    return Write(
        voltage_v=voltage,
        current_a=current,
        overdrive=current / ic_a,
        energy_j=pulse.amplitude_v * current * pulse.duration_s,
    )


def potentiation_write(
    cells: Cells,
    pulse: Pulse,
    access_ohm: FloatLike,
    *,
    from_ap: bool = True,
    share: FloatLike = 1.0,
) -> Write:
    """AP→P pulse; `from_ap` False is the same pulse on a cell that is parallel already.

    access_ohm: all that is in series with the junction [Ω]; share: part of the amplitude that
    drives both. With wires they are those of a `write_path.WritePath`, and broadcast.
    """
    return _write(cells, pulse, access_ohm, from_ap, cells.critical_a, share)


def depression_write(
    cells: Cells,
    pulse: Pulse,
    access_ohm: FloatLike,
    *,
    from_p: bool = True,
    share: FloatLike = 1.0,
) -> Write:
    """P→AP pulse; needs `p_to_ap_ratio` times the current of AP→P; else as the other."""
    critical_a = cells.critical_a * cells.p_to_ap_ratio
    return _write(cells, pulse, access_ohm, not from_p, critical_a, share)


def pulse_probability(write: Write, cells: Cells, pulse: Pulse) -> Floats:
    """Probability that the pulse flips the cell it was computed for; arrays of the cells' shape.

    The current is that of the starting state; its change on the way through the reversal is left
    out. Overdrive above 5 is held at 5, a pulse beyond 500 τ_D at 500.
    """
    overdrive = np.minimum(write.overdrive, OVERDRIVE_MAX)
    reduced_time = min(pulse.duration_s / cells.tau_d_s, REDUCED_TIME.high)
    return switching_probability(overdrive, reduced_time, cells.barrier)


def read_disturb_probability(
    cells: Cells, read_v: float, read_s: float, access_ohm: float
) -> Floats:
    """Probability that one read of length `read_s` [s] flips a parallel cell P→AP.

    The read current flows in the P→AP direction, which needs the larger critical current; an
    antiparallel cell is made more stable by it. Model: `retention.read_disturb`.
    """
    read = Pulse(amplitude_v=max(read_v, 0.05), duration_s=1e-9)  # its length plays no part
    overdrive = depression_write(cells, read, access_ohm).overdrive
    overdrive = np.minimum(overdrive, OVERDRIVE_MAX)
    return read_disturb(overdrive, read_s, cells.barrier, cells.tau_d_s)
