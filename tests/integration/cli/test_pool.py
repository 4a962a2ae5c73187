"""`surety pool`: made, joined, voting, paid and left, sent by key files alone on an anvil."""

import json

import pytest
from tests.support.pool_terminal import CONTROLLER, DAY, FOUNDER, PoolTerminal
from tests.support.stake_terminal import DELEGATOR, OPERATOR, OTHER, RELAYER, UNIT, open_terminal

from surety.sdk.anvil import Anvil
from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract
from surety.sdk.engines import rolled_back
from surety.sdk.pay import EPOCH
from surety.sdk.pool_making import PARTS
from surety.sdk.services import Services
from surety.sdk.suite import WEEK

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Service 1 answers pings; its cooldown is a day."""
    with Anvil() as node:
        terminal, engine = open_terminal(node, tmp_path_factory.mktemp("pool"))
        yield PoolTerminal(terminal, engine, "uptime")


@pytest.fixture
def pool(made):
    with rolled_back(made.engine):
        yield made


@pytest.fixture
def engine(pool):
    return pool.engine


@pytest.fixture
def terminal(pool):
    return pool.terminal


def test_create__blueprints_are_found_again__and_one_name_makes_one_pool(pool, terminal, engine, capsys):
    suite = terminal.suite()
    wallet = terminal.wallet(FOUNDER)
    assert terminal.code("pool", "create", "vault", "--name", "Savers together", *wallet) == 1
    assert f"--pool {pool.address}" in capsys.readouterr().err
    told = terminal.send(FOUNDER, "pool", "create", "rolling", "--quorum-bps", "500")
    assert all(told[part].endswith("there already") for part in PARTS)
    assert told["pool"] != pool.address
    assert told["token"] == suite.rolling.address
    found = terminal.json("pool", "status", "--pool", told["pool"], "--as", FOUNDER.address)
    assert (found["asset"], found["supply"], found["symbol"]) == (suite.rolling.address, "0", "POOL")
    blueprints = ",".join(pool.told[part].split(",")[0] for part in PARTS)
    sent = json.loads(
        terminal.run(
            "pool", "create", "vault", "--blueprints", blueprints, "--as", OTHER.address, "--output", "calldata"
        )
    )
    assert [one["to"] for one in sent] == [None]
    backwards = ",".join(reversed(blueprints.split(",")))
    assert terminal.code("pool", "create", "vault", "--blueprints", backwards, "--as", OTHER.address) == 1
    assert "is no blueprint of PoolPortfolio" in capsys.readouterr().err


def test_deposit__dry_and_as_calldata__changes_nothing(pool, terminal, engine):
    deposit = ("pool", "deposit", "50", "--pool", pool.address, "--as", DELEGATOR.address)
    before = engine.nonce(DELEGATOR.address), pool.shares(DELEGATOR), pool.state()
    assert "nothing was sent" in terminal.run(*deposit)
    assert json.loads(terminal.run(*deposit, "--output", "calldata"))["to"] == pool.address
    assert (engine.nonce(DELEGATOR.address), pool.shares(DELEGATOR), pool.state()) == before


def test_status__pool_with_a_payout_of_somebody_elses__is_refused(pool, terminal, engine, capsys):
    suite, blueprints = terminal.suite(), tuple(pool.told[part].split(",")[0] for part in PARTS)
    wired = suite.bonding.address, suite.escrow.address, suite.vault.address, FOUNDER.address
    data = artefact("CollectivePool").creation(*wired, blueprints, 2_000, 100, "Savers together", "SAVE")
    false = engine.create(FOUNDER.address, data).contract
    assert terminal.code("pool", "status", "--pool", false, "--as", OTHER.address) == 1
    assert "PoolPortfolio: immutable PAYOUT is not" in capsys.readouterr().err


def test_create__broken_off_after_two_blueprints__goes_on(pool, terminal, engine):
    for part in PARTS[:2]:
        engine.create(OTHER.address, artefact(part).blueprint_initcode)
    dry = json.loads(terminal.run("pool", "create", "vault", "--as", OTHER.address, "--output", "json"))
    assert [dry[part].split()[0] for part in PARTS][2] == "would"
    told = terminal.send(OTHER, "pool", "create", "vault")
    assert [told[part].endswith("there already") for part in PARTS] == [True, True, False]
    assert pool.state()["pool"] != told["pool"]
    assert Contract(engine, told["pool"], artefact("CollectivePool")).call("wiring")[1] == told["portfolio"]


def test_pool__backs_by_vote_and_is_left_by_request_and_claim(pool, terminal, engine):
    before = pool.shares(DELEGATOR)
    lock = pool.backed()
    found = pool.state()
    assert (found["assets"], found["idle"], found["share_value"]) == ("10000", "1000", "1")
    assert [(one["units"], one["operator"]) for one in found["positions"]] == [("9000", OPERATOR.address)]
    assert (found["proposals"][0]["state"], found["proposals"][0]["why"]) == ("carried out", "it answers")
    assert f"lock {lock}" in terminal.run("pool", "status", "--pool", pool.address, "--as", OTHER.address)

    told = pool.send(DELEGATOR, "request", "all")
    assert told["worth_now"].startswith("8,000 ")
    assert terminal.code("pool", "claim", "--pool", pool.address, "--as", DELEGATOR.address) == 1
    engine.set_time(pool.state()["closes"])
    pool.send(OTHER, "advance")
    found = pool.state()
    assert (found["round"], found["leaving"], found["leaving_value"]) == (2, 1, "8000")
    assert found["ripe_at"] == engine.timestamp + DAY
    assert sorted(one["leaving"] for one in found["positions"]) == ["all", "nothing"]
    assert found["holding"]["pending"] == "8000"
    assert "leaving round" in terminal.run("pool", "status", "--pool", pool.address, "--as", OTHER.address)
    engine.advance(DAY)
    assert pool.state()["holding"]["claimable"] == "8000"
    pool.send(DELEGATOR, "claim")
    assert pool.shares(DELEGATOR) == before + 8_000 * UNIT
    found = pool.state(RELAYER)
    assert (found["assets"], found["holding"]["worth"], found["leaving"]) == ("2000", "2000", 0)


def test_pool__withdraws_by_vote__and_a_vote_falls_to_what_is_left(pool, terminal, engine, capsys):
    lock = pool.backed()
    number = pool.send(RELAYER, "propose", "withdraw", lock)["proposal"]
    pool.send(RELAYER, "vote", number, "against")
    pool.send(DELEGATOR, "vote", number, "for")
    pool.send(RELAYER, "request", "1200")
    assert pool.send(OTHER, "recount", number, RELAYER.address)["shares_now"] == "800 SAVE"
    assert pool.state()["proposals"][0]["no"] == "800"
    carry_out = ("pool", "carry-out", number, "--pool", pool.address, "--as", OTHER.address)
    assert terminal.code(*carry_out) == 3
    assert "pool_ballot: too soon" in capsys.readouterr().err
    assert pool.state()["proposals"][0]["state"] == "voting"
    engine.advance(3 * DAY)
    assert pool.state()["proposals"][0]["state"] == "can be carried out"
    pool.send(OTHER, "carry-out", number)
    engine.advance(2 * WEEK)
    pool.send(OTHER, "advance")
    assert pool.state()["positions"] == []


def test_pay__pulled_distributed_and_claimed_by_who_held(pool, terminal, engine):
    lock = pool.backed()
    terminal.send(CONTROLLER, "service", "pay", "terms", "1", "asset")
    terminal.send(RELAYER, "service", "pay", "approve", "1", "1000")
    first = engine.timestamp // EPOCH + 1
    terminal.send(RELAYER, "service", "pay", "fund", "1", "1000")
    suite = terminal.suite()
    suite.contracts["liveness"].send("watch", Services(suite).id_of("1"), sender=RELAYER.address)
    engine.set_time((first + 1) * EPOCH + 2 * DAY + 60)
    before = terminal.cash(DELEGATOR)
    told = pool.send(OTHER, "pay", "pull", lock)
    paid = terminal.cash(pool.state()["dividends"])
    assert told["pay"] == f"{paid / UNIT:.6f}".rstrip("0") + " USDC"
    pool.send(OTHER, "pay", "distribute", suite.asset.address)
    assert pool.state()["holding"]["dividends"] == {"1": f"{paid * 4 // 5 / UNIT:.6f}".rstrip("0")}
    pool.send(DELEGATOR, "pay", "claim")
    assert terminal.cash(DELEGATOR) - before == paid * 4 // 5 > 0
    pool.send(OTHER, "pay", "claim", "1", "--of", RELAYER.address)
    assert terminal.code("pool", "pay", "claim", "--pool", pool.address, "--as", DELEGATOR.address) == 1
    assert terminal.code("pool", "pay", "recycle", "1", "--pool", pool.address, "--as", OTHER.address) == 3


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (("create", "0x" + "77" * 20), 1, "can't be pooled"),
        (("create", "vault", "--symbol", "TOOLONG"), 1, "a symbol 5"),
        (("status", "--pool", "asset"), 1, "is no collective pool of these sources"),
        (("deposit", "5", "--pool", "pool"), 1, "surety pool approve 5 --broadcast"),
        (("claim", "--pool", "pool"), 1, "can be claimed yet"),
        (("propose", "back", "1", OPERATOR.address, "5", "--pool", "pool"), 3, "too few shares to propose"),
        (("propose", "back", "9", OPERATOR.address, "5", "--pool", "pool"), 1, "there is no service 9"),
        (("propose", "withdraw", "9", "--pool", "pool"), 1, "lock 9 is no position of the pool"),
        (("vote", "9", "for", "--pool", "pool"), 1, "there is no proposal 9"),
        (("refund", "9", "--pool", "pool"), 3, "async_vault: nothing to refund"),
        (("pay", "pull", "9", "--pool", "pool"), 3, "pool_portfolio: no such position"),
        (("pay", "forward", "asset", "--pool", "pool"), 1, "no checksummed address"),
    ],
)
def test_pool__wrong_input__is_told(made, capsys, command, code, told):
    terminal = made.terminal
    at = {"pool": made.address, "asset": terminal.suite().asset.address}
    words = [at[word] if command[number - 1] == "--pool" else word for number, word in enumerate(command)]
    assert terminal.code("pool", *words, "--as", FOUNDER.address) == code
    assert told in capsys.readouterr().err
