"""Compiled contracts: cached by their sources, with what deployment and verification need to know of them."""

from __future__ import annotations

import os
import pickle

import pytest

from surety.sdk import artefacts
from surety.sdk.artefacts import artefact, compile_source, names, source_hash
from surety.sdk.engines import make_engine
from surety.sdk.errors import ChainError, Reverted, SetupError, SuretyError, UsageError
from surety.sdk.root import repository_root
from surety.sdk.verify_code import compare

SOURCE = """# pragma version 0.4.3
from snekmate.utils import pausable
initializes: pausable
NUMBER: immutable(uint256)
NAME: immutable(String[40])
OWNER: immutable(address)
x: uint256

@deploy
def __init__(number: uint256, name: String[40]):
    pausable.__init__()
    NUMBER = number
    NAME = name
    OWNER = msg.sender

@view
@external
def all() -> (uint256, String[40], address):
    return NUMBER, NAME, OWNER
"""


@pytest.fixture
def made(tmp_path):
    path = tmp_path / "Sample.vy"
    path.write_text(SOURCE)
    return compile_source(path)


def test_compile__immutables__stand_where_the_layout_says(made):
    engine = make_engine()
    receipt = engine.create(engine.accounts[0], made.creation(7, "seven"))
    code = engine.code(receipt.contract)
    assert [item.name for item in made.immutables] == ["NUMBER", "NAME", "OWNER"]
    assert len(code) == made.runtime_size
    values = {"NUMBER": 7, "NAME": "seven", "OWNER": engine.accounts[0]}
    assert compare(code, made, values) == (True, f"{len(code)} bytes, 3 immutables")
    for name, wrong in {"NUMBER": 8, "NAME": "eleven", "OWNER": engine.accounts[1]}.items():
        assert compare(code, made, values | {name: wrong}) == (False, f"immutable {name} is not {wrong}")
    assert compare(code, made, {"NUMBER": 7}) == (False, "immutable NAME: no value is known for it")
    assert not compare(code[:-1], made, values)[0]


def test_compile__storage_of_modules__named_by_module(made):
    assert made.storage_slots == {"pausable.paused": 0, "x": 1}


def test_blueprint__on_chain__is_the_preamble_and_the_creation_code(made):
    engine = make_engine()
    receipt = engine.create(engine.accounts[0], made.blueprint_initcode)
    assert engine.code(receipt.contract) == made.blueprint_code
    with pytest.raises(Reverted):
        engine.call(engine.accounts[0], receipt.contract, b"")


def test_creation__wrong_arguments__say_what_is_wanted(made):
    with pytest.raises(UsageError, match="Sample is created from 2 arguments, 1 given"):
        made.creation(1)
    with pytest.raises(UsageError, match="constructor arguments do not fit"):
        made.creation(-1, "x")


def test_compile__does_not_compile__one_error(tmp_path):
    path = tmp_path / "Bad.vy"
    path.write_text("x: uint257")
    with pytest.raises(UsageError, match=r"Bad\.vy does not compile"):
        compile_source(path)


def test_artefact__unknown_name__lists_what_there_is():
    with pytest.raises(UsageError, match=r"no contract BondMarkt in contracts/: there are .*BondMarket"):
        artefact("BondMarkt")


def test_artefact__every_deployable__fits_the_size_limit():
    for name in names():
        assert artefact(name).runtime_size <= 24_576, name
        assert artefact(name).path.startswith("contracts/")
        assert all(len(method) == 4 for method in artefact(name).selectors)


def test_artefact__cache__is_read_back_equal(tmp_path, monkeypatch):
    root = tmp_path
    (root / "contracts").mkdir()
    (root / "interfaces").mkdir()
    source = root / "contracts" / "Sample.vy"
    source.write_text(SOURCE)
    first = artefact("Sample", root)
    assert len(list((root / "build" / "artefacts").iterdir())) == 1
    artefacts._artefact.cache_clear()
    monkeypatch.setattr(artefacts, "_compile", None)
    assert artefact("Sample", root) == first


def test_artefact__changed_source__compiled_anew(tmp_path):
    (tmp_path / "contracts").mkdir()
    source = tmp_path / "contracts" / "Sample.vy"
    source.write_text(SOURCE)
    first = artefact("Sample", tmp_path)
    source.write_text(SOURCE.replace("x: uint256", "y: uint256"))
    second = artefact("Sample", tmp_path)
    assert second.source_hash != first.source_hash
    assert "y" in second.storage_slots
    assert len(list((tmp_path / "build" / "artefacts").iterdir())) == 1


def test_source_hash__order_of_names__does_not_matter():
    assert source_hash(["BondToken", "Timelock"]) == source_hash(["Timelock", "BondToken"])
    assert source_hash(["BondToken"]) != source_hash(["Timelock"])


def test_root__without_contracts__says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("SURETY_ROOT", str(tmp_path))
    with pytest.raises(SetupError, match=r"no contracts/ in .*: install Surety from a checkout, or set SURETY_ROOT"):
        repository_root()


def test_write_atomically__failing__leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_text("old")

    def fail(handle):
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        artefacts.write_atomically(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_errors__exit_codes__are_the_documented_ones():
    codes = (UsageError("x"), SetupError("x"), Reverted("x"), ChainError("x"))
    assert [error.exit_code for error in codes] == [1, 2, 3, 4]
    assert all(isinstance(error, SuretyError) for error in codes)
    again = pickle.loads(pickle.dumps(Reverted("why", b"\x01")))
    assert (again.reason, again.data) == ("why", b"\x01")
