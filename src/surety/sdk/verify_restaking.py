"""Whether pools of stake and slashing are what record and configuration say. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eth_utils.address import to_checksum_address

from ..config import Config
from .artefacts import artefact
from .checks import Check, same
from .contract import Contract
from .liquid import check_liquid
from .past import past, remembers
from .plan import holders_of
from .plan_commitments import JUDGES as PROVERS
from .plan_commitments import NOBODY, PROVEN
from .plan_restaking import ASSET, JUDGED, Judges, judges_of, restaking_terms
from .record import Record
from .slashing_tables import (
    ARBITERS,
    INSURANCES,
    PAYS,
    POLICIES,
    PROPOSER_LIST,
    PROPOSERS,
    SLASHABLE_LIST,
    SLASHABLES,
    VETOERS,
    listed,
    term,
)
from .suite import WEEK, Suite

VETOER, CONFIRMER = 1, 2
LONGEST_LIST = 6
"""Places of a list that are looked at, two more than this suite fills."""
FIRST = 1
_160 = 2**160 - 1


def check_restaking(suite: Suite, record: Record, config: Config) -> Iterator[Check]:
    """Wiring, parameters, who may slash, and that pools hold what they owe."""
    yield from _wiring(suite, record)
    yield from _assets(suite, record, config)
    yield from _slashing(suite, record, config)
    yield from _invariants(suite)
    yield from check_liquid(suite, config, record.addresses["timelock"])


def _wiring(suite: Suite, record: Record) -> Iterator[Check]:
    at, pools, of = record.addresses, suite.pools, suite.contracts
    yield same("pools → signer", pools.call("signer"), at["signer"])
    yield same("operators → pools", suite.operators.call("ledger"), at["pools"])
    yield same("terms of slashing → escrow", suite.slashing_terms.call("escrow"), at["escrow"])
    yield same("escrow → terms", suite.escrow.call("terms"), at["slashing_terms"])
    yield same("escrow → bonds of judgements", suite.escrow.call("bonds"), at["judgement_bonds"])
    yield same("slashes → escrow", suite.slashes.call("escrow"), at["escrow"])
    yield same("longest exit", pools.call("exit_window"), 2 * WEEK)
    yield same("bond feed → bonds", of["bond_feed"].call("token"), at["token"])


def _assets(suite: Suite, record: Record, config: Config) -> Iterator[Check]:
    at, terms, assets = record.addresses, restaking_terms(config), suite.assets
    feed = terms.feed(at["price_feed"])
    yield same("asset listed as number 1", assets.call("asset_of", at["asset"], 0), ASSET)
    for name, token, cap in (("asset", "asset", terms.cap), ("bonds", "token", terms.bond_cap)):
        listing = assets.call("listing_of", at[token])
        if not listing:
            yield Check(f"assets: listing of the {name}", False, "not listed")
            continue
        known = assets.call("listing", listing)
        yield same(f"assets: cap of the {name}", known.cap, cap)
        yield same(f"assets: price feed of the {name}", tuple(assets.call("feed", listing)[0]), feed)
        if name == "bonds":
            yield same("assets: what bonds are worth", known.bond_feed, at["bond_feed"])
            yield same("assets: longest bond", known.max_tenor, terms.max_tenor)
    yield same("operators: minimum", suite.operators.call("minimum", ASSET), terms.minimum)


def _slashing(suite: Suite, record: Record, config: Config) -> Iterator[Check]:
    """Terms as the escrow keeps them: proposers and slashables are listed by place, so that none can hide."""
    judges = judges_of(config, suite.engine)
    holders = holders_of(config, suite.engine)
    policy = restaking_terms(config).slashing_policy(holders.treasurer, judges.insurance)

    review, ruling, bounty, bounty_cap, compensation, insurance, bond = policy[:7]
    places = ((ruling, 32), (bounty, 64), (compensation, 80), (insurance, 96), (bond, 112))
    packed = int(review) + sum(int(value) << place for value, place in places)
    yield same("slashing: policy 1", term(suite.escrow, POLICIES, FIRST), packed)
    yield same("slashing: bounty and treasury", *_pay(term(suite.escrow, PAYS, FIRST), bounty_cap, holders.treasurer))
    yield same("slashing: insurance", _address(term(suite.escrow, INSURANCES, FIRST)), judges.insurance)

    places_looked_at = range(FIRST, LONGEST_LIST + 1)
    slashables, proposers = expected_lists(record, config, judges)
    yield same("slashing: what can be slashed", listed(suite.escrow, SLASHABLE_LIST, places_looked_at), slashables)
    for place, (name, one) in enumerate(zip(("pools are", "bonding is"), slashables, strict=False), FIRST):
        yield same(f"slashing: {name} listed", term(suite.escrow, SLASHABLES, one), place)
    words = [(one, term(suite.escrow, PROPOSERS, one)) for one in listed(suite.escrow, PROPOSER_LIST, places_looked_at)]
    named = [(one, word >> 160 & 255, _address(word & _160)) for one, word in words]
    yield same("slashing: who proposes", named, proposers)
    yield same("slashing: arbiters", [term(suite.escrow, ARBITERS, proven) for proven in (False, True)], [0, 0])
    powers = {one: power for one in _asked(suite, record, judges) if (power := term(suite.escrow, VETOERS, one))}
    expected = dict.fromkeys((judges.vetoer, judges.confirmer), 0)
    expected[judges.vetoer] |= VETOER
    expected[judges.confirmer] |= CONFIRMER
    yield same("slashing: who vetoes and confirms", sorted(powers.items()), sorted(expected.items()))


def expected_lists(record: Record, config: Config, judges: Judges) -> tuple[list[str], list[tuple[str, int, str]]]:
    """What can be slashed; who may propose it, for faults of which class, with whose word on what is at risk."""
    at, proposers = record.addresses, [(judges.judge, JUDGED, NOBODY)] if judges.judge else []
    if config.commitments is None:
        return [at["pools"]], proposers
    return [at["pools"], at["bonding"]], [*proposers, *((at[name], PROVEN, at["bonding"]) for name in PROVERS)]


def _pay(word: int, cap: Any, treasury: str) -> tuple[tuple[int, str], tuple[Any, str]]:
    return (word >> 160, _address(word & _160)), (cap, treasury)


def _asked(suite: Suite, record: Record, judges: Judges) -> set[str]:
    """Everybody who could have got a power: by name, and by the log of engines that have one."""
    asked = {judges.vetoer, judges.confirmer, judges.insurance, record.deployer, *record.addresses.values()}
    asked |= {one for roles in record.roles.values() for group in roles.values() for one in group}
    if remembers(suite.engine):
        asked |= {event.args.account for event in past(suite.slashing_terms, "VetoerSet")}
    return asked


def _invariants(suite: Suite) -> Iterator[Check]:
    """Of each asset that some pool holds."""
    for number in range(1, suite.assets.call("assets") + 1):
        token, bond, held, _ = suite.pools.call("asset_terms", number)
        if not held:
            continue
        kind = artefact("BondToken" if bond else "MockERC20")
        owner = (suite.pools.address, bond) if bond else (suite.pools.address,)
        balance = Contract(suite.engine, token, kind).call("balanceOf", *owner)
        yield Check(f"pools: balance of asset {number} ≥ stake", balance >= held, f"{balance} held, {held} booked")


def _address(word: int) -> str:
    return to_checksum_address(word.to_bytes(20, "big"))
