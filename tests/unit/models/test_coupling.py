"""T16: why buckets are not coupled on chain.

If the price of each maturity looks at the debt of all, p_i = exp(-τ_i·(r_i - κ·ΣD)), then ∂p_i/∂D_j = κ·τ_i·p_i differs
from ∂p_j/∂D_i = κ·τ_j·p_j: what a trade costs depends on the order of trades, and a cycle pays. Prices that are the
gradient of one potential have a symmetric Jacobian, and no cycle pays. Surety's buckets are the simplest such case:
each price looks at its own bucket alone.
"""

import math
from random import Random

TENORS = (4.0, 0.25)  # years
RATES = (0.04, 0.04)
KAPPA = 1.28929e-8  # a year and unit of debt: 1 % a year for 775,000
TRADE = 400_000.0


def naive_cost(i, debts, face):
    """Integral of exp(-τ_i·(r_i - κ·ΣD)) while the debt of bucket i grows by `face` (negative: shrinks)."""
    growth = KAPPA * TENORS[i]
    first = math.exp(-TENORS[i] * (RATES[i] - KAPPA * sum(debts)))
    return first * math.expm1(growth * face) / growth


def potential(debts):
    """Σφ_i(D_i) + η·(W - W*)²/2 with W = Σ τ_i·D_i: the price of bucket i is its derivative by D_i."""
    eta, wanted = 1e-8, 1e6
    own = sum(
        math.exp(-tenor * (rate - KAPPA * debt)) / (KAPPA * tenor)
        for tenor, rate, debt in zip(TENORS, RATES, debts, strict=True)
    )
    weighted = sum(tenor * debt for tenor, debt in zip(TENORS, debts, strict=True))
    return own + eta * (weighted - wanted) ** 2 / 2


def potential_cost(i, debts, face):
    after = list(debts)
    after[i] += face
    return potential(after) - potential(debts)


def play(cost, moves):
    """What a trader pays in all over moves (bucket, face) from two empty buckets."""
    debts, paid = [0.0, 0.0], 0.0
    for i, face in moves:
        paid += cost(i, debts, face)
        debts[i] += face
    return paid, debts


CYCLE = [(0, TRADE), (1, TRADE), (0, -TRADE), (1, -TRADE)]


def test_naive_coupling__four_trades_over_two_buckets__pay_the_trader():
    """2 × 400,000 at four years and a quarter: the trader walks away with thousands, the buckets as they were."""
    forwards, debts = play(naive_cost, CYCLE)
    assert debts == [0.0, 0.0]
    backwards, _ = play(naive_cost, [(i, -face) for i, face in reversed(CYCLE)])
    assert math.isclose(forwards, -backwards, rel_tol=1e-6)  # one of both directions pays
    gain = max(-forwards, -backwards)
    assert round(gain) == 6_667
    # Green: the gain is the curl, κ·(τ_0·p_0 - τ_1·p_1), summed over the rectangle
    assert math.isclose(gain, curl_over_the_rectangle(), rel_tol=1e-3)


def curl_over_the_rectangle(steps=200):
    step = TRADE / steps
    total = 0.0
    for a in range(steps):
        for b in range(steps):
            debt = (a + b + 1) * step
            slopes = [KAPPA * t * math.exp(-t * (r - KAPPA * debt)) for t, r in zip(TENORS, RATES, strict=True)]
            total += (slopes[0] - slopes[1]) * step * step
    return total


def test_potential_coupling__same_cycle__pays_nothing():
    paid, debts = play(potential_cost, CYCLE)
    assert debts == [0.0, 0.0]
    assert abs(paid) < 1e-6


def test_potential_coupling__random_closed_sequences__pay_nothing():
    random = Random(16)
    for _ in range(200):
        moves = [(random.randrange(2), random.uniform(0, TRADE)) for _ in range(random.randrange(1, 8))]
        closing = [(i, -sum(face for bucket, face in moves if bucket == i)) for i in (0, 1)]
        paid, debts = play(potential_cost, moves + closing)
        assert all(abs(debt) < 1e-6 for debt in debts)
        assert abs(paid) < 1e-5


def test_inv_mkt_1_own_bucket_only__same_cycle__pays_nothing():
    def alone(i, debts, face):
        return naive_cost(i, [debts[i]], face)

    paid, _ = play(alone, CYCLE)
    assert abs(paid) < 1e-6
