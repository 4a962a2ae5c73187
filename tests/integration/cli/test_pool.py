"""`surety pool`: made, joined, voting, paid and left, sent by key files alone on an anvil."""

import json

import pytest
from tests.support.journal import text_of
from tests.support.stake_terminal import (
    DELEGATOR,
    OPERATOR,
    OTHER,
    RELAYER,
    UNIT,
    make_operator,
    open_terminal,
)

from surety.sdk.anvil import Anvil
from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract
from surety.sdk.engines import dev_account
from surety.sdk.pay import EPOCH
from surety.sdk.pool_making import PARTS
from surety.sdk.services import Services
from surety.sdk.suite import WEEK

pytestmark = pytest.mark.integration

CONTROLLER, FOUNDER = OTHER, dev_account(14)
DAY = 86_400


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Service 1 answers pings (cooldown a day); a pool of vault shares, in which DELEGATOR has 8,000, RELAYER 2,000."""
    with Anvil() as node:
        terminal, engine = open_terminal(node, tmp_path_factory.mktemp("pool"))
        make_operator(terminal, OPERATOR)
        text = terminal.folder / "uptime.surety"
        text.write_text(text_of("uptime"))
        template = terminal.send(CONTROLLER, "commitment", "register", str(text))["template"]
        terminal.send(CONTROLLER, "service", "open", template)
        dry = json.loads(terminal.run("pool", "create", "vault", *terminal.wallet(FOUNDER), "--output", "json"))
        assert dry["CollectivePool"].startswith("would be ")
        assert dry["sent"] is False
        told = terminal.send(FOUNDER, "pool", "create", "vault", "--name", "Savers together", "--symbol", "SAVE")
        terminal.pool, terminal.told = told["pool"], told
        for person, amount in ((DELEGATOR, "8000"), (RELAYER, "2000")):
            terminal.send(person, "market", "approve", "10000", "--spender", "vault")
            terminal.send(person, "market", "roll", "deposit", "10000")
            send(terminal, person, "approve", "all")
            send(terminal, person, "deposit", amount)
        engine.advance(7 * DAY + 1)
        yield terminal, engine


@pytest.fixture
def engine(made):
    mark = made[1].snapshot()
    yield made[1]
    made[1].restore(mark)


@pytest.fixture
def terminal(made, engine):
    return made[0]


def send(terminal, account, *command):
    """Sent at once: what is dry, `test_deposit__dry…` looks at."""
    told = terminal.json("pool", *command, "--pool", terminal.pool, *terminal.wallet(account), "--broadcast")
    assert told["sent"] is True
    return told


def state(terminal, account=DELEGATOR):
    return terminal.json("pool", "status", account.address, "--pool", terminal.pool)


def allow(terminal):
    """The operator lets the pool's lock make it enter."""
    terminal.send(OPERATOR, "service", "allow", "1", state(terminal)["portfolio"], "--enter")


def backed(terminal, engine, amount="9000"):
    """Voted and carried out; the lock's number."""
    allow(terminal)
    told = send(terminal, DELEGATOR, "propose", "back", "1", OPERATOR.address, amount, "--why", "it answers")
    assert told["allowed"] == "yes"
    assert send(terminal, DELEGATOR, "vote", told["proposal"], "for")["why"] == "it answers"
    engine.advance(7 * DAY)
    send(terminal, OTHER, "carry-out", told["proposal"])
    return str(state(terminal)["positions"][0]["lock"])


def vault_shares(terminal, account):
    return terminal.suite().vault.balanceOf(account.address)


def test_create__blueprints_are_found_again__and_one_name_makes_one_pool(terminal, engine, capsys):
    suite = terminal.suite()
    wallet = terminal.wallet(FOUNDER)
    assert terminal.code("pool", "create", "vault", "--name", "Savers together", *wallet) == 1
    assert f"--pool {terminal.pool}" in capsys.readouterr().err
    told = terminal.send(FOUNDER, "pool", "create", "rolling", "--quorum-bps", "500")
    assert all(told[part].endswith("there already") for part in PARTS)
    assert told["pool"] != terminal.pool
    assert told["token"] == suite.rolling.address
    found = terminal.json("pool", "status", "--pool", told["pool"], "--as", FOUNDER.address)
    assert (found["asset"], found["supply"], found["symbol"]) == (suite.rolling.address, "0", "POOL")
    blueprints = ",".join(terminal.told[part].split(",")[0] for part in PARTS)
    sent = json.loads(
        terminal.run(
            "pool", "create", "vault", "--blueprints", blueprints, "--as", OTHER.address, "--output", "calldata"
        )
    )
    assert [one["to"] for one in sent] == [None]
    backwards = ",".join(reversed(blueprints.split(",")))
    assert terminal.code("pool", "create", "vault", "--blueprints", backwards, "--as", OTHER.address) == 1
    assert "is no blueprint of PoolPortfolio" in capsys.readouterr().err


def test_deposit__dry_and_as_calldata__changes_nothing(terminal, engine):
    deposit = ("pool", "deposit", "50", "--pool", terminal.pool, "--as", DELEGATOR.address)
    before = engine.nonce(DELEGATOR.address), vault_shares(terminal, DELEGATOR), state(terminal)
    assert "nothing was sent" in terminal.run(*deposit)
    assert json.loads(terminal.run(*deposit, "--output", "calldata"))["to"] == terminal.pool
    assert (engine.nonce(DELEGATOR.address), vault_shares(terminal, DELEGATOR), state(terminal)) == before


def test_status__pool_with_a_payout_of_somebody_elses__is_refused(terminal, engine, capsys):
    suite, blueprints = terminal.suite(), tuple(terminal.told[part].split(",")[0] for part in PARTS)
    wired = suite.bonding.address, suite.escrow.address, suite.vault.address, FOUNDER.address
    data = artefact("CollectivePool").creation(*wired, blueprints, 2_000, 100, "Savers together", "SAVE")
    false = engine.create(FOUNDER.address, data).contract
    assert terminal.code("pool", "status", "--pool", false, "--as", OTHER.address) == 1
    assert "PoolPortfolio: immutable PAYOUT is not" in capsys.readouterr().err


def test_create__broken_off_after_two_blueprints__goes_on(terminal, engine):
    for part in PARTS[:2]:
        engine.create(OTHER.address, artefact(part).blueprint_initcode)
    dry = json.loads(terminal.run("pool", "create", "vault", "--as", OTHER.address, "--output", "json"))
    assert [dry[part].split()[0] for part in PARTS][2] == "would"
    told = terminal.send(OTHER, "pool", "create", "vault")
    assert [told[part].endswith("there already") for part in PARTS] == [True, True, False]
    assert state(terminal)["pool"] != told["pool"]
    assert Contract(engine, told["pool"], artefact("CollectivePool")).call("wiring")[1] == told["portfolio"]


def test_pool__backs_by_vote_and_is_left_by_request_and_claim(terminal, engine):
    before = vault_shares(terminal, DELEGATOR)
    lock = backed(terminal, engine)
    found = state(terminal)
    assert (found["assets"], found["idle"], found["share_value"]) == ("10000", "1000", "1")
    assert [(one["units"], one["operator"]) for one in found["positions"]] == [("9000", OPERATOR.address)]
    assert (found["proposals"][0]["state"], found["proposals"][0]["why"]) == ("carried out", "it answers")
    assert f"lock {lock}" in terminal.run("pool", "status", "--pool", terminal.pool, "--as", OTHER.address)

    told = send(terminal, DELEGATOR, "request", "all")
    assert told["worth_now"].startswith("8,000 ")
    assert terminal.code("pool", "claim", "--pool", terminal.pool, "--as", DELEGATOR.address) == 1
    engine.set_time(state(terminal)["closes"])
    send(terminal, OTHER, "advance")
    found = state(terminal)
    assert (found["round"], found["leaving"], found["leaving_value"]) == (2, 1, "8000")
    assert found["ripe_at"] == engine.timestamp + DAY
    assert sorted(one["leaving"] for one in found["positions"]) == ["all", "nothing"]
    assert found["holding"]["pending"] == "8000"
    assert "leaving round" in terminal.run("pool", "status", "--pool", terminal.pool, "--as", OTHER.address)
    engine.advance(DAY)
    assert state(terminal)["holding"]["claimable"] == "8000"
    send(terminal, DELEGATOR, "claim")
    assert vault_shares(terminal, DELEGATOR) == before + 8_000 * UNIT
    found = state(terminal, RELAYER)
    assert (found["assets"], found["holding"]["worth"], found["leaving"]) == ("2000", "2000", 0)


def test_pool__withdraws_by_vote__and_a_vote_falls_to_what_is_left(terminal, engine, capsys):
    lock = backed(terminal, engine)
    number = send(terminal, RELAYER, "propose", "withdraw", lock)["proposal"]
    send(terminal, RELAYER, "vote", number, "against")
    send(terminal, DELEGATOR, "vote", number, "for")
    send(terminal, RELAYER, "request", "1200")
    assert send(terminal, OTHER, "recount", number, RELAYER.address)["shares_now"] == "800 SAVE"
    assert state(terminal)["proposals"][0]["no"] == "800"
    carry_out = ("pool", "carry-out", number, "--pool", terminal.pool, "--as", OTHER.address)
    assert terminal.code(*carry_out) == 3
    assert "pool_ballot: too soon" in capsys.readouterr().err
    assert state(terminal)["proposals"][0]["state"] == "voting"
    engine.advance(3 * DAY)
    assert state(terminal)["proposals"][0]["state"] == "can be carried out"
    send(terminal, OTHER, "carry-out", number)
    engine.advance(2 * WEEK)
    send(terminal, OTHER, "advance")
    assert state(terminal)["positions"] == []


def test_pay__pulled_distributed_and_claimed_by_who_held(terminal, engine):
    lock = backed(terminal, engine)
    terminal.send(CONTROLLER, "service", "pay", "terms", "1", "asset")
    terminal.send(RELAYER, "service", "pay", "approve", "1", "1000")
    first = engine.timestamp // EPOCH + 1
    terminal.send(RELAYER, "service", "pay", "fund", "1", "1000")
    suite = terminal.suite()
    suite.contracts["liveness"].send("watch", Services(suite).id_of("1"), sender=RELAYER.address)
    engine.set_time((first + 1) * EPOCH + 2 * DAY + 60)
    before = terminal.cash(DELEGATOR)
    told = send(terminal, OTHER, "pay", "pull", lock)
    paid = terminal.cash(state(terminal)["dividends"])
    assert told["pay"] == f"{paid / UNIT:.6f}".rstrip("0") + " USDC"
    send(terminal, OTHER, "pay", "distribute", suite.asset.address)
    assert state(terminal)["holding"]["dividends"] == {"1": f"{paid * 4 // 5 / UNIT:.6f}".rstrip("0")}
    send(terminal, DELEGATOR, "pay", "claim")
    assert terminal.cash(DELEGATOR) - before == paid * 4 // 5 > 0
    send(terminal, OTHER, "pay", "claim", "1", "--of", RELAYER.address)
    assert terminal.code("pool", "pay", "claim", "--pool", terminal.pool, "--as", DELEGATOR.address) == 1
    assert terminal.code("pool", "pay", "recycle", "1", "--pool", terminal.pool, "--as", OTHER.address) == 3


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
    terminal, _ = made
    at = {"pool": terminal.pool, "asset": terminal.suite().asset.address}
    words = [at[word] if command[number - 1] == "--pool" else word for number, word in enumerate(command)]
    assert terminal.code("pool", *words, "--as", FOUNDER.address) == code
    assert told in capsys.readouterr().err
