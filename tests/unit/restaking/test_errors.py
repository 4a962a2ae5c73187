"""Every reason for which the restaking contracts refuse has a test of the same words."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
ERRORS = ROOT / "contracts/restaking/errors.vy"
REASON = re.compile(r'^(\w+): constant\(String\[\d+\]\) = "(.*)"$', re.MULTILINE)
TESTS = (ROOT / "tests/unit/restaking", ROOT / "tests/fuzz/restaking")
CONTRACTS = (
    *("asset_registry", "feed_reader", "median_feed", "fixed_feed", "bond_feed", "operator_registry"),
    *("stake_pots", "delegation_manager", "delegation_signer", "pool_rewards", "exposure_book"),
)


def reasons():
    return {name: text for name, text in REASON.findall(ERRORS.read_text()) if text.split(":")[0] in CONTRACTS}


def test_errors__each_reason__is_short_and_names_its_contract():
    found = reasons()
    assert len(found) > 60
    assert len(set(found.values())) == len(found)
    for reason in found.values():
        assert re.fullmatch(r"[a-z_]+: [A-Za-z0-9' ,]+", reason)
        assert len(reason) <= 48


def test_errors__each_reason__is_raised_and_tested():
    sources = "".join(path.read_text() for path in (ROOT / "contracts/restaking").rglob("*.vy") if path != ERRORS)
    tests = "".join(path.read_text() for folder in TESTS for path in folder.rglob("test_*.py"))
    # tests of one contract may leave its name to a helper or to the parameters of a test
    said = tests + " ".join(f'"{name}: {end}"' for name in CONTRACTS for end in re.findall(r'"([^"\n]+)"', tests))
    assert [name for name in reasons() if f"errors.{name}" not in sources] == []
    assert [reason for reason in reasons().values() if f'"{reason}"' not in said] == []
