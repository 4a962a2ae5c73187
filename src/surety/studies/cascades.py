"""One stake behind many services against a lock for each: what faults at once take, and what falls with it. S0.22."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from surety.models.service_bonding import WAD, ServiceBonding, Terms
from surety.models.slashing import Policy, Pool, SlashEscrow

from .lines import Line, lines_figure
from .study import Study, generator

NAME: Final = "cascades"
STAKE: Final = 10**21
OPERATORS: Final = 24
SERVICES: Final = 12
SHARED_BY: Final = (1, 2, 3, 4, 5)
"""Services that count on the same stake; a sixth slash of one pool finds no place while five are open."""
FRACTIONS: Final = (WAD // 5, WAD // 2, WAD)
NEEDED: Final = (50, 70, 80)
"""Percent of the stake that a service counted on: with less behind it somebody attacks it."""
NETWORKS: Final = 60
OPERATOR: Final = "0x" + "0a" * 20
DAY: Final = 86_400
REVIEW: Final = 7 * DAY
POLICY: Final = Policy(REVIEW, 3 * DAY, 0, 0, 0, 10_000, 0, True, 0, 0, "treasury", "insurance")


@dataclass(frozen=True)
class Cover:
    """Units, by whether stake is shared or locked apart: put up, said to be at risk, and taken by so many slashes."""

    put_up: int
    promised: int
    taken: int


def cascades(seed: int) -> Study:
    """Faults of all services of a stake at once, and random networks in which one service fails first."""
    rng = generator(seed, NAME)
    falls = {sharing: [falls_in(network(rng, sharing)) for _ in range(NETWORKS)] for sharing in SHARED_BY}
    rows = []
    for sharing in SHARED_BY:
        pools = [shared(sharing, one) for one in FRACTIONS]
        locks = [apart(sharing, one) for one in FRACTIONS]
        rows.append(
            (
                sharing,
                *(one.taken / one.promised for one in pools),
                min(one.taken / one.promised for one in locks),
                locks[0].put_up / pools[0].put_up,
                *(float(np.mean([one[place] for one in falls[sharing]])) for place in range(len(NEEDED))),
            )
        )
    return Study(
        NAME,
        "What is the cover of one stake behind many services worth when they fail together?",
        ("S0.22",),
        (
            "services a stake",
            "paid of promised, f = 1/5",
            "f = 1/2",
            "f = 1",
            "locks, any f",
            "capital for locks",
            *(f"fallen, {needed} % needed" for needed in NEEDED),
        ),
        tuple(rows),
        lines_figure(
            [
                *(
                    Line(f"fallen of {SERVICES}, {needed} % needed", SHARED_BY, [row[6 + place] for row in rows])
                    for place, needed in enumerate(NEEDED)
                ),
                Line("fallen with locks", SHARED_BY, [1.0] * len(SHARED_BY), dashed=True),
            ],
            "services that count on the same stake",
            "services that fall when one fails",
        ),
        _reading(rows[-1], [one[-1] for sharing in SHARED_BY[-2:] for one in falls[sharing]]),
    )


def _reading(last: tuple[float, ...], strict: list[int]) -> str:
    whole, first = strict.count(SERVICES), strict.count(1)
    return (
        f"Of k slashes of a fraction f that meet in one pool of stake, all proposed together, escrow takes "
        f"1 − (1 − f)^k of it, never k·f. So of what {last[0]} services were told, a fifth each, {last[1]:.0%} is "
        f"there when all fail at once, and {last[3]:.0%} where each was told all of it. Pools of stake show this "
        "beforehand (what all services together may take of a pool is a view) and hold at most five open slashes. A "
        "bond behind a service is a lock of its own, a subject of its own: it pays in full whatever happens beside "
        f"it, and cover costs {last[5]:.0f} times the capital. The networks: {OPERATORS} operators in {SERVICES} "
        "services at random; one service fails and takes its operators' stake. Where stake is shared its other "
        "services lose that cover too, and one left with less than it needs is attacked next. With 80 % needed and "
        f"four or five services a stake, of {len(strict)} networks {whole} fall whole and in {first} the first alone "
        "falls: there it has so few operators that nobody else misses them. The mean hides that it is nearly always "
        "one or the other. With locks it is always the one. That attackers come at once and that a slash takes all "
        "is the worst case; how likely it is no model tells."
    )


def pot(owner: str) -> SlashEscrow:
    """An escrow over one operator's stake, its subject 1."""
    return SlashEscrow(7 * DAY, {0: POLICY}, {1: Pool(owner, {owner: STAKE})})


def slash(escrow: SlashEscrow, service: int, fraction: int) -> int:
    """A proven fault; the slash. Raises `Refused` where there is no place for it."""
    return escrow.propose("prover", True, 1, service, fraction, escrow.now, None, None, 0)


def shared(services: int, fraction: int) -> Cover:
    """All services of a stake slash at once, and every slash is finalised."""
    escrow = pot(OPERATOR)
    ids = [slash(escrow, service, fraction) for service in range(1, services + 1)]
    escrow.now += REVIEW
    for id in ids:
        escrow.finalise(id)
    taken = sum(sum(escrow.parts(id)) for id in ids)
    return Cover(STAKE, services * STAKE * fraction // WAD, taken)


def apart(services: int, fraction: int) -> Cover:
    """A lock of as much behind each service, and all slash at once."""
    names = [bytes([number + 1]) for number in range(services)]
    bonding = ServiceBonding(
        worth=lambda code, units: units,
        pays=lambda code, units: units,
        maturity=lambda code: 0,
        now=DAY,
        services={name: Terms(1 + place, "controller", 21 * DAY, 21 * DAY, 0) for place, name in enumerate(names)},
        accepting={OPERATOR},
        listed={1},
    )
    bonding.deposit(OPERATOR, 1, services * STAKE)
    locks = [bonding.activate(OPERATOR, name, OPERATOR, 1, STAKE) for name in names]
    taken = sum(
        bonding.seize(number, bonding.locks[lock].subject, fraction, bonding.now)[0]
        for number, lock in enumerate(locks)
    )
    return Cover(services * STAKE, services * STAKE * fraction // WAD, taken)


@dataclass(frozen=True)
class Network:
    """By operator the services that it backs, and the service that fails first."""

    serves: tuple[frozenset[int], ...]
    first: int


def network(rng: np.random.Generator, sharing: int) -> Network:
    """Each operator's stake behind as many services, at random; one without operators has nothing to lose."""
    drawn = (rng.choice(SERVICES, sharing, replace=False) for _ in range(OPERATORS))
    return Network(tuple(frozenset(one.tolist()) for one in drawn), int(rng.integers(SERVICES)))


def falls_in(one: Network) -> list[int]:
    """How many services fall, for each of `NEEDED`."""
    return [fall(one, needed) for needed in NEEDED]


def fall(one: Network, needed: int) -> int:
    """How many services fall when the first one's operators lose their stake, the first included."""
    pots = [pot(f"operator {number}") for number in range(OPERATORS)]
    behind = [[pots[at] for at, backs in enumerate(one.serves) if number in backs] for number in range(SERVICES)]
    fallen, attacked = set[int](), {one.first}
    while attacked:
        for service in sorted(attacked):
            for escrow in behind[service]:
                if left(escrow):
                    slash(escrow, service + 1, WAD)
        fallen |= attacked
        covers = [sum(left(escrow) for escrow in escrows) for escrows in behind]
        attacked = {
            number
            for number in set(range(SERVICES)) - fallen
            if 100 * covers[number] < needed * STAKE * len(behind[number])
        }
    return len(fallen)


def left(escrow: SlashEscrow) -> int:
    """Units that nobody took."""
    return sum(escrow.pools[1].stake.values())
