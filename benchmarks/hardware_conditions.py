"""The conditions of `hardware_on`: a title, what differs from the default die, how many dies."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from device_models.params import Sense, Variation
from dse.study_file import load
from objectives.design import Value

SPREADS = ("diameter", "ra", "tmr", "barrier")
DIES = ("die_diameter", "die_ra", "die_tmr", "die_barrier")
AMPLITUDES = "potentiation.amplitude_v", "depression.amplitude_v"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One row. ideal: title it is held against; quiet_learning: no read noise while learning."""

    title: str
    changes: Mapping[str, Value] = field(default_factory=dict)
    neurons: int = 400
    dies: int = 3
    ideal: str = "ideal"
    quiet_learning: bool = False


def base(neurons: int) -> dict[str, Value]:
    """The design of all conditions of one size, on the default die: all chosen on validation."""
    common: dict[str, Value] = {
        **load("quickstart").fixed,
        "potentiation.duration_s": 5e-9, "depression.duration_s": 5e-9, "neuron.count": neurons,
        "neuron.threshold": 100.0, "neuron.homeostasis": "bias", "neuron.compensation": 0.3,
        "neuron.drive": 35.0, "training.initial_on": 0.05, "training.label_depth": 3,
        "training.label_images": 50_000, "array.tile_rows": 98,
    }  # fmt: skip
    if neurons == 1600:
        return common | pulses(1.01, 1.05) | {
            "neuron.bias_step": 8.0, "training.phases": 10, "training.final_amplitude": 0.775,
            "training.final_step": 0.05,
        }  # fmt: skip
    return common | pulses(0.86, 0.88) | {
        "neuron.bias_step": 1.6, "training.phases": 6, "training.final_amplitude": 0.92,
        "training.final_step": 0.2,
    }  # fmt: skip


def pulses(up_v: float, down_v: float) -> dict[str, Value]:
    """Amplitudes of the first phase."""
    return dict(zip(AMPLITUDES, (up_v, down_v), strict=True))


def spread(times: float) -> dict[str, Value]:
    """Every coefficient of variation, within a die and between dies, times its default."""
    default = Variation()
    return {f"variation.{n}": times * getattr(default, n) for n in (*SPREADS, *DIES)}


def every_spread(cv: float) -> dict[str, Value]:
    """The four coefficients within a die alike."""
    return {f"variation.{n}": cv for n in SPREADS}


def noise(times: float) -> dict[str, Value]:
    """Read noise, white and relative, times its default."""
    names = "noise_a_per_rthz", "noise_relative"
    return {f"sense.{n}": times * getattr(Sense(), n) for n in names}


def offset(times: float) -> dict[str, Value]:
    """Gain and reference mismatch of the sense amplifiers times the default."""
    names = "offset_relative", "reference_mismatch"
    return {f"sense.{n}": times * getattr(Sense(), n) for n in names}


WIRES_OFF: Mapping[str, Value] = {"array.wire_ohm": 0.0}
WEAK, STRONG, WEAK_1600 = pulses(0.78, 0.80), pulses(0.86, 0.88), pulses(0.92, 0.956)
IDEAL: Mapping[str, Value] = {**WIRES_OFF, **spread(0.0), **noise(0.0), **offset(0.0), **WEAK}
IDEAL_1600: Mapping[str, Value] = {**IDEAL, **WEAK_1600}

NOISY, SKEWED = noise(16.0), offset(8.0)
PAIRS: Mapping[str, Value] = {"array.read_scheme": "pair"}
PARALLEL: Mapping[str, Value] = {"synapse.topology": "parallel"}
PATIENT: Mapping[str, Value] = {"neuron.threshold": 300.0}


def _large(title: str, changes: Mapping[str, Value]) -> Condition:
    return Condition(
        title=f"1600: {title}", changes=changes, neurons=1600, dies=5, ideal="1600: ideal"
    )


def _restoring(title: str, changes: Mapping[str, Value], quiet: bool = False) -> Condition:
    return Condition(
        title=f"noise × 16, {title}", changes={**NOISY, **changes}, quiet_learning=quiet
    )


CONDITIONS: tuple[Condition, ...] = (
    Condition(title="ideal", changes=IDEAL, dies=5),
    Condition(title="default", dies=5),
    Condition(title="four-fold variability", changes=spread(4.0), dies=5),
    Condition(title="default, pulses of the ideal one", changes=WEAK),
    Condition(title="ideal, pulses of the default one", changes={**IDEAL, **STRONG}),
    _large("ideal", IDEAL_1600),
    _large("default", {}),
    _large("four-fold variability", spread(4.0)),
    Condition(title="noise × 16", changes=NOISY),
    Condition(title="offset × 8", changes=SKEWED),
    _restoring("read of 20 ns", {"array.read_s": 20e-9}),
    _restoring("read of 80 ns", {"array.read_s": 80e-9}),
    _restoring("threshold 300", PATIENT),
    _restoring("pairs", PAIRS),
    _restoring("two parallel junctions", PARALLEL),
    _restoring("tiles of 28 rows", {"array.tile_rows": 28, **WEAK}),
    _restoring("learned without", {}, quiet=True),
    Condition(title="offset × 8, pairs", changes={**SKEWED, **PAIRS}),
    Condition(
        title="offset × 8, tiles of 28 rows", changes={**SKEWED, "array.tile_rows": 28, **WEAK}
    ),
    Condition(title="tiles of 28 rows", changes={"array.tile_rows": 28, **WEAK}),
    Condition(title="pairs", changes=PAIRS),
    Condition(title="two parallel junctions", changes=PARALLEL),
    Condition(title="all spreads 5 %", changes=every_spread(0.05), dies=5),
    Condition(title="all spreads 20 %", changes=every_spread(0.2), dies=5),
    _large("all spreads 5 %", every_spread(0.05)),
    _large("all spreads 20 %", every_spread(0.2)),
    _large("noise × 16", NOISY),
    _large("noise × 16 with pairs", {**NOISY, **PAIRS}),
    Condition(title="noise × 4", changes=noise(4.0)),
    Condition(title="noise × 64", changes=noise(64.0)),
    Condition(title="noise × 64, pairs", changes={**noise(64.0), **PAIRS}),
    Condition(title="noise × 64, two parallel junctions", changes={**noise(64.0), **PARALLEL}),
    Condition(title="noise × 64, threshold 300", changes={**noise(64.0), **PATIENT}),
    Condition(
        title="noise × 64, pairs at threshold 300", changes={**noise(64.0), **PAIRS, **PATIENT}
    ),
    _restoring("five views", {"encoding.views": 5}),
    _restoring("tiles of 28 rows, pulses as of 98", {"array.tile_rows": 28}),
    Condition(title="no drive", changes={"neuron.drive": 0.0}),
)
EXACT = (Condition(title="default, exact currents", dies=3),)
