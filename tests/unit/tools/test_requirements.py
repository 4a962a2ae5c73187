"""The table of requirements names tests that exist and cite them, and leaves no row without a test or a reason."""

import ast
import re
from collections import defaultdict

import pytest
from tests.support.worked import BENCHES
from tools.compiled import ROOT

ROWS = [
    [cell.strip() for cell in line.strip("| \n").split(" | ")]
    for line in (ROOT / "specs" / "requirements.md").read_text().splitlines()
    if re.match(r"\| S\d\.\d+ ", line)
]


def _words() -> dict[str, set[str]]:
    """What each test, and each worked commitment's evidence, says of itself: its own docstring and its module's."""
    said = defaultdict(set)
    for path in (ROOT / "tests").rglob("test_*.py"):
        module = ast.parse(path.read_text())
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                said[node.name] |= {ast.get_docstring(node) or "", ast.get_docstring(module) or ""}
    return said | {name: {evidence.__doc__ or ""} for name, evidence in BENCHES.items()}


WORDS = _words()


def cites(name: str, requirement: str) -> bool:
    """S0.24 as a word of its own, or `s0_24` in a test's name."""
    return requirement.lower().replace(".", "_") + "_" in name or any(
        re.search(rf"\b{re.escape(requirement)}\b", text) for text in WORDS[name]
    )


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_row__names_what_exists__and_shows_or_declines(row):
    requirement, asked, chain, simulated, paper = row
    named = re.findall(r"`([^`]+)`", chain + simulated)
    assert asked
    assert named or paper != "–", f"{requirement}: neither shown nor declined"
    assert not [one for one in named if one not in WORDS], "no such test"
    assert not [one for one in named if not cites(one, requirement)], "doesn't cite the requirement"
