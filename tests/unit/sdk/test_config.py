"""Configurations: every error in one line, with the file, the key and what is allowed."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
import yaml
from tests.support.world import DEMO, changed_config, demo_config

from surety.config import load_config
from surety.config_restaking import LiquidTerms
from surety.sdk.errors import ConfigError
from surety.sdk.root import repository_root

KNOTS = [
    {"target": 1000, "cap": 2000, "hi": 0, "mid": 0, "low": 0},
    {"target": "1000.000001", "cap": 2000, "hi": "0.12", "mid": "0.06", "low": "0.01"},
]


@pytest.mark.parametrize("path", sorted((repository_root() / "config").glob("*.yaml")), ids=lambda path: path.stem)
def test_load__committed_configurations__give_terms(path):
    terms = load_config(path).terms
    assert len(terms.knots) == len(terms.tenors)
    assert all(isinstance(value, int) for knot in terms.knot_tuples for value in knot)


def test_terms__demo__in_the_contracts_units():
    terms = demo_config().terms
    assert terms.rules == (7 * 86_400, 25 * 10**16, 5 * 10**14, 250_000_000 * 10**6)
    assert terms.reserve == 20_000_000 * 10**6
    assert terms.tenors[:3] == (0, 4 * 604_800, 13 * 604_800)
    assert terms.anchor_window == 86_400
    assert demo_config().fit_result.rmse_bp < 10


def test_terms__variable__in_the_contracts_units(tmp_path):
    notice, max_tenor, terms = demo_config().terms.variable
    assert (notice, max_tenor) == (7 * 86_400, 104 * 604_800)
    assert terms == (2 * 10**12, 4 * 10**12, 6 * 10**16, 42 * 10**15, 25 * 10**15, 5_000, 200, 50)
    assert demo_config().terms.interest_reserve == 500_000 * 10**6
    left_out = load_config(changed_config(tmp_path, variable=None)).terms
    assert left_out.variable_terms[2:5] == (6 * 10**16, 4 * 10**16, 2 * 10**16)
    assert left_out.interest_reserve == 0


def test_terms__knots_written_out__exact(tmp_path):
    config = load_config(changed_config(tmp_path, fit=None, knots=KNOTS, tenors_weeks=[0, 52]))
    assert config.fit_result is None
    assert config.terms.knot_tuples[1] == (1_000_000_001, 2_000_000_000, 12 * 10**16, 6 * 10**16, 10**16)


def change(section, **values):
    return {section: yaml.safe_load(DEMO.read_text())[section] | values}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"fee_bps": 1_001}, "fee_bps: must be from 0 to 1000, not 1001"),
        ({"fee_bps": -1}, "fee_bps: must be from 0 to 1000, not -1"),
        ({"fee_pbs": 10}, "fee_pbs: unknown key"),
        ({"rules": None}, "rules: missing"),
        ({"path": "x"}, "path: unknown key"),
        (change("variable", cap=1), "variable: cap is not above target"),
        (change("variable", mid_bps=700), "variable: hi_bps, mid_bps and low_bps must not rise"),
        (change("variable", hi_bps=10_001), "variable.hi_bps: must be from 0 to 10000, not 10001"),
        (change("variable", exit_bps=-1), "variable.exit_bps: must be from 0 to 10000, not -1"),
        (change("variable", step_bps=0), "variable.step_bps: must be from 1 to 10000, not 0"),
        (change("variable", target=0.5), "variable.target: write whole numbers, or decimals in quotes"),
        (change("variable", target="0.0000001"), "variable.target: "),
        (change("variable", notice_days=0), "variable.notice_days: must be from 1 to 90, not 0"),
        (change("variable", max_tenor_weeks=256), "variable.max_tenor_weeks: must be from 1 to 255, not 256"),
        (
            change("variable", hi_bps=6_000, exit_bps=10_000),
            "an early sale of the longest maturity would cost too much",
        ),
        (
            change("variable", hi_bps=9_000, mid_bps=9_000, low_bps=9_000, exit_bps=10_000, max_tenor_weeks=255),
            "too much",
        ),
        (change("variable", rate=1), "variable.rate: unknown key"),
        (change("rules", notice_days=91), "rules.notice_days: must be from 1 to 90, not 91"),
        (change("rules", notice=7), "rules.notice: unknown key"),
        (change("rules", max_forward="11"), "rules.max_forward: must be above 0 to 10, not 11"),
        (change("rules", max_forward=0.25), "rules.max_forward: write whole numbers, or decimals in quotes"),
        (change("rules", max_debt="many"), "rules.max_debt: 'many' is no number"),
        (change("rules", anchor_window_hours=0), "rules.anchor_window_hours: must be from 1 to 720, not 0"),
        (change("limits", buys=0), "limits.buys: must be above 0 to 1000000000000000, not 0"),
        (change("limits", roll_percent=100), "limits.roll_percent: must be from 0 to 99, not 100"),
        (change("limits", buy_block_percent=101), "limits.buy_block_percent: must be from 1 to 100, not 101"),
        (change("limits", budget="0.0000001"), "limits.budget: 1E-7 has more decimals than the market keeps (6)"),
        (change("limits", budget=True), "limits.budget: write whole numbers, or decimals in quotes"),
        (change("asset", decimals=19), "asset.decimals: must be from 0 to 18, not 19"),
        (change("asset", label=""), "asset.label: "),
        (change("asset", address="0x1234"), "asset.address: '0x1234' is no checksummed address"),
        ({"roles": {"curator": "0x" + "00" * 20}}, "roles.curator: the zero address can't hold a role"),
        ({"roles": {"curator": "0x" + "ab" * 20}}, "roles.curator: "),
        ({"roles": {"proposers": ["me"]}}, "roles.proposers.0: 'me' is no checksummed address"),
        ({"roles": {"emperor": "x"}}, "roles.emperor: unknown key"),
        ({"exchange": {"fee_cap_bps": 201}}, "exchange.fee_cap_bps: must be from 0 to 200, not 201"),
        ({"exchange": {"fee_cap_bps": 4, "fee_bps": 5}}, "exchange: fee_bps is above fee_cap_bps"),
        ({"rolling": {"tip_bps": 1_001}}, "rolling.tip_bps: must be from 0 to 1000, not 1001"),
        ({"rolling": {"tenor_weeks": 210}}, "the file: rolling.tenor_weeks is beyond the last of tenors_weeks"),
        ({"mint_cap": "-1"}, "mint_cap: must be from 0 to 1000000000000000, not -1"),
        ({"mint_cap": "0.0000001"}, "mint_cap: finer than the smallest unit that is stored"),
        ({"timelock": {"delay_days": 31}}, "timelock.delay_days: must be from 0 to 30, not 31"),
        ({"timelock": {"delay_days": "NaN"}}, "timelock.delay_days: "),
        ({"tenors_weeks": [0]}, "tenors_weeks: "),
        ({"tenors_weeks": [0, 300]}, "tenors_weeks.1: "),
        ({"tenors_weeks": [0, 4, 13, 26, 52, 104, 156]}, "differ in length"),
        ({"tenors_weeks": [0, 4, 13, 26, 52, 104, 209, 156]}, "tenors_weeks: start at 0, rise strictly"),
        ({"fit": None}, "the file: give either fit or knots"),
        ({"knots": KNOTS}, "the file: give either fit or knots"),
        (
            {"fit": None, "tenors_weeks": [0, 52], "knots": [KNOTS[0], KNOTS[1] | {"cap": 900}]},
            "knot 1 (52 weeks): cap",
        ),
        (
            {"fit": None, "tenors_weeks": [0, 52], "knots": [KNOTS[0], KNOTS[1] | {"hi": 5}]},
            "knots.1.hi: must be from 0 to 4",
        ),
        ({"fit": None, "tenors_weeks": [0, 52], "knots": [KNOTS[0], KNOTS[1] | {"mid": "0.2"}]}, "lo ≤ discount ≤ hi"),
        ({"chain_id": 0}, "chain_id: "),
        (change("fit", market="yields/none.yaml"), "no yields at"),
    ],
)
def test_load__wrong_value__names_key_and_range(tmp_path, changes, told):
    path = changed_config(tmp_path, **changes)
    if "market" in str(changes.get("fit", "")) and "none" in str(changes["fit"]):
        path.write_text(path.read_text().replace("us-treasury-2024-10-07", "none"))
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    message = str(caught.value)
    assert told in message
    assert message.startswith("changed.yaml: ")
    assert "\n" not in message
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("fee_bps: [1", "broken.yaml is not YAML"),
        ("- 1", "broken.yaml: a configuration is a map of keys, not list"),
        ("", "broken.yaml: a configuration is a map of keys, not NoneType"),
        ("\x00", "broken.yaml is not YAML"),
    ],
)
def test_load__malformed_yaml__one_line(tmp_path, text, told):
    path = tmp_path / "broken.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_load__no_file__one_line(tmp_path):
    with pytest.raises(ConfigError, match="no configuration at"):
        load_config(tmp_path / "none.yaml")


def test_digest__follows_what_is_deployed_and_nothing_else(tmp_path):
    base = load_config(changed_config(tmp_path))
    assert base.digest == demo_config().digest, "where the file stands does not matter"
    assert load_config(changed_config(tmp_path, fee_bps=201)).digest != base.digest
    assert load_config(changed_config(tmp_path, chain_id=5)).digest != base.digest


def test_terms__are_frozen():
    terms = demo_config().terms
    assert replace(terms, fee_bps=3).fee_bps == 3
    with pytest.raises(AttributeError):
        terms.fee_bps = 4
    assert isinstance(demo_config().rules.max_forward, Decimal)


def test_restaking__in_contract_units(tmp_path):
    terms = demo_config().terms.restaking
    assert (terms.minimum, terms.bond_cap, terms.price) == (10_000 * 10**6, 10_000_000 * 10**6, 10**8)
    assert terms.policy == (7 * 86_400, 3 * 86_400, 1_000, 100_000 * 10**6, 3_000, 5_000, 500)
    assert load_config(changed_config(tmp_path, restaking=None, commitments=None)).terms.restaking is None


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("ruling_days", 5, "ruling_days: a review needs two days to dispute"),
        ("low", 1, "price must lie between low and high"),
        ("review_days", 6, "restaking.review_days: must be from 7 to 14, not 6"),
        ("judgement_bond_bps", 99, "restaking.judgement_bond_bps: must be from 100 to 10000, not 99"),
        ("price", "1.000000001", "restaking.price: finer than the smallest unit that is stored"),
        ("judge", "0x" + "00" * 20, "the zero address can't hold a role"),
        ("minimum_stake", 1, "restaking.minimum_stake: unknown key"),
    ],
)
def test_restaking__what_contracts_would_refuse__told(tmp_path, key, value, told):
    with pytest.raises(ConfigError, match=re.escape(told)):
        load_config(changed_config(tmp_path, restaking={key: value}))


def test_restaking__one_account_vetoes_and_confirms__refused(tmp_path):
    one = "0x" + "11" * 20
    with pytest.raises(ConfigError, match="vetoer and confirmer must differ"):
        load_config(changed_config(tmp_path, restaking={"vetoer": one, "confirmer": one}))


def test_restaking__first_liquid_vault__terms_apart_from_what_is_deployed(tmp_path):
    operator = "0x" + "11" * 20
    changed = load_config(changed_config(tmp_path, restaking={"liquid": {"operator": operator, "notice_days": 21}}))
    assert changed.restaking.liquid.terms == LiquidTerms(notice=21 * 86_400, name="Liquid stake", symbol="LQST")
    assert changed.digest == demo_config().digest
    assert demo_config().restaking.liquid is None


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("notice_days", 13, "restaking.liquid.notice_days: must be from 14 to 90, not 13"),
        ("symbol", "TOOLONG", "restaking.liquid.symbol"),
        ("operator", "0x12", "is no checksummed address"),
    ],
)
def test_restaking__liquid_vault_that_could_not_be_made__told(tmp_path, key, value, told):
    path = changed_config(tmp_path, restaking={"liquid": {"operator": "0x" + "11" * 20, key: value}})
    with pytest.raises(ConfigError, match=re.escape(told)):
        load_config(path)
