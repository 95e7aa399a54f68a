"""A spec as TOML: a device file that `device = "….toml"` of a study reads back."""

from dse import toml_text
from dse.spec import Spec

PARTS = {"device": "mtj", "breakdown": "breakdown"}
"""Part of a design -> table of a device file."""


def to_toml(spec: Spec) -> str:
    """The junction as tables, all in SI; the rest of the design as comments beside them."""
    origin = spec.origin
    lines = [
        f"# Junction of {origin.study}, trial {origin.trial} ({origin.pick}); all in SI.",
        f"# {origin.question}",
        f"title = {toml_text.value(f'{origin.study}, trial {origin.trial}')}",
    ]
    for part, table in PARTS.items():
        begin = f"{part}."
        values = {
            n.removeprefix(begin): q.value for n, q in spec.design.items() if n.startswith(begin)
        }
        lines += toml_text.table(table, values)
    sources = {
        name.removeprefix("device."): text
        for name, text in spec.sources.items()
        if name.startswith("device.")
    }
    lines += toml_text.table("sources", sources)
    lines += ["", "# The rest of the design, which a device file does not hold:"]
    lines += [
        f"# {name} = {toml_text.value(q.value)} {q.unit}".rstrip()
        for name, q in spec.design.items()
        if name.partition(".")[0] not in PARTS
    ]
    return "\n".join(lines) + "\n"
