"""The report's tables and the sentences that need figures; the terminal shows the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import exp, log
from statistics import median

from surety.concentration import Concentration
from surety.curves import Fit
from surety.sim.history import FloatStory, History, LockStory, Resale, Roll, RollStory, StripBuy, UserTrade
from surety.sim.trace import Trace

from .figures import day

DAY = 86_400
YEAR = 31_536_000


@dataclass(frozen=True)
class Table:
    """Head and rows of text; the first column and those in `words` are left-aligned."""

    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    words: tuple[int, ...] = ()


def amount(value: int, decimals: int, places: int = 2) -> str:
    """An integer amount as text in whole assets, with thousands separated."""
    return f"{Decimal(value).scaleb(-decimals):,.{places}f}"


def percent(fraction: float) -> str:
    """A fraction as per cent with two decimals; the space does not break."""
    return f"{100 * fraction:.2f}\N{NO-BREAK SPACE}%"


def fit_table(fit: Fit) -> Table:
    """Quoted and fitted par yields with their difference."""
    rows = [
        (label, f"{100 * quoted:.2f}", f"{100 * modelled:.3f}", f"{error:+.1f}")
        for label, quoted, modelled, error in zip(
            fit.market.labels, fit.market.yields, fit.model_yields, fit.errors_bp, strict=True
        )
    ]
    return Table(("tenor", "quoted, %", "fitted, %", "error, bp"), rows)


def resale_sentence(resale: Resale) -> str:
    """An early sale in words: who, when, and what it came to."""
    days = (resale.sold - resale.bought) // DAY
    left = (resale.maturity - resale.sold) // DAY
    moved = ", since its maturity had filled up and yields come down" if resale.proceeds > resale.carried else ""
    return (
        f"{resale.saver} needed money {days} days after buying and {left} days before maturity, and sold to the "
        f"protocol. Held to the end the bond would have earned {percent(resale.promised_yield)} a year; sold early it "
        f"earned {percent(resale.earned_yield)}{moved}. Leaving cost the gap between what the market asked for the "
        "same bonds at that moment and what it paid for them."
    )


def resale_table(resale: Resale, decimals: int) -> Table:
    """The early sale in figures; the cost of leaving is what lies between the market's two prices."""
    rows = [
        ("face", amount(resale.face, decimals), f"matures {day(resale.maturity)[:10]}"),
        ("paid for it", amount(resale.paid, decimals), day(resale.bought)),
        ("by then worth, at the promised yield", amount(resale.carried, decimals), day(resale.sold)),
        ("market asked for as many", amount(resale.ask, decimals), day(resale.sold)),
        ("received from the market", amount(resale.proceeds, decimals), day(resale.sold)),
        ("cost of leaving early", amount(resale.ask - resale.proceeds, decimals), _share(resale)),
    ]
    return Table(("", "amount", ""), rows)


def _share(resale: Resale) -> str:
    return f"{100 * (resale.ask - resale.proceeds) / resale.ask:.2f} % of the asked price"


def strip_sentence(strip: StripBuy) -> str:
    """A coupon bond in words."""
    faces, costs = sum(strip.faces), sum(strip.costs)
    cash = [(maturity - strip.time, face) for maturity, face in zip(strip.maturities, strip.faces, strict=True)]
    return (
        f"On {day(strip.time)[:10]} {strip.saver} bought a {strip.coupon_percent:g} % coupon bond: {len(strip.faces)} "
        f"maturities in one transaction, each priced in its own bucket, paid at once. It cost "
        f"{100 * costs / faces:.2f} % of all that it pays, a yield of {percent(_internal_rate(cash, costs))} a year."
    )


def strip_table(strip: StripBuy, decimals: int) -> Table:
    """What each date pays, and what that cost."""
    rows = []
    for number, (maturity, face, cost) in enumerate(zip(strip.maturities, strip.faces, strip.costs, strict=True), 1):
        last = number == len(strip.faces)
        name = "principal and coupon" if last else "coupon"
        rate = log(face / cost) * YEAR / (maturity - strip.time)
        rows.append((day(maturity)[:10], name, amount(face, decimals), amount(cost, decimals), percent(rate)))
    rows.append(("", "together", amount(sum(strip.faces), decimals), amount(sum(strip.costs), decimals), ""))
    return Table(("pays on", "", "pays", "cost", "yield"), rows, words=(1,))


def user_trade_sentence(trade: UserTrade, count: int) -> str:
    """A trade between two savers in words, one of `count`."""
    return (
        f"{trade.seller} needed money and signed an order halfway between the protocol's two prices; {trade.buyer} "
        f"filled it. The order lived off chain until then, as a signature; the exchange moved bonds and money in one "
        f"transaction. Both did better than with the protocol. It was the largest of {count} such trades."
    )


def user_trade_table(trade: UserTrade, decimals: int) -> Table:
    """The trade against the protocol's prices at that moment."""
    paid = trade.amount + trade.fee
    rows = [
        ("face", amount(trade.face, decimals), f"matures {day(trade.maturity)[:10]}"),
        ("the protocol asked", amount(trade.ask, decimals), day(trade.time)),
        (f"{trade.buyer} paid", amount(paid, decimals), f"saved {amount(trade.ask - paid, decimals)}"),
        ("of it the exchange's fee", amount(trade.fee, decimals), "booked into the reserve"),
        (f"{trade.seller} got", amount(trade.amount, decimals), f"gained {amount(trade.amount - trade.bid, decimals)}"),
        ("the protocol bid", amount(trade.bid, decimals), day(trade.time)),
    ]
    return Table(("", "amount", ""), rows)


def floating_sentence(story: FloatStory, decimals: int) -> str:
    """A variable bond in words."""
    rate = log(story.paid / story.cost) * YEAR / (story.maturity - story.bought)
    return (
        f"Bought and redeemed at par of one index, which grows by the second at a stored rate: more while little is "
        f"out, less while much is. The rate moves with trades and once a week, accrual never does, and interest has a "
        f"reserve of its own. {story.saver} paid {amount(story.cost, decimals)} on {day(story.bought)[:10]}, did "
        f"nothing for {(story.maturity - story.bought) // DAY} days, and got {amount(story.paid, decimals)}: "
        f"{percent(rate)} a year, while the stored rate lay between {percent(story.least)} and {percent(story.most)}."
    )


def roll_sentence(story: RollStory, decimals: int) -> str:
    """A saver in a class of rolling bonds, in words."""
    rate = log(story.paid / story.deposited) * YEAR / (story.left - story.time)
    return (
        f"Some savers want no dates: they put money into a class once, through its ERC-4626 vault. When its bonds "
        f"mature, anybody rolls all of it into the next maturity in one call, for a small part of the discount: never "
        f"below the class's least rate, and not while somebody has just bought that maturity dear. {story.saver} put "
        f"in {amount(story.deposited, decimals)}, did nothing while it rolled {story.rolls} times, and took "
        f"{amount(story.paid, decimals)} on {day(story.left)[:10]}: {percent(rate)} a year."
    )


def roll_table(rolls: Sequence[Roll], decimals: int) -> Table:
    """Each roll: what was bought, for how much, and what the keeper got."""
    rows = [
        (
            day(roll.time)[:10],
            day(roll.maturity)[:10],
            amount(roll.face, decimals),
            amount(roll.cost, decimals),
            percent(roll.rate),
            amount(roll.tip, decimals),
        )
        for roll in rolls
    ]
    return Table(("rolled", "into", "face", "cost", "yield", "keeper's tip"), rows, words=(1,))


def lock_sentence(lock: LockStory, decimals: int, count: int) -> str:
    """A lock in words, one of `count`."""
    return (
        f"{count} purchases were locked at once, with no way back before maturity. A lock weighs its face times the "
        f"time that it still runs: who binds more for longer has more to say, and nothing once the bond has paid. "
        f"Votes count the least weight of the last seven days, so what is bought for a moment has no vote. "
        f"{lock.saver}, for one, locked {amount(lock.face, decimals)} until {day(lock.maturity)[:10]}."
    )


def lock_table(lock: LockStory) -> Table:
    """Weight and vote of one lock over its life."""
    rows = [(name, day(time), f"{own:,.0f}", f"{votes:,.0f}") for name, time, own, votes in lock.moments]
    return Table(("", "", "weight, face × years", "of it in votes"), rows)


def _internal_rate(cash: list[tuple[int, int]], cost: int) -> float:
    """Continuous yield a year at which payments (seconds ahead, amount) are worth `cost`, by bisection."""
    low, high = -0.5, 1.0
    for _ in range(60):
        rate = (low + high) / 2
        worth = sum(face * exp(-rate * seconds / YEAR) for seconds, face in cash)
        low, high = (rate, high) if worth > cost else (low, rate)
    return low


def ledger_table(history: History) -> Table:
    """The closing account: both sides of each line, and whether they agree to the last unit."""
    rows = [
        (
            line.name,
            amount(line.left, history.decimals, 6),
            amount(line.right, history.decimals, 6),
            "✓" if line.holds else "✗",
        )
        for line in history.ledger
    ]
    return Table(("line", "on chain", "by the trace", ""), rows)


def concentration_sentence() -> str:
    """What the measures are and are not."""
    return (
        "Who has how much: fixed bonds by saver on the day when sales ended, stake by account before the first slash. "
        "With an entropy of H bits, 2^H holders alike would have the same; HHI is the sum of squared shares; Nakamoto "
        "coefficients count the fewest holders with more than a third, or a half, together. Measured by name, as a "
        "chain can: who appears under ten names counts as ten, so a high concentration can be believed, a low one not."
    )


def concentration_table(measured: dict[str, Concentration]) -> Table:
    """A column for each thing that is held."""
    found = measured.values()
    rows = [
        ("holders", *(f"{one.holders:,}" for one in found)),
        ("entropy, bits", *(f"{one.entropy:.3f}" for one in found)),
        ("effective holders", *(f"{one.effective:.2f}" for one in found)),
        ("HHI", *(f"{float(one.hhi):.4f}" for one in found)),
        ("Nakamoto, a third", *(f"{one.nakamoto_third:,}" for one in found)),
        ("Nakamoto, a half", *(f"{one.nakamoto_half:,}" for one in found)),
        ("Gini", *(f"{float(one.gini):.4f}" for one in found)),
    ]
    return Table(("", *measured), rows)


def gas_sentence(engine_name: str) -> str:
    """What the gas figures are and are not."""
    return (
        f"Gas of each call as {engine_name} counted it in this run, by kind. The first trades of a maturity are dearer "
        "than later ones, since they open its storage slots. An in-process engine keeps slots warm between "
        "transactions and shows less than a chain would; whole cold transactions are measured in tests/gas."
    )


def gas_table(trace: Trace) -> Table:
    """Least, middle and most gas by call, successful calls only."""
    rows = []
    for call, used in sorted(trace.gas_by_call().items()):
        rows.append((call, f"{len(used):,}", f"{min(used):,}", f"{int(median(used)):,}", f"{max(used):,}"))
    return Table(("call", "count", "least", "median", "most"), rows)
