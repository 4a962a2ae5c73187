"""Evidence that a contract judges: one JSON document, as `surety.sdk.evidence` is for what messages prove.

What the bytes of `evidence` are is the plug-in's to say; for HeaderPredicate, `report_evidence` makes them.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Final, Literal

from eth_abi import encode
from eth_utils.crypto import keccak
from pydantic import Field

from surety.models.plugins import PluginClaim, plugin_evidence_hash
from surety.predicates.plugins import NO_CODE, PluginRule

from .claim_file import ClaimFile
from .engines.base import Engine
from .errors import UsageError
from .messages import SignedMessage, compact
from .orders import HexBytes
from .templates import property_index

MAX_EVIDENCE: Final = 4_096
"""Bytes that the judge takes."""
_FUNCTION: Final = bytes(keccak(text="is_fault(bytes32,address,bytes32[],bytes)"))[:4]


class PluginEvidence(ClaimFile):
    """`breaks` names a property that a contract judges, `evidence` is what that wants to see."""

    plugin_evidence: Literal["1"] = "1"
    evidence: Annotated[HexBytes, Field(max_length=MAX_EVIDENCE)] = b""

    @cached_property
    def rule(self) -> PluginRule:
        """The property that is said to be broken. Raises `UsageError` unless a contract judges it."""
        for one in self.compiled.plugins:
            if one.name == self.breaks:
                return one
        names = ", ".join(one.name for one in self.compiled.plugins) or "nothing"
        raise UsageError(f"breaks: contracts judge {names} of {self.compiled.name}, not {self.breaks}")

    @property
    def number(self) -> int:
        """Of the property in its template."""
        return property_index(self.compiled, self.rule.name)

    @property
    def hash(self) -> bytes:
        """What a commitment is to."""
        return plugin_evidence_hash(self._claim, self.evidence)

    @property
    def _claim(self) -> PluginClaim:
        return PluginClaim(self.service, self.operator, self.number, self.rule.address, self.parameters)

    def arguments(self, salt: bytes, propose: bool) -> tuple[Any, ...]:
        """Of `prove`."""
        one = self._claim
        return (one.service, one.operator, one.number, one.plugin, one.parameters), self.evidence, salt, propose

    def ask(self, engine: Engine) -> tuple[bool, bytes, int]:
        """What the plug-in says now: broken, fault key, second. Raises `UsageError` for other code or no answer.

        A refusal of the plug-in raises `Reverted` with its reason.
        """
        code = engine.code(self.rule.address)
        if bytes(keccak(code)) != self.rule.code_hash:
            raise UsageError(f"{self.rule.address} is not the contract of the promise: it has {_code(code)}")
        types = ["bytes32", "address", "bytes32[]", "bytes"]
        question = _FUNCTION + encode(types, [self.service, self.operator, self.parameters, self.evidence])
        answer = engine.call(self.operator, self.rule.address, question)
        if len(answer) != 96 or int.from_bytes(answer[:32], "big") > 1:
            raise UsageError(f"{self.rule.address} answers nonsense, which is no fault")
        return answer[31] == 1, answer[32:64], int.from_bytes(answer[64:], "big")


def report_evidence(signed: SignedMessage) -> bytes:
    """What HeaderPredicate wants to see of a signed report. Raises `UsageError` if no key signed it."""
    pair = compact(signed.signature)
    if pair is None:
        raise UsageError("only reports that a key signed can be shown")
    return signed.message.encoded + b"".join(word.to_bytes(32, "big") for word in pair)


def plugin_line(engine: Engine, address: str) -> str:
    """`0x… code 0x…`, as a text names a plug-in that exists. Raises `UsageError` if nothing is there."""
    code = engine.code(address)
    if not code:
        raise UsageError(f"nothing is at {address}")
    return f"{address} code 0x{keccak(code).hex()}"


def _code(code: bytes) -> str:
    hashed = bytes(keccak(code))
    return "no code" if hashed == NO_CODE else f"code 0x{hashed.hex()}"
