"""The story of a promise: refused by the journal, proven by a stranger, paid in kind to the last unit."""

import pytest
from tests.support.journal import text_of
from tests.support.world import demo_config

from surety.journal import can_judge
from surety.predicates import compile_text
from surety.report.promises import promise_part, promise_sentence, promise_table
from surety.sdk.deploy import deploy
from surety.sdk.engines import make_engine
from surety.sdk.evidence import EvidenceFile
from surety.sim.clashes import clashes_of
from surety.sim.promisers import Promisers
from surety.sim.trace import Trace
from surety.sim.venue import Venue

UNIT = 10**6


@pytest.fixture(scope="module")
def world():
    engine, config = make_engine("pyrevm"), demo_config()
    engine.set_time(1_728_271_545)
    suite, record = deploy(engine, config)
    return suite, Promisers(Venue(suite, record.deployer, Trace()), config).play()


def test_promisers__second_vote__refused_by_the_journal_and_proven_from_a_file(world):
    suite, story = world
    assert "no_double_vote of attestation would be broken together with Vote(height: 8640017" in story.refusal
    file = EvidenceFile.load(story.evidence)
    assert file.verdict() == (True, story.fault_key)
    assert file.unsigned({story.key: story.operator}) == []
    fault = suite.prover.call("fault", story.fault)
    assert fault.reporter == story.stranger
    assert fault.offence_time == story.times[0][1]


def test_promisers__slash__is_the_texts_share_paid_in_kind(world):
    suite, story = world
    assert story.seized == story.bonded // 20 == sum(story.paid.values()) == 2_500 * UNIT
    assert story.paid["the stranger, as bounty"] == 250 * UNIT
    held = suite.bonding.call("lock", 1)
    assert held.units == story.bonded - story.seized
    assert suite.token.call("balanceOf", story.stranger, held.id) == 250 * UNIT
    assert suite.token.call("balanceOf", suite.bonding.address, held.id) == held.units


def test_report__promise__marks_what_clashes_and_the_property(world):
    _, story = world
    part = promise_part(story)
    for card in part.cards:
        marks = {field.name: field.mark for field in card.fields}
        assert (marks["height"], marks["block"], marks["time"]) == ("same", "differs", "")
    assert [line.text.split()[0] for line in part.lines if line.broken] == ["safety", "per", "where", "and"]
    assert part.program.startswith("safety")
    assert "a.block != b.block" in part.program
    assert promise_table(story, 6).rows[-1][-1] == "2,500.00"
    assert "50,000.00 of a bond" in promise_sentence(story, 6)


@pytest.mark.parametrize(
    ("name", "marks"),
    [
        ("surround_vote", ({"source": "decides", "target": "decides"}, {"source": "decides", "target": "decides"})),
        ("throughput", ({"epoch": "same", "served": "decides"}, None)),
    ],
)
def test_clashes_of__other_promises__names_the_fields_that_decide(name, marks):
    compiled = compile_text(text_of(name))
    promise = compiled.property_named({"surround_vote": "no_surround", "throughput": "no_overclaim"}[name])
    assert can_judge(promise)
    for found, wanted in zip(clashes_of(compiled, promise), marks, strict=True):
        if wanted is not None:
            assert found == wanted
