"""RollingBonds and its factory: parts in kind, rolls within three bounds, and a reason for each refusal."""

import boa
import pytest
from eth_account.messages import encode_typed_data
from eth_utils import keccak, to_checksum_address
from tests.support.bonds import (
    ADMIN,
    CURATOR,
    FUNDER,
    GUARDIAN,
    MAX,
    STRANGER,
    TRADERS,
    TREASURER,
    ZERO,
    Setup,
    make_knots,
    source,
)
from tests.support.permits import account
from tests.support.rolling import (
    BP,
    KEEPER,
    MIN_RATE,
    TENOR,
    TIP_BPS,
    TOLERANCE_BPS,
    make_house,
    rolling_blueprint,
)

from surety.models.debt_profile import DAY, WEEK, YEAR
from surety.models.flow_limits import Limits
from surety.models.log_mean import WAD
from surety.sdk.artefacts import artefact

HOLDER, OTHER, TRADER = TRADERS
FACE = 10_000 * WAD
FREE = Setup(fee_bps=0)


@pytest.fixture(scope="module")
def house():
    return make_house()


@pytest.fixture(autouse=True)
def undone(house):
    with boa.env.anchor():
        yield


@pytest.fixture
def entered(house):
    """Two holders, three to one."""
    house.enter(HOLDER, 3 * FACE // 4)
    house.enter(OTHER, FACE // 4)
    return house


def to(moment):
    boa.env.evm.patch.timestamp = moment


def later(seconds):
    boa.env.evm.patch.timestamp += seconds


def mature(house, by=0):
    """To the maturity held, after the next one was looked at for a week."""
    maturity = house.maturity()
    to(maturity - WEEK)
    house.observer.observe(house.suite.market, maturity + TENOR)
    to(maturity + by)
    return maturity


def holdings(house):
    suite, rolling = house.suite, house.rolling
    maturity, face, cash, supply = rolling.position()
    assert suite.token.balanceOf(rolling, suite.bond(maturity)) >= face
    return face, cash, supply


# -- shares in kind ---------------------------------------------------------------------------------------------------


def test_inv_rlb_1_enter__first__shares_are_face(house):
    house.buy(HOLDER, house.maturity(), FACE)
    assert house.rolling.enter(FACE, FACE, 0, OTHER, sender=HOLDER) == (FACE, 0)
    event = house.rolling.get_logs()[-1]
    assert event[1:] == (HOLDER, OTHER, FACE, FACE, 0)
    assert house.rolling.balanceOf(OTHER) == FACE
    assert tuple(house.rolling.position()) == (house.maturity(), FACE, 0, FACE)
    assert house.maturity() == house.now // WEEK * WEEK + TENOR


def test_inv_rlb_1_enter_and_exit__parts_of_bonds_and_cash__rounded_for_the_class(entered):
    mature(entered)
    entered.rolling.roll(FACE // 3, sender=KEEPER)
    face, cash, supply = holdings(entered)
    assert face > 0
    assert cash > 0
    shares = 1_234_567
    entered.buy(TRADER, entered.maturity(), WAD)
    expected = (-(-shares * face // supply), -(-shares * cash // supply))
    assert entered.rolling.quote_enter(shares) == expected
    assert entered.rolling.enter(shares, *expected, TRADER, sender=TRADER) == expected
    out = entered.rolling.exit(shares, 0, 0, TRADER, sender=TRADER)
    assert expected[0] - 1 <= out[0] <= expected[0]
    assert expected[1] - 1 <= out[1] <= expected[1]
    assert holdings(entered) == (face + expected[0] - out[0], cash + expected[1] - out[1], supply)


def test_inv_rlb_1_exit__everybody__empties_the_class(entered):
    mature(entered)
    entered.rolling.roll(FACE // 3, sender=KEEPER)
    for who in (HOLDER, OTHER):
        entered.rolling.exit(entered.rolling.balanceOf(who), 0, 0, who, sender=who)
    assert holdings(entered) == (0, 0, 0)
    token, asset = entered.suite.token, entered.suite.asset
    assert asset.balanceOf(entered.rolling) == 0
    assert token.balanceOf(entered.rolling, entered.suite.bond(entered.maturity())) == 0
    entered.enter(OTHER, FACE)  # into the maturity of the last roll
    assert holdings(entered) == (FACE, 0, FACE)


def test_inv_rlb_2_gifts__of_bonds_and_asset__count_for_nothing(entered):
    before = holdings(entered)
    entered.buy(TRADER, entered.maturity(), FACE)
    entered.suite.token.transfer(entered.rolling, entered.suite.bond(entered.maturity()), FACE, sender=TRADER)
    entered.suite.asset.transfer(entered.rolling, FACE, sender=TRADER)
    assert holdings(entered) == before
    assert entered.rolling.exit(FACE // 4, 0, 0, OTHER, sender=OTHER) == (FACE // 4, 0)
    mature(entered)
    entered.rolling.settle()
    assert holdings(entered) == (0, 3 * FACE // 4, 3 * FACE // 4)


def test_inv_rlb_2_first_entry__of_one_wei_and_a_gift__takes_nothing_from_the_next(house):
    maturity = house.maturity()
    house.buy(TRADER, maturity, FACE)
    house.rolling.enter(1, 1, 0, TRADER, sender=TRADER)
    house.suite.token.transfer(house.rolling, house.suite.bond(maturity), FACE - 1, sender=TRADER)
    house.enter(HOLDER, FACE)
    assert house.rolling.exit(FACE, 0, 0, HOLDER, sender=HOLDER) == (FACE, 0)
    assert house.rolling.exit(1, 0, 0, TRADER, sender=TRADER) == (1, 0)


def test_enter__matured_class__takes_cash_at_par(entered):
    maturity = mature(entered, by=DAY)
    shares = FACE // 10
    assert entered.rolling.quote_enter(shares) == (0, shares)
    assert entered.rolling.enter(shares, 0, shares, TRADER, sender=TRADER) == (0, shares)
    assert entered.suite.token.balanceOf(entered.rolling, entered.suite.bond(maturity)) == 0
    assert holdings(entered) == (0, FACE + shares, FACE + shares)


def test_exit__matured_and_not_settled__gives_the_bonds_themselves(entered):
    maturity = mature(entered, by=3 * WEEK)
    assert entered.rolling.exit(FACE // 4, FACE // 4, 0, TRADER, sender=OTHER) == (FACE // 4, 0)
    entered.suite.treasury.redeem(entered.suite.bond(maturity), FACE // 4, TRADER, sender=TRADER)


def test_enter_exit__limits__are_kept(entered):
    rolling = entered.rolling
    entered.buy(TRADER, entered.maturity(), FACE)
    with boa.reverts("rolling_bonds: face above the limit"):
        rolling.enter(100, 99, 0, TRADER, sender=TRADER)
    with boa.reverts("rolling_bonds: face below the limit"):
        rolling.exit(100, 101, 0, OTHER, sender=OTHER)
    mature(entered)
    with boa.reverts("rolling_bonds: cash above the limit"):
        rolling.enter(100, 0, 99, TRADER, sender=TRADER)
    rolling.settle()
    with boa.reverts("rolling_bonds: cash below the limit"):
        rolling.exit(100, 0, 101, OTHER, sender=OTHER)
    rolling.exit(100, 0, 100, OTHER, sender=OTHER)


def test_enter_exit__bad_amounts_and_receivers__revert(entered):
    rolling = entered.rolling
    with boa.reverts("rolling_bonds: zero shares"):
        rolling.enter(0, MAX, MAX, HOLDER, sender=HOLDER)
    with boa.reverts("rolling_bonds: zero shares"):
        rolling.exit(0, 0, 0, HOLDER, sender=HOLDER)
    for receiver in (ZERO, rolling.address):
        with boa.reverts("rolling_bonds: receiver is zero or this"):
            rolling.exit(1, 0, 0, receiver, sender=HOLDER)
    with boa.reverts("erc20: mint to the zero address"):
        rolling.enter(1, MAX, MAX, ZERO, sender=HOLDER)
    with boa.reverts("erc20: burn amount exceeds balance"):
        rolling.exit(1, 0, 0, STRANGER, sender=STRANGER)
    with boa.reverts("bond_token: insufficient balance"):
        rolling.enter(FACE, MAX, MAX, HOLDER, sender=HOLDER)
    with boa.reverts("bond_token: insufficient allowance"):
        rolling.enter(1, MAX, MAX, STRANGER, sender=STRANGER)
    with boa.reverts("rolling_bonds: amount out of range"):
        rolling.enter(2**128, MAX, MAX, HOLDER, sender=HOLDER)


def test_shares__are_an_erc20_with_permit(entered):
    rolling = entered.rolling
    assert (rolling.name(), rolling.symbol(), rolling.decimals()) == ("Rolling 13w 200bp", "ROLL", 18)
    rolling.transfer(TRADER, 5, sender=HOLDER)
    rolling.approve(TRADER, 7, sender=HOLDER)
    rolling.transferFrom(HOLDER, TRADER, 7, sender=TRADER)
    assert rolling.balanceOf(TRADER) == 12
    signer = account(0xB0B)
    names = {"name": "string", "version": "string", "chainId": "uint256", "verifyingContract": "address"}
    fields = {"owner": "address", "spender": "address", "value": "uint256", "nonce": "uint256", "deadline": "uint256"}
    message = encode_typed_data(
        full_message={
            "types": {
                "EIP712Domain": [{"name": key, "type": kind} for key, kind in names.items()],
                "Permit": [{"name": key, "type": kind} for key, kind in fields.items()],
            },
            "primaryType": "Permit",
            "domain": {
                "name": "Rolling 13w 200bp",
                "version": "1",
                "chainId": boa.env.evm.patch.chain_id,
                "verifyingContract": rolling.address,
            },
            "message": {"owner": signer.address, "spender": TRADER, "value": 9, "nonce": 0, "deadline": MAX},
        }
    )
    signed = signer.sign_message(message)
    r, s = (one.to_bytes(32) for one in (signed.r, signed.s))
    rolling.permit(signer.address, TRADER, 9, MAX, signed.v, r, s, sender=STRANGER)
    assert rolling.allowance(signer.address, TRADER) == 9


@pytest.mark.parametrize("name", ["mint", "burn", "burn_from", "set_minter", "transfer_ownership", "owner"])
def test_inv_rlb_3_shares__nobody_mints_or_owns(house, name):
    assert not hasattr(house.rolling, name)
    assert not hasattr(house.vault, name) or name == "mint"  # which there is ERC-4626's


# -- rolls ------------------------------------------------------------------------------------------------------------


def test_inv_rlb_4_roll_all__at_maturity__moves_the_whole_class(entered):
    maturity, asset = mature(entered), entered.suite.asset
    entered.rolling.settle()
    quote = entered.rolling.quote_roll_all()
    face, cost, tip = entered.rolling.roll_all(sender=KEEPER)
    event = entered.rolling.get_logs()[-1]
    assert event[1:] == (KEEPER, maturity + TENOR, face, cost, tip)
    assert (face, cost, tip) == quote
    assert tip == (face - cost) * TIP_BPS // 10_000 == asset.balanceOf(KEEPER) > 0
    assert tuple(entered.rolling.position()) == (maturity + TENOR, face, FACE - cost - tip, FACE)
    assert asset.balanceOf(entered.rolling) == FACE - cost - tip < FACE // 10**5
    assert face > FACE
    entered.rolling.roll_all(sender=KEEPER)  # again: the dust of the tip
    assert holdings(entered)[1] < FACE // 10**8


def test_inv_rlb_4_roll__in_slices__pays_no_more_than_the_whole(entered):
    mature(entered)
    with boa.env.anchor():
        whole = entered.rolling.roll(FACE, sender=KEEPER)
    slices = [entered.rolling.roll(FACE // 10, sender=KEEPER) for _ in range(10)]
    cost, tip = (sum(one[at] for one in slices) for at in (0, 1))
    assert whole[0] <= cost <= whole[0] + 20
    assert whole[1] - 20 <= tip <= whole[1]


def test_roll__weeks_late__goes_a_tenor_from_then(entered):
    maturity = mature(entered, by=5 * WEEK + DAY)
    entered.rolling.roll(FACE // 2, sender=KEEPER)
    assert entered.maturity() == maturity + 5 * WEEK + TENOR
    later(3 * WEEK)
    entered.rolling.roll(FACE // 4, sender=KEEPER)
    assert entered.maturity() == maturity + 5 * WEEK + TENOR


def test_roll__maturity_passes_while_cash_is_left__takes_both_to_the_next(entered):
    mature(entered)
    entered.rolling.roll(FACE // 2, sender=KEEPER)
    face, cash, _ = holdings(entered)
    second = mature(entered, by=DAY)
    assert holdings(entered)[:2] == (0, face + cash)
    assert entered.maturity() == second + TENOR
    rolled, *_ = entered.rolling.roll_all(sender=KEEPER)
    assert rolled > face + cash


def test_inv_rlb_5_roll__below_the_minimum_rate__reverts_and_loses_nothing(house):
    suite = house.suite
    rolling = source("bonds/RollingBonds").at(house.factory.create(TENOR, 650 * BP))
    suite.token.setOperator(rolling, True, sender=HOLDER)
    house.buy(HOLDER, rolling.position().maturity, FACE)
    rolling.enter(FACE, FACE, 0, HOLDER, sender=HOLDER)
    maturity = rolling.position().maturity
    house.buy(TRADER, maturity + TENOR, 20 * FACE // 3)  # the next maturity yields less for a long time
    to(maturity + DAY)
    rolling.settle()
    before = suite.asset.balanceOf(rolling), rolling.position()
    for call in (lambda: rolling.roll(FACE, sender=KEEPER), lambda: rolling.roll_all(sender=KEEPER)):
        with boa.reverts("rolling_bonds: below the minimum rate"):
            call()
    assert (suite.asset.balanceOf(rolling), rolling.position()) == before
    house.sell(TRADER, maturity + TENOR, 20 * FACE // 3)
    later(2 * DAY)  # so does the anchor
    cost, tip = rolling.roll(FACE // 2, sender=KEEPER)
    tau = maturity + TENOR - house.now
    assert (cost + tip) * (YEAR * 10_000 + 650 * tau) < FACE // 2 * YEAR * 10_000  # 1/(1 + r t) > exp(-r t)


def test_inv_rlb_5_worth__is_the_face_discounted_at_the_minimum_rate(entered):
    tau = entered.maturity() - entered.now
    exact = FACE * (1 - MIN_RATE * tau / YEAR / WAD + (MIN_RATE * tau / YEAR / WAD) ** 2 / 2)
    assert entered.rolling.worth(FACE) == pytest.approx(exact, rel=1e-6)
    free = source("bonds/RollingBonds").at(entered.factory.create(TENOR, 0))
    assert free.worth(FACE) == FACE


def test_inv_rlb_6_roll__debt_jumped_before_it__waits_until_the_average_knows(entered):
    rolling, maturity = entered.rolling, mature(entered, by=-1)
    entered.buy(TRADER, maturity + TENOR, 4 * FACE // 5)
    later(1)
    for face in (WAD, FACE):
        with boa.reverts("rolling_bonds: debt above its average"):
            rolling.roll(face, sender=KEEPER)
    guard = rolling.guard()
    target = entered.suite.market.quote(maturity + TENOR).target
    assert tuple(guard) == (maturity + TENOR, 4 * FACE // 5, target * TOLERANCE_BPS // 10_000 + guard_average(entered))
    later(3 * DAY)
    with boa.reverts("rolling_bonds: debt above its average"):
        rolling.roll(WAD, sender=KEEPER)
    later(4 * DAY)
    rolling.roll(FACE, sender=KEEPER)


def guard_average(house):
    return house.observer.average(house.suite.market, house.maturity())


def test_inv_rlb_6_roll__sale_lifted_the_anchor__waits(entered):
    """What counts is the debt from which the market prices, not the debt."""
    maturity = entered.maturity()
    to(maturity - 8 * DAY)
    entered.buy(TRADER, maturity + TENOR, FACE)
    to(maturity)
    entered.observer.observe(entered.suite.market, maturity + TENOR)
    entered.sell(TRADER, maturity + TENOR, FACE)
    later(1)
    entered.buy(TRADER, maturity + TENOR, FACE)
    with boa.reverts("rolling_bonds: debt above its average"):
        entered.rolling.roll(FACE, sender=KEEPER)
    later(DAY)
    entered.rolling.roll(FACE, sender=KEEPER)


def test_inv_rlb_6_slices__own_purchases__do_not_stop_the_next_for_a_week(entered):
    """A tenth of the class is near the tolerance; slices count as its own for a week from the first."""
    mature(entered)
    for wait in (0, DAY, 3 * DAY, 2 * DAY, DAY):
        later(wait)
        guard = entered.rolling.guard()
        assert guard.start <= guard.limit
        entered.rolling.roll(FACE // 10, sender=KEEPER)
    later(1)
    with boa.reverts("rolling_bonds: debt above its average"):
        entered.rolling.roll(FACE // 10, sender=KEEPER)
    later(7 * DAY)  # by then the average knows them
    entered.rolling.roll_all(sender=KEEPER)


@pytest.mark.parametrize("rates", [(0.06, 0.03, 0.02), (0.08, 0.05, 0.04)])
def test_inv_rlb_5_6_roll__while_the_profile_changes__pays_the_dearer_price_within_its_bounds(entered, rates):
    """The guard asks for debts, not for prices: a change stops only what the minimum rate refuses."""
    suite, rolling = entered.suite, entered.rolling
    maturity = entered.maturity()
    to(maturity - 10 * DAY)
    suite.market.queue_profile(make_knots(rates=rates), 50, sender=CURATOR)
    mature(entered)
    assert suite.market.schedule().end > entered.now
    face, cost, tip = rolling.roll_all(sender=KEEPER)
    assert suite.market.quote(maturity + TENOR).buy_price > 0
    assert cost + tip <= rolling.worth(face)
    assert cost + tip <= FACE < face


def test_roll__more_than_the_cash__reverts(entered):
    mature(entered)
    with boa.reverts("rolling_bonds: cost and tip above the cash"):
        entered.rolling.roll(FACE * 102 // 100, sender=KEEPER)
    with boa.reverts("rolling_bonds: zero face"):
        entered.rolling.roll(0, sender=KEEPER)


def test_roll__before_maturity__has_no_cash_to_spend(entered):
    with boa.reverts("rolling_bonds: cost and tip above the cash"):
        entered.rolling.roll(FACE, sender=KEEPER)
    with boa.reverts("rolling_bonds: zero face"):
        entered.rolling.roll_all(sender=KEEPER)
    assert entered.rolling.quote_roll_all() == (0, 0, 0)
    assert entered.rolling.settle() == 0


def test_inv_rlb_7_roll__market_paused_or_exhausted__loses_nothing_and_works_later(entered):
    suite, rolling = entered.suite, entered.rolling
    mature(entered)
    suite.market.set_pause(True, False, sender=GUARDIAN)
    with boa.reverts("flow_limits: buys are paused"):
        rolling.roll_all(sender=KEEPER)
    suite.market.set_pause(False, False, sender=GUARDIAN)
    suite.market.set_limits(Limits(WAD, WAD, WAD, 100, 100), sender=ADMIN)
    with boa.reverts("flow_limits: buys above the epoch's limit"):
        rolling.roll_all(sender=KEEPER)
    suite.market.set_limits(suite.setup.all_limits, sender=ADMIN)
    reserve = suite.treasury.reserve()
    suite.treasury.withdraw(reserve, FUNDER, sender=TREASURER)
    with boa.reverts("bond_treasury: reserve too low"):
        rolling.roll_all(sender=KEEPER)
    assert holdings(entered) == (0, FACE, FACE)
    rolling.exit(FACE // 4, FACE // 4, 0, OTHER, sender=OTHER)  # nothing was settled: the bonds themselves
    suite.treasury.fund(reserve, sender=FUNDER)
    later(8 * WEEK)
    assert rolling.roll_all(sender=KEEPER)[0] > FACE // 2


def test_inv_flw_5_roll__budget_spent_by_others__a_listed_class_still_rolls(entered):
    suite, rolling = entered.suite, entered.rolling
    maturity = mature(entered)
    wide = suite.setup.all_limits
    suite.market.set_limits(wide._replace(budget=1_000 * WAD, roll_share=50), sender=ADMIN)
    entered.buy(TRADER, maturity + 51 * WEEK, 7_600 * WAD)
    with boa.reverts("flow_limits: rest of the budget is for rolls"):
        entered.buy(TRADER, maturity + 51 * WEEK, 7_600 * WAD)
    with boa.reverts("flow_limits: rest of the budget is for rolls"):
        rolling.roll(FACE, sender=KEEPER)
    suite.market.grantRole(keccak(text="ROLLER_ROLE"), rolling, sender=ADMIN)
    rolling.roll(FACE, sender=KEEPER)


def matured_house(asset):
    house = make_house(Setup(asset=asset))
    house.enter(HOLDER, FACE)
    to(house.maturity())
    return house


def test_moves__asset_refuses__revert():
    house = matured_house("MockFalseERC20")
    house.rolling.settle()
    house.suite.asset.refuse(True)
    for call in (
        lambda: house.rolling.enter(FACE, 0, FACE, TRADER, sender=TRADER),
        lambda: house.rolling.exit(FACE, 0, 0, HOLDER, sender=HOLDER),
    ):
        with boa.reverts("rolling_bonds: token refused the transfer"):
            call()


def test_moves__asset_begins_to_take_a_fee__no_books_without_the_asset():
    house = matured_house("MockFickleERC20")
    house.suite.asset.take(True)
    with boa.reverts("rolling_bonds: asset moved a wrong amount"):
        house.rolling.settle()
    house.rolling.exit(FACE // 2, FACE // 2, 0, HOLDER, sender=HOLDER)  # the bonds themselves
    house.suite.asset.take(False)
    house.rolling.settle()
    house.suite.asset.take(True)
    with boa.reverts("rolling_bonds: asset moved a wrong amount"):
        house.rolling.enter(FACE, 0, FACE, TRADER, sender=TRADER)


def test_inv_rlb_2_moves__asset_calls_back__nothing_re_enters():
    """Settling and asking are open to all, and refused while the class moves its asset."""
    house = matured_house("MockCallbackERC20")
    asset, rolling, vault = house.suite.asset, house.rolling, house.vault

    def called_back(target, payload, call):
        asset.call_back(target, payload)
        call()
        return asset.succeeded()

    settle, total = rolling.settle.prepare_calldata(), vault.totalAssets.prepare_calldata()
    plain = lambda: asset.transfer(TRADER, 1, sender=HOLDER)  # noqa: E731
    assert called_back(rolling, settle, plain)
    assert called_back(vault, total, plain)
    calls = asset.calls()
    for call in (
        lambda: rolling.enter(FACE, 0, FACE, TRADER, sender=TRADER),
        lambda: rolling.exit(FACE // 2, 0, 0, TRADER, sender=TRADER),
        lambda: rolling.roll(FACE // 2, sender=KEEPER),
    ):
        assert not called_back(rolling, settle, call)
    for call in (
        lambda: vault.deposit(FACE, TRADER, sender=TRADER),
        lambda: vault.redeem(FACE // 2, TRADER, TRADER, sender=TRADER),
    ):
        assert not called_back(vault, total, call)
    assert asset.calls() == calls + 5


# -- the factory ------------------------------------------------------------------------------------------------------


def test_inv_rlb_10_create__same_terms__is_the_same_class_at_a_known_address(house):
    factory, suite = house.factory, house.suite
    assert factory.create(TENOR, MIN_RATE) == house.rolling.address == factory.class_of(TENOR, MIN_RATE)
    made = factory.create(26 * WEEK, 0)
    event = factory.get_logs()[-1]
    assert event[1:] == (26 * WEEK, 0, made)
    arguments = suite.market.address, house.observer.address, 26 * WEEK, 0, TOLERANCE_BPS, TIP_BPS
    salt = keccak((26 * WEEK).to_bytes(32) + bytes(32))
    initcode = artefact("RollingBonds").creation(*arguments)
    expected = keccak(b"\xff" + bytes.fromhex(factory.address[2:]) + salt + keccak(initcode))[12:]
    assert made == to_checksum_address(expected)
    assert factory.is_class(made)
    assert not factory.is_class(suite.market)
    rolling = source("bonds/RollingBonds").at(made)
    assert (rolling.tenor(), rolling.min_rate(), rolling.tolerance_bps(), rolling.tip_bps()) == (
        26 * WEEK,
        0,
        *factory.terms(),
    )
    assert (rolling.market(), rolling.observer()) == (factory.market(), factory.observer())
    assert factory.blueprint() != ZERO


def test_class_of__unknown__reverts(house):
    with boa.reverts("rolling_factory: unknown class"):
        house.factory.class_of(TENOR, MIN_RATE + BP)


@pytest.mark.parametrize("tenor", [0, DAY, WEEK - 1, 210 * WEEK, MAX])
def test_create__tenor_out_of_range__reverts(house, tenor):
    with boa.reverts("rolling_factory: tenor out of range"):
        house.factory.create(tenor, 0)


@pytest.mark.parametrize("rate", [1, BP + 1, WAD + BP, MAX])
def test_create__rate_out_of_range__reverts(house, rate):
    with boa.reverts("rolling_factory: rate out of range"):
        house.factory.create(TENOR, rate)


@pytest.mark.parametrize(
    ("tenor", "rate", "name"), [(WEEK, 0, "Rolling 1w 0bp"), (209 * WEEK, WAD, "Rolling 209w 10000bp")]
)
def test_create__at_the_ends__has_its_terms_in_its_name(house, tenor, rate, name):
    rolling = source("bonds/RollingBonds").at(house.factory.create(tenor, rate))
    assert rolling.name() == name
    assert rolling.worth(WAD) < WAD or rate == 0


def test_factory__tolerance_or_tip_too_high__reverts(house):
    factory = source("bonds/RollingBondsFactory")
    parts = house.suite.market, rolling_blueprint(), house.observer
    factory.deploy(*parts, 2_000, 1_000)
    with boa.reverts("rolling_factory: tolerance out of range"):
        factory.deploy(*parts, 2_001, 0)
    with boa.reverts("rolling_factory: tip out of range"):
        factory.deploy(*parts, 0, 1_001)
