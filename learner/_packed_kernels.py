"""Compiled loops of one-shot learning on equal cells: sets of rows as bits, 64 a word.

With equal cells, ideal wires and no noise a column current is a count: rows active in the image
that are parallel in the column. The results are those of `_kernels` bit for bit: same sums, same
order of roundings, same random stream.
"""

import numpy as np
from numba import njit

from learner._arrays import CHARGE, SPIKES, STEPS, TILE_READS, TIME_OUTS, UNIT_WEIGHT
from learner._instructions import count_ones, higher, run
from learner._kernels import flag_above, flip_key, rank, steps_to_fire
from learner._read_kernels import GOLDEN, f32, i32, mix, u64
from learner._rule_kernels import (
    count_wins,
    end_image,
    fall_together,
    place_of,
    raise_winner,
    rest,
    wake,
)

u8, u16 = np.uint8, np.uint16

WORD = 64  # rows
WORDS_AT_ONCE = 4
PLANES = 8
FLUSH = 2**PLANES - 1  # pulses of a row that its bits in the planes can count
BYTES_TO_BITS = u64(0x0102040810204080)
"""Times eight bytes of 0 or 1: their bits side by side in the highest byte of the product."""


@njit(cache=True, inline="always")
def pack_word(flag_words, first):
    """64 flags, a byte each, as a word; eight at a time."""
    word = u64(0)
    for k in range(8):
        byte = (flag_words[first + k] * BYTES_TO_BITS) >> u64(56)
        word |= byte << u64(8 * k)
    return word


@njit(cache=True)
def pack(flag_words, packed):
    """Flags, a byte each, to bits, row 64·w + b in bit b of word w."""
    for w in range(packed.size):
        packed[w] = pack_word(flag_words, 8 * w)


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
def score_counts(meeting, cells, gain, reference, taken, sensitivity, score):
    """`charge_up` and `scores` of the counted cells; returns the highest and the sum of bytes."""
    base, span = cells
    total = np.int64(0)
    top = f32(-np.inf)
    for j in range(score.size):
        byte = base + span * meeting[j]
        total += np.int64(byte)
        score[j] = (gain * f32(byte) - reference - taken[j]) * sensitivity[j]
        top = higher(score[j], top)
    return top, total


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
    flag_above(image, rule.pixel_threshold, packed.spiked)
    pack(packed.spiked_words, packed.image)
    active, words = list_words(packed.image, packed.place, packed.word)
    count_meeting(packed.bits, packed.place, packed.word, words, packed.meeting)
    cells = i32(packed.off * active), i32(packed.span)
    reference = f32(rule.reference * (active * UNIT_WEIGHT) / UNIT_WEIGHT) - neurons.fall[0]
    top, charge = score_counts(
        packed.meeting, cells, f32(rule.gain), reference, neurons.taken, neurons.sensitivity,
        s.score,
    )  # fmt: skip
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


@njit(cache=True, inline="always")
def race_packed(won, image, packed, rule, neurons, s, counters):
    """`race` on equal cells."""
    fall_together(won, rule, neurons)
    if rule.refractory > 0:
        rest(neurons.resting, neurons.held, neurons.taken)
    winner = present_packed(image, packed, rule, neurons, s, counters)
    if rule.refractory > 0:
        wake(neurons.resting, neurons.held, neurons.taken)
    return winner


@njit(cache=True)
def count_rows(planes, carry):
    """Add a set of rows to counters whose digits lie in planes; `carry` is used up."""
    for plane in range(planes.shape[0]):
        left = u64(0)
        for w in range(carry.size):
            digit = planes[plane, w]
            planes[plane, w] = digit ^ carry[w]
            carry[w] &= digit
            left |= carry[w]
        if left == u64(0):
            return


@njit(cache=True)
def flush(planes, counts):
    """Add the counters to `counts` (kinds, rows) and set them to zero."""
    words = planes.shape[1] // counts.shape[0]
    for plane in range(planes.shape[0]):
        for kind in range(counts.shape[0]):
            for i in range(counts.shape[1]):
                digit = (planes[plane, kind * words + (i >> 6)] >> u64(i & 63)) & u64(1)
                counts[kind, i] += i32(digit << u64(plane))
        planes[plane] = u64(0)


@njit(cache=True)
def count_pulses(image, column, planes, carry):
    """What the pulses of one column meet: active, parallel, both."""
    words = image.size
    for w in range(words):
        carry[w] = image[w]
        carry[words + w] = column[w]
        carry[2 * words + w] = image[w] & column[w]
    count_rows(planes, carry)


@njit(cache=True)
def flag_flips(key, chances, spiked, draw, flags):
    """Flag the cells that their pulse flips if it can."""
    up, down = chances[0], chances[1]
    for i in range(draw.size):
        draw[i] = u16(mix(key + u64(i) * GOLDEN) >> u64(48))
    for i in range(draw.size):
        p, q = up[i], down[i]
        flags[i] = draw[i] < u16(q + (p - q) * u16(spiked[i]))


@njit(cache=True, inline="always")
def pulse_packed(winner, key, cells, packed, tally):
    """`pulse_column`: the random numbers of all cells at once, then the few that flip."""
    column = packed.columns[winner]
    chances = packed.chances[min(winner, packed.chances.shape[0] - 1)]
    count_pulses(packed.image, column, packed.planes, packed.carry)
    tally.pulses[3][0] += 1
    flag_flips(key, chances, packed.spiked, packed.draw, packed.flags)
    ups, downs = np.int64(0), np.int64(0)
    for w in range(packed.image.size):
        left = (packed.image[w] ^ column[w]) & pack_word(packed.flag_words, 8 * w)
        ups += np.int64(count_ones(left & packed.image[w]))
        downs += np.int64(count_ones(left & column[w]))
        column[w] ^= left
        packed.bits[w, winner] ^= left
        while left != u64(0):
            i = WORD * w + i32(count_ones((left & (~left + u64(1))) - u64(1)))
            left &= left - u64(1)
            tally.flips[packed.spiked[i], i] += 1
    cells.column_sums[winner] += packed.span * (ups - downs)


@run
def train_packed(images, done, seed, cells, packed, rule, neurons, s, tally):
    """`train_images` on equal cells."""
    won = count_wins(neurons.wins)
    for n in range(images.shape[0]):
        key = mix(seed + u64(done + n) * GOLDEN)
        winner = race_packed(won, images[n], packed, rule, neurons, s, tally.counters)
        if winner >= 0:
            pulse_packed(winner, flip_key(key, 0), cells, packed, tally)
            raise_winner(winner, cells, rule, neurons)
            won += 1
        end_image(done + n, cells, rule, neurons)
        if n % FLUSH == FLUSH - 1 or n == images.shape[0] - 1:
            flush(packed.planes, tally.pulses[:3])


@run
def predict_packed(images, packed, rule, neurons, s, tally, ranked, strength):
    """`predict_images` on equal cells."""
    for n in range(images.shape[0]):
        _ = present_packed(images[n], packed, rule, neurons, s, tally.counters)
        rank(s.score, ranked[n])
        for place in range(ranked.shape[1]):
            strength[n, place] = s.score[ranked[n, place]]
