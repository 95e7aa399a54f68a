"""Colours that tell studies apart, also for those who do not see all of them.

Okabe and Ito, Color Universal Design, 2008, https://jfly.uni-koeln.de/color/. Yellow and black are
left out: too pale for points on white, and the colour of text.
"""

from collections.abc import Collection

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")


def colour_of(index: int) -> str:
    """The colour of study number `index`; from the seventh on they come again."""
    return PALETTE[index % len(PALETTE)]


def free_colour(used: Collection[str]) -> str:
    """A colour that no other study has; with all taken, the one that follows."""
    free = [colour for colour in PALETTE if colour not in used]
    return free[0] if free else colour_of(len(used))
