"""Pulses of an imagined run, as `Events` counts them: by direction, state and row."""

import dataclasses

import numpy as np

from learner.events import Events

KINDS = {"ltd_ap": (0, 0), "ltd_p": (0, 1), "ltp_ap": (1, 0), "ltp_p": (1, 1)}
"""Place of depression and potentiation pulses on antiparallel and parallel junctions."""


def pulses_of(inputs: int, **counts: int) -> np.ndarray:
    """(2, 2, inputs) with each kind's count spread evenly over the rows."""
    found = np.zeros((2, 2, inputs), np.int64)
    for kind, count in counts.items():
        edges = np.rint(np.linspace(0, count, inputs + 1)).astype(np.int64)
        found[KINDS[kind]] = np.diff(edges)
    return found


def without(events: Events, *kinds: str) -> Events:
    """The events without the pulses of these kinds."""
    left = events.pulses.copy()
    for kind in kinds:
        left[KINDS[kind]] = 0
    return dataclasses.replace(events, pulses=left)


def count(events: Events, kind: str) -> int:
    """Pulses of one kind, all rows together."""
    return int(events.pulses[KINDS[kind]].sum())
