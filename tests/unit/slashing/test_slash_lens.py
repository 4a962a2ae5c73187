"""Everything is seen: slashes alone and by pages, seizures, cases."""

import boa
import pytest
from tests.support.slashing import HARMED, JUDGE, PROVER, REPORTER, SUBJECT, ZERO, share

from surety.models.slashing import DAY


def test_inv_slh_18_slash__names_all_that_was_proposed(world):
    world.propose(share(10))
    seen = world.lens.slash(1)
    assert (seen.slashable, seen.subject, seen.proposer) == (world.pool.address, SUBJECT, PROVER)
    assert (seen.reporter, seen.harmed, seen.policy) == (REPORTER, HARMED, 1)
    world.propose(share(10), proven=False, reporter=None, harmed=None)
    seen = world.lens.slash(2)
    assert (seen.proposer, seen.reporter, seen.harmed) == (JUDGE, ZERO, ZERO)
    assert world.lens.escrow() == world.escrow.address


@pytest.mark.parametrize("id", [0, 2])
def test_views__unknown_slash__revert(world, id):
    world.propose(share(10))
    for call in (world.lens.slash, world.lens.seizure):
        with boa.reverts("slash_lens: unknown slash"):
            call(id)


def test_seizure__of_a_slash_that_opened_none__reverts(world):
    for _ in range(3):
        world.propose(share(10), proven=False)
    with boa.reverts("slash_lens: slash seized nothing itself"):
        world.lens.seizure(3)
    assert world.lens.seizure(2).undecided == 2


def test_inv_slh_18_slashes__pages__end_with_the_last(world):
    world.propose(share(10))
    for _ in range(40):
        assert isinstance(world.propose(share(1)), int)
    pages = world.lens.slashes(1, 32) + world.lens.slashes(33, 32)
    assert len(pages) == 41
    assert [seen.fraction for seen in pages[:2]] == [share(10), share(1)]
    assert world.lens.slashes(42, 32) == []
    assert world.lens.slashes(1, 0) == []
    with boa.reverts("slash_lens: more than 32 slashes"):
        world.lens.slashes(1, 33)
    assert pages[40] == world.lens.slash(41)


def test_announcement_and_case__none__zeros(world):
    world.propose(share(10))
    assert world.lens.announcement(1) == (ZERO, 0)
    assert world.lens.case(1) == (ZERO, 0, 0)
    world.wait(DAY)
    assert list(world.lens.pulled(1)) == [False] * 4
