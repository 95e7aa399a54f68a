"""One sampled die as the learner sees it: plain arrays, made by the layer above from devices."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from device_models.ranges import Range, RangeError, check_value

Floats = NDArray[np.float32] | NDArray[np.float64]

_SCALARS = {
    "tile_rows": Range(1, 65536, "", "rows on one bit line"),
    "read_v": Range(1e-6, 10.0, "V", "read voltage"),
    "read_s": Range(1e-12, 1.0, "s", "integration time of one step"),
    "noise_relative": Range(0.0, 1.0, "", "rms read noise over column current"),
    "noise_a": Range(0.0, 1.0, "A", "rms read noise"),
    "reference_s": Range(0.0, 1e3, "S", "reference conductance of one active row"),
}


@dataclass(frozen=True, kw_only=True)
class Crossbar:
    """Cells, tiles and sense path of one die; rows are inputs, columns are neurons.

    conductance_p_s, conductance_ap_s   (inputs, neurons) [S] of a cell in its parallel and its
        antiparallel state, as the read sees it
    potentiation, depression            (inputs, neurons) 0…1, chance that one pulse flips a cell
        AP→P and P→AP
    attenuation   (levels, tile_rows) 0…1, part of its ideal current that the cell at position k
        of its tile contributes when level/(levels − 1) of the tile's rows are active; linear
        between levels; all ones are ideal wires
    tile_rows     inputs are cut into tiles of so many rows, the last may be shorter
    reference_s   conductance subtracted for each active row, attenuated as the row is
    noise_relative, noise_a   rms noise of one tile, column and step, as a fraction of the
        column's current in the tile, and absolute [A]
    defects       (inputs, neurons) kinds of broken cells, set by `defects.with_defects`; None
        where all are healthy
    """

    conductance_p_s: Floats
    conductance_ap_s: Floats
    potentiation: Floats
    depression: Floats
    attenuation: Floats
    tile_rows: int
    read_v: float
    read_s: float
    reference_s: float
    noise_relative: float = 0.0
    noise_a: float = 0.0
    defects: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        for name, allowed in _SCALARS.items():
            check_value(name, getattr(self, name), allowed)
        for name in ("conductance_ap_s", "potentiation", "depression"):
            _check_shape(name, getattr(self, name), self.conductance_p_s.shape)
        _check_shape("attenuation", self.attenuation, (len(self.attenuation), self.tile_rows))
        for name in ("potentiation", "depression", "attenuation"):
            _check_values(name, getattr(self, name), Range(0.0, 1.0))
        for name in ("conductance_p_s", "conductance_ap_s"):
            _check_values(name, getattr(self, name), Range(0.0, 1e3, "S"))
        p_s, ap_s = (float(g.mean()) for g in (self.conductance_p_s, self.conductance_ap_s))
        if p_s <= ap_s:
            raise RangeError(
                f"mean conductance_p_s = {p_s:g} S must exceed mean conductance_ap_s = {ap_s:g} S"
            )

    @property
    def inputs(self) -> int:
        """Rows."""
        return int(self.conductance_p_s.shape[0])

    @property
    def neurons(self) -> int:
        """Columns."""
        return int(self.conductance_p_s.shape[1])


def _check_shape(name: str, values: Floats, shape: tuple[int, ...]) -> None:
    if values.shape != shape:
        raise RangeError(f"{name} has shape {values.shape}, but the crossbar needs {shape}")


def _check_values(name: str, values: Floats, allowed: Range) -> None:
    for extreme in (float(values.min()), float(values.max())):
        check_value(name, extreme, allowed)
