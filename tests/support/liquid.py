"""LiquidDelegation on titanoboa over DelegationManager, beside its model; escrow and registries are mocks."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import boa
from tests.support.delegation import OPERATORS, OWNERS, WEEK, ZERO, DelegationWorld, Subject, source, subject_word

from surety.models.delegation import CLOSED, WAD, Pool
from surety.models.liquid import Liquid
from surety.models.liquid_rewards import ASSET, SHARES, LiquidRewards, Name

GOVERNOR = boa.env.generate_address("governor of the vault")
NOTICE = 2 * WEEK
HOLDERS = OWNERS[2:7]
DIRECT = OWNERS[7]
"""A delegator beside the vault."""
MAX = 2**256 - 1


@cache
def rewards_blueprint() -> Any:
    return source("restaking/LiquidRewards").deploy_as_blueprint()


rewards_blueprint()  # at import: titanoboa undoes what a test deploys


@dataclass
class LiquidWorld:
    """Each call is made on contract and model, and must end alike."""

    base: DelegationWorld
    vault: Any
    model: Liquid
    number: int
    pools: Any
    """PoolRewards."""
    rewards: Any
    """LiquidRewards of the vault."""
    earned: LiquidRewards

    @classmethod
    def create(cls, number: int = 0, base: DelegationWorld | None = None, token: Any = None) -> LiquidWorld:
        """A vault behind the first operator, over asset 0 (18 decimals) or 1 (6, returns nothing)."""
        base = base or DelegationWorld.create()
        pools = source("restaking/PoolRewards").deploy(base.manager)
        names = [source("restaking/TicketName").deploy(base.manager, number) for _ in range(2)]
        subject = (OPERATORS[0], number)
        vault = source("restaking/LiquidDelegation").deploy(
            base.manager,
            base.escrow,
            subject_word(subject),
            [name.address for name in names],
            GOVERNOR,
            NOTICE,
            "Liquid stake",
            "LQD",
            rewards_blueprint(),
            pools,
        )
        rewards = source("restaking/LiquidRewards").at(vault.rewards())
        for name in names:
            base.model.pools[name.address, number] = Pool(CLOSED)
        for owner in OWNERS:
            base.tokens[number].approve(vault, MAX, sender=owner)
        pair = (names[0].address, names[1].address)
        model = Liquid(base.model, vault.address, subject, pair, NOTICE)
        return cls(base, vault, model, number, pools, rewards, LiquidRewards(model, rewards.address))

    def again(self) -> LiquidWorld:
        """The same contracts with models of their own."""
        boa.env.evm.patch.timestamp = self.base.model.now
        earned = deepcopy(self.earned)
        base = replace(self.base, model=earned.vault.ledger)
        return replace(self, base=base, model=earned.vault, earned=earned)

    @property
    def subject(self) -> Subject:
        return self.model.subject

    @property
    def token(self) -> Any:
        return self.base.tokens[self.number]

    def go_to(self, t: int) -> None:
        self.base.go_to(t)
        self.earned.turn()

    def wait(self, seconds: int) -> None:
        self.go_to(self.base.now + seconds)

    def to_epoch(self, epoch: int) -> None:
        """Its first second."""
        self.go_to(epoch * WEEK)

    # -- calls on both --

    def deposit(self, owner: str, assets: int) -> int | None:
        return self.base.both(
            lambda: self.model.deposit(assets, owner), lambda: self.vault.deposit(assets, owner, sender=owner)
        )

    def mint(self, owner: str, shares: int) -> int | None:
        return self.base.both(
            lambda: self.model.mint(shares, owner), lambda: self.vault.mint(shares, owner, sender=owner)
        )

    def transfer(self, owner: str, to: str, amount: int) -> None:
        self.base.both(
            lambda: self.model.transfer(owner, to, amount) or True,
            lambda: self.vault.transfer(to, amount, sender=owner),
        )

    def request(self, owner: str, shares: int, controller: str | None = None) -> int | None:
        to = controller or owner
        return self.base.both(
            lambda: self.model.request(shares, to, owner),
            lambda: self.vault.requestRedeem(shares, to, owner, sender=owner),
        )

    def redeem(self, owner: str, shares: int) -> int | None:
        return self.base.both(
            lambda: self.model.redeem(shares, owner), lambda: self.vault.redeem(shares, owner, owner, sender=owner)
        )

    def withdraw(self, owner: str, assets: int) -> int | None:
        return self.base.both(
            lambda: self.model.withdraw(assets, owner), lambda: self.vault.withdraw(assets, owner, owner, sender=owner)
        )

    def claim_refund(self, slash: int, owner: str) -> int | None:
        return self.base.both(
            lambda: self.model.claim_refund(slash, owner),
            lambda: self.vault.claim_refund(slash, owner, owner, sender=OWNERS[-1]),
        )

    def wind_down(self) -> int | None:
        return self.base.both(self.model.wind_down, lambda: self.vault.wind_down(sender=OWNERS[-1]))

    def resume(self) -> None:
        self.base.both(self.model.resume, lambda: self.vault.resume(sender=OWNERS[-1]))

    def settle(self) -> None:
        self.base.both(self.model.settle, lambda: self.vault.settle(sender=OWNERS[-1]))

    def announce(self, operator: str | None) -> None:
        self.base.both(
            lambda: self.model.announce(operator), lambda: self.vault.announce_move(operator or ZERO, sender=GOVERNOR)
        )

    def move(self) -> None:
        self.base.both(self.model.move, lambda: self.vault.move(sender=OWNERS[-1]))

    def seize(self, slash: int, fraction: int = WAD // 10, age: int = 0, subject: Subject | None = None) -> Any:
        done = self.base.seize(slash, subject or self.subject, fraction, self.base.now - age)
        if done is not None:
            self.model.on_seizure(slash)
        return done

    def veto(self, slash: int) -> None:
        """All that is left of the seizure goes back."""
        seizure = self.base.model.seizures[slash]
        self.base.restore(slash, seizure.seized - seizure.out)

    def finalise(self, slash: int) -> None:
        """All that is left of the seizure is paid."""
        seizure = self.base.model.seizures[slash]
        self.base.pay(slash, seizure.seized - seizure.out)

    def leave(self, owner: str, status: int = 3) -> None:
        """The status of an operator."""
        self.base.set_status(owner, status)

    # -- rewards --

    def earn(self) -> None:
        """Both operators' pools of the asset earn rewards, from the next epoch on."""
        for operator in OPERATORS:
            self.base.manager.enable_rewards(self.number, sender=operator)
        for owner in OWNERS:
            self.token.approve(self.pools, MAX, sender=owner)

    def next_epoch(self) -> None:
        """Its first second."""
        self.to_epoch(self.base.epoch + 1)

    def post(self, amount: int, token: Any = None, subject: Subject | None = None) -> None:
        """Rewards for the epoch before this one; the vault's operator takes no commission."""
        word = subject_word(subject or self.subject)
        self.pools.post(word, token or self.token, amount, sender=OWNERS[-1])

    def harvest(self, token: Any = None, subject: Subject | None = None) -> int:
        """The model is told what arrived for which epoch, and must credit the same."""
        of = subject or self.subject
        total = self.rewards.harvest(subject_word(of), token or self.token, sender=OWNERS[-1])
        assert total == self._credited(of, token or self.token)
        return total

    def collect(self, token: Any) -> int:
        total = self.rewards.collect(token, sender=OWNERS[-1])
        assert total == self._credited(None, token)
        return total

    def pull(self, stream: int, owner: str) -> int:
        """A claim of rewards."""
        amount = self.rewards.claim(stream, owner, owner, sender=OWNERS[-1])
        self.earned.claim(self.name_of(stream), owner, amount)
        return amount

    def _credited(self, subject: Subject | None, token: Any) -> int:
        total = 0
        for event in self.rewards.get_logs():
            if event.address == self.rewards.address and type(event).__name__ == "RewardsHarvested":
                name, credited = self.earned.harvest(
                    subject, self._token_name(token.address), event.epoch, event.amount
                )
                assert (self.name_of(event.stream), event.credited) == (name, credited)
                assert event.carried == self.earned.streams[name].carried
                total += event.amount
        return total

    def _token_name(self, address: str) -> str:
        return {self.token.address: ASSET, self.vault.address: SHARES}.get(address, address)

    def name_of(self, stream: int) -> Name:
        """Of a stream, in the model."""
        word, source_token, token, _ = self.rewards.streams(stream)
        subjects = {subject_word((operator, self.number)): (operator, self.number) for operator in OPERATORS}
        return subjects.get(word), self._token_name(source_token), self._token_name(token)

    def stream(self, source: Any, token: Any, subject: Subject | None = None) -> int:
        """Its number; 0 if there is none."""
        return self.rewards.stream_of(subject_word(subject or self.subject), source, token)

    # -- what both say --

    def compare(self) -> None:
        """All books."""
        vault, model = self.vault, self.model
        assert vault.totalSupply() == model.supply
        assert vault.totalAssets() == model.total_assets()
        assert vault.phase() == model.phase
        assert vault.subject() == subject_word(model.subject)
        gifts = self.base.balance(self.number, vault) - model.tokens
        assert gifts >= 0
        for owner in HOLDERS:
            assert vault.balanceOf(owner) == model.shares[owner]
            shares, assets = model.claimable_of(owner)
            assert (vault.maxRedeem(owner), vault.maxWithdraw(owner)) == (shares, assets)
            assert vault.claimableRedeemRequest(0, owner) == shares
            assert vault.pendingRedeemRequest(0, owner) == model.pending_of(owner)
            for bucket, asked in model.asked[owner].items():
                assert vault.request(owner, bucket) == (asked, model.worth(bucket, owner))

    def compare_rewards(self) -> None:
        """Each holder's claims, within the roundings, and that they are covered."""
        for stream in range(1, self.rewards.stream_count() + 1):
            name = self.name_of(stream)
            for owner in HOLDERS:
                least, most = self.earned.due(name, owner)
                assert least <= self.rewards.due(stream, owner) <= most
        for one in (self.token, self.vault):
            assert self.rewards.held(one) <= one.balanceOf(self.rewards)

    def compare_refunds(self) -> None:
        for slash in self.base.model.seizures:
            for owner in HOLDERS:
                assert self.vault.refund(slash, owner) == self.model.refund(slash, owner)
