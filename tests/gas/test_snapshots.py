"""The committed figures and the aims name the same operations."""

import pytest
from tests.gas.aims import AIMS, SNAPSHOTS, recorded

pytestmark = pytest.mark.gas


def test_snapshots__recorded_operations__are_those_with_an_aim(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-snapshots", default=False):
        pytest.skip("the figures are being written")
    committed = {path.stem: set(recorded(path.stem)) for path in SNAPSHOTS.glob("*.json")}
    aimed: dict[str, set[str]] = {}
    for aim in AIMS:
        aimed.setdefault(aim.domain, set()).add(aim.sentence)
    assert committed == aimed


def test_aims__sentences__are_unique() -> None:
    sentences = [aim.sentence for aim in AIMS]
    assert len(sentences) == len(set(sentences))
