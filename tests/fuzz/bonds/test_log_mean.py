"""The pricing kernel: contract = model to the wei, model against exact integrals in 50 digits, and what follows.

2,000 cases each time, the same on contract and model; 200,000 on the model in `make test-all`.
"""

from itertools import pairwise
from random import Random

import boa
import pytest
from mpmath import mp, mpf
from tests.support.bonds import source
from tests.support.kernel import (
    exact_integral,
    exact_log_discount,
    exact_price,
    magnitude,
    random_cases,
    random_curve,
    random_debt,
    relative_gap,
)

from surety.models import Refused, log_mean
from surety.models.log_mean import BPS, MAX_DEBT, MAX_STEPS, Q96, SLACK, WAD, Curve
from surety.sdk.engines.pyrevm_engine import PyrevmEngine

pytestmark = pytest.mark.fuzz

CASES = 2_000
MANY_CASES = 200_000
YEAR_CURVE = Curve(10**24, 2 * 10**24, 12 * 10**16, 6 * 10**16, 10**16)


@pytest.fixture(scope="module")
def kernel():
    return source("mocks/LogMeanHarness").deploy()


def agree(contract, model, *arguments):
    """The contract's answer, which is the model's."""
    expected = model(*arguments)
    assert contract(*arguments) == expected, arguments
    return expected


# -- the integral -----------------------------------------------------------------------------------------------------


def check_bounds(curve, debt, face):
    """down <= exact <= up, and the gap is small, for a buy from `debt` and a sale back to and down from it."""
    exact = exact_integral(debt, debt + face, curve)
    up = log_mean.cost_up(debt, face, curve)
    assert exact <= up <= min(mpf(face), exact * (1 + relative_gap(debt, debt + face, curve)) + 2)
    for top in {debt, min(debt + face, MAX_DEBT - 1)}:
        exact = exact_integral(top - face, top, curve)
        down = log_mean.cost_down(top, face, curve)
        assert exact * (1 - relative_gap(top - face, top, curve)) - 2 <= down <= exact


def check_inverse(curve, debt, budget, fee):
    """charge(face_for(budget)) <= budget, and what is left over is dust."""
    face = log_mean.face_for(budget, debt, curve, fee)
    if face >= MAX_DEBT:  # the market refuses it: no cap is that large
        return
    charge = log_mean.charge(debt, face, curve, fee)
    assert charge <= budget
    # left over: the pad of 2**-56 of the face at its last, highest price, the search's own error, 4 wei and roundings
    assert budget - charge <= (budget >> 53) + 10


@pytest.mark.parametrize("seed", [1])
def test_inv_krn_1_inv_krn_2_cost__random_cases__encloses_the_exact_integral(seed):
    for curve, debt, face, fee in random_cases(seed, CASES):
        check_bounds(curve, debt, face)
        check_inverse(curve, debt, face, fee)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 120))
def test_inv_krn_1_inv_krn_2_cost__many_random_cases__encloses_the_exact_integral(seed):
    for curve, debt, face, fee in random_cases(seed, MANY_CASES // 20):
        check_bounds(curve, debt, face)
        check_inverse(curve, debt, face, fee)


class FastKernel:
    """The same bytecode on pyrevm, for which 12,000 calls are a matter of seconds."""

    def __init__(self, kernel):
        self._kernel = kernel
        self._engine = PyrevmEngine()
        self._sender = self._engine.accounts[0]
        self._address = self._engine.create(self._sender, kernel.compiler_data.bytecode).contract

    def __getattr__(self, name):
        function = getattr(self._kernel, name)
        return lambda *arguments: int.from_bytes(
            self._engine.call(self._sender, self._address, function.prepare_calldata(*arguments))
        )


def test_inv_krn_1_contract__random_cases__is_the_model(kernel):
    fast = FastKernel(kernel)
    for curve, debt, face, fee in random_cases(1, CASES):
        up = agree(fast.cost_up, lambda d, x, c, _: log_mean.cost_up(d, x, c), debt, face, curve, fee)
        charge = agree(fast.charge, log_mean.charge, debt, face, curve, fee)
        assert up <= charge <= face
        down = agree(fast.cost_down, lambda d, x, c, _: log_mean.cost_down(d, x, c), debt, face, curve, fee)
        assert agree(fast.payout, log_mean.payout, debt, face, curve, fee) <= down
        agree(fast.face_for, lambda d, y, c, f: log_mean.face_for(y, d, c, f), debt, face, curve, fee)
        agree(fast.price, log_mean.price, debt, curve)


@pytest.mark.parametrize(
    ("days", "face", "exact"),
    [(365, 10**18, "886920463324771149"), (90, 2 * 10**24, "1969474839709776676158550")],
)
def test_inv_krn_1_cost__the_two_examples__are_met_to_the_wei(kernel, days, face, exact):
    real = Curve(10**24, 2 * 10**24, *(mpf(discount) * days / 365 for discount in YEAR_CURVE[2:]))
    assert mp.nstr(mp.floor(exact_integral(0, face, real)), 30).removesuffix(".0") == exact
    # the kernel takes log-discounts in WAD: rounding them down moves the price by less than 1e-18 of itself
    curve = Curve(*map(int, real))
    off = 0 if days == 365 else face // 10**18
    assert -2 <= int(exact) - kernel.cost_up(0, face, curve, 0) + off <= off
    assert 0 <= kernel.cost_down(face, face, curve, 0) - int(exact) + 1 <= off + 1
    check_bounds(curve, 0, face)


# -- the elementary functions, whose errors make up SLACK -------------------------------------------------------------


def test_inv_krn_2_exp_neg__whole_range__is_within_its_bound():
    random = Random(2)
    grid = [step * 5 * Q96 // 1_000 for step in range(1_001)]
    edges = [k * log_mean.LN2 + offset for k in range(7) for offset in (0, 1, log_mean.LN2 - 1)]
    for x in [*grid, *edges, *(random.randrange(5 * Q96) for _ in range(1_000))]:
        assert abs(log_mean.exp_neg(x) - mp.exp(-mpf(x) / Q96) * Q96) < mpf("1.6e6")


def test_inv_krn_2_sinhc__whole_range__is_within_its_bound():
    for step in range(1_001):
        h = step * (Q96 // 2) // 1_000
        real = mpf(h) / Q96
        assert abs(log_mean.sinhc(h) - (mp.sinh(real) / real if h else 1) * Q96) < mpf("1.6e3")


def test_inv_krn_2_slack__truncation_at_the_edge__leaves_room():
    """The bound of specs/log-mean.md, evaluated: truncation of both series and every rounding stay below SLACK."""
    s = mp.log(2) / 8
    truncation = 8 * s**13 / mp.factorial(13) * Q96
    assert truncation < mpf("1.58e6")
    exp_roundings = 8 * 3 + 7 + 1 + 2  # Horner's last steps through the squarings, the squarings, the shift, LN2
    sinhc_max = mp.sinh(mpf("0.5")) / mpf("0.5")
    tail = mpf("0.5") ** 20 / mp.factorial(21) * Q96
    assert (truncation + exp_roundings + 3) * sinhc_max + tail + 8 < SLACK


def test_inv_krn_2_integral__random_cases__errs_less_than_slack():
    worst = mpf(0)
    for curve, debt, face, _ in random_cases(3, CASES // 2):
        error = abs(log_mean.integral(debt, face, curve) - exact_integral(debt, debt + face, curve) * Q96)
        worst = max(worst, error / face)
    assert worst < SLACK


# -- additivity -------------------------------------------------------------------------------------------------------


def test_inv_krn_3_cost__split_anywhere__is_the_whole_up_to_rounding():
    random = Random(4)
    for curve, debt, face, fee in random_cases(5, CASES):
        cut = random.choice([random.randrange(face + 1), max(0, min(face, curve.target - debt))])
        if debt + face >= MAX_DEBT:
            continue
        dust = (face * SLACK * 2 >> 96) + 2
        up = log_mean.cost_up(debt, face, curve)
        parts = log_mean.cost_up(debt, cut, curve) + log_mean.cost_up(debt + cut, face - cut, curve)
        assert -dust <= parts - up <= dust
        charge = log_mean.charge(debt, face, curve, fee)
        parts = log_mean.charge(debt, cut, curve, fee) + log_mean.charge(debt + cut, face - cut, curve, fee)
        assert -dust - 1 <= parts - charge <= dust + 2
        down = log_mean.cost_down(debt + face, face, curve)
        parts = log_mean.cost_down(debt + face, face - cut, curve) + log_mean.cost_down(debt + cut, cut, curve)
        assert -dust <= down - parts <= dust


def test_inv_krn_3_cost__across_the_kink__is_the_sum_of_both_lines(kernel):
    target = YEAR_CURVE.target
    below, above = 3 * 10**22, 5 * 10**22
    whole = kernel.cost_up(target - below, below + above, YEAR_CURVE, 0)
    parts = kernel.cost_up(target - below, below, YEAR_CURVE, 0) + kernel.cost_up(target, above, YEAR_CURVE, 0)
    assert 0 <= parts - whole <= 2
    # no jump of the price at the kink, nor at the cap
    for kink in (target, YEAR_CURVE.cap):
        before, at, after = (kernel.price(kink + step, YEAR_CURVE) for step in (-1, 0, 1))
        assert before <= at <= after <= before + 2


def test_inv_krn_3_round_trip__random_cases__never_gains():
    for curve, debt, face, fee in random_cases(6, CASES):
        if debt + face < MAX_DEBT:
            bought = log_mean.charge(debt, face, curve, fee)
            assert log_mean.payout(debt + face, face, curve, fee) <= bought


# -- the price --------------------------------------------------------------------------------------------------------


def test_inv_krn_4_price__random_cases__is_within_0_and_1_and_rises_with_debt():
    random = Random(7)
    for _ in range(CASES):
        curve = random_curve(random)
        debts = sorted(random_debt(random, curve) for _ in range(6))
        prices = [log_mean.price(debt, curve) for debt in debts]
        assert all(0 < price <= WAD for price in prices)
        # neighbours whose exact prices differ by less than the kernel's own error may come out in either order
        assert all(b >= a - 1 for a, b in pairwise(prices))
        for debt, price in zip(debts, prices, strict=True):
            assert abs(price - exact_price(debt, curve) * WAD) <= 1


def test_inv_krn_4_price__no_discount__is_par(kernel):
    par = Curve(10**24, 2 * 10**24, 0, 0, 0)
    assert kernel.price(0, par) == WAD
    assert kernel.cost_up(5, 10**21, par, 0) == 10**21 == kernel.charge(5, 10**21, par, 1_000)
    assert 10**21 - kernel.cost_down(10**22, 10**21, par, 0) == 1


def test_inv_krn_4_cost__dust__is_at_most_face(kernel):
    for face in range(1, 6):
        assert 0 < kernel.charge(0, face, YEAR_CURVE, 100) <= face
        assert 0 <= kernel.payout(face, face, YEAR_CURVE, 1_000) < face


def test_payout__fee_above_proceeds__is_zero(kernel):
    deep = Curve(10**24, 2 * 10**24, 4 * WAD, 4 * WAD, 4 * WAD)
    assert kernel.payout(10, 1, deep, 1_000) == 0 == log_mean.payout(10, 1, deep, 1_000)
    assert kernel.payout(10**21, 10**21, deep, 100) > 0


def test_inv_krn_4_payout__below_debt_zero__is_flat_at_the_empty_price(kernel):
    face = 10**21
    flat = log_mean.exp_neg((YEAR_CURVE.hi << 96) // WAD) * face >> 96
    assert 0 <= flat - kernel.cost_down(0, face, YEAR_CURVE, 0) <= 1
    part = kernel.cost_down(face // 2, face // 2, YEAR_CURVE, 0)
    assert 0 <= kernel.cost_down(face // 2, face, YEAR_CURVE, 0) - part - flat // 2 <= 2


# -- the inverse ------------------------------------------------------------------------------------------------------


def test_inv_krn_5_face_for__random_budgets__fits_and_is_nearly_the_most():
    random = Random(8)
    for _ in range(CASES):
        curve = random_curve(random)
        debt = random_debt(random, curve)
        check_inverse(curve, debt, magnitude(random, 96), random.choice([0, 1, 50, 1_000]))


def test_inv_krn_5_face_for__charge_of_a_known_face__finds_it_again():
    for curve, debt, face, fee in random_cases(9, CASES):
        if debt + face < MAX_DEBT:
            budget = log_mean.charge(debt, face, curve, fee)
            check_inverse(curve, debt, budget, fee)
            # the face may be less by what the pad of the budget and of the face buys at the lowest price
            found = log_mean.face_for(budget, debt, curve, fee)
            assert found >= face - (face >> 48) - 2_000


@pytest.mark.parametrize("budget", [0, 1, 7, 8, 9, 100])
def test_inv_krn_5_face_for__dust__fits(kernel, budget):
    face = kernel.face_for(10**23, budget, YEAR_CURVE, 50)
    assert face == log_mean.face_for(budget, 10**23, YEAR_CURVE, 50)
    assert (face == 0) == (budget <= 8)
    assert kernel.charge(10**23, face, YEAR_CURVE, 50) <= budget


def test_inv_krn_5_search__whole_domain__takes_three_integrals():
    """MAX_STEPS is a bound with room: nothing in the domain needs more than half of it."""
    worst = 0
    for curve, debt, face, fee in random_cases(10, CASES):
        if debt < curve.target:
            base, gap, room, width = curve.mid, curve.hi - curve.mid, curve.target - debt, curve.target
        elif debt < curve.cap:
            base, gap, room, width = curve.low, curve.mid - curve.low, curve.cap - debt, curve.cap - curve.target
        else:
            continue
        if min(face, room) > 2**20:  # dust ends by rounding, not by the criterion
            worst = max(worst, log_mean.solve_piece(face, base, gap, room, width, fee)[2])
    assert worst <= MAX_STEPS // 2


# -- the domain (T18) -------------------------------------------------------------------------------------------------


def test_inv_krn_6_span__at_and_beyond_the_bound__reverts(kernel):
    most = MAX_DEBT - 1
    for name in ("cost_up", "cost_down", "charge", "payout", "face_for"):
        function = getattr(kernel, name)
        function(most, most, YEAR_CURVE, 0)
        for debt, face in ((MAX_DEBT, 1), (0, MAX_DEBT), (2**256 - 1, 2**256 - 1)):
            with boa.reverts("log_mean: amount out of range"):
                function(debt, face, YEAR_CURVE, 0)
            with pytest.raises(Refused, match="log_mean: amount out of range"):
                log_mean.check_span(debt, face)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"target": 0}, "log_mean: zero target"),
        ({"cap": YEAR_CURVE.target}, "log_mean: cap not above target"),
        ({"cap": MAX_DEBT}, "log_mean: cap out of range"),
        ({"hi": YEAR_CURVE.mid - 1}, "log_mean: discounts out of order"),
        ({"low": YEAR_CURVE.mid + 1}, "log_mean: discounts out of order"),
        ({"hi": 4 * WAD + 1, "mid": 3 * WAD + 1, "low": 3 * WAD}, "log_mean: discount out of range"),
        ({"hi": YEAR_CURVE.mid + WAD + 1}, "log_mean: discounts too far apart"),
        ({"hi": 2 * WAD, "mid": WAD + 1, "low": 0}, "log_mean: discounts too far apart"),
    ],
)
def test_inv_krn_6_curve__out_of_the_domain__reverts(kernel, change, reason):
    kernel.check_curve(YEAR_CURVE)
    log_mean.check_curve(YEAR_CURVE)
    with boa.reverts(reason):
        kernel.check_curve(YEAR_CURVE._replace(**change))
    with pytest.raises(Refused, match=reason):
        log_mean.check_curve(YEAR_CURVE._replace(**change))


def test_inv_krn_6_edges_of_the_domain__are_computed(kernel):
    """The widest falls, the deepest discount, the largest and the smallest sizes."""
    curves = [
        Curve(1, 2, 4 * WAD, 3 * WAD, 2 * WAD),
        Curve(1, MAX_DEBT - 1, 4 * WAD, 3 * WAD, 2 * WAD),
        Curve(MAX_DEBT - 2, MAX_DEBT - 1, 2 * WAD, WAD, 0),
        Curve(2**95, MAX_DEBT - 1, 4 * WAD, 4 * WAD, 3 * WAD),
    ]
    for curve in curves:
        kernel.check_curve(curve)
        for debt in (0, curve.target, curve.cap, MAX_DEBT - 1):
            for face in (1, curve.target, MAX_DEBT - 1):
                check_bounds(curve, debt, face)
                for fee in (0, 1_000):
                    agree(kernel.charge, log_mean.charge, debt, face, curve, fee)
                    agree(kernel.payout, log_mean.payout, debt, face, curve, fee)
                    agree(kernel.face_for, lambda d, y, c, f: log_mean.face_for(y, d, c, f), debt, face, curve, fee)
                    check_inverse(curve, debt, face, fee)


def test_log_discount__kinks__are_the_knots_own_values():
    for debt, wanted in ((0, YEAR_CURVE.hi), (10**24, YEAR_CURVE.mid), (2 * 10**24, YEAR_CURVE.low)):
        assert 0 <= (wanted << 96) // WAD - log_mean.log_discount(debt, YEAR_CURVE) <= 1
        assert exact_log_discount(mpf(debt), YEAR_CURVE) * WAD == wanted
    assert log_mean.log_discount(MAX_DEBT, YEAR_CURVE) == (YEAR_CURVE.low << 96) // WAD
    assert BPS == 10_000


@pytest.mark.parametrize("budget", [59_833, 59_834, 59_835])
def test_inv_krn_5_face_for__over_both_kinks__fits(kernel, budget):
    """Three charges are rounded on the way: a pad of 4 wei was one too few here."""
    curve = Curve(880_632, 976_011, 1_937_422_730_124_000_000, 1_937_422_730_123_300_000, 1_935_784_532_438_300_000)
    face = kernel.face_for(741_559, budget, curve, 147)
    assert face == log_mean.face_for(budget, 741_559, curve, 147) > 0
    assert kernel.charge(741_559, face, curve, 147) <= budget


@pytest.mark.parametrize("budget", [20, 21, 22])
def test_inv_krn_5_face_for__a_piece_of_a_few_wei__never_wraps(kernel, budget):
    """The search may swing between two faces until its steps run out; what is left is then zero and never wraps."""
    curve = Curve(15_431, 15_433, WAD, WAD, 0)
    face = kernel.face_for(15_383, budget, curve, 333)
    assert 0 < face < 60
    assert face == log_mean.face_for(budget, 15_383, curve, 333)
    assert kernel.charge(15_383, face, curve, 333) <= budget
