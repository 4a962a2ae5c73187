"""PluginProver: what a contract says is a fault goes on record, once; nothing else does."""

import boa
import pytest
from eth_utils.crypto import keccak
from tests.support.commitments import COPIER, DAY, KEY, OPERATOR, OTHER, PROVER, SALT, STRANGER, Court
from tests.support.plugins import MOCK, PLUGIN_PROVER, PluginBench, answer, arguments

from surety.models.commitments import NOTHING, PLUGIN, Property
from surety.models.faults import Claim, commitment_of, fault_id
from surety.models.plugins import plugin_evidence_hash
from surety.predicates.evidence import make_message
from surety.predicates.plugins import plugin_hash

NAME = "plugin_prover: "
ZERO = "0x" + "00" * 20
FAILING, BURNING, CALLING, MEASURING, COLD = range(1, 6)
GAS_CAP = 1_000_000
KEY_OF = (7).to_bytes(32, "big")


@pytest.fixture(scope="module")
def settled():
    with boa.env.anchor():
        bench = PluginBench.create(Court.create())
        assert bench.court.enter(bench.service) is None
        bench.court.wait(DAY)
        yield bench


@pytest.fixture
def bench(settled):
    with settled.undone() as bench:
        bench.tell(answer(1, 7, bench.court.now))
        yield bench


# -- what is recorded -------------------------------------------------------------------------------------------------


def test_prove__inv_plg_1__what_the_plugin_says_is_recorded_and_told(bench):
    time = bench.court.now
    claim = bench.claim()
    commitment = bench.commit(claim, b"some evidence")
    bench.court.wait(12)
    id = bench.prover.prove(*arguments(claim, b"some evidence", SALT, False), sender=PROVER)
    assert id == fault_id(bench.service, OPERATOR, 1, KEY_OF)
    told = next(one for one in reversed(bench.prover.get_logs()) if type(one).__name__ == "FaultRecorded")
    assert (told.fault, told.service, told.operator, told.property) == (id, bench.service, OPERATOR, 1)
    assert (told.key, told.reporter, told.offence_time, told.fraction) == (KEY_OF, PROVER, time, 10**17)
    assert bench.prover.committed(PROVER, commitment) == (0, 0)


def test_prove__inv_plg_1__what_it_says_is_kept_is_not(bench):
    bench.tell(answer(0, 7, bench.court.now))
    assert bench.show(bench.claim()) == NAME + "the promise is kept"


def test_prove__inv_cmt_8__one_key_is_punished_once_and_another_anew(bench):
    assert isinstance(bench.show(bench.claim(), b"a"), bytes)
    assert bench.show(bench.claim(), b"b") == "fault_book: recorded before"
    bench.tell(answer(1, 8, bench.court.now))
    assert isinstance(bench.show(bench.claim(), b"b"), bytes)


def test_prove__inv_cmt_8__a_second_that_moves_slashes_each_backing_once(bench):
    """A plug-in that says "now": recorded again, for what came since and for nothing else."""
    court = bench.court
    backings, slashed = [], []
    for asset in (5, 6):
        backings.append(court.back(bench.service, asset=asset))
        bench.tell(answer(1, 7, court.now))
        id = bench.show(bench.claim(), propose=True)
        slashed.append([bench.prover.slash_of(id, *one) for one in backings])
        court.wait(60)
    assert slashed == [[1], [1, 2]]
    assert bench.show(bench.claim(), propose=True) == "fault_book: recorded before"


def test_prove__inv_cmt_9__keys_without_end_take_no_more_than_the_cap(settled):
    with settled.court.undone():
        bench = PluginBench.create(settled.court, cap=25 * 10**16)
        assert bench.court.enter(bench.service) is None
        bench.court.back(bench.service)
        for key in range(4):
            bench.tell(answer(1, key, bench.court.now))
            assert isinstance(bench.show(bench.claim(), propose=True), bytes)
        lens, escrow = bench.court.slashing.lens, bench.court.slashing.escrow
        fractions = [lens.slash(id).fraction for id in range(1, escrow.slash_count() + 1)]
        assert fractions == [10**17, 10**17, 5 * 10**16]


def test_prove__inv_cmt_13__proposes_slashes_of_all_that_stood_behind(bench):
    court = bench.court
    backing = court.back(bench.service)
    court.wait(1)
    bench.tell(answer(1, 7, court.now))
    id = bench.show(bench.claim(), propose=True)
    assert bench.prover.slash_of(id, *backing) == 1
    court.slashing.compare()


def test_create__registry_and_escrow__are_named(bench):
    assert bench.prover.registry() == bench.court.registry.address
    assert bench.prover.escrow() == bench.court.slashing.escrow.address
    with boa.reverts("fault_book: zero escrow"):
        PLUGIN_PROVER.deploy(bench.court.registry, ZERO)


# -- what was promised ------------------------------------------------------------------------------------------------


def test_prove__inv_plg_2__only_plugins_and_only_the_promised_one(bench):
    assert bench.show(bench.claim(number=0)) == NAME + "not a matter of a plug-in"
    other = MOCK.deploy()
    other.tell(answer(1, 7, bench.court.now))
    bench.knows(other)
    assert bench.show(bench.claim(plugin=other.address)) == NAME + "another plug-in was promised"
    assert bench.show(bench.claim(plugin=STRANGER)) == NAME + "no code at the plug-in"
    assert bench.show(bench.claim(plugin="0x" + "00" * 19 + "04")) == NAME + "no code at the plug-in"
    assert bench.show(bench.claim(number=2)) == "commitment_registry: no such property"
    assert bench.show(bench.claim(operator=OTHER)) == "commitment_registry: operator never served"


def test_prove__inv_plg_2__code_that_changed_or_went_judges_nobody(bench):
    place = bench.plugin.address
    code = boa.env.get_code(place)
    boa.env.set_code(place, code + b"\0")
    bench.knows(bench.plugin)
    assert bench.show(bench.claim()) == NAME + "another plug-in was promised"
    boa.env.set_code(place, b"")
    del bench.model.codes[place]
    assert bench.show(bench.claim()) == NAME + "no code at the plug-in"
    boa.env.set_code(place, code)
    bench.knows(bench.plugin)
    assert isinstance(bench.show(bench.claim()), bytes)


def test_plugin_hash__inv_plg_2__is_of_address_and_code(bench):
    place = bench.plugin.address
    assert bench.prover.plugin_hash(place) == plugin_hash(place, keccak(boa.env.get_code(place)))
    kept = bench.court.registry.property_of(bench.service, 1)
    assert tuple(kept) == Property(PLUGIN, bench.prover.plugin_hash(place), NOTHING, NOTHING, 0)


def test_prove__inv_plg_2__fault_prover_takes_no_plugin_and_no_program_has_its_hash(bench):
    court = bench.court
    program = bench.compiled.safety[0].program
    assert court.registry.property_of(bench.service, 0).kind == 1
    claim = Claim(bench.service, OPERATOR, 1, program)
    note = make_message(bench.compiled, "Note", {"value": 10}, service=bench.service, sender=OPERATOR, time=court.now)
    assert court.show(claim, [court.sign(note, KEY)]) == "fault_prover: not a matter of evidence"


def test_prove__inv_plg_2__parameters_of_the_period(settled):
    with settled.court.undone():
        bench = PluginBench.create(settled.court, declarations="param most: uint16")
        court, first, second = bench.court, ((5).to_bytes(32, "big"),), ((6).to_bytes(32, "big"),)
        start = court.now
        assert court.enter(bench.service, parameters=first) is None
        court.wait(DAY)
        assert court.leave(bench.service) is None
        court.wait(DAY)
        assert court.enter(bench.service, parameters=second) is None
        for time, right, wrong in ((start + 5, first, second), (court.now, second, first)):
            bench.tell(answer(1, time, time))
            assert bench.show(bench.claim(wrong)) == NAME + "other parameters were promised"
            assert bench.show(bench.claim()) == NAME + "other parameters were promised"
            assert isinstance(bench.show(bench.claim(right)), bytes)


# -- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", [b"", b"\1", bytes(31) + b"\1", answer(1, 7, 9)[:-1], answer(1, 7, 9) + b"\0"])
def test_prove__inv_plg_3__answers_of_another_length_are_no_fault(bench, told):
    bench.tell(told)
    assert bench.show(bench.claim()) == NAME + "malformed answer of the plug-in"


@pytest.mark.parametrize("word", [2, 3, 2**128, 2**255, 2**256 - 1])
def test_prove__inv_plg_3__neither_yes_nor_no_is_no_fault(bench, word):
    bench.tell(answer(word, 7, bench.court.now))
    assert bench.show(bench.claim()) == NAME + "malformed answer of the plug-in"


def test_prove__inv_plg_3__a_kilobyte_that_begins_well_is_no_fault(bench):
    bench.tell(answer(1, 7, bench.court.now) + bytes(1_900))
    assert bench.show(bench.claim()) == NAME + "malformed answer of the plug-in"


@pytest.mark.parametrize("manner", [FAILING, BURNING])
def test_prove__inv_plg_3__who_reverts_or_burns_its_gas_is_no_fault(bench, manner):
    bench.behave(manner, None)
    assert bench.show(bench.claim()) == NAME + "the plug-in failed"
    bench.tell(answer(1, 7, bench.court.now))
    assert isinstance(bench.show(bench.claim()), bytes)


def test_prove__inv_plg_4__who_would_write_or_come_back_cannot(bench):
    """The static call's reentry into the judge fails, so the mock makes 0 its key."""
    claim = bench.claim()
    payloads = (
        bench.prover.commit.prepare_calldata(b"\x09" * 32),
        bench.prover.prove.prepare_calldata(*arguments(claim, b"", SALT, False)),
    )
    for payload in payloads:
        with boa.env.anchor():
            bench.behave(CALLING, None, bench.prover.address, payload)
            commitment = commitment_of(plugin_evidence_hash(claim, b""), PROVER, SALT)
            bench.prover.commit(commitment, sender=PROVER)
            boa.env.evm.patch.block_number += 1
            id = bench.prover.prove(*arguments(claim, b"", SALT, False), sender=PROVER)
            assert id == fault_id(bench.service, OPERATOR, 1, bytes(32))
            assert bench.prover.committed(bench.plugin, b"\x09" * 32) == (0, 0)
            boa.env.evm.patch.block_number -= 1


# -- gas --------------------------------------------------------------------------------------------------------------


REASONS = (NAME + "too little gas for the plug-in", NAME + "the promise is kept", NAME + "the plug-in failed")


def ends_by_gas(bench, amounts):
    """What comes of a proof with each amount of gas."""
    claim, ends = bench.claim(), set()
    commitment = commitment_of(plugin_evidence_hash(claim, b""), PROVER, SALT)
    bench.prover.commit(commitment, sender=PROVER)
    boa.env.evm.patch.block_number += 1
    data = bench.prover.prove.prepare_calldata(*arguments(claim, b"", SALT, False))
    for gas in amounts:
        with boa.env.anchor():
            done = boa.env.execute_code(to_address=bench.prover.address, sender=PROVER, data=data, gas=gas)
        if done.is_success:
            ends.add("recorded")
        else:
            ends.add(next((one for one in REASONS if one.encode() in done.output), "out of gas"))
    boa.env.evm.patch.block_number -= 1
    return ends


@pytest.mark.parametrize("manner", [MEASURING, COLD])
def test_prove__inv_plg_5__no_gas_that_the_prover_gives_makes_a_fault(bench, manner):
    """Plug-ins that call starvation a breach: MEASURING of their own gas, COLD of a call that they make."""
    bench.behave(manner, None, least=GAS_CAP - 2_000)
    ends = ends_by_gas(bench, range(60_000, 2_000_000, 24_013))
    assert ends - {"out of gas"} == set(REASONS[:2])


def test_prove__inv_plg_5__the_least_gas_that_is_taken_is_all_the_plugin_gets(bench):
    """One by one around the edge: refused, or asked with the whole cap."""
    bench.behave(MEASURING, None, least=GAS_CAP - 2_000)
    ends = ends_by_gas(bench, range(1_020_000, 1_090_000, 997))
    assert ends == set(REASONS[:2])


# -- times ------------------------------------------------------------------------------------------------------------


def test_offence__inv_plg_6__is_within_the_period_whatever_is_answered(bench):
    court, start = bench.court, bench.court.laws.periods[bench.service, OPERATOR][0].start
    for time in (0, start - 1, start, court.now - 5, court.now + DAY, 2**255, 2**256 - 1):
        with bench.undone():
            bench.tell(answer(1, 7, time))
            id = bench.show(bench.claim())
            assert bench.prover.fault(id).offence_time == max(start, min(time, court.now))


def test_offence__inv_cmt_10__out_of_reach(bench):
    court = bench.court
    time = court.now
    bench.tell(answer(1, 7, time))
    court.wait(21 * DAY - 12)
    with bench.undone():
        assert isinstance(bench.show(bench.claim()), bytes)
    court.wait(1)
    assert bench.show(bench.claim()) == "fault_book: offence is too old"


def test_offence__inv_cmt_10__who_left_for_good(bench):
    court = bench.court
    assert court.leave(bench.service) is None
    court.wait(21 * DAY - 11)
    bench.tell(answer(1, 7, court.now))
    assert bench.show(bench.claim()) == "fault_book: operator has left for good"


# -- commitments to evidence ------------------------------------------------------------------------------------------


def test_prove__inv_plg_7__only_who_committed_to_this_breach_and_this_evidence(bench):
    claim = bench.claim()
    assert bench.prove(claim, b"x") == "sealed_proofs: not committed by the caller"
    bench.commit(claim, b"x")
    assert bench.prove(claim, b"x") == "sealed_proofs: committed in this block"
    bench.court.wait(12)
    assert bench.prove(claim, b"y") == "sealed_proofs: not committed by the caller"
    assert bench.prove(claim, b"x", prover=COPIER) == "sealed_proofs: not committed by the caller"
    assert bench.prove(claim, b"x", salt=b"\1" * 32) == "sealed_proofs: not committed by the caller"
    bench.court.wait(DAY)
    assert bench.prove(claim, b"x") == "sealed_proofs: committed over a day ago"
    assert isinstance(bench.show(claim, b"x"), bytes)


def test_commit__inv_plg_7__to_no_evidence_is_to_one_breach_alone(bench):
    court = bench.court
    assert court.enter(bench.service, OTHER) is None
    bench.commit(bench.claim())
    court.wait(12)
    assert bench.prove(bench.claim(operator=OTHER)) == "sealed_proofs: not committed by the caller"


def test_prove__oversized_evidence__is_refused(bench):
    with boa.reverts():
        bench.prover.prove(*arguments(bench.claim(), bytes(4097), SALT, False))
    assert isinstance(bench.show(bench.claim(), b"\x7f" * 4096), bytes)
