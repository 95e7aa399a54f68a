"""Compiled loops of `exact`: the race of `_kernels` on currents that solve Kirchhoff's laws.

Spikes, noise, leak, thresholds and the end of the window are those of `_kernels`, from the same
random streams; only the column currents differ.
"""

import math

from numba import njit

from device_models._array_kernels import gated_currents
from learner._arrays import SPIKES, STEPS, TILE_READS, TIME_OUTS
from learner._kernels import (
    GOLDEN,
    NOISE_STREAM,
    averaging,
    copy_flags,
    draw_spikes,
    f32,
    fill_noise,
    flag_above,
    list_set,
    mix,
    place_of,
    rank,
    scores,
    start_rate,
    steps_to_fire,
    u64,
)


@njit(cache=True)
def add_tile(tile, gain, charge, squares):
    """Add a tile's currents, each amplified; returns their sum before that."""
    drawn = 0.0
    for j in range(charge.size):
        drawn += tile[j]
        sensed = gain[j] * tile[j]
        charge[j] += sensed
        squares[j] += sensed * sensed
    return drawn


@njit(cache=True)
def read_tiles(active, count, w):
    """Column currents of the active rows at 1 V; returns reference, tiles read, sum drawn."""
    inputs, columns = w.conductance.shape
    for k in range(count):
        w.on[0, active[k]] = 1
    w.charge[:], w.squares[:] = 0.0, 0.0
    reference, drawn, tiles, begin = 0.0, 0.0, 0, 0
    while begin < count:
        tile = active[begin] // w.tile_rows
        top, bottom = tile * w.tile_rows, min((tile + 1) * w.tile_rows, inputs)
        while begin < count and active[begin] < bottom:
            begin += 1
        gated_currents(
            w.conductance[top:bottom], w.on[:, top:bottom], w.wire_ohm, w.wire_ohm, 0.0, 1.0,
            w.currents,
        )  # fmt: skip
        drawn += add_tile(w.currents[0], w.gain[tile], w.charge, w.squares)
        reference += w.currents[0, columns - 1]
        tiles += 1
    for k in range(count):
        w.on[0, active[k]] = 0
    return reference, tiles, drawn


@njit(cache=True)
def charge_exactly(w, reference, retain, potential):
    for j in range(potential.size):
        potential[j] = f32(retain * potential[j] + w.per_cell * (w.charge[j] - reference))


@njit(cache=True)
def add_noise(w, relative, absolute, noise, potential):
    """Noise of rms √(Σ over tiles (relative·I)² + absolute²)."""
    for j in range(potential.size):
        part = relative * w.per_cell
        rms = math.sqrt(part * part * w.squares[j] + absolute * absolute)
        potential[j] += f32(rms * noise[j])


@njit(cache=True)
def integrate_exactly(read, w, rule, retain, quieter, key, s):
    """One step of the membranes; its read noise is scaled by `quieter`, 0 for none."""
    reference, tiles, _ = read
    charge_exactly(w, reference, retain, s.potential)
    relative = rule.noise_relative * quieter
    absolute = rule.noise_absolute * math.sqrt(tiles) * quieter
    if relative + absolute > 0.0:
        fill_noise(s.noise, key ^ NOISE_STREAM)
        add_noise(w, relative, absolute, s.noise, s.potential)


@njit(cache=True)
def count_exactly(counters, w, steps, spikes, read):
    counters[STEPS] += steps
    counters[SPIKES] += steps * spikes
    counters[TILE_READS] += steps * read[1]
    w.drawn[0] += steps * read[2]


@njit(cache=True)
def present_rate_exactly(image, key, w, rule, sensitivity, s, counters):
    """Step by step to the first output spike; returns the winner."""
    flag_above(image, 0, s.flags)
    pixels = list_set(s.flag_words, s.flags, s.listed)
    start_rate(image, s.listed, pixels, rule.spike_limits, s.limit, s.spiked, s.potential)
    top = f32(0)
    for step in range(rule.steps):
        step_key = mix(key + u64(step + 1) * GOLDEN)
        spikes = draw_spikes(
            s.listed, s.limit, pixels, step_key, s.words, s.chance, s.active, s.spiked
        )
        read = read_tiles(s.active, spikes, w)
        integrate_exactly(read, w, rule, rule.retain, 1.0, step_key, s)
        count_exactly(counters, w, 1, spikes, read)
        top = scores(s.potential, sensitivity, s.score)
        if top >= f32(1):
            return place_of(s.score, top)
    counters[TIME_OUTS] += 1
    return place_of(s.score, top)


@njit(cache=True)
def present_one_shot_exactly(image, key, w, rule, sensitivity, s, counters):
    """Constant input: one solve; the first to fire in closed form."""
    flag_above(image, rule.pixel_threshold, s.flags)
    copy_flags(s.flags, s.spiked)
    spikes = list_set(s.flag_words, s.flags, s.active)
    read = read_tiles(s.active, spikes, w)
    integrate_exactly(read, w, rule, 0.0, 0.0, key, s)
    top = scores(s.potential, sensitivity, s.score)
    steps = steps_to_fire(float(top), rule.retain, rule.steps)
    if steps > rule.steps:
        counters[TIME_OUTS] += 1
        steps = rule.steps
    count_exactly(counters, w, steps, spikes, read)
    if rule.noise_relative + rule.noise_absolute > 0.0:
        integrate_exactly(read, w, rule, 0.0, averaging(rule.retain, steps), key, s)
        top = scores(s.potential, sensitivity, s.score)
    return place_of(s.score, top)


@njit(cache=True)
def predict_images_exactly(images, done, seed, w, rule, neurons, s, counters, ranked):
    """As `predict_images`, with exact currents."""
    for n in range(images.shape[0]):
        key = mix(seed + u64(done + n) * GOLDEN)
        if rule.one_shot:
            winner = present_one_shot_exactly(
                images[n], key, w, rule, neurons.sensitivity, s, counters
            )
        else:
            winner = present_rate_exactly(
                images[n], key, w, rule, neurons.sensitivity, s, counters
            )
        if winner >= 0:
            neurons.wins[winner] += 1
        rank(s.score, ranked[n])
