"""Learning runs of `analog_versus_mtj`: cells by weakness, and dies that are worn already."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from device_models.analog import AnalogCell, broken_fraction
from device_models.analog_library import Synapse, analog_cell
from device_models.library import device
from device_models.params import Pulse
from learner.crossbar import AnyCrossbar
from learner.network import predict, train
from learner.params import Encoding, Neuron
from learner.readout import label_counts, vote
from objectives.accuracy import shuffled_epochs
from objectives.analog import aged, analog_cycles_per_image, draw_analog_die
from objectives.design import Design, Training
from objectives.die import draw_die
from objectives.endurance import damage_per_image
from objectives.evaluate import load_data

SEEDS, DAY_S = (1, 2, 3), 86_400.0
CHANCES = {"rram": (1.0, 1.0), "rram_array": (0.5, 0.2), "pcm": (0.2, 0.035)}
"""Of either pulse, near the best trials of the study; an abrupt reset must be rare."""
IDEAL_CHANCES = {"rram": (1.0, 0.7), "rram_array": (0.5, 0.35), "pcm": (0.5, 0.35)}
"""For even steps: in the ratio of the chances that the learner's benchmark gives junctions."""
STEPS = (
    "ideal steps",
    "+ write noise",
    "+ bent, uneven steps",
    "+ spread between cells",
    "+ drift, 1 day",
    "+ drift, 1 month",
    "1 month, fixed reference",
)
MORE, EVERY = "four times the images", "every pulse given"
BINARY = "as it is"
WORN_IMAGES = (0.0, 1e8, 1e9, 1e10, 1e12, 1e13, 1e14, 1e15)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One learning run: which row it is for, the cell, and how the die is used."""

    kind: str
    row: str
    seed: int
    cell: AnalogCell | None
    synapse: Synapse
    images: int = 50_000
    broken: float = 0.0
    """junctions only: part of the cells that is shorted"""


def design(job: Job) -> Design:
    """Junction pulses near the best of the study; neurons the same for every kind."""
    named = device("ut-austin-50nm")
    return Design(
        device=named.mtj,
        breakdown=named.breakdown,
        potentiation=Pulse(amplitude_v=0.70, duration_s=7e-9),
        depression=Pulse(amplitude_v=0.667, duration_s=7.8e-9),
        neuron=Neuron(count=400, threshold=400.0, threshold_step=0.04),
        encoding=Encoding(kind="rate"),
        training=Training(images=job.images),
        synapse=job.synapse,
    )


def ladder(kind: str) -> list[AnalogCell]:
    """The cell of a preset without weaknesses, then with one after the other."""
    full = analog_cell(kind)
    even = (full.step_up if kind == "pcm" else float(np.sqrt(full.step_up * full.step_down))) / 2
    quiet = replace(full, pulse_noise=0.0, write_noise=0.0, range_spread=0.0, step_spread=0.0)
    ideal = replace(quiet, bend_up=0.0, bend_down=0.0, step_up=even, step_down=even)
    noisy = replace(ideal, pulse_noise=full.pulse_noise, write_noise=full.write_noise)
    return [ideal, noisy, replace(full, range_spread=0.0, step_spread=0.0), full]


def jobs() -> list[Job]:
    """Every run of the first table, dearest first."""
    listed = []
    for seed in SEEDS:
        listed.append(Job(kind="mtj", row=BINARY, seed=seed, cell=None, synapse=Synapse()))
        listed.append(replace(listed[-1], row=MORE, images=200_000))
        for kind, chances in CHANCES.items():
            for place, cell in enumerate(ladder(kind)):
                up, down = chances if place >= 2 else IDEAL_CHANCES[kind]
                synapse = Synapse(
                    kind=kind,  # type: ignore[arg-type]
                    potentiation_chance=up,
                    depression_chance=down,
                    drift_s=0.0,
                )
                listed.append(
                    Job(kind=kind, row=STEPS[place], seed=seed, cell=cell, synapse=synapse)
                )
            always = replace(synapse, potentiation_chance=1.0, depression_chance=1.0)
            listed.append(replace(listed[-1], row=MORE, images=200_000))
            listed.append(replace(listed[-2], row=EVERY, synapse=always))
    return sorted(listed, key=lambda job: -job.images)


def worn_jobs(wear: dict[str, float]) -> list[Job]:
    """Dies that have learnt before. wear: cycles an image, or part of N63 for junctions."""
    law = device("ut-austin-50nm").breakdown
    listed = []
    for seed in SEEDS:
        for images in WORN_IMAGES[1:]:
            used = (wear["mtj"] * images) ** law.weibull_shape
            listed.append(
                Job(
                    kind="mtj",
                    row=f"{images:g}",
                    seed=seed,
                    cell=None,
                    synapse=Synapse(),
                    broken=float(-np.expm1(-used)),
                )
            )
            for kind, (up, down) in CHANCES.items():
                synapse = Synapse(
                    kind=kind,  # type: ignore[arg-type]
                    potentiation_chance=up,
                    depression_chance=down,
                    drift_s=0.0,
                    worn_cycles=wear[kind] * images,
                )
                cell = analog_cell(kind)
                listed.append(
                    Job(kind=kind, row=f"{images:g}", seed=seed, cell=cell, synapse=synapse)
                )
    return listed


def draw(job: Job, wanted: Design, rng: np.random.Generator) -> AnyCrossbar:
    """A die; a broken junction is a short in series with its transistor that never switches."""
    if job.cell is not None:
        return draw_analog_die(job.cell, wanted, 784, rng)
    die, _ = draw_die(wanted, 784, rng)
    short = rng.random(die.conductance_p_s.shape) < job.broken
    short_s = np.float32(1 / wanted.array.access_ohm)
    return replace(
        die,
        conductance_p_s=np.where(short, short_s, die.conductance_p_s),
        conductance_ap_s=np.where(short, short_s, die.conductance_ap_s),
    )


def learn(job: Job) -> tuple[Job, dict[str, float], float]:
    """Accuracy [%] by row, and wear of an image on the mean cell."""
    wanted, data = design(job), load_data("mnist")
    die_rng, rng = (np.random.default_rng(s) for s in np.random.SeedSequence(job.seed).spawn(2))
    die = draw(job, wanted, die_rng)
    order = shuffled_epochs(len(data.training.labels), job.images, rng)
    trained = train(data.training.pixels[order], die, wanted.encoding, wanted.neuron, rng)
    known = slice(wanted.training.label_images)
    ranked, _ = predict(data.training.pixels[known], trained, die, wanted.encoding, rng)
    names = label_counts(ranked, data.training.labels[known], 400)
    views = {job.row: job.synapse}
    if job.row == STEPS[3]:
        views |= {STEPS[4]: replace(job.synapse, drift_s=DAY_S)}
        views |= {STEPS[5]: replace(job.synapse, drift_s=30 * DAY_S)}
        views |= {STEPS[6]: replace(job.synapse, drift_s=30 * DAY_S, reference="fixed")}
    found = {}
    for row, synapse in views.items():
        later, then = (die, trained) if job.cell is None else aged(die, trained, synapse, rng)
        ranked, _ = predict(data.validation.pixels, then, later, wanted.encoding, rng)
        found[row] = 100 * float(np.mean(vote(ranked, names) == data.validation.labels))
    if job.cell is None:
        wear = float(damage_per_image(trained.events, wanted).mean())
    else:
        wear = float(analog_cycles_per_image(trained.events, job.cell, 784).mean())
    return job, found, wear


Found = dict[tuple[str, str], list[float]]


def measure(pool: ProcessPoolExecutor) -> tuple[Found, Found, dict[str, float], dict[str, float]]:
    """Accuracy by (kind, row) for the ladder and for worn dies; wear and part dead by kind."""
    steps: Found = {}
    worn: Found = {}
    wear: dict[str, float] = {}
    for job, found, used in pool.map(learn, jobs()):
        for row, accuracy in found.items():
            steps.setdefault((job.kind, row), []).append(accuracy)
        if job.row in (STEPS[3], BINARY):
            wear[job.kind] = used
            worn.setdefault((job.kind, "0"), []).append(found[job.row])
    dead: dict[str, float] = {}
    for job, found, _ in pool.map(learn, worn_jobs(wear)):
        worn.setdefault((job.kind, job.row), []).append(found[job.row])
        dead[f"{job.kind} {job.row}"] = (
            job.broken
            if job.cell is None
            else float(broken_fraction(job.synapse.worn_cycles, job.cell))
        )
    return steps, worn, wear, dead
