"""Breakdown of the tunnel barrier: how many pulses a cell survives.

    F(N) = 1 − exp[−(A/A0)·H(N/N63)],   N63 = (t63/t_p)^m

F is the fraction of cells broken after N pulses of length t_p, A/A0 the area over the one t63 is
for: a cell is as weak as its weakest spot. H is 1 at N63 under both distributions over cells:

    weibull     H(u) = u^β
    lognormal   H(u) = −ln Φ(−z),  z = z63 + ln(u)/σ,  Φ(z63) = 1 − 1/e,  σ = e·φ(z63)/β

The log-normal has the Weibull's value and slope of F at 63 %, where samples of some hundred cells
are measured, and a thinner lower tail: 1 ppm is at 1e-4 of N63 for a Weibull β = 1.5 and at 0.03
for its log-normal. Stress to 63 % under three laws of the voltage, with the value t_ref and the
slope n = −dln t63/dln V of all three at V_ref:

    power   t_ref·(V/V_ref)^−n
    E       t_ref·exp[n(1 − V/V_ref)]
    1/E     t_ref·exp[n(V_ref/V − 1)]

Below V_ref life is shortest under E and longest under 1/E. The default V_ref = 0.9 V lies between
the 0.6 V of a write, where memories report cycles, and the 1.3 V where one pulse breaks a
junction and laws are fitted: at both, E and 1/E are then within 2.3 decades of the power law, and
below they part.
The power law is the best supported
for MgO, but samples are on record that follow E in one polarity and the power law in the other
("Reliability study of magnetic tunnel junction with naturally oxidized MgO barrier", IRPS 2012),
and either distribution depending on how the oxide was made. One number alone is therefore never
the answer: `life_by_law` gives all six.

voltage_v is the voltage across the junction; its sign is the polarity. Positive writes AP→P,
negative P→AP, whose t63 is `polarity_factor` times that of the same positive voltage.

Not in the model: heating by the pulse, whose neglect between stress and use moved the ten-year
life by 1e3 at 63 % and 1e7 at 1 ppm in one study, to the safe side (IEDM 2018, doi
10.1109/IEDM.2018.8614617); temperature; recovery between pulses; the shorter life under pulses of
alternating sign; early failures of defective cells.

References: Wu et al. 2002, IEEE Transactions on Electron Devices 49, 2244 (power law, oxides); for
MgO junctions Van Beek et al., IRPS 2018. Both recalled: check before quoting.
"""

import itertools
import math
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from device_models._endurance_kernels import normal_hazard
from device_models.arrays import FloatLike, Floats
from device_models.params import Breakdown, Distribution, Law
from device_models.ranges import Range, RangeError, check_value

VOLTAGE = Range(-3.0, 3.0, "V", "breakdown laws; 1 nm of MgO breaks at once beyond")
PULSE = Range(1e-12, 1e9, "s", "breakdown laws, one stress")
AREA_RATIO = Range(1e-6, 1e9, "", "A/A0, areas the weakest-spot rule is used for")

_NORMAL = NormalDist()
_Z63 = _NORMAL.inv_cdf(1 - math.exp(-1))
_SPREAD = math.e * _NORMAL.pdf(_Z63)
"""σ·β of the log-normal whose F has the Weibull's slope at 63 %; 1.024."""


def failing_fraction(
    cycles: FloatLike,
    voltage_v: FloatLike,
    pulse_s: FloatLike,
    params: Breakdown,
    area_ratio: FloatLike = 1.0,
) -> Floats:
    """Fraction of cells broken after `cycles` pulses; arguments broadcast.

    cycles: >= 0; voltage_v: across the junction [V], −3 … 3, positive AP→P; pulse_s: [s];
    area_ratio: A/A0. Equations, limits and references: the head of this module.
    """
    count = np.asarray(cycles, float)
    if np.any(~(count >= 0)):
        bad = float(count[~(count >= 0)].flat[0])
        raise RangeError(f"cycles = {bad:g} is no count of pulses (breakdown laws); give >= 0")
    _check("area_ratio", area_ratio, AREA_RATIO)
    with np.errstate(divide="ignore"):
        log_used = np.log(count) - _log_cycles_63(voltage_v, pulse_s, params)
    return _fraction(log_used, params, area_ratio)


def cycles_to_63_percent(voltage_v: FloatLike, pulse_s: FloatLike, params: Breakdown) -> Floats:
    """N63, pulses after which 63 % of cells of area A0 are broken; broadcasts.

    Arguments as `failing_fraction`. Infinite at 0 V, except under the E law, whose t63 there is
    t_ref·e^n: the law's known flaw.
    """
    with np.errstate(over="ignore"):
        return np.exp(_log_cycles_63(voltage_v, pulse_s, params))


def cycles_to_fraction(
    fraction: float,
    voltage_v: FloatLike,
    pulse_s: FloatLike,
    params: Breakdown,
    area_ratio: float = 1.0,
) -> Floats:
    """Pulses after which `fraction` of the cells is broken, 0 … 1 exclusive; inverse of F."""
    log_used = _log_used_at(fraction, params, area_ratio)
    with np.errstate(over="ignore"):
        return np.exp(log_used + _log_cycles_63(voltage_v, pulse_s, params))


def images_to_failing_fraction(
    damage_per_image: FloatLike, fraction: float, params: Breakdown, area_ratio: float = 1.0
) -> float:
    """Images until `fraction` of the cells is expected broken, from each group's wear.

    damage_per_image: (groups,) sum over pulse kinds of pulses per image over N63, one entry per
    equally large group of cells. Wear adds up linearly (Miner's rule, an assumption), so group g
    fails as F at N/N63 = d_g·n, and the mean over the groups is solved for n by bisection of ln n
    between the lives of the most and of the least worn group; relative error below 1e-11.
    Infinite where fewer cells wear than `fraction`.
    """
    damage = np.atleast_1d(np.asarray(damage_per_image, float))
    if np.any(~(damage >= 0)):
        raise RangeError("damage_per_image must be >= 0")
    worn = damage[damage > 0]
    share = worn.size / damage.size
    soonest = _log_used_at(fraction, params, area_ratio)
    if fraction >= share:
        return math.inf
    log_wear = np.log(worn)
    low = soonest - log_wear.max()
    high = _log_used_at(fraction / share, params, area_ratio) - log_wear.min()
    while high - low > 1e-12 * max(1.0, abs(low)):
        middle = (low + high) / 2
        broken = share * float(_fraction(log_wear + middle, params, area_ratio).mean())
        low, high = (low, middle) if broken > fraction else (middle, high)
    return math.exp(low) if low < math.log(1e308) else math.inf


@dataclass(frozen=True, kw_only=True)
class LawSpread:
    """One life under each law and distribution: {(law, distribution): cycles or images}."""

    life: Mapping[tuple[Law, Distribution], float]

    @property
    def lowest(self) -> float:
        """Under the least favourable law and distribution."""
        return min(self.life.values())

    @property
    def highest(self) -> float:
        """Under the most favourable."""
        return max(self.life.values())

    @property
    def decades(self) -> float:
        """How far they lie apart; 0 where nothing wears under any of them."""
        return 0.0 if math.isinf(self.lowest) else math.log10(self.highest / self.lowest)


def law_spread(life: Callable[[Breakdown], float], params: Breakdown) -> LawSpread:
    """Any life that follows from a breakdown model, under all six of them.

    life: of a parameter set; called with `params` under each law and distribution in turn.
    """
    both = itertools.product(typing.get_args(Law), typing.get_args(Distribution))
    variants = (replace(params, law=law, distribution=over_cells) for law, over_cells in both)
    return LawSpread(life={(v.law, v.distribution): float(life(v)) for v in variants})


def life_by_law(
    fraction: float,
    voltage_v: float,
    pulse_s: float,
    params: Breakdown,
    area_ratio: float = 1.0,
) -> LawSpread:
    """Cycles to a failing fraction under each law and distribution."""
    return law_spread(
        lambda variant: float(
            cycles_to_fraction(fraction, voltage_v, pulse_s, variant, area_ratio)
        ),
        params,
    )


def _log_cycles_63(voltage_v: FloatLike, pulse_s: FloatLike, params: Breakdown) -> Floats:
    """Logarithm of N63; the laws span too many decades to be multiplied out."""
    _check("voltage_v", voltage_v, VOLTAGE)
    _check("pulse_s", pulse_s, PULSE)
    v, n = np.asarray(voltage_v, float), params.voltage_exponent
    x = np.abs(v) / params.reference_v
    with np.errstate(divide="ignore"):
        if params.law == "power":
            gain = -n * np.log(x)
        elif params.law == "E":
            gain = n * (1 - x)
        else:
            gain = n * (1 / x - 1)
    log_t63 = math.log(params.t63_s) + gain + (v < 0) * math.log(params.polarity_factor)
    return params.pulse_exponent * (log_t63 - np.log(pulse_s))


def _fraction(log_used: Floats, params: Breakdown, area_ratio: FloatLike) -> Floats:
    """F from ln(N/N63)."""
    if params.distribution == "weibull":
        hazard = np.exp(np.minimum(params.weibull_shape * log_used, 700.0))
    else:
        z = np.atleast_1d(_Z63 + log_used * (params.weibull_shape / _SPREAD))
        hazard = np.empty(z.shape)
        normal_hazard(np.ascontiguousarray(z).reshape(-1), hazard.reshape(-1))
        hazard = hazard.reshape(np.shape(log_used))
    return -np.expm1(-np.asarray(area_ratio, float) * hazard)


def _log_used_at(fraction: float, params: Breakdown, area_ratio: float) -> float:
    """ln(N/N63) of a failing fraction: inverse of `_fraction`."""
    if not 0 < fraction < 1:
        raise RangeError(f"fraction = {fraction:g} is outside 0 … 1, both exclusive")
    check_value("area_ratio", area_ratio, AREA_RATIO)
    hazard = -math.log1p(-fraction) / area_ratio
    if params.distribution == "weibull":
        return math.log(hazard) / params.weibull_shape
    # From the nearer tail: neither 1 − e^−H nor e^−H may round to one.
    if hazard < 1:
        z = _NORMAL.inv_cdf(-math.expm1(-hazard))
    else:
        z = -_NORMAL.inv_cdf(math.exp(-min(hazard, 700.0)))
    return (z - _Z63) * _SPREAD / params.weibull_shape


def _check(name: str, values: FloatLike, allowed: Range) -> None:
    for value in (np.min(values), np.max(values)):
        check_value(name, float(value), allowed)
