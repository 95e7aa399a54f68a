"""Compiled loops of `exact`: the race of `_kernels` on currents that solve Kirchhoff's laws.

Spikes, noise, leak, thresholds and the end of the window are those of `_kernels`, from the same
random streams; only the column currents differ.
"""

import math

from numba import njit

from device_models._array_kernels import gated_currents
from learner._arrays import SPIKES, STEPS, TILE_READS, TIME_OUTS
from learner._kernels import (
    averaging,
    copy_flags,
    draw_spikes,
    flag_above,
    rank,
    scores,
    start_rate,
    steps_to_fire,
)
from learner._read_kernels import (
    GOLDEN,
    NOISE_STREAM,
    accumulate,
    convert,
    f32,
    fill_noise,
    list_set,
    mix,
    u64,
)
from learner._rule_kernels import place_of


@njit(cache=True)
def sense_tile(currents, gain, signs, per_cell, charge, squares):
    """Charge of a tile at each neuron less its reference's, Σ of squares of both sides' charges.

    currents: of all lines, line after line, then that of one line of the reference; returns
    the sum of all but the reference, not amplified.
    """
    lines, neurons = gain.shape
    reference = lines * currents[lines * neurons]
    drawn = 0.0
    for j in range(neurons):
        plus, minus = 0.0, 0.0
        for line in range(lines):
            current = currents[line * neurons + j]
            drawn += current
            if signs[line] > 0:
                plus += gain[line, j] * current
            else:
                minus += gain[line, j] * current
        charge[j] = f32(per_cell * (plus - minus - reference))
        squares[j] = f32(per_cell * per_cell * (plus * plus + minus * minus))
    return drawn


@njit(cache=True)
def read_tiles(active, count, w):
    """Charge of every tile with an active row; returns how many, and the current drawn at 1 V."""
    inputs = w.conductance.shape[0]
    for k in range(count):
        w.on[0, active[k]] = 1
    drawn, tiles, begin = 0.0, 0, 0
    while begin < count:
        tile = active[begin] // w.tile_rows
        top, bottom = tile * w.tile_rows, min((tile + 1) * w.tile_rows, inputs)
        w.begins[tiles] = begin
        while begin < count and active[begin] < bottom:
            begin += 1
        gated_currents(
            w.conductance[top:bottom], w.on[:, top:bottom], w.wire_ohm, w.wire_ohm, 0.0, 1.0,
            w.currents,
        )  # fmt: skip
        drawn += sense_tile(
            w.currents[0], w.gain[tile], w.signs, w.per_cell, w.charge[tiles], w.squares[tiles]
        )
        tiles += 1
    for k in range(count):
        w.on[0, active[k]] = 0
    if w.wire_ohm == 0.0:
        drawn = 0.0
        for k in range(count):
            drawn += w.row_drawn_s[active[k]]
    return tiles, drawn


@njit(cache=True)
def add_noise(squares, relative, absolute, noise, charge):
    """Noise of rms √(relative²·Σ squares + absolute²)."""
    for j in range(charge.size):
        rms = math.sqrt(relative * relative * squares[j] + absolute * absolute)
        charge[j] += f32(rms * noise[j])


@njit(cache=True)
def add_up(values, tiles, total):
    """Sum over the first `tiles` rows."""
    for j in range(total.size):
        total[j] = f32(0)
    for t in range(tiles):
        for j in range(total.size):
            total[j] += values[t, j]


@njit(cache=True)
def convert_exactly(tiles, w, rule, key, s):
    """The sum over tiles of their converted charges, in `codes`; noise comes before conversion."""
    s.codes[:] = f32(0)
    for t in range(tiles):
        s.charge[:] = w.charge[t]
        if w.noise_relative + rule.noise_absolute > 0.0:
            fill_noise(s.noise, mix(key + u64(w.begins[t] + 1) * GOLDEN) ^ NOISE_STREAM)
            add_noise(w.squares[t], w.noise_relative, rule.noise_absolute, s.noise, s.charge)
        convert(
            s.charge, f32(rule.converter_step), f32(rule.converter_low), f32(rule.converter_high),
            s.codes,
        )  # fmt: skip


@njit(cache=True)
def integrate_exactly(tiles, w, rule, retain, quieter, key, neurons, s):
    """One step of the membranes; its read noise is scaled by `quieter`, 0 for none."""
    if rule.converter_step > 0.0:
        convert_exactly(tiles, w, rule, key, s)
    else:
        add_up(w.charge, tiles, s.codes)
        relative = w.noise_relative * quieter
        absolute = rule.noise_absolute * math.sqrt(tiles) * quieter
        if relative + absolute > 0.0:
            add_up(w.squares, tiles, s.charge)
            fill_noise(s.noise, key ^ NOISE_STREAM)
            add_noise(s.charge, relative, absolute, s.noise, s.codes)
    accumulate(s.codes, neurons.taken, neurons.fall[0], f32(retain), s.potential)


@njit(cache=True)
def count_exactly(counters, w, steps, spikes, read):
    counters[STEPS] += steps
    counters[SPIKES] += steps * spikes
    counters[TILE_READS] += steps * read[0]
    w.drawn[0] += steps * read[1]


@njit(cache=True)
def present_rate_exactly(image, key, w, rule, neurons, s, counters):
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
        integrate_exactly(read[0], w, rule, rule.retain, 1.0, step_key, neurons, s)
        count_exactly(counters, w, 1, spikes, read)
        top = scores(s.potential, neurons.sensitivity, s.score)
        if top >= f32(1):
            return place_of(s.score, top, rule.biased)
    counters[TIME_OUTS] += 1
    return place_of(s.score, top, rule.biased)


@njit(cache=True)
def step_exactly(spikes, read, key, w, rule, neurons, s, counters):
    """Constant input behind converters, which round in every step anew; one solve for all."""
    s.potential[:] = f32(0)
    top = f32(0)
    for step in range(rule.steps):
        step_key = mix(key + u64(step + 1) * GOLDEN)
        integrate_exactly(read[0], w, rule, rule.retain, 1.0, step_key, neurons, s)
        count_exactly(counters, w, 1, spikes, read)
        top = scores(s.potential, neurons.sensitivity, s.score)
        if top >= f32(1):
            return place_of(s.score, top, rule.biased)
    counters[TIME_OUTS] += 1
    return place_of(s.score, top, rule.biased)


@njit(cache=True)
def present_one_shot_exactly(image, key, w, rule, neurons, s, counters):
    """Constant input: one solve; the first to fire in closed form."""
    flag_above(image, rule.pixel_threshold, s.flags)
    copy_flags(s.flags, s.spiked)
    spikes = list_set(s.flag_words, s.flags, s.active)
    read = read_tiles(s.active, spikes, w)
    if rule.converter_step > 0.0:
        return step_exactly(spikes, read, key, w, rule, neurons, s, counters)
    integrate_exactly(read[0], w, rule, 0.0, 0.0, key, neurons, s)
    top = scores(s.potential, neurons.sensitivity, s.score)
    steps = steps_to_fire(float(top), rule.retain, rule.steps)
    if steps > rule.steps:
        counters[TIME_OUTS] += 1
        steps = rule.steps
    count_exactly(counters, w, steps, spikes, read)
    if w.noise_relative + rule.noise_absolute > 0.0:
        integrate_exactly(read[0], w, rule, 0.0, averaging(rule.retain, steps), key, neurons, s)
        top = scores(s.potential, neurons.sensitivity, s.score)
    return place_of(s.score, top, rule.biased)


@njit(cache=True)
def predict_images_exactly(images, done, seed, w, rule, neurons, s, tally, ranked, strength):
    """As `predict_images`, with exact currents."""
    for n in range(images.shape[0]):
        key = mix(seed + u64(done + n) * GOLDEN)
        if rule.one_shot:
            winner = present_one_shot_exactly(images[n], key, w, rule, neurons, s, tally.counters)
        else:
            winner = present_rate_exactly(images[n], key, w, rule, neurons, s, tally.counters)
        if winner >= 0:
            neurons.wins[winner] += 1
        rank(s.score, ranked[n])
        for place in range(ranked.shape[1]):
            strength[n, place] = s.score[ranked[n, place]]
