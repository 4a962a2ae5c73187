"""The cache of compiled contracts: what makes it compile one anew."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from vyper.compiler.input_bundle import FilesystemInputBundle
from vyper.compiler.phases import CompilerData

from surety.sdk.artefacts import artefact, is_cached, prepare
from surety.sdk.errors import UsageError
from surety.sdk.root import repository_root

PACKAGES = Path(str(distribution("snekmate").locate_file("")))


class _Watching(FilesystemInputBundle):
    """Notes every file that the compiler opens."""

    def __init__(self, paths: list[Path]) -> None:
        super().__init__(paths)
        self.opened: set[Path] = set()

    def _load_from_path(self, resolved_path: Any, original_path: Any) -> Any:
        self.opened.add(Path(resolved_path).resolve())
        return super()._load_from_path(resolved_path, original_path)


@pytest.mark.parametrize("name", ["BondMarket", "SlashEscrow", "PredicateMachine"])
def test_reach_is_what_the_compiler_opens(name: str) -> None:
    from surety.sdk.artefacts import _deployables, _reach

    root = repository_root()
    source = _deployables(root)[name]
    bundle = _Watching([PACKAGES, root])
    _ = CompilerData(bundle.load_file(source), bundle).annotated_vyper_module
    assert _reach(source, root) == {path for path in bundle.opened if PACKAGES not in path.parents}


def test_only_what_imports_a_changed_source_is_compiled_anew(tmp_path: Path) -> None:
    contracts = tmp_path / "contracts" / "one"
    contracts.mkdir(parents=True)
    (contracts / "part.vy").write_text("# pragma version 0.4.3\nNUMBER: constant(uint256) = 1\n")
    getter = "\n@external\n@view\ndef number() -> uint256:\n    return {}\n"
    (contracts / "With.vy").write_text("# pragma version 0.4.3\nfrom . import part\n" + getter.format("part.NUMBER"))
    (contracts / "Without.vy").write_text("# pragma version 0.4.3\n" + getter.format("1"))
    before = artefact("With", tmp_path), artefact("Without", tmp_path)

    (contracts / "part.vy").write_text("# pragma version 0.4.3\nNUMBER: constant(uint256) = 22\n")
    after = artefact("With", tmp_path), artefact("Without", tmp_path)
    assert after[0].bytecode_runtime != before[0].bytecode_runtime
    assert after[1] is before[1], "read from memory: nothing that it imports changed"


def test_what_the_compiler_warns_of_is_kept(tmp_path: Path) -> None:
    contracts = tmp_path / "contracts" / "one"
    contracts.mkdir(parents=True)
    header = "# pragma version 0.4.3\n"
    (contracts / "Old.vy").write_text(header + "enum Colour:\n    RED\n    BLUE\n")
    (contracts / "New.vy").write_text(header + "flag Colour:\n    RED\n    BLUE\n")
    assert [len(artefact(name, tmp_path).warnings) for name in ("Old", "New")] == [1, 0]


def test_prepare__several_missing__are_in_the_cache_but_for_what_does_not_compile(tmp_path: Path) -> None:
    contracts = tmp_path / "contracts" / "one"
    contracts.mkdir(parents=True)
    getter = "# pragma version 0.4.3\n\n@external\n@view\ndef number() -> uint256:\n    return {}\n"
    for name, value in (("One", "1"), ("Two", "2"), ("Wrong", "nothing")):
        (contracts / f"{name}.vy").write_text(getter.format(value))
    prepare(["One", "Two", "Wrong"], tmp_path)
    assert [is_cached(name, tmp_path) for name in ("One", "Two", "Wrong")] == [True, True, False]
    with pytest.raises(UsageError, match=r"Wrong\.vy does not compile"):
        artefact("Wrong", tmp_path)
