"""The network on one die: learn without labels, then predict with everything frozen.

A presentation runs until the first output spike. Column currents, less the reference of
`reference_s` per active row, charge leaky integrators; the first to reach its threshold wins and
all are reset. If the window ends first, all thresholds fall in proportion until one neuron fires:
the one whose potential is the largest part of its threshold. If no potential is above zero none
does, and nothing is learned.

While learning, every cell of the winner's column gets one pulse, potentiation where the input was
active in the window and depression elsewhere. A binary cell flips or not, a multilevel cell moves
by a step; multilevel pulses may be thinned out at random. The winner's threshold rises by
threshold_step·threshold and all fall by threshold_step·threshold/neurons, so that their mean
stays where the design put it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from device_models.ranges import RangeError
from learner import _arrays as a
from learner._rule_kernels import fall_together, meet_target
from learner.crossbar import AnyCrossbar, CompoundCrossbar
from learner.events import Events, no_events
from learner.packed import respond_to, synapses_for
from learner.params import WINNERS_MOST, Encoding, Neuron
from learner.quantise import byte_s, cell_charge_s, padded
from learner.synapses import EITHER, State, Synapses, random_state

LOWEST_THRESHOLD = 0.05
"""No threshold falls below this part of the mean: a comparator's range is finite. A neuron held
there no longer pays for the rise of the others, so the mean drifts up."""

RANKED = 10
CHUNK = 2000  # images between two progress reports; no result depends on it
Images = NDArray[np.uint8]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class Trained:
    """A die after learning: cell states, thresholds, and what learning did to the array."""

    state: State
    """binary: (inputs, neurons) 1 = parallel"""
    thresholds: NDArray[np.float64]
    """(neurons,) cells times steps"""
    bias: NDArray[np.float64]
    """(neurons,) cells a step"""
    neuron: Neuron
    events: Events
    """of all passes so far"""


def train(
    images: Images,
    crossbar: AnyCrossbar,
    encoding: Encoding,
    neuron: Neuron,
    rng: np.random.Generator,
    *,
    start: Trained | None = None,
    progress: Progress | None = None,
) -> Trained:
    """Show `images` (n, inputs) once, in order, learning after each.

    crossbar: the die, its broken cells included (`defects.with_defects`).
    start: go on from here; `crossbar` may then hold other pulses of the same die, and `neuron`
    another step. progress: called with the images done and their total.
    """
    _check(images, crossbar, neuron)
    start = start or untrained(crossbar, neuron, rng)
    synapses = synapses_for(crossbar, start.state, encoding, neuron)
    work, seed = begin(crossbar, encoding, neuron, start.thresholds), _seed(rng)
    set_bias(work, synapses.cells, start.bias)
    for done in range(0, len(images), CHUNK):
        part = np.ascontiguousarray(images[done : done + CHUNK])
        synapses.show(part, done, seed, work)
        if progress:
            progress(done + len(part), len(images))
    _settle(len(images), synapses.cells, work)
    events = _events(len(images), work, synapses, crossbar)
    return Trained(
        state=synapses.state(),
        thresholds=1.0 / work.neurons.sensitivity.astype(np.float64),
        bias=work.neurons.bias.astype(np.float64) - (work.neurons.fall[0] - work.rule.drive),
        neuron=neuron,
        events=start.events + events,
    )


def _settle(images: int, cells: a.Cells, work: a.Work) -> None:
    """Homeostasis of the last wins: what all share, or a count cut short."""
    fall_together(int(work.neurons.wins.sum()), work.rule, work.neurons)
    if work.rule.rate_images > 0 and images % work.rule.rate_images > 0:
        meet_target(images % work.rule.rate_images, cells, work.rule, work.neurons)


def untrained(
    crossbar: AnyCrossbar, neuron: Neuron, rng: np.random.Generator, on: float = EITHER
) -> Trained:
    """A die before its first image: junctions `on` at random, equal thresholds, no bias."""
    states = crossbar.states if isinstance(crossbar, CompoundCrossbar) else 2
    return Trained(
        state=random_state(crossbar, rng, on),
        thresholds=np.full(neuron.count, neuron.threshold),
        bias=np.zeros(neuron.count),
        neuron=neuron,
        events=no_events(crossbar.inputs, neuron.count, states),
    )


def predict(
    images: Images,
    trained: Trained,
    crossbar: AnyCrossbar,
    encoding: Encoding,
    rng: np.random.Generator,
    *,
    progress: Progress | None = None,
) -> tuple[NDArray[np.int64], Events]:
    """Show `images` with weights and thresholds frozen.

    Returns the ranked neurons (n, 10), or all if there are fewer, by potential over threshold
    when the first of them fires, and what the array did.
    """
    ranked, _, events = respond(images, trained, crossbar, encoding, rng, progress=progress)
    return ranked, events


def respond(
    images: Images,
    trained: Trained,
    crossbar: AnyCrossbar,
    encoding: Encoding,
    rng: np.random.Generator,
    *,
    progress: Progress | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.float32], Events]:
    """As `predict`, and between the two the potential over threshold of each ranked neuron."""
    _check(images, crossbar, trained.neuron)
    first = replace(trained.neuron, winners=1)  # nothing is learned: the first ends the race
    synapses = synapses_for(crossbar, trained.state, encoding, first)
    work = begin(crossbar, encoding, first, trained.thresholds)
    set_bias(work, synapses.cells, trained.bias)
    seed = _seed(rng)
    ranked = np.zeros((len(images), min(RANKED, crossbar.neurons)), np.int64)
    strength = np.zeros(ranked.shape, np.float32)
    for done in range(0, len(images), CHUNK):
        part = np.ascontiguousarray(images[done : done + CHUNK])
        places = ranked[done : done + CHUNK], strength[done : done + CHUNK]
        respond_to(part, done, seed, synapses, work, places)
        if progress:
            progress(done + len(part), len(images))
    return ranked, strength, _events(len(images), work, synapses, crossbar)


def begin(
    crossbar: AnyCrossbar, encoding: Encoding, neuron: Neuron, thresholds: NDArray[np.float64]
) -> a.Work:
    """Rule, neurons at these thresholds, working arrays and counters at zero."""
    return a.Work(
        rule=_rule(crossbar, encoding, neuron),
        neurons=a.new_neurons(thresholds),
        scratch=_scratch(crossbar),
        tally=_tally(crossbar),
    )


def set_bias(work: a.Work, cells: a.Cells, bias: NDArray[np.float64]) -> None:
    """Biases (neurons,) of the neurons, and the compensation of what their cells conduct."""
    columns = cells.column_sums - work.rule.column_off
    work.neurons.bias[:] = bias
    work.neurons.fall[0] = work.rule.drive
    work.neurons.taken[:] = bias + work.rule.compensation * columns


def _check(images: Images, crossbar: AnyCrossbar, neuron: Neuron) -> None:
    if images.ndim != 2 or images.dtype != np.uint8 or len(images) == 0:
        raise RangeError(
            f"images are {images.dtype} of shape {images.shape}, but must be uint8 (n, inputs)"
        )
    if images.shape[1] != crossbar.inputs:
        raise RangeError(
            f"images have {images.shape[1]} pixels, but the crossbar has {crossbar.inputs} rows"
        )
    if neuron.count != crossbar.neurons:
        raise RangeError(
            f"count = {neuron.count} neurons, but the crossbar has {crossbar.neurons} columns"
        )


def _seed(rng: np.random.Generator) -> np.uint64:
    return rng.integers(0, 2**64, dtype=np.uint64)


def _rule(crossbar: AnyCrossbar, encoding: Encoding, neuron: Neuron) -> a.Rule:
    one_cell_s = cell_charge_s(crossbar)
    one_cell_a = crossbar.read_v * one_cell_s
    relative, common, shift = _noise(crossbar)
    intensity = np.arange(256) / 255
    off_s, _ = crossbar.window_s
    gain = byte_s(crossbar) / one_cell_s
    rate = 1.0 if encoding.kind == "one_shot" else encoding.peak_rate
    biased = neuron.homeostasis != "threshold"
    return a.Rule(
        one_shot=encoding.kind == "one_shot",
        steps=encoding.steps,
        spike_limits=np.rint(encoding.peak_rate * 65536 * intensity).astype(np.uint32),
        pixel_threshold=encoding.pixel_threshold,
        gain=gain,
        reference=crossbar.reference_s / one_cell_s,
        noise_relative=relative,
        noise_absolute=crossbar.noise_a / one_cell_a,
        noise_common=common / one_cell_s,
        noise_shift=shift / one_cell_s,
        converter_step=crossbar.converter_a / one_cell_a,
        converter_low=crossbar.converter_low,
        converter_high=crossbar.converter_high,
        retain=math.exp(-1.0 / neuron.leak_steps),
        threshold_step=neuron.threshold_step * neuron.threshold,
        lowest_threshold=LOWEST_THRESHOLD * neuron.threshold,
        biased=biased,
        bias_step=neuron.bias_step * rate,
        drive=neuron.drive * rate if biased else 0.0,
        compensation=neuron.compensation * rate * gain,
        column_off=crossbar.inputs * float(off_s.mean(dtype=np.float64)) / byte_s(crossbar),
        winners=neuron.winners,
        refractory=neuron.refractory_images,
        rate_images=neuron.rate_images if neuron.homeostasis == "target_rate" else 0,
        window=neuron.window_steps,
    )


def _noise(crossbar: AnyCrossbar) -> tuple[float, float, float]:
    """Relative noise, that of a row on both lines of a pair [S], and the pair's offset [S].

    Lines of I₊ and I₋ with noise ρI each: ρ√(I₊² + I₋²) = ρ√((S² + D²)/2), S their sum, which
    is that of `pair_s` a row, and D the difference that the neuron sees.
    """
    relative = crossbar.noise_relative
    if crossbar.pair_s == 0.0:
        return relative, 0.0, 0.0
    relative /= math.sqrt(2)
    return relative, relative * crossbar.pair_s, crossbar.reference_s


def _scratch(crossbar: AnyCrossbar) -> a.Scratch:
    return a.new_scratch(padded(crossbar.inputs), crossbar.neurons, WINNERS_MOST)


def _tally(crossbar: AnyCrossbar) -> a.Tally:
    states = crossbar.states if isinstance(crossbar, CompoundCrossbar) else 2
    inputs = padded(crossbar.inputs)
    return a.Tally(
        counters=np.zeros(a.COUNTERS, np.int64),
        pulses=np.zeros((2 * states, inputs), np.int32),
        flips=np.zeros((2, inputs), np.int32),
    )


def _events(images: int, work: a.Work, synapses: Synapses, crossbar: AnyCrossbar) -> Events:
    count = [int(value) for value in work.tally.counters]
    byte_a = byte_s(crossbar) * crossbar.read_v / a.UNIT_WEIGHT
    return Events(
        images=images,
        wins=work.neurons.wins,
        steps=count[a.STEPS],
        time_outs=count[a.TIME_OUTS],
        input_spikes=count[a.SPIKES],
        tile_reads=count[a.TILE_READS],
        current_a_steps=count[a.CHARGE] * byte_a,
        pulses=synapses.pulses(work),
        flips=work.tally.flips[:, : crossbar.inputs].astype(np.int64),
        spared=np.zeros((2, crossbar.inputs), np.int64),
        cell_reads=0,
    )
