"""Named devices: a junction of library_junctions.py and a breakdown law."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from device_models.library_junctions import ASSUMPTION as ASSUMPTION
from device_models.library_junctions import JUNCTIONS
from device_models.params import Breakdown, Mtj
from device_models.ranges import RangeError, nearest

DEFAULT_BREAKDOWN = Breakdown()
"""Power law, Weibull, set at the public anchors of `anchors`; no measurement of these devices."""


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
