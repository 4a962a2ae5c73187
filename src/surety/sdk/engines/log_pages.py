"""Logs of a long range of blocks from nodes that answer for short ones only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from ..errors import ChainError

LONGEST: Final = 10_000
"""Blocks that are asked for at once: as many as public nodes commonly allow."""


class LogPages:
    """Asks a node page by page. What it refuses is halved, and no page is longer again for as long as this lives."""

    def __init__(self, longest: int = LONGEST) -> None:
        self.longest = longest

    def between(self, first: int, last: int, fetch: Callable[[int, int], list[Any]]) -> Iterator[Any]:
        """Entries of the blocks from `first` to `last`, both included, in order.

        Raises `ChainError` if the node refuses a single block.
        """
        while first <= last:
            end = min(first + self.longest - 1, last)
            try:
                found = fetch(first, end)
            except ChainError:
                if end == first:
                    raise
                self.longest = (end - first + 1) // 2
                continue
            yield from found
            first = end + 1
