"""S4.30, S4.32, S4.33, S4.34, S4.42: what measured and signed numbers prove, and of whom they prove it wrongly."""

import numpy as np
import pytest

from surety.studies import integrity, latency, receipts, service_level, watchers
from surety.studies.latency import NOISES, chance, judge, tolerance
from surety.studies.receipts import convicts
from surety.studies.service_level import ALLOWANCE, SHOWN, Windows, allowed
from surety.studies.service_level import judge as judge_day
from surety.studies.service_level import verdicts as verdicts_of_days
from surety.studies.watchers import at_least, people, verdicts


def test_s4_30_latency__proven__is_as_the_normal_law_says():
    for noise, understated, proven, expected, error, busy in latency(1).rows:
        assert abs(proven - expected) < 4.5 * error + 1e-4, (noise, understated)
        assert busy == 1 - (1 - expected) ** 1_000


def test_s4_30_tolerance__asked_of_the_program__is_the_bound_to_the_millisecond():
    assert tolerance() == 250
    assert not judge(1_000, 750)
    assert not judge(1_000, 1_250)
    assert judge(1_000, 749)
    assert judge(1_000, 1_251)


def test_s4_30_chance__more_noise_or_more_understated__is_never_less():
    by_noise = [chance(noise, 0, 250) for noise in NOISES]
    by_lie = [chance(50, lie, 250) for lie in (0, 150, 250, 400)]
    assert by_noise == sorted(by_noise)
    assert by_lie == sorted(by_lie)
    assert chance(50, 0, 10_000) == 0


def test_s4_32_receipts__overclaims__are_proven_unless_all_collude():
    for colluding, clients, proven, expected, error, framed, false in receipts(1).rows:
        assert expected == 1 - colluding**clients
        assert abs(proven - expected) <= 4.5 * error + 1e-4
        assert abs(framed - false) < 0.02


def test_s4_32_convicts__one_more_than_the_final_receipt__and_no_less():
    assert convicts(1_001, 1_000)
    assert not convicts(1_000, 1_000)
    assert not convicts(1_001, 1_000, final=False)


def test_s4_33_watchers__shares__are_binomial():
    for share, caught, expected, error, framed, false, error_false in watchers(1).rows:
        assert abs(caught - expected) < 4.5 * error, share
        assert abs(framed - false) <= 4.5 * error_false, share


def test_s4_33_verdicts__asked_of_the_program__convict_from_three_of_four_on():
    assert len(people()) == 4
    assert verdicts() == (False, False, False, True, True)
    assert at_least(3, 4, 0.5) == 5 / 16


def test_s4_34_integrity__false_pieces__are_proven_as_the_closed_form_says():
    found = integrity(1)
    for false, checked, read, proven, expected, error in found.rows:
        assert expected == 1 - (1 - false * checked) ** read
        assert abs(proven - expected) < 4.5 * error + 1e-4
    assert " 0 of the true ones" in found.reading


def test_s4_42_allowed__asked_of_the_program__is_the_allowance_to_the_second():
    assert allowed() == ALLOWANCE
    assert judge_day([(0, 1_800), (40_000, 1_801)])
    assert not judge_day([(0, 1_800), (40_000, 1_800)])


def test_s4_42_service_level__exact_clocks__convict_nobody_but_for_outages_beyond_the_window():
    rows = {(row[0], row[1]): row for row in service_level(1).rows}
    for (name, noise), (*_, over, framed, missed, too_many) in rows.items():
        assert 0 <= too_many <= missed <= 1, name
        assert framed < 0.02
        assert 0 < over < 1
        if noise == 0:
            assert missed - too_many < 0.01, name
    assert rows["very many, very short", 0.0][5] > 0.95 > 0.01 > rows["few long outages", 0.0][5]


def test_s4_42_verdicts__more_outages_than_evidence_holds__hide_a_breach():
    one = np.full((1, SHOWN), ALLOWANCE / SHOWN + 1)
    many = np.full((1, 4 * SHOWN), ALLOWANCE / SHOWN / 4 + 1)
    assert verdicts_of_days(Windows(one, one, one), ALLOWANCE)[0].all()
    convicted, short = verdicts_of_days(Windows(many, many, many), ALLOWANCE)
    assert not convicted.any()
    assert short.all()


@pytest.mark.parametrize("study", [receipts, watchers])
def test_measurement__same_seed__same_rows(study):
    assert study(2).rows == study(2).rows != study(3).rows
