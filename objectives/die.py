"""From a design to one sampled die: the arrays the learner trains on."""

import numpy as np
from numpy.typing import NDArray

from device_models.array import row_attenuation, tile_slices
from device_models.constants import BOLTZMANN_J_PER_K
from device_models.params import Array, Mtj, Sense
from device_models.transport import resistance_antiparallel, resistance_parallel
from device_models.variation import Cells, draw_cells
from device_models.write import depression_write, potentiation_write, pulse_probability
from learner.crossbar import Crossbar
from objectives.design import Design

TYPICAL_ACTIVE_ROWS = 100
"""Active rows of a column whose thermal noise is charged; it is far below the amplifier's."""


def read_conductances(
    cells: Cells, array: Array
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Conductance [S] of each cell with its transistor, parallel and antiparallel, at read bias.

    The junction's share of the read voltage is small against V_h, so TMR is taken at the whole of
    it: an underestimate of the window by less than 1 % at 0.1 V.
    """
    r_ap = resistance_antiparallel(cells.r_p_ohm, cells.tmr, array.read_v, cells.tmr_half_v)
    return 1 / (cells.r_p_ohm + array.access_ohm), 1 / (r_ap + array.access_ohm)


def nominal_conductances(device: Mtj, array: Array) -> tuple[float, float]:
    """`read_conductances` of the nominal junction."""
    r_p = resistance_parallel(device.ra_ohm_m2, device.diameter_m)
    r_ap = resistance_antiparallel(r_p, device.tmr, array.read_v, device.tmr_half_v)
    return float(1 / (r_p + array.access_ohm)), float(1 / (r_ap + array.access_ohm))


def read_noise_a(sense: Sense, array: Array, mtj: Mtj) -> float:
    """Rms current noise [A] of one tile column in one read of `read_s`: amplifier and Johnson.

    White noise in the band 1/(2·read_s) of an integrator: σ² = (i_n² + 4k_BT·G)/(2·read_s).
    """
    return column_noise_a(sense, array, nominal_conductances(mtj, array)[0], mtj.temperature_k)


def column_noise_a(sense: Sense, array: Array, cell_s: float, temperature_k: float) -> float:
    """`read_noise_a` of a column whose cells conduct `cell_s` [S] when they are on."""
    johnson = 4 * BOLTZMANN_J_PER_K * temperature_k * TYPICAL_ACTIVE_ROWS * cell_s
    return float(np.sqrt((sense.noise_a_per_rthz**2 + johnson) / (2 * array.read_s)))


def draw_die(design: Design, inputs: int, rng: np.random.Generator) -> tuple[Crossbar, Cells]:
    """Sample one die: every cell's conductances and switching probabilities, and its cells.

    inputs: rows of the layer. The static gain mismatch of each tile's sense amplifier multiplies
    the conductances of its column, which is how the neurons see it.
    """
    array = design.array
    cells = draw_cells(design.device, design.variation, (inputs, design.neuron.count), rng)
    g_p, g_ap = read_conductances(cells, array)
    gain = column_gain(design, inputs, rng)
    g_mean = sum(nominal_conductances(design.device, array)) / 2
    ltp = potentiation_write(cells, design.potentiation, array.access_ohm)
    ltd = depression_write(cells, design.depression, array.access_ohm)
    tile_rows = min(array.tile_rows, inputs)
    crossbar = Crossbar(
        conductance_p_s=(g_p * gain).astype(np.float32),
        conductance_ap_s=(g_ap * gain).astype(np.float32),
        potentiation=pulse_probability(ltp, cells, design.potentiation).astype(np.float32),
        depression=pulse_probability(ltd, cells, design.depression).astype(np.float32),
        tile_rows=tile_rows,
        attenuation=row_attenuation(tile_rows, array.wire_ohm, g_mean).astype(np.float32),
        read_v=array.read_v,
        read_s=array.read_s,
        noise_relative=design.sense.noise_relative,
        noise_a=read_noise_a(design.sense, array, design.device),
        reference_s=g_mean,
    )
    return crossbar, cells


def column_gain(design: Design, inputs: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(inputs, neurons) static gain of the sense amplifier that each cell is read by."""
    tiles = tile_slices(inputs, design.array.tile_rows)
    gain = 1 + design.sense.offset_relative * rng.standard_normal(
        (len(tiles), design.neuron.count)
    )
    rows_of = [tile.stop - tile.start for tile in tiles]
    return np.repeat(np.maximum(gain, 0.0), rows_of, axis=0)
