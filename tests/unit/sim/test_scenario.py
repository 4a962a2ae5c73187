"""Scenario files: read whole or refused in one line."""

from pathlib import Path

import pytest
import yaml

from surety.sim.scenario import ScenarioError, load_scenario

DEMO = Path("config/scenarios/demo.yaml")


def test_load_scenario__the_demonstration__starts_on_the_day_of_its_yields():
    scenario = load_scenario(DEMO)
    assert scenario.start_time == 1_728_316_800
    market = yaml.safe_load((DEMO.parent / scenario.config).read_text())["fit"]["market"]
    assert scenario.start.date().isoformat() in market


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"trading_weeks": 0}, "trading_weeks: .*greater than or equal to 1"),
        ({"start": "2024-10-07T16:00:00"}, "start: .*write the time zone"),
        ({"whales": 3}, "whales: .*not permitted"),
        ({"sellers": {"shock": 2, "fraction": 0.5}}, "sellers.shock: .*less than or equal to 1"),
        ({"strips": {"share": 0.1, "every_weeks": 2}}, "strips.every_weeks: .*greater than or equal to 4"),
        ({"locks": {"share": -1}}, "locks.share: .*greater than or equal to 0"),
        ({"between": {"share": 1}}, "between.share: .*not permitted"),
        ({"outside": {"volatility_bps": 6}}, "outside.reversion: Field required"),
    ],
)
def test_load_scenario__bad_value__names_the_key(tmp_path, changes, says):
    path = tmp_path / "s.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(DEMO.read_text()) | changes))
    with pytest.raises(ScenarioError, match=says) as caught:
        load_scenario(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("text", "says"), [(None, "no scenario at"), ("a: [", "is not YAML"), ("3", "the file: ")])
def test_load_scenario__no_map__told(tmp_path, text, says):
    path = tmp_path / "s.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ScenarioError, match=says):
        load_scenario(path)
