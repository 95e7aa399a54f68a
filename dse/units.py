"""Text becomes SI here, once, and SI becomes text that people read."""

import math
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from dse.errors import InputError

if TYPE_CHECKING:
    from objectives.scores import Metric

EXAMPLES = {
    "s": "10 ns",
    "V": "0.6 V",
    "m": "50 nm",
    "ohm": "2.5 ohm",
    "A": "150 uA",
    "K": "300 K",
}
PREFIXES = {-18: "a", -15: "f", -12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G"}
SCALED_UNITS = ("J", "s", "V", "A", "ohm", "m", "F")
PRETTY = {"ohm": "Ω", "m^2": "µm²", "ohm m^2": "Ω·µm²", "A Hz^-0.5": "A/√Hz"}
AREA_FACTOR = 1e12  # m² -> µm²


@cache
def _registry() -> Any:
    import pint  # half a second: only for text with a unit

    return pint.UnitRegistry()


def to_si(text: str, unit: str) -> float:
    """Text such as "10 ns" -> number in `unit`, rounded to 15 digits so that "3 ns" is 3e-9.

    Raises InputError for an unknown unit or one of another dimension.
    """
    import pint

    example = EXAMPLES.get(unit, f"2 {unit}".strip())
    try:
        quantity = _registry().Quantity(text)
    except Exception as error:  # pint raises a dozen kinds, its tokenizer some more
        raise InputError(f'"{text}" is not a number with a unit; write "{example}"') from error
    if unit and quantity.unitless:
        raise InputError(f'"{text}" has no unit, but {unit} is needed; write "{example}"')
    try:
        magnitude = float(quantity.to(unit or "dimensionless").magnitude)
    except (pint.DimensionalityError, pint.OffsetUnitCalculusError) as error:
        needed = f"a quantity in {unit}" if unit else "a number without unit"
        raise InputError(f'"{text}" is not {needed}; write "{example}"') from error
    return float(f"{magnitude:.15g}")


def scale(unit: str, values: Iterable[float]) -> tuple[float, str]:
    """Factor and label that make SI values readable: joules near 1e-9 -> (1e9, "nJ")."""
    if unit in ("m^2", "ohm m^2"):
        return AREA_FACTOR, PRETTY[unit]
    if unit not in SCALED_UNITS:
        return 1.0, PRETTY.get(unit, unit)
    sizes = sorted(abs(value) for value in values if value and abs(value) < float("inf"))
    middle = sizes[len(sizes) // 2] if sizes else 1.0
    power = next((p for p in sorted(PREFIXES, reverse=True) if middle >= 0.9999 * 10.0**p), -18)
    return 10.0**-power, PREFIXES[power] + PRETTY.get(unit, unit)


def metric_scale(metric: "Metric", values: Iterable[float]) -> tuple[float, str]:
    """`scale` for a figure of merit; fractions that are better when larger are shown in %."""
    values = list(values)
    share = metric.unit == "" and metric.direction == "maximize" and not metric.decades
    if share and not any(1 < abs(value) < float("inf") for value in values):
        return 100.0, "%"
    return scale(metric.unit, values)


def measured(value: float, error: float | None = None) -> str:
    """A mean ± its standard error, digits as far as they count: "71.0 ± 0.8", "(8.9 ± 0.4)e24".

    Without an error four digits; an error that begins with 1 gets two.
    """
    if not error or not math.isfinite(value) or not math.isfinite(error):
        return f"{value:.4g}"
    power = math.floor(math.log10(abs(value))) if value else 0
    power = power if not -4 < power < 6 else 0
    mean, size = value / 10.0**power, error / 10.0**power
    leading = f"{size:.0e}"
    digits = -int(leading[leading.index("e") + 1 :]) + leading.startswith("1")
    text = f"{round(mean, digits):.{max(digits, 0)}f} ± {round(size, digits):.{max(digits, 0)}f}"
    return f"({text})e{power}" if power else text


def show(value: object, unit: str = "") -> str:
    """A value as a person writes it: 1e-8, "s" -> "10 ns"."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    factor, label = scale(unit, [float(value)])
    return f"{float(f'{value * factor:.4g}'):g} {label}".rstrip()
