"""What a write pulse does beside switching: self-heating and back-hopping.

Both are options of `Environment`, off by default.
"""

from dataclasses import replace
from typing import Literal

import numpy as np

from device_models.arrays import FloatLike, Floats
from device_models.params import Environment, Mtj, Pulse
from device_models.switching import BARRIER, OVERDRIVE, switching_probability
from device_models.temperature import TEMPERATURE, barrier_factor, scaling
from device_models.transport import area
from device_models.variation import Cells, nominal_cell
from device_models.write import Write, depression_write, potentiation_write, pulse_probability

Polarity = Literal["potentiation", "depression"]


def temperature_rise(power_w_per_m2: FloatLike, time_s: FloatLike, env: Environment) -> Floats:
    """Rise of the free layer [K] at `time_s` [s] of a pulse, R_thA·p·(1 − e^(−t/τ_th)).

    power_w_per_m2: V·I/A of the junction, V²/RA when it is parallel. One thermal resistance and
    one time constant, both uncertain by a factor of 3: read the rise as an order of magnitude. It
    is in line with 200 … 300 K at breakdown (Van Beek et al. 2018, IEDM), and above what Joule
    heating some junctions show at writing (Devolder et al., arXiv 1603.02591: none, within 60 K).
    Dynamics: Chavent et al. 2016, doi 10.1103/PhysRevApplied.6.034003. Peltier heat and the side
    of the barrier the electrons arrive on are left out.
    """
    rise = np.asarray(power_w_per_m2, float) * env.thermal_k_m2_per_w
    return -rise * np.expm1(-np.asarray(time_s, float) / env.thermal_s)


def mean_rise(power_w_per_m2: FloatLike, pulse_s: FloatLike, env: Environment) -> Floats:
    """Rise [K] averaged over a pulse of `pulse_s` [s], R_thA·p·[1 − (1 − e^(−x))/x], x = t/τ_th.

    As `temperature_rise`; cells are taken to be cold when the pulse starts.
    """
    x = np.asarray(pulse_s, float) / env.thermal_s
    rise = np.asarray(power_w_per_m2, float) * env.thermal_k_m2_per_w
    return rise * (1 + np.expm1(-x) / x)


def pulse_rise_k(
    mtj: Mtj,
    pulse: Pulse,
    access_ohm: FloatLike,
    polarity: Polarity,
    env: Environment,
    share: FloatLike = 1.0,
) -> float:
    """Mean rise [K] of the nominal junction in one pulse that starts from the state it flips.

    0 while env.self_heating is off. Not held to the range of the temperature laws. With arrays of
    access_ohm and share, one entry a row: the mean over them.
    """
    if env.self_heating == "off":
        return 0.0
    write = _write(nominal_cell(mtj), pulse, access_ohm, polarity, share)
    power = write.voltage_v * write.current_a / area(mtj.diameter_m)
    return float(np.mean(mean_rise(power, pulse.duration_s, env)))


def warmed(cells: Cells, mtj: Mtj, rise_k: float) -> Cells:
    """The cells `rise_k` [K] above the temperature of their nominal junction `mtj`.

    Δ, I_c0 and τ_D move as the nominal junction's; resistance and TMR, which decide the current,
    are left cold. The temperature is held at 400 K, the end of the laws; a constraint says so.
    """
    if rise_k == 0.0:
        return cells
    hot_k = min(mtj.temperature_k + rise_k, TEMPERATURE.high)
    to = scaling(mtj, hot_k)
    barrier = cells.barrier * barrier_factor(mtj, to, hot_k)
    return replace(
        cells,
        barrier=np.clip(barrier, BARRIER.low, BARRIER.high),
        critical_a=cells.critical_a * to.critical_current,
        tau_d_s=cells.tau_d_s / to.field,
    )


def hop_probability(
    cells: Cells,
    pulse: Pulse,
    access_ohm: FloatLike,
    polarity: Polarity,
    env: Environment,
    share: FloatLike = 1.0,
) -> Floats:
    """Probability that a pulse which has flipped the cell leaves it in its first state after all.

    Back-hopping comes from the spin-polarising layer of the reference system: after the free
    layer, it flips too, the free layer then follows it, and so on while the pulse lasts
    (Abert et al., arXiv 1702.06604; Devolder et al., arXiv 2006.05108). Here that layer is a
    second macrospin with `reference_ratio` times the free layer's energy, so Δ (at most 120) and
    critical current are that many times larger; the torque on it has the opposite sense, so AP→P
    pulses need its P→AP current and the other way round. Once it has gone, the pulse ends in
    either state with even odds; at rest it returns to where it is pinned: ½·P_reference.

    An assumption, not a fit: its coupling to the hard layer, its own damping and the time the free
    layer takes to flip first are left out, so it counts too many hops in pulses that are just long
    enough, and cells that held the target state already are not counted at all.
    """
    if polarity == "potentiation":
        after = potentiation_write(cells, pulse, access_ohm, from_ap=False, share=share)
        critical_a = cells.critical_a * cells.p_to_ap_ratio
    else:
        after = depression_write(cells, pulse, access_ohm, from_p=False, share=share)
        critical_a = cells.critical_a
    overdrive = after.current_a / (critical_a * env.reference_ratio)
    barrier = np.minimum(cells.barrier * env.reference_ratio, BARRIER.high)
    held = np.minimum(overdrive, OVERDRIVE.high)
    return switching_probability(held, pulse.duration_s / cells.tau_d_s, barrier) / 2


def flip_probability(
    mtj: Mtj,
    cells: Cells,
    pulse: Pulse,
    access_ohm: FloatLike,
    polarity: Polarity,
    env: Environment,
    share: FloatLike = 1.0,
) -> Floats:
    """Probability that a pulse flips each cell, with the effects that `env` asks for.

    mtj: the nominal junction of `cells`, at its operating temperature; access_ohm and share as in
    `write.potentiation_write`. With both options off this is `pulse_probability` of the polarity's
    write. Self-heating is that of the mean row.
    """
    warm = warmed(cells, mtj, pulse_rise_k(mtj, pulse, access_ohm, polarity, env, share))
    p = pulse_probability(_write(warm, pulse, access_ohm, polarity, share), warm, pulse)
    if env.back_hopping == "off":
        return p
    return p * (1 - hop_probability(warm, pulse, access_ohm, polarity, env, share))


def _write(
    cells: Cells, pulse: Pulse, access_ohm: FloatLike, polarity: Polarity, share: FloatLike
) -> Write:
    """The pulse on cells in the state it can flip."""
    write = potentiation_write if polarity == "potentiation" else depression_write
    return write(cells, pulse, access_ohm, share=share)
