"""Compiled loops of the learner; `network` checks and allocates, nothing here does.

The read works on bytes: conductances in units of 1/255 of the largest, attenuations in 1/64, so
that four products fit in 16 bits and sixteen cells are added at a time. Loops over many cells
take plain arrays: behind a tuple the compiler cannot tell them apart and does not vectorise.
"""

import math

import numpy as np
from numba import njit

from learner._arrays import (
    CHARGE,
    FLIPS_UP,
    LTD_AP,
    LTD_P,
    LTP_AP,
    LTP_P,
    ROWS_AT_ONCE,
    SPIKES,
    STEPS,
    TILE_READS,
    TIME_OUTS,
    UNIT_WEIGHT,
)

u16, u64, f32, i32 = np.uint16, np.uint64, np.float32, np.int32

GOLDEN = u64(0x9E3779B97F4A7C15)
MIX_1 = u64(0xBF58476D1CE4E5B9)
MIX_2 = u64(0x94D049BB133111EB)
NOISE_STREAM = u64(0x243F6A8885A308D3)
FLIP_STREAM = u64(0x13198A2E03707344)

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
    tile_rows = weights.shape[1]
    begin = 0
    while begin < count:
        top = active[begin] // tile_rows * tile_rows
        end = begin
        while end < count and active[end] < top + tile_rows:
            end += 1
        attenuation = weights[end - begin]
        in_tile = np.int64(0)
        for k in range(begin, end):
            x = attenuation[active[k] - top]
            weight[k] = x
            in_tile += np.int64(x)
            charge += np.int64(x) * row_sums[active[k]]
        total += in_tile
        squares += float(in_tile) ** 2
        tiles += 1
        begin = end
    share = math.sqrt(squares) / total if total > 0 else 0.0
    return total, share, tiles, charge


@njit(cache=True)
def add_rows(rows, i, w, first, last, sums):
    """Σ weight·row over the active rows first … last: at most 256 rows, a multiple of eight."""
    for j in range(sums.size):
        sums[j] = 0
    for k in range(first, last, ROWS_AT_ONCE):
        a, b, c, d = rows[i[k]], rows[i[k + 1]], rows[i[k + 2]], rows[i[k + 3]]
        e, f, g, h = rows[i[k + 4]], rows[i[k + 5]], rows[i[k + 6]], rows[i[k + 7]]
        wa, wb, wc, wd = w[k], w[k + 1], w[k + 2], w[k + 3]
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
    """Rows of no weight up to a multiple of eight; returns how many rows there are then."""
    padded = (count + ROWS_AT_ONCE - 1) // ROWS_AT_ONCE * ROWS_AT_ONCE
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
def charge_up(current, gain, reference, retain, potential):
    for j in range(potential.size):
        potential[j] = retain * potential[j] + (gain * current[j] - reference)


@njit(cache=True)
def charge_up_noisily(current, gain, reference, retain, relative, absolute, noise, potential):
    """As `charge_up`, with noise of rms √((relative·I)² + absolute²)."""
    for j in range(potential.size):
        charge = gain * current[j]
        rms = np.sqrt(relative * relative * charge * charge + absolute * absolute)
        potential[j] = retain * potential[j] + (charge - reference) + rms * noise[j]


@njit(cache=True, inline="always")
def integrate(read, rule, retain, quieter, key, s):
    """One step of the membranes; its read noise is scaled by `quieter`, 0 for none."""
    total, share, tiles, _ = read
    gain = f32(rule.gain)
    reference = f32(rule.reference * total / UNIT_WEIGHT)
    relative = rule.noise_relative * share * quieter
    absolute = rule.noise_absolute * math.sqrt(tiles) * quieter
    if relative + absolute > 0.0:
        fill_noise(s.noise, key ^ NOISE_STREAM)
        charge_up_noisily(
            s.current, gain, reference, f32(retain), f32(relative), f32(absolute), s.noise,
            s.potential,
        )  # fmt: skip
    else:
        charge_up(s.current, gain, reference, f32(retain), s.potential)


@njit(cache=True, fastmath={"nnan", "nsz"})
def scores(potential, sensitivity, score):
    """Potential over threshold of every neuron; returns the highest."""
    top = potential[0] * sensitivity[0]
    for j in range(score.size):
        score[j] = potential[j] * sensitivity[j]
        top = max(top, score[j])
    return top


@njit(cache=True)
def place_of(score, top):
    """First neuron whose score is `top`; −1 if that is not above zero: then nobody fires."""
    if top <= f32(0):
        return i32(-1)
    place = i32(score.size)
    for j in range(i32(score.size)):
        place = min(place, i32(j) if score[j] == top else i32(score.size))
    return place


@njit(cache=True, inline="always")
def count_read(counters, steps, spikes, read):
    counters[STEPS] += steps
    counters[SPIKES] += steps * spikes
    counters[TILE_READS] += steps * read[2]
    counters[CHARGE] += steps * read[3]


@njit(cache=True)
def flag_above(image, threshold, flags):
    for i in range(image.size):
        flags[i] = image[i] > threshold


@njit(cache=True)
def copy_flags(flags, spiked):
    for i in range(spiked.size):
        spiked[i] = flags[i]


@njit(cache=True)
def start_rate(image, listed, pixels, spike_limits, limit, spiked, potential):
    """Chances of the listed pixels; everything else at rest."""
    for k in range(pixels):
        limit[k] = spike_limits[image[listed[k]]]
    for i in range(spiked.size):
        spiked[i] = 0
    for j in range(potential.size):
        potential[j] = f32(0)


@njit(cache=True)
def draw_spikes(listed, limit, pixels, key, words, chance, active, spiked):
    """The listed pixels that spike in this step; returns how many."""
    fill_words(words, pixels // 4 + 1, key)
    count = 0
    for k in range(pixels):
        active[count] = listed[k]
        count += chance[k] < limit[k]
    for k in range(count):
        spiked[active[k]] = 1
    return count


@njit(cache=True, inline="always")
def present_rate(image, key, cells, rule, sensitivity, s, counters):
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
        read = read_columns(spikes, cells, s)
        integrate(read, rule, rule.retain, 1.0, step_key, s)
        count_read(counters, 1, spikes, read)
        top = scores(s.potential, sensitivity, s.score)
        if top >= f32(1):
            return place_of(s.score, top)
    counters[TIME_OUTS] += 1
    return place_of(s.score, top)


@njit(cache=True)
def steps_to_fire(score, retain, most):
    """Steps until a constant input of `score` thresholds a step crosses; `most` + 1 for never.

    V_n = I·(1 − r^n)/(1 − r) ≥ θ with I/θ = score and r the part a step retains.
    """
    if score <= 0.0:
        return most + 1
    if retain == 1.0:
        return min(math.ceil(1.0 / score), most + 1)
    left = 1.0 - (1.0 - retain) / score
    if left <= 0.0:
        return most + 1
    return max(1, min(math.ceil(math.log(left) / math.log(retain)), most + 1))


@njit(cache=True)
def averaging(retain, steps):
    """Rms noise of the mean of `steps` leaky steps over that of one: √Σr^2k / Σr^k."""
    if retain == 1.0:
        return 1.0 / math.sqrt(steps)
    power = retain**steps
    return math.sqrt((1.0 - power**2) / (1.0 - retain**2)) * (1.0 - retain) / (1.0 - power)


@njit(cache=True, inline="always")
def present_one_shot(image, key, cells, rule, sensitivity, s, counters):
    """Constant input: the first to fire in closed form, noise averaged over the steps it takes."""
    flag_above(image, rule.pixel_threshold, s.flags)
    copy_flags(s.flags, s.spiked)
    spikes = list_set(s.flag_words, s.flags, s.active)
    read = read_columns(spikes, cells, s)
    integrate(read, rule, 0.0, 0.0, key, s)
    top = scores(s.potential, sensitivity, s.score)
    steps = steps_to_fire(float(top), rule.retain, rule.steps)
    if steps > rule.steps:
        counters[TIME_OUTS] += 1
        steps = rule.steps
    count_read(counters, steps, spikes, read)
    if rule.noise_relative + rule.noise_absolute > 0.0:
        integrate(read, rule, 0.0, averaging(rule.retain, steps), key, s)
        top = scores(s.potential, sensitivity, s.score)
    return place_of(s.score, top)


@njit(cache=True)
def compare(spiked, parallel, differ):
    """Cells whose pulse could flip them, flagged; returns inputs active, cells on, both."""
    active, on, both = 0, 0, 0
    for i in range(differ.size):
        differ[i] = spiked[i] ^ parallel[i]
        active += spiked[i]
        on += parallel[i]
        both += spiked[i] & parallel[i]
    return active, on, both


@njit(cache=True, inline="always")
def pulse_column(winner, key, cells, s, counters):
    """One pulse on every cell of the winner: potentiation where active, else depression."""
    parallel, chances, levels = cells.parallel[winner], cells.chances[winner], cells.levels[winner]
    active, on, both = compare(s.spiked, parallel, s.flags)
    counters[LTP_AP] += active - both
    counters[LTP_P] += both
    counters[LTD_P] += on - both
    counters[LTD_AP] += len(chances) - active - on + both
    for k in range(list_set(s.flag_words, s.flags, s.listed)):
        i = s.listed[k]
        before = parallel[i]
        if (mix(key + u64(i) * GOLDEN) >> u64(48)) < chances[i, before]:
            level = levels[i, 1 - before]
            cells.row_sums[i] += np.int64(level) - np.int64(cells.rows[i, winner])
            cells.rows[i, winner] = level
            parallel[i] = 1 - before
            counters[FLIPS_UP + before] += 1


@njit(cache=True)
def set_sensitivity(level, fall, lowest, sensitivity):
    for j in range(level.size):
        level[j] = max(level[j], fall + lowest)
        sensitivity[j] = f32(1) / (level[j] - fall)


@njit(cache=True, inline="always")
def fall_together(won, rule, neurons):
    """All thresholds fall by step/neurons a win, so their mean stays; none below the lowest."""
    fall = f32(rule.threshold_step * won / neurons.wins.size)
    set_sensitivity(neurons.level, fall, f32(rule.lowest_threshold), neurons.sensitivity)


@njit(cache=True, inline="always")
def present(image, key, cells, rule, neurons, s, counters):
    """Show one image; returns the winner, −1 if nobody fires."""
    if rule.one_shot:
        winner = present_one_shot(image, key, cells, rule, neurons.sensitivity, s, counters)
    else:
        winner = present_rate(image, key, cells, rule, neurons.sensitivity, s, counters)
    if winner >= 0:
        neurons.wins[winner] += 1
    return winner


@njit(cache=True)
def train_images(images, done, seed, cells, rule, neurons, s, counters):
    """Show images number `done`, done + 1, … of a pass and learn from each."""
    won = 0
    for j in range(neurons.wins.size):
        won += neurons.wins[j]
    for n in range(images.shape[0]):
        key = mix(seed + u64(done + n) * GOLDEN)
        fall_together(won, rule, neurons)
        winner = present(images[n], key, cells, rule, neurons, s, counters)
        if winner >= 0:
            pulse_column(winner, mix(key ^ FLIP_STREAM), cells, s, counters)
            neurons.level[winner] += f32(rule.threshold_step)
            won += 1


@njit(cache=True)
def rank(score, best):
    """Neurons of the highest scores, highest first; ties to the lower number."""
    found = 0
    for j in range(score.size):
        if found == best.size and score[j] <= score[best[found - 1]]:
            continue
        place = min(found, best.size - 1)
        while place > 0 and score[j] > score[best[place - 1]]:
            best[place] = best[place - 1]
            place -= 1
        best[place] = j
        found = min(found + 1, best.size)


@njit(cache=True)
def predict_images(images, done, seed, cells, rule, neurons, s, counters, ranked):
    """Show images with weights and thresholds frozen; ranks neurons by score."""
    for n in range(images.shape[0]):
        key = mix(seed + u64(done + n) * GOLDEN)
        _ = present(images[n], key, cells, rule, neurons, s, counters)
        rank(s.score, ranked[n])
