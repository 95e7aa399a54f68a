"""Compiled loops of learning with multilevel cells; the read is that of `_kernels`."""

import numpy as np
from numba import njit

from learner._instructions import run
from learner._kernels import flip_key, race
from learner._read_kernels import GOLDEN, fill_noise, fill_words, mix, u64
from learner._rule_kernels import count_wins, end_image, raise_winner

f32 = np.float32

PULSE_STREAM = u64(0xA4093822299F31D0)
WRITE_STREAM = u64(0x082EFA98EC4E6C89)


@njit(cache=True)
def choose_cells(spiked, chance, up, down, left, level, given, pulses):
    """Flag the cells that move and count all pulses given, on cells at their end as well.

    pulses: (4, padded) by row, depression and potentiation of the lower half of the window and of
    the upper, as a binary cell's are by its state.
    """
    for i in range(level.size):
        is_up = np.int32(spiked[i])
        high = np.int32(level[i] >= f32(0.5))
        hit = np.int32(chance[i]) < (up if is_up else down)
        pulse_up, pulse_down = hit * is_up, hit * (1 - is_up)
        pulses[0, i] += pulse_down * (1 - high)
        pulses[1, i] += pulse_down * high
        pulses[2, i] += pulse_up * (1 - high)
        pulses[3, i] += pulse_up * high
        given[i] = hit and left[i] > f32(0)


@njit(cache=True)
def wear(spiked, given, up, down, left):
    for i in range(left.size):
        left[i] -= (up if spiked[i] else down) * given[i]


@njit(cache=True)
def move(spiked, given, step_up, step_down, bend_up, bend_down, pulse_noise, noise, level):
    """One pulse on each given cell: its own step, bent, and noise that stays; within 0 … 1."""
    one = f32(1)
    for i in range(level.size):
        g = level[i]
        rise = step_up[i] * (one - bend_up * g)
        fall = step_down[i] * (one - bend_down * (one - g))
        after = g + (rise if spiked[i] else -fall) + pulse_noise * noise[i]
        after = min(max(after, f32(0)), one)
        level[i] = after if given[i] else g


@njit(cache=True)
def stick(given, left, stuck, level):
    """Cells that have just come to their end go where they get stuck."""
    for i in range(level.size):
        if given[i] and left[i] <= f32(0):
            level[i] = stuck


@njit(cache=True)
def read_anew(given, left, level, write_noise, noise, end_noise, read):
    """What is read of the given cells from now on; a stuck level has no write noise."""
    for i in range(level.size):
        loud = write_noise if left[i] > f32(0) else end_noise
        read[i] = level[i] + loud * noise[i] if given[i] else read[i]


@njit(cache=True)
def patch_bytes(spiked, given, low, span, read, rows, row_sums, column_sums, winner, flips):
    for i in range(read.size):
        if given[i]:
            byte = min(max(low[i] + span[i] * read[i], f32(0)), f32(255)) + f32(0.5)
            now, before = np.int32(byte), np.int32(rows[i, winner])
            if now != before:
                row_sums[i] += now - before
                column_sums[winner] += now - before
                rows[i, winner] = np.uint8(now)
                flips[spiked[i], i] += 1


@njit(cache=True)
def pulse_levels(winner, key, cells, levels, s, tally):
    """Pulses on the winner's cells: potentiation where active, else depression, if given."""
    n, v = winner, levels
    level, read, left = v.level[n], v.read[n], v.cycles_left[n]
    fill_words(s.words, level.size // 4 + 1, key)
    fill_noise(v.noise[0], mix(key ^ PULSE_STREAM))
    fill_noise(v.noise[1], mix(key ^ WRITE_STREAM))
    choose_cells(
        s.spiked, s.chance, np.int32(v.chance_up), np.int32(v.chance_down), left, level, s.flags,
        tally.pulses,
    )  # fmt: skip
    wear(s.spiked, s.flags, f32(v.wear_up), f32(v.wear_down), left)
    move(
        s.spiked, s.flags, v.step_up[n], v.step_down[n], f32(v.bend_up), f32(v.bend_down),
        f32(v.pulse_noise), v.noise[0], level,
    )  # fmt: skip
    end_noise = f32(v.write_noise)
    if v.stuck >= 0.0:
        stick(s.flags, left, f32(v.stuck), level)
        end_noise = f32(0)
    read_anew(s.flags, left, level, f32(v.write_noise), v.noise[1], end_noise, read)
    patch_bytes(
        s.spiked, s.flags, v.low[n], v.span[n], read, cells.rows, cells.row_sums,
        cells.column_sums, n, tally.flips,
    )  # fmt: skip


@run
def train_levels(images, done, seed, cells, levels, rule, neurons, s, tally):
    """As `train_images`, for multilevel cells."""
    won = count_wins(neurons.wins)
    for n in range(images.shape[0]):
        key = mix(seed + u64(done + n) * GOLDEN)
        count = race(won, images[n], key, cells, rule, neurons, s, tally.counters)
        for place in range(count):
            winner = s.order[place]
            pulse_levels(winner, flip_key(key, place), cells, levels, s, tally)
            raise_winner(winner, cells, rule, neurons)
        won += count
        end_image(done + n, cells, rule, neurons)
