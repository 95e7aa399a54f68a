"""What the user of `dse device` asked for, turned into a device, a pulse and curves."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from device_models.library import Device
from device_models.params import Array, Pulse, Variation
from device_models.ranges import RangeError, nearest
from device_models.temperature import at_temperature
from dse import device, device_curves
from dse.device_figures import Curves
from dse.errors import InputError
from dse.study_file import find_device
from dse.values import design_value

POLARITY_NAMES = {"AP-P": device.POLARITIES[0], "P-AP": device.POLARITIES[1]}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which device and which pulse the user wants to see; texts as typed.

    changes: "barrier=60"; temperature, amplitude, duration: with unit, "" for the default;
    polarity: AP-P or P-AP.
    """

    name: str
    changes: tuple[str, ...] = ()
    temperature: str = ""
    polarity: str = "AP-P"
    amplitude: str = ""
    duration: str = ""
    access: str = ""


def number(name: str, asked: Asked) -> float:
    """A number the user gave, in SI, within the range of the parameter `name`."""
    texts = {
        "array.access_ohm": ("--access", asked.access),
        "potentiation.amplitude_v": ("--amplitude", asked.amplitude),
        "potentiation.duration_s": ("--duration", asked.duration),
        "environment.temperature_k": ("--temperature", asked.temperature),
    }
    option, text = texts[name]
    return float(design_value(option, name, _raw(text)))


def _raw(text: str) -> Any:
    """A plain number as a number, anything else as text with a unit."""
    try:
        return float(text)
    except ValueError:
        return text


def device_of(asked: Asked) -> Device:
    """The device with the values that were given in place of its own."""
    found = find_device(asked.name, Path.cwd())
    for change in asked.changes:
        found = _changed(found, change)
    if not asked.temperature:
        return found
    try:
        mtj = at_temperature(found.mtj, number("environment.temperature_k", asked))
    except RangeError as error:
        raise InputError(f"--temperature {asked.temperature}: {error}") from error
    return replace(found, mtj=mtj)


def _changed(found: Device, change: str) -> Device:
    """KEY=VALUE in the junction or in its breakdown law."""
    key, mark, text = change.partition("=")
    owners = {
        **dict.fromkeys(vars(found.breakdown), "breakdown"),
        **dict.fromkeys(vars(found.mtj), "mtj"),
    }
    if not mark or key not in owners:
        raise InputError(
            f"-S {change}: not KEY=VALUE of a device{nearest(key, owners)}; "
            f"allowed are {', '.join(owners)}"
        )
    owner = owners[key]
    part = "device" if owner == "mtj" else owner
    value: Any = design_value(f"-S {key}", f"{part}.{key}", _raw(text))
    sources = {**found.sources, key: "given with -S"}
    whole: Any = replace(getattr(found, owner), **{key: value})
    return replace(found, sources=sources, **{owner: whole})


def make_curves(asked: Asked, found: Device, array: Array) -> Curves:
    """Everything to draw."""
    if asked.polarity not in POLARITY_NAMES:
        raise InputError(f"--polarity {asked.polarity}: use AP-P or P-AP")
    polarity = POLARITY_NAMES[asked.polarity]
    grid = device_curves.probability_map(found.mtj, array)
    constant = device_curves.constant_probability(grid)
    pulse = _pulse(asked, constant, polarity)
    try:
        point = device_curves.operating_point(found.mtj, array, pulse, polarity)
    except RangeError as error:
        raise InputError(f"operating point: {error}; give --amplitude and --duration") from error
    sign = 1 if polarity == device.POLARITIES[0] else -1
    return Curves(
        title=", ".join(
            [
                found.title,
                *asked.changes,
                f"{found.mtj.temperature_k:g} K, behind {array.access_ohm:g} Ω",
            ]
        ),
        map=grid,
        constant=constant,
        point=point,
        endurance=device_curves.endurance_curves(found.breakdown, pulse.duration_s, sign),
        retention=device_curves.retention_curves(found.mtj, Variation()),
    )


def _pulse(asked: Asked, constant: Any, polarity: str) -> Pulse:
    """The pulse asked for; by default the one of least energy at P = ½."""
    if bool(asked.amplitude) != bool(asked.duration):
        raise InputError("--amplitude and --duration belong together; give both or neither")
    if not asked.amplitude:
        try:
            return device_curves.cheapest(constant, polarity, 0.5)
        except RangeError as error:
            raise InputError(str(error)) from error
    return Pulse(
        amplitude_v=number("potentiation.amplitude_v", asked),
        duration_s=number("potentiation.duration_s", asked),
    )
