"""Compiled loops where every step is run and every output spike learns; no checks here."""

import numpy as np
from numba import njit

from learner._arrays import TIME_OUTS
from learner._instructions import higher, run
from learner._kernels import (
    FLIP_STREAM,
    count_read,
    draw_spikes,
    flag_above,
    pulse_column,
    rank,
    start_rate,
)
from learner._read_kernels import GOLDEN, f32, i32, list_set, mix, step_membranes, u64

NEVER = -(2**30)  # step of the last spike of an input that has not spiked yet


@njit(cache=True)
def note_spikes(active, count, step, last):
    for k in range(count):
        last[active[k]] = step


@njit(cache=True)
def recent(last, since, spiked):
    """Flag the inputs that spiked at step `since` or later."""
    for i in range(spiked.size):
        spiked[i] = last[i] >= since


@njit(cache=True)
def rest_and_compare(potential, wake, step, level, offset, margin):
    """Hold sleeping neurons at rest; potential less threshold, and the highest of it.

    Threshold: level·scale + lowest, `offset` holds the two.
    """
    scale, lowest = offset
    top = f32(-np.inf)
    for j in range(margin.size):
        awake = potential[j] if wake[j] <= step else f32(0)
        potential[j] = awake
        margin[j] = awake - (level[j] * scale + lowest)
        top = higher(margin[j], top)
    return top


@njit(cache=True)
def reset(winner, step, rule, potential, wake):
    """After a spike: all membranes to rest, its own longer than the others."""
    for j in range(wake.size):
        potential[j] = f32(0)
        wake[j] = max(wake[j], step + 1 + rule.inhibited)
    wake[winner] = step + 1 + rule.refractory


@njit(cache=True)
def first_of(margin, top):
    """First neuron with that margin, which is not negative."""
    for j in range(margin.size):
        if margin[j] == top:
            return i32(j)
    return i32(-1)


@njit(cache=True, inline="always")
def start(image, every, rule, s):
    """The pixels that can spike, as a list; nothing has happened yet."""
    flag_above(image, 0, s.flags)
    pixels = list_set(s.flag_words, s.flags, every.pixels)
    start_rate(image, every.pixels, pixels, rule.spike_limits, s.limit, s.spiked, s.potential)
    every.last[:] = NEVER
    every.wake[:] = 0
    every.spikes[:] = 0
    return pixels


@njit(cache=True, inline="always")
def spike_in(step, scale, key, pixels, cells, every, work, counters):
    """One step; returns the neuron that spikes, −1 if none."""
    rule, neurons, s = work
    spikes = draw_spikes(every.pixels, s.limit, pixels, key, s.words, s.chance, s.active, s.spiked)
    note_spikes(s.active, spikes, step, every.last)
    read = step_membranes(spikes, cells, rule, key, neurons, s)
    count_read(counters, 1, spikes, read)
    offset = f32(scale), f32(every.rule.lowest)
    top = rest_and_compare(s.potential, every.wake, step, every.level, offset, s.score)
    if top < f32(0):
        return i32(-1)
    winner = first_of(s.score, top)
    every.spikes[winner] += 1
    return winner


@njit(cache=True)
def fade(level, scale):
    for j in range(level.size):
        level[j] *= f32(scale)


@run
def train_every_spike(images, done, seed, cells, every, rule, neurons, s, tally):
    """Show images number `done`, done + 1, … of a pass, all their steps."""
    work = rule, neurons, s
    for n in range(images.shape[0]):
        key = mix(seed + u64(done + n) * GOLDEN)
        pixels = start(images[n], every, rule, s)
        scale, found = 1.0, 0
        for step in range(rule.steps):
            step_key = mix(key + u64(step + 1) * GOLDEN)
            winner = spike_in(step, scale, step_key, pixels, cells, every, work, tally.counters)
            scale *= every.rule.decay
            if winner >= 0:
                recent(every.last, step - every.rule.window + 1, s.spiked)
                pulse_column(winner, mix(step_key ^ FLIP_STREAM), cells, s, tally)
                every.level[winner] += f32(every.rule.rise / scale)
                neurons.wins[winner] += 1
                reset(winner, step, every.rule, s.potential, every.wake)
                found += 1
        tally.counters[TIME_OUTS] += found == 0
        fade(every.level, scale)


@njit(cache=True)
def strengths(count, potential, level, lowest, score):
    """Spikes of each neuron, and of equals first the one nearer to its next."""
    for j in range(score.size):
        part = potential[j] / (level[j] + lowest)
        score[j] = f32(count[j]) + min(max(part, f32(0)), f32(0.999))


@run
def count_every_spike(images, done, seed, cells, every, rule, neurons, s, tally, ranked):
    """As `train_every_spike` with weights and thresholds frozen; ranks neurons by spikes."""
    work = rule, neurons, s
    for n in range(images.shape[0]):
        key = mix(seed + u64(done + n) * GOLDEN)
        pixels = start(images[n], every, rule, s)
        found = 0
        for step in range(rule.steps):
            step_key = mix(key + u64(step + 1) * GOLDEN)
            winner = spike_in(step, 1.0, step_key, pixels, cells, every, work, tally.counters)
            if winner >= 0:
                neurons.wins[winner] += 1
                reset(winner, step, every.rule, s.potential, every.wake)
                found += 1
        tally.counters[TIME_OUTS] += found == 0
        strengths(every.spikes, s.potential, every.level, f32(every.rule.lowest), s.score)
        rank(s.score, ranked[n])
