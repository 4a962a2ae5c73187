"""Moves of stake that their owner signs and somebody else sends (EIP-712, DelegationSigner).

A file of requests has one a line, as JSON, integers as decimal text:

    {"chain_id":"31337","signer":"0x…","action":"Deposit","words":{"owner":"0x…",…},"signature":"0x…"}
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from eth_account import Account
from eth_account.messages import SignableMessage, encode_typed_data
from eth_account.signers.local import LocalAccount
from eth_keys.exceptions import BadSignature
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError as MalformedKey
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_serializer, model_validator

from .contract import Contract
from .errors import UsageError
from .order_book import wallet_accepts
from .orders import MAX_SIGNATURE, AnyAddress, HexBytes, Uint256

NAME: Final = "Surety delegations"
VERSION: Final = "1"
_LAST: Final = (("nonce", "uint256"), ("deadline", "uint256"))
_BUCKET: Final = (("owner", "address"), ("subject", "uint256"), ("epoch", "uint256"), ("target", "address"))
WORDS: Final = {
    "Deposit": (("owner", "address"), ("subject", "uint256"), ("amount", "uint256"), *_LAST),
    "Queue": (("owner", "address"), ("subject", "uint256"), ("shares", "uint256"), ("target", "address"), *_LAST),
    "Cancel": (*_BUCKET, ("tickets", "uint256"), *_LAST),
    "Complete": (*_BUCKET, ("receiver", "address"), *_LAST),
    "Arrive": (*_BUCKET, *_LAST),
    "ClaimRefund": (
        ("owner", "address"),
        ("slash_id", "uint256"),
        ("target", "address"),
        ("receiver", "address"),
        *_LAST,
    ),
}
"""What each action's message says, in order: names and types."""
FUNCTIONS: Final = {
    "Deposit": "deposit",
    "Queue": "queue",
    "Cancel": "cancel",
    "Complete": "complete",
    "Arrive": "arrive",
    "ClaimRefund": "claim_refund",
}
ACTIONS: Final = {function: action for action, function in FUNCTIONS.items()}
Action = Literal["Deposit", "Queue", "Cancel", "Complete", "Arrive", "ClaimRefund"]
_READERS: Final[dict[str, TypeAdapter[Any]]] = {"address": TypeAdapter(AnyAddress), "uint256": TypeAdapter(Uint256)}


class StakeRequest(BaseModel):
    """One move of its owner's stake, for one DelegationSigner; not signed as long as `signature` is empty."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    chain_id: Uint256
    signer: AnyAddress
    action: Action
    words: dict[str, Any]
    signature: Annotated[HexBytes, Field(max_length=MAX_SIGNATURE)] = b""

    @model_validator(mode="before")
    @classmethod
    def _words_fit(cls, data: Any) -> Any:
        """Each word that the action has, of its type, and no other."""
        if not isinstance(data, dict) or data.get("action") not in WORDS or not isinstance(data.get("words"), dict):
            return data
        kinds, given = dict(WORDS[data["action"]]), data["words"]
        if given.keys() != kinds.keys():
            raise ValueError(f"words of {data['action']} are {', '.join(kinds)}")
        read = {}
        for name, kind in kinds.items():
            try:
                read[name] = _READERS[kind].validate_python(given[name])
            except ValidationError as error:
                what = error.errors()[0]["msg"].removeprefix("Value error, ")
                raise ValueError(f"words.{name}: {what}") from None
        return data | {"words": read}

    @field_serializer("words")
    def _as_text(self, words: dict[str, Any]) -> dict[str, str]:
        return {name: str(word) for name, word in words.items()}

    @property
    def owner(self) -> str:
        """Whose stake it moves, and who signs."""
        return str(self.words["owner"])

    @property
    def function(self) -> str:
        """Of DelegationSigner."""
        return FUNCTIONS[self.action]

    @property
    def arguments(self) -> tuple[Any, ...]:
        """As that function takes them: the nonce is the chain's."""
        moved = tuple(word for name, word in self.words.items() if name not in ("nonce", "deadline"))
        return *moved, self.words["deadline"], self.signature

    @property
    def digest(self) -> bytes:
        """The 32 bytes that the owner signs."""
        message = self._message()
        return bytes(keccak(b"\x19" + message.version + message.header + message.body))

    @property
    def is_by_key(self) -> bool:
        """Whether the owner's key made the signature. A contract's, only the chain can judge."""
        if len(self.signature) != 65:
            return False
        try:
            signer = Account.recover_message(self._message(), signature=self.signature)
        except (BadSignature, MalformedKey, ValueError):  # a signature of nobody
            return False
        return bool(signer == self.owner)

    def typed_data(self) -> dict[str, Any]:
        """EIP-712 document for wallets (`eth_signTypedData_v4`), integers as text."""
        fields = (("name", "string"), ("version", "string"), ("chainId", "uint256"), ("verifyingContract", "address"))
        return {
            "domain": {
                "name": NAME,
                "version": VERSION,
                "chainId": self.chain_id,
                "verifyingContract": self.signer,
            },
            "types": {"EIP712Domain": _typed(fields), self.action: _typed(WORDS[self.action])},
            "primaryType": self.action,
            "message": self._as_text(self.words),
        }

    def signed(self, account: LocalAccount) -> StakeRequest:
        """By the owner's key. Raises `UsageError` for another's."""
        if account.address != self.owner:
            raise UsageError(f"{account.address} can't sign for {self.owner}")
        return self.with_signature(bytes(account.sign_message(self._message()).signature))

    def with_signature(self, signature: bytes) -> StakeRequest:
        """The same, signed elsewhere. Raises `UsageError` for a signature that is too long."""
        if len(signature) > MAX_SIGNATURE:
            raise UsageError(f"a signature has at most {MAX_SIGNATURE} bytes")
        return self.model_copy(update={"signature": signature})

    def _message(self) -> SignableMessage:
        document = self.typed_data()
        return encode_typed_data(full_message=document | {"message": self.words})


def request_of(
    function: str, arguments: Sequence[Any], nonce: int, deadline: int, chain_id: int, signer: str
) -> StakeRequest:
    """What to sign so that somebody else may make this call of DelegationManager."""
    action = ACTIONS[function]
    values = dict(zip((name for name, _ in WORDS[action]), (*arguments, nonce, deadline), strict=True))
    return StakeRequest.model_validate({"chain_id": chain_id, "signer": signer, "action": action, "words": values})


def state_of(signer: Contract, request: StakeRequest) -> str:
    """`open`, or why it can't be sent now: elsewhere, not signed, expired, used, waits."""
    engine = signer.engine
    if (request.chain_id, request.signer) != (engine.chain_id, signer.address):
        return "elsewhere"
    by_contract = bool(engine.code(request.owner))
    if not (
        wallet_accepts(engine, request.owner, request.digest, request.signature) if by_contract else request.is_by_key
    ):
        return "not signed"
    nonce = int(signer.call("nonces", request.owner))
    if request.words["nonce"] < nonce:
        return "used"
    if request.words["deadline"] < engine.timestamp:
        return "expired"
    return "open" if request.words["nonce"] == nonce else "waits"


def _typed(fields: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "type": kind} for name, kind in fields]
