"""Faults that a message makes with others: conditions narrow down which ones, the reference machine decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, product
from typing import Final

from surety.models.refusal import Refused
from surety.predicates import Evidence, Property, evaluate, ir
from surety.predicates.instructions import Op
from surety.predicates.limits import MAX_MESSAGES, MAX_UINT
from surety.predicates.values import (
    LOOP_SLOT,
    at_slot,
    binding_of,
    joins_of,
    quantities_of,
    slots_of,
)
from surety.sdk.errors import SuretyError
from surety.sdk.messages import message_id

from .index import Hold, Index

PATIENCE: Final = 100_000
"""Messages that are looked at for one property before a search gives up."""


FEW: Final = 8
"""So few candidates that no other condition is asked for fewer."""


class Undecided(SuretyError):  # noqa: N818 - it says what happened
    """So many messages may clash that they were not all looked at. What isn't known to be kept is not signed."""

    exit_code = 5


@dataclass(frozen=True)
class Fault:
    """A broken promise: evidence as the machine took it, `named` messages first, and the key of the fault."""

    hold: Hold
    promise: Property
    evidence: Evidence
    key: bytes

    @property
    def named(self) -> tuple[bytes, ...]:
        """The messages that the property names."""
        return self.evidence.messages[: len(self.promise.rule.bindings)]

    @property
    def others(self) -> tuple[bytes, ...]:
        """Those that its quantifiers speak of."""
        return self.evidence.messages[len(self.promise.rule.bindings) :]


def can_judge(promise: Property) -> bool:
    """Whether messages alone decide: what a prover has to bring along besides, a search can't know."""
    return not promise.rule.values and not promise.rule.proofs


def faults_with(hold: Hold, index: Index, message: bytes) -> Iterator[Fault]:
    """Every property of a commitment that a message breaks, alone or with those of the index; one fault each.

    Raises `Undecided` if there are too many that might.
    """
    for promise in hold.compiled.safety:
        if can_judge(promise):
            found = _Search(hold, index, promise, message).first()
            if found is not None:
                yield found


@dataclass
class _Search:
    hold: Hold
    index: Index
    promise: Property
    message: bytes
    looked: int = 0
    quantities: tuple[ir.Quantity, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.quantities = quantities_of(self.promise.rule)

    def first(self) -> Fault | None:
        """With the message at each place where it may stand: as one that is named, or as one of the counted."""
        rule = self.promise.rule
        for slot, binding in enumerate(rule.bindings):
            if self.hold.fits(binding, self.message):
                found = self._complete({slot: self.message})
                if found is not None:
                    return found
        for quantity in self.quantities:
            if self.hold.fits(binding_of(quantity), self.message):
                found = self._complete({LOOP_SLOT: self.message}, quantity.demands)
                if found is not None:
                    return found
        return None

    def _complete(self, slots: dict[int, bytes], besides: tuple[ir.Ir, ...] = ()) -> Fault | None:
        """Fill the slots that are still empty, whichever leaves fewest choices first."""
        self._look("messages may clash with this one")
        rule = self.promise.rule
        demands = (*rule.demands, *besides)
        sight = self.hold.sight(slots)
        if any(sight.rules_out(node) for node in demands if slots_of(node) <= slots.keys()):
            return None
        empty = [slot for slot in range(len(rule.bindings)) if slot not in slots]
        if not empty:
            return self._judged(slots)
        choices = [(*self._candidates(slot, rule.bindings[slot], demands, slots), slot) for slot in empty]
        _, candidates, slot = min(choices, key=lambda choice: choice[0])
        for candidate in candidates:
            if candidate not in slots.values():
                found = self._complete({**slots, slot: candidate}, besides)
                if found is not None:
                    return found
        return None

    def _candidates(
        self, slot: int, binding: tuple[Op, bytes], demands: Sequence[ir.Ir], slots: dict[int, bytes]
    ) -> tuple[int, Iterator[bytes]]:
        """Messages for a slot by the condition that leaves fewest of them, the new one among them where it fits."""
        best: tuple[int, Iterator[bytes]] | None = None
        sight = self.hold.sight(slots)
        for join in joins_of(tuple(demands), slot):
            span = join.span(sight)
            if span is None:
                continue
            if not 0 <= span[0] <= span[1] <= MAX_UINT:
                return 0, iter(())
            found = self.index.within(self.hold, binding, at_slot(join.own, LOOP_SLOT), span)
            if best is None or found[0] < best[0]:
                best = found
            if best[0] < FEW:
                break
        if best is None:
            best = len(self.index), self.index.of_kind(self.hold, binding)
        return best

    def _look(self, what: str) -> None:
        """Raises `Undecided` once patience is over."""
        self.looked += 1
        if self.looked > PATIENCE:
            raise Undecided(f"{self.promise.name}: more than {PATIENCE:,} {what}, not all were looked at")

    # -- what all slots filled come to

    def _judged(self, slots: dict[int, bytes]) -> Fault | None:
        named = tuple(slots[slot] for slot in range(len(self.promise.rule.bindings)))
        for others in self._counted(slots, named):
            self._look("shares of evidence")
            ordered = sorted(others, key=message_id)
            evidence = Evidence(
                self.hold.service, int(self.hold.operator, 16), self.hold.parameters, (*named, *ordered), ()
            )
            try:
                verdict = evaluate(self.promise.program, evidence)
            except Refused:
                continue
            if verdict.broken:
                return Fault(self.hold, self.promise, evidence, verdict.key)
        return None

    def _counted(self, slots: dict[int, bytes], named: tuple[bytes, ...]) -> Iterator[Collection[bytes]]:
        """For each quantifier the messages that count most. If evidence hasn't room for all, each way to share it."""
        bound, room = {slot: one for slot, one in slots.items() if slot != LOOP_SLOT}, MAX_MESSAGES - len(named)
        lists = [self._most(quantity, bound, named) for quantity in self.quantities]
        every = dict.fromkeys(chain.from_iterable(lists))
        if len(every) <= room:
            yield every
            return
        uses = Counter(chain.from_iterable(lists))
        for quantity, kept in zip(self.quantities, lists, strict=True):
            if quantity.counting != Op.TOTAL:  # what serves several of them first
                kept.sort(key=lambda one: -uses[one])
        apart = len(every) == sum(map(len, lists))
        for parts in product(*(range(min(len(kept), room), -1, -1) for kept in lists)):
            if not apart or sum(parts) == room:
                shared = dict.fromkeys(
                    chain.from_iterable(kept[:part] for kept, part in zip(lists, parts, strict=True))
                )
                if len(shared) <= room:
                    yield shared

    def _most(self, quantity: ir.Quantity, slots: dict[int, bytes], named: tuple[bytes, ...]) -> list[bytes]:
        binding = binding_of(quantity)
        _, candidates = self._candidates(LOOP_SLOT, binding, quantity.demands, slots)
        values: dict[bytes, int] = {}
        for one in (self.message, *candidates):
            self._look("messages count")
            sight = self.hold.sight({**slots, LOOP_SLOT: one})
            if one in named or not self.hold.fits(binding, one):
                continue
            if not any(sight.rules_out(node) for node in quantity.demands):
                values[one] = 0 if quantity.value is None else sight.value(quantity.value) or 0
        if quantity.counting == Op.COUNT_NEW:  # one for each value is enough
            values = {one: value for value, one in {value: one for one, value in values.items()}.items()}
        if quantity.counting == Op.TOTAL:
            return sorted(values, key=lambda one: -values[one])[:MAX_MESSAGES]
        return list(values)[:MAX_MESSAGES]
