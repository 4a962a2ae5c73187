"""Every worked commitment with a kept and a broken set of evidence, on the contract and on the reference."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.worked import BENCHES, ROOT, SERVICE, STRANGER, bench, library, names, text_of, word

from surety.predicates import compile_text, disassemble, formatted, lint, parse
from surety.predicates.machine import KEPT, Verdict

PAGE = Path(__file__).parents[3] / "docs" / "commitment-language.md"
EXHIBITS = [
    pytest.param(name, one, id=f"{name}: {one.promise}: {one.label}")
    for name in BENCHES
    for one in bench(name).exhibits
]
PROPERTIES = [
    pytest.param(name, one, id=f"{name}: {one.name}")
    for name in names()
    for one in (*library(name).safety, *library(name).responses)
]


def program(name, exhibit):
    return library(name).property_named(exhibit.promise).program


def test_library__every_commitment__has_evidence_for_every_property():
    assert names() == sorted(BENCHES)
    assert len(names()) >= 12
    for name in names():
        for one in (*library(name).safety, *library(name).responses):
            shown = {exhibit.broken for exhibit in bench(name).exhibits if exhibit.promise == one.name}
            assert shown == {True, False}, (name, one.name)


@pytest.mark.parametrize(("name", "exhibit"), EXHIBITS)
def test_inv_prd_1_worked__evidence__is_judged_as_it_says(machines, name, exhibit):
    verdict = machines.agreed(program(name, exhibit), exhibit.evidence)
    assert isinstance(verdict, Verdict), verdict
    assert verdict.broken is exhibit.broken
    assert exhibit.broken or verdict == KEPT


@pytest.mark.parametrize(("name", "exhibit"), EXHIBITS)
def test_inv_prd_3_worked__evidence_about_somebody_else__is_no_fault(machines, name, exhibit):
    outcome = machines.agreed(program(name, exhibit), replace(exhibit.evidence, operator=int(STRANGER, 16)))
    assert outcome in ("predicate_machine: not the operator's message", "predicate_machine: message to somebody else")


@pytest.mark.parametrize(("name", "exhibit"), EXHIBITS)
def test_inv_prd_3_worked__evidence_of_another_service__is_no_fault(machines, name, exhibit):
    outcome = machines.agreed(program(name, exhibit), replace(exhibit.evidence, service=bytes(32)))
    assert outcome == "predicate_machine: message of another service"
    assert exhibit.evidence.service == SERVICE


@pytest.mark.parametrize(("name", "promise"), PROPERTIES)
def test_worked__program__fits_and_returns_as_text(name, promise):
    """S0.27: what was promised is read back from its program."""
    assert promise.program.size <= 512
    for known in (library(name).checked.messages, ()):
        text = disassemble(promise.program, known, answer=bool(promise.within))
        again = compile_text(text)
        assert (*again.safety, *again.responses)[0].program == promise.program


@pytest.mark.parametrize("name", names())
def test_worked__text__is_laid_out_clean_and_on_the_page(name):
    assert formatted(parse(text_of(name))) == text_of(name)
    assert lint(library(name).checked) == ()
    blocks = re.findall(r"^```\w*\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    assert text_of(name) in blocks


def test_worked__fault_keys__are_those_of_the_text(machines):
    def key(name, label):
        exhibit = next(one for one in bench(name).exhibits if one.label == label)
        return machines.agreed(program(name, exhibit), exhibit.evidence).key

    assert key("attestation", "two blocks at a height") == word(7)
    assert key("error_reports", "three watchers") == key("error_reports", "four watchers and strangers")
    assert key("price_deviation", "51 basis points above") == key("price_deviation", "51 basis points below")


def test_retrievability__its_root__is_that_of_the_exhibits():
    assert "0x" + ROOT.hex() in text_of("retrievability")
