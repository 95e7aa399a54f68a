"""How the junctions of one synapse are wired: their lines, pulses and states.

A synapse of k junctions has 2^k states, a bit a junction: 1 where potentiation drives it, which is
parallel on the plain side and antiparallel on the complementary side of a pair.
"""

from dataclasses import dataclass, replace

from device_models.params import Pulse
from device_models.pulse_effects import Polarity
from device_models.ranges import RangeError
from learner.crossbar import JUNCTIONS_MOST
from objectives.design import Design

DRIVES: tuple[Polarity, Polarity] = ("depression", "potentiation")
"""Of the synapse, in the order of `Events.pulses`."""


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """Junctions of a synapse.

    per_side junctions on each of `sides` (2 in pairs); in series behind one transistor, or each
    behind its own; read one by one for their logical product (sensed_apart) or as a sum of
    currents. amplitude: of each junction's pulses over the design's, (junctions,).
    """

    per_side: int
    sides: int
    series: bool
    sensed_apart: bool
    amplitude: tuple[float, ...]

    @property
    def junctions(self) -> int:
        """Of a synapse, both sides."""
        return self.per_side * self.sides

    @property
    def states(self) -> int:
        """2^junctions."""
        return int(2**self.junctions)

    @property
    def cells(self) -> int:
        """Access transistors of a synapse, and with them bit lines and write drivers."""
        return self.sides if self.series else self.junctions

    def side(self, junction: int) -> int:
        """0 for the plain side, 1 for the complementary one."""
        return junction // self.per_side

    def parallel(self, state: int, junction: int) -> bool:
        """Whether `junction` is parallel in `state`."""
        return bool((state >> junction) & 1) != bool(self.side(junction))

    def polarity(self, drive: int, junction: int) -> Polarity:
        """Of the pulse `junction` gets when the synapse is driven, 1 for potentiation."""
        return DRIVES[drive ^ self.side(junction)]

    def others_antiparallel(self, state: int, junction: int) -> int:
        """Junctions of the same string that are antiparallel, `junction` not counted."""
        first = self.side(junction) * self.per_side
        string = range(first, first + self.per_side)
        return sum(not self.parallel(state, m) for m in string if m != junction)


def wiring(design: Design) -> Wiring:
    """Of the design's synapse; RangeError if it has more than four junctions.

    A multilevel cell is wired as a single junction; RangeError where the design asks for more.
    """
    synapse, scheme = design.synapse, design.array.read_scheme
    if synapse.kind != "mtj" and (synapse.topology != "single" or scheme == "pair"):
        raise RangeError(
            f"synapse.kind = {synapse.kind!r} has one cell a synapse; set synapse.topology to"
            " 'single' and array.read_scheme to 'reference' or 'raw'"
        )
    sides = 2 if scheme == "pair" else 1
    per_side = {"single": 1, "long_short": 2}.get(synapse.topology, synapse.junctions)
    if per_side * sides > JUNCTIONS_MOST:
        raise RangeError(
            f"synapse.junctions = {per_side} on each side of a pair make {per_side * sides}, but "
            f"a synapse has {JUNCTIONS_MOST} at most; use 2, or another array.read_scheme"
        )
    slow = synapse.slow_ratio if synapse.topology == "long_short" else 1.0
    return Wiring(
        per_side=per_side,
        sides=sides,
        series=synapse.topology == "series" and per_side > 1,
        sensed_apart=synapse.topology == "and" and per_side > 1,
        amplitude=((1.0, slow) if per_side == 2 else (1.0,) * per_side) * sides,
    )


def pulse_of(design: Design, wired: Wiring, polarity: Polarity, junction: int) -> Pulse:
    """The pulse of `polarity` that `junction` gets."""
    pulse = design.potentiation if polarity == "potentiation" else design.depression
    return replace(pulse, amplitude_v=pulse.amplitude_v * wired.amplitude[junction])
