"""Messages on chain: ids and digests as wallets make them, and signatures that count for one chain and one registry."""

import pytest
from eth_utils import keccak
from tests.support.predicates import arguments

from surety.predicates import compile_text, make_evidence, make_message
from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract
from surety.sdk.engines.accounts import dev_account, dev_addresses
from surety.sdk.engines.pyrevm_engine import PyrevmEngine
from surety.sdk.errors import Reverted
from surety.sdk.messages import Message, digest, sign_message

OPERATOR, CLIENT, REGISTRY, PROVER = dev_addresses()[1:5]
KEY, STRANGER = dev_account(5), dev_account(6)
SERVICE = keccak(text="service")
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
TEXT = """
commitment votes {
  message Vote(height: uint, block: bytes32)
  safety once: never (a: out Vote, b: out Vote) per a.height where a.height == b.height and a.block != b.block
  slash 5% cooldown 21 days review 7 days
}
"""
VOTES = compile_text(TEXT)
ONCE = VOTES.property_named("once")


@pytest.fixture(scope="module")
def prover():
    engine, made = PyrevmEngine(), artefact("FaultHarness")
    place = engine.create(PROVER, made.creation(REGISTRY)).contract
    prover = Contract(engine, place, made)
    prover.set_key(KEY.address, OPERATOR, sender=PROVER)
    prover.set_program(ONCE.program.words, ONCE.program.constants, sender=PROVER)
    return prover


def vote(height, block, **changes):
    values = {"height": height, "block": keccak(block)}
    return make_message(VOTES, "Vote", values, service=SERVICE, sender=OPERATOR, **changes)


def show(prover, votes, signatures, function="show"):
    evidence = make_evidence(VOTES, ONCE, service=SERVICE, operator=OPERATOR, named=votes)
    return prover.send(function, *arguments(ONCE.program, evidence), signatures, sender=PROVER)


def sign(message, account=KEY, chain_id=31_337, registry=REGISTRY):
    return sign_message(message, account, chain_id, registry).signature


@pytest.mark.parametrize("count", [0, 1, 8])
def test_inv_msg_1_2_digest__on_chain__is_what_wallets_sign(prover, count):
    fields = tuple(bytes([number]) * 32 for number in range(count))
    one = Message(service=SERVICE, kind=bytes(32), sender=OPERATOR, recipient=CLIENT, sequence=1, time=2, fields=fields)
    assert prover.digest(one.encoded) == digest(one, 31_337, REGISTRY)


def test_inv_msg_2_show__double_vote_by_a_service_key__is_a_fault_recorded_once(prover):
    votes = [vote(7, b"a"), vote(7, b"b", sequence=1)]
    signatures = [sign(one) for one in votes]
    (event,) = prover.events(show(prover, votes, signatures, "record"), "FaultShown")
    assert (event.args.operator, event.args.key) == (OPERATOR, (7).to_bytes(32, "big"))
    with pytest.raises(Reverted, match="recorded before"):
        show(prover, votes[::-1], signatures[::-1], "record")


def test_inv_msg_2_show__signed_elsewhere_or_by_somebody_else__is_no_fault(prover):
    votes = [vote(8, b"a"), vote(8, b"b")]
    good = [sign(one) for one in votes]
    show(prover, votes, good)
    for wrong in (
        sign(votes[1], chain_id=1),
        sign(votes[1], registry=CLIENT),
        sign(votes[1], STRANGER),
        good[0],
    ):
        with pytest.raises(Reverted, match="signed by somebody else"):
            show(prover, votes, [good[0], wrong])


def test_inv_msg_2_show__mirrored_signature__is_refused(prover):
    votes = [vote(9, b"a"), vote(9, b"b")]
    first, second = (sign(one) for one in votes)
    s = ORDER - int.from_bytes(second[32:64], "big")
    mirrored = second[:32] + s.to_bytes(32, "big") + bytes([55 - second[64]])
    with pytest.raises(Reverted, match="ecdsa: invalid signature `s` value"):
        show(prover, votes, [first, mirrored])


def test_show__votes_that_agree__break_nothing(prover):
    votes = [vote(9, b"a"), vote(9, b"a", sequence=1)]
    with pytest.raises(Reverted, match="nothing is broken"):
        show(prover, votes, [sign(one) for one in votes])
