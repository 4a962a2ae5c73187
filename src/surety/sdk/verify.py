"""Whether a deployment on a chain is what its record, its sources and its configuration say. Reads only."""

from __future__ import annotations

from collections.abc import Iterator

from eth_utils.crypto import keccak

from ..config import Config
from .checks import Check, same
from .contract import Contract
from .deploy import suite_of
from .engines.base import Engine
from .past import past, remembers
from .plan import holders_of, roles_of
from .positions import ids_seen
from .record import Record
from .suite import FIXED, RAY, Suite, maturity_of
from .verify_code import check_code
from .verify_commitments import check_commitments
from .verify_restaking import check_restaking

ZERO = "0x0000000000000000000000000000000000000000"
DEFAULT_ADMIN = bytes(32)


def verify(engine: Engine, record: Record, config: Config) -> list[Check]:
    """Every check, the failed ones too. Raises `RecordError` if the record is of another chain or not complete."""
    suite = suite_of(engine, record)
    checks = [Check(f"code of {name}", *found) for name, found in check_code(engine, record, config)]
    if not all(check.ok for check in checks):
        return checks  # views of foreign code prove nothing
    checks += _wiring(suite, record)
    checks += _roles(suite, record, config)
    checks.append(_rollers(suite, record))
    checks += _parameters(suite, config)
    checks += _invariants(suite)
    if config.restaking is not None:
        checks += check_restaking(suite, record, config)
    if config.commitments is not None:
        checks += check_commitments(suite, record, config)
    return checks


__all__ = ["Check", "verify"]


def _wiring(suite: Suite, record: Record) -> Iterator[Check]:
    at = record.addresses
    market, treasury, token = suite.market, suite.treasury, suite.token
    yield same("market → treasury", market.treasury(), at["treasury"])
    yield same("market → token", market.token(), at["token"])
    yield same("market → asset", market.asset(), at["asset"])
    yield same("market → bounds", market.bounds(), at["bounds"])
    yield same("treasury → market", treasury.market(), at["market"])
    yield same("treasury → token", treasury.token(), at["token"])
    yield same("treasury → asset", treasury.asset(), at["asset"])
    yield same("token → treasury", token.treasury(), at["treasury"])
    yield same("treasury → variable market", treasury.variable_market(), at["variable"])
    yield same("variable market → treasury", suite.variable.treasury(), at["treasury"])
    yield same("exchange → treasury", suite.exchange.treasury(), at["treasury"])
    yield same("exchange → token", suite.exchange.token(), at["token"])
    yield same("exchange → asset", suite.exchange.asset(), at["asset"])
    yield same("wrappers → wrapper", suite.wrappers.implementation(), at["wrapper"])
    wrapper = suite.contracts["wrapper"]
    yield same("wrapper → wrappers", wrapper.factory(), at["wrappers"])
    yield same("wrapper → treasury", wrapper.treasury(), at["treasury"])
    yield same("wrapper → token", wrapper.token(), at["token"])
    yield same("wrapper is nobody's", wrapper.id(), 0)
    yield same("lock → token", suite.lock.token(), at["token"])
    classes, rolling = suite.classes, suite.rolling
    yield same("classes → market", classes.market(), at["market"])
    yield same("classes → observer", classes.observer(), at["observer"])
    yield same("classes → blueprint", classes.blueprint(), at["rolling_blueprint"])
    yield same("first class is a class", classes.is_class(at["rolling"]), True)
    yield same("first class → market", rolling.market(), at["market"])
    yield same("first class → observer", rolling.observer(), at["observer"])
    yield same("vault → first class", suite.vault.rolling(), at["rolling"])
    yield same("vault → asset", suite.vault.asset(), at["asset"])


def _roles(suite: Suite, record: Record, config: Config) -> Iterator[Check]:
    expected = roles_of(holders_of(config, suite.engine), record.addresses["timelock"], config)
    known = {record.deployer, ZERO, *record.addresses.values()}
    known |= {holder for roles in expected.values() for group in roles.values() for holder in group}
    # A record edited by hand may name more: they are asked about, and nothing is taken from it.
    known |= {holder for roles in record.roles.values() for group in roles.values() for holder in group}
    for name, roles in expected.items():
        contract = suite.contracts[name]
        asked = known | _ever_granted(contract)
        for role, named in roles.items():
            wanted = set(named)
            identity = DEFAULT_ADMIN if role == "DEFAULT_ADMIN" else keccak(text=f"{role}_ROLE")
            found = {account for account in asked if contract.hasRole(identity, account)}
            if found == wanted:
                yield Check(f"{name}: {role}", True, ", ".join(sorted(found)) or "nobody")
                continue
            lost = [f"{one} lacks it" for one in sorted(wanted - found)]
            extra = [f"{one} has it" + _who(one, record) for one in sorted(found - wanted)]
            yield Check(f"{name}: {role}", False, "; ".join(lost + extra))


def _rollers(suite: Suite, record: Record) -> Check:
    """That only classes of the factory may use the share of the discount budget that is kept for rolls."""
    market, role = suite.market, keccak(text="ROLLER_ROLE")
    asked = {*record.addresses.values(), *_ever_granted(market)}
    asked |= {record.deployer, *(one for group in record.roles["market"].values() for one in group)}
    holders = sorted(one for one in asked if market.hasRole(role, one))
    strangers = [one for one in holders if not suite.classes.is_class(one)]
    return Check("market: ROLLER", not strangers, ", ".join(strangers or holders) or "nobody")


def _ever_granted(contract: Contract) -> set[str]:
    """Everybody whom the contract's log names as getting a role; engines without history know nobody."""
    return {event.args.account for event in past(contract, "RoleGranted")} if remembers(contract.engine) else set()


def _who(account: str, record: Record) -> str:
    return ", the deployer" if account == record.deployer else ""


def _parameters(suite: Suite, config: Config) -> Iterator[Check]:
    terms, market = config.terms, suite.market
    rules, window = market.rules()
    yield same("rules", tuple(rules), terms.rules)
    yield same("anchor window", window, terms.anchor_window)
    yield same("tenors", market.tenors(), terms.tenors)
    yield same("knots", tuple(tuple(knot) for knot in market.knots(True)), terms.knot_tuples)
    yield same("fee", market.schedule().next_fee_bps, terms.fee_bps)
    yield same("limits", tuple(market.limits()), terms.limits)
    yield same("exchange: fee", suite.exchange.fee_bps(), terms.exchange_fee_bps)
    yield same("exchange: highest fee", suite.exchange.fee_cap_bps(), terms.exchange_fee_cap_bps)
    yield same("variable: notice and longest tenor", tuple(suite.variable.rules()), terms.variable[:2])
    yield same("variable: terms", tuple(suite.variable.schedule()[1]), terms.variable_terms)
    yield same(
        "first class: tenor and least rate", (suite.rolling.tenor(), suite.rolling.min_rate()), terms.first_class
    )
    yield same("classes: tolerance and tip", tuple(suite.classes.terms()), terms.rolling)
    yield same("mint cap", suite.treasury.mint_cap(), terms.mint_cap)
    yield same("timelock delay", suite.timelock.get_minimum_delay(), terms.timelock_delay)
    yield same("decimals of the asset", suite.decimals, terms.decimals)


def _invariants(suite: Suite) -> Iterator[Check]:
    treasury = suite.treasury
    escrow, reserve, interest = treasury.escrow(), treasury.reserve(), treasury.interest_reserve()
    owed, debt = _outstanding(suite)
    balance = suite.cash(treasury.address)
    # what accrues between the last booking and now goes from the interest reserve into escrow
    accrued = interest - treasury.variable().reserve
    yield same("INV-TRS-1: escrow = face and value outstanding", escrow + accrued, owed)
    yield Check(
        "INV-TRS-2: balance ≥ escrow + reserves",
        balance >= escrow + reserve + interest,
        f"{balance} held, {escrow} + {reserve} + {interest} booked",
    )
    yield Check("debt of unmatured buckets ≤ escrow", debt <= escrow, f"{debt} in buckets")


def _outstanding(suite: Suite) -> tuple[int, int]:
    """What all ids are owed, and debt of the buckets that have not matured."""
    now = suite.engine.timestamp
    supply = {one: amount for one in ids_seen(suite) if (amount := suite.token.totalSupply(one))}
    owed = debt = 0
    for one, amount in supply.items():
        maturity = maturity_of(one)
        if one >> 64 == FIXED:
            owed += amount
            debt += suite.market.bucket(maturity).debt if maturity > now else 0
        elif maturity <= now:
            shares, index = suite.treasury.series(maturity)
            owed += shares * index // RAY
    return owed + suite.treasury.variable().value, debt
