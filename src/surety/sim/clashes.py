"""Which fields make messages clash: those that a property compares between two of them."""

from __future__ import annotations

from surety.predicates import Compiled, Property, ir
from surety.predicates.instructions import Op

HEADER = {8: "sender", 9: "recipient", 10: "sequence", 11: "time"}


def clashes_of(compiled: Compiled, promise: Property) -> tuple[dict[str, str], ...]:
    """For each message that a property names, its fields that decide: `same`, `differs`, or `decides` for the rest."""
    kinds = {one.kind: [name for name, _ in one.fields] for one in compiled.checked.messages}
    names = [kinds[kind] for _, kind in promise.rule.bindings]
    found: tuple[dict[str, str], ...] = tuple({} for _ in names)
    for demand in promise.rule.demands:
        mark = _mark(demand)
        for node in ir.walk(demand):
            if isinstance(node, ir.Field) and node.slot < len(names):
                listed = names[node.slot]
                name = listed[node.index] if node.index < len(listed) else HEADER.get(node.index, "")
                found[node.slot].setdefault(name, mark)
    return found


def _mark(demand: ir.Ir) -> str:
    if isinstance(demand, ir.Comparison) and all(isinstance(side, ir.Field) for side in demand.parts):
        return {Op.EQ: "same", Op.NE: "differs"}.get(demand.op, "decides")
    return "decides"
