"""Frozen parameter sets of the spiking learner."""

from dataclasses import dataclass
from typing import Annotated, Literal

from device_models.ranges import Checked, Range, RangeError

WINNERS_MOST = 10


@dataclass(frozen=True, kw_only=True)
class Encoding(Checked):
    """How an image becomes input spikes, and how often it is read to be classified.

    rate: at each step a pixel of intensity x spikes with probability peak_rate·x/255.
    one_shot: every pixel above `pixel_threshold` is active at every step.
    views: reads of an image that vote together, as it is and moved by a pixel down, up, right and
    left; each costs the energy and the time of a read.
    """

    kind: Literal["rate", "one_shot"] = "rate"
    steps: Annotated[int, Range(1, 1000, "", "time steps an image is shown at most")] = 40
    peak_rate: Annotated[float, Range(0.01, 1.0, "", "spike chance a step at full intensity")] = (
        0.5
    )
    pixel_threshold: Annotated[int, Range(0, 254, "", "one_shot: a pixel above it is active")] = 40
    views: Annotated[int, Range(1, 5, "", "reads an image is classified by")] = 1


@dataclass(frozen=True, kw_only=True)
class Neuron(Checked):
    """Leaky integrate-and-fire output neurons with homeostasis, winner takes all.

    The membrane potential is counted in cells: 1 is the charge by which one parallel cell
    differs from one antiparallel cell in one step, averaged over the array. With the reference
    (G_P + G_AP)/2 a neuron gains up to half a cell for each input spike that meets its pattern.

    threshold: on MNIST 25 … 600 matters, from 4 to all of 40 steps in rate coding (86 to 92 %
    with 400 neurons); in one-shot coding it buys averaging of the read noise.
    threshold_step: accuracy is flat from 0.03 to 0.08; below 0.01 few neurons share the wins.
    Without a reference the potential holds the whole current and both want 4 times, a quarter.

    homeostasis: a win raises the neuron's threshold (threshold), or a bias current that is taken
    off its column current in every step (bias): the race is then won by the largest current less
    bias, not by the largest ratio, and if the window ends before it is decided a common ramp
    lets the neuron fire that is nearest, whatever the sign of its potential. drive: a current into
    all neurons alike, which decides when such a race ends, not who wins it. compensation: part
    of the charge of all parallel cells of the column that is taken off in every step, measured
    after each write by a read of the whole column, so that a neuron of many parallel cells has no
    advantage. In rate coding bias, drive and compensation count in units of the peak rate.
    target_rate: as bias, but a neuron knows only its own wins: after every `rate_images` images
    its bias rises by bias_step for each win above its share of them, `winners`/count an image,
    and falls by as much for each below; nothing is common to all neurons. After Querlioz et al.
    2011 (doi 10.1109/IJCNN.2011.6033439), whose thresholds follow a running mean of the rate.

    winners: k-winners-take-all. Learning waits until so many have fired, and the columns of all
    get the pulses of the window until then; classification ends at the first spike as ever.
    refractory_images: a winner takes no part in the races of the next images it could learn from;
    an image is one race, so this is the only refractory period that it knows. Never at
    classification. window_steps: in rate coding an input is active for a write if it spiked in
    that many steps up to the output spike; 1000 is all of them. In one-shot coding active inputs
    spike in every step, and it says nothing.
    """

    count: Annotated[int, Range(2, 20000, "", "output neurons, columns of the array")] = 400
    threshold: Annotated[
        float, Range(1.0, 1e5, "", "mean firing threshold, cells (P minus AP) times steps")
    ] = 300.0
    threshold_step: Annotated[
        float, Range(0.0, 1.0, "", "rise of the winner's threshold over the mean threshold")
    ] = 0.04
    homeostasis: Literal["threshold", "bias", "target_rate"] = "threshold"
    bias_step: Annotated[
        float, Range(0.0, 1e4, "", "bias: rise of the winner's, cells (P minus AP)")
    ] = 1.6
    drive: Annotated[
        float, Range(0.0, 1e4, "", "bias: into every neuron, cells (P minus AP) a step")
    ] = 0.0
    compensation: Annotated[
        float, Range(0.0, 1.0, "", "part of the column's parallel cells taken off")
    ] = 0.0
    rate_images: Annotated[
        int,
        Range(1, 100_000, "", "target_rate: images between two comparisons of wins and target"),
    ] = 100
    winners: Annotated[int, Range(1, WINNERS_MOST, "", "neurons that learn from an image")] = 1
    refractory_images: Annotated[
        int, Range(0, 10_000, "", "images for which a winner takes no part in learning")
    ] = 0
    window_steps: Annotated[
        int, Range(1, 1000, "", "steps before the output spike that potentiation looks back")
    ] = 1000
    leak_steps: Annotated[float, Range(1.0, 1e9, "", "membrane time constant, time steps")] = 1e9

    def __post_init__(self) -> None:
        super().__post_init__()
        kept = self.winners * (self.refractory_images + 1)
        if kept > self.count:
            raise RangeError(
                f"winners·(refractory_images + 1) = {kept} must not exceed count = {self.count}, "
                "or no neuron is left to win; lower one of them"
            )
