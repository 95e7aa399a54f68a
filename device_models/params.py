"""Frozen parameter sets of the device and its array: SI units, each field with its range.

Defaults marked *assumption* have no public source; `dse sources` and exported specs repeat them.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from device_models.ranges import Checked, Range

BarrierModel = Literal["macrospin", "domain_wall", "measured"]


@dataclass(frozen=True, kw_only=True)
class Mtj(Checked):
    """A perpendicular magnetic tunnel junction with one free layer, at one temperature.

    temperature_k is the temperature all other numbers hold at; `temperature.at_temperature` moves
    them to another. thickness_m and saturation_a_per_m decide how they move and nothing else;
    their defaults are an assumption. `barrier` is what thermal activation sees, while the critical
    current follows K_eff·V, so `barrier_ratio` keeps the two apart (`transport.coherent_barrier`).
    """

    diameter_m: Annotated[float, Range(10e-9, 200e-9, "m", "single-domain junctions")]
    ra_ohm_m2: Annotated[float, Range(0.5e-12, 1e-10, "ohm m^2", "MgO barriers that switch")]
    tmr: Annotated[float, Range(0.05, 6.0, "", "MgO, (R_AP − R_P)/R_P at zero bias")]
    tmr_half_v: Annotated[float, Range(0.1, 2.0, "V", "bias at which TMR has halved")] = 0.5
    barrier: Annotated[float, Range(5.0, 120.0, "", "Δ = E_b/k_BT, Fokker-Planck table")]
    anisotropy_t: Annotated[float, Range(0.01, 2.0, "T", "μ0·H_k, perpendicular free layers")]
    damping: Annotated[float, Range(1e-3, 0.2, "", "Gilbert α of thin CoFeB")]
    polarisation: Annotated[float, Range(0.1, 1.0, "", "spin polarisation P")]
    torque_efficiency: Annotated[
        float, Range(0.3, 10.0, "", "I_c0 of the macrospin over the observed one; Sun 2013")
    ] = 1.0
    p_to_ap_ratio: Annotated[float, Range(1.0, 3.0, "", "I_c0(P→AP)/I_c0(AP→P)")] = 1.5
    temperature_k: Annotated[float, Range(250.0, 400.0, "K", "range of the models")] = 300.0
    thickness_m: Annotated[float, Range(0.3e-9, 20e-9, "m", "free layer")] = 1.5e-9
    saturation_a_per_m: Annotated[float, Range(1e5, 2.5e6, "A/m", "M_s of the free layer")] = 1e6
    barrier_model: BarrierModel = "macrospin"
    barrier_ratio: Annotated[
        float, Range(0.01, 50.0, "", "domain-wall or measured energy over K_eff·V")
    ] = 1.0


@dataclass(frozen=True, kw_only=True)
class Stack(Checked):
    """Layer stack and film properties; `geometry.junction` makes the junction of it.

    All numbers hold at temperature_k. interface_j_per_m2 sums both interfaces of the free layer.
    measured_barrier: Δ, for barrier_model "measured" only; 0 means that none was measured.
    """

    diameter_m: Annotated[float, Range(10e-9, 200e-9, "m", "single-domain junctions")]
    thickness_m: Annotated[float, Range(0.3e-9, 20e-9, "m", "free layer")]
    saturation_a_per_m: Annotated[float, Range(1e5, 2.5e6, "A/m", "M_s of the free layer")]
    interface_j_per_m2: Annotated[float, Range(1e-4, 5e-3, "J/m^2", "CoFeB/MgO, K_i")]
    exchange_j_per_m: Annotated[
        float, Range(2e-12, 4e-11, "J/m", "A_ex of thin CoFeB; default an assumption")
    ] = 1.5e-11
    damping: Annotated[float, Range(1e-3, 0.2, "", "Gilbert α of thin CoFeB")]
    ra_ohm_m2: Annotated[float, Range(0.5e-12, 1e-10, "ohm m^2", "MgO barriers that switch")]
    tmr: Annotated[float, Range(0.05, 6.0, "", "MgO, (R_AP − R_P)/R_P at zero bias")]
    tmr_half_v: Annotated[float, Range(0.1, 2.0, "V", "bias at which TMR has halved")] = 0.5
    torque_efficiency: Annotated[
        float, Range(0.3, 10.0, "", "I_c0 of the macrospin over the observed one; Sun 2013")
    ] = 1.0
    p_to_ap_ratio: Annotated[float, Range(1.0, 3.0, "", "I_c0(P→AP)/I_c0(AP→P)")] = 1.5
    temperature_k: Annotated[float, Range(250.0, 400.0, "K", "range of the models")] = 300.0
    barrier_model: BarrierModel = "macrospin"
    measured_barrier: Annotated[float, Range(0.0, 120.0, "", "Δ; 0: not measured")] = 0.0


@dataclass(frozen=True, kw_only=True)
class Environment(Checked):
    """Where the array works, and which effects of a pulse beside switching are counted.

    self_heating: the pulse warms the free layer, `pulse_effects.mean_rise`. back_hopping: a strong
    pulse upsets the reference layer too, `pulse_effects.hop_probability`.
    """

    temperature_k: Annotated[float, Range(250.0, 400.0, "K", "range of the models")] = 300.0
    self_heating: Literal["off", "on"] = "off"
    thermal_k_m2_per_w: Annotated[
        float, Range(1e-10, 1e-8, "K m^2/W", "R_th·A; assumption, uncertain by a factor of 3")
    ] = 1e-9
    thermal_s: Annotated[
        float, Range(1e-10, 1e-7, "s", "thermal time constant; assumption, a few ns")
    ] = 5e-9
    back_hopping: Literal["off", "on"] = "off"
    reference_ratio: Annotated[
        float, Range(1.0, 20.0, "", "critical current, reference over free layer; assumption")
    ] = 3.0


@dataclass(frozen=True, kw_only=True)
class Pulse(Checked):
    """A rectangular write pulse, as the driver gives it to junction and access transistor."""

    amplitude_v: Annotated[float, Range(0.05, 2.5, "V", "bit-line driver")]
    duration_s: Annotated[float, Range(0.2e-9, 1e-6, "s", "Fokker-Planck table")]


@dataclass(frozen=True, kw_only=True)
class Array(Checked):
    """A gated 1T1MTJ array cut into tiles of `tile_rows` rows by all columns.

    line_max_a: 1e11 A/m² through 70 nm × 140 nm of copper, a minimum-width line of a 45 nm node.
    That density is an assumption for pulses of some ns at a duty of a few per cent, where heating
    is the limit; for direct current, where electromigration is, it is nearer 1e10 A/m² and
    0.1 mA, about one cell.

    partial_sums: the currents of a neuron's tiles meet on its integrator (analog), or each is
    converted by an ADC of `Sense.adc_bits` and the numbers are added (digital). read_scheme: the
    column current as it is (raw), less (G_P + G_AP)/2 for each active row (reference, the
    subtraction logic of Zhou et al. 2025), or less that of a second, complementary cell (pair).
    """

    tile_rows: Annotated[int, Range(1, 4096, "", "rows on one bit line")] = 98
    tile_columns: Annotated[int, Range(1, 20000, "", "columns on one word line")] = 128
    partial_sums: Literal["analog", "digital"] = "analog"
    read_scheme: Literal["raw", "reference", "pair"] = "reference"
    rows_per_write: Annotated[
        int, Range(1, 4096, "", "cells of a column and tile written at once; an assumption")
    ] = 8
    wire_ohm: Annotated[float, Range(0.0, 50.0, "ohm", "bit line, per cell")] = 2.5
    access_ohm: Annotated[float, Range(0.0, 2e4, "ohm", "access transistor, on")] = 3e3
    access_max_a: Annotated[
        float, Range(1e-6, 1e-2, "A", "access transistor, saturation; default an assumption")
    ] = 150e-6
    line_max_a: Annotated[
        float,
        Range(1e-5, 1.0, "A", "bit line, peak of a write; an assumption, see `Array`"),
    ] = 1e-3
    read_v: Annotated[float, Range(0.01, 0.5, "V", "read voltage on the source line")] = 0.1
    read_s: Annotated[float, Range(0.2e-9, 1e-6, "s", "integration time of one step")] = 5e-9


@dataclass(frozen=True, kw_only=True)
class Sense(Checked):
    """Noise of the sense path, referred to the column current."""

    noise_a_per_rthz: Annotated[
        float, Range(0.0, 1e-8, "A Hz^-0.5", "input noise density; default an assumption")
    ] = 2e-11
    noise_relative: Annotated[
        float, Range(0.0, 0.5, "", "rms noise per read over column current; an assumption")
    ] = 5e-3
    offset_relative: Annotated[
        float, Range(0.0, 0.5, "", "static gain mismatch between columns, SD; an assumption")
    ] = 1e-2
    reference_mismatch: Annotated[
        float, Range(0.0, 0.5, "", "reference of a tile and column, SD over mean; an assumption")
    ] = 5e-3
    adc_bits: Annotated[int, Range(1, 12, "", "digital partial sums; an assumption")] = 6
    adc_range: Annotated[
        float,
        Range(0.01, 1.0, "", "full scale over the largest tile sum there is; an assumption"),
    ] = 0.25


@dataclass(frozen=True, kw_only=True)
class Variation(Checked):
    """Coefficients of variation between devices; the diameter moves R_P, Δ and I_c0 together.

    The first four are within a die, a draw a cell; die_* are between dies, a draw a die. What
    changes from cycle to cycle is the switching itself, which is drawn as it happens.
    """

    diameter: Annotated[float, Range(0.0, 0.5, "", "CV; assumption 3 %")] = 0.03
    ra: Annotated[float, Range(0.0, 0.5, "", "CV; assumption 3 %")] = 0.03
    tmr: Annotated[float, Range(0.0, 0.5, "", "CV; assumption 4 %")] = 0.04
    barrier: Annotated[float, Range(0.0, 0.5, "", "CV beside the diameter's; assumption 5 %")] = (
        0.05
    )
    die_diameter: Annotated[float, Range(0.0, 0.5, "", "CV between dies; assumption 1 %")] = 0.01
    die_ra: Annotated[float, Range(0.0, 0.5, "", "CV between dies; assumption 2 %")] = 0.02
    die_tmr: Annotated[float, Range(0.0, 0.5, "", "CV between dies; assumption 1 %")] = 0.01
    die_barrier: Annotated[float, Range(0.0, 0.5, "", "CV between dies; assumption 2 %")] = 0.02


Law = Literal["power", "E", "1/E"]
Distribution = Literal["weibull", "lognormal"]


@dataclass(frozen=True, kw_only=True)
class Breakdown(Checked):
    """Time-dependent breakdown of the MgO barrier; equations in `endurance`.

    The defaults are one calibrated set: with them the devices of `anchors` survive what public
    reports of embedded and of cache-class STT-MRAM state. All three laws share the value and the
    slope of t63 at `reference_v`, both distributions the value and the slope of F at 63 %.
    """

    law: Law = "power"
    distribution: Distribution = "weibull"
    t63_s: Annotated[
        float,
        Range(1e-12, 1e30, "s", "stress to 63 % at reference_v; assumption set at public anchors"),
    ] = 3.0
    reference_v: Annotated[
        float, Range(0.2, 2.0, "V", "where the laws meet; assumption, between write and stress")
    ] = 0.9
    voltage_exponent: Annotated[
        float, Range(5.0, 100.0, "", "n = −dln t63/dln V at reference_v; 40 to 60 for 1 nm MgO")
    ] = 50.0
    weibull_shape: Annotated[
        float, Range(0.3, 10.0, "", "β over cells; an assumption, 1.2 to 2 in the literature")
    ] = 1.5
    pulse_exponent: Annotated[
        float, Range(0.3, 3.0, "", "m of N63 = (t63/t_p)^m; assumption, stress time adds up")
    ] = 1.0
    polarity_factor: Annotated[
        float, Range(1e-6, 1e6, "", "t63 of P→AP pulses over that of AP→P; an assumption")
    ] = 1.0
    reference_diameter_m: Annotated[
        float, Range(10e-9, 1e-6, "m", "junction t63_s is for, area A0; an assumption")
    ] = 50e-9


@dataclass(frozen=True, kw_only=True)
class Defects(Checked):
    """Fractions of the cells that are broken from the start; none by default."""

    stuck_p: Annotated[float, Range(0.0, 0.25, "", "cells parallel for ever")] = 0.0
    stuck_ap: Annotated[float, Range(0.0, 0.25, "", "cells antiparallel for ever")] = 0.0
    open: Annotated[float, Range(0.0, 0.25, "", "cells that do not conduct")] = 0.0
    short: Annotated[float, Range(0.0, 0.25, "", "cells with a broken barrier")] = 0.0
    short_ohm: Annotated[
        float, Range(1.0, 1e4, "ohm", "junction of a shorted cell; default an assumption")
    ] = 100.0


@dataclass(frozen=True, kw_only=True)
class Periphery(Checked):
    """The circuits around the cells: a named preset of `periphery.PRESETS`."""

    node: Literal["22nm", "28nm", "45nm", "65nm"] = "45nm"
