"""Exact counts of what the array did: energy, wear and latency are computed from them."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Events:
    """What happened while images were shown; two can be added.

    Every synapse of a winner gets one pulse, on each of its junctions, so each win counts a pulse
    a row, unless `without_idle_pulses` took those off that could do nothing. Multilevel cells:
    only pulses that were given count, the states are the lower and the upper half of the window,
    and flips are pulses after which a cell is read as another byte.
    """

    images: int
    wins: NDArray[np.int64]
    """(neurons,) images each neuron won; below `winners`·images in sum if for some fewer fired"""
    steps: int
    """time steps run"""
    time_outs: int
    """images whose window ended before any neuron reached its threshold"""
    input_spikes: int
    """active rows, summed over steps"""
    tile_reads: int
    """tiles with an active row, summed over steps; each reads all its columns"""
    current_a_steps: float
    """[A] column currents summed over columns and steps; times read_v·read_s is the energy"""
    pulses: NDArray[np.int64]
    """(2, states, inputs) synapses pulsed, by depression and potentiation, the state they were in
    and their row; the states of a single junction are antiparallel and parallel"""
    flips: NDArray[np.int64]
    """(2, inputs) junctions flipped by depression and by potentiation, by row"""
    spared: NDArray[np.int64]
    """(2, inputs) cells of a winner that got no pulse: depression, potentiation, by row"""
    cell_reads: int
    """cells read one by one before a write, to see which of them need no pulse"""

    def __add__(self, other: "Events") -> "Events":
        return Events(
            **{
                field.name: getattr(self, field.name) + getattr(other, field.name)
                for field in fields(self)
            }
        )

    @property
    def potentiation_pulses(self) -> int:
        """All of them, whatever the state they met."""
        return int(self.pulses[1].sum())

    @property
    def depression_pulses(self) -> int:
        """All of them, whatever the state they met."""
        return int(self.pulses[0].sum())

    @property
    def attempts(self) -> int:
        """Synapses pulsed, whether it changes them or not."""
        return int(self.pulses.sum())

    @property
    def winners(self) -> int:
        """Neurons that won at least once."""
        return int(np.count_nonzero(self.wins))

    @property
    def collapsed(self) -> bool:
        """Most of the array lies idle: fewer than half of the neurons that could win ever did."""
        return self.winners < 0.5 * min(self.wins.size, self.images)


def no_events(inputs: int, neurons: int, states: int = 2) -> Events:
    """Nothing happened yet."""
    return Events(
        images=0,
        wins=np.zeros(neurons, np.int64),
        steps=0,
        time_outs=0,
        input_spikes=0,
        tile_reads=0,
        current_a_steps=0.0,
        pulses=np.zeros((2, states, inputs), np.int64),
        flips=np.zeros((2, inputs), np.int64),
        spared=np.zeros((2, inputs), np.int64),
        cell_reads=0,
    )


def without_idle_pulses(events: Events, depression: bool, potentiation: bool) -> Events:
    """The same learning by pulses on those cells only that they could flip, each found by a read.

    events: of single junctions, every cell of a winner pulsed. depression: the inactive rows of a
    written column are read first, and cells found antiparallel get no pulse; potentiation: active
    rows likewise, cells found parallel. A pulse towards the state a junction is in never flips it,
    so no state differs; each read is taken to be right.
    """
    given = events.pulses.copy()
    spared, reads = events.spared.copy(), events.cell_reads
    for drive, asked in enumerate((depression, potentiation)):
        if asked:
            reads += int(given[drive].sum())
            spared[drive] += given[drive, drive]
            given[drive, drive] = 0
    return replace(events, pulses=given, spared=spared, cell_reads=reads)
