"""Stake as a person meets it: assets, pools, and how one account stands behind one operator."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from eth_utils.address import to_checksum_address

from .artefacts import artefact
from .contract import Contract
from .engines.base import Engine
from .errors import UsageError
from .orders import ZERO_ADDRESS
from .past import past
from .slashing_tables import PROPOSER_LIST, listed
from .suite import MAX_UINT, VARIABLE, WEEK, Suite, maturity_of

OPERATOR_STATES = ("unregistered", "active", "leaving", "inactive")
MODES = ("none", "open", "allowlist", "closed")
LISTINGS = ("none", "listed", "closed", "delisted")


@dataclass(frozen=True)
class Asset:
    """An ERC-20 (`id` 0), or one id of a bond token; with its number, if it may back operators."""

    token: Contract
    id: int
    label: str
    decimals: int
    number: int = 0
    status: str = LISTINGS[0]
    cap: int = 0
    """Units that deposits may bring all pools to."""
    held: int = 0
    room: int = 0
    """Units that deposits may still bring, as the pools know."""

    def text(self, units: int) -> str:
        """An amount in whole assets, exactly, in plain digits."""
        return f"{Decimal(units).scaleb(-self.decimals).normalize():f}"

    def grouped(self, units: int) -> str:
        """The same for people: thousands separated, and what it is."""
        return f"{Decimal(units).scaleb(-self.decimals).normalize():,f} {self.label}"

    def units(self, text: str) -> int:
        """Whole assets as an int. Raises `UsageError` for what is no amount of the asset above zero."""
        try:
            scaled = Decimal(text.replace("_", "").replace(",", "")).scaleb(self.decimals)
            if scaled > 0 and scaled == int(scaled):
                return int(scaled)
        except (ArithmeticError, ValueError):
            pass
        raise UsageError(f"{text} is no amount of {self.label}, which has {self.decimals} decimals")

    def balance(self, owner: str) -> int:
        """Units that somebody holds."""
        return int(self.token.call("balanceOf", owner, *self._id))

    def allowance(self, owner: str, spender: str) -> int:
        """Units that `spender` may take."""
        if self.id and self.token.call("isOperator", owner, spender):
            return MAX_UINT
        return int(self.token.call("allowance", owner, spender, *self._id))

    def approval(self, spender: str, units: int) -> tuple[Contract, str, tuple[Any, ...]]:
        """The call by which an owner lets `spender` take so much."""
        return self.token, "approve", (spender, *self._id, units)

    @property
    def _id(self) -> tuple[int, ...]:
        return (self.id,) if self.id else ()


@dataclass(frozen=True)
class Ticket:
    """Stake in a bucket of the queue."""

    epoch: int
    target: str | None
    """Operator to whom it is on its way; None: out."""
    shares: int
    amount: int
    """Units that they would get now."""
    matures_at: int
    """First second in which no seizure reaches it, and it can be taken."""

    def matured(self, now: int) -> bool:
        return now >= self.matures_at


@dataclass(frozen=True)
class Stake:
    """One account in one pool, units of its asset."""

    account: str
    subject: int
    operator: str
    state: str
    asset: Asset
    pool: Any
    active: int
    shares: int
    tickets: tuple[Ticket, ...]
    refunds: dict[tuple[int, str | None], int]
    """By slash, and operator to whom it was on its way: what was given back and not claimed yet."""
    reviewed: tuple[int, ...]
    """Slashes of this pool that are not decided."""

    def shares_for(self, units: int) -> int:
        """The least number of shares that are worth so much."""
        return -(-units * self.pool.shares // self.pool.assets) if self.pool.assets else 0


class Stakes:
    """Pools of a suite. Raises `UsageError` for a suite without them."""

    def __init__(self, suite: Suite) -> None:
        if not suite.has_restaking:
            raise UsageError("this deployment has no pools of stake: its configuration has no section restaking")
        self.suite = suite
        self.pools = suite.pools

    @staticmethod
    def subject(operator: str, asset: int) -> int:
        """The number of an operator's pool."""
        return asset << 160 | int(operator, 16)

    def asset(self, number: int) -> Asset:
        """By its number. Raises `UsageError` for a number that none has."""
        count = int(self.suite.assets.call("assets"))
        if not 0 < number <= count:
            raise UsageError(f"there is no asset {number}: the registry has {count}")
        known = self.suite.assets.call("asset", number)
        token, _, held, room = self.pools.call("asset_terms", number)
        synced = token != ZERO_ADDRESS
        return replace(
            known_asset(self.suite.engine, known.token, known.id),
            number=number,
            status=LISTINGS[known.status],
            cap=int(known.cap),
            held=int(held) if synced else 0,
            room=int(room) if synced else int(known.cap),
        )

    def assets(self) -> list[Asset]:
        """All of them."""
        return [self.asset(number) for number in range(1, int(self.suite.assets.call("assets")) + 1)]

    def pool(self, operator: str, asset: int) -> Any:
        """A pool as it stands. Raises `UsageError` if there is none."""
        found = self.pools.call("pool", self.subject(operator, asset))
        if not found.mode:
            raise UsageError(f"{operator} has no pool of asset {asset}")
        return found

    def subjects(self) -> list[int]:
        """Every pool that was ever opened, oldest first."""
        return list(dict.fromkeys(int(event.args.subject) for event in past(self.pools, "PoolSet")))

    def stake(self, account: str, operator: str, asset: int) -> Stake:
        """How an account stands now. Raises `UsageError` for an asset or a pool that is not there."""
        subject, known = self.subject(operator, asset), self.asset(asset)
        pool = self.pool(operator, asset)
        active, shares = self.pools.call("stake", subject, account)
        tickets, ways = self._tickets(subject, account)
        slashes = [int(event.args.id) for event in past(self.suite.escrow, "SlashProposed", None, subject)]
        refunds = {
            (slash, way): int(units)
            for slash in slashes
            for way in ways
            if (units := self.pools.call("refund", slash, account, way or ZERO_ADDRESS))
        }
        return Stake(
            account=account,
            subject=subject,
            operator=operator,
            state=OPERATOR_STATES[pool.status],
            asset=known,
            pool=pool,
            active=int(active),
            shares=int(shares),
            tickets=tickets,
            refunds=refunds,
            reviewed=tuple(one for one in slashes if 0 < self.suite.escrow.call("status_of", one) < 4),
        )

    def unbound_judges(self) -> list[str]:
        """Proposers whom governance lists without a source of exposure: each may have all of a pool seized."""
        terms = self.suite.slashing_terms
        places = range(1, int(terms.call("proposer_count")) + 1)
        found = ((one, terms.call("proposer", one)) for one in listed(self.suite.escrow, PROPOSER_LIST, places))
        return [one for one, (kind, source) in found if kind and source == ZERO_ADDRESS]

    def commission(self, operator: str) -> tuple[int, int]:
        """Of rewards for this epoch, and for those from the epoch after the next on: basis points."""
        epoch = self.suite.engine.timestamp // WEEK
        of = self.suite.contracts["rewards"]
        return int(of.call("commission_of", operator, epoch)), int(of.call("commission_of", operator, epoch + 2))

    def _tickets(self, subject: int, account: str) -> tuple[tuple[Ticket, ...], tuple[str | None, ...]]:
        """What the account has in the queue, and the ways that its stake ever took."""
        queued = past(self.pools, "WithdrawalQueued", subject, account)
        places = dict.fromkeys((int(one.args.epoch), _way(one.args.target)) for one in queued)
        tickets = []
        for epoch, way in places:
            found = self.pools.call("ticket", subject, epoch, account, way or ZERO_ADDRESS)
            if found.shares:
                tickets.append(Ticket(epoch, way, int(found.shares), int(found.amount), int(found.matures_at)))
        return tuple(tickets), tuple(dict.fromkeys([None, *(way for _, way in places)]))


def known_asset(engine: Engine, token: str, bond_id: int = 0) -> Asset:
    """A token, as amounts of it are written. Raises `UsageError` where there is none."""
    if not engine.code(token):
        raise UsageError(f"no token at {token}")
    contract = Contract(engine, token, artefact("BondToken" if bond_id else "MockERC20"))
    label = _bond(bond_id) if bond_id else str(contract.call("symbol"))
    return Asset(contract, bond_id, label, int(contract.call("decimals", *([bond_id] if bond_id else []))))


def subject_parts(subject: int) -> tuple[str, int]:
    """Operator and number of the asset of a pool."""
    return to_checksum_address((subject & (2**160 - 1)).to_bytes(20, "big")), subject >> 160


def _way(target: str) -> str | None:
    return None if target == ZERO_ADDRESS else target


def _bond(bond_id: int) -> str:
    """What a bond is called: `bond 2026-10-08`."""
    date = datetime.fromtimestamp(maturity_of(bond_id), UTC).strftime("%Y-%m-%d")
    return f"{'variable bond' if bond_id >> 64 == VARIABLE else 'bond'} {date}"
