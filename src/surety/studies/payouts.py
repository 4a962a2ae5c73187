"""Pay by what else an operator serves: interaction terms swept, and what appearing as several gains. S0.25, S0.31."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product
from math import isqrt
from typing import Final

import numpy as np

from surety.models.payout import WAD, Case, Complement, LinearPayout

from .lines import Line, lines_figure
from .study import Study, generator

NAME: Final = "payouts"
ONE, OTHER = b"one", b"other"
BUDGET: Final = 10_000 * 10**18
OPERATORS: Final = 24
BONUSES: Final = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
WEIGHTS: Final = (0.5, 1.0, 2.0)
FILLS: Final = (0.25, 1.0, 4.0)
"""Total value of the service, times `half`."""
PARTS: Final = (2, 3, 8)


def payouts(seed: int) -> Study:
    """Every combination of bonus, weight and total: what is paid, to whom, and what splitting gains."""
    rng = generator(seed, NAME)
    operators = drawn_operators(rng)
    rows = []
    for bonus, weight, fill in product(BONUSES, WEIGHTS, FILLS):
        formula, cases = service(operators, bonus, weight, fill)
        paid = [formula.amount(one) for one in cases]
        gains = [gain_of_splitting(formula, one, parts, rng) for one in cases for parts in PARTS]
        rows.append(
            (
                bonus,
                weight,
                fill,
                sum(paid) / BUDGET,
                yield_of(formula, cases, both=False),
                yield_of(formula, cases, both=True),
                max(gains),
                min(gains),
                concave_gain(cases, 8),
            )
        )
    worst = max(row[6] for row in rows)
    reading = (
        f"{len(rows)} services of {OPERATORS} operators, half of which serve a complement too, each split into "
        f"{', '.join(map(str, PARTS))} at random. The most that anybody gained by appearing as several was {worst} "
        "units of 1e-18: never anything. A pay by the square root of each one's value, which also favours the small, "
        "would pay who appears as 8 what the last column says. A bonus b doesn't make pay dearer: who serves one "
        "service alone gets 1/(1 + b) of what it would, who serves both as much gets all. So a high bonus is a "
        "threat to specialists, not a gift to generalists, and the sponsor's budget is never exceeded. The weight "
        "moves only how full a service must be for the budget to be spent."
    )
    middle = [row for row in rows if row[1] == row[2] == 1.0]
    return Study(
        NAME,
        "What do interaction terms of the pay change, and does it pay to appear as several?",
        ("S0.25", "S0.31"),
        (
            "bonus",
            "weight",
            "total / half",
            "of the budget paid",
            "yield, one service",
            "yield, both",
            "most gained by splitting, units",
            "most lost, units",
            "gain if pay were √value",
        ),
        tuple(rows),
        lines_figure(
            [
                Line("serves both, as much of each", BONUSES, [row[5] for row in middle]),
                Line("serves one alone", BONUSES, [row[4] for row in middle]),
                Line("1/(1 + b) of the first", BONUSES, [middle[0][4] / (1 + b) for b in BONUSES], dashed=True),
                Line("paid of the budget", BONUSES, [row[3] for row in middle], colour="$violet"),
            ],
            "bonus for the complement",
            "part of the budget, a unit of value / half",
        ),
        reading,
    )


def drawn_operators(rng: np.random.Generator) -> list[tuple[int, int]]:
    """Value of each in the service, and in its complement: the first half of them have as much there, or more."""
    values = [int(one) for one in rng.lognormal(0.0, 1.0, OPERATORS) * 10**21]
    besides = [value + int(part * value) for value, part in zip(values, rng.random(OPERATORS), strict=True)]
    return [(value, besides[k] if k < OPERATORS // 2 else 0) for k, value in enumerate(values)]


def service(
    operators: list[tuple[int, int]], bonus: float, weight: float, fill: float
) -> tuple[LinearPayout, list[Case]]:
    """A formula by which the service is so full, and what each operator did."""
    total = sum(value for value, _ in operators)
    pair = Complement(ONE, OTHER, int(bonus * WAD))
    formula = LinearPayout(half=int(total / fill), complements=(pair,) if bonus else ())
    cases = [
        Case(
            template=ONE,
            value=value,
            total=total,
            budget=BUDGET,
            weight=int(weight * WAD),
            others=((OTHER, beside),) if beside else (),
        )
        for value, beside in operators
    ]
    return formula, cases


def gain_of_splitting(formula: LinearPayout, work: Case, parts: int, rng: np.random.Generator) -> int:
    """What `parts` operators get together, with parts of all it has cut at random, less what it gets as one."""
    values = cut(work.value, parts, rng)
    besides = [cut(value, parts, rng) for _, value in work.others]
    names = [
        replace(
            work,
            value=values[place],
            others=tuple((template, besides[k][place]) for k, (template, _) in enumerate(work.others)),
        )
        for place in range(parts)
    ]
    return sum(formula.amount(one) for one in names) - formula.amount(work)


def cut(amount: int, parts: int, rng: np.random.Generator) -> list[int]:
    """Random parts of an amount, none lost."""
    places = [0, *sorted(int(one * amount) for one in rng.random(parts - 1)), amount]
    return [after - before for before, after in pairwise(places)]


def yield_of(formula: LinearPayout, cases: list[Case], both: bool) -> float:
    """Pay over value of those who serve both, or one alone, in parts of budget over `half`."""
    chosen = [one for one in cases if bool(one.others) is both]
    paid = sum(formula.amount(one) for one in chosen)
    return paid / sum(one.value for one in chosen) * formula.half / BUDGET


def concave_gain(cases: list[Case], parts: int) -> float:
    """What the first operator's pay would grow by, as `parts` alike, were it by √value among all."""
    roots = [isqrt(one.value) for one in cases]
    alone = roots[0] / sum(roots)
    split = parts * isqrt(cases[0].value // parts)
    return split / (split + sum(roots[1:])) / alone - 1
