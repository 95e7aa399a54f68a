"""A design: everything that decides how well a network learns, and its flat names.

The flat name of a field is its path, `array.tile_rows`; study files, trials, MLflow parameters and
exported specs all use it, so a number has one name everywhere.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Literal, get_type_hints

import numpy as np

from device_models.analog_library import Synapse
from device_models.params import (
    Array,
    Breakdown,
    Defects,
    Environment,
    Mtj,
    Periphery,
    Pulse,
    Sense,
    Variation,
)
from device_models.ranges import (
    Checked,
    Range,
    RangeError,
    choices_of,
    nearest,
    ranges_of,
)
from device_models.temperature import at_temperature
from learner.params import Encoding, Neuron

Value = float | int | str


@dataclass(frozen=True, kw_only=True)
class Training(Checked):
    """What the network sees before it is scored, and how its pulses change meanwhile.

    initial_on: chance that a junction starts parallel. In `phases` equal parts of the training the
    amplitude of both pulses of a junction falls in equal steps to final_amplitude times the first,
    which makes flips rarer, and the step of homeostasis by equal factors to final_step times it;
    one phase leaves both as they are. label_depth: ranked neurons that count the label of an
    image, `readout.label_counts`.

    depression: pulses go to all inactive rows of a winner's column (all), or only to cells that a
    read before found parallel (on_cells). write: a pulse is given unseen (pulse), or every cell of
    the column is read first and one that is where its pulse would drive it gets none (verified);
    no pulse is repeated, for its chance to fail is the learning rule. Neither changes what is
    learned: they spare pulses that could do nothing, at the price of a read each, of single
    junctions only. Reads before a write are taken to be right (`cell_margin_sigma` says whether
    they are), what they disturb is left out.
    """

    images: Annotated[int, Range(100, 1_000_000, "", "presentations, drawn in epochs")] = 50_000
    label_images: Annotated[
        int, Range(100, 50_000, "", "training images whose labels name the neurons")
    ] = 10_000
    label_depth: Annotated[int, Range(1, 10, "", "ranked neurons that count a label")] = 1
    initial_on: Annotated[float, Range(0.0, 1.0, "", "junctions parallel at the start")] = 0.5
    phases: Annotated[int, Range(1, 100, "", "parts of the training with pulses of their own")] = 1
    final_amplitude: Annotated[
        float, Range(0.5, 1.0, "", "amplitude of the last phase over the first")
    ] = 1.0
    final_step: Annotated[
        float, Range(0.001, 1.0, "", "homeostasis step of the last phase over the first")
    ] = 1.0
    depression: Literal["all", "on_cells"] = "all"
    write: Literal["pulse", "verified"] = "pulse"


@dataclass(frozen=True, kw_only=True)
class Design:
    """One point of the design space: device, pulses, array, periphery and learner."""

    device: Mtj
    potentiation: Pulse
    depression: Pulse
    neuron: Neuron
    breakdown: Breakdown
    environment: Environment = field(default_factory=Environment)
    variation: Variation = field(default_factory=Variation)
    defects: Defects = field(default_factory=Defects)
    array: Array = field(default_factory=Array)
    sense: Sense = field(default_factory=Sense)
    periphery: Periphery = field(default_factory=Periphery)
    encoding: Encoding = field(default_factory=Encoding)
    training: Training = field(default_factory=Training)
    synapse: Synapse = field(default_factory=Synapse)

    def __post_init__(self) -> None:
        single = self.synapse.kind == "mtj" and self.synapse.topology == "single"
        if reads_first(self.training) and not (single and self.array.read_scheme != "pair"):
            raise RangeError(
                f"training.depression = {self.training.depression!r} and training.write = "
                f"{self.training.write!r} read cells before a write, which is modelled for single "
                "junctions only; set 'all' and 'pulse', or synapse.kind = 'mtj', "
                "synapse.topology = 'single' and no pairs"
            )


def reads_first(training: Training) -> bool:
    """Whether cells are read before a write, so that pulses that could do nothing are spared."""
    return training.depression == "on_cells" or training.write == "verified"


def operating(design: Design) -> Design:
    """The design with its junction at the temperature of its environment.

    What enters the objectives first passes here (`evaluate`, `check_constraints`), so everything
    behind sees one temperature; a second pass changes nothing.
    """
    temperature_k = design.environment.temperature_k
    return replace(design, device=at_temperature(design.device, temperature_k))


def phase_designs(design: Design) -> tuple[Design, ...]:
    """The design in each phase of its training: pulses and steps as `Training` says."""
    training, neuron = design.training, design.neuron
    if training.phases == 1:
        return (design,)
    volts = np.linspace(1.0, training.final_amplitude, training.phases)
    steps = np.geomspace(1.0, training.final_step, training.phases)
    return tuple(
        replace(
            design,
            potentiation=_weaker(design.potentiation, float(volt)),
            depression=_weaker(design.depression, float(volt)),
            neuron=replace(
                neuron,
                threshold_step=neuron.threshold_step * float(step),
                bias_step=neuron.bias_step * float(step),
            ),
        )
        for volt, step in zip(volts, steps, strict=True)
    )


def phase_starts(training: Training) -> list[int]:
    """First image of each phase of the training, in about equal parts."""
    images, phases = training.images, training.phases
    each, longer = divmod(images, phases)
    return [place * each + min(place, longer) for place in range(phases)]


def phases_begun(training: Training, images: int) -> int:
    """Phases that have begun when so many images, at least one, have been shown."""
    return sum(start < images for start in phase_starts(training))


def _weaker(pulse: Pulse, factor: float) -> Pulse:
    return replace(pulse, amplitude_v=pulse.amplitude_v * factor)


@cache
def _parts() -> Mapping[str, type]:
    hints = get_type_hints(Design)
    return MappingProxyType({part.name: hints[part.name] for part in fields(Design)})


def field_names() -> list[str]:
    """Every flat name of a design, in order."""
    return [f"{part}.{f.name}" for part, kind in _parts().items() for f in fields(kind)]


@cache
def _owner(name: str) -> tuple[type, str]:
    part, _, leaf = name.partition(".")
    kind = _parts().get(part)
    if kind is None or leaf not in {f.name for f in fields(kind)}:
        raise RangeError(f"{name!r} is not a parameter of a design{nearest(name, field_names())}")
    return kind, leaf


def allowed(name: str) -> Range | tuple[Any, ...]:
    """Range of a numeric field, or the choices of a categorical one, by flat name."""
    kind, leaf = _owner(name)
    return ranges_of(kind).get(leaf) or choices_of(kind)[leaf]


@cache
def is_integer(name: str) -> bool:
    """Whether the field holds whole numbers."""
    kind, leaf = _owner(name)
    return get_type_hints(kind)[leaf] is int


def flatten(design: Design) -> dict[str, Value]:
    """Design -> {flat name: value}, in order."""
    return {
        f"{part.name}.{leaf.name}": getattr(getattr(design, part.name), leaf.name)
        for part in fields(design)
        for leaf in fields(getattr(design, part.name))
    }


def unflatten(flat: Mapping[str, Value]) -> Design:
    """{flat name: value} -> Design; fields left out take their default.

    Raises RangeError for an unknown name, a value outside its Range, or a missing field that has
    no default.
    """
    nested: dict[str, dict[str, Any]] = {part: {} for part in _parts()}
    for name, value in flat.items():
        _, leaf = _owner(name)
        nested[name.partition(".")[0]][leaf] = _whole(name, value) if is_integer(name) else value
    return Design(**{part: _make(part, kind, nested[part]) for part, kind in _parts().items()})


def _whole(name: str, value: Value) -> Value:
    if isinstance(value, float) and not value.is_integer():
        raise RangeError(f"{name} = {value:g} is not a whole number; write {round(value)}")
    return int(value) if isinstance(value, float) else value


def _make(part: str, kind: type, values: dict[str, Any]) -> Any:
    try:
        return kind(**values)
    except RangeError as error:
        raise RangeError(f"{part}.{error}") from None
    except TypeError:
        missing = [f.name for f in fields(kind) if f.name not in values and not _has_default(f)]
        raise RangeError(f"{part}.{missing[0]} has no value and no default") from None


def _has_default(f: Field[Any]) -> bool:
    return f.default is not MISSING or f.default_factory is not MISSING
