"""The files a recommended design is handed over as."""

from collections.abc import Callable, Mapping

from dse.datasheet import to_html, to_markdown
from dse.spec import Spec, to_json
from dse.spec_circuit import to_spice, to_verilog_a
from dse.spec_pulses import to_pulses
from dse.spec_toml import to_toml
from objectives.design import Design

Writer = Callable[[Spec, Design], str]
FORMATS: Mapping[str, Writer] = {
    ".json": lambda spec, _: to_json(spec),
    ".md": lambda spec, _: to_markdown(spec),
    ".html": to_html,
    ".toml": lambda spec, _: to_toml(spec),
    ".sp": lambda spec, _: to_spice(spec),
    ".va": lambda spec, _: to_verilog_a(spec),
    ".csv": lambda _, design: to_pulses(design),
}
"""Ending of a file -> what writes it."""
JUNCTION = (".toml", ".sp", ".va", ".csv")
"""Those that only a design of junctions has."""


def endings(design: Design) -> tuple[str, ...]:
    """The formats a design can be written in."""
    return tuple(
        ending for ending in FORMATS if design.synapse.kind == "mtj" or ending not in JUNCTION
    )
