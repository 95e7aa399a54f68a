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
from learner._instructions import higher, run
from learner._read_kernels import (
    GOLDEN,
    f32,
    fill_words,
    integrate,
    list_set,
    mix,
    read_columns,
    step_membranes,
    u64,
)
from learner._rule_kernels import (
    clear,
    count_wins,
    crossed,
    end_image,
    fall_together,
    look_back,
    nearest,
    raise_winner,
    rest,
    stamp,
    wake,
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
    """Step by step until `winners` neurons have fired; returns how many of `order` did."""
    flag_above(image, 0, s.flags)
    pixels = list_set(s.flag_words, s.flags, s.listed)
    start_rate(image, s.listed, pixels, rule.spike_limits, s.limit, s.spiked, s.potential)
    top, found = f32(0), 0
    for step in range(rule.steps):
        step_key = mix(key + u64(step + 1) * GOLDEN)
        spikes = draw_spikes(
            s.listed, s.limit, pixels, step_key, s.words, s.chance, s.active, s.spiked
        )
        if rule.window < rule.steps:
            stamp(s.active, spikes, step, s.last)
        read = step_membranes(spikes, cells, rule, step_key, neurons, s)
        count_read(counters, 1, spikes, read)
        top = scores(s.potential, neurons.sensitivity, s.score)
        if top >= f32(1):
            found = crossed(top, found, rule, s)
            if found == rule.winners:
                if rule.window < rule.steps:
                    look_back(step, rule.window, s.last, s.spiked)
                return found
    counters[TIME_OUTS] += 1
    if rule.window < rule.steps:
        look_back(rule.steps - 1, rule.window, s.last, s.spiked)
    return nearest(top, found, rule, s)


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
    top, found = f32(0), 0
    for step in range(rule.steps):
        step_key = mix(key + u64(step + 1) * GOLDEN)
        read = step_membranes(spikes, cells, rule, step_key, neurons, s)
        count_read(counters, 1, spikes, read)
        top = scores(s.potential, neurons.sensitivity, s.score)
        found = crossed(top, found, rule, s)
        if found == rule.winners:
            return found
    counters[TIME_OUTS] += 1
    return nearest(top, found, rule, s)


@njit(cache=True, inline="always")
def present_one_shot(image, key, cells, rule, neurons, s, counters):
    """Constant input: who fires in closed form, noise averaged over the steps the last takes."""
    flag_above(image, rule.pixel_threshold, s.flags)
    copy_flags(s.flags, s.spiked)
    spikes = list_set(s.flag_words, s.flags, s.active)
    if rule.converter_step > 0.0:
        return step_one_shot(spikes, key, cells, rule, neurons, s, counters)
    read = read_columns(spikes, cells, s)
    integrate(read, rule, 0.0, 0.0, key, neurons, s)
    top = scores(s.potential, neurons.sensitivity, s.score)
    slowest = top
    if rule.winners > 1:
        rank(s.score, s.order[: rule.winners])
        slowest = s.score[s.order[rule.winners - 1]]
    steps = steps_to_fire(float(slowest), rule.retain, rule.steps)
    if steps > rule.steps:
        counters[TIME_OUTS] += 1
        steps = rule.steps
    count_read(counters, steps, spikes, read)
    if rule.noise_relative + rule.noise_absolute + rule.noise_common > 0.0:
        integrate(read, rule, 0.0, averaging(rule.retain, steps), key, neurons, s)
        top = scores(s.potential, neurons.sensitivity, s.score)
    return nearest(top, 0, rule, s)


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
    for i in range(up.size):
        draw[i] = u16(mix(key + u64(i) * GOLDEN) >> u64(48))
    for i in range(up.size):
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


@njit(cache=True, inline="always")
def present(image, key, cells, rule, neurons, s, counters):
    """Show one image; returns how many neurons fire, which `order` lists."""
    if rule.winners > 1:
        clear(s.fired)
    if rule.one_shot:
        count = present_one_shot(image, key, cells, rule, neurons, s, counters)
    else:
        count = present_rate(image, key, cells, rule, neurons, s, counters)
    for place in range(count):
        neurons.wins[s.order[place]] += 1
    return count


@njit(cache=True, inline="always")
def race(won, image, key, cells, rule, neurons, s, counters):
    """`present` of an image to learn from, `won` before it; neurons that won lately rest."""
    fall_together(won, rule, neurons)
    if rule.refractory > 0:
        rest(neurons.resting, neurons.held, neurons.taken)
    count = present(image, key, cells, rule, neurons, s, counters)
    if rule.refractory > 0:
        wake(neurons.resting, neurons.held, neurons.taken)
    return count


@njit(cache=True, inline="always")
def flip_key(key, place):
    """Stream of the flips of the winner at this place."""
    return mix((key ^ FLIP_STREAM) + u64(place) * GOLDEN)


@run
def train_images(images, done, seed, cells, rule, neurons, s, tally):
    """Show images number `done`, done + 1, … of a pass and learn from each."""
    won = count_wins(neurons.wins)
    for n in range(images.shape[0]):
        key = mix(seed + u64(done + n) * GOLDEN)
        count = race(won, images[n], key, cells, rule, neurons, s, tally.counters)
        for place in range(count):
            winner = s.order[place]
            pulse_column(winner, flip_key(key, place), cells, s, tally)
            raise_winner(winner, cells, rule, neurons)
        won += count
        end_image(done + n, cells, rule, neurons)


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


@run
def predict_images(images, done, seed, cells, rule, neurons, s, tally, ranked, strength):
    """Show images with weights and thresholds frozen; ranks neurons by score, and keeps it."""
    for n in range(images.shape[0]):
        key = mix(seed + u64(done + n) * GOLDEN)
        _ = present(images[n], key, cells, rule, neurons, s, tally.counters)
        rank(s.score, ranked[n])
        for place in range(ranked.shape[1]):
            strength[n, place] = s.score[ranked[n, place]]
