"""What more evidence can do to a rule.

A fault that a prover shows must stand whatever else comes to light, for the contract sees only what it is shown. So
every expression has a direction: it stays the same, can only grow (truth counts as more than falsehood), can only
shrink, or either. A rule of a `never` may only grow.
"""

from __future__ import annotations

from enum import Flag

from . import ir
from .errors import CommitmentError
from .instructions import Op


class Direction(Flag):
    """Steady is neither, mixed is both."""

    STEADY = 0
    GROWS = 1
    SHRINKS = 2
    MIXED = 3

    def reversed(self) -> Direction:
        return {Direction.GROWS: Direction.SHRINKS, Direction.SHRINKS: Direction.GROWS}.get(self, self)


def check_monotone(demand: ir.Ir) -> None:
    """Raise `CommitmentError` at the quantifier or proof by which more evidence could undo what `demand` says."""
    if direction(demand) in (Direction.STEADY, Direction.GROWS):
        return
    culprit = _culprit(demand)
    if isinstance(culprit, ir.Leaf):
        raise CommitmentError(
            culprit.at,
            "a Merkle proof that fails proves nothing: anyone can bring a false one",
            "use merkle(…) only where it has to hold; show another leaf at the same place instead",
        )
    raise CommitmentError(
        culprit.at,
        "more evidence could undo this: absence, or a number that is not reached, can't be proven by messages",
        "ask for at least so many (count(…) >= n, exists(…)), or use `liveness` or `respond` for what is to be done",
    )


def direction(node: ir.Ir) -> Direction:
    """What further messages and given values can do to its value."""
    parts = [direction(part) for part in node.parts]
    if isinstance(node, ir.Quantity):
        inner = Direction.STEADY
        for part in parts:
            inner |= part
        return Direction.GROWS | inner
    if isinstance(node, ir.Leaf):
        return Direction.GROWS if not any(parts) else Direction.MIXED
    if isinstance(node, ir.Negation):
        return parts[0].reversed()
    if isinstance(node, ir.Comparison):
        if node.op in (Op.LT, Op.LE):
            return parts[0].reversed() | parts[1]
        return Direction.MIXED if any(parts) else Direction.STEADY
    if isinstance(node, ir.Calculation):
        if node.op in (Op.SUB, Op.DIV):
            return parts[0] | parts[1].reversed()
        if node.op in (Op.MOD, Op.ABSDIFF):
            return Direction.MIXED if any(parts) else Direction.STEADY
        return parts[0] | parts[1]
    if isinstance(node, ir.Junction):
        return parts[0] | parts[1]
    return Direction.MIXED if any(parts) else Direction.STEADY


def _culprit(node: ir.Ir) -> ir.Ir:
    return next(one for one in ir.walk(node) if isinstance(one, ir.Quantity | ir.Leaf))
