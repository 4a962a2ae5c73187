"""All worked commitments through the real prover: what breaks one is recorded, what looks alike is not (INV-PRV-10)."""

import pytest
from tests.support import worked
from tests.support.commitments import OPERATOR

from surety.models.faults import Claim
from surety.sdk import templates
from surety.sdk.engines.accounts import dev_account
from surety.sdk.messages import Message

KEYS = {dev_account(index).address: dev_account(index) for index in (2, 3)}
WALLET_KEY = dev_account(8)


@pytest.fixture
def shown(court, monkeypatch):
    """`shown(name)`: the worked commitment of that name, and each of its exhibits as claim, messages and witness."""
    start = court.now

    def show(name):
        compiled = worked.library(name)
        service = court.service(compiled)
        monkeypatch.setattr(worked, "SERVICE", service)
        exhibits = worked.BENCHES[name]().exhibits
        parameters = exhibits[0].evidence.parameters
        assert court.enter(service, parameters=parameters) is None
        assert start < worked.NOW
        court.go_to(worked.NOW + 4 * worked.HOUR)
        for account in (*worked.WATCHERS, worked.PUBLISHER):
            court.wallet(WALLET_KEY, account)
        for exhibit in exhibits:
            promise = compiled.property_named(exhibit.promise)
            number = templates.property_index(compiled, exhibit.promise)
            claim = Claim(service, OPERATOR, number, promise.program, exhibit.evidence.parameters)
            yield exhibit, claim, [signed(one) for one in exhibit.evidence.messages], promise.within

    def signed(encoded):
        message = Message.decode(encoded)
        if message.sender == OPERATOR:
            return court.sign(message)
        return court.sign(message, KEYS.get(message.sender, WALLET_KEY))

    return show


@pytest.mark.parametrize("name", worked.names())
def test_prove__inv_prv_1_10__worked_commitment__what_breaks_it_and_nothing_else(court, shown, name):
    seen = set()
    for exhibit, claim, messages, within in shown(name):
        with court.undone():
            end = court.show(claim, messages, witness=exhibit.evidence.witness)
        if within:
            assert end == "fault_prover: not a matter of evidence"
        elif exhibit.broken:
            assert isinstance(end, bytes), (exhibit.label, end)
        else:
            assert end == "fault_prover: the promise is kept", exhibit.label
        seen.add((bool(within), exhibit.broken))
    assert {broken for _, broken in seen} == {True, False}


def test_worked__all_sixteen__are_here():
    assert len(worked.names()) == 16
