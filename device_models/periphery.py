"""Energy, area and delay of the circuits around the cells, and the wires of one, as presets.

Circuits of published macros spread over decades; these presets are design values of the usual
order, not measurements of one chip. `SOURCES` says so per number, docs/physics/periphery.md lists
what others report.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from device_models.ranges import RangeError

COPPER_OHM_M = 1.68e-8
"""Bulk copper at 293 K."""
COPPER_PATH_M = 39e-9
"""Mean free path of its electrons."""
COPPER_SPECULAR, COPPER_REFLECTION = 0.52, 0.43
"""Surfaces and grain boundaries: Sun et al. 2010, doi 10.1103/PhysRevB.81.155454."""
LINE_ASPECT = 1.8
"""Thickness over width of a thin wire: 144 nm over 80 nm, Intel 45 nm; others an assumption."""
LINER_M = 3e-9
"""Barrier on both sides and below, which does not conduct; assumption."""
WIRE_F_PER_M = 2e-10
"""Capacitance of a wire at the smallest pitch; assumption, 0.15 to 0.25 fF/µm at all nodes."""
PRESET_COLUMNS = 128
"""Columns on the word line that the presets of a row driver are for."""
DISTRIBUTED_RC = 0.38
"""Time to one half at the far end of a wire over its R·C: ln 2 of a lumped one, halved."""


@dataclass(frozen=True, kw_only=True)
class Circuits:
    """Cost of one use of each circuit (energy J, delay s), its area (m²), and the cell it serves.

    The area of a cell is its two pitches, never a number of F²: "F" of a node is its name only.
    """

    row_pitch_m: float
    """Length of bit line a cell."""
    column_pitch_m: float
    """Length of word line a cell."""
    line_width_m: float
    """Width of the bit line."""
    cell_f: float
    """Junction of the access transistor and contacts, on the bit line, a cell."""
    gate_f: float
    """Gate of the access transistor, on the word line, a cell."""
    row_driver_j: float
    """Switching one word line across 128 columns, its line included."""
    row_driver_m2: float
    row_driver_s: float
    sense_j: float
    """One column read of one tile in one step."""
    sense_m2: float
    sense_s: float
    """From the integrated current to a settled value."""
    neuron_j: float
    """One integration step of one neuron, which takes no time beside the read."""
    neuron_m2: float
    winner_j: float
    """Comparing one neuron with the others, in one step."""
    winner_m2: float
    winner_s: float
    """Finding the winner, if there is one, of up to 1,000 neurons."""
    write_driver_j: float
    """Turning the write driver of one column of one tile on and off, its load left out."""
    write_driver_m2: float
    write_driver_s: float
    adc_bit_j: float
    """Converting a tile column, for each bit: comparator and logic."""
    adc_level_j: float
    """The same for each of the 2^bits levels: the converter's own ladder of capacitors."""
    adc_bit_m2: float
    adc_level_m2: float
    adc_bit_s: float
    adder_bit_j: float
    """Adding, comparing or storing one bit."""
    adder_bit_m2: float
    adder_s: float
    """One addition, whatever its width."""

    @property
    def cell_m2(self) -> float:
        """One 1T1MTJ cell."""
        return self.row_pitch_m * self.column_pitch_m

    @property
    def bit_line_f(self) -> float:
        """Bit-line capacitance a cell [F]: its wire and its transistor."""
        return WIRE_F_PER_M * self.row_pitch_m + self.cell_f


PRESETS: Mapping[str, Circuits] = MappingProxyType(
    {
        "22nm": Circuits(
            row_pitch_m=216e-9, column_pitch_m=225e-9, line_width_m=45e-9, cell_f=0.057e-15,
            gate_f=0.12e-15,
            row_driver_j=34e-15, row_driver_m2=2e-12, row_driver_s=0.10e-9,
            sense_j=85e-15, sense_m2=8e-12, sense_s=0.8e-9,
            neuron_j=20e-15, neuron_m2=30e-12,
            winner_j=0.12e-15, winner_m2=2e-12, winner_s=3.5e-9,
            write_driver_j=10e-15, write_driver_m2=3e-12, write_driver_s=0.20e-9,
            adc_bit_j=24e-15, adc_level_j=3.7e-15, adc_bit_m2=41e-12, adc_level_m2=1.9e-12,
            adc_bit_s=0.08e-9, adder_bit_j=1.8e-15, adder_bit_m2=1.1e-12, adder_s=0.15e-9,
        ),
        "28nm": Circuits(
            row_pitch_m=240e-9, column_pitch_m=245e-9, line_width_m=45e-9, cell_f=0.060e-15,
            gate_f=0.15e-15,
            row_driver_j=53e-15, row_driver_m2=2.8e-12, row_driver_s=0.13e-9,
            sense_j=93e-15, sense_m2=11.5e-12, sense_s=1.0e-9,
            neuron_j=27e-15, neuron_m2=34e-12,
            winner_j=0.16e-15, winner_m2=3e-12, winner_s=4.5e-9,
            write_driver_j=13e-15, write_driver_m2=4e-12, write_driver_s=0.25e-9,
            adc_bit_j=31e-15, adc_level_j=4.7e-15, adc_bit_m2=52e-12, adc_level_m2=2.5e-12,
            adc_bit_s=0.10e-9, adder_bit_j=2.3e-15, adder_bit_m2=1.7e-12, adder_s=0.19e-9,
        ),
        "45nm": Circuits(
            row_pitch_m=320e-9, column_pitch_m=375e-9, line_width_m=80e-9, cell_f=0.086e-15,
            gate_f=0.25e-15,
            row_driver_j=126e-15, row_driver_m2=5e-12, row_driver_s=0.20e-9,
            sense_j=110e-15, sense_m2=20e-12, sense_s=1.5e-9,
            neuron_j=50e-15, neuron_m2=80e-12,
            winner_j=0.25e-15, winner_m2=6e-12, winner_s=7.2e-9,
            write_driver_j=25e-15, write_driver_m2=8e-12, write_driver_s=0.40e-9,
            adc_bit_j=49e-15, adc_level_j=7.6e-15, adc_bit_m2=84e-12, adc_level_m2=4.0e-12,
            adc_bit_s=0.15e-9, adder_bit_j=3.75e-15, adder_bit_m2=4.5e-12, adder_s=0.30e-9,
        ),
        "65nm": Circuits(
            row_pitch_m=500e-9, column_pitch_m=500e-9, line_width_m=105e-9, cell_f=0.100e-15,
            gate_f=0.40e-15,
            row_driver_j=264e-15, row_driver_m2=10e-12, row_driver_s=0.30e-9,
            sense_j=150e-15, sense_m2=40e-12, sense_s=2.0e-9,
            neuron_j=100e-15, neuron_m2=150e-12,
            winner_j=0.363e-15, winner_m2=12e-12, winner_s=10.4e-9,
            write_driver_j=50e-15, write_driver_m2=16e-12, write_driver_s=0.60e-9,
            adc_bit_j=71e-15, adc_level_j=11e-15, adc_bit_m2=121e-12, adc_level_m2=5.7e-12,
            adc_bit_s=0.22e-9, adder_bit_j=5.4e-15, adder_bit_m2=9.4e-12, adder_s=0.43e-9,
        ),
    }
)  # fmt: skip

_CELLS = (
    "22 nm: a cell of 216 nm × 225 nm, Intel 22FFL, doi 10.1109/IEDM.2018.8614620; 28 nm: one of"
    " 75 F² = 0.0588 µm², doi 10.1109/ISSCC.2018.8310393 (areas in the survey of NVMExplorer, MIT"
    " licence); its sides, which side is which, and 45 and 65 nm: assumption"
)
_WINNER = (
    "65 nm: 34.9 µW for 10.4 ns and 1,000 inputs after layout, simulated, Zyarah and Kudithipudi"
    " 2025, the power taken as that of a decision; other nodes in proportion: assumption"
)
_ADC = (
    "two converters of compute-in-memory designs at 32 nm: 8 bits, 1.2 GS/s, 2 mW, 1,200 µm² of"
    " ISAAC, doi 10.1109/ISCA.2016.12; 4 bits, 2.1 GS/s, 0.475 mW, 284 µm² of FORMS, doi"
    " 10.1109/ISCA52012.2021.00029; a cost a bit and a cost a level laid through both and scaled"
    " in proportion to the node: assumption"
)
_ADDER = (
    "45 nm: 8-bit addition of 30 fJ, Horowitz 2014, doi 10.1109/ISSCC.2014.6757323, on 36 µm²"
    " (recalled); energy in proportion to the node, area to its square, a bit of storage or"
    " comparison as one of addition: assumption"
)
_DRIVER = "assumption: a driver for 1 mA, 5 µm of gate at 1 fF/µm, and as much in its chain"

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "row_pitch_m": _CELLS,
        "column_pitch_m": _CELLS,
        "line_width_m": "half of the smallest metal pitch: 160 nm, Intel 45 nm; 90 nm, Intel"
        " 22FFL (WikiChip); 28 nm as 22 nm and 65 nm 210 nm: assumption",
        "cell_f": "assumption",
        "gate_f": "assumption, about 1 fF a µm of gate",
        "row_driver_j": "assumption; 28 nm between 22 and 45 nm by a power law",
        "row_driver_m2": "assumption",
        "row_driver_s": "assumption",
        "sense_j": "assumption; 28 nm between 22 and 45 nm by a power law",
        "sense_m2": "assumption",
        "sense_s": "assumption, below the read times of surveyed macros of the node",
        "neuron_j": "assumption; published neurons span 1.6 fJ to tens of pJ",
        "neuron_m2": "28 nm: 34 µm², arXiv 2408.07734 (CC BY 4.0); other nodes: assumption",
        "winner_j": _WINNER,
        "winner_m2": "assumption",
        "winner_s": _WINNER,
        "write_driver_j": _DRIVER,
        "write_driver_m2": _DRIVER,
        "write_driver_s": "assumption",
        "adc_bit_j": _ADC,
        "adc_level_j": _ADC,
        "adc_bit_m2": _ADC,
        "adc_level_m2": _ADC,
        "adc_bit_s": _ADC,
        "adder_bit_j": _ADDER,
        "adder_bit_m2": _ADDER,
        "adder_s": "assumption: some ten gates; in proportion to the node",
    }
)


def copper_resistivity(width_m: float, thickness_m: float) -> float:
    """Resistivity [ohm m] of a copper wire with grains as wide as the wire.

    width_m, thickness_m: of the copper, 20 nm … 1 µm.

    Grain boundaries (Mayadas and Shatzkes) and surfaces (Sondheimer, thick limit) add up, with
    mean free path λ, specularity p, reflection R, and α = λ/w·R/(1 − R):

        ρ/ρ0 = 1/(1 − 3α/2 + 3α² − 3α³·ln(1 + 1/α)) + ⅜·λ·(1 − p)·(1/w + 1/t)

    The thick limit makes ρ 1.4 % low below w = λ, less above. Room temperature; roughness left
    out.

    References: Mayadas and Shatzkes 1970, doi 10.1103/PhysRevB.1.1382, eq. 8; Sondheimer 1952,
    Adv. Phys. 1, 1; p and R: Sun et al. 2010, doi 10.1103/PhysRevB.81.155454.
    """
    if not 20e-9 <= min(width_m, thickness_m) <= max(width_m, thickness_m) <= 1e-6:
        raise RangeError(
            f"a copper wire of {width_m:g} m × {thickness_m:g} m is outside 2e-08 … 1e-06 m "
            "(size-effect formula); give both sides in metres, inside it"
        )
    path_m = COPPER_PATH_M
    alpha = path_m / width_m * COPPER_REFLECTION / (1 - COPPER_REFLECTION)
    grains = 1 - 1.5 * alpha + 3 * alpha**2 - 3 * alpha**3 * math.log1p(1 / alpha)
    surfaces = 0.375 * path_m * (1 - COPPER_SPECULAR) * (1 / width_m + 1 / thickness_m)
    return COPPER_OHM_M * (1 / grains + surfaces)


def wire_ohm(node: str) -> float:
    """Resistance [ohm] of the bit line a cell: what `array.wire_ohm` might be at this node.

    ρ·(row pitch)/(w·t) of the copper inside its liner, at the smallest width. Wider lines and
    metals strapped together lower it, vias raise it. No design is changed by it.
    """
    circuits = PRESETS[node]
    return _line_ohm_per_m(circuits) * circuits.row_pitch_m


def _line_ohm_per_m(circuits: Circuits) -> float:
    width_m = circuits.line_width_m - 2 * LINER_M
    thickness_m = LINE_ASPECT * circuits.line_width_m - LINER_M
    return copper_resistivity(width_m, thickness_m) / (width_m * thickness_m)


def word_line_j(circuits: Circuits, columns: float) -> float:
    """Energy [J] of switching one word line of so many columns, in proportion to them."""
    return circuits.row_driver_j * columns / PRESET_COLUMNS


def word_line_s(circuits: Circuits, columns: float) -> float:
    """Delay [s] of a row driver whose word line has so many columns, 1 … 40,000.

    Half of the preset, at 128 columns, is taken to be the driver's chain, whatever it drives; the
    other half charges the line through the driver and goes with the line's capacitance. The wire
    itself adds 0.38·R·C, which goes with the square:

        t(n) = t(128)/2·(1 + n/128) + 0.38·r·c·(n² − 128²)

    r, c: word line a cell, a copper wire as wide as the bit line, its capacitance and that of the
    gates. A driver is the same whatever its line: no wider one is drawn for a longer line. The
    split in halves and the width of the line are assumptions.
    """
    ohm = _line_ohm_per_m(circuits) * circuits.column_pitch_m
    farad = WIRE_F_PER_M * circuits.column_pitch_m + circuits.gate_f
    driver_s = circuits.row_driver_s / 2 * (1 + columns / PRESET_COLUMNS)
    return driver_s + DISTRIBUTED_RC * ohm * farad * (columns**2 - PRESET_COLUMNS**2)


def adc_j(circuits: Circuits, bits: int) -> float:
    """Energy [J] of one conversion, 1 … 12 bits: bits·(comparator, logic) + 2^bits·(capacitor).

    A converter by successive approximation. Past some ten bits thermal noise asks for four times
    the capacitance a bit; that is left out. docs/physics/periphery.md holds it against survey.
    """
    return bits * circuits.adc_bit_j + 2**bits * circuits.adc_level_j


def adc_m2(circuits: Circuits, bits: int) -> float:
    """Area [m²] of one converter, as `adc_j`."""
    return bits * circuits.adc_bit_m2 + 2**bits * circuits.adc_level_m2


def adc_s(circuits: Circuits, bits: int) -> float:
    """Time [s] of one conversion: one comparison a bit."""
    return bits * circuits.adc_bit_s
