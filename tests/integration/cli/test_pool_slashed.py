"""A pool's loss by the command line: an operator breaks what it promised, a stranger proves it, the holders leave."""

import json
from uuid import uuid4

import pytest
from tests.support.pool_terminal import DAY, PoolTerminal
from tests.support.stake_terminal import (
    CONFIRMER,
    DELEGATOR,
    OPERATOR,
    OTHER,
    PROVER,
    RELAYER,
    UNIT,
    VETOER,
    open_terminal,
)

from surety.sdk.anvil import Anvil
from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract
from surety.sdk.engines import rolled_back
from surety.sdk.suite import WEEK

pytestmark = pytest.mark.integration

AGE = "max_age=60"
REASON = "0x" + "01" * 32


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Behind service 1, whose operators choose how old a price may be, at 1 % for each older one."""
    with Anvil() as node:
        terminal, engine = open_terminal(node, tmp_path_factory.mktemp("slashed"))
        yield PoolTerminal(terminal, engine, "stale_price")


@pytest.fixture
def pool(made):
    with rolled_back(made.engine):
        yield made


def prices(pool, *ages):
    """Signed in a row by the operator's service key past its journal, a log of them as a reader would keep it."""
    terminal, folder = pool.terminal, pool.terminal.folder
    proof = folder / "proof.json"
    proof.write_text(terminal.run("operator", "prove-key", OPERATOR.address, *terminal.wallet(OPERATOR)))
    terminal.send(OPERATOR, "operator", "rotate-key", str(proof))
    suite, service = terminal.suite(), terminal.json("service", "status", "1")["id"]
    now, lines = pool.engine.timestamp, []
    for age in ages:
        journal, draft = folder / f"{uuid4()}.journal", folder / "price.json"
        fields = {"pair": "0x" + "01" * 32, "value": "7", "observed": str(now - age)}
        draft.write_text(json.dumps({"service": service, "message": "Price", "fields": fields, "time": now}))
        where = ("--journal", str(journal))
        registry = ("--chain-id", "31337", "--registry", suite.commitments.address)
        terminal.offline("journal", "create", "--operator", OPERATOR.address, *registry, *where)
        # a journal that holds the promise with another age signs what this service forbids
        text = ("--commitment", str(pool.text), "--param", "max_age=3600")
        lines.append(terminal.offline("sign", str(draft), *text, *where, *terminal.wallet(OPERATOR)))
    log = folder / "prices.log"
    log.write_text("".join(lines))
    return service, log


def proven(pool, service, log):
    """Found in the log, committed to and shown; the evidence."""
    terminal = pool.terminal
    whom = ("--service", service, "--operator", OPERATOR.address, "--param", AGE)
    out = terminal.folder / "evidence"
    found = terminal.offline("prove", "find", str(log), "--commitment", str(pool.text), *whom, "--out", str(out))
    assert found.count("fresh is broken") == 1
    evidence = found.partition(":")[0]
    for step in ("commit", "reveal"):
        told = terminal.json("prove", step, evidence, *terminal.wallet(PROVER), "--broadcast")
    # by a key file, so with gas that the node estimated: enough to propose as well as to record
    assert (told["takes"], told["lock_1"]) == ("1 %", "slash 1")
    return evidence


def test_pool__slashed_for_a_stale_price__loses_a_part_and_is_left_at_what_remains(pool):
    terminal, engine = pool.terminal, pool.engine
    before = {one: pool.shares(one) for one in (DELEGATOR, RELAYER)}
    lock = pool.backed("9000", AGE)
    stand = terminal.json("service", "status", "1", OPERATOR.address)
    assert stand[f"lock_{lock}"].startswith("9000 vault, of ")
    service, log = prices(pool, 60, 61)
    evidence = proven(pool, service, log)
    assert terminal.json("prove", "status", evidence, "--as", PROVER.address)[f"lock_{lock}"] == "slash 1"

    found = pool.state()
    one = found["slashes"][0]
    assert (one["slash"], one["lock"], one["seized"], one["state"]) == (1, int(lock), "90", "open")
    assert (found["assets"], found["positions"][0]["units"], found["share_value"]) == ("9910", "8910", "0.991")
    assert f"90 vROLL of lock {lock}, open, reviewed until" in pool.table()

    told = pool.send(DELEGATOR, "request", "all")
    assert told["worth_now"].startswith("7,928 ")
    engine.advance(7 * DAY + 60)
    terminal.send(OTHER, "slash", "finalise", "1")
    assert pool.state()["slashes"][0]["state"] == "finalised"
    pool.send(OTHER, "advance")
    engine.advance(2 * WEEK)
    pool.send(OTHER, "advance")
    pool.send(DELEGATOR, "claim")
    pool.send(RELAYER, "request", "all")
    engine.advance(WEEK)
    pool.send(OTHER, "advance")
    engine.advance(2 * WEEK)
    pool.send(OTHER, "advance")
    pool.send(RELAYER, "claim")
    got = {one: pool.shares(one) - before[one] for one in before}
    assert got == {DELEGATOR: 7_928 * UNIT, RELAYER: 1_982 * UNIT}
    found = pool.state(RELAYER)
    assert (found["assets"], found["supply"], found["positions"]) == ("0", "0", [])


def test_pool__slash_that_is_vetoed__gives_back_to_who_held_at_the_seizure(pool):
    terminal, engine = pool.terminal, pool.engine
    pool.backed("9000", AGE)
    proven(pool, *prices(pool, 3_000))
    pool.send(DELEGATOR, "request", "all")
    suite = terminal.suite()
    terminal.send(VETOER, "slash", "announce-veto", "1", REASON)
    engine.advance(2 * DAY + 60)
    terminal.send(CONFIRMER, "slash", "confirm", "1", REASON)
    engine.set_time(suite.slashes.call("seizure", 1).release_at)
    terminal.send(OTHER, "slash", "release", "1")
    refunds = {who: pool.state(who)["holding"]["refunds"] for who in (DELEGATOR, RELAYER)}
    assert refunds == {DELEGATOR: {"1": "72"}, RELAYER: {"1": "18"}}
    before = suite.vault.balanceOf(DELEGATOR.address)
    pool.send(DELEGATOR, "refund", "1")
    assert suite.vault.balanceOf(DELEGATOR.address) - before == 72 * UNIT


def test_pay__what_was_sent_to_the_locks_owner__is_forwarded_and_shared(pool):
    terminal, engine = pool.terminal, pool.engine
    created = engine.create(OTHER.address, artefact("MockERC20").creation("Gift", "GIFT", 18)).contract
    gift = Contract(engine, created, artefact("MockERC20"))
    found = pool.state()
    gift.send("mint", found["portfolio"], 10**18, sender=OTHER.address)
    assert "forward" in pool.send(OTHER, "pay", "forward", gift.address)["call"]
    assert gift.balanceOf(found["dividends"]) == 10**18
    pool.send(OTHER, "pay", "distribute", gift.address)
    assert {who: pool.state(who)["holding"]["dividends"] for who in (DELEGATOR, RELAYER)} == {
        DELEGATOR: {"1": "0.8"},
        RELAYER: {"1": "0.2"},
    }
    pool.send(RELAYER, "pay", "claim")
    assert gift.balanceOf(RELAYER.address) == 2 * 10**17
    asset = terminal.suite().vault.address
    assert terminal.code("pool", "pay", "forward", asset, "--pool", pool.address, "--as", OTHER.address) == 3
