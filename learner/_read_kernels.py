"""Compiled loops of the read: random bits, column currents, membranes; no checks here.

The read works on bytes: conductances in units of 1/255 of the largest, attenuations in 1/64, so
that four products fit in 16 bits and sixteen cells are added at a time. Loops over many cells
take plain arrays: behind a tuple the compiler cannot tell them apart and does not vectorise.
"""

import math

import numpy as np
from numba import njit

from learner._arrays import ROWS_AT_ONCE, UNIT_WEIGHT

u16, u64, f32, i32 = np.uint16, np.uint64, np.float32, np.int32

GOLDEN = u64(0x9E3779B97F4A7C15)
MIX_1 = u64(0xBF58476D1CE4E5B9)
MIX_2 = u64(0x94D049BB133111EB)
NOISE_STREAM = u64(0x243F6A8885A308D3)

ROWS_IN_16_BITS = 256


@njit(cache=True, inline="always")
def mix(x):
    """splitmix64's finaliser (Steele 2014, doi 10.1145/2660193.2660195): a counter to 64 bits."""
    x = (x ^ (x >> u64(30))) * MIX_1
    x = (x ^ (x >> u64(27))) * MIX_2
    return x ^ (x >> u64(31))


@njit(cache=True)
def fill_words(words, count, key):
    for j in range(count):
        words[j] = mix(key + u64(j) * GOLDEN)


@njit(cache=True)
def fill_noise(noise, key):
    """Near-Gaussian, mean 0, variance 1, excess kurtosis −0.3: sums of four random bytes."""
    bytes_4 = u64(0x00FF00FF00FF00FF)
    words_2 = u64(0x0000FFFF0000FFFF)
    mean = f32(4 * 127.5)
    scale = f32(1.0 / math.sqrt(4 * (256**2 - 1) / 12))
    half = noise.size // 2
    for j in range(half):
        bits = mix(key + u64(j) * GOLDEN)
        pairs = (bits & bytes_4) + ((bits >> u64(8)) & bytes_4)
        fours = (pairs & words_2) + ((pairs >> u64(16)) & words_2)
        noise[j] = (f32(i32(fours & u64(0xFFFFFFFF))) - mean) * scale
        noise[half + j] = (f32(i32(fours >> u64(32))) - mean) * scale


@njit(cache=True)
def list_set(words, flags, listed):
    """Indices of the ones in `flags`, skipping words of eight zeros; returns how many."""
    count = 0
    for word in range(words.size):
        if words[word] != u64(0):
            for i in range(8 * word, 8 * word + 8):
                listed[count] = i
                count += flags[i]
    return count


@njit(cache=True)
def weigh_rows(active, count, weights, row_sums, weight):
    """Attenuation of each active row; returns their sum, √Σshare² over tiles, tiles, charge."""
    squares, tiles = 0.0, 0
    total, charge = np.int64(0), np.int64(0)
    tile_rows, rows = u64(weights.shape[1]), u64(count)  # unsigned: no index counts from the end
    begin, top = u64(0), u64(0)
    while begin < rows:
        while u64(active[begin]) >= top + tile_rows:
            top += tile_rows
        end = begin
        while end < rows and u64(active[end]) < top + tile_rows:
            end += u64(1)
        attenuation = weights[end - begin]
        in_tile = np.int64(0)
        for k in range(begin, end):
            row = u64(active[k])
            x = attenuation[row - top]
            weight[k] = x
            in_tile += np.int64(x)
            charge += np.int64(x) * row_sums[row]
        total += in_tile
        squares += float(in_tile) ** 2
        tiles += 1
        begin = end
    share = math.sqrt(squares) / total if total > 0 else 0.0
    return total, share, tiles, charge


@njit(cache=True)
def add_rows(rows, i, w, first, last, sums):
    """Σ weight·row over the active rows first … last: at most 256 rows, a multiple of four."""
    for j in range(sums.size):
        sums[j] = 0
    for k in range(first, last, ROWS_AT_ONCE):
        a, b, c, d = rows[i[k]], rows[i[k + 1]], rows[i[k + 2]], rows[i[k + 3]]
        wa, wb, wc, wd = w[k], w[k + 1], w[k + 2], w[k + 3]
        if k + 4 == last:
            for j in range(sums.size):
                sums[j] += u16(wa * a[j] + wb * b[j] + wc * c[j] + wd * d[j]) >> 6
            return
        e, f, g, h = rows[i[k + 4]], rows[i[k + 5]], rows[i[k + 6]], rows[i[k + 7]]
        we, wf, wg, wh = w[k + 4], w[k + 5], w[k + 6], w[k + 7]
        for j in range(sums.size):
            low = u16(wa * a[j] + wb * b[j] + wc * c[j] + wd * d[j])
            high = u16(we * e[j] + wf * f[j] + wg * g[j] + wh * h[j])
            sums[j] += (low >> 6) + (high >> 6)


@njit(cache=True)
def add_sums(sums, first, current):
    for j in range(current.size):
        current[j] = f32(sums[j]) + (current[j] if first > 0 else f32(0))


@njit(cache=True)
def pad(active, weight, count):
    """Rows of no weight up to a multiple of four; returns how many rows there are then."""
    padded = (count + 3) // 4 * 4
    for k in range(count, padded):
        active[k] = 0
        weight[k] = 0
    return padded


@njit(cache=True, inline="always")
def read_columns(count, cells, s):
    """Attenuated column currents of the active rows, in bytes; returns what `weigh_rows` does."""
    read = weigh_rows(s.active, count, cells.weights, cells.row_sums, s.weight)
    padded = pad(s.active, s.weight, count)
    for first in range(0, max(padded, 1), ROWS_IN_16_BITS):
        last = min(first + ROWS_IN_16_BITS, padded)
        add_rows(cells.rows, s.active, s.weight, first, last, s.sums)
        add_sums(s.sums, first, s.current)
    return read


@njit(cache=True)
def charge_up(current, gain, reference, taken, retain, potential):
    for j in range(potential.size):
        potential[j] = retain * potential[j] + (gain * current[j] - reference - taken[j])


@njit(cache=True)
def charge_up_noisily(
    current, gain, reference, taken, retain, relative, absolute, shift, noise, potential
):  # fmt: skip
    """As `charge_up`, with noise of rms √((relative·(I − shift))² + absolute²)."""
    for j in range(potential.size):
        charge = gain * current[j]
        line = charge - shift
        rms = np.sqrt(relative * relative * line * line + absolute * absolute)
        signal = charge - reference - taken[j]
        potential[j] = retain * potential[j] + signal + rms * noise[j]


@njit(cache=True, inline="always")
def noise_of(read, rule):
    """Rms noise of one step: part of the charge, charge beside it, and where it is counted from.

    Tiles add in squares; of a pair the mean current of both lines is noisy, not their difference.
    """
    total, share, tiles, _ = read
    rows = total / UNIT_WEIGHT
    common = rule.noise_common * rows * share
    absolute = math.hypot(rule.noise_absolute * math.sqrt(tiles), common)
    return rule.noise_relative * share, absolute, rule.noise_shift * rows


@njit(cache=True, inline="always")
def charge_membranes(read, rule, retain, quieter, key, s, offset, potential):
    """Charge of one read of the currents in `current`; its noise is scaled by `quieter`.

    offset: what is taken off of each neuron, less what of it is given back to all.
    """
    taken, fall = offset
    gain = f32(rule.gain)
    reference = f32(rule.reference * read[0] / UNIT_WEIGHT) - fall
    relative, absolute, shift = noise_of(read, rule)
    relative, absolute = relative * quieter, absolute * quieter
    if relative + absolute > 0.0:
        fill_noise(s.noise, key ^ NOISE_STREAM)
        charge_up_noisily(
            s.current, gain, reference, taken, f32(retain), f32(relative), f32(absolute),
            f32(shift), s.noise, potential,
        )  # fmt: skip
    else:
        charge_up(s.current, gain, reference, taken, f32(retain), potential)


@njit(cache=True, inline="always")
def integrate(read, rule, retain, quieter, key, neurons, s):
    """One step of the membranes; its read noise is scaled by `quieter`, 0 for none."""
    offset = neurons.taken, neurons.fall[0]
    charge_membranes(read, rule, retain, quieter, key, s, offset, s.potential)


@njit(cache=True)
def copy_tile(active, weight, begin, tile_rows, count, tile_active, tile_weight):
    """The active rows of one tile as a list of their own; returns its length and Σ weight."""
    top = active[begin] // tile_rows * tile_rows
    end, total = begin, np.int64(0)
    while end < count and active[end] < top + tile_rows:
        tile_active[end - begin] = active[end]
        tile_weight[end - begin] = weight[end]
        total += np.int64(weight[end])
        end += 1
    return end - begin, total


@njit(cache=True)
def convert(charge, step, low, high, codes):
    """Add the nearest code of the converter, in charge, held to its range."""
    for j in range(codes.size):
        code = np.floor(charge[j] / step + f32(0.5))
        codes[j] += step * min(max(code, low), high)


@njit(cache=True, inline="always")
def convert_tiles(count, cells, rule, key, s):
    """The sum over tiles of their converted charges, in `codes`; noise comes before conversion."""
    tile_rows = cells.weights.shape[1]
    for j in range(s.codes.size):
        s.codes[j] = f32(0)
    begin = 0
    while begin < count:
        length, total = copy_tile(
            s.active, s.weight, begin, tile_rows, count, s.tile_active, s.tile_weight
        )
        padded = pad(s.tile_active, s.tile_weight, length)
        for first in range(0, padded, ROWS_IN_16_BITS):
            last = min(first + ROWS_IN_16_BITS, padded)
            add_rows(cells.rows, s.tile_active, s.tile_weight, first, last, s.sums)
            add_sums(s.sums, first, s.current)
        read = (total, 1.0, 1, np.int64(0))
        tile_key = mix(key + u64(begin + 1) * GOLDEN)
        charge_membranes(read, rule, 0.0, 1.0, tile_key, s, (s.zeros, f32(0)), s.charge)
        convert(
            s.charge, f32(rule.converter_step), f32(rule.converter_low), f32(rule.converter_high),
            s.codes,
        )  # fmt: skip
        begin += length


@njit(cache=True)
def accumulate(codes, taken, fall, retain, potential):
    for j in range(potential.size):
        potential[j] = retain * potential[j] + (codes[j] + fall - taken[j])


@njit(cache=True, inline="always")
def step_membranes(count, cells, rule, key, neurons, s):
    """Read the active rows once and charge the membranes; returns what `weigh_rows` does."""
    if rule.converter_step > 0.0:
        read = weigh_rows(s.active, count, cells.weights, cells.row_sums, s.weight)
        convert_tiles(count, cells, rule, key, s)
        accumulate(s.codes, neurons.taken, neurons.fall[0], f32(rule.retain), s.potential)
        return read
    read = read_columns(count, cells, s)
    integrate(read, rule, rule.retain, 1.0, key, neurons, s)
    return read
