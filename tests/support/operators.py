"""OperatorRegistry on titanoboa over a ledger and ties that say what they are told, beside its model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boa
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount
from tests.support.permits import Signature, account
from tests.support.sides import both

from surety.models.operators import DAY, OperatorRegistry

START = 1_728_271_545  # 2024-10-07 03:25:45 UTC
ZERO = "0x" + "00" * 20
NOTICE = 20 * DAY
MINIMUM = 10**21
ASSET, OTHER_ASSET = 1, 2
URI = "ipfs://bafkreid7qoywk77r7rj3slobqfekdvs57qwuwh5d2z3sqsw52iabe3mqne"
ADMIN, STRANGER = (boa.env.generate_address(name) for name in ("admin", "stranger"))
OPERATORS = tuple(boa.env.generate_address(f"operator {number}") for number in range(3))
KEYS = tuple(account(0x3001 + number) for number in range(6))

REGISTRY = boa.load_partial("contracts/restaking/OperatorRegistry.vy")
LEDGER = boa.load_partial("contracts/mocks/MockStakeLedger.vy")
TIES = boa.load_partial("contracts/mocks/MockServiceTies.vy")

TYPES = {"ServiceKey": [{"name": "operator", "type": "address"}, {"name": "deadline", "type": "uint256"}]}


def sign_key(key: LocalAccount, registry: str, chain_id: int, operator: str, deadline: int) -> Signature:
    """The key's agreement to speak for `operator`, by a wallet's own encoder."""
    domain = {"name": "Surety operators", "version": "1", "chainId": chain_id, "verifyingContract": registry}
    signed = key.sign_message(encode_typed_data(domain, TYPES, {"operator": operator, "deadline": deadline}))
    return Signature(signed.v, signed.r.to_bytes(32), signed.s.to_bytes(32))


@dataclass
class OperatorWorld:
    """Contract and model side by side: each call is made on both, and must end alike."""

    registry: Any
    ledger: Any
    ties: Any
    model: OperatorRegistry

    @classmethod
    def create(cls, at: int = START, tied: bool = True) -> OperatorWorld:
        """Two assets carry operators with MINIMUM each; nobody is one."""
        boa.env.evm.patch.timestamp = at
        ledger, ties = LEDGER.deploy(), TIES.deploy()
        registry = REGISTRY.deploy(ledger, ADMIN, NOTICE)
        ledger.set_registry(registry)
        world = cls(registry, ledger, ties, OperatorRegistry(NOTICE, at))
        for asset in (ASSET, OTHER_ASSET):
            world.set_minimum(asset, MINIMUM)
        if tied:
            world.tie()
        return world

    @property
    def now(self) -> int:
        return self.model.now

    def go_to(self, t: int) -> None:
        boa.env.evm.patch.timestamp = self.model.now = t

    def tie(self) -> None:
        self.registry.set_ties(self.ties, sender=ADMIN)
        self.model.tied = True

    def both(self, model: Callable[[], object], contract: Callable[[], object]) -> Any:
        """What both answer, or why both refused, as a `Refused`; the ledger knows each status after it."""
        done = both(model, contract)
        for operator in self.model.operators:
            assert self.ledger.statuses(operator) == self.model.status(operator)
        return done

    # -- what others write --

    def stake(self, operator: str, amount: int, asset: int = ASSET) -> None:
        self.ledger.set_stake(asset << 160 | int(operator, 16), amount)
        self.model.stakes[operator, asset] = amount

    def bind(self, operator: str, services: int, blueprints: int) -> None:
        self.ties.set_ties(operator, services, blueprints)
        self.model.services[operator], self.model.blueprints[operator] = services, blueprints

    # -- calls --

    def set_minimum(self, asset: int, minimum: int) -> Any:
        return self.both(
            lambda: self.model.set_minimum(asset, minimum),
            lambda: self.registry.set_minimum(asset, minimum, sender=ADMIN),
        )

    def call(self, name: str, operator: str, *arguments: Any) -> Any:
        """A function of an operator's without a signature."""
        return self.both(
            lambda: getattr(self.model, name)(operator, *arguments),
            lambda: getattr(self.registry, name)(*arguments, sender=operator),
        )

    def register(self, operator: str, asset: int = ASSET, uri: str = URI) -> Any:
        return self.call("register", operator, asset, uri)

    def operate(self, operator: str, asset: int = ASSET) -> None:
        """Stake the minimum and register."""
        self.stake(operator, MINIMUM, asset)
        assert self.register(operator, asset) is None

    def proof(self, key: LocalAccount, operator: str, deadline: int) -> tuple[int, bytes, bytes]:
        made = sign_key(key, self.registry.address, boa.env.evm.patch.chain_id, operator, deadline)
        return made.v, made.r, made.s

    def rotate(
        self,
        operator: str,
        key: LocalAccount,
        overlap: int = 0,
        deadline: int | None = None,
        signer: LocalAccount | None = None,
    ) -> Any:
        """`rotate_key` with a signature by `signer`, the key itself unless told."""
        last = self.now if deadline is None else deadline
        by = signer or key
        return self.both(
            lambda: self.model.rotate_key(operator, key.address, overlap, last, by.address),
            lambda: self.registry.rotate_key(
                key.address, overlap, last, *self.proof(by, operator, last), sender=operator
            ),
        )

    def register_with_key(self, operator: str, key: LocalAccount, signer: LocalAccount | None = None) -> Any:
        by = signer or key
        return self.both(
            lambda: self.model.register_with_key(operator, ASSET, URI, key.address, self.now, by.address),
            lambda: self.registry.register_with_key(
                ASSET, URI, key.address, self.now, *self.proof(by, operator, self.now), sender=operator
            ),
        )

    def review(self, operator: str) -> Any:
        return self.both(lambda: self.model.review(operator), lambda: self.registry.review(operator, sender=STRANGER))

    def unstake(self, operator: str, left: int, asset: int = ASSET) -> Any:
        """`check_unstake`: True, or why not."""
        return self.both(
            lambda: self.model.check_unstake(operator, asset, left),
            lambda: self.registry.check_unstake(operator, asset, left),
        )

    def compare(self) -> None:
        """All views of all operators and keys."""
        for operator in OPERATORS:
            known = self.model.operators.get(operator)
            seen = self.registry.operator(operator)
            if known is None:
                assert tuple(seen) == (0, False, False, 0, ZERO, 0)
            else:
                status, since = known.status, known.since
                assert tuple(seen) == (
                    status, known.shut_down, known.accepting, known.bond_asset, known.key or ZERO, since
                )  # fmt: skip
            assert self.registry.status(operator) == self.model.status(operator) == self.ledger.statuses(operator)
            assert self.registry.next_step(operator) == self.model.next_step(operator)
            assert self.registry.accepts_services(operator) == self.model.accepts_services(operator)
        for key in KEYS:
            assert self.registry.operator_of_key(key.address) == (self.model.operator_of_key(key.address) or ZERO)
            assert self.registry.key_period(key.address) == self.model.key_period(key.address)
        for asset in (ASSET, OTHER_ASSET):
            assert self.registry.minimum(asset) == self.model.minimum(asset)
