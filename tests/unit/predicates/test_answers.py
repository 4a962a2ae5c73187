"""Challenges that no answer is right for: z3 finds one where there is one, and none where there is none."""

import re
from collections import Counter
from random import Random

import numpy as np
import pytest
from tests.support.wording import TERMS
from tests.support.worked import library, names

from surety.predicates import compile_text, lint
from surety.predicates.answers import Answers
from surety.predicates.machine import Evidence, Verdict, evaluate
from surety.sdk.messages import Message

ROOT = "0x4627dc5b99da571f124a658cbcb79360b4a6a9681ffa617d20142d42edc33a0d"
MESSAGES = """  message Ask(nonce: bytes32, size: uint32, place: uint64, open: bool, big: uint)
  message Reply(digest: bytes32, ask: bytes32, x: uint64, y: uint64, ok: bool, who: address)"""


def asking(condition, head="", given="given path: proof"):
    given = given if "path" in condition else ""
    body = f"respond r: to in Ask within 2 hours with out Reply {given} where {condition}"
    return "\n".join(["commitment test {", *([head] if head else []), MESSAGES, body, TERMS, "}"])


def codes(text):
    return [one.code for one in lint(compile_text(text).checked) if one.code not in ("unused", "unbounded")]


@pytest.mark.parametrize(
    "condition",
    [
        "out.x == in.size and out.x == in.place",
        "out.x < in.size",
        "out.x > in.place",
        "out.x > in.big",
        "out.x * 2 == in.size",
        "out.x % 10 == in.size",
        "(out.ok or in.open) and not out.ok",
        "min(out.x, in.size) == in.size and out.x <= 5",
        "out.x % 16 == 3 and out.x >= in.place and out.x < in.place + 4",
        "out.digest == keccak(in.nonce) and out.digest == keccak(in.size)",
        "out.ask == id(in) and out.ask == keccak(in.nonce) or out.x == in.place and out.x < in.size",
        "out.ask == id(in) and (keccak(out.digest) == in.nonce or in.open)",
        f"merkle({ROOT}, in.place, out.digest, path)",
        f"merkle({ROOT}, in.size, in.nonce, path) or in.open and merkle({ROOT}, out.x, out.digest, path)",
        "out.ask == id(in) and merkle(in.nonce, in.size, out.digest, path)",
        f"merkle({ROOT}, in.size, out.digest, path) and out.digest == keccak(in.nonce) and out.x < in.size",
    ],
)
def test_lint__challenge_that_no_answer_is_right_for__is_told(condition):
    assert "unanswerable" in codes(asking(condition))


@pytest.mark.parametrize(
    "condition",
    [
        "out.x == in.size and out.y == in.place",
        "out.x < in.size and in.size > 0",
        "out.x >= in.place",
        "out.x / 7 == in.size",
        "out.x % 10 == in.size % 10",
        "out.x * in.size > 5 and in.size > 0",
        "out.time > in.time and out.x > in.sequence",
        "out.who == in.sender and out.recipient == in.sender and out.sender == operator and in.recipient == operator",
        "out.ask == id(in) and out.ask != in.nonce",
        f"out.ask == id(in) and keccak(out.digest) == {ROOT} and in.nonce != out.ask",
        "keccak(out.digest) != in.nonce",
        "keccak(out.digest, in.size) == keccak(in.nonce, out.x)",
        f"in.nonce == {ROOT} and keccak(out.digest) == in.nonce",
        f"merkle({ROOT}, in.size, out.digest, path)",
        f"merkle({ROOT}, in.place % 8, out.digest, path)",
        f"merkle({ROOT}, in.place, out.digest, path) and in.place < 8",
        f"in.nonce == {ROOT} and merkle(in.nonce, in.size, out.digest, path)",
        "merkle(out.digest, in.size, in.nonce, path)",
        "out.x >= in.place - 5 and out.x <= in.place + 5 and out.x % 2 == 0 or in.place > 1_000",
    ],
)
def test_lint__challenges_with_answers__are_not_warned_of(condition):
    assert "unanswerable" not in codes(asking(condition))


@pytest.mark.parametrize("condition", ["keccak(out.digest) == in.nonce", "id(out) == in.nonce"])
def test_lint__preimage_of_what_the_challenger_makes_up__nobody_has(condition):
    assert codes(asking(condition)) == ["unanswerable"]


def test_lint__example__names_fields_and_parameters_and_the_place():
    text = asking("out.x < limit and out.x >= in.size", "param limit: uint8 in 5..9")
    (found,) = (one for one in lint(compile_text(text).checked) if one.code == "unanswerable")
    size, limit = (int(re.search(rf"{name} = ([\d_]+)", found.problem)[1]) for name in ("in.size", "limit"))
    assert 5 <= limit <= 9
    assert size >= limit
    assert text.splitlines()[found.at.line - 1].startswith("respond r")
    assert "in.open = " not in found.problem
    told = next(
        one for one in lint(compile_text(asking("out.ok and not in.open or in.size > 3 and out.x < 1")).checked)
    )
    assert told.code in ("unanswerable", "unused")


@pytest.mark.parametrize("name", [name for name in names() if library(name).responses])
def test_lint__worked_commitments__leave_no_challenge_unanswered(name):
    for one in library(name).checked.responses:
        assert Answers(one.rule).unanswered() is None


# -- against all there is ---------------------------------------------------------------------------------------------

A, X, P, OK = np.ogrid[0:256, 0:256, 0:2, 0:2]
SMALL = """  message Ask(a: uint8, p: bool)
  message Reply(x: uint8, ok: bool)"""


def random_number(random, depth):
    """A number as text and as its value for every challenge and answer, and whether the answer has a part in it."""
    draw = random.random()
    if depth == 0 or draw < 0.3:
        number = random.choice((0, 1, 2, 3, 7, 16, 100, 255, 256))
        return random.choice([("in.a", A, False), ("out.x", X, True), (str(number), np.int64(number), False)])
    left, of_left, chosen = random_number(random, depth - 1)
    if draw < 0.5:
        divisor = random.choice((2, 3, 10, 128))
        told, value = random.choice([("/", of_left // divisor), ("%", of_left % divisor)])
        return f"({left}) {told} {divisor}", value, chosen
    right, of_right, also = random_number(random, depth - 1)
    told, value = random.choice(
        [
            ("({}) + ({})", of_left + of_right),
            ("({}) - ({})", np.maximum(of_left - of_right, 0)),
            ("({}) * ({})", of_left * of_right),
            ("min({}, {})", np.minimum(of_left, of_right)),
            ("max({}, {})", np.maximum(of_left, of_right)),
            ("absdiff({}, {})", abs(of_left - of_right)),
        ]
    )
    return told.format(left, right), value, chosen or also


def random_truth(random):
    if random.random() < 0.2:
        return random.choice([("in.p", P == 1, False), ("out.ok", OK == 1, True), ("not in.p", P == 0, False)])
    (left, of_left, chosen), (right, of_right, also) = (random_number(random, random.randrange(3)) for _ in range(2))
    told, value = random.choice(
        [
            ("==", of_left == of_right),
            ("!=", of_left != of_right),
            ("<", of_left < of_right),
            (">=", of_left >= of_right),
        ]
    )
    return f"{left} {told} {right}", value, chosen or also


def random_demand(random):
    told, value, chosen = random_truth(random)
    if random.random() < 0.3:
        other, also, too = random_truth(random)
        return f"({told} or {other})", value | also, chosen or too
    return told, value, chosen


def test_answers__random_responses_of_small_messages__exactly_those_with_a_challenge_that_has_none():
    """All 512 challenges and 512 answers of each, tried; and the challenge that z3 names, on the machine."""
    random, seen = Random(11), Counter()
    shape = np.broadcast_shapes(A.shape, X.shape, P.shape, OK.shape)
    for _ in range(150):
        demands = [random_demand(random) for _ in range(random.choice((1, 2, 2, 3)))]
        if not any(chosen for *_, chosen in demands):
            continue
        condition = "\n and ".join(told for told, *_ in demands)
        respond = f"respond r: to in Ask within 2 hours with out Reply where {condition}"
        compiled = compile_text("\n".join(["commitment test {", SMALL, respond, TERMS, "}"]))
        right, asked = (np.ones(shape, bool) for _ in range(2))
        for _, value, chosen in demands:
            right = right & value
            asked = asked if chosen else asked & value
        unanswered = asked.any(axis=(1, 3)) & ~right.any(axis=(1, 3))
        answers = Answers(compiled.checked.responses[0].rule)
        answers.TIMEOUT_MS = 300
        found = answers.unanswered()
        if found is None:
            seen["undecided" if unanswered.any() else "answered"] += 1
            continue
        values = {node.index: value for node, value in found.items()}
        assert unanswered.any(), condition
        assert unanswered[values[0] if 0 in values else slice(None), values.get(1, slice(None))].any(), condition
        seen["unanswered"] += 1
        refused(compiled, values, random)
    assert min(seen["answered"], seen["unanswered"]) > 15
    assert seen["undecided"] <= 10, seen


def refused(compiled, values, random):
    """No answer, of some that are tried, is right on the machine."""
    place = {"service": bytes(range(32)), "sequence": 0, "time": 1}
    operator, asker = "0x" + "11" * 20, "0x" + "22" * 20
    (one,) = compiled.responses
    a, p = values.get(0, 0), values.get(1, 0)
    if not (0 in values and 1 in values):
        return
    words = (a.to_bytes(32, "big"), p.to_bytes(32, "big"))
    asked = Message(kind=one.challenge, sender=asker, recipient=operator, fields=words, **place)
    for _ in range(8):
        words = (random.randrange(256).to_bytes(32, "big"), random.randrange(2).to_bytes(32, "big"))
        reply = Message(kind=one.answer, sender=operator, recipient=asker, fields=words, **place)
        evidence = Evidence(place["service"], int(operator, 16), (), (asked.encoded, reply.encoded), ())
        verdict = evaluate(one.program, evidence)
        assert isinstance(verdict, Verdict)
        assert not verdict.broken
