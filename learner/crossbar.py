"""One sampled die as the learner sees it: plain arrays, made by the layer above from devices."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from device_models.analog import AnalogCell
from device_models.ranges import Range, RangeError, check_value

Floats = NDArray[np.float32] | NDArray[np.float64]

_SCALARS = {
    "tile_rows": Range(1, 65536, "", "rows on one bit line"),
    "read_v": Range(1e-6, 10.0, "V", "read voltage"),
    "read_s": Range(1e-12, 1.0, "s", "integration time of one step"),
    "noise_relative": Range(0.0, 1.0, "", "rms read noise over column current"),
    "noise_a": Range(0.0, 1.0, "A", "rms read noise"),
    "reference_s": Range(0.0, 1e3, "S", "reference conductance of one active row"),
    "pair_s": Range(0.0, 1e3, "S", "mean conductance of both cells of a pair"),
    "converter_a": Range(0.0, 1e3, "A", "one code of a converter, 0: none"),
    "converter_low": Range(-65536, 0, "", "lowest code"),
    "converter_high": Range(0, 65536, "", "highest code"),
}

JUNCTIONS_MOST = 4


@dataclass(frozen=True, kw_only=True)
class ReadPath(ABC):
    """Tiles, wires and sense path of a die; rows are inputs, columns are neurons.

    attenuation   (levels, tile_rows) 0…1, part of its ideal current that the cell at position k
        of its tile contributes when level/(levels − 1) of the tile's rows are active; linear
        between levels; all ones are ideal wires
    tile_rows     inputs are cut into tiles of so many rows, the last may be shorter
    reference_s   conductance subtracted for each active row, attenuated as the row is
    noise_relative, noise_a   rms noise of one tile, column and step, as a fraction of the
        column's current in the tile, and absolute [A]
    gain          (inputs, neurons) static gain of the sense amplifier that reads the cell, alike
        down a tile, (lines, inputs, neurons) where synapses have lines; the conductances hold it
        already; None where all are 1
    pair_s        mean conductance of both cells of a complementary pair, whose two lines are noisy
        each by itself; 0 where a synapse is read through one line
    converter_a   current [A] of one code of the converter that each tile and column has; codes
        below converter_low and above converter_high are held there; 0: no converter, the sums
        of the tiles stay analog
    defects       (inputs, neurons) kinds of broken cells, set by `defects.with_defects`; None
        where all are healthy
    """

    attenuation: Floats
    tile_rows: int
    read_v: float
    read_s: float
    reference_s: float
    noise_relative: float = 0.0
    noise_a: float = 0.0
    gain: Floats | None = None
    pair_s: float = 0.0
    converter_a: float = 0.0
    converter_low: int = 0
    converter_high: int = 0
    defects: NDArray[np.uint8] | None = None

    @property
    @abstractmethod
    def window_s(self) -> tuple[Floats, Floats]:
        """Conductance [S] of each cell when it is off and when it is on, (inputs, neurons)."""

    @property
    def inputs(self) -> int:
        """Rows."""
        return int(self.window_s[0].shape[0])

    @property
    def neurons(self) -> int:
        """Columns."""
        return int(self.window_s[0].shape[1])

    def _check(self, off: str, on: str, *chances: str) -> None:
        """Scalars, then the named arrays: one shape, conductances in order, chances 0 … 1."""
        for name in (off, *chances):
            _check_shape(name, getattr(self, name), getattr(self, on).shape)
        self._check_scalars(*chances)
        for name in (on, off):
            _check_values(name, getattr(self, name), Range(0.0, 1e3, "S"))
        on_s, off_s = (float(getattr(self, name).mean()) for name in (on, off))
        if on_s <= off_s:
            raise RangeError(f"mean {on} = {on_s:g} S must exceed mean {off} = {off_s:g} S")

    def _check_scalars(self, *chances: str) -> None:
        for name, allowed in _SCALARS.items():
            check_value(name, getattr(self, name), allowed)
        _check_shape("attenuation", self.attenuation, (len(self.attenuation), self.tile_rows))
        for name in (*chances, "attenuation"):
            _check_values(name, getattr(self, name), Range(0.0, 1.0))


@dataclass(frozen=True, kw_only=True)
class Crossbar(ReadPath):
    """A die of binary cells.

    conductance_p_s, conductance_ap_s   (inputs, neurons) [S] of a cell in its parallel and its
        antiparallel state, as the read sees it
    potentiation, depression            (inputs, neurons) 0…1, chance that one pulse flips a cell
        AP→P and P→AP
    """

    conductance_p_s: Floats
    conductance_ap_s: Floats
    potentiation: Floats
    depression: Floats

    def __post_init__(self) -> None:
        self._check("conductance_ap_s", "conductance_p_s", "potentiation", "depression")

    @property
    def window_s(self) -> tuple[Floats, Floats]:
        """Antiparallel and parallel."""
        return self.conductance_ap_s, self.conductance_p_s


@dataclass(frozen=True, kw_only=True)
class AnalogCrossbar(ReadPath):
    """A die of multilevel cells; a cell's level is 0 at its lowest conductance, 1 at its highest.

    conductance_low_s, conductance_high_s   (inputs, neurons) [S] as the read sees it
    step_up, step_down   (inputs, neurons) levels, `AnalogCell.step_up` and `step_down` of each
    cycles_left          (inputs, neurons) wear until the end of each cell; at its end if <= 0
    cell                 what all cells share: bends, noise, wear of a pulse, where they get stuck
    potentiation_chance, depression_chance   0…1, chance that a cell is given its pulse
    """

    conductance_low_s: Floats
    conductance_high_s: Floats
    step_up: Floats
    step_down: Floats
    cycles_left: Floats
    cell: AnalogCell
    potentiation_chance: float = 1.0
    depression_chance: float = 1.0

    def __post_init__(self) -> None:
        self._check("conductance_low_s", "conductance_high_s", "step_up", "step_down")
        _check_shape("cycles_left", self.cycles_left, self.conductance_low_s.shape)
        for name in ("potentiation_chance", "depression_chance"):
            check_value(name, getattr(self, name), Range(0.0, 1.0))

    @property
    def window_s(self) -> tuple[Floats, Floats]:
        """Lowest and highest."""
        return self.conductance_low_s, self.conductance_high_s


@dataclass(frozen=True, kw_only=True)
class CompoundCrossbar(ReadPath):
    """A die whose synapses are several binary junctions each, k of them in 2^k states.

    Bit m of a state is 1 when junction m is where potentiation drives it. A synapse has one or
    more lines to its neuron's sense amplifier; what it adds to the neuron is
    offset_s + Σ line_signs·line_s.

    line_s      (lines, kinds, inputs, neurons) [S] conductance of a line, by kind of its state
    line_kind   (states, lines) which kind each line has in each state
    line_signs  (lines,) +1, or −1 for the complementary line of a pair
    offset_s    [S] keeps that sum positive; part of `reference_s`, which takes it away again
    drawn_s     (states,) [S] mean conductance that draws current while the synapse is read
    chances     (kinds, inputs, neurons) 0…1, chance that one pulse flips a junction
    chance_kind (states, junctions) which kind of chance each junction has in each state
    """

    line_s: Floats
    line_kind: NDArray[np.uint8]
    line_signs: tuple[int, ...]
    offset_s: float = 0.0
    drawn_s: Floats
    chances: Floats
    chance_kind: NDArray[np.uint8]

    def __post_init__(self) -> None:
        states, junctions = self.chance_kind.shape
        if not 1 <= junctions <= JUNCTIONS_MOST or states != 2**junctions:
            raise RangeError(
                f"chance_kind has shape {self.chance_kind.shape}, but must be (2^k, k) with k"
                f" from 1 to {JUNCTIONS_MOST}"
            )
        _check_shape("line_kind", self.line_kind, (states, len(self.line_s)))
        _check_shape("drawn_s", self.drawn_s, (states,))
        _check_shape("chances", self.chances, (len(self.chances), *self.line_s.shape[2:]))
        _check_values("line_s", self.line_s, Range(0.0, 1e3, "S"))
        self._check_scalars("chances")
        off_s, on_s = (float(g.mean()) for g in self.window_s)
        if on_s <= off_s:
            raise RangeError(
                f"synapses with all junctions depressed add {off_s:g} S on average, but must add"
                f" less than with all potentiated, {on_s:g} S"
            )

    def conductance_s(self, state: int) -> NDArray[np.float64]:
        """What synapses in `state` add to their neurons, (inputs, neurons) [S]."""
        total = np.full(self.line_s.shape[2:], self.offset_s)
        for line, sign in enumerate(self.line_signs):
            total += sign * self.line_s[line, self.line_kind[state, line]]
        return total

    @property
    def states(self) -> int:
        """How many a synapse has."""
        return len(self.line_kind)

    @property
    def junctions(self) -> int:
        """Of a synapse."""
        return int(self.chance_kind.shape[1])

    @property
    def window_s(self) -> tuple[Floats, Floats]:
        """All junctions where depression drives them, all where potentiation does."""
        return self.conductance_s(0), self.conductance_s(self.states - 1)

    @property
    def inputs(self) -> int:
        """Rows."""
        return int(self.line_s.shape[2])

    @property
    def neurons(self) -> int:
        """Columns, or groups of them that charge one neuron."""
        return int(self.line_s.shape[3])


AnyCrossbar = Crossbar | AnalogCrossbar | CompoundCrossbar


def _check_shape(name: str, values: Floats | NDArray[np.uint8], shape: tuple[int, ...]) -> None:
    if values.shape != shape:
        raise RangeError(f"{name} has shape {values.shape}, but the crossbar needs {shape}")


def _check_values(name: str, values: Floats, allowed: Range) -> None:
    for extreme in (float(values.min()), float(values.max())):
        check_value(name, extreme, allowed)
