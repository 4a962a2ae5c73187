"""The story of stake: what is taken, given back and paid adds up to the last unit."""

import pytest
from tests.support.world import demo_config

from surety.report.stakes import payment_table, stake_figure, stake_sentence, stake_table
from surety.sdk.deploy import deploy
from surety.sdk.engines import make_engine
from surety.sim.stakers import JOINER, SHARER, Stakers
from surety.sim.trace import Trace
from surety.sim.venue import Venue

UNIT = 10**6
DUST = 4


@pytest.fixture(scope="module")
def story():
    engine, config = make_engine("pyrevm"), demo_config()
    engine.set_time(1_728_271_545)
    suite, record = deploy(engine, config)
    return Stakers(Venue(suite, record.deployer, Trace()), config).play()


def test_stakers__vetoed_slash__everybody_has_all_of_it_and_the_judges_bond(story):
    staked, seized, back, *_ = story.stands
    assert staked.total == 130_000 * UNIT
    for name, had in staked.holders.items():
        if name == JOINER:
            continue
        assert seized.holders[name] == had - had // 5, name
        # the bond is a twentieth of what was seized
        assert abs(back.holders[name] - had * 101 // 100) <= DUST, name
    assert back.bond == staked.bond == 25_000 * UNIT


def test_inv_lqd_4_stakers__shares_of_a_vault__fare_as_a_stake_and_a_joiner_takes_no_part_in_the_veto(story):
    """Dora's 10,000: 8,000 seized, 10,100 back; a tenth of the 8,000 still staked is paid; Emil's: 1,000."""
    dora, emil = ([stand.holders[name] for stand in story.stands] for name in (SHARER, JOINER))
    ben = [stand.holders["Ben"] for stand in story.stands]
    assert all(abs(3 * mine - other) <= 3 * DUST for mine, other in zip(dora, ben, strict=True))
    assert [round(units / UNIT) for units in dora] == [10_000, 8_000, 10_100, 9_300, 9_300]
    assert [round(units / UNIT) for units in emil] == [10_000, 10_000, 10_000, 9_000, 9_000]


def test_stakers__finalised_slash__paid_in_full_in_kind_and_only_by_who_was_there(story):
    *_, back, _, left = story.stands
    assert sum(asset for asset, _ in story.paid.values()) == back.total - left.total
    assert sum(face for _, face in story.paid.values()) == back.bond - left.bond == 2_500 * UNIT
    # of what was given back into their hands, and of Cleo's ticket that has left, nothing is taken
    assert back.holders["Ada"] - left.holders["Ada"] == 3_200 * UNIT
    assert back.holders["Cleo"] - left.holders["Cleo"] == 800 * UNIT


def test_report__stakes__table_and_waterfall_agree(story):
    figure, table = stake_figure(story, 6), stake_table(story, 6)
    asset = figure["data"][0]
    assert sum(asset["y"][:4]) == pytest.approx(asset["y"][4])
    assert table.rows[-2][0] == "together"
    assert table.rows[-2][1] == "130,000.00"
    assert {len(row) for row in table.rows} == {len(table.head)}
    assert payment_table(story, 6).rows[-1][1:] == ("9,800.00", "2,500.00")
    assert "24,000.00 were out of everybody's reach" in stake_sentence(story, 6)
