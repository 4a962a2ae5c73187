"""A compiled commitment as CommitmentRegistry takes it, and the ids of templates."""

from __future__ import annotations

from typing import Final, NamedTuple

from eth_abi import encode
from eth_utils.crypto import keccak

from . import ir
from .compiler import Compiled

NEVER: Final = 1
LIVENESS: Final = 2
RESPOND: Final = 3
EPOCH: Final = 604_800
"""Seconds of an epoch of commitments: a week, from Thursday to Thursday, 00:00 UTC."""
MAX_COOLDOWN: Final = 30 * 86_400
WAD: Final = 10**18
NOTHING: Final = bytes(32)


class Terms(NamedTuple):
    """Fractions in WAD, multiples of 1e9; times in seconds; `powers` 1 admits, 2 ends, 4 closes."""

    slash: int
    cap: int
    cooldown: int
    review: int
    reach: int
    weight: int
    powers: int


class Property(NamedTuple):
    """`program` and `answer` are zero words where the kind has none, `span` is in seconds."""

    kind: int
    program: bytes
    message: bytes
    answer: bytes
    span: int


class Parameter(NamedTuple):
    """`kind` 1 number, 2 bytes32, 3 address, 4 truth; `low` and `high` bound it; no party is zero or the operator."""

    kind: int
    party: bool
    low: int
    high: int


class Template(NamedTuple):
    """The arguments of `register`, in its order."""

    terms: Terms
    properties: tuple[Property, ...]
    parameters: tuple[Parameter, ...]
    text: str

    @property
    def id(self) -> bytes:
        """What the registry calls it."""
        return template_id(self)


def template_of(
    compiled: Compiled, *, cap: int = WAD, reach: int | None = None, weight: int = WAD, powers: int = 0
) -> Template:
    """What to register. `cap` and `weight` in WAD; `reach` in seconds, by default the cooldown, or 30 days for none."""
    checked = compiled.checked
    if reach is None:
        reach = checked.cooldown or MAX_COOLDOWN
    terms = Terms(checked.slash, cap, checked.cooldown, checked.review, reach, weight, powers)
    properties = (
        *(Property(NEVER, one.program.hash, NOTHING, NOTHING, 0) for one in compiled.safety),
        *(
            Property(LIVENESS, NOTHING, one.message.kind, NOTHING, one.seconds or one.epochs * EPOCH)
            for one in compiled.liveness
        ),
        *(Property(RESPOND, one.program.hash, one.challenge, one.answer, one.within) for one in compiled.responses),
    )
    parameters = tuple(Parameter(ir.TYPES[one.type], one.party, one.low, one.high) for one in compiled.parameters)
    return Template(terms, properties, parameters, compiled.text)


def property_index(compiled: Compiled, name: str) -> int:
    """Number of a property in the registry. Raises `KeyError`."""
    names = [one.name for one in compiled.safety]
    names += [one.name for one in compiled.liveness]
    names += [one.name for one in compiled.responses]
    if name not in names:
        raise KeyError(name)
    return names.index(name)


def template_id(template: Template) -> bytes:
    """keccak256 of the ABI encoding of terms, properties, parameters and the hash of the text."""
    return bytes(
        keccak(
            encode(
                [
                    "(uint256,uint256,uint256,uint256,uint256,uint256,uint256)",
                    "(uint256,bytes32,bytes32,bytes32,uint256)[]",
                    "(uint256,bool,uint256,uint256)[]",
                    "bytes32",
                ],
                [template.terms, template.properties, template.parameters, bytes(keccak(text=template.text))],
            )
        )
    )


def service_number(service: bytes) -> int:
    """The number by which SlashEscrow and sources of exposure know a service: the low 48 bits of its id."""
    return int.from_bytes(service[-6:], "big")


def parameters_hash(parameters: tuple[bytes, ...]) -> bytes:
    """What the registry keeps of an operator's choice."""
    return bytes(keccak(encode(["bytes32[]"], [parameters])))
