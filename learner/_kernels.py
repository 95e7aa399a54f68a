"""Compiled loops of a presentation and of learning; `network` checks and allocates.

The read is that of `_read_kernels`. Loops over many cells take plain arrays: behind a tuple the
compiler cannot tell them apart and does not vectorise.
"""

import math

import numpy as np
from numba import njit

from learner._arrays import (
    CHARGE,
    SPIKES,
    STEPS,
    TILE_READS,
    TIME_OUTS,
)
from learner._instructions import higher
from learner._read_kernels import (
    GOLDEN,
    f32,
    fill_words,
    i32,
    integrate,
    list_set,
    mix,
    read_columns,
    step_membranes,
    u64,
)

u8, u16 = np.uint8, np.uint16
FLIP_STREAM = u64(0x13198A2E03707344)


@njit(cache=True)
def scores(potential, sensitivity, score):
    """Potential over threshold of every neuron; returns the highest."""
    top = potential[0] * sensitivity[0]
    for j in range(score.size):
        score[j] = potential[j] * sensitivity[j]
        top = higher(score[j], top)
    return top


@njit(cache=True)
def place_of(score, top, biased):
    """First neuron whose score is `top`; −1 if that is not above zero and no ramp helps it."""
    if top <= f32(0) and not biased:
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
def present_rate(image, key, cells, rule, neurons, s, counters):
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
        read = step_membranes(spikes, cells, rule, step_key, neurons, s)
        count_read(counters, 1, spikes, read)
        top = scores(s.potential, neurons.sensitivity, s.score)
        if top >= f32(1):
            return place_of(s.score, top, rule.biased)
    counters[TIME_OUTS] += 1
    return place_of(s.score, top, rule.biased)


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
def step_one_shot(spikes, key, cells, rule, neurons, s, counters):
    """Constant input behind converters, which round in every step anew: step by step."""
    for j in range(s.potential.size):
        s.potential[j] = f32(0)
    top = f32(0)
    for step in range(rule.steps):
        step_key = mix(key + u64(step + 1) * GOLDEN)
        read = step_membranes(spikes, cells, rule, step_key, neurons, s)
        count_read(counters, 1, spikes, read)
        top = scores(s.potential, neurons.sensitivity, s.score)
        if top >= f32(1):
            return place_of(s.score, top, rule.biased)
    counters[TIME_OUTS] += 1
    return place_of(s.score, top, rule.biased)


@njit(cache=True, inline="always")
def present_one_shot(image, key, cells, rule, neurons, s, counters):
    """Constant input: the first to fire in closed form, noise averaged over the steps it takes."""
    flag_above(image, rule.pixel_threshold, s.flags)
    copy_flags(s.flags, s.spiked)
    spikes = list_set(s.flag_words, s.flags, s.active)
    if rule.converter_step > 0.0:
        return step_one_shot(spikes, key, cells, rule, neurons, s, counters)
    read = read_columns(spikes, cells, s)
    integrate(read, rule, 0.0, 0.0, key, neurons, s)
    top = scores(s.potential, neurons.sensitivity, s.score)
    steps = steps_to_fire(float(top), rule.retain, rule.steps)
    if steps > rule.steps:
        counters[TIME_OUTS] += 1
        steps = rule.steps
    count_read(counters, steps, spikes, read)
    if rule.noise_relative + rule.noise_absolute + rule.noise_common > 0.0:
        integrate(read, rule, 0.0, averaging(rule.retain, steps), key, neurons, s)
        top = scores(s.potential, neurons.sensitivity, s.score)
    return place_of(s.score, top, rule.biased)


@njit(cache=True)
def compare(spiked, parallel, active, on, both, differ):
    """Flag the cells whose pulse could flip them; count by row what the pulses meet."""
    for i in range(differ.size):
        differ[i] = spiked[i] ^ parallel[i]
        active[i] += spiked[i]
        on[i] += parallel[i]
        both[i] += spiked[i] & parallel[i]


@njit(cache=True)
def keep_flips(key, chances, parallel, draw, flags):
    """Of the flagged cells those that their pulse flips; all cells draw, which is the faster."""
    up, down = chances[0], chances[1]
    for i in range(draw.size):
        draw[i] = u16(mix(key + u64(i) * GOLDEN) >> u64(48))
    for i in range(draw.size):
        p, q = up[i], down[i]
        flags[i] &= u8(draw[i] < u16(p + (q - p) * u16(parallel[i])))


@njit(cache=True, inline="always")
def pulse_column(winner, key, cells, s, tally):
    """One pulse on every cell of the winner: potentiation where active, else depression.

    Tally: by row inputs active, cells on, both; and the columns pulsed, in its first place.
    """
    parallel, levels = cells.parallel[winner], cells.levels[winner]
    active, on, both, columns = tally.pulses[0], tally.pulses[1], tally.pulses[2], tally.pulses[3]
    compare(s.spiked, parallel, active, on, both, s.flags)
    keep_flips(key, cells.chances[winner], parallel, s.draw, s.flags)
    columns[0] += 1
    for k in range(list_set(s.flag_words, s.flags, s.listed)):
        i = s.listed[k]
        before = parallel[i]
        level = levels[i, 1 - before]
        change = np.int64(level) - np.int64(cells.rows[i, winner])
        cells.row_sums[i] += change
        cells.column_sums[winner] += change
        cells.rows[i, winner] = level
        parallel[i] = 1 - before
        tally.flips[s.spiked[i], i] += 1


@njit(cache=True, error_model="numpy")  # Python's looks for zeros one by one: none is there
def set_sensitivity(level, fall, lowest, sensitivity):
    for j in range(level.size):
        level[j] = max(level[j], fall + lowest)
        sensitivity[j] = f32(1) / (level[j] - fall)


@njit(cache=True, inline="always")
def fall_together(won, rule, neurons):
    """All thresholds, or biases, fall by step/neurons a win, so their mean stays.

    No threshold falls below the lowest.
    """
    if rule.biased:
        neurons.fall[0] = f32(rule.bias_step * won / neurons.wins.size + rule.drive)
        return
    fall = f32(rule.threshold_step * won / neurons.wins.size)
    set_sensitivity(neurons.level, fall, f32(rule.lowest_threshold), neurons.sensitivity)


@njit(cache=True, inline="always")
def present(image, key, cells, rule, neurons, s, counters):
    """Show one image; returns the winner, −1 if nobody fires."""
    if rule.one_shot:
        winner = present_one_shot(image, key, cells, rule, neurons, s, counters)
    else:
        winner = present_rate(image, key, cells, rule, neurons, s, counters)
    if winner >= 0:
        neurons.wins[winner] += 1
    return winner


@njit(cache=True, inline="always")
def raise_winner(winner, cells, rule, neurons):
    """Homeostasis after a win, and compensation of what its pulses changed."""
    if not rule.biased:
        neurons.level[winner] += f32(rule.threshold_step)
    else:
        neurons.bias[winner] += f32(rule.bias_step)
    if rule.biased or rule.compensation > 0.0:
        above_off = cells.column_sums[winner] - rule.column_off
        neurons.taken[winner] = neurons.bias[winner] + f32(rule.compensation * above_off)


@njit(cache=True)
def count_wins(wins):
    won = 0
    for j in range(wins.size):
        won += wins[j]
    return won


@njit(cache=True)
def train_images(images, done, seed, cells, rule, neurons, s, tally):
    """Show images number `done`, done + 1, … of a pass and learn from each."""
    won = count_wins(neurons.wins)
    for n in range(images.shape[0]):
        key = mix(seed + u64(done + n) * GOLDEN)
        fall_together(won, rule, neurons)
        winner = present(images[n], key, cells, rule, neurons, s, tally.counters)
        if winner >= 0:
            pulse_column(winner, mix(key ^ FLIP_STREAM), cells, s, tally)
            raise_winner(winner, cells, rule, neurons)
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
def predict_images(images, done, seed, cells, rule, neurons, s, tally, ranked, strength):
    """Show images with weights and thresholds frozen; ranks neurons by score, and keeps it."""
    for n in range(images.shape[0]):
        key = mix(seed + u64(done + n) * GOLDEN)
        _ = present(images[n], key, cells, rule, neurons, s, tally.counters)
        rank(s.score, ranked[n])
        for place in range(ranked.shape[1]):
            strength[n, place] = s.score[ranked[n, place]]
