"""Short commitments around the part that a test is about."""

from __future__ import annotations

TERMS = "slash 5% cooldown 21 days review 7 days"
MESSAGES = """  message Vote(height: uint64, block: bytes32, final: bool)
  message Report(vote: bytes32, size: uint32)
  broadcast message Price(value: uint)"""


def commitment(body: str, head: str = "", terms: str = TERMS) -> str:
    """A commitment with two messages, a broadcast one and a party; `body` begins on line 7 + lines of `head`."""
    lines = ["commitment test {", *([head] if head else []), MESSAGES, "  party client", "", body, terms, "}"]
    return "\n".join(lines)


def where(condition: str, bindings: str = "a: out Vote, b: out Vote", per: str = "a.height", given: str = "") -> str:
    """With one safety property, whose condition begins in column 1 of line 8."""
    return commitment(f"safety s: never ({bindings}) {given} per {per} where\n{condition}")
