"""Broken texts: every error has a place within the text, and what still compiles returns from its program."""

import re
from random import Random

import pytest
from tests.support.worked import names, text_of

from surety.predicates import CommitmentError, compile_text, disassemble, formatted, parse
from surety.predicates.errors import shown

pytestmark = pytest.mark.fuzz

TOKEN = re.compile(r"\w+|\s+|[^\w\s]+")
STRAY = (
    "(",
    ")",
    "{",
    "}",
    ",",
    ":",
    "and",
    "not",
    "where",
    "in",
    "out",
    "0x",
    "0x12",
    "5%",
    "1 day",
    '"',
    "#",
    "..",
    "==",
    "<",
)


def broken(random, text):
    """A few tokens of a text dropped, doubled, exchanged or replaced by those of others."""
    tokens = TOKEN.findall(text)
    for _ in range(random.choice((1, 1, 2, 4))):
        at, other = random.randrange(len(tokens)), random.randrange(len(tokens))
        draw = random.randrange(5)
        if draw == 0:
            tokens[at] = ""
        elif draw == 1:
            tokens[at] *= 2
        elif draw == 2:
            tokens[at], tokens[other] = tokens[other], tokens[at]
        elif draw == 3:
            tokens[at] = tokens[other]
        else:
            tokens[at] = random.choice(STRAY)
    return "".join(tokens)


def outcome(text):
    try:
        return compile_text(text)
    except CommitmentError as error:
        return error


def check_place(error, text):
    lines = text.splitlines() or [""]
    assert 1 <= error.at.line <= len(lines)
    assert 1 <= error.at.column <= len(lines[error.at.line - 1]) + 1
    assert error.problem in shown(error, text, "text")


@pytest.mark.parametrize("seed", range(4))
def test_inv_prd_10_text__broken_somewhere__is_refused_with_its_place_or_returns(seed):
    random, refused, compiled = Random(seed), 0, 0
    for _ in range(120):
        text = broken(random, text_of(random.choice(names())))
        made = outcome(text)
        if isinstance(made, CommitmentError):
            refused += 1
            check_place(made, text)
            continue
        compiled += 1
        assert formatted(parse(formatted(parse(text)))) == formatted(parse(text))
        for one in (*made.safety, *made.responses):
            again = compile_text(disassemble(one.program, made.checked.messages, answer=bool(one.within)))
            assert (*again.safety, *again.responses)[0].program == one.program
    assert refused > 40
    assert compiled > 4
