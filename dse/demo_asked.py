"""What the user of `dse demo` asked for, turned into patterns, junctions and pulses."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from device_models.library import Device
from device_models.params import Array, Variation
from device_models.pulse_effects import Polarity
from device_models.ranges import Range, RangeError, nearest
from dse.errors import InputError
from dse.study_file import find_device
from dse.values import design_value, number
from learner.demo_record import Bits, Schedule, States
from learner.params import Encoding, Neuron
from objectives.demo import Demo, usual_pulse
from objectives.design import Value, field_names, operating, unflatten

ROWS, NEURONS = Range(1, 16, "", "bits of a pattern"), Range(2, 8, "", "columns of the demo")
SPREAD = Range(0.0, 10.0, "", "times the usual spread")
GAP = Range(0.0, 10.0, "s", "pause after each pulse")
READ_S = 1e-6
"""An instrument reads slower than a chip: 1 µs instead of 5 ns, an assumption."""
NEURON = Neuron(count=2, threshold=2.0, threshold_step=0.2, leak_steps=10.0)
STEPS = 5
"""Two or three reads that meet their pattern fire; the window ends soon after."""
EACH = 12
"""Presentations of a pattern while learning: enough for nineteen of twenty seeds, docs/demo.md."""
KEPT = ("device.", "variation.", "environment.")
CHANGEABLE = (
    *(name for name in field_names() if name.startswith(KEPT)),
    "array.access_ohm",
    "neuron.threshold",
    "neuron.threshold_step",
    "neuron.leak_steps",
    "encoding.steps",
)
PULSE, READ = '"0.8 V, 10 ns"', '"0.1 V, 1 us"'


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Options as typed; "" for the default."""

    device: str = "ut-austin-50nm"
    patterns: str = "1100,0011"
    neurons: int | None = None
    presentations: int | None = None
    potentiation: str = ""
    depression: str = ""
    read: str = ""
    wire: str = ""
    gap: str = ""
    spread: float = 1.0
    start: str = "random"
    changes: tuple[str, ...] = ()


def make_demo(asked: Asked) -> tuple[Device, Demo]:
    """The device, and everything that is shown to it."""
    device = find_device(asked.device, Path.cwd())
    patterns = bits_of("--patterns", asked.patterns)
    neurons = max(2, len(patterns)) if asked.neurons is None else asked.neurons
    _within("--neurons", neurons, NEURONS)
    flat = _flat(asked, device, neurons)
    try:
        flat |= _pulses(asked, flat, len(patterns[0]))
        design = unflatten(flat)
        shown = EACH * len(patterns) if asked.presentations is None else asked.presentations
        schedule = Schedule(presentations=shown, steps=design.encoding.steps)
    except RangeError as error:
        raise InputError(str(error)) from error
    start = start_of(asked.start, len(patterns[0]), neurons)
    return device, Demo(design=design, patterns=patterns, schedule=schedule, start=start)


def gap_s(asked: Asked) -> float:
    """Pause after each pulse [s]; 1 µs if none is given, an assumption."""
    found = number("--gap", _raw(asked.gap), "s") if asked.gap else 1e-6
    _within("--gap", found, GAP)
    return found


def bits_of(option: str, text: str) -> tuple[Bits, ...]:
    """1100,0011 as bits, all of one length, no two alike, none of them empty."""
    words = [word.strip() for word in text.split(",")]
    for word in words:
        if not word or not set(word) <= set("01") or "1" not in word:
            raise InputError(
                f"{option} {text}: {word!r} must be 0 and 1 with a 1; write 1100,0011"
            )
    lengths = sorted({len(word) for word in words})
    if len(lengths) > 1:
        raise InputError(
            f"{option} {text}: patterns of {lengths[0]} and {lengths[-1]} bits; give all as many"
        )
    _within(f"{option} {text}: length", lengths[0], ROWS)
    if len(set(words)) < len(words):
        raise InputError(f"{option} {text}: a pattern is given twice; remove one")
    return tuple(tuple(int(bit) for bit in word) for word in words)


def start_of(text: str, rows: int, neurons: int) -> States | None:
    """States before the first pulse, from random, P, AP or the bits of each neuron's column."""
    if text == "random":
        return None
    if text in ("P", "AP"):
        return ((int(text == "P"),) * neurons,) * rows
    columns = [word.strip() for word in text.split(",")]
    fitting = len(columns) == neurons and all(
        len(word) == rows and set(word) <= set("01") for word in columns
    )
    if not fitting:
        raise InputError(
            f"--start {text}: use random, P, AP, or {neurons} columns of {rows} bits, 1 for P, as "
            + ",".join([("10" * rows)[:rows]] * neurons)
        )
    return tuple(tuple(int(word[row]) for word in columns) for row in range(rows))


def _flat(asked: Asked, device: Device, neurons: int) -> dict[str, Value]:
    """Flat values of everything but the two write pulses."""
    _within("--variation", asked.spread, SPREAD)
    array = Array(read_s=READ_S)
    parts: dict[str, Any] = {
        "device": device.mtj,
        "breakdown": device.breakdown,
        "neuron": replace(NEURON, count=neurons),
        "encoding": Encoding(kind="one_shot", steps=STEPS),
        "array": array,
    }
    flat = {f"{part}.{k}": v for part, whole in parts.items() for k, v in vars(whole).items()}
    flat |= {f"variation.{k}": asked.spread * v for k, v in vars(Variation()).items()}
    flat |= _pair("--read", "array.read_v", "array.read_s", asked.read, READ)
    if asked.wire:
        flat["array.wire_ohm"] = design_value("--wire", "array.wire_ohm", _raw(asked.wire))
    return flat | dict(_change(change) for change in asked.changes)


def _pulses(asked: Asked, flat: dict[str, Value], rows: int) -> dict[str, Value]:
    """Amplitude and duration of both write pulses: as given, or the usual ones."""
    found: dict[str, Value] = {}
    texts: dict[Polarity, str] = {
        "potentiation": asked.potentiation,
        "depression": asked.depression,
    }
    for polarity, text in texts.items():
        names = f"{polarity}.amplitude_v", f"{polarity}.duration_s"
        pair = _pair(f"--{polarity}", *names, text, PULSE)
        found |= pair or dict(zip(names, _usual(flat, rows, polarity), strict=True))
    return found


def _usual(flat: dict[str, Value], rows: int, polarity: Polarity) -> tuple[float, float]:
    """Amplitude [V] and duration [s] of the pulse that is used if none is given."""
    any_pulse: dict[str, Value] = {
        f"{part}.{leaf}": value
        for part in ("potentiation", "depression")
        for leaf, value in (("amplitude_v", 1.0), ("duration_s", 1e-8))
    }
    design = operating(unflatten({**flat, **any_pulse}))
    pulse = usual_pulse(design.device, design.array, rows, polarity, design.environment)
    return pulse.amplitude_v, pulse.duration_s


def _pair(option: str, volts: str, seconds: str, text: str, example: str) -> dict[str, Value]:
    """Both values of "0.8 V, 10 ns" by their flat names; nothing if nothing is given."""
    if not text:
        return {}
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 2:
        raise InputError(f"{option} {text}: give amplitude and duration, as {example}")
    return {
        name: design_value(option, name, _raw(part))
        for name, part in zip((volts, seconds), parts, strict=True)
    }


def _change(change: str) -> tuple[str, Value]:
    """KEY=VALUE of the design as its flat name and value."""
    key, mark, text = change.partition("=")
    key = key.strip()
    if not mark:
        raise InputError(f"-S {change}: not KEY=VALUE; write for example -S device.barrier=60")
    if key not in CHANGEABLE:
        hint = nearest(key, CHANGEABLE) or f"; allowed are {', '.join(CHANGEABLE)}"
        raise InputError(f"-S {key}: not a parameter of the demo{hint}")
    return key, design_value(f"-S {key}", key, _raw(text.strip()))


def _within(name: str, value: float, rule: Range) -> None:
    """InputError unless the value is inside the range."""
    if value not in rule:
        unit = f" {rule.unit}" if rule.unit == "s" else ""
        raise InputError(
            f"{name} = {value:g}{unit} is outside {rule.low:g} … {rule.high:g}{unit}"
            + ("" if unit else f" ({rule.source or rule.unit})")
            + "; keep inside"
        )


def _raw(text: str) -> Any:
    """A plain number as a number, anything else as text with a unit."""
    try:
        return float(text)
    except ValueError:
        return text
