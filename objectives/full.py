"""One die measured as far as the model goes: every image, exact column currents."""

from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from learner.crossbar import AnyCrossbar
from learner.datasets import Images
from learner.events import Events
from learner.exact import respond_exact
from learner.network import Trained
from learner.readout import Ranked, Strength
from objectives.accuracy import Learned, Pixels, answer_images, learn
from objectives.breakdown import inference_latency
from objectives.design import Design, operating
from objectives.energy import image_energy
from objectives.evaluate import draw_phases, figures
from objectives.wiring import wiring


@dataclass(frozen=True, kw_only=True)
class Exact:
    """Scores of a die that is read with exact column currents."""

    accuracy: float
    inference: Events
    same_answers: float
    """share of the images that the fast read answers alike"""


def measure(
    design: Design,
    data: tuple[Images, Images],
    streams: tuple[np.random.SeedSequence, np.random.SeedSequence],
    *,
    exact: bool,
) -> dict[str, float]:
    """Train one die and score it: every name of METRICS, on the scored images.

    data: images to train on and to score; streams: of the die and of all else. With `exact`, the
    figures named exact_….
    """
    at_work, (training, scored) = operating(design), data
    die_rng, rng = (np.random.default_rng(stream) for stream in streams)
    dies = draw_phases(at_work, training.pixels.shape[1], die_rng)
    crossbar = dies[-1]
    learned = learn(at_work, dies, training, scored, rng)
    found = figures(at_work, crossbar, learned, scored)
    if exact:
        solved = learn_exactly(at_work, crossbar, learned, training, scored)
        energy = image_energy(solved.inference, at_work, learned.read)
        found |= {
            "exact_accuracy": solved.accuracy,
            "exact_inference_energy_j": energy.macro_j,
            "exact_inference_latency_s": inference_latency(
                solved.inference, at_work, crossbar.inputs
            ).total_s,
            "exact_same_answers": solved.same_answers,
        }
    return found


def learn_exactly(
    design: Design, crossbar: AnyCrossbar, learned: Learned, training: Images, scored: Images
) -> Exact:
    """Name the neurons of a trained die and score it with exact column currents.

    Everything after training as in `accuracy.learn`, from the same random streams; training
    itself reads with the fast attenuation.
    """
    wire_ohm = read_wire_ohm(design)

    def respond(
        pixels: Pixels, trained: Trained, crossbar: AnyCrossbar, rng: np.random.Generator
    ) -> tuple[Ranked, Strength, Events]:
        return respond_exact(pixels, trained, crossbar, design.encoding, rng, wire_ohm=wire_ohm)

    rng, at_end = deepcopy(learned.before_scoring), (learned.fresh, crossbar)
    answer = answer_images(design, at_end, (training, scored), respond, rng)
    return Exact(
        accuracy=float(np.mean(answer.votes == scored.labels)),
        inference=answer.inference,
        same_answers=float(np.mean(answer.votes == learned.answers)),
    )


def read_wire_ohm(design: Design) -> float:
    """Wire a cell [Ω] that reads see: none where junctions are sensed one by one."""
    apart = design.synapse.kind == "mtj" and wiring(design).sensed_apart
    return 0.0 if apart else design.array.wire_ohm
