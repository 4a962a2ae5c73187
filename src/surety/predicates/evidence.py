"""Messages and evidence by the names that a commitment gives them, for prover, wallet and tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from eth_utils.crypto import keccak

from surety.sdk.errors import UsageError
from surety.sdk.messages import Message

from . import ir
from .compiler import Compiled, Property
from .instructions import Kind
from .limits import MAX_MESSAGES, MAX_PATH, MAX_WITNESS
from .machine import Evidence
from .names import Message as MessageType

NOBODY: Final = "0x" + "00" * 20
Value = int | bool | bytes | str
"""A number, a truth, 32 bytes, or text: an address or 32 bytes in hexadecimal."""


def word_of(kind: str, value: Value, label: str) -> bytes:
    """A value of a type as 32 bytes. Raises `UsageError` if it is none of that type."""
    of = ir.TYPES[kind]
    if of == Kind.UINT and isinstance(value, int) and not isinstance(value, bool):
        if 0 <= value < 2 ** int(kind[4:] or 256):
            return value.to_bytes(32, "big")
    elif of == Kind.BOOL and isinstance(value, bool):
        return int(value).to_bytes(32, "big")
    elif of in (Kind.BYTES32, Kind.ADDRESS):
        data = _bytes(value)
        if data is not None and len(data) == (32 if of == Kind.BYTES32 else 20):
            return data.rjust(32, b"\0")
    how = {Kind.BYTES32: ": 0x and 64 hexadecimal digits", Kind.ADDRESS: ": 0x and 40 hexadecimal digits"}
    raise UsageError(f"{label}: {value!r} is no {kind}{how.get(of, '')}")


def make_message(
    compiled: Compiled,
    name: str,
    values: Mapping[str, Value],
    *,
    service: bytes,
    sender: str,
    recipient: str = NOBODY,
    sequence: int = 0,
    time: int = 0,
) -> Message:
    """A message of a declared kind. Raises `UsageError` for fields that are missing, unknown or of another type."""
    declared = message_type(compiled, name)
    known = {field for field, _ in declared.fields}
    if set(values) != known:
        wrong = ", ".join(sorted(set(values) ^ known))
        raise UsageError(f"{name} has the fields {', '.join(field for field, _ in declared.fields)}: see {wrong}")
    fields = tuple(word_of(kind, values[field], f"{name}.{field}") for field, kind in declared.fields)
    return Message(
        service=service,
        kind=declared.kind,
        sender=sender,
        recipient=recipient,
        sequence=sequence,
        time=time,
        fields=fields,
    )


def message_type(compiled: Compiled, name: str) -> MessageType:
    """A kind of message by its name. Raises `UsageError`."""
    for one in compiled.checked.messages:
        if one.name == name:
            return one
    raise UsageError(f"{compiled.name} has no message {name}")


def make_evidence(
    compiled: Compiled,
    promise: Property,
    *,
    service: bytes,
    operator: str,
    named: Sequence[Message],
    others: Sequence[Message] = (),
    parameters: Mapping[str, Value] | None = None,
    values: Sequence[bytes] = (),
    proofs: Sequence[Sequence[bytes]] = (),
) -> Evidence:
    """Evidence about a property as the machine takes it.

    `named` are the messages that the property names, in its order; `others`, those that its quantifiers speak of, are
    put in order here. `values` and `proofs` are what it is given. Raises `UsageError` for what can't be evidence.
    """
    if len(named) != len(promise.rule.bindings):
        raise UsageError(f"{promise.name} names {len(promise.rule.bindings)} messages, {len(named)} are here")
    if len(values) != promise.rule.values or len(proofs) != promise.rule.proofs:
        raise UsageError(f"{promise.name} is given {promise.rule.values} values and {promise.rule.proofs} proofs")
    if len(named) + len(others) > MAX_MESSAGES:
        raise UsageError(f"at most {MAX_MESSAGES} messages are looked at, these are {len(named) + len(others)}")
    if any(len(proof) > MAX_PATH for proof in proofs):
        raise UsageError(f"a proof has at most {MAX_PATH} levels")
    chosen = parameters or {}
    if set(chosen) != {one.name for one in compiled.parameters}:
        raise UsageError(
            f"{compiled.name} has the parameters {', '.join(one.name for one in compiled.parameters) or 'none'}"
        )
    witness = [*values]
    for proof in proofs:
        witness += [len(proof).to_bytes(32, "big"), *proof]
    if len(witness) > MAX_WITNESS:
        raise UsageError(f"given values and proofs take {len(witness)} words, {MAX_WITNESS} fit")
    ordered = sorted(others, key=lambda message: message.id)
    return Evidence(
        service,
        int(operator, 16),
        tuple(word_of(one.type, chosen[one.name], one.name) for one in compiled.parameters),
        tuple(message.encoded for message in (*named, *ordered)),
        tuple(witness),
    )


def check_parameters(compiled: Compiled, parameters: Sequence[bytes]) -> None:
    """What a registry has to see to when an operator chooses: number, types and ranges. Raises `UsageError`."""
    if len(parameters) != len(compiled.parameters):
        raise UsageError(f"{compiled.name} has {len(compiled.parameters)} parameters, {len(parameters)} are here")
    for one, word in zip(compiled.parameters, parameters, strict=True):
        value = int.from_bytes(word, "big")
        if len(word) != 32 or (ir.TYPES[one.type] != Kind.BYTES32 and not one.low <= value <= one.high):
            raise UsageError(f"{one.name} is {value}, allowed are {one.low} to {one.high}")
        if one.party and value == 0:
            raise UsageError(f"{one.name} is the zero address, for which nobody signs")


def merkle_tree(leaves: Sequence[bytes]) -> tuple[bytes, tuple[tuple[bytes, ...], ...]]:
    """Root and the proof of each leaf, for 1 to 2**n leaves, filled up with zero words to a power of two."""
    size = 1 << (len(leaves) - 1).bit_length() if leaves else 1
    level = [bytes(keccak(leaf)) for leaf in (*leaves, *[bytes(32)] * (size - len(leaves)))]
    proofs: list[list[bytes]] = [[] for _ in range(size)]
    width = 1
    while len(level) > 1:
        for index, proof in enumerate(proofs):
            proof.append(level[index // width ^ 1])
        level = [bytes(keccak(level[at] + level[at + 1])) for at in range(0, len(level), 2)]
        width *= 2
    return level[0], tuple(tuple(proof) for proof in proofs[: len(leaves)])


def _bytes(value: Value) -> bytes | None:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str) and value.startswith("0x"):
        try:
            return bytes.fromhex(value[2:])
        except ValueError:
            return None
    return None
