"""Compiled loops of learning with multilevel cells; the read is that of `_kernels`."""

import numpy as np
from numba import njit

from learner._arrays import FLIPS_DOWN, FLIPS_UP, LTD_AP, LTD_P, LTP_AP, LTP_P
from learner._kernels import (
    FLIP_STREAM,
    GOLDEN,
    fall_together,
    fill_noise,
    fill_words,
    mix,
    present,
    u64,
)

f32, i64 = np.float32, np.int64

PULSE_STREAM = u64(0xA4093822299F31D0)
WRITE_STREAM = u64(0x082EFA98EC4E6C89)


@njit(cache=True, inline="always")
def count_pulse(counters, up, level):
    """Attempts are split at the middle of the window, as a binary cell's are by its state."""
    high = level >= f32(0.5)
    if up:
        counters[LTP_P if high else LTP_AP] += 1
    else:
        counters[LTD_P if high else LTD_AP] += 1


@njit(cache=True, inline="always")
def moved(up, level, i, n, levels):
    """Level after one pulse: its own step, bent, and noise that stays; within 0 … 1."""
    if up:
        step = levels.step_up[n, i] * (f32(1) - f32(levels.bend_up) * level)
    else:
        step = -levels.step_down[n, i] * (f32(1) - f32(levels.bend_down) * (f32(1) - level))
    after = level + step + f32(levels.pulse_noise) * levels.noise[0, i]
    return min(max(after, f32(0)), f32(1))


@njit(cache=True, inline="always")
def read_as(i, n, read, cells, levels, counters, up):
    """Patch the byte of one cell with what is read of it from now on."""
    levels.read[n, i] = read
    byte = levels.low[n, i] + levels.span[n, i] * read
    byte = np.uint8(min(max(byte, f32(0)), f32(255)) + f32(0.5))
    before = cells.rows[i, n]
    if byte != before:
        cells.row_sums[i] += i64(byte) - i64(before)
        cells.rows[i, n] = byte
        counters[FLIPS_UP if up else FLIPS_DOWN] += 1


@njit(cache=True, inline="always")
def pulse_cell(i, n, up, cells, levels, counters):
    """One pulse on one cell: it wears, moves and is read anew, unless it was at its end."""
    count_pulse(counters, up, levels.level[n, i])
    if levels.cycles_left[n, i] <= f32(0):
        return
    levels.cycles_left[n, i] -= f32(levels.wear_up if up else levels.wear_down)
    level = moved(up, levels.level[n, i], i, n, levels)
    read = level + f32(levels.write_noise) * levels.noise[1, i]
    if levels.cycles_left[n, i] <= f32(0) and levels.stuck >= 0.0:
        level = f32(levels.stuck)
        read = level
    levels.level[n, i] = level
    read_as(i, n, read, cells, levels, counters, up)


@njit(cache=True)
def pulse_levels(winner, key, cells, levels, s, counters):
    """Pulses on the winner's cells: potentiation where active, else depression, if given."""
    inputs = levels.level.shape[1]
    fill_words(s.words, inputs // 4 + 1, key)
    fill_noise(levels.noise[0], mix(key ^ PULSE_STREAM))
    fill_noise(levels.noise[1], mix(key ^ WRITE_STREAM))
    for i in range(inputs):
        up = s.spiked[i] != 0
        if s.chance[i] < (levels.chance_up if up else levels.chance_down):
            pulse_cell(i, winner, up, cells, levels, counters)


@njit(cache=True)
def train_levels(images, done, seed, cells, levels, rule, neurons, s, counters):
    """As `train_images`, for multilevel cells."""
    won = 0
    for j in range(neurons.wins.size):
        won += neurons.wins[j]
    for n in range(images.shape[0]):
        key = mix(seed + u64(done + n) * GOLDEN)
        fall_together(won, rule, neurons)
        winner = present(images[n], key, cells, rule, neurons, s, counters)
        if winner >= 0:
            pulse_levels(winner, mix(key ^ FLIP_STREAM), cells, levels, s, counters)
            neurons.level[winner] += f32(rule.threshold_step)
            won += 1
