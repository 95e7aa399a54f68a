"""A sequence whose items are made when they are first asked for."""

from collections.abc import Callable, Sequence
from typing import TypeVar, overload

Item = TypeVar("Item")


class Lazily(Sequence[Item]):
    """`make(place)` for each place below `count`, kept once it was made."""

    def __init__(self, make: Callable[[int], Item], count: int) -> None:
        self._make, self._places = make, range(count)
        self._made: dict[int, Item] = {}

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Item]: ...
    def __getitem__(self, place: int | slice) -> Item | Sequence[Item]:
        """One item, or those of a slice, made now."""
        chosen = self._places[place]
        if isinstance(chosen, range):
            return [self[each] for each in chosen]
        if chosen not in self._made:
            self._made[chosen] = self._make(chosen)
        return self._made[chosen]
