"""Compiled loops of learning with synapses of several junctions, read as `_kernels` does."""

import numpy as np
from numba import njit

from learner._instructions import run
from learner._kernels import flip_key, race
from learner._read_kernels import GOLDEN, list_set, mix, u64
from learner._rule_kernels import count_wins, end_image, raise_winner


@njit(cache=True)
def count_states(spiked, states, kinds, full, pulses, differ):
    """Count by row which pulse met which state; flag the synapses that could change."""
    for i in range(states.size):
        up = np.int64(spiked[i])
        pulses[up * kinds + states[i], i] += 1
        differ[i] = states[i] != np.uint8(full * up)


@njit(cache=True, inline="always")
def pulsed(before, up, bits, chances, chance_of, full):
    """State after one pulse on every junction: each flips by its own sixteen random bits."""
    after = before
    could = before ^ (full * up)
    for m in range(chance_of.shape[1]):
        draw = (bits >> u64(48 - 16 * m)) & u64(0xFFFF)
        if (could >> m) & 1 and draw < chances[chance_of[before, m]]:
            after ^= 1 << m
    return after


@njit(cache=True, inline="always")
def pulse_synapses(winner, key, cells, compound, s, tally):
    """One pulse on every junction of the winner, towards the full state where active, else off."""
    states, chances, levels = (
        compound.states[winner], compound.chances[winner], compound.levels[winner],
    )  # fmt: skip
    kinds, full = levels.shape[1], levels.shape[1] - 1
    count_states(s.spiked, states, kinds, full, tally.pulses, s.flags)
    for k in range(list_set(s.flag_words, s.flags, s.listed)):
        i = s.listed[k]
        before, up = np.int64(states[i]), np.int64(s.spiked[i])
        bits = mix(key + u64(i) * GOLDEN)
        after = pulsed(before, up, bits, chances[i], compound.chance_of, full)
        if after != before:
            cells.row_sums[i] += compound.drawn[after] - compound.drawn[before]
            cells.column_sums[winner] += np.int64(levels[i, after]) - np.int64(levels[i, before])
            cells.rows[i, winner] = levels[i, after]
            states[i] = after
            for m in range(compound.chance_of.shape[1]):
                tally.flips[up, i] += ((after ^ before) >> m) & 1


@run
def train_compound(images, done, seed, cells, compound, rule, neurons, s, tally):
    """As `train_images`, for synapses of several junctions."""
    won = count_wins(neurons.wins)
    for n in range(images.shape[0]):
        key = mix(seed + u64(done + n) * GOLDEN)
        count = race(won, images[n], key, cells, rule, neurons, s, tally.counters)
        for place in range(count):
            winner = s.order[place]
            pulse_synapses(winner, flip_key(key, place), cells, compound, s, tally)
            raise_winner(winner, cells, rule, neurons)
        won += count
        end_image(done + n, cells, rule, neurons)
