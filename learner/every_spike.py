"""Every step is run and every output spike learns: the regime of Diehl and Cook 2015.

The crossbar, its read noise, its attenuation and its pulses are those of `network`. Here an image
does not end with the first output spike: it is shown for all its steps, and leaky integrators
with a refractory time and an adaptive threshold spike as often as they reach it. A spike resets
all membranes and holds the other neurons at rest for `inhibition_steps`. At most one neuron
spikes a step, the one furthest above its threshold.

Each output spike gives every cell of the neuron's column one pulse: potentiation where the input
spiked in the last `window_steps`, depression elsewhere; cells flip by their own chances. The
neuron's threshold rises by `threshold_rise` and falls back with `decay_steps`.

Reference: P. U. Diehl, M. Cook, Front. Comput. Neurosci. 9:99 (2015), doi
10.3389/fncom.2015.00099. What differs: binary cells that flip by chance where theirs are graded;
a reset where theirs are inhibited by a conductance; time starts anew with each image.
"""

import math
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from device_models.ranges import Checked, Range, RangeError
from learner import _arrays as a
from learner import network
from learner._spiking_kernels import count_every_spike, train_every_spike
from learner.crossbar import Crossbar
from learner.defects import held_state
from learner.events import Events
from learner.network import RANKED, Images, Progress, begin
from learner.params import Encoding, Neuron
from learner.quantise import cells_of, padded
from learner.synapses import EITHER, BinarySynapses, State, random_state


@dataclass(frozen=True, kw_only=True)
class SpikingNeuron(Checked):
    """Leaky integrate-and-fire neurons that spike many times an image.

    Potentials are counted as in `Neuron`. The defaults are assumptions that learn MNIST with 400
    neurons; leak, refractory time and window are those of Diehl and Cook at 1 ms a step.
    """

    count: Annotated[int, Range(2, 20000, "", "output neurons, columns of the array")] = 400
    threshold: Annotated[
        float, Range(0.1, 1e5, "", "lowest threshold, cells (P minus AP) times steps")
    ] = 60.0
    threshold_rise: Annotated[float, Range(0.0, 1e4, "", "rise at a spike, cells times steps")] = (
        1.0
    )
    decay_steps: Annotated[float, Range(1.0, 1e12, "", "time constant of what rose, steps")] = 1e6
    leak_steps: Annotated[float, Range(1.0, 1e9, "", "membrane time constant, steps")] = 100.0
    refractory_steps: Annotated[int, Range(0, 1000, "", "rest of a neuron after its spike")] = 5
    inhibition_steps: Annotated[int, Range(0, 1000, "", "rest of the others after a spike")] = 0
    window_steps: Annotated[int, Range(1, 1000, "", "inputs active so long are potentiated")] = 20


@dataclass(frozen=True, kw_only=True, eq=False)
class Learned:
    """A die after learning from every spike."""

    state: NDArray[np.uint8]
    """(inputs, neurons) 1 = parallel"""
    risen: NDArray[np.float64]
    """(neurons,) what thresholds have risen, cells times steps"""
    neuron: SpikingNeuron
    events: Events
    """of this pass; `wins` are output spikes, `time_outs` images without any"""


def train_on_every_spike(
    images: Images,
    crossbar: Crossbar,
    encoding: Encoding,
    neuron: SpikingNeuron,
    rng: np.random.Generator,
    *,
    start: Learned | None = None,
    progress: Progress | None = None,
) -> Learned:
    """Show `images` (n, inputs) once, in order, `encoding.steps` steps each, rate-coded."""
    state = random_state(crossbar, rng, EITHER) if start is None else start.state
    risen = np.zeros(neuron.count) if start is None else start.risen
    synapses, every, work = _begin(images, crossbar, encoding, neuron, (state, risen))
    seed = network._seed(rng)
    for done in range(0, len(images), network.CHUNK):
        part = np.ascontiguousarray(images[done : done + network.CHUNK])
        train_every_spike(part, done, seed, synapses.cells, every, *work)
        if progress:
            progress(done + len(part), len(images))
    return Learned(
        state=synapses.state(),
        risen=every.level.astype(np.float64),
        neuron=neuron,
        events=network._events(len(images), work, synapses, crossbar),
    )


def count_spikes(
    images: Images,
    learned: Learned,
    crossbar: Crossbar,
    encoding: Encoding,
    rng: np.random.Generator,
    *,
    progress: Progress | None = None,
) -> tuple[NDArray[np.int64], Events]:
    """Show `images` with weights and thresholds frozen.

    Returns the neurons ranked by spikes (n, 10), or all if there are fewer, and what the array
    did.
    """
    held = learned.state, learned.risen
    synapses, every, work = _begin(images, crossbar, encoding, learned.neuron, held)
    seed = network._seed(rng)
    ranked = np.zeros((len(images), min(RANKED, crossbar.neurons)), np.int64)
    for done in range(0, len(images), network.CHUNK):
        part = np.ascontiguousarray(images[done : done + network.CHUNK])
        places = ranked[done : done + network.CHUNK]
        count_every_spike(part, done, seed, synapses.cells, every, *work, places)
        if progress:
            progress(done + len(part), len(images))
    return ranked, network._events(len(images), work, synapses, crossbar)


def _begin(
    images: Images,
    crossbar: Crossbar,
    encoding: Encoding,
    neuron: SpikingNeuron,
    held: tuple[State, NDArray[np.float64]],
) -> tuple[BinarySynapses, a.EverySpike, a.Work]:
    """The die in the state held, what its neurons keep, and the rest of `network.begin`."""
    if not isinstance(crossbar, Crossbar):
        raise RangeError(
            f"the crossbar is a {type(crossbar).__name__}, but every spike learns on single"
            " binary junctions only: use learner.network"
        )
    if encoding.kind != "rate":
        raise RangeError(f"encoding.kind = {encoding.kind}, but every spike learns from rate only")
    plain = Neuron(count=neuron.count, leak_steps=neuron.leak_steps)
    network._check(images, crossbar, plain)
    state, risen = held
    held_as = held_state(crossbar, np.asarray(state))
    synapses = BinarySynapses(cells_of(crossbar, held_as), crossbar.inputs)
    work = begin(crossbar, encoding, plain, np.full(neuron.count, neuron.threshold))
    return synapses, _every(crossbar, neuron, risen), work


def _every(crossbar: Crossbar, neuron: SpikingNeuron, risen: NDArray[np.float64]) -> a.EverySpike:
    rule = a.SpikeRule(
        lowest=neuron.threshold,
        rise=neuron.threshold_rise,
        decay=math.exp(-1.0 / neuron.decay_steps),
        refractory=neuron.refractory_steps,
        inhibited=neuron.inhibition_steps,
        window=neuron.window_steps,
    )
    return a.EverySpike(
        rule=rule,
        level=risen.astype(np.float32),
        pixels=np.zeros(padded(crossbar.inputs) + 1, np.int64),
        last=np.zeros(padded(crossbar.inputs), np.int32),
        wake=np.zeros(neuron.count, np.int32),
        spikes=np.zeros(neuron.count, np.int32),
    )
