"""Whether promises, the bonds behind them and their judges are what record and configuration say. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eth_abi import encode
from eth_utils.crypto import keccak

from ..config import Config
from .checks import Check, same
from .contract import Contract
from .messages import NAME, VERSION
from .plan_commitments import CLASS, JUDGES, VAULT, commitment_terms, sequencer_feed
from .record import Record
from .suite import Suite

COMMITMENT_BLUEPRINTS = {"desk_blueprint": "BondDesk"}
DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"


def check_commitments(suite: Suite, record: Record, config: Config) -> Iterator[Check]:
    """Wiring, parameters, and where messages count."""
    yield from _wiring(suite, record)
    yield from _terms(suite, config)
    yield from _domain(suite, record)


def commitment_immutables(record: Record, config: Config, treasurer: str) -> dict[str, dict[str, Any]]:
    """Values by contract and name of the section `commitments`."""
    terms, at, chain_id = commitment_terms(config), record.addresses, record.chain_id
    book = {
        "fault_book.REGISTRY": at["commitments"],
        "fault_book.ESCROW": at["escrow"],
        "fault_book.BACKINGS": at["bonding"],
    }
    messages = {"_SEPARATOR": domain_separator(chain_id, at["commitments"]), "_CHAIN": chain_id}
    keys = {
        "service_keys.OPERATORS": at["operators"],
        "service_keys._REGISTRY": at["commitments"],
        **{f"service_keys.{name}": value for name, value in messages.items()},
    }
    assets = {"TOKEN": at["token"], "ASSET": at["asset"]}
    judged = {"_OPERATORS": at["operators"], "_MACHINE": at["machine"], "_FEED": sequencer_feed(config)}
    return {
        "appraiser": {
            "asset": at["asset"],
            "token": at["token"],
            "treasury": at["treasury"],
            "market": at["market"],
            "feed": at["bond_feed"],
            "_VARIABLE": at["variable"],
        },
        "commitments": {**_cached_domain(chain_id, at["commitments"]), "BONDING": at["bonding"]},
        "bonding": {"REGISTRY": at["commitments"], "ESCROW": at["escrow"], "DESK": at["desk"], **assets},
        "desk": {
            "BONDING": at["bonding"],
            "REGISTRY": at["commitments"],
            "OPERATORS": at["operators"],
            "APPRAISER": at["appraiser"],
            "TREASURY": at["treasury"],
            **assets,
        },
        "prover": {**book, **keys},
        "plugin_prover": book,
        "header_predicate": {**keys, "REGISTRY": at["commitments"]},
        "challenges": {
            **book,
            **messages,
            **judged,
            "_TOKEN": at["asset"],
            "_SINK": treasurer,
            "_LOWEST": terms.challenge[1],
            "_HIGHEST": terms.challenge[2],
        },
        "beacon": {"_TOKEN": at["asset"], "_DEPOSIT": terms.secret_deposit, "_SINK": treasurer},
        "liveness": {
            **messages,
            **judged,
            "_REGISTRY": at["commitments"],
            "_BEACON": at["beacon"],
            "_ODDS": terms.odds,
        },
        "payout_formula": {"half": terms.half_value, "minimum": terms.least_value},
        "payouts": {"BONDING": at["bonding"], "REGISTRY": at["commitments"], "LIVENESS": at["liveness"]},
    }


def domain_separator(chain_id: int, registry: str) -> bytes:
    """EIP-712 domain of messages."""
    types = ["bytes32", "bytes32", "bytes32", "uint256", "address"]
    return bytes(
        keccak(encode(types, [keccak(text=DOMAIN_TYPE), keccak(text=NAME), keccak(text=VERSION), chain_id, registry]))
    )


def _cached_domain(chain_id: int, registry: str) -> dict[str, Any]:
    kept = {
        "_CACHED_DOMAIN_SEPARATOR": domain_separator(chain_id, registry),
        "_CACHED_CHAIN_ID": chain_id,
        "_CACHED_SELF": registry,
        "_NAME": NAME,
        "_HASHED_NAME": keccak(text=NAME),
        "_VERSION": VERSION,
        "_HASHED_VERSION": keccak(text=VERSION),
    }
    return {f"eip712_domain_separator.{key}": value for key, value in kept.items()}


def _wiring(suite: Suite, record: Record) -> Iterator[Check]:
    at, of = record.addresses, suite.contracts
    yield same("commitments → bonding", suite.commitments.call("bonding"), at["bonding"])
    yield same("bonding → desk", suite.bonding.call("desk"), at["desk"])
    yield same("desk → bonding", suite.desk.call("bonding"), at["bonding"])
    yield same("bonding → bonds and asset", _assets(suite.bonding), (at["token"], at["asset"]))
    for judge in JUDGES:
        yield same(f"{judge} → commitments", of[judge].call("registry"), at["commitments"])
        yield same(f"{judge} → escrow", of[judge].call("escrow"), at["escrow"])
    for name in ("prover", "header_predicate"):
        yield same(f"{name} → operators", of[name].call("operators"), at["operators"])
    yield same("operators → ties to services", suite.operators.call("ties"), at["bonding"])
    for name, kind in (("rolling", CLASS), ("vault", VAULT)):
        number, found, opened = suite.desk.call("listing", at[name])
        yield same(f"desk: {name} is listed", (bool(number), found, opened), (True, kind, True))


def _terms(suite: Suite, config: Config) -> Iterator[Check]:
    terms = commitment_terms(config)
    yield same("challenges: first bond", suite.challenges.call("base"), terms.challenge[0])
    formula = suite.contracts["payout_formula"]
    yield same("payouts: half value", formula.call("half"), terms.half_value)
    yield same("payouts: least value", formula.call("minimum"), terms.least_value)


def _domain(suite: Suite, record: Record) -> Iterator[Check]:
    wanted = domain_separator(record.chain_id, record.addresses["commitments"])
    yield same("commitments: domain of messages", suite.commitments.call("DOMAIN_SEPARATOR"), wanted)


def _assets(bonding: Contract) -> tuple[str, str]:
    return str(bonding.call("bond_token")), str(bonding.call("asset"))
