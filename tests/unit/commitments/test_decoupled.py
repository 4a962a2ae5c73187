"""S0.1: two goals, decoupled. Bonds know of no service, services know of no price; they meet at interfaces alone."""

from __future__ import annotations

import re
from itertools import product

import boa
import pytest
from tests.support.bonding import FIRST, SECOND, WAD, BondingWorld
from tests.support.bonds import MAX, TRADERS
from tools.compiled import ROOT

from surety.sdk.artefacts import _imports

DAY = 86_400
SERVICE_SIDE = ("commitments", "slashing", "restaking")
SHARED = "contracts/bonds/bond_id.vy"
"""The one source of bonds that commitments compile in: what the bits of an id mean. No state, no price, no call."""


def sources(root, *domains):
    return sorted(path for domain in domains for path in (root / "contracts" / domain).glob("*.vy"))


def reach(source, root):
    """All that a source is compiled from, itself too, relative to the root; found as artefacts find it."""
    reached, waiting = set(), [source]
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting += _imports(path, path.stat().st_mtime_ns, root)
    return {path.relative_to(root).as_posix() for path in reached}


def owners(root, *domains):
    """Interfaces that contracts of these domains implement, or that are named after them."""
    told = {
        name for path in sources(root, *domains) for name in re.findall(r"^implements: (\w+)", path.read_text(), re.M)
    }
    told |= {f"I{path.stem}" for path in sources(root, *domains)}
    return {f"interfaces/{name}.vyi" for name in told if (root / "interfaces" / f"{name}.vyi").exists()}


def strangers_of_bonds(root):
    """Of each bond contract: what it reaches that belongs to services."""
    theirs = owners(root, *SERVICE_SIDE) - owners(root, "bonds")
    prefixes = tuple(f"contracts/{domain}/" for domain in SERVICE_SIDE)
    return {
        (path.stem, one)
        for path in sources(root, "bonds")
        for one in reach(path, root)
        if one in theirs or one.startswith(prefixes)
    }


def strangers_of_services(root):
    """Of each commitment contract: the code of bonds that it is compiled with."""
    return {
        (path.stem, one)
        for path in sources(root, "commitments")
        for one in reach(path, root)
        if one.startswith("contracts/bonds/")
    }


def functions(source):
    """Bodies by name."""
    parts = re.split(r"^def (\w+)", source, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_imports__bonds_and_services__know_each_other_by_interfaces_alone():
    """S0.1. Plainly: BondAppraiser and BondDesk share one stateless source with bonds, the encoding of ids."""
    assert len(sources(ROOT, "bonds")) >= 20
    assert len(sources(ROOT, "commitments")) >= 20
    assert strangers_of_bonds(ROOT) == set()
    assert strangers_of_services(ROOT) == {("BondAppraiser", SHARED), ("BondDesk", SHARED)}
    shared = (ROOT / SHARED).read_text()
    assert reach(ROOT / SHARED, ROOT) == {SHARED}
    assert not re.search(r"\bself\.|@external|@deploy|staticcall|extcall", shared)
    assert shared.count("@pure") == len(functions(shared))


def test_imports__the_walk_itself__finds_what_is_known_to_be_there():
    """S0.1: at first and at second hand, sources and interfaces; and knows which interfaces are whose."""
    market = reach(ROOT / "contracts/bonds/BondMarket.vy", ROOT)
    assert {"contracts/bonds/knot_word.vy", "contracts/lib/log_mean.vy", "interfaces/IBondTreasury.vyi"} <= market
    bonding = reach(ROOT / "contracts/commitments/ServiceBonding.vy", ROOT)
    assert {
        "contracts/commitments/lock_word.vy",
        "interfaces/IBondAppraiser.vyi",
        "interfaces/IBondToken.vyi",
    } <= bonding
    assert "interfaces/IServiceBonding.vyi" in owners(ROOT, *SERVICE_SIDE)
    assert "interfaces/IBondMarket.vyi" in owners(ROOT, "bonds")


@pytest.mark.parametrize(
    ("importer", "line", "found"),
    [
        ("bonds/Market.vy", "from ..commitments import lock", {("Market", "contracts/commitments/lock.vy")}),
        ("bonds/Market.vy", "from ...interfaces import IBonding", {("Market", "interfaces/IBonding.vyi")}),
        ("lib/shared.vy", "from ..commitments import lock", {("Market", "contracts/commitments/lock.vy")}),
        ("bonds/Market.vy", "from ...interfaces import IMarket", set()),
    ],
)
def test_imports__a_bond_contract_that_knew_a_service__would_be_found(tmp_path, importer, line, found):
    """S0.1: the rule can fail: by code, by interface, and at second hand."""
    files = {
        "contracts/bonds/Market.vy": "from ..lib import shared\nimplements: IMarket\n",
        "contracts/lib/shared.vy": "",
        "contracts/commitments/Bonding.vy": "implements: IBonding\n",
        "contracts/commitments/lock.vy": "",
        "interfaces/IBonding.vyi": "",
        "interfaces/IMarket.vyi": "",
    }
    files[f"contracts/{importer}"] = line + "\n" + files[f"contracts/{importer}"]
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert strangers_of_bonds(tmp_path) == found


@pytest.mark.parametrize("name", ["BondMarket", "BondToken", "BondTreasury"])
def test_words__market_token_and_treasury__mention_no_service(name):
    """S0.1, in code and in comments. (`operator` is ERC-6909's word for who may move somebody's bonds.)"""
    text = (ROOT / "contracts" / "bonds" / f"{name}.vy").read_text()
    assert not re.findall(r"(?i)\b\w*(?:service|commitment|slash|restak|bonding)\w*", text)


@pytest.mark.parametrize("name", ["ServiceBonding", "lock_word", "value_book"])
def test_words__service_bonding__mentions_no_price(name):
    """S0.1, in code and in comments: it has values, once an appraiser told them."""
    text = (ROOT / "contracts" / "commitments" / f"{name}.vy").read_text()
    assert not re.findall(r"(?i)\b\w*(?:price|quote|yield|curve|discount)\w*", text)


def test_values__service_bonding__come_by_the_appraiser_at_the_door():
    """S0.1, decision 77: activation and sync ask for a value, besides two views; leaving, slashing and paying don't."""
    bodies = functions((ROOT / "contracts/commitments/ServiceBonding.vy").read_text())
    asking = {name for name, body in bodies.items() if re.search(r"IBondDesk\(DESK\)\.(begin|worth)\(", body)}
    assert asking == {"activate", "_value_of"}
    assert {name for name, body in bodies.items() if "self._value_of(" in body} == {"sync", "value_of", "bonded_value"}
    assert {"deactivate", "release", "withdraw", "seize", "pay"} <= bodies.keys()


# -- ablation ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made():
    with boa.env.anchor():
        yield BondingWorld.create()


def nothing(world, day, held):
    """Without services."""


def services(world, day, held):
    """Bonds of two kinds behind a service: a proven slash and a judged one, paid in kind; then one lock ends."""
    if day == 0:
        service = world.service()
        held["locks"] = [world.bond(service), world.bond(service, SECOND, 2_000 * world.whole, world.near)]
    elif day == 1:
        proven = world.propose(held["locks"][0], WAD // 2)
        held["slashes"] = [proven, world.propose(held["locks"][1], WAD // 10, proven=False)]
    elif day == 9:
        for slash in held["slashes"]:
            world.finalise(slash)
        held["paid"] = world.pull_all(held["slashes"][0]), world.pull_all(held["slashes"][1])
        world.sync(held["locks"][0])
        assert world.deactivate(held["locks"][1], SECOND) is None
    elif day == 31:
        assert isinstance(world.release(held["locks"][1]), int)


def cash(world, day, held):
    """What coupling would be: as much as that slash took is sold to the market, and the proceeds would be paid."""
    if day == 9:
        world.suite.market.sell(world.far & (2**64 - 1), 500 * world.whole, 0, FIRST, MAX, sender=FIRST)


def traded(made, meanwhile):
    """What every trade paid and every price was, by day, and what was `held`, while something else goes on."""
    with boa.env.anchor():
        world, told, held = made.again(), {}, {}
        start, market, variable = world.now, world.suite.market, world.suite.variable
        for day in (0, 1, 9, 31):
            world.go_to(start + day * DAY)
            meanwhile(world, day, held)
            trader, amount = TRADERS[day % 2], (100 + day) * world.whole
            maturities = [world.suite.maturity(weeks) for weeks in (1, 26, 104)]
            bonds = [world.far & (2**64 - 1), *maturities]
            results = [market.buy(one, amount, MAX, trader, MAX, sender=trader) for one in maturities]
            results.append(market.sell(maturities[day % 3], amount // 2, 0, trader, MAX, sender=trader))
            results.append(variable.buy(world.variable & (2**64 - 1), amount, 0, trader, MAX, sender=trader))
            quotes = [ask(one, 10 * world.whole) for ask, one in product((market.quote_buy, market.quote_sell), bonds)]
            worth = [world.desk.worth(code, world.whole) for code in (world.near, world.far, world.variable)]
            debt = [tuple(market.quote(one)) for one in bonds]
            told[day] = results, quotes, worth, debt
        return told, held


def test_ablation__with_and_without_services__same_prices(made):
    """S0.1: bonds that are locked, slashed and paid in kind move no price; sold for cash they would.

    Not shown: what people who saw a slash then trade. Those are orders like any others.
    """
    without, _ = traded(made, nothing)
    beside, held = traded(made, services)
    assert held["paid"] == (500 * made.whole, 200 * made.whole)
    assert beside == without
    sold, _ = traded(made, cash)
    assert [day for day in sold if sold[day] != without[day]] == [9, 31]
    assert sold[9][1] != without[9][1]
    assert sold[9][3] != without[9][3]
