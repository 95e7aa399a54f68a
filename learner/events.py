"""Exact counts of what the array did: energy, wear and latency are computed from them."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Events:
    """What happened while images were shown; two can be added.

    Every cell of the winner's column gets one pulse, so each win counts `inputs` attempts, split
    by the kind of pulse and by the state the cell was in. Multilevel cells: only pulses that were
    given count, _p are those on cells above the middle of their window, _ap below, and flips are
    pulses after which a cell is read as another byte.
    """

    images: int
    wins: NDArray[np.int64]
    """(neurons,) images each neuron won; below `images` in sum if for some no neuron fired"""
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
    potentiation_attempts_ap: int
    potentiation_attempts_p: int
    depression_attempts_p: int
    depression_attempts_ap: int
    potentiation_flips: int
    depression_flips: int

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
        return self.potentiation_attempts_ap + self.potentiation_attempts_p

    @property
    def depression_pulses(self) -> int:
        """All of them, whatever the state they met."""
        return self.depression_attempts_p + self.depression_attempts_ap

    @property
    def attempts(self) -> int:
        """Write pulses, whether they change a cell or not."""
        return self.potentiation_pulses + self.depression_pulses

    @property
    def winners(self) -> int:
        """Neurons that won at least once."""
        return int(np.count_nonzero(self.wins))

    @property
    def collapsed(self) -> bool:
        """Most of the array lies idle: fewer than half of the neurons that could win ever did."""
        return self.winners < 0.5 * min(self.wins.size, self.images)
