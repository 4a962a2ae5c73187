"""Warnings: what compiles and is likely not meant. z3 decides what is never broken, always broken or said twice."""

from random import Random

import pytest
from tests.support.predicates import random_evidence
from tests.support.promises import random_promise
from tests.support.wording import commitment, where

from surety.models.refusal import Refused
from surety.predicates import compile_text, evaluate, lint
from surety.predicates.smt import Formulas


def codes(text):
    return [one.code for one in lint(compile_text(text).checked) if one.code != "unused"]


@pytest.mark.parametrize(
    "condition",
    [
        "a.height == b.height and a.height < b.height",
        "a.height > 5 and a.height < 6",
        "a.height - 1 > a.height",
        "a.height * 2 == 7",
        "a.time + 1 hour < a.time",
        "keccak(a.height) != keccak(b.height) and a.height == b.height",
        "count(m: out Vote) > 14",  # sixteen messages, of which two are named
        "a.final and not a.final",
        "a.height >= 2 * b.height and b.height > a.height",
        "a.height == 18_446_744_073_709_551_616",
        "false",
    ],
)
def test_lint__conditions_that_contradict_each_other__are_never_broken(condition):
    assert codes(where(condition)) == ["never-broken"]


def test_lint__as_many_as_evidence_has_room_for__can_be_counted():
    assert "never-broken" not in codes(where("count(m: out Vote) > 13"))


@pytest.mark.parametrize(
    "condition", ["true", "a.height >= b.height or b.height >= a.height", "a.final or not a.final"]
)
def test_lint__conditions_that_always_hold__are_told(condition):
    assert codes(where(condition)) == ["always-broken"]


@pytest.mark.parametrize(
    ("condition", "line"),
    [
        ("a.time < b.time and a.height == b.height\nand a.height <= b.height", 9),
        ("a.time < b.time and a.height == b.height and a.height > 5\nand a.height > 4", 9),
        ("a.time < b.time and a.height == b.height\nand absdiff(a.height, b.height) == 0", 9),
    ],
)
def test_lint__condition_that_follows_from_the_others__is_named(condition, line):
    (finding,) = (one for one in lint(compile_text(where(condition)).checked) if one.code == "redundant")
    assert finding.at.line in (8, line)


def test_lint__two_orders_of_the_same_messages__make_two_keys():
    assert codes(where("a.height == b.height and a.block != b.block", per="a.block")) == ["two-keys"]
    assert codes(where("a.height == b.height and a.block != b.block", per="a.height")) == []
    assert codes(where("a.height == b.height and a.time < b.time", per="a.block")) == []
    assert codes(where("a.block != b.block", per="id(a)")) == ["two-keys"]


def test_lint__key_of_others_messages__is_told():
    bindings = "a: out Vote, r: in Report from client"
    assert codes(where("r.vote == id(a)", bindings, per="r.size")) == ["foreign-key"]
    assert codes(where("r.vote == id(a)", bindings, per="a.height")) == []


def test_lint__property_without_an_own_message__is_told():
    assert "no-out" in codes(where("r.size > 3", "r: in Report from client", per="r.size"))
    counted = "count(m: out Vote where m.height == r.size) >= 2"
    assert "no-out" in codes(where(counted, "r: in Report from client", per="r.size"))
    assert "no-out" not in codes(where("r.vote == id(a)", "a: out Vote, r: in Report from client", per="a.height"))


def test_lint__sums_that_may_exceed_256_bits__are_told():
    price = "a: out Price, b: out Price"
    assert "saturates" in codes(where("a.value * 10_000 > b.value", price, per="a.time"))
    assert codes(where("a.height * 10_000 > b.height and a.height == b.height")) == []
    assert "saturates" in codes(where("sum(m.size for m: out Report) + 1 > a.height"))


def test_lint__parameter_without_a_range__is_told():
    text = commitment("safety s: never (a: out Vote) per a.height where a.time > p", "param p: uint64")
    assert "unbounded" in codes(text)
    assert "unbounded" not in codes(text.replace("uint64\n", "uint64 in 1..9\n", 1))


def test_lint__what_nothing_uses__is_told():
    found = lint(compile_text(where("a.final")).checked)
    assert {one.problem for one in found if one.code == "unused"} == {
        f"nothing uses {name}" for name in ("Report", "Price", "client")
    }


def test_lint__answer_that_is_never_right__is_told():
    condition = f"out.block == id(in) and out.height > in.size + {2**64}"
    text = commitment(f"respond r: to in Report within 2 hours with out Vote where {condition}")
    assert codes(text) == ["never-broken"]


def test_smt__random_rules__never_contradict_the_machine():
    """What z3 calls impossible, the machine never finds broken; what it calls certain, the machine always does."""
    random, decided = Random(3), 0
    for _ in range(60):
        promise = random_promise(random)
        formulas = Formulas(promise.rule)
        met, always = formulas.met(), formulas.always_met()
        decided += met is False or always
        for _ in range(12):
            try:
                verdict = evaluate(promise.program, random_evidence(random, promise.program))
            except Refused:
                continue
            assert not (verdict.broken and met is False)
            assert verdict.broken or not always
    assert decided > 3
