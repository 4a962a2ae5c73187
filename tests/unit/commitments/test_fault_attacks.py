"""Who would steal a bounty, escape a proof, or be punished twice: each attempt against the real prover and escrow."""

import boa
import pytest
from tests.support.commitments import (
    CALLING,
    COPIER,
    DAY,
    FAULT_PROVER,
    GOVERNOR,
    KEY,
    OPERATOR,
    OTHER,
    OTHER_KEY,
    PROVER,
    SALT,
    SECOND_KEY,
    STRANGER,
    WATCHED,
    ZERO,
    Bench,
    arguments,
)
from tests.support.slashing import GUARDIAN

from surety.models.faults import commitment_of, evidence_hash, signatures_of
from surety.sdk.engines.accounts import dev_account
from surety.sdk.messages import evidence_hash as messages_hash
from surety.sdk.messages import message_id, sign_message

DOUBLE = "no_double_vote"
WALLET_KEY = dev_account(8)
CROWDED = """commitment crowded {
  party client
  message Price(value: uint128)
  message Complaint(value: uint128)
  safety liked: never (p: out Price) per p.value where count(c: in Complaint from client by c.value) >= 2
  slash 10% cooldown 21 days review 7 days
}
"""


@pytest.fixture
def bench(court):
    made = Bench(court)
    assert court.enter(made.service) is None
    court.back(made.service)
    court.wait(DAY)
    return made


# -- bounties ---------------------------------------------------------------------------------------------------------


def test_copy__inv_prv_4__who_copies_a_revealed_proof_is_too_late(court, bench):
    claim, signed = bench.claim(DOUBLE), bench.double()
    court.commit(signed)
    court.wait(12)
    court.commit(signed, prover=COPIER)  # sees the proof on its way and commits to it before it is in
    assert court.prove(claim, signed, prover=COPIER) == "sealed_proofs: committed in this block"
    id = court.prove(claim, signed)
    court.wait(12)
    assert court.prove(claim, signed, prover=COPIER) == "fault_book: recorded before"
    assert court.prover.fault(id).reporter == PROVER


def test_copy__inv_prv_3__a_commitment_that_was_seen_is_of_no_use_to_others(court, bench):
    claim, signed = bench.claim(DOUBLE), bench.double()
    commitment = court.commit(signed)
    court.model.commit(COPIER, commitment)
    court.prover.commit(commitment, sender=COPIER)
    court.wait(12)
    assert court.prove(claim, signed, prover=COPIER) == "sealed_proofs: not committed by the caller"


def test_block__inv_prv_4__nobody_starts_anothers_time_anew(court, bench):
    signed = bench.double()
    commitment = court.commit(signed)
    for _ in range(3):
        court.wait(12)
        court.model.commit(COPIER, commitment)
        court.prover.commit(commitment, sender=COPIER)
    assert isinstance(court.prove(bench.claim(DOUBLE), signed), bytes)


def test_hearsay__inv_prv_3__to_know_the_votes_is_not_to_have_the_signatures(court, bench):
    signed = bench.double()
    guess = [court.signed(one.encoded, b"\1" * 65) for one in signed]
    court.commit(guess, prover=COPIER)
    court.wait(12)
    assert court.prove(bench.claim(DOUBLE), signed, prover=COPIER) == "sealed_proofs: not committed by the caller"


def test_race__inv_cmt_8__the_first_of_two_honest_provers_gets_it(court, bench):
    claim, signed = bench.claim(DOUBLE), bench.double()
    court.commit(signed, prover=STRANGER)
    court.commit(signed)
    court.wait(12)
    id = court.prove(claim, signed)
    assert court.prove(claim, signed, prover=STRANGER) == "fault_book: recorded before"
    assert court.prover.fault(id).reporter == PROVER


# -- one fault, one punishment ----------------------------------------------------------------------------------------


def test_twice__inv_cmt_8__other_votes_of_the_same_height_are_the_same_fault(court, bench):
    time = court.now
    id = court.show(bench.claim(DOUBLE), bench.double(), propose=True)
    assert isinstance(id, bytes)
    for earlier in (0, 60):
        others = [court.sign(bench.vote(7, block, time - earlier)) for block in (3, 4)]
        assert court.show(bench.claim(DOUBLE), others, propose=True) == "fault_book: recorded before"
    later = [court.sign(bench.vote(7, block)) for block in (3, 4)]
    assert court.show(bench.claim(DOUBLE), later, propose=True) == id
    assert court.prover.fault(id).offence_time > time
    assert court.slashing.escrow.slash_count() == 1


def test_twice__two_properties_are_two_promises(court, bench):
    blank = [court.sign(bench.vote(7, block)) for block in (0, 1)]
    first = court.show(bench.claim(DOUBLE), blank, propose=True)
    second = court.show(bench.claim("no_blank"), blank[:1], propose=True)
    assert isinstance(first, bytes)
    assert isinstance(second, bytes)
    assert first != second
    assert court.slashing.escrow.slash_count() == 2
    court.slashing.compare()


def test_twice__inv_cmt_9__two_properties_share_the_cap(court):
    bench = Bench(court, cap=15 * 10**16)
    assert court.enter(bench.service) is None
    court.back(bench.service)
    blank = [court.sign(bench.vote(7, block)) for block in (0, 1)]
    for claim, votes in ((bench.claim(DOUBLE), blank), (bench.claim("no_blank"), blank[:1])):
        court.show(claim, votes, propose=True)
    assert [court.slashing.lens.slash(id).fraction for id in (1, 2)] == [10**17, 5 * 10**16]


# -- keys -------------------------------------------------------------------------------------------------------------


def test_replay__inv_prv_2__a_vote_in_another_service_counts_there_alone(court, bench):
    other = Bench(court)
    assert other.service != bench.service
    assert court.enter(other.service) is None
    mixed = [court.sign(bench.vote(7, 1)), court.sign(other.vote(7, 2))]
    for claim in (bench.claim(DOUBLE), other.claim(DOUBLE)):
        assert court.show(claim, mixed) == "predicate_machine: message of another service"


def test_blame__inv_prv_5__one_operators_votes_are_no_fault_of_another(court, bench):
    """S0.20: attributed by key."""
    assert court.enter(bench.service, OTHER) is None
    claim = bench.claim(DOUBLE, operator=OTHER)
    assert court.show(claim, bench.double()) == "fault_prover: not signed by its sender"
    forged = [court.sign(bench.vote(7, block, sender=OTHER), KEY) for block in (1, 2)]
    assert court.show(claim, forged) == "service_keys: not a key of the operator"
    own = [court.sign(bench.vote(7, block, sender=OTHER), OTHER_KEY) for block in (1, 2)]
    assert isinstance(court.show(claim, own), bytes)


def test_rotation__inv_prv_5__no_way_out_of_what_was_signed(court, bench):
    signed = bench.double()
    court.rotate(OPERATOR, SECOND_KEY)
    court.wait(DAY)
    assert isinstance(court.show(bench.claim(DOUBLE), signed), bytes)


def test_false_time__no_way_out_while_one_vote_says_the_truth(court, bench):
    """Whoever believed one of the votes saw a time that was not absurd."""
    true = court.sign(bench.vote(7, 1))
    for false in (0, 1, 2**64 - 1):
        with court.undone():
            hidden = court.sign(bench.vote(7, 2, false))
            for pair in ([true, hidden], [hidden, true]):
                with court.undone():
                    assert isinstance(court.show(bench.claim(DOUBLE), pair), bytes)


def test_leave__no_way_out_by_leaving_and_coming_back(court, bench):
    signed = bench.double()
    court.wait(DAY)
    assert court.leave(bench.service) is None
    court.wait(DAY)
    assert court.enter(bench.service) is None
    court.wait(DAY)
    id = court.show(bench.claim(DOUBLE), signed)
    assert court.prover.fault(id).offence_time == court.now - 3 * DAY - 12


# -- counterparties ---------------------------------------------------------------------------------------------------


@pytest.fixture
def watched(court):
    """A service whose client is a contract account, and a price with its complaint."""
    made = Bench(court, WATCHED)
    made.wallet = court.wallet(WALLET_KEY)
    made.choice = ((50).to_bytes(32, "big"), bytes.fromhex(made.wallet.address[2:]).rjust(32, b"\0"))
    assert court.enter(made.service, parameters=made.choice) is None
    court.wait(DAY)
    return made


def shown(court, watched):
    price = court.sign(watched.message("Price", value=60))
    message = watched.message("Complaint", watched.wallet.address, OPERATOR, value=60)
    signature = court.sign(message, WALLET_KEY).signature
    return [price, court.signed(message.encoded, signature)]


def test_wallet__inv_prv_2__an_honest_one_signs(court, watched):
    assert isinstance(court.show(watched.claim("honest", watched.choice), shown(court, watched)), bytes)


@pytest.mark.parametrize("manner", [1, 2, 3, 4, 5, 6, 7, 9])
def test_wallet__inv_prv_8__one_that_answers_nonsense_reverts_or_burns_has_not_signed(court, watched, manner):
    claim, signed = watched.claim("honest", watched.choice), shown(court, watched)
    court.commit(signed)
    court.wait(12)
    watched.wallet.behave(manner, STRANGER, b"")
    refused = shown(court, watched)
    assert court.prove(claim, refused) == "fault_prover: not signed by its sender"
    watched.wallet.behave(0, STRANGER, b"")
    assert isinstance(court.prove(claim, signed), bytes)


@pytest.fixture
def crowded(court, watched):
    """The same, with a promise that two complaints break, and a wallet that accepts anything."""
    made = Bench(court, CROWDED)
    made.wallet, made.choice = watched.wallet, watched.choice[1:]
    assert court.enter(made.service, parameters=made.choice) is None
    court.wait(DAY)
    made.wallet.behave(CALLING, STRANGER, b"")
    return made


def complaints(court, crowded, lengths):
    """A price, and as many complaints as lengths of signatures, by id."""
    made = [
        crowded.message("Complaint", crowded.wallet.address, OPERATOR, value=value) for value in range(len(lengths))
    ]
    made.sort(key=lambda one: one.id)
    signed = [court.signed(one.encoded, b"\x5a" * length) for one, length in zip(made, lengths, strict=True)]
    return [court.sign(crowded.message("Price", value=60)), *signed]


@pytest.mark.parametrize("lengths", [(0, 1, 1024), (1024,) * 4, (277,) * 15, (65, 64, 31, 32, 33)])
def test_wallet__inv_prv_2__signatures_of_many_lengths(court, crowded, lengths):
    signed = complaints(court, crowded, lengths)
    assert isinstance(court.show(crowded.claim("liked", crowded.choice), signed), bytes)


def test_wallet__inv_prv_7__signatures_that_are_too_long_or_do_not_add_up(court, crowded):
    claim = crowded.claim("liked", crowded.choice)
    assert court.show(claim, complaints(court, crowded, (1025, 1, 1))) == "fault_prover: not signed by its sender"
    told = list(arguments(claim, complaints(court, crowded, (65, 65, 65)), (), SALT, False))
    for wallets, reason in (
        (told[4][:-1], "fault_prover: not signed by its sender"),
        (told[4] + b"\0", "fault_prover: not one signature a message"),
    ):
        with boa.reverts(reason):
            court.prover.prove(*told[:4], wallets, SALT, False, sender=PROVER)
    for length in (2**256 - 1, 2**255):
        words = [told[3][0], (length, 0), *told[3][2:]]
        with boa.reverts("fault_prover: not signed by its sender"):
            court.prover.prove(*told[:3], words, told[4], SALT, False, sender=PROVER)


def test_wallet__inv_prv_2__who_has_no_code_signs_by_no_contract(court, watched):
    """Neither an account without code nor the operator, whose messages only its keys sign."""
    made = Bench(court, WATCHED)
    choice = watched.choice[0], bytes.fromhex(STRANGER[2:]).rjust(32, b"\0")
    assert court.enter(made.service, parameters=choice) is None
    price = court.sign(made.message("Price", value=60))
    false = court.signed(made.message("Complaint", STRANGER, OPERATOR, value=60).encoded, b"\1" * 64)
    assert court.show(made.claim("honest", choice), [price, false]) == "fault_prover: not signed by its sender"
    court.wallet(KEY, OPERATOR)
    claimed = court.signed(price.encoded, sign_message(made.message("Price", value=60), SECOND_KEY, 1, ZERO).signature)
    complaint = court.signed(made.message("Complaint", STRANGER, OPERATOR, value=60).encoded, b"\1" * 64)
    assert court.show(made.claim("honest", choice), [claimed, complaint]) == "service_keys: not a key of the operator"


def test_commitment__inv_prv_3__tells_the_signatures_of_contracts_apart(court, crowded):
    pieces = [complaints(court, crowded, lengths) for lengths in ((1, 2, 3), (2, 1, 3), (3, 3))]
    assert len({evidence_hash(one) for one in pieces}) == 3
    words, wallets = signatures_of(pieces[0])
    ids = [message_id(one.encoded) for one in pieces[0]]
    assert messages_hash(ids, words, wallets) != messages_hash(ids, words, wallets[:-1] + b"\0")


def test_wallet__inv_prv_8__one_that_would_write_cannot(court, watched):
    claim = watched.claim("honest", watched.choice)
    commit = court.prover.commit.prepare_calldata(b"\x09" * 32)
    watched.wallet.behave(CALLING, court.prover, commit)
    assert isinstance(court.show(claim, shown(court, watched)), bytes)
    assert court.prover.committed(watched.wallet, b"\x09" * 32) == (0, 0)


def test_counterparty__the_operator_is_none_of_its_own(court, watched):
    price = court.sign(watched.message("Price", value=60))
    own = court.sign(watched.message("Complaint", OPERATOR, OPERATOR, value=60))
    claim = watched.claim("honest", watched.choice)
    assert court.show(claim, [price, own]) == "fault_prover: the promise is kept"
    self_made = (watched.choice[0], bytes.fromhex(OPERATOR[2:]).rjust(32, b"\0"))
    again = Bench(court, WATCHED)
    reason = "commitment_registry: party zero or operator"
    assert court.enter(again.service, parameters=self_made) == reason


def test_commitment__inv_prv_3__is_to_messages_signatures_and_prover(court, bench):
    signed = bench.double()
    hashes = {
        evidence_hash(signed),
        evidence_hash(signed[::-1]),
        evidence_hash(signed[:1]),
        evidence_hash([signed[0], court.signed(signed[1].encoded, b"\0" * 65)]),
    }
    assert len(hashes) == 4
    assert commitment_of(evidence_hash(signed), PROVER, b"\1" * 32) != commitment_of(
        evidence_hash(signed), COPIER, b"\1" * 32
    )


def test_self_report__inv_slh_9__the_operator_gets_no_more_than_its_own_loss(court, bench):
    """An operator that proves its own fault pays for it: bounty is a part of what it lost."""
    token = court.slashing.token
    before = token.balanceOf(OPERATOR)
    id = court.show(bench.claim(DOUBLE), bench.double(), prover=OPERATOR, propose=True)
    fault = court.model.book.faults[id]
    (slash,) = fault.slashes.values()
    court.wait(8 * DAY)
    court.slashing.finalise(slash)
    got = court.slashing.pull(slash, 0)
    lost = court.slashing.model.seizures[slash].amount
    assert token.balanceOf(OPERATOR) - before == got
    assert 0 < got <= lost // 5
    assert boa.env.evm.patch.timestamp == court.now


# -- judges -----------------------------------------------------------------------------------------------------------


def test_judge_replaced__a_fault_punished_by_the_old_one__has_the_same_id_for_vetoers_to_see(court, bench):
    """Books know nothing of each other: specs/commitments.md says who undoes the second slash, and by what."""
    claim, signed = bench.claim(DOUBLE), bench.double()
    id = court.show(claim, signed, propose=True)
    backing = court.backings(bench.service, OPERATOR, court.now)[0]
    new = FAULT_PROVER.deploy(court.registry, court.slashing.escrow, court.operators)
    court.slashing.terms.suspend_proposer(court.prover, sender=GUARDIAN)
    court.slashing.terms.set_proposer(new, 2, court.slashing.exposure, sender=GOVERNOR)
    new.commit(commitment_of(evidence_hash(signed), PROVER, SALT), sender=PROVER)
    court.wait(12)
    assert new.prove(*arguments(claim, signed, (), SALT, True), sender=PROVER) == id
    (log,) = [one for one in new.get_logs() if type(one).__name__ == "SlashProposed"]
    assert log.evidence == id
    assert (court.prover.slash_of(id, *backing), new.slash_of(id, *backing)) == (1, 2)


# -- evidence ---------------------------------------------------------------------------------------------------------

ONCE = """commitment once {
  message Report(job: uint, value: uint)
  safety once: never (a: out Report) per a.job where exists(b: out Report where b.job == a.job)
  slash 10% cooldown 21 days review 7 days
}
"""


def test_evidence__inv_prv_10__one_report_shown_twice_is_not_two_reports(court):
    """Bound and given again as one of the others: the text says "the other messages"."""
    bench = Bench(court, ONCE)
    assert court.enter(bench.service) is None
    one, other = (court.sign(bench.message("Report", job=5, value=value)) for value in (1, 2))
    assert court.show(bench.claim("once"), [one, one]) == "predicate_machine: same message twice"
    assert isinstance(court.show(bench.claim("once"), [one, other]), bytes)


# -- keys without a cooldown ------------------------------------------------------------------------------------------


def test_key__inv_prv_5__where_there_is_no_cooldown_it_counts_for_the_reach(court):
    """A new key is no way out for who serves on; who leaves is out at once, as the terms say."""
    bench = Bench(court, cooldown=0, reach=10 * DAY)
    assert court.enter(bench.service) is None
    signed, claim = bench.double(), bench.claim(DOUBLE)
    court.rotate(OPERATOR, SECOND_KEY)
    court.commit(signed)
    court.wait(10 * DAY - 1 - DAY)
    court.commit(signed)
    court.wait(12)
    with court.undone():
        court.leave(bench.service)
        court.wait(1)
        assert court.prove(claim, signed) == "fault_book: operator has left for good"
    assert isinstance(court.prove(claim, signed), bytes)
    late = bench.double(8)
    court.commit(late)
    court.wait(DAY)
    assert court.prove(claim, late) == "service_keys: key ended too long ago"


# -- cheap faults before dear ones ------------------------------------------------------------------------------------


def test_shield__inv_cmt_8__a_fault_that_the_operator_dated_out_of_reach_hides_no_later_one(court, bench):
    """Two votes of today, dated to the last second that can be proven: a second later nothing is slashed for them."""
    court.wait(22 * DAY)
    backing = court.backings(bench.service, OPERATOR, court.now)[0]
    claim, height = bench.claim(DOUBLE), (7).to_bytes(32, "big")
    old = bench.double(7, court.now + 12 - 21 * DAY)
    assert isinstance(court.show(claim, old, prover=COPIER), bytes)
    court.wait(1)
    assert court.slash(claim, height, backing) == "fault_book: offence is too old"
    id = court.show(claim, bench.double(7), propose=True)
    assert isinstance(id, bytes), id
    assert court.prover.slash_of(id, *backing) == 1
    assert court.prover.fault(id).reporter == PROVER
    court.slashing.compare()


def test_shield__inv_cmt_11__dust_that_stood_first_is_slashed_for_itself_alone(court):
    """The operator's own double vote, dated to when only dust stood behind it."""
    bench = Bench(court)
    assert court.enter(bench.service) is None
    dust, entry = court.back(bench.service, amount=100, asset=5), court.now
    court.wait(3_600)
    rest = court.back(bench.service, asset=6)
    claim = bench.claim(DOUBLE)
    id = court.show(claim, bench.double(7, entry), prover=COPIER, propose=True)
    assert [court.prover.slash_of(id, *one) for one in (dust, rest)] == [1, 0]
    court.wait(DAY)
    assert court.show(claim, bench.double(7), propose=True) == id
    assert [court.prover.slash_of(id, *one) for one in (dust, rest)] == [1, 2]


def test_shield__inv_cmt_9__a_cap_that_dust_used_up_is_used_up_for_dust_alone(court):
    bench = Bench(court, cap=2 * 10**17)
    assert court.enter(bench.service) is None
    court.go_to((court.now // (21 * DAY) + 1) * 21 * DAY)
    dust, entry = court.back(bench.service, amount=100, asset=5), court.now
    court.wait(3_600)
    rest = court.back(bench.service, asset=6)
    claim = bench.claim(DOUBLE)
    for height in (1, 2):
        court.show(claim, bench.double(height, entry), prover=COPIER, propose=True)
    id = court.show(claim, bench.double(7), propose=True)
    assert court.prover.slash_of(id, *dust) == 0
    assert court.prover.slash_of(id, *rest) == 3


# -- the same evidence again ------------------------------------------------------------------------------------------


def test_again__inv_cmt_8__votes_dated_ahead_take_no_bounty_and_no_bonds_that_came_since(court, bench):
    """Known to all once they are shown; they count again when their time has come, as of then, and no more."""
    claim, ahead = bench.claim(DOUBLE), court.now + 5 * DAY
    signed = bench.double(7, ahead)
    id = court.show(claim, signed)
    court.wait(60)
    late = court.back(bench.service, asset=6)
    assert court.show(claim, signed, prover=COPIER, propose=True) == "fault_book: recorded before"
    assert court.prover.fault(id).reporter == PROVER
    assert court.slash(claim, (7).to_bytes(32, "big"), late) == "fault_book: nothing of that stood behind it"
    court.go_to(ahead)
    assert court.show(claim, signed, prover=COPIER) == id
    assert court.prover.fault(id).offence_time == ahead
    court.wait(60)
    assert court.show(claim, signed) == "fault_book: recorded before"


def test_again__inv_prv_6__one_vote_dated_ahead_moves_nothing_while_the_other_says_the_truth(court, bench):
    claim, said = bench.claim(DOUBLE), court.now
    signed = [court.sign(bench.vote(7, block, time)) for block, time in ((1, said), (2, said + DAY))]
    id = court.show(claim, signed)
    assert court.prover.fault(id).offence_time == said
    court.wait(60)
    assert court.show(claim, signed, prover=COPIER) == "fault_book: recorded before"


def test_again__inv_cmt_8__a_fault_dated_ahead_shelters_no_later_one(court, bench):
    claim = bench.claim(DOUBLE)
    id = court.show(claim, bench.double(7, 2**64 - 1), prover=COPIER)
    late = court.back(bench.service, asset=6)
    court.wait(60)
    for times in ((court.now, court.now), (court.now, 2**64 - 1)):
        with court.undone():
            votes = [court.sign(bench.vote(7, block, time)) for block, time in zip((3, 4), times, strict=True)]
            assert court.show(claim, votes, propose=True) == id
            assert court.prover.slash_of(id, *late) != 0
