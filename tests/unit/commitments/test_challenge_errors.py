"""Every reason of challenges, liveness and the beacon is raised in the sources and tested in its words."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
REASON = re.compile(r'^(\w+): constant\(String\[48\]\) = "(.*)"$', re.MULTILINE)
FILES = ("commitments/challenge_errors.vy", "commitments/sequencer.vy", "lib/commit_reveal.vy")


def test_errors__each_reason__is_short_raised_and_tested():
    sources = "".join(path.read_text() for path in (ROOT / "contracts").rglob("*.vy"))
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    quoted = set(re.findall(r'"([^"\n]+)"', tests))
    found = [reason for file in FILES for reason in REASON.findall((ROOT / "contracts" / file).read_text())]
    assert len(found) > 50
    for name, text in found:
        assert len(text) <= 48
        assert len(re.findall(rf"\b{name}\b", sources)) > 1, name
        assert {text, text.split(": ", 1)[1]} & quoted, text
