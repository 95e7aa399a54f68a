"""From a design to one sampled die: the arrays the learner trains on."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from device_models.array import row_attenuation, tile_slices
from device_models.constants import BOLTZMANN_J_PER_K, ELEMENTARY_CHARGE_C
from device_models.defects import draw_defects
from device_models.params import Array, Mtj, Sense
from device_models.pulse_effects import Polarity, flip_probability
from device_models.tiles import adc_codes, adc_step_a
from device_models.transport import junction_voltage, resistance_antiparallel
from device_models.variation import Cells, draw_cells, nominal_cell
from device_models.write_path import layer_write_path
from learner.crossbar import Crossbar
from learner.defects import with_defects
from objectives.design import Design
from objectives.lazily import Lazily

TYPICAL_ACTIVE_ROWS = 100
"""Active rows of a column whose own noise is charged: about what a digit of MNIST has."""


def read_conductances(
    cells: Cells, array: Array
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Conductance [S] of each cell with its transistor, parallel and antiparallel, at read bias.

    TMR at the share of the read voltage that falls across the junction; the drop along the wires,
    which makes that share smaller still, is left to the array.
    """
    junction = cells.r_p_ohm, cells.tmr
    share_v = junction_voltage(array.read_v, *junction, cells.tmr_half_v, array.access_ohm)
    r_ap = resistance_antiparallel(*junction, share_v, cells.tmr_half_v)
    return 1 / (cells.r_p_ohm + array.access_ohm), 1 / (r_ap + array.access_ohm)


def nominal_conductances(device: Mtj, array: Array) -> tuple[float, float]:
    """`read_conductances` of the nominal junction."""
    g_p, g_ap = read_conductances(nominal_cell(device), array)
    return float(g_p), float(g_ap)


def read_noise_a(sense: Sense, array: Array, mtj: Mtj) -> float:
    """Rms current noise [A] of one tile column in one read of `read_s`: amplifier and cells.

    White noise in the band 1/(2·read_s) of an integrator: σ² = (i_n² + S)/(2·read_s). A tunnel
    junction has S = 4k_BT·G·x·coth x, x = eV/2k_BT: Johnson's at no bias, shot noise 2eI far above
    52 mV (Rogovin and Scalapino 1974, Ann. Phys. 86, 1). 1/f noise is left out.
    """
    return column_noise_a(sense, array, nominal_conductances(mtj, array)[0], mtj.temperature_k)


def column_noise_a(
    sense: Sense,
    array: Array,
    cell_s: float,
    temperature_k: float,
    cells: int = 1,
    sides: int = 1,
) -> float:
    """`read_noise_a` of a column whose cells, tunnel junctions or taken as such, conduct `cell_s`.

    cell_s: conductance [S] of a cell that is on, with its transistor; cells: of a synapse, each
    on a line of its own; sides: amplifiers these lines end in, 2 for a pair.
    """
    thermal_j = BOLTZMANN_J_PER_K * temperature_k
    cell_v = array.read_v * (1 - cell_s * array.access_ohm)
    x = ELEMENTARY_CHARGE_C * cell_v / (2 * thermal_j)
    shot = 4 * thermal_j * TYPICAL_ACTIVE_ROWS * cell_s * x / np.tanh(x)
    density = sides * sense.noise_a_per_rthz**2 + cells * shot
    return float(np.sqrt(density / (2 * array.read_s)))


def amplifier_noise_a(sense: Sense, array: Array) -> float:
    """Rms current noise [A] of the amplifier alone in one read of `read_s`."""
    return float(sense.noise_a_per_rthz / np.sqrt(2 * array.read_s))


def converter(
    design: Design, window_s: tuple[float, float], inputs: int
) -> tuple[float, int, int]:
    """Step [A] of a tile's converter, its lowest and highest code; 0 A where sums stay analog.

    window_s: low_s and high_s of `tiles.adc_step_a`.
    """
    if design.array.partial_sums == "analog":
        return 0.0, 0, 0
    step_a = adc_step_a(design.array, design.sense, *window_s, inputs)
    return step_a, *adc_codes(design.array, design.sense)


def draw_die(design: Design, inputs: int, rng: np.random.Generator) -> tuple[Crossbar, Cells]:
    """Sample one die: every cell's conductances and switching probabilities, and its cells.

    inputs: rows of the layer. A cell's write pulse is what its own row and resistance leave of the
    drive (`write_path`). The static gain mismatch of each tile's sense amplifier multiplies
    the conductances of its column, and that of its reference is taken off them, which is how the
    neurons see it. Defects are drawn last: the same generator gives the same die but for its
    broken cells.
    """
    dies, cells = draw_die_phases((design,), inputs, rng)
    return dies[0], cells


def draw_die_phases(
    designs: Sequence[Design], inputs: int, rng: np.random.Generator
) -> tuple[Sequence[Crossbar], Cells]:
    """`draw_die` of designs that differ in their pulses only: the same cells in all of them.

    Most of the time goes into the switching probabilities: each die is made when it is asked for.
    """
    design = designs[0]
    array, shape = design.array, (inputs, design.neuron.count)
    cells = draw_cells(design.device, design.variation, shape, rng)
    g_p, g_ap = read_conductances(cells, array)
    gain = column_gain(design, inputs, rng)
    on_s, off_s = nominal_conductances(design.device, array)
    g_mean = (on_s + off_s) / 2
    reference_s = 0.0 if array.read_scheme == "raw" else g_mean
    shift_s = reference_s * reference_shift(design, inputs, rng)
    step_a, low, high = converter(design, (off_s, on_s), inputs)
    tile_rows = min(array.tile_rows, inputs)
    on, off = (np.maximum(g * gain - shift_s, 0.0).astype(np.float32) for g in (g_p, g_ap))
    attenuation = row_attenuation(tile_rows, array.wire_ohm, g_mean).astype(np.float32)
    kinds = draw_defects(design.defects, shape, rng)
    short_s = gain / (design.defects.short_ohm + array.access_ohm) if kinds.any() else None

    def crossbar(phase: Design) -> Crossbar:
        whole = Crossbar(
            conductance_p_s=on,
            conductance_ap_s=off,
            potentiation=_flips(phase, cells, "potentiation"),
            depression=_flips(phase, cells, "depression"),
            tile_rows=tile_rows,
            attenuation=attenuation,
            read_v=array.read_v,
            read_s=array.read_s,
            noise_relative=design.sense.noise_relative,
            noise_a=read_noise_a(design.sense, array, design.device),
            gain=gain.astype(np.float32),
            reference_s=reference_s,
            converter_a=step_a,
            converter_low=low,
            converter_high=high,
        )
        return whole if short_s is None else with_defects(whole, kinds, short_s)

    return Lazily(lambda place: crossbar(designs[place]), len(designs)), cells


def _flips(design: Design, cells: Cells, polarity: Polarity) -> NDArray[np.float32]:
    """(inputs, neurons) chance of each cell to switch at one pulse."""
    pulse = design.potentiation if polarity == "potentiation" else design.depression
    path = layer_write_path(design.device, design.array, pulse, len(cells.r_p_ohm))
    series_ohm = design.array.access_ohm + path.wire_ohm[:, None]
    share, env = path.open_share[:, None], design.environment
    p = flip_probability(design.device, cells, pulse, series_ohm, polarity, env, share)
    return p.astype(np.float32)


def column_gain(design: Design, inputs: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(inputs, neurons) static gain of the sense amplifier that each cell is read by."""
    return np.maximum(1 + design.sense.offset_relative * _by_tile(design, inputs, rng), 0.0)


def reference_shift(design: Design, inputs: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(inputs, neurons) relative error of the reference subtracted from each cell's column."""
    return design.sense.reference_mismatch * _by_tile(design, inputs, rng)


def _by_tile(design: Design, inputs: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """One standard normal number a tile and column, (inputs, neurons)."""
    tiles = tile_slices(inputs, design.array.tile_rows)
    drawn = rng.standard_normal((len(tiles), design.neuron.count))
    return np.repeat(drawn, [tile.stop - tile.start for tile in tiles], axis=0)
