"""Compiled parts of the learning rule: who fires, who rests, what counts as active, homeostasis.

What an option adds is skipped where it is off: the plain rule pays a comparison for it.
"""

from numba import njit

from learner._read_kernels import f32, i32

BLOCKED = f32(1e30)
"""Charge a step taken off a neuron that rests: far more than any column gives it."""
LEAST_ABOVE_ZERO = f32(1e-30)
LEAST = f32(-1e28)
"""Below every score of a neuron that takes part, above those of neurons that rest."""


@njit(cache=True)
def clear(flags):
    for j in range(flags.size):
        flags[j] = 0


@njit(cache=True)
def fire(score, least, most, found, fired, order):
    """List neurons not yet listed of at least this score, highest first; returns how many are."""
    while found < most:
        best = -1
        for j in range(score.size):
            if not fired[j] and score[j] >= least and (best < 0 or score[j] > score[best]):
                best = j
        if best < 0:
            break
        order[found] = best
        fired[best] = 1
        found += 1
    return found


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
def crossed(top, found, rule, s):
    """List in `order` the neurons that have reached their threshold by now; returns how many."""
    if top < f32(1):
        return found
    if rule.winners == 1:
        s.order[0] = place_of(s.score, top, rule.biased)
        return 1
    return fire(s.score, f32(1), rule.winners, found, s.fired, s.order)


@njit(cache=True, inline="always")
def nearest(top, found, rule, s):
    """The window has ended: list in `order` who would have fired next; returns how many."""
    if rule.winners == 1:
        s.order[0] = place_of(s.score, top, rule.biased)
        return 0 if s.order[0] < 0 else 1
    least = LEAST if rule.biased else LEAST_ABOVE_ZERO
    return fire(s.score, least, rule.winners, found, s.fired, s.order)


@njit(cache=True)
def stamp(active, count, step, last):
    """Note the step in which the listed inputs spiked last."""
    for k in range(count):
        last[active[k]] = step


@njit(cache=True)
def look_back(step, window, last, spiked):
    """Forget the inputs that did not spike within `window` steps, this one included."""
    for i in range(spiked.size):
        spiked[i] = spiked[i] and last[i] > step - window


@njit(cache=True)
def rest(resting, held, taken):
    """Keep neurons that won lately out of the next race."""
    for j in range(resting.size):
        held[j] = taken[j]
        if resting[j] > 0:
            taken[j] = BLOCKED


@njit(cache=True)
def wake(resting, held, taken):
    """After the race: one image less to rest."""
    for j in range(resting.size):
        if resting[j] > 0:
            taken[j] = held[j]
            resting[j] -= 1


@njit(cache=True)
def meet_target(images, cells, rule, neurons):
    """Move each bias by what its neuron won too much in the last `images`; start to count anew."""
    target = images * rule.winners / neurons.wins.size
    for j in range(neurons.wins.size):
        surplus = neurons.wins[j] - neurons.counted[j] - target
        neurons.bias[j] += f32(rule.bias_step * surplus)
        neurons.counted[j] = neurons.wins[j]
        above_off = cells.column_sums[j] - rule.column_off
        neurons.taken[j] = neurons.bias[j] + f32(rule.compensation * above_off)


@njit(cache=True)
def count_wins(wins):
    won = 0
    for j in range(wins.size):
        won += wins[j]
    return won


@njit(cache=True, error_model="numpy")  # Python's looks for zeros one by one: none is there
def set_sensitivity(level, fall, lowest, sensitivity):
    for j in range(level.size):
        level[j] = max(level[j], fall + lowest)
        sensitivity[j] = f32(1) / (level[j] - fall)


@njit(cache=True, inline="always")
def fall_together(won, rule, neurons):
    """All thresholds, or biases, fall by step/neurons a win, so their mean stays.

    No threshold falls below the lowest. Neurons with a target rate share nothing.
    """
    if rule.biased:
        shared = 0.0 if rule.rate_images > 0 else rule.bias_step * won / neurons.wins.size
        neurons.fall[0] = f32(shared + rule.drive)
        return
    fall = f32(rule.threshold_step * won / neurons.wins.size)
    set_sensitivity(neurons.level, fall, f32(rule.lowest_threshold), neurons.sensitivity)


@njit(cache=True, inline="always")
def raise_winner(winner, cells, rule, neurons):
    """Homeostasis and rest after a win, and compensation of what its pulses changed."""
    if not rule.biased:
        neurons.level[winner] += f32(rule.threshold_step)
    elif rule.rate_images == 0:
        neurons.bias[winner] += f32(rule.bias_step)
    neurons.resting[winner] = rule.refractory
    if rule.biased or rule.compensation > 0.0:
        above_off = cells.column_sums[winner] - rule.column_off
        neurons.taken[winner] = neurons.bias[winner] + f32(rule.compensation * above_off)


@njit(cache=True, inline="always")
def end_image(number, cells, rule, neurons):
    """Homeostasis by target rate, after every `rate_images` images."""
    if rule.rate_images > 0 and (number + 1) % rule.rate_images == 0:
        meet_target(rule.rate_images, cells, rule, neurons)
