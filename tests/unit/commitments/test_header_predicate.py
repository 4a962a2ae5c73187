"""A real plug-in before its judge: signed reports of blocks of this chain, true and false."""

import boa
import pytest
from eth_utils.crypto import keccak
from tests.support.commitments import (
    DAY,
    KEY,
    OPERATOR,
    OTHER,
    OTHER_KEY,
    PROVER,
    SECOND_KEY,
    Court,
)
from tests.support.plugins import PluginBench, answer

from surety.models.plugins import PluginClaim
from surety.predicates import compile_text
from surety.predicates.evidence import make_message
from surety.sdk.messages import compact, sign_message

PREDICATE = boa.load_partial("contracts/commitments/HeaderPredicate.vy")
NAME = "header_predicate: "
HISTORY = "0x0000F90827F1C53a10cb7A02335B175320002935"
TEXT = """commitment header_reports {{
  message Header(number: uint64, hash: bytes32)
  message Footer(number: uint64, hash: bytes32)
  plugin true_headers: {address} code {code} about Header
  slash 10% cooldown 21 days review 7 days
}}
"""


class Reports(PluginBench):
    """A service of relays, and reports in it."""

    @classmethod
    def over(cls, court):
        plugin = PREDICATE.deploy(court.registry, court.operators)
        made = cls.create(court, plugin=plugin)
        code = "0x" + keccak(boa.env.get_code(plugin.address)).hex()
        made.compiled = compile_text(TEXT.format(address=plugin.address, code=code))
        made.service = court.service(made.compiled)
        return made

    def claim(self, operator=OPERATOR):
        return PluginClaim(self.service, operator, 0, self.plugin.address)

    def report(self, number, hash, key=KEY, time=None, sender=OPERATOR, kind="Header", service=None):
        """Signed evidence."""
        court = self.court
        values = {"number": number, "hash": hash}
        when = court.now if time is None else time
        message = make_message(self.compiled, kind, values, service=service or self.service, sender=sender, time=when)
        pair = compact(sign_message(message, key, court.chain_id, court.registry.address).signature)
        return message.encoded + b"".join(word.to_bytes(32, "big") for word in pair)

    def shown(self, evidence, broken=1, key=0, time=None, operator=OPERATOR):
        """What comes of it, with what the model is to be told."""
        now = self.court.now + 12  # `show` waits for a block
        self.model.ask = lambda *_: answer(broken, key, now if time is None else time)
        return self.show(self.claim(operator), evidence)

    def refused(self, evidence, reason, operator=OPERATOR):
        """The plug-in's own reason, and that the judge takes it for no fault."""
        with boa.reverts(reason):
            self.plugin.is_fault(self.service, operator, [], evidence)
        self.model.ask = lambda *_: None
        assert self.show(self.claim(operator), evidence) == "plugin_prover: the plug-in failed"


@pytest.fixture(scope="module")
def settled():
    with boa.env.anchor():
        made = Reports.over(Court.create())
        assert made.court.enter(made.service) is None
        made.court.wait(3 * DAY)
        yield made


FALSE = b"\x66" * 32
HASHES = [bytes(keccak(number)) for number in range(256)]
"""By age: of the block before, of the one before that."""


@pytest.fixture
def bench(settled):
    patch = boa.env.evm.patch
    kept, patch.prev_hashes = patch.prev_hashes, HASHES
    with settled.undone() as bench:
        yield bench
    patch.prev_hashes = kept


def test_report__inv_plg_8__a_false_one_is_a_fault_of_its_block(bench):
    """S0.19: what a program can't express, a contract tells."""
    number = bench.court.model.block - 3
    time = bench.court.now - 60
    id = bench.shown(bench.report(number, FALSE, time=time), key=number, time=time)
    assert isinstance(id, bytes), id
    assert bench.prover.fault(id).reporter == PROVER
    again = bench.report(number, b"\x67" * 32, time=time)
    assert bench.shown(again, key=number, time=time) == "fault_book: recorded before"


def test_report__inv_plg_8__a_true_one_is_none(bench):
    court = bench.court
    court.wait(12, blocks=300)
    now = court.model.block
    for age in (1, 2, 100, 255, 256):
        evidence = bench.report(now - age, HASHES[age - 1])
        assert bench.plugin.is_fault(bench.service, OPERATOR, [], evidence) == (
            False,
            (now - age).to_bytes(32, "big"),
            court.now,
        )
        other = bench.report(now - age, HASHES[age - 2])
        assert bench.plugin.is_fault(bench.service, OPERATOR, [], other)[0] is True
    assert bench.shown(bench.report(now - 3, HASHES[3]), broken=0) == "plugin_prover: the promise is kept"


def test_report__inv_plg_8__with_other_keys_or_of_others_is_refused(bench):
    number = bench.court.model.block - 3
    for key in (OTHER_KEY, SECOND_KEY):
        bench.refused(bench.report(number, FALSE, key), "service_keys: not a key of the operator")
    wrong = NAME + "not a report of the operator"
    bench.refused(bench.report(number, FALSE, OTHER_KEY, sender=OTHER), wrong)
    bench.refused(bench.report(number, FALSE, service=b"\1" * 32), wrong)
    bench.refused(bench.report(number, FALSE, kind="Footer"), wrong)


def test_report__inv_plg_8__an_ended_key_counts_to_the_end_of_the_cooldown(bench):
    court = bench.court
    court.end_key(OPERATOR, KEY)
    court.wait(21 * DAY, blocks=2)
    number = court.model.block - 1
    evidence = bench.report(number, FALSE)
    assert bench.plugin.is_fault(bench.service, OPERATOR, [], evidence)[0] is True
    court.wait(1)
    bench.refused(evidence, "service_keys: key ended too long ago")


@pytest.mark.parametrize("size", [0, 64, 319, 321, 352, 4096])
def test_report__inv_plg_9__evidence_of_another_size(bench, size):
    whole = bench.report(bench.court.model.block - 3, FALSE)
    bench.refused((whole + bytes(4096))[:size], NAME + "malformed evidence")


def test_report__inv_plg_9__headers_out_of_range_and_false_signatures(bench):
    whole = bytearray(bench.report(bench.court.model.block - 3, FALSE))
    for place, reason in (
        (64, "predicate_machine: malformed message"),
        (160, "predicate_machine: malformed message"),
    ):
        spoilt = bytearray(whole)
        spoilt[place] ^= 1
        bench.refused(bytes(spoilt), reason)
    bench.refused(bytes(whole[:288]) + b"\x7f" + b"\xff" * 31, "ecdsa: invalid signature `s` value")


def test_report__inv_plg_9__blocks_to_come_or_long_gone(bench):
    court = bench.court
    now = court.model.block + 1  # `refused` asks in this block, then in the next
    for number in (now + 1, 2**64 - 1):
        bench.refused(bench.report(number, FALSE), NAME + "block is out of sight")
    court.wait(DAY, blocks=300)
    bench.refused(bench.report(now - 1, FALSE), NAME + "block is out of sight")


def test_report__inv_plg_8__older_blocks_by_the_history_contract(bench):
    """EIP-2935, as the chain serves it: a word in, a word out, a revert for what it doesn't keep."""
    court = bench.court
    old = court.model.block - 1
    court.wait(60, blocks=400)
    history = boa.loads(
        """
known: public(HashMap[uint256, bytes32])

@external
def keep(number: uint256, hash: bytes32):
    self.known[number] = hash

@external
@view
@raw_return
def __default__() -> Bytes[32]:
    number: uint256 = convert(slice(msg.data, 0, 32), uint256)
    assert number < block.number and block.number - number <= 8191
    return abi_encode(self.known[number])
"""
    )
    boa.env.set_code(HISTORY, boa.env.get_code(history.address))
    kept = history.deployer.at(HISTORY)
    kept.keep(old, b"\x44" * 32)
    assert bench.plugin.is_fault(bench.service, OPERATOR, [], bench.report(old, b"\x44" * 32))[0] is False
    time = court.now
    id = bench.shown(bench.report(old, FALSE), key=old, time=time)
    assert isinstance(id, bytes), id
    bench.refused(bench.report(old - 1, FALSE), NAME + "block is out of sight")  # it keeps a zero for it


def test_offence__inv_plg_9__a_false_time_hides_nothing(bench):
    """The message claims to be from 1970: the fault counts as a day ago, so neither reach nor period is escaped."""
    number = bench.court.model.block - 3
    now = bench.court.now + 12
    id = bench.shown(bench.report(number, FALSE, time=1), key=number, time=now - DAY)
    assert isinstance(id, bytes), id
    assert bench.prover.fault(id).offence_time == now - DAY
    ahead = bench.report(number - 1, FALSE, time=2**64 - 1)
    now = bench.court.now + 12
    id = bench.shown(ahead, key=number - 1, time=2**64 - 1)
    assert bench.prover.fault(id).offence_time == now


def test_create__registries__are_named(bench):
    assert bench.plugin.operators() == bench.court.operators.address
    with boa.reverts("service_keys: zero operator registry"):
        PREDICATE.deploy(bench.court.registry, "0x" + "00" * 20)
