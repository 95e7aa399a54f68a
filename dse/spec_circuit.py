"""A spec as parameters for circuit simulators: a SPICE .param include, a Verilog-A header."""

from collections.abc import Iterator

from dse.spec import Spec

MAPPING = """The junction: R_P = r_p_ohm; R_AP(V) = r_p_ohm*(1 + tmr/(1 + (V/tmr_half_v)**2)).
It switches P to AP above ic0_p_to_ap_a, AP to P above ic0_ap_to_p_a; chance of one pulse at
the given amplitude and length: potentiation_probability (AP to P), depression_probability.
Amplitudes are those of the driver, across access_ohm and the junction in series.
Potentiation drives AP to P, depression P to AP."""
RENAMED = {
    "device.diameter_m": "diameter_m",
    "device.ra_ohm_m2": "ra_ohm_m2",
    "device.tmr": "tmr",
    "device.tmr_half_v": "tmr_half_v",
    "device.barrier": "barrier",
    "device.damping": "damping",
    "device.r_p_ohm": "r_p_ohm",
    "device.r_ap_ohm": "r_ap_ohm",
    "device.ic0_ap_to_p_a": "ic0_ap_to_p_a",
    "device.ic0_p_to_ap_a": "ic0_p_to_ap_a",
    "device.vc0_ap_to_p_v": "vc0_ap_to_p_v",
    "device.vc0_p_to_ap_v": "vc0_p_to_ap_v",
    "device.relaxation_time_s": "relaxation_s",
    "array.access_ohm": "access_ohm",
    "array.wire_ohm": "wire_ohm",
    "array.tile_rows": "tile_rows",
    "array.read_v": "read_v",
    "array.read_s": "read_s",
    "potentiation.amplitude_v": "potentiation_v",
    "potentiation.duration_s": "potentiation_s",
    "potentiation.probability": "potentiation_probability",
    "depression.amplitude_v": "depression_v",
    "depression.duration_s": "depression_s",
    "depression.probability": "depression_probability",
    "environment.temperature_k": "temperature_k",
    "periphery.bit_line_f": "bit_line_f",
}
"""Name in a spec -> name in a circuit; derived numbers at the temperature of the design."""


def _parameters(spec: Spec) -> Iterator[tuple[str, float, str, str]]:
    """(name in a circuit, value, unit, name in the spec)."""
    known = spec.design | spec.derived
    for name, short in RENAMED.items():
        if name in known:
            yield short, float(known[name].value), known[name].unit, name


def to_spice(spec: Spec) -> str:
    """A file to .include: one .param a number, its name in the spec behind it."""
    lines = [f"* {text}" for text in _head(spec)]
    lines += [
        f".param mtj_{short} = {value!r} ; {unit or '1'}, {name}"
        for short, value, unit, name in _parameters(spec)
    ]
    return "\n".join(lines) + "\n"


def to_verilog_a(spec: Spec) -> str:
    """A file to `include inside a module: one parameter a number."""
    lines = [f"// {text}" for text in _head(spec)]
    lines += [
        f"parameter real mtj_{short} = {value!r}; // {unit or '1'}, {name}"
        for short, value, unit, name in _parameters(spec)
    ]
    return "\n".join(lines) + "\n"


def _head(spec: Spec) -> list[str]:
    origin = spec.origin
    about = f"{origin.study}, trial {origin.trial} ({origin.pick}), schema {spec.schema_version}"
    return [about, "All in SI units.", *MAPPING.splitlines()]
