"""A commitment as CommitmentRegistry takes it: properties in the order of the text, and terms that it doesn't say."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from eth_abi import encode
from eth_utils.crypto import keccak

from surety.predicates import Compiled, Program, ir
from surety.predicates.instructions import Op

from .errors import UsageError

NEVER, LIVENESS, RESPOND, PLUGIN = 1, 2, 3, 4
KINDS: Final = ("", "safety", "liveness", "respond", "plugin")
POWERS: Final = {"admits": 1, "ends": 2, "closes": 4}
DAY: Final = 86_400
EPOCH: Final = 604_800
WAD: Final = 10**18
UNIT: Final = 10**9
LONGEST: Final = 30 * DAY
PROOF: Final = DAY + DAY // 2
"""What a proof takes, with the registry's margin."""
MARGIN: Final = DAY // 2
TERMS: Final = "(uint256,uint256,uint256,uint256,uint256,uint256,uint256)"
PROPERTY: Final = "(uint256,bytes32,bytes32,bytes32,uint256)"
PARAMETER: Final = "(uint256,bool,uint256,uint256)"


@dataclass(frozen=True)
class Template:
    """`terms`, `properties` and `parameters` as the structs of ICommitmentRegistry."""

    compiled: Compiled
    terms: tuple[int, int, int, int, int, int, int]
    properties: tuple[tuple[int, bytes, bytes, bytes, int], ...]
    parameters: tuple[tuple[int, bool, int, int], ...]

    @property
    def arguments(self) -> tuple[Any, ...]:
        """Of `register`."""
        return self.terms, self.properties, self.parameters, self.compiled.text

    @property
    def id(self) -> bytes:
        """As the registry computes it."""
        types = [TERMS, f"{PROPERTY}[]", f"{PARAMETER}[]", "bytes32"]
        return bytes(keccak(encode(types, [self.terms, self.properties, self.parameters, self.compiled.text_hash])))

    @property
    def programs(self) -> tuple[Program, ...]:
        """Of its safety properties and responses."""
        return tuple(one.program for one in (*self.compiled.safety, *self.compiled.responses))


def template_of(
    compiled: Compiled,
    *,
    cap: int = WAD,
    reach: int | None = None,
    weight: int = WAD,
    powers: tuple[str, ...] = (),
) -> Template:
    """A template with the text's own slash, cooldown and review; `reach` is the cooldown if it isn't said.

    `cap` and `weight` in WAD, `reach` in seconds. Raises `UsageError` for what the registry would refuse, and for a
    property that no prover would take.
    """
    checked = compiled.checked
    unknown = set(powers) - set(POWERS)
    if unknown:
        raise UsageError(f"no power of a controller: {', '.join(sorted(unknown))}; there is {', '.join(POWERS)}")
    reach = checked.cooldown if reach is None else reach
    if not reach:
        reach = LONGEST
    _check(compiled, cap, reach, weight)
    bits = sum(POWERS[one] for one in set(powers))
    terms = checked.slash, cap, checked.cooldown, checked.review, reach, weight, bits
    return Template(compiled, terms, tuple(properties_of(compiled)), tuple(ranges_of(compiled)))


def property_index(compiled: Compiled, name: str) -> int:
    """The number of a property in its template. Raises `UsageError`."""
    names = property_names(compiled)
    if name not in names:
        raise UsageError(f"{compiled.name} has no property {name}: there is {', '.join(names)}")
    return names.index(name)


def property_names(compiled: Compiled) -> tuple[str, ...]:
    """In the order of the template: safety, liveness, respond, plugin."""
    safety, answers = ([one.name for one in part] for part in (compiled.safety, compiled.responses))
    plugins = (one.name for one in compiled.plugins)
    return *safety, *(one.name for one in compiled.liveness), *answers, *plugins


def wad(text: str, label: str) -> int:
    """Per cent as WAD, in the registry's steps. Raises `UsageError` unless above 0 and at most 100."""
    try:
        found = Decimal(text.removesuffix("%").strip()) * WAD / 100
    except ArithmeticError:
        raise UsageError(f"{label}: {text} is no number") from None
    if not found.is_finite() or not 0 < found <= WAD or found % UNIT:
        raise UsageError(f"{label} must be above 0 % and at most 100 %, in steps of 0.0000001 %, not {text}")
    return int(found)


def share(text: str, label: str) -> int:
    """A part from 0 to 1 as WAD, in the registry's steps. Raises `UsageError`."""
    try:
        found = Decimal(text) * WAD
        if found.is_finite() and 0 <= found <= WAD and not found % UNIT:
            return int(found)
    except ArithmeticError:
        pass
    raise UsageError(f"{label} must be a number from 0 to 1, in steps of 0.000000001, not {text}")


def _check(compiled: Compiled, cap: int, reach: int, weight: int) -> None:
    checked, name = compiled.checked, compiled.name
    slowest = max(
        [DAY if compiled.safety or compiled.plugins else 0, *(one.within for one in compiled.responses)], default=0
    )
    for one in compiled.safety:
        if not any(op == Op.OUT for op, _ in one.rule.bindings):
            raise UsageError(
                f"{name}.{one.name} names no message of the operator, which tells when the offence was: nobody could "
                f"prove it on chain"
            )
    if checked.slash % UNIT:
        raise UsageError(f"{name}: a slash in steps finer than 0.0000001 %")
    if not checked.slash <= cap <= WAD:
        raise UsageError(f"{name}: the cap must lie between the slash of one fault and 100 %")
    if not 0 <= weight <= WAD:
        raise UsageError(f"{name}: a weight of 0 to 1")
    if checked.cooldown > LONGEST:
        raise UsageError(f"{name}: a cooldown of at most 30 days can be bonded")
    if 0 < checked.cooldown < slowest + MARGIN:
        raise UsageError(f"{name}: the cooldown must outlast the slowest proof, {(slowest + MARGIN) / 3600:g} hours")
    if not slowest + MARGIN <= reach <= (checked.cooldown or LONGEST):
        raise UsageError(
            f"{name}: the reach must lie between the {(slowest + MARGIN) / 3600:g} hours that the slowest proof takes "
            f"and {'the cooldown' if checked.cooldown else 'most'}, {(checked.cooldown or LONGEST) / 86_400:g} days"
        )


def properties_of(compiled: Compiled) -> list[tuple[int, bytes, bytes, bytes, int]]:
    """As the registry's struct `Property`, in its order. Raises `UsageError` for more than 8."""
    none = bytes(32)
    found = [(NEVER, one.program.hash, none, none, 0) for one in compiled.safety]
    for rule in compiled.liveness:
        found.append((LIVENESS, none, rule.message.kind, none, rule.seconds or rule.epochs * EPOCH))
    for answer in compiled.responses:
        found.append((RESPOND, answer.program.hash, answer.challenge, answer.answer, answer.within))
    found += [(PLUGIN, one.hash, none, none, 0) for one in compiled.plugins]
    if len(found) > 8:
        raise UsageError(f"{compiled.name} promises {len(found)} properties, a template has at most 8")
    return found


def ranges_of(compiled: Compiled) -> list[tuple[int, bool, int, int]]:
    """What operators may choose, as the registry has it: type, whether it is a party, lowest and highest."""
    return [(int(ir.TYPES[one.type]), one.party, one.low, one.high) for one in compiled.parameters]


__all__ = ["KINDS", "POWERS", "Template", "property_index", "property_names", "template_of", "wad"]
