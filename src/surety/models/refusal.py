"""How the models say no: with the reason of the contract, to the letter."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 (a verdict of the model, not an error of the program)
    """The call would revert for `reason`; nothing has changed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def require(condition: bool, reason: str) -> None:
    """Raise `Refused(reason)` unless `condition` holds."""
    if not condition:
        raise Refused(reason)
