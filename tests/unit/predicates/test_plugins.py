"""Properties that a contract judges, as text: what is kept of them, how they are laid out and told, what is refused."""

import re
from pathlib import Path

import pytest
from eth_abi import encode
from eth_utils.crypto import keccak

from surety.predicates import CommitmentError, compile_text, explain, formatted, lint, parse
from surety.predicates.errors import shown
from surety.predicates.plugins import NO_CODE
from surety.sdk.errors import UsageError
from surety.sdk.templates import property_index, property_names, template_of

PLACE = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
CODE = "0x" + "c0" * 32
LINE = f"plugin true_headers: {PLACE} code {CODE} about Header"


def commitment(line=LINE, before="", cooldown="21 days"):
    return f"""commitment reports {{
  message Header(number: uint64, hash: bytes32)
  {before}
  {line}
  slash 10% cooldown {cooldown} review 7 days
}}
"""


def test_plugin__compiles__to_the_hash_of_address_and_code():
    compiled = compile_text(commitment())
    (rule,) = compiled.plugins
    assert (rule.name, rule.address, rule.code_hash.hex()) == ("true_headers", PLACE, "c0" * 32)
    assert [one.name for one in rule.about] == ["Header"]
    assert rule.hash == keccak(encode(["address", "bytes32"], [PLACE, bytes.fromhex("c0" * 32)]))
    (told,) = compiled.as_json()["plugins"]
    assert told == {
        "name": "true_headers",
        "address": PLACE,
        "code_hash": CODE,
        "hash": "0x" + rule.hash.hex(),
        "about": ["Header"],
    }


def test_plugin__in_a_template__comes_last_and_needs_the_time_of_a_proof():
    before = """respond asked: to in Header within 2 hours with out Header where out.hash == in.hash
  safety two: never (a: out Header, b: out Header) per a.number where a.hash != b.hash and a.number == b.number"""
    compiled = compile_text(commitment(before=before))
    assert property_names(compiled) == ("two", "asked", "true_headers")
    assert property_index(compiled, "true_headers") == 2
    kept = template_of(compiled).properties[2]
    assert kept == (4, compiled.plugins[0].hash, bytes(32), bytes(32), 0)
    with pytest.raises(UsageError, match="outlast the slowest proof, 36 hours"):
        template_of(compile_text(commitment(cooldown="1 day")))


def test_plugin__formatted__a_line_a_clause_and_the_same_again():
    whole = formatted(parse(commitment()))
    lines = f"  plugin true_headers: {PLACE}\n    code {CODE}\n    about Header\n"
    assert lines in whole
    assert formatted(parse(whole)) == whole
    assert compile_text(whole).text_hash == compile_text(commitment()).text_hash
    bare = formatted(parse(commitment(LINE.removesuffix(" about Header"))))
    assert f"    code {CODE}\n\n" in bare
    commented = formatted(parse(commitment(f"# before\n  {LINE}  # beside")))
    assert "  # before\n  plugin" in commented
    assert "about Header  # beside" in commented


def test_plugin__explained__names_contract_code_and_what_that_does_not_say():
    told = explain(compile_text(commitment()))
    assert f"broken when the contract {PLACE} says so, of Header." in told
    assert f"Its code has the hash {CODE}" in told
    assert "read it before you sign" in told
    assert compile_text(commitment()).plugins[0].hash.hex() in told


def test_plugin__linted__a_message_that_it_is_about_is_used():
    assert lint(compile_text(commitment()).checked) == ()
    unused = lint(compile_text(commitment(LINE.removesuffix(" about Header"))).checked)
    assert [one.code for one in unused] == ["unused"]


@pytest.mark.parametrize(
    ("line", "column", "problem", "hint"),
    [
        (LINE.replace(PLACE, "0x12"), 24, "0x and 2 digits", "an address has 40"),
        (LINE.replace(PLACE, PLACE.replace("F", "f", 1)), 24, "fails its checksum", "lower case"),
        (LINE.replace(PLACE, "0x" + "00" * 20), 24, "the address of a contract", "not zero"),
        (LINE.replace(PLACE, CODE), 24, "the address of a contract", "0x and 40 digits"),
        (LINE.replace(CODE, PLACE), 72, "code is a hash", "keccak256 of the code"),
        (LINE.replace(CODE, "0x" + "00" * 32), 72, "hash of no code", "create the plug-in first"),
        (LINE.replace(CODE, "0x" + NO_CODE.hex()), 72, "hash of no code", "create the plug-in first"),
        (LINE.replace("code", "hash"), 67, "'hash' can't stand here", ""),
        (LINE.replace(f"code {CODE} ", ""), 67, "'about' can't stand here: code would fit", ""),
        (LINE.replace("about Header", "about Heder"), 3, "there is no message Heder", "did you mean Header?"),
        (LINE.replace("about Header", "about Header, Header"), 3, "about a message twice", "each once"),
        (LINE.replace("true_headers", "Header"), 3, "Header is declared twice", "line 2"),
        (LINE.replace("true_headers", "operator"), 3, "operator is a word of the language", "another name"),
        ("plugin p: operator code 0x12", 13, "'operator' can't stand here: 0x… would fit", ""),
    ],
)
def test_plugin__that_is_wrong__is_refused_where_it_is(line, column, problem, hint):
    text = commitment(line)
    with pytest.raises(CommitmentError) as caught:
        compile_text(text)
    assert (caught.value.at.line, caught.value.at.column) == (4, column)
    assert problem in caught.value.problem
    assert hint in caught.value.hint
    assert "^" in shown(caught.value, text, "test")


def test_plugin__words_of_its_own__still_name_fields_and_messages():
    text = commitment(before="message plugin_note(code: uint, about: uint)\n  message code(x: uint)")
    assert [one.name for one in compile_text(text).checked.messages] == ["Header", "plugin_note", "code"]


def test_plugin__the_worked_one_of_the_page__compiles_and_is_laid_out():
    page = (Path(__file__).parents[3] / "docs" / "commitment-language.md").read_text()
    (block,) = (one for one in re.findall(r"^```\w*\n(.*?)^```$", page, re.DOTALL | re.MULTILINE) if "  plugin " in one)
    assert formatted(parse(block)) == block
    (rule,) = compile_text(block).plugins
    assert rule.about[0].kind == keccak(text="Header(uint64 number,bytes32 hash)")
    assert lint(compile_text(block).checked) == ()
