"""Commitments as templates: in the order of the text, refused before the registry would."""

import pytest
from tests.support.journal import text_of

from surety.predicates import compile_text
from surety.sdk.errors import UsageError
from surety.sdk.templates import DAY, EPOCH, WAD, property_index, property_names, template_of, wad

ATTESTATION = compile_text(text_of("attestation"))


def test_template_of__attestation__has_its_properties_in_order():
    made = template_of(ATTESTATION, cap=WAD // 5, powers=("admits", "closes"))
    assert [one[0] for one in made.properties] == [1, 2, 3]
    assert [one[4] for one in made.properties] == [0, EPOCH, 7_200]
    assert made.properties[0][1] == ATTESTATION.safety[0].program.hash
    assert made.properties[2][1] == ATTESTATION.responses[0].program.hash
    assert made.terms == (WAD // 20, WAD // 5, 21 * DAY, 7 * DAY, 21 * DAY, WAD, 5)
    assert property_names(ATTESTATION) == ("no_double_vote", "votes", "answers")
    assert property_index(ATTESTATION, "answers") == 2


def test_template_of__other_terms__is_another_template():
    assert template_of(ATTESTATION).id != template_of(ATTESTATION, cap=WAD // 2).id


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"cap": WAD // 100}, "the cap must lie between"),
        ({"reach": DAY}, "the reach must lie between the 36 hours"),
        ({"reach": 22 * DAY}, "the reach must lie between"),
        ({"weight": 2 * WAD}, "a weight of 0 to 1"),
        ({"powers": ("steals",)}, "no power of a controller: steals"),
    ],
)
def test_template_of__what_the_registry_would_refuse__is_told(changes, told):
    with pytest.raises(UsageError, match=told):
        template_of(ATTESTATION, **changes)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("cooldown 21 days", "cooldown 40 days", "at most 30 days"),
        ("cooldown 21 days", "cooldown 1 day", "must outlast the slowest proof"),
        ("slash 5%", "slash 0.00000001%", "steps finer"),
    ],
)
def test_template_of__a_text_that_cant_be_bonded__is_told(before, after, told):
    with pytest.raises(UsageError, match=told):
        template_of(compile_text(text_of("attestation").replace(before, after)))


def test_template_of__property_without_an_own_message__is_refused():
    """FaultProver would refuse each proof of it: `fault_prover: names no act of the operator`."""
    text = """commitment others {
      party client
      message Report(size: uint)
      safety small: never (r: in Report from client) per r.size where r.size > 5
      slash 5% cooldown 21 days review 7 days
    }"""
    with pytest.raises(UsageError, match=r"others\.small names no message"):
        template_of(compile_text(text))


def test_template_of__no_cooldown__reaches_a_month():
    made = template_of(compile_text(text_of("double_sign").replace("cooldown 21 days", "cooldown 0 days")))
    assert (made.terms[2], made.terms[4]) == (0, 30 * DAY)


@pytest.mark.parametrize("text", ["0", "101", "x", "0.00000001"])
def test_wad__no_part__is_refused(text):
    with pytest.raises(UsageError):
        wad(text, "cap")


def test_wad__a_part__is_exact():
    assert (wad("20%", "cap"), wad("0.5", "cap")) == (WAD // 5, WAD // 200)
