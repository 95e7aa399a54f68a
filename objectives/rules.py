"""Rules of a search about its designs: which are given up early, and at which corners they count.

`stopping` and `robust` act on them.
"""

from dataclasses import dataclass
from typing import Annotated

from device_models.ranges import Checked, Range, RangeError, check_value

LOOK = Range(50, 1e9, "", "training images before a look")


@dataclass(frozen=True, kw_only=True)
class Stop(Checked):
    """Which designs are hopeless: those below a bound when looked at in the middle of training.

    after: images before each look. Accuracy is that of `stopping.look`, of 2,000 validation
    images: its standard error is up to 1.1 points, so the bound belongs well below what is hoped
    for. A look is at the training with the first seed. Where a phase of the training ends it costs
    its reads only, elsewhere the training up to there once more. front: give up, too, what could
    not reach the front any more, judged by what other designs of the search gained from a look to
    the end.
    """

    after: tuple[int, ...]
    accuracy: Annotated[float, Range(0.0, 1.0, "", "least accuracy to go on")] = 0.0
    neurons_used: Annotated[float, Range(0.0, 1.0, "", "least part of the neurons with a win")] = (
        0.0
    )
    front: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        for images in self.after:
            check_value("after", images, LOOK)
        if not self.after or list(self.after) != sorted(set(self.after)):
            raise RangeError(
                f"after = {list(self.after)} must be one number or more, growing; sort them"
            )


@dataclass(frozen=True, kw_only=True)
class Robust(Checked):
    """Which corners, and which quantile of what they give counts.

    quantile: 0.1 takes what nine in ten reach, of an accuracy the tenth lowest. Corners: both
    temperatures with the supply high and low, all variability times a factor, and the nominal
    design; the supply scales both pulses and the read voltage. 273 and 358 K are the commercial
    range, 5 % the usual tolerance of a supply; the factor is an assumption. dies: how many at each
    corner; the quantile is over all of them.
    """

    quantile: Annotated[float, Range(0.0, 1.0, "", "0 is the worst corner")] = 0.1
    cold_k: Annotated[float, Range(250.0, 400.0, "K", "range of the models")] = 273.0
    hot_k: Annotated[float, Range(250.0, 400.0, "K", "range of the models")] = 358.0
    supply: Annotated[float, Range(0.0, 0.2, "", "relative, both ways")] = 0.05
    variability: Annotated[float, Range(1.0, 5.0, "", "factor on every CV; assumption")] = 1.5

    dies: Annotated[int, Range(1, 100, "", "each is an evaluation at every corner")] = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.cold_k > self.hot_k:
            raise RangeError(
                f"cold_k = {self.cold_k:g} K is above hot_k = {self.hot_k:g} K; swap them"
            )

    @property
    def text(self) -> str:
        """Which corners the figures are for."""
        reached = f"all but {100 * self.quantile:g} % of" if self.quantile else "the worst of"
        dies = f", {self.dies} dies each" if self.dies > 1 else ""
        return (
            f"figures are what {reached} 6 corners reach{dies}: nominal, {self.cold_k:g} and "
            f"{self.hot_k:g} K with the supply {100 * self.supply:g} % low and high, and "
            f"variability times {self.variability:g}; constraints hold in all of them"
        )
