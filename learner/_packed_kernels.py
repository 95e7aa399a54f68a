"""Compiled loops of one-shot learning on equal cells: sets of rows as bits, 64 a word.

With equal cells, ideal wires and no noise a column current is a count: rows active in the image
that are parallel in the column. The results are those of `_kernels` bit for bit: same sums, same
order of roundings, same random stream.
"""

import numpy as np
from numba import njit

from learner._arrays import CHARGE, SPIKES, STEPS, TILE_READS, TIME_OUTS, UNIT_WEIGHT
from learner._instructions import count_ones
from learner._kernels import (
    FLIP_STREAM,
    copy_flags,
    count_wins,
    fall_together,
    flag_above,
    place_of,
    raise_winner,
    rank,
    scores,
    steps_to_fire,
)
from learner._read_kernels import GOLDEN, charge_up, f32, i32, mix, u64

u8, u16 = np.uint8, np.uint16

WORDS_AT_ONCE = 4
FLUSH = 65535  # images that may be counted in 16 bits
BYTES_TO_BITS = u64(0x0102040810204080)
"""Times eight bytes of 0 or 1: their bits side by side in the highest byte of the product."""


@njit(cache=True)
def pack(flag_words, packed):
    """Flags, a byte each, to bits, row 64·w + b in bit b of word w."""
    for w in range((flag_words.size + 7) // 8):
        packed[w] = 0
    for k in range(flag_words.size):
        byte = (flag_words[k] * BYTES_TO_BITS) >> u64(56)
        packed[k >> 3] |= byte << u64(8 * (k & 7))


@njit(cache=True)
def list_words(packed, place, word):
    """Words with a one in them, up to a multiple of four with empty ones; rows active, words."""
    found, ones = 0, np.int64(0)
    for w in range(packed.size):
        place[found], word[found] = w, packed[w]
        ones += np.int64(count_ones(packed[w]))
        found += packed[w] != u64(0)
    padded = (found + WORDS_AT_ONCE - 1) // WORDS_AT_ONCE * WORDS_AT_ONCE
    for k in range(found, padded):
        place[k], word[k] = 0, u64(0)
    return ones, padded


@njit(cache=True)
def count_meeting(bits, place, word, count, meeting):
    """Rows that are both active and parallel, of every neuron."""
    for j in range(meeting.size):
        meeting[j] = 0
    for k in range(0, count, WORDS_AT_ONCE):
        a, b, c, d = bits[place[k]], bits[place[k + 1]], bits[place[k + 2]], bits[place[k + 3]]
        wa, wb, wc, wd = word[k], word[k + 1], word[k + 2], word[k + 3]
        for j in range(meeting.size):
            low = count_ones(a[j] & wa) + count_ones(b[j] & wb)
            meeting[j] += i32(low + count_ones(c[j] & wc) + count_ones(d[j] & wd))


@njit(cache=True)
def currents(meeting, base, span, current):
    """Column currents in bytes, (neurons,), and their sum; exact below 2^24."""
    total = np.int64(0)
    for j in range(current.size):
        byte = base + span * meeting[j]
        total += np.int64(byte)
        current[j] = f32(byte)
    return total


@njit(cache=True)
def tiles_active(packed, pieces, tile_words, tile_masks):
    """Tiles with an active row; the words of tile t are pieces[t] … pieces[t + 1] of the list."""
    tiles = 0
    for tile in range(pieces.size - 1):
        any_row = u64(0)
        for k in range(pieces[tile], pieces[tile + 1]):
            any_row |= packed[tile_words[k]] & tile_masks[k]
        tiles += any_row != u64(0)
    return tiles


@njit(cache=True, inline="always")
def present_packed(image, packed, rule, neurons, s, counters):
    """Show one image; returns the winner, −1 if nobody fires."""
    flag_above(image, rule.pixel_threshold, s.flags)
    copy_flags(s.flags, s.spiked)
    pack(s.flag_words, packed.image)
    active, words = list_words(packed.image, packed.place, packed.word)
    count_meeting(packed.bits, packed.place, packed.word, words, packed.meeting)
    charge = currents(packed.meeting, i32(packed.off * active), i32(packed.span), s.current)
    reference = f32(rule.reference * (active * UNIT_WEIGHT) / UNIT_WEIGHT) - neurons.fall[0]
    charge_up(s.current, f32(rule.gain), reference, neurons.taken, f32(0), s.potential)
    top = scores(s.potential, neurons.sensitivity, s.score)
    steps = steps_to_fire(float(top), rule.retain, rule.steps)
    if steps > rule.steps:
        counters[TIME_OUTS] += 1
        steps = rule.steps
    counters[STEPS] += steps
    counters[SPIKES] += steps * active
    tiles = tiles_active(packed.image, packed.pieces, packed.tile_words, packed.tile_masks)
    counters[TILE_READS] += steps * tiles
    counters[CHARGE] += steps * charge * UNIT_WEIGHT
    winner = place_of(s.score, top, rule.biased)
    if winner >= 0:
        neurons.wins[winner] += 1
    return winner


@njit(cache=True)
def meet(spiked, parallel, met, differ):
    """`compare`, counting in 16 bits."""
    active, on, both = met[0], met[1], met[2]
    for i in range(differ.size):
        differ[i] = spiked[i] ^ parallel[i]
        active[i] += spiked[i]
        on[i] += parallel[i]
        both[i] += spiked[i] & parallel[i]


@njit(cache=True)
def add_met(met, pulses):
    """Move the counts of `meet` to where they have room."""
    for kind in range(met.shape[0]):
        for i in range(met.shape[1]):
            pulses[kind, i] += met[kind, i]
            met[kind, i] = 0


@njit(cache=True)
def draw_flips(key, up, down, parallel, draw, flags):
    """Of the flagged cells keep those whose pulse flips them."""
    for i in range(up.size):
        draw[i] = u16(mix(key + u64(i) * GOLDEN) >> u64(48))
    for i in range(up.size):
        p, q = up[i], down[i]
        flags[i] &= u8(draw[i] < u16(p + (q - p) * u16(parallel[i])))


@njit(cache=True, inline="always")
def pulse_packed(winner, key, cells, packed, s, tally):
    """`pulse_column`: the random numbers of all cells at once, then the few that flip."""
    parallel = cells.parallel[winner]
    chances = packed.chances[min(winner, packed.chances.shape[0] - 1)]
    tally.pulses[3][0] += 1
    meet(s.spiked, parallel, packed.met, s.flags)
    draw_flips(key, chances[0], chances[1], parallel, packed.draw, s.flags)
    pack(s.flag_words, packed.word)
    for w in range(packed.image.size):
        left = packed.word[w]
        packed.bits[w, winner] ^= left
        while left != u64(0):
            i = 64 * w + i32(count_ones((left & (~left + u64(1))) - u64(1)))
            left &= left - u64(1)
            cells.column_sums[winner] += packed.span * (1 - 2 * np.int64(parallel[i]))
            parallel[i] ^= u8(1)
            tally.flips[s.spiked[i], i] += 1


@njit(cache=True)
def train_packed(images, done, seed, cells, packed, rule, neurons, s, tally):
    """`train_images` on equal cells."""
    won = count_wins(neurons.wins)
    for n in range(images.shape[0]):
        key = mix(seed + u64(done + n) * GOLDEN)
        fall_together(won, rule, neurons)
        winner = present_packed(images[n], packed, rule, neurons, s, tally.counters)
        if winner >= 0:
            pulse_packed(winner, mix(key ^ FLIP_STREAM), cells, packed, s, tally)
            raise_winner(winner, cells, rule, neurons)
            won += 1
        if n % FLUSH == FLUSH - 1:
            add_met(packed.met, tally.pulses)
    add_met(packed.met, tally.pulses)


@njit(cache=True)
def predict_packed(images, packed, rule, neurons, s, tally, ranked, strength):
    """`predict_images` on equal cells."""
    for n in range(images.shape[0]):
        _ = present_packed(images[n], packed, rule, neurons, s, tally.counters)
        rank(s.score, ranked[n])
        for place in range(ranked.shape[1]):
            strength[n, place] = s.score[ranked[n, place]]
