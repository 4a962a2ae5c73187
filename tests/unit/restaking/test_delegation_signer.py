"""Stake moved by signatures, made by a wallet's own encoder: each kind of message once right and in every way wrong."""

import boa
import pytest
from eth_account.messages import encode_typed_data
from tests.support.delegation import (
    DELEGATORS,
    KEYS,
    OPERATORS,
    STRANGER,
    ZERO,
    DelegationWorld,
    source,
    subject_word,
)
from tests.support.permits import CURVE_ORDER

from surety.models.delegation import WAD, WEEK

OWNER, OTHER = DELEGATORS[:2]
POOL = (OPERATORS[0], 0)
WORD = subject_word(POOL)
STAKE = 10**21
LATER = 2**40

KINDS = {
    "deposit": ("Deposit", [("subject", "uint256"), ("amount", "uint256")]),
    "queue": ("Queue", [("subject", "uint256"), ("shares", "uint256"), ("target", "address")]),
    "cancel": (
        "Cancel",
        [("subject", "uint256"), ("epoch", "uint256"), ("target", "address"), ("tickets", "uint256")],
    ),
    "complete": (
        "Complete",
        [("subject", "uint256"), ("epoch", "uint256"), ("target", "address"), ("receiver", "address")],
    ),
    "arrive": ("Arrive", [("subject", "uint256"), ("epoch", "uint256"), ("target", "address")]),
    "claim_refund": ("ClaimRefund", [("slash_id", "uint256"), ("target", "address"), ("receiver", "address")]),
}


@pytest.fixture(scope="module")
def made():
    """OWNER has active stake, a ticket out, one on its way to the second operator, and a refund."""
    with boa.env.anchor():
        world = DelegationWorld.create()
        world.deposit(OWNER, POOL, 4 * STAKE)
        world.seize(1, POOL, WAD // 10)
        world.restore(1, STAKE // 10)
        world.queue(OWNER, POOL, STAKE)
        world.queue(OWNER, POOL, STAKE, OPERATORS[1])
        yield world


@pytest.fixture
def world(made):
    with boa.env.anchor():
        yield made.again()


def prepared(world, kind):
    """Arguments of a message that can be carried out, at a time when it can."""
    epoch = world.epoch + 1
    if kind in ("complete", "arrive"):
        world.go_to((epoch + 1) * WEEK)
    return {
        "deposit": (WORD, STAKE),
        "queue": (WORD, STAKE, ZERO),
        "cancel": (WORD, epoch, ZERO, STAKE // 2),
        "complete": (WORD, epoch, ZERO, STRANGER),
        "arrive": (WORD, epoch, OPERATORS[1]),
        "claim_refund": (1, ZERO, STRANGER),
    }[kind]


def sign(world, kind, arguments, nonce=0, deadline=LATER, signer=OWNER, owner=OWNER, **domain):
    name, fields = KINDS[kind]
    types = [("owner", "address"), *fields, ("nonce", "uint256"), ("deadline", "uint256")]
    data = {
        "name": "Surety delegations",
        "version": "1",
        "chainId": boa.env.evm.patch.chain_id,
        "verifyingContract": world.signer.address,
    }
    values = dict(zip((one for one, _ in types), (owner, *arguments, nonce, deadline), strict=True))
    message = encode_typed_data(
        data | domain, {name: [{"name": one, "type": kind_of} for one, kind_of in types]}, values
    )
    return bytes(KEYS[signer].sign_message(message).signature)


def bring(world, kind, arguments, signature, deadline=LATER, owner=OWNER):
    return getattr(world.signer, kind)(owner, *arguments, deadline, signature, sender=STRANGER)


@pytest.mark.parametrize("kind", KINDS)
def test_inv_del_13_by_signature__signed_by_the_owner__once(world, kind):
    arguments = prepared(world, kind)
    signature = sign(world, kind, arguments)
    assert bring(world, kind, arguments, signature) > 0
    assert world.signer.nonces(OWNER) == 1
    with boa.reverts("delegation_signer: not signed by the owner"):
        bring(world, kind, arguments, signature)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "wrong",
    [
        {"signer": OTHER},
        {"nonce": 1},
        {"deadline": LATER - 1},
        {"owner": OTHER},
        {"name": "Surety delegation"},
        {"version": "2"},
        {"chainId": 5},
        {"verifyingContract": STRANGER},
    ],
)
def test_inv_del_13_by_signature__other_words__reverts(world, kind, wrong):
    arguments = prepared(world, kind)
    with boa.reverts("delegation_signer: not signed by the owner"):
        bring(world, kind, arguments, sign(world, kind, arguments, **wrong))


@pytest.mark.parametrize("kind", KINDS)
def test_inv_del_13_by_signature__other_arguments__reverts(world, kind):
    arguments = prepared(world, kind)
    signature = sign(world, kind, arguments)
    for place, value in enumerate(arguments):
        other = (
            STRANGER if isinstance(value, str) and value != STRANGER else OTHER if isinstance(value, str) else value + 1
        )
        changed = (*arguments[:place], other, *arguments[place + 1 :])
        with boa.reverts("delegation_signer: not signed by the owner"):
            bring(world, kind, changed, signature)


@pytest.mark.parametrize("kind", KINDS)
def test_by_signature__after_the_deadline__reverts(world, kind):
    arguments = prepared(world, kind)
    deadline = world.now
    signature = sign(world, kind, arguments, deadline=deadline)
    world.wait(1)
    with boa.reverts("delegation_signer: past the deadline"):
        bring(world, kind, arguments, signature, deadline)


def test_by_signature__malleated_or_short__reverts(world):
    arguments = prepared(world, "queue")
    signature = sign(world, "queue", arguments)
    high = CURVE_ORDER - int.from_bytes(signature[32:64])
    mirrored = signature[:32] + high.to_bytes(32) + bytes([55 - signature[64]])
    with boa.reverts("ecdsa: invalid signature `s` value"):
        bring(world, "queue", arguments, mirrored)
    with boa.reverts("delegation_signer: not signed by the owner"):
        bring(world, "queue", arguments, signature[:64])


def test_skip__a_nonce__voids_what_was_signed_with_it(world):
    arguments = prepared(world, "queue")
    signature = sign(world, "queue", arguments)
    assert world.signer.skip(sender=OWNER) == 0
    assert type(world.signer.get_logs()[-1]).__name__ == "NonceSkipped"
    with boa.reverts("delegation_signer: not signed by the owner"):
        bring(world, "queue", arguments, signature)
    assert bring(world, "queue", arguments, sign(world, "queue", arguments, nonce=1))


def test_by_signature__of_a_contract__by_its_own_rule(world):
    wallet = source("mocks/MockWallet").deploy(OWNER)
    token = world.tokens[0]
    token.mint(wallet, STAKE)
    token.approve(world.manager, STAKE, sender=wallet.address)
    arguments = (WORD, STAKE)
    signature = sign(world, "deposit", arguments, owner=wallet.address)
    assert bring(world, "deposit", arguments, signature, owner=wallet.address) >= STAKE
    wallet.behave(1, ZERO, b"")
    signature = sign(world, "deposit", arguments, nonce=1, owner=wallet.address)
    with boa.reverts("delegation_signer: not signed by the owner"):
        bring(world, "deposit", arguments, signature, owner=wallet.address)


def test_by_signature__refused_by_the_manager__leaves_the_nonce(world):
    arguments = (WORD, 10 * STAKE, ZERO)
    with boa.reverts("stake_pots: zero, or more than held"):
        bring(world, "queue", arguments, sign(world, "queue", arguments))
    assert world.signer.nonces(OWNER) == 0
    assert world.signer.manager() == world.manager.address
    assert len(world.signer.DOMAIN_SEPARATOR()) == 32
    assert world.signer.eip712Domain()[1] == "Surety delegations"
