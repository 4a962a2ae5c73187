"""What titanoboa is given is what the package deploys, with what tracebacks and coverage need."""

import pickle

import boa
from tools import warm

from surety.sdk.artefacts import artefact


def test_compilation__is_the_artefact():
    made = warm.compilation("CalendarHarness")
    assert made.bytecode == artefact("CalendarHarness").initcode
    assert made.bytecode_runtime == artefact("CalendarHarness").runtime
    assert made.source_map["pc_raw_ast_map"]


def test_compilation__a_state_that_is_new__compiles_and_replaces_the_old(tmp_path, monkeypatch):
    monkeypatch.setattr(warm, "_pickle", lambda name, at: tmp_path / f"{name}-{at}.pickle")
    (tmp_path / "CalendarHarness-old.pickle").write_bytes(b"stale")
    data = warm._compilation.__wrapped__("CalendarHarness", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["CalendarHarness-new.pickle"]
    assert pickle.loads((tmp_path / "CalendarHarness-new.pickle").read_bytes()).bytecode == data.bytecode


def test_load_partial__a_deployable__is_read_from_the_cache(monkeypatch):
    monkeypatch.setattr("vyper.compiler.phases.CompilerData.__init__", None)
    assert boa.load_partial("contracts/mocks/CalendarHarness.vy").compiler_data is warm.compilation("CalendarHarness")
