"""Named devices: a junction of library_junctions.py and a breakdown law."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from device_models.library_junctions import ASSUMPTION as ASSUMPTION
from device_models.library_junctions import JUNCTIONS
from device_models.params import Breakdown, Mtj
from device_models.ranges import RangeError, nearest

DEFAULT_BREAKDOWN = Breakdown(
    t63_s=1.0, voltage_exponent=40.0, weibull_shape=1.5, pulse_exponent=1.0
)
"""Assumption, placed so that at 0.65 V across the junction 100 ppm of cells fail after more than
1e12 pulses of 20 ns and more than 1e6 of 200 ns: what embedded STT-MRAM reports in public.
Laws and distributions differ by decades, so read a lifetime as an order of magnitude."""


@dataclass(frozen=True, kw_only=True)
class Device:
    """A named junction with its breakdown law and the source of every number."""

    title: str
    mtj: Mtj
    sources: Mapping[str, str]
    breakdown: Breakdown = DEFAULT_BREAKDOWN


DEVICES: Mapping[str, Device] = MappingProxyType(
    {
        name: Device(title=known.title, mtj=known.mtj, sources=known.sources)
        for name, known in JUNCTIONS.items()
    }
)


def device(name: str) -> Device:
    """The named device; RangeError names the nearest one."""
    if name not in DEVICES:
        raise RangeError(
            f"device {name!r} is unknown; the library has {', '.join(DEVICES)}"
            + nearest(name, DEVICES)
        )
    return DEVICES[name]
