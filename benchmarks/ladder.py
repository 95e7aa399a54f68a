"""Accuracy ladder on the MNIST test set: 100 to 6,400 neurons, five seeds, ideal wires.

Binary stochastic junctions whose flip chances are those of a named device and its pulses: the
amplitude of both is lowered while it learns, until the chance has fallen to `last` of the first.
All numbers were chosen on validation images. Labels are used only after learning. From the same
loop: synapses of four junctions in parallel, and weights in 255 levels that move by the mean of
what the junctions do (`junctions = 0`). `benchmarks/ladder_page.py` measures them all.

Nothing but this, `benchmarks/learner.py` and `dse verify` opens the test images.
"""

import argparse
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from device_models.analog import AnalogCell, LevelLaw
from device_models.library import device
from device_models.params import Mtj, Pulse
from device_models.variation import nominal_cell
from device_models.write import depression_write, potentiation_write, pulse_probability
from learner.crossbar import AnalogCrossbar, AnyCrossbar, CompoundCrossbar, Crossbar
from learner.datasets import load
from learner.datasets.shifts import CROSS, shifted
from learner.network import Trained, respond, train, untrained
from learner.params import Encoding, Neuron
from learner.readout import POOL_DECAY, label_counts, pooled, vote, winner
from learner.synapses import AnalogState

DEVICE, PULSE_S, ACCESS_OHM = "ut-austin-50nm", 5e-9, 3e3
PHASES, SPARSE = 25, 0.05
ON_S, OFF_S = 1 / 8e3, 1 / 14e3
INPUTS, SHAPE = 784, (28, 28)


@dataclass(frozen=True, kw_only=True)
class Rung:
    """Settings of one size. step: of the bias, cells; last, last_step: end over beginning."""

    neurons: int
    potentiation: float
    depression: float
    step: float
    last: float = 0.2
    last_step: float = 0.2
    compensation: float = 0.45
    epochs: int = 3
    junctions: int = 1
    depth: int = 3
    kind: str = "one_shot"


ONE = (
    Rung(neurons=100, potentiation=0.1, depression=0.06, step=0.8, last=0.1, depth=1),
    Rung(neurons=400, potentiation=0.2, depression=0.12, step=1.6, last=0.1, last_step=0.1),
    Rung(neurons=1600, potentiation=0.7, depression=0.42, step=8.0, last=0.1, last_step=0.05),
    Rung(neurons=6400, potentiation=0.9, depression=0.6, step=40.0, last=0.5, last_step=0.02),
)
FOUR = (
    Rung(
        neurons=100, potentiation=0.1, depression=0.06, step=0.8, last=0.1, junctions=4, depth=1
    ),
    Rung(
        neurons=400, potentiation=0.2, depression=0.12, step=1.6, last=0.1, last_step=0.1,
        junctions=4,
    ),
    Rung(
        neurons=1600, potentiation=0.5, depression=0.3, step=8.0, last_step=0.025, junctions=4
    ),
    Rung(
        neurons=6400, potentiation=0.7, depression=0.45, step=60.0, last=0.3, last_step=0.02,
        junctions=4,
    ),
)  # fmt: skip
FLOAT = (
    Rung(neurons=100, potentiation=0.1, depression=0.06, step=0.8, junctions=0, depth=1),
    Rung(neurons=400, potentiation=0.2, depression=0.12, step=1.6, junctions=0),
    Rung(neurons=1600, potentiation=0.2, depression=0.12, step=8.0, junctions=0),
    Rung(
        neurons=6400, potentiation=0.5, depression=0.3, step=20.0, last_step=0.1, junctions=0
    ),
)  # fmt: skip


def spiking(rung: Rung) -> Rung:
    """The same in rate coding, where bright pixels count more and less is taken off."""
    return replace(rung, kind="rate", compensation=0.3)


def amplitude_v(mtj: Mtj, chance: float, potentiation: bool) -> float:
    """Drive [V] at which a 5 ns pulse flips the nominal junction with `chance`, by bisection."""
    cell, low, high = nominal_cell(mtj), 0.05, 2.5
    write = potentiation_write if potentiation else depression_write
    for _ in range(50):
        pulse = Pulse(amplitude_v=(low + high) / 2, duration_s=PULSE_S)
        found = float(pulse_probability(write(cell, pulse, ACCESS_OHM), cell, pulse))
        low, high = (pulse.amplitude_v, high) if found < chance else (low, pulse.amplitude_v)
    return (low + high) / 2


def chance_at(mtj: Mtj, volts: float, potentiation: bool) -> float:
    """Chance that a pulse of this amplitude flips the nominal junction."""
    cell, pulse = nominal_cell(mtj), Pulse(amplitude_v=volts, duration_s=PULSE_S)
    write = potentiation_write if potentiation else depression_write
    return float(pulse_probability(write(cell, pulse, ACCESS_OHM), cell, pulse))


def schedule(rung: Rung) -> NDArray[np.float64]:
    """(phases, 2) flip chances while both amplitudes fall in equal steps."""
    mtj = device(DEVICE).mtj
    chances = []
    for chance, up in ((rung.potentiation, True), (rung.depression, False)):
        ends = [amplitude_v(mtj, chance * part, up) for part in (1.0, rung.last)]
        chances.append([chance_at(mtj, v, up) for v in np.linspace(*ends, PHASES)])
    return np.array(chances).T


NO_DRIFT = LevelLaw(at_one=0.0)
SOFT_BOUND = AnalogCell(
    low_s=OFF_S, high_s=ON_S, range_spread=0.0, step_up=1.0, step_down=1.0, bend_up=1.0,
    bend_down=1.0, step_spread=0.0, pulse_noise=0.0, write_noise=0.0, drift_after_s=1.0,
    drift=NO_DRIFT, drift_spread=NO_DRIFT, relaxation=0.0, endurance_cycles=1e18,
    endurance_sigma=0.01, wear_up=0.0, wear_down=0.0, stuck="last", potentiation_j=0.0,
    depression_j=0.0, potentiation_s=PULSE_S, depression_s=PULSE_S, write_v=0.1,
)  # fmt: skip
"""Weights w that move by p(1 − w) and −qw: what stochastic junctions do on average."""


def die(rung: Rung, up: float, down: float) -> AnyCrossbar:
    """Equal cells on ideal wires; the reference is that of an antiparallel cell."""
    shape = (INPUTS, rung.neurons)
    read = {
        "attenuation": np.ones((2, INPUTS), np.float32), "tile_rows": INPUTS, "read_v": 0.1,
        "read_s": 5e-9,
    }  # fmt: skip

    def all_cells(value: float) -> NDArray[np.float32]:
        return np.broadcast_to(np.float32(value), shape)

    if rung.junctions == 1:
        return Crossbar(
            conductance_p_s=all_cells(ON_S), conductance_ap_s=all_cells(OFF_S),
            potentiation=all_cells(up), depression=all_cells(down), reference_s=OFF_S, **read,
        )  # fmt: skip
    if rung.junctions == 0:
        return AnalogCrossbar(
            conductance_low_s=all_cells(OFF_S), conductance_high_s=all_cells(ON_S),
            step_up=all_cells(up), step_down=all_cells(down), cycles_left=all_cells(np.inf),
            cell=SOFT_BOUND, reference_s=OFF_S, **read,
        )  # fmt: skip
    k = rung.junctions
    bits = ((np.arange(2**k)[:, None] >> np.arange(k)) & 1).astype(np.uint8)
    line_s = np.stack([all_cells(OFF_S), all_cells(ON_S)])
    return CompoundCrossbar(
        line_s=np.broadcast_to(line_s, (k, *line_s.shape)), line_kind=bits, line_signs=(1,) * k,
        drawn_s=np.where(bits, ON_S, OFF_S).sum(1), chance_kind=bits, reference_s=k * OFF_S,
        chances=np.stack([all_cells(up), all_cells(down)]), **read,
    )  # fmt: skip


def neuron(rung: Rung, scale: float = 1.0) -> Neuron:
    """Neurons of the rung with the bias step scaled."""
    return Neuron(
        count=rung.neurons, threshold=300.0, homeostasis="bias", bias_step=rung.step * scale,
        compensation=rung.compensation,
    )  # fmt: skip


def _sparse(trained: Trained) -> Trained:
    """Levels between 0 and a tenth, whose mean is that of the junctions' start."""
    if not isinstance(trained.state, AnalogState):
        return trained
    level = (2 * SPARSE * trained.state.level).astype(np.float32)
    return replace(trained, state=replace(trained.state, level=level, read=level.copy()))


def learned(
    rung: Rung, pixels: NDArray[np.uint8], rng: np.random.Generator
) -> tuple[Trained, AnyCrossbar]:
    """A network after all epochs, and the die it ended on."""
    chances, encoding = schedule(rung), Encoding(kind=rung.kind)  # type: ignore[arg-type]
    order = np.concatenate([rng.permutation(len(pixels)) for _ in range(rung.epochs)])
    array = die(rung, *chances[0])
    trained = _sparse(untrained(array, neuron(rung), rng, on=SPARSE))
    for phase, part in enumerate(np.array_split(order, PHASES)):
        scale = rung.last_step ** (phase / (PHASES - 1))
        array = die(rung, *chances[phase])
        trained = train(pixels[part], array, encoding, neuron(rung, scale), rng, start=trained)
    return trained, array


def accuracies(rung: Rung, seed: int, test: bool) -> tuple[float, float, float]:
    """[%] of the winner's label, the vote of ten, and the vote of twenty over five reads."""
    rng = np.random.default_rng(seed)
    parts = [load("mnist", split) for split in (("train", "validation") if test else ("train",))]
    pixels = np.concatenate([part.pixels for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    scored = load("mnist", "test" if test else "validation")
    trained, array = learned(rung, pixels, rng)
    encoding = Encoding(kind=rung.kind)  # type: ignore[arg-type]
    ranked, _, _ = respond(pixels, trained, array, encoding, rng)
    once = label_counts(ranked, labels, rung.neurons)
    names = label_counts(ranked, labels, rung.neurons, rung.depth)
    reads = [
        respond(shifted(scored.pixels, SHAPE, *shift), trained, array, encoding, rng)[:2]
        for shift in CROSS
    ]
    plain, pool = reads[0][0], pooled(reads)
    given = winner(plain, once), vote(plain, names), vote(pool, names, POOL_DECAY)
    return tuple(100 * float(np.mean(g == scored.labels)) for g in given)  # type: ignore[return-value]


def main() -> None:
    """Try rungs on validation images: python -m benchmarks.ladder 400 one_shot 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("neurons", type=int)
    parser.add_argument("kind", choices=("one_shot", "rate"))
    parser.add_argument("junctions", type=int, choices=(0, 1, 4))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--set", nargs="*", default=[], help="field=value of the rung")
    asked = parser.parse_args()
    rungs = {0: FLOAT, 1: ONE, 4: FOUR}[asked.junctions]
    rung = next(r for r in rungs if r.neurons == asked.neurons)
    rung = spiking(rung) if asked.kind == "rate" else rung
    rung = replace(
        rung, **{k: type(getattr(rung, k))(v) for k, v in (s.split("=") for s in asked.set)}
    )
    found = np.array([accuracies(rung, seed, test=False) for seed in range(asked.seeds)])
    print(rung, found.mean(0).round(2), found.std(0).round(2))


if __name__ == "__main__":
    main()
