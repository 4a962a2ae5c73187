"""`check_profile` against ProfileBounds itself: both accept, or both refuse."""

import random
from dataclasses import astuple, replace

import pytest

from surety.config import load_config
from surety.curves import ProfileError, check_profile
from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract
from surety.sdk.engines import make_engine
from surety.sdk.errors import Reverted
from surety.sdk.root import repository_root

WEEK = 604_800
STEP = 10**5
NOTHING = (0,) * 8


@pytest.fixture(scope="module")
def bounds():
    engine = make_engine("pyrevm")
    made = artefact("ProfileBounds")
    return Contract(engine, engine.create(engine.accounts[0], made.initcode).contract, made)


@pytest.fixture(scope="module", params=["demo", "usdc", "dai-18-decimals"])
def config(request):
    return load_config(repository_root() / "config" / f"{request.param}.yaml")


def refusals(bounds, config, knots, max_debt):
    """Reasons of the Python check and of the contract, None where they accept."""
    terms = config.terms
    python = chain = None
    try:
        check_profile(config.tenors_weeks, knots, terms.decimals, terms.max_forward, max_debt)
    except ProfileError as error:
        python = str(error)
    rules = (terms.notice, terms.max_forward, terms.max_drift, max_debt)
    unit = 10 ** max(terms.decimals - 6, 0)
    try:
        tenors = [weeks * WEEK for weeks in config.tenors_weeks]
        bounds.check(NOTHING, [astuple(knot) for knot in knots], 0, tenors, unit, rules)
    except Reverted as error:
        chain = error.reason
    return python, chain


def test_inv_fit_2__fitted_knots__accepted_by_both(bounds, config):
    assert refusals(bounds, config, config.terms.knots, config.terms.max_debt) == (None, None)


def test_inv_fit_3__knots_bent_at_random__same_verdict(bounds, config):
    draw = random.Random(20241007)
    unit = 10 ** max(config.terms.decimals - 6, 0)
    verdicts = {True: 0, False: 0}
    for _ in range(400):
        knots = list(config.terms.knots)
        at = draw.randrange(len(knots))
        field = draw.choice(["target", "cap", "discount_hi", "discount", "discount_lo"])
        step = unit if field in ("target", "cap") else STEP
        factor = draw.choice([0, 0.5, 0.9, 0.99, 1.01, 1.1, 2, 5, 40])
        value = int(getattr(knots[at], field) * factor) // step * step
        value += draw.choice([0, 0, 0, 0, 0, 1, step])  # sometimes finer than what is stored
        knots[at] = replace(knots[at], **{field: value})
        max_debt = config.terms.max_debt * draw.choice([6, 10, 10, 10]) // 10
        python, chain = refusals(bounds, config, knots, max_debt)
        assert (python is None) == (chain is None), (python, chain, at, field, value)
        verdicts[python is None] += 1
    assert min(verdicts.values()) > 50


def test_inv_fit_3__speed_at_the_edge__same_verdict_to_a_grain(bounds, config):
    terms = config.terms
    knots = list(terms.knots)
    seconds = (config.tenors_weeks[-1] - config.tenors_weeks[-2]) * WEEK
    most = knots[-2].discount_hi + terms.max_forward * seconds // 31_536_000 // STEP * STEP
    verdicts = []
    for value in (most, most + STEP):
        knots[-1] = replace(knots[-1], discount_hi=value)
        verdicts.append(refusals(bounds, config, knots, terms.max_debt))
    assert verdicts[0] == (None, None)
    assert "a bond would earn" in verdicts[1][0]
    assert verdicts[1][1] == "debt_profile: ageing bond earns too much"
