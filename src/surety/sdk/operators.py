"""Operators on a chain: how one stands, and the proofs by which service keys agree to speak for it.

A proof is a small JSON document, so that the key can be on another machine than the operator's wallet. Integers stand
in it as decimal text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from eth_account import Account
from eth_account.messages import SignableMessage, encode_typed_data
from eth_account.signers.local import LocalAccount
from eth_keys.exceptions import BadSignature
from eth_utils.exceptions import ValidationError as MalformedKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .artefacts import artefact
from .contract import Contract
from .engines.base import Engine
from .errors import UsageError
from .json_lines import first_error
from .orders import ZERO_ADDRESS, AnyAddress, HexBytes, Uint256

STATUSES = ("unregistered", "active", "leaving", "inactive")
STEPS = {1: "leave", 2: "stop services", 3: "deregister blueprints", 4: "shut down", 5: "nothing: own stake is free"}
KEY_TYPES = {"ServiceKey": [{"name": "operator", "type": "address"}, {"name": "deadline", "type": "uint256"}]}
NEVER = 2**256 - 1


class KeyProof(BaseModel):
    """A service key's agreement to speak for an operator, until a last second of registration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    chain_id: Uint256
    registry: AnyAddress
    operator: AnyAddress
    key: AnyAddress
    deadline: Uint256
    signature: Annotated[HexBytes, Field(min_length=65, max_length=65)]

    @classmethod
    def load(cls, text: str) -> KeyProof:
        """From JSON. Raises `UsageError` that names what is wrong."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise UsageError(f"the proof: {first_error(error)}") from None

    @property
    def is_by_key(self) -> bool:
        """Whether the key made the signature."""
        try:
            message = _message(self.operator, self.deadline, self.chain_id, self.registry)
            return bool(Account.recover_message(message, signature=self.signature) == self.key)
        except (BadSignature, MalformedKey, ValueError):
            return False

    @property
    def values(self) -> tuple[int, int, bytes, bytes]:
        """Deadline, v, r, s as the registry takes them."""
        return self.deadline, self.signature[64], self.signature[:32], self.signature[32:64]


@dataclass(frozen=True)
class Standing:
    """How an operator stands. Amounts are units of the asset that carries its minimum; of nobody, zeros."""

    account: str
    status: str
    shut_down: bool
    accepting: bool
    bond_asset: int
    key: str | None
    key_end: int | None
    since: int
    own_stake: int
    minimum: int
    next_step: int
    decimals: int

    @property
    def state(self) -> str:
        """The status, and how an inactive operator came to it."""
        if self.status != "inactive":
            return self.status
        return "inactive (shut down)" if self.shut_down else "inactive (below its minimum)"


class Operators:
    """OperatorRegistry at an address, with the ledger that it names."""

    def __init__(self, engine: Engine, address: str) -> None:
        if not engine.code(address):
            raise UsageError(f"no contract at {address} on chain {engine.chain_id}")
        self.engine = engine
        self.registry = Contract(engine, address, artefact("OperatorRegistry"))
        self.ledger = Contract(engine, self.registry.call("ledger"), artefact("DelegationManager"))

    def standing(self, account: str) -> Standing:
        """All about an operator now."""
        known = self.registry.call("operator", account)
        status, asset = STATUSES[known.status], known.bond_asset
        key = None if known.key == ZERO_ADDRESS else known.key
        end = self.registry.call("key_period", key)[1] if key else None
        return Standing(
            account=account,
            status=status,
            shut_down=known.shut_down,
            accepting=known.accepting,
            bond_asset=asset,
            key=key,
            key_end=None if end == NEVER else end,
            since=known.since,
            own_stake=self.own_stake(account, asset) if asset else 0,
            minimum=self.registry.call("minimum", asset) if asset else 0,
            next_step=self.registry.call("next_step", account),
            decimals=self.decimals(asset) if asset else 0,
        )

    def own_stake(self, account: str, asset: int) -> int:
        """Units of an asset that an operator has staked behind itself, seized ones included until finalised."""
        return int(self.ledger.call("self_stake", asset << 160 | int(account, 16)))

    def decimals(self, asset: int) -> int:
        """Of an asset that some pool holds. Raises `UsageError` for a number that none does."""
        token, bond, *_ = self.ledger.call("asset_terms", asset)
        if token == ZERO_ADDRESS:
            raise UsageError(f"no pool holds asset {asset} yet: open one and stake first")
        kind, arguments = ("BondToken", (bond,)) if bond else ("MockERC20", ())
        return int(Contract(self.engine, token, artefact(kind)).call("decimals", *arguments))


def sign_proof(key: LocalAccount, operator: str, deadline: int, chain_id: int, registry: str) -> KeyProof:
    """By the service key: it agrees that `operator` registers it at a registry, until a last second."""
    signed = key.sign_message(_message(operator, deadline, chain_id, registry))
    return KeyProof(
        chain_id=chain_id,
        registry=registry,
        operator=operator,
        key=key.address,
        deadline=deadline,
        signature=bytes(signed.signature),
    )


def _message(operator: str, deadline: int, chain_id: int, registry: str) -> SignableMessage:
    domain: dict[str, Any] = {
        "name": "Surety operators",
        "version": "1",
        "chainId": chain_id,
        "verifyingContract": registry,
    }
    return encode_typed_data(domain, KEY_TYPES, {"operator": operator, "deadline": deadline})
