"""Pools of stake in the report: balances before and after two slashes, and the waterfall of them."""

from __future__ import annotations

from surety.sim.history import StakeStory

from .figures import Figure, day
from .tables import Table, amount


def stake_sentence(story: StakeStory, decimals: int) -> str:
    """What happened, in words."""
    staked, seized, back, _, left = story.stands
    gift = back.total - staked.total
    return (
        f"An operator, three delegators and two sharers of a vault brought {amount(staked.total, decimals)}, "
        f"the operator a bond that matures on {day(story.maturity)[:10]} besides. A judge proposed to slash a fifth of "
        "the pool: "
        f"{amount(staked.total - seized.total, decimals)} were out of everybody's reach in that second, also what Cleo "
        "had queued to leave. The slash was vetoed, and each got back what was taken from it, with its part of the "
        f"judge's forfeited bond, {amount(gift, decimals)} in all. A second slash, a tenth of both pools, was "
        f"finalised after its review and took {amount(back.total - left.total, decimals)} and a tenth of the bond, in "
        "kind; what had left the queue meanwhile was out of its reach. Dora's shares of the vault lost and got back "
        "what a stake of her own would have; Emil, who joined it while the first slash was open, neither gained nor "
        "lost by the veto."
    )


def stake_table(story: StakeStory, decimals: int) -> Table:
    """Balances of each after each event: stake, tickets, and what was given back."""
    first = story.stands[0]
    rows = [(name, *(amount(stand.holders[name], decimals) for stand in story.stands)) for name in first.holders]
    rows.append(("together", *(amount(stand.total, decimals) for stand in story.stands)))
    rows.append(("operator's bond, face", *(amount(stand.bond, decimals) for stand in story.stands)))
    return Table(("", *(stand.label for stand in story.stands)), rows)


def payment_table(story: StakeStory, decimals: int) -> Table:
    """To whom the finalised slash went."""
    rows = [(whom, amount(asset, decimals), amount(face, decimals)) for whom, (asset, face) in story.paid.items()]
    asset, face = (sum(parts) for parts in zip(*story.paid.values(), strict=True))
    return Table(
        ("of the second slash, to", "asset", "bond, face"),
        [*rows, ("together", *(amount(one, decimals) for one in (asset, face)))],
    )


def stake_figure(story: StakeStory, decimals: int) -> Figure:
    """A waterfall of the pool and one of the bond: what each event took or gave, in thousands."""
    thousand = 1_000 * 10**decimals
    labels = ["staked", "first slash<br>proposed", "vetoed,<br>given back", "second slash<br>finalised", "left"]
    pool, bond = [stand.total for stand in story.stands], [stand.bond for stand in story.stands]
    data = [
        _waterfall("stake of all, asset", labels, [level / thousand for level in pool], "$blue"),
        _waterfall("operator's bond, face", labels, [level / thousand for level in bond], "$violet"),
    ]
    layout = {
        "xaxis": {"type": "category"},
        "yaxis": {"title": {"text": "thousands"}, "rangemode": "tozero"},
        "waterfallgap": 0.25,
        "height": 420,
    }
    return {"data": data, "layout": layout}


def _waterfall(name: str, labels: list[str], levels: list[float], colour: str) -> Figure:
    staked, seized, back, _, left = levels
    steps = [staked, seized - staked, back - seized, left - back, left]
    told = [f"{step:,.1f}" if place in (0, 4) else f"{step:+,.1f}" if step else "" for place, step in enumerate(steps)]
    return {
        "type": "waterfall",
        "name": name,
        "x": labels,
        "y": [round(step, 6) for step in steps],
        "measure": ["absolute", "relative", "relative", "relative", "total"],
        "text": told,
        "textposition": "outside",
        "cliponaxis": False,
        "offsetgroup": name,
        "connector": {"line": {"color": "$grey", "width": 1, "dash": "dot"}},
        "increasing": {"marker": {"color": "$teal"}},
        "decreasing": {"marker": {"color": "$orange"}},
        "totals": {"marker": {"color": colour}},
        "hovertemplate": "%{x}: %{y:,.1f} k<extra>" + name + "</extra>",
    }
