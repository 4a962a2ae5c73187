"""What becomes of a fault on record: caps, backings, proposals refused and tried again. Over the real escrow."""

import boa
import pytest
from tests.support.commitments import DAY, GOVERNOR, OPERATOR, PROVER, SALT, Bench, arguments
from tests.support.slashing import GUARDIAN

from surety.models.refusal import Refused

NAME = "fault_book: "
DOUBLE = "no_double_vote"
SEVEN = (7).to_bytes(32, "big")


@pytest.fixture
def bench(court):
    made = Bench(court)
    assert court.enter(made.service) is None
    return made


def recorded(court, bench, height=7, **how):
    id = court.show(bench.claim(DOUBLE), bench.double(height), **how)
    assert isinstance(id, bytes), id
    return id


# -- slashes ----------------------------------------------------------------------------------------------------------


def test_slash__inv_cmt_13__the_escrow_gets_what_is_on_record(court, bench):
    """S0.20: severity and slash."""
    backing = court.back(bench.service)
    time = court.now
    id = recorded(court, bench)
    court.wait(DAY)
    assert court.slash(bench.claim(DOUBLE), SEVEN, backing) == 1
    logs = {type(one).__name__: one for one in court.prover.get_logs()}
    told, proposed = logs["FaultSlashed"], logs["SlashProposed"]
    assert (told.fault, told.slashable, told.subject, told.slash_id) == (id, *backing, 1)
    assert (proposed.offence_time, proposed.reporter, proposed.proven, proposed.evidence) == (time, PROVER, True, id)
    assert (proposed.service, proposed.fraction) == (court.registry.number_of(bench.service), 10**17)
    court.slashing.compare()


def test_slash__inv_cmt_11__once_a_backing(court, bench):
    backings = [court.back(bench.service, asset=5), court.back(bench.service, asset=6)]
    recorded(court, bench)
    claim = bench.claim(DOUBLE)
    assert court.slash(claim, SEVEN, backings[1]) == 1
    assert court.slash(claim, SEVEN, backings[1]) == NAME + "proposed before"
    assert court.slash(claim, SEVEN, backings[0]) == 2


def test_slash__inv_cmt_11__only_what_stood_behind_it_then(court, bench):
    early = court.back(bench.service, asset=5)
    court.wait(DAY)
    signed = bench.double()
    court.wait(DAY)
    late = court.back(bench.service, asset=6)
    gone = court.back(bench.service, asset=7)
    court.withdraw(bench.service, 0, court.now + DAY)
    court.show(bench.claim(DOUBLE), signed)
    claim, nothing = bench.claim(DOUBLE), NAME + "nothing of that stood behind it"
    assert court.slash(claim, SEVEN, late) == nothing
    assert court.slash(claim, SEVEN, gone) == nothing
    assert court.slash(claim, SEVEN, (PROVER, early[1])) == nothing
    with court.undone():
        assert court.slash(claim, SEVEN, early) == 1
    court.wait(DAY)
    assert court.slash(claim, SEVEN, early) == nothing


@pytest.mark.parametrize("late", [0, 1])
def test_slash__inv_cmt_11__within_reach(court, bench, late):
    backing = court.back(bench.service)
    time = court.now
    id = recorded(court, bench)
    assert court.prover.fault(id).until == time + 21 * DAY
    court.go_to(time + 21 * DAY + late)
    assert court.slash(bench.claim(DOUBLE), SEVEN, backing) == (NAME + "offence is too old" if late else 1)


def test_slash__a_fault_that_is_none__is_refused(court, bench):
    backing = court.back(bench.service)
    assert court.slash(bench.claim(DOUBLE), SEVEN, backing) == NAME + "no such fault"
    assert court.prover.fault(SALT) == ("0x" + "00" * 20, 0, 0, 0)
    assert court.prover.slash_of(SALT, *backing) == 0


# -- all at once ------------------------------------------------------------------------------------------------------


def test_propose__inv_cmt_11__all_eight_backings(court, bench):
    backings = [court.back(bench.service, asset=5 + number) for number in range(8)]
    id = recorded(court, bench, propose=True)
    assert [court.prover.slash_of(id, *one) for one in backings] == list(range(1, 9))
    assert court.slash(bench.claim(DOUBLE), SEVEN, backings[3]) == NAME + "proposed before"
    court.slashing.compare()


def test_propose__nothing_behind_it__is_a_record_all_the_same(court, bench):
    id = recorded(court, bench, propose=True)
    assert court.prover.fault(id).fraction == 10**17
    assert court.slashing.escrow.slash_count() == 0


def refusing(*_):
    raise Refused("slash_escrow: caller is no proposer")


def test_propose__inv_cmt_12__what_the_escrow_refuses_is_left_and_tried_again(court, bench, monkeypatch):
    backing = court.back(bench.service)
    court.slashing.terms.suspend_proposer(court.prover, sender=GUARDIAN)
    with monkeypatch.context() as patched:
        patched.setattr(court.model.book, "propose", refusing)
        id = recorded(court, bench, propose=True)
    assert court.prover.slash_of(id, *backing) == 0
    with boa.reverts():
        court.prover.slash(bench.service, OPERATOR, 0, SEVEN, *backing)
    court.slashing.terms.set_proposer(court.prover, 2, court.slashing.exposure, sender=GOVERNOR)
    assert court.slash(bench.claim(DOUBLE), SEVEN, backing) == 1


def test_propose__inv_cmt_12__one_that_fails_stops_no_other(court, bench):
    """The second subject is one that the escrow can't take."""
    backings = [court.back(bench.service, asset=5), court.back(bench.service, amount=0, asset=2**40)]
    backings.append(court.back(bench.service, asset=6))
    kept = court.model.book.propose

    def propose(backing, *rest):
        if backing == backings[1]:
            raise Refused("slash_escrow: subject above 192 bits")
        return kept(backing, *rest)

    court.model.book.propose = propose
    try:
        id = recorded(court, bench, propose=True)
    finally:
        court.model.book.propose = kept
    assert [court.prover.slash_of(id, *one) for one in backings] == [1, 0, 2]


def test_propose__inv_cmt_12__bonding_that_fails_does_not_stop_a_record(court, bench):
    court.bonding.set_failing(True)
    claim, signed = bench.claim(DOUBLE), bench.double()
    court.commit(signed)
    court.wait(12)
    with boa.reverts("mock_bonding: failing"):
        court.prover.prove(*arguments(claim, signed, (), SALT, True), sender=PROVER)
    assert isinstance(court.prove(claim, signed), bytes)


def test_propose__inv_cmt_12__too_little_gas_for_a_slash_leaves_a_record(court, bench):
    backing = court.back(bench.service)
    claim, signed = bench.claim(DOUBLE), bench.double()
    court.commit(signed)
    court.wait(12)
    told = arguments(claim, signed, (), SALT, True)
    ends = set()
    for gas in range(100_000, 420_000, 20_000):
        with boa.env.anchor():
            try:
                id = court.prover.prove(*told, sender=PROVER, gas=gas)
            except boa.BoaError:
                ends.add("nothing")
                continue
            slash = court.prover.slash_of(id, *backing)
            ends.add("slashed" if slash else "recorded")
            assert court.prover.fault(id).fraction == 10**17
    assert ends >= {"nothing", "slashed"}
    assert court.slashing.escrow.slash_count() == 0


# -- caps -------------------------------------------------------------------------------------------------------------


def taken(court, id, backing):
    """What the slash that a fault's record led to takes of a backing."""
    slash = court.prover.slash_of(id, *backing)
    return court.slashing.lens.slash(slash).fraction if slash else 0


def test_cap__inv_cmt_9__what_is_beyond_it_is_proposed_for_less_and_for_nothing(court):
    bench = Bench(court, cap=25 * 10**16)
    assert court.enter(bench.service) is None
    backing = court.back(bench.service)
    court.go_to((court.now // (21 * DAY) + 1) * 21 * DAY)
    ids = [recorded(court, bench, height, propose=True) for height in range(4)]
    assert [taken(court, id, backing) for id in ids] == [10**17, 10**17, 5 * 10**16, 0]
    assert [court.prover.fault(id).fraction for id in ids] == [10**17] * 4
    reason = court.slash(bench.claim(DOUBLE), (3).to_bytes(32, "big"), backing)
    assert reason == NAME + "cap of the window is used up"
    court.slashing.compare()


def test_cap__inv_cmt_9__one_by_one_or_all_at_once_is_the_same(court):
    bench = Bench(court, cap=25 * 10**16)
    assert court.enter(bench.service) is None
    backing = court.back(bench.service)
    court.go_to((court.now // (21 * DAY) + 1) * 21 * DAY)
    ids = [recorded(court, bench, height, propose=height == 1) for height in range(4)]
    claim = bench.claim(DOUBLE)
    assert [court.slash(claim, height.to_bytes(32, "big"), backing) for height in (3, 0)] == [2, 3]
    assert [taken(court, id, backing) for id in ids] == [5 * 10**16, 10**17, 0, 10**17]
    assert court.slash(claim, (2).to_bytes(32, "big"), backing) == NAME + "cap of the window is used up"


def test_cap__inv_cmt_12__what_the_escrow_refuses_uses_nothing_up(court, monkeypatch):
    bench = Bench(court, cap=10**17)
    assert court.enter(bench.service) is None
    backing = court.back(bench.service)
    court.go_to((court.now // (21 * DAY) + 1) * 21 * DAY)
    court.slashing.terms.suspend_proposer(court.prover, sender=GUARDIAN)
    with monkeypatch.context() as patched:
        patched.setattr(court.model.book, "propose", refusing)
        recorded(court, bench, 1, propose=True)
    court.slashing.terms.set_proposer(court.prover, 2, court.slashing.exposure, sender=GOVERNOR)
    assert taken(court, recorded(court, bench, 2, propose=True), backing) == 10**17


def test_cap__inv_cmt_9__windows_are_of_the_offence_and_begin_anew(court):
    bench = Bench(court, cap=10**17)
    assert court.enter(bench.service) is None
    window = 21 * DAY
    court.go_to((court.now // window + 1) * window)
    signed = [bench.double(height, time) for height, time in ((1, court.now), (2, court.now + window - 1))]
    signed.append(bench.double(3, court.now + window))
    backing = court.back(bench.service)
    court.wait(window - 1)
    for votes in signed[:2]:
        court.commit(votes)
    court.wait(0)
    ids = [court.prove(bench.claim(DOUBLE), votes, propose=True) for votes in signed[:2]]
    ids.append(court.show(bench.claim(DOUBLE), signed[2], propose=True))
    assert [taken(court, id, backing) for id in ids] == [10**17, 0, 10**17]


def test_cap__inv_cmt_9__short_cooldowns_count_by_the_week(court):
    bench = Bench(court, cap=10**17, cooldown=2 * DAY, reach=2 * DAY)
    assert court.enter(bench.service) is None
    backing = court.back(bench.service)
    court.go_to((court.now // (7 * DAY) + 1) * 7 * DAY)
    fractions = []
    for height in range(4):
        fractions.append(taken(court, recorded(court, bench, height, propose=True), backing))
        court.wait(2 * DAY + 5)
    assert fractions == [10**17, 0, 0, 0]
    court.wait(DAY)
    assert taken(court, recorded(court, bench, 9, propose=True), backing) == 10**17


def test_cap__inv_cmt_9__is_of_one_backing_in_one_service(court, bench):
    """The same stake behind two services: each may take its own cap of it."""
    capped = [Bench(court, cap=10**17, weight=weight) for weight in (0, 10**18)]
    court.go_to((court.now // (21 * DAY) + 1) * 21 * DAY)
    for one in capped:
        assert court.enter(one.service) is None
        backing = court.back(one.service)
        assert taken(court, recorded(court, one, propose=True), backing) == 10**17
        assert taken(court, recorded(court, one, 8, propose=True), backing) == 0
