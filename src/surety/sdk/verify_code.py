"""Code on chain against the code that these sources compile to.

The template must be equal byte for byte; behind it stand the immutables, each compared with the value that the
constructor must have given it. A new immutable without a known value fails, so that this list stays whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eth_abi import encode
from eth_utils.crypto import keccak

from ..config import Config
from ..config_restaking import PRICE_DECIMALS
from .artefacts import Artefact, Immutable, artefact
from .engines.base import Engine
from .plan import holders_of
from .plan_liquid import LIQUID_BLUEPRINTS
from .plan_restaking import restaking_terms
from .record import Record
from .suite import COMMITMENTS, CONTRACTS, RESTAKING, WEEK
from .verify_commitments import COMMITMENT_BLUEPRINTS, commitment_immutables

DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
BLUEPRINTS = {
    "token_blueprint": "BondToken",
    "variable_blueprint": "VariableMarket",
    "treasury_blueprint": "BondTreasury",
    "wrapper_blueprint": "BondWrapper",
    "rolling_blueprint": "RollingBonds",
}
RESTAKING_BLUEPRINTS = {
    "escrow_blueprint": "SlashEscrow",
    "judgement_blueprint": "JudgementBonds",
    "signer_blueprint": "DelegationSigner",
    **LIQUID_BLUEPRINTS,
}
PROXY = "602d3d8160093d39f3363d3d373d3d3d363d73{}5af43d82803e903d91602b57fd5bf3"  # creation code of ERC-1167
BP = 10**14  # WAD
EXIT_WINDOW = 2 * WEEK
Found = tuple[bool, str]


def check_code(engine: Engine, record: Record, config: Config) -> Iterator[tuple[str, Found]]:
    """Name of each contract, whether its code is ours, and what was found."""
    at = record.addresses
    blueprints, contracts, values = BLUEPRINTS, CONTRACTS, expected_immutables(record, config)
    if config.restaking is not None:
        blueprints, contracts = blueprints | RESTAKING_BLUEPRINTS, contracts | RESTAKING
        values |= restaking_immutables(record, config)
    if config.commitments is not None:
        blueprints, contracts = blueprints | COMMITMENT_BLUEPRINTS, contracts | COMMITMENTS
        values |= commitment_immutables(record, config, holders_of(config, engine).treasurer)
    for name, contract in blueprints.items():
        yield name, _equal(engine.code(at[name]), artefact(contract).blueprint_code)
    for name, contract in contracts.items():
        if name == "asset" or record.contracts[name].kind == "external":
            code = engine.code(at[name])
            yield name, (bool(code), f"{len(code)} bytes, {_whose(name)} own" if code else "no code")
        else:
            yield name, compare(engine.code(at[name]), artefact(contract), values.get(name, {}))


def compare(code: bytes, made: Artefact, values: dict[str, Any]) -> Found:
    """Code on chain against an artefact and the values of its immutables."""
    size = len(made.runtime)
    if len(code) != made.runtime_size:
        return False, f"{len(code)} bytes on the chain, {made.runtime_size} compiled"
    same, detail = _equal(code[:size], made.runtime)
    if not same:
        return False, detail
    for item in made.immutables:
        if item.name not in values:
            return False, f"immutable {item.name}: no value is known for it"
        start = size + item.offset
        if not _holds(code[start : start + item.length], item, values[item.name]):
            return False, f"immutable {item.name} is not {values[item.name]}"
    return True, f"{len(code)} bytes, {len(made.immutables)} immutables"


def expected_immutables(record: Record, config: Config) -> dict[str, dict[str, Any]]:
    """Values by contract and name, from addresses and configuration."""
    terms, at = config.terms, record.addresses
    unit = 10 ** max(terms.decimals - 6, 0)
    label = f"{terms.first_class[0] // WEEK}w {terms.first_class[1] // BP}bp"
    tenors = sum(tenor << (32 * number) for number, tenor in enumerate(terms.tenors))
    return {
        "market": {
            "debt_profile.BOUNDS": at["bounds"],
            "debt_profile.TENORS": tenors,
            "debt_profile.COUNT": len(terms.tenors),
            "debt_profile.UNIT": unit,
            "debt_profile.RULES": terms.rules,
            "ASSET": at["asset"],
            "TREASURY": at["treasury"],
            "UNIT": unit,
            "ANCHOR_WINDOW": terms.anchor_window,
        },
        "treasury": {
            "ASSET": at["asset"],
            "TOKEN": at["token"],
            "MARKET": at["market"],
            "VARIABLE_MARKET": at["variable"],
        },
        "variable": {
            "TREASURY": at["treasury"],
            "UNIT": unit,
            "NOTICE": terms.variable_notice,
            "MAX_TENOR": terms.variable_max_tenor,
        },
        "token": {
            **_domain(f"Surety {terms.label} bonds", record.chain_id, at["token"]),
            "_TREASURY": at["treasury"],
            "_LABEL": terms.label,
            "_DECIMALS": terms.decimals,
        },
        "exchange": {
            **_domain("Surety bond exchange", record.chain_id, at["exchange"]),
            "ASSET": at["asset"],
            "TOKEN": at["token"],
            "TREASURY": at["treasury"],
            "FEE_CAP": terms.exchange_fee_cap_bps,
        },
        "wrappers": {
            "IMPLEMENTATION": at["wrapper"],
            "_PROXY_HASH": keccak(bytes.fromhex(PROXY.format(at["wrapper"][2:]))),
        },
        "wrapper": {"FACTORY": at["wrappers"], "TREASURY": at["treasury"], "TOKEN": at["token"]},
        "lock": {"_TOKEN": at["token"]},
        "classes": {
            "MARKET": at["market"],
            "OBSERVER": at["observer"],
            "BLUEPRINT": at["rolling_blueprint"],
            "TOLERANCE_BPS": terms.rolling[0],
            "TIP_BPS": terms.rolling[1],
        },
        "rolling": {
            **share_values(f"Rolling {label}", "ROLL", terms.decimals, record.chain_id, at["rolling"]),
            "MARKET": at["market"],
            "TREASURY": at["treasury"],
            "TOKEN": at["token"],
            "ASSET": at["asset"],
            "OBSERVER": at["observer"],
            "UNIT": unit,
            "TENOR": terms.first_class[0],
            "MIN_RATE": terms.first_class[1],
            "TOLERANCE_BPS": terms.rolling[0],
            "TIP_BPS": terms.rolling[1],
        },
        "vault": {
            **share_values(f"Vault {label}", "vROLL", terms.decimals, record.chain_id, at["vault"]),
            "ROLLING": at["rolling"],
            "MARKET": at["market"],
            "TREASURY": at["treasury"],
            "ASSET": at["asset"],
        },
    }


def restaking_immutables(record: Record, config: Config) -> dict[str, dict[str, Any]]:
    """Values by contract and name of the section `restaking`."""
    terms, at, chain_id = restaking_terms(config), record.addresses, record.chain_id
    return {
        "price_feed": {"_PRICE": terms.price, "_DECIMALS": PRICE_DECIMALS},
        "bond_feed": {"_MARKET": at["market"], "_TOKEN": at["token"]},
        "slashing_terms": {"ESCROW": at["escrow"]},
        "escrow": {"TERMS": at["slashing_terms"], "BONDS": at["judgement_bonds"]},
        "judgement_bonds": {"_ESCROW": at["escrow"]},
        "slashes": {"ESCROW": at["escrow"]},
        "operators": {
            **_domain("Surety operators", chain_id, at["operators"]),
            "LEDGER": at["pools"],
            "NOTICE": terms.notice,
        },
        "pools": {
            "ASSETS": at["assets"],
            "OPERATORS": at["operators"],
            "ESCROW": at["escrow"],
            "SIGNER": at["signer"],
        },
        "signer": {**_domain("Surety delegations", chain_id, at["signer"]), "MANAGER": at["pools"]},
        "exposure": {"MANAGER": at["pools"], "ASSETS": at["assets"], "NOTICE": EXIT_WINDOW},
        "rewards": {"MANAGER": at["pools"]},
        "liquid_factory": {
            "MANAGER": at["pools"],
            "ESCROW": at["escrow"],
            "POOLS": at["rewards"],
            "VAULT_BLUEPRINT": at["liquid_blueprint"],
            "REWARDS_BLUEPRINT": at["liquid_rewards_blueprint"],
            "NAME_BLUEPRINT": at["ticket_blueprint"],
        },
    }


def _whose(name: str) -> str:
    return "the asset's" if name == "asset" else "its owner's"


def share_values(name: str, symbol: str, decimals: int, chain_id: int, contract: str) -> dict[str, Any]:
    """What snekmate's ERC-20 keeps."""
    kept = {"name": name, "symbol": symbol, "decimals": decimals, **_domain(name, chain_id, contract)}
    return {f"erc20.{key}": value for key, value in kept.items()}


def _domain(name: str, chain_id: int, contract: str) -> dict[str, Any]:
    """What snekmate's EIP-712 module keeps of its domain."""
    hashed_name, hashed_version = keccak(text=name), keccak(text="1")
    separator = encode(
        ["bytes32", "bytes32", "bytes32", "uint256", "address"],
        [keccak(text=DOMAIN_TYPE), hashed_name, hashed_version, chain_id, contract],
    )
    kept = {
        "_CACHED_DOMAIN_SEPARATOR": keccak(separator),
        "_CACHED_CHAIN_ID": chain_id,
        "_CACHED_SELF": contract,
        "_NAME": name,
        "_HASHED_NAME": hashed_name,
        "_VERSION": "1",
        "_HASHED_VERSION": hashed_version,
    }
    return {f"eip712_domain_separator.{key}": value for key, value in kept.items()}


def _equal(code: bytes, expected: bytes) -> Found:
    if not code:
        return False, "no code"
    if code == expected:
        return True, f"{len(code)} bytes"
    if len(code) != len(expected):
        return False, f"{len(code)} bytes on the chain, {len(expected)} compiled"
    differs = next(at for at, (a, b) in enumerate(zip(code, expected, strict=True)) if a != b)
    return False, f"differs from the compiled code at byte {differs}"


def _holds(found: bytes, item: Immutable, value: Any) -> bool:
    """Whether the bytes of an immutable hold a value. Text may be followed by anything: nothing reads it."""
    if isinstance(value, str) and item.type != "address":
        text = value.encode()
        return int.from_bytes(found[:32], "big") == len(text) and found[32 : 32 + len(text)] == text
    return found == _words(value)


def _words(value: Any) -> bytes:
    if isinstance(value, tuple):
        return b"".join(_words(part) for part in value)
    if isinstance(value, bytes):
        return value
    return (int(value, 16) if isinstance(value, str) else value).to_bytes(32, "big")
