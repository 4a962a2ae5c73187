"""Calls by ABI: structs and addresses as people read them, events decoded, wrong calls told."""

from __future__ import annotations

from decimal import Decimal

import pytest
from eth_abi import encode
from eth_utils.crypto import keccak
from tests.support.world import World

from surety.sdk.artefacts import compile_source
from surety.sdk.contract import Contract
from surety.sdk.deploy import creation_address
from surety.sdk.engines import make_engine, rolled_back
from surety.sdk.engines.revert import reason_of
from surety.sdk.errors import ChainError, Reverted, UsageError
from surety.sdk.suite import Suite, fixed_id, maturity_of

SOURCE = """# pragma version 0.4.3
struct Point:
    x: uint256
    owner: address

event Moved:
    who: indexed(address)
    to: Point
    tag: indexed(String[10])
    note: String[10]

@view
@external
def points(count: uint256 = 2) -> DynArray[Point, 4]:
    made: DynArray[Point, 4] = []
    for i: uint256 in range(count, bound=4):
        made.append(Point(x=i, owner=self))
    return made

@view
@external
def pair() -> (uint256, address):
    return 7, self

@external
def move(x: uint256) -> uint256:
    log Moved(who=msg.sender, to=Point(x=x, owner=msg.sender), tag="tag", note="note")
    return x + 1

@external
def fail(x: uint256):
    assert x > 10, "sample: too small"
    raise
"""


@pytest.fixture(scope="module", params=["pyrevm", "titanoboa"])
def sample(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("sources") / "Sample.vy"
    path.write_text(SOURCE)
    made, engine = compile_source(path), make_engine(request.param)
    return Contract(engine, engine.create(engine.accounts[0], made.creation()).contract, made)


def test_call__structs_in_a_list__are_named_tuples_with_checksummed_addresses(sample):
    points = sample.call("points", 3)
    assert [point.x for point in points] == [0, 1, 2]
    assert points[0].owner == sample.address
    assert len(sample.points()) == 2, "the overload without arguments"
    assert sample.pair() == (7, sample.address)


def test_send__event__decoded_with_indexed_text_as_its_hash(sample):
    sender = sample.engine.accounts[4]
    receipt = sample.move(5, sender=sender)
    (event,) = sample.events(receipt)
    assert (event.name, event.args.who, event.args.to.x, event.args.to.owner) == ("Moved", sender, 5, sender)
    assert (event.args.tag, event.args.note) == (keccak(text="tag"), "note")
    assert sample.events(receipt, "Other") == []
    assert sample.output("move", receipt, 1) == 6


def test_call__function_that_writes__simulates(sample):
    block = sample.engine.block_number
    assert sample.call("move", 8) == 9
    assert sample.engine.block_number == block


def test_send__reverts__reason_is_the_contracts(sample):
    with pytest.raises(Reverted, match=r"^sample: too small$") as caught:
        sample.fail(1, sender=sample.engine.accounts[0])
    assert caught.value.data[:4] == keccak(text="Error(string)")[:4]
    with pytest.raises(Reverted, match=r"^reverted without a reason$"):
        sample.fail(11, sender=sample.engine.accounts[0])


def test_call__wrong_use__is_told(sample):
    with pytest.raises(UsageError, match="no function nothing: there are fail, move, pair, points"):
        sample.call("nothing")
    with pytest.raises(UsageError, match=r"move\(uint256\) takes 1 arguments, 2 given"):
        sample.call("move", 1, 2)
    with pytest.raises(UsageError, match=r"move\(uint256\)"):
        sample.call("move", -1)
    with pytest.raises(UsageError, match="move writes: say who sends it"):
        sample.move(1)
    with pytest.raises(AttributeError):
        sample.nothing  # noqa: B018


def test_call__no_contract_there__is_told(sample):
    nobody = Contract(sample.engine, sample.engine.accounts[9], sample.interface)
    with pytest.raises(ChainError, match="returned 0 bytes that don't fit its ABI"):
        nobody.pair()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "reverted without a reason"),
        (keccak(text="Error(string)")[:4] + encode(["string"], ["why"]), "why"),
        (keccak(text="Panic(uint256)")[:4] + encode(["uint256"], [0x11]), "panic 0x11: arithmetic overflow"),
        (keccak(text="Panic(uint256)")[:4] + encode(["uint256"], [0x99]), "panic 0x99: unknown"),
        (keccak(text="Error(string)")[:4] + b"\x01", "reverted with 0x08c379a001"),
        (b"\x12\x34", "reverted with 0x1234"),
    ],
)
def test_reason_of__every_shape(data, reason):
    assert reason_of(data) == reason


def test_creation_address__known_pair():
    # the example of the specification's annotations: nonces 0 and 1 of one sender
    sender = "0x6AC7Ea33F8831Ea9dcC53393aAA88B25A785dBF0"
    assert creation_address(sender, 0) == "0xcd234A471b72ba2F1Ccf0A70FCABA648a5eeCD8d"
    assert creation_address(sender, 1) == "0x343c43A37D37dfF08AE8C4A11544c718AbB4fCF8"


@pytest.fixture(scope="module")
def world():
    return World.create(make_engine())


def test_suite__buy_sell_redeem__ints_of_what_happened(world):
    with rolled_back(world.engine):
        suite, holder = world.suite, world.holder
        maturity = suite.maturity_for(200 * 86_400)
        face, cash = suite.units(100_000), suite.cash(holder)
        quote = suite.quote_buy(maturity, face)
        bought = suite.buy(holder, maturity, face, max_cost=quote)
        assert (bought.face, bought.amount) == (face, quote)
        assert suite.quote_sell(maturity, face // 4) == suite.sell(holder, maturity, face // 4).amount
        by_cost = suite.buy_exact_cost(holder, maturity, suite.units(1_000))
        assert by_cost.face > by_cost.amount
        assert by_cost.amount <= suite.units(1_000)
        assert suite.holding(holder, maturity) == face - face // 4 + by_cost.face
        with pytest.raises(Reverted, match="bond_treasury: bond has not matured"):
            suite.redeem(holder, maturity)
        world.engine.set_time(maturity)
        assert suite.redeem(holder, maturity).amount == face - face // 4 + by_cost.face
        assert suite.cash(holder) > cash
        assert suite.treasury.escrow() == 0


def test_suite__opened_by_the_market__finds_the_rest(world):
    found = Suite.at(world.engine, world.suite.market.address, lens=world.suite.lens.address)
    assert found.treasury.address == world.suite.treasury.address
    assert len(found.curve()) == 209 == len(world.suite.curve())
    with pytest.raises(UsageError, match="opened without its timelock"):
        found.timelock  # noqa: B018
    with pytest.raises(ChainError, match="no contract at"):
        Suite.at(world.engine, world.holder)


def test_suite__amounts__exact_both_ways(world):
    assert world.suite.units("1.5") == 1_500_000
    assert world.suite.amount(1) == Decimal("0.000001")
    with pytest.raises(UsageError, match="more than the asset's 6 decimals"):
        world.suite.units("0.0000001")
    assert maturity_of(fixed_id(123)) == 123


def test_make_engine__unknown__lists_them():
    with pytest.raises(UsageError, match="no engine 'geth': choose one of pyrevm, titanoboa"):
        make_engine("geth")
