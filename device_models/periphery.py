"""Energy and area of the circuits around the cells, as named presets.

Row drivers, sense amplifiers and neurons of published macros spread over decades; these presets
are design values of the usual order, not measurements of one chip. `SOURCES` says so per number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class Circuits:
    """Cost of one use of each circuit: energies in J, areas in m², capacitance in F."""

    row_driver_j: float
    """Switching one word line across 128 columns."""
    sense_j: float
    """One column read of one tile in one step."""
    neuron_j: float
    """One integration step of one neuron."""
    bit_line_f: float
    """Bit-line capacitance a cell."""
    cell_m2: float
    """One 1T1MTJ cell."""
    sense_m2: float
    neuron_m2: float
    row_driver_m2: float


PRESETS: Mapping[str, Circuits] = MappingProxyType(
    {
        "22nm": Circuits(
            row_driver_j=34e-15, sense_j=85e-15, neuron_j=20e-15, bit_line_f=0.10e-15,
            cell_m2=0.0486e-12, sense_m2=8e-12, neuron_m2=30e-12, row_driver_m2=2e-12,
        ),
        "45nm": Circuits(
            row_driver_j=126e-15, sense_j=110e-15, neuron_j=50e-15, bit_line_f=0.15e-15,
            cell_m2=0.12e-12, sense_m2=20e-12, neuron_m2=80e-12, row_driver_m2=5e-12,
        ),
        "65nm": Circuits(
            row_driver_j=264e-15, sense_j=150e-15, neuron_j=100e-15, bit_line_f=0.20e-15,
            cell_m2=0.25e-12, sense_m2=40e-12, neuron_m2=150e-12, row_driver_m2=10e-12,
        ),
    }
)  # fmt: skip

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "cell_m2": "22 nm: 216 nm × 225 nm of the Intel 22FFL cell (ISSCC 2019);"
        " other nodes: assumption",
        "row_driver_j": "assumption",
        "sense_j": "assumption",
        "neuron_j": "assumption; published neurons span 1.6 fJ to tens of pJ",
        "bit_line_f": "assumption",
        "sense_m2": "assumption",
        "neuron_m2": "assumption",
        "row_driver_m2": "assumption",
    }
)
