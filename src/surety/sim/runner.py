"""One run: deploy, let savers trade for the scenario's weeks, hold what is left to maturity, close the account.

Everything random comes from `SeedSequence(seed)`, and time is the scenario's, so a seed gives the same trace, byte for
byte, whenever it is run. `Venue` is the only door to the chain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from surety.config import load_config
from surety.curves import Fit
from surety.sdk.engines import Engine

from .agents import make_savers
from .history import History
from .ledger import close_ledger
from .play import Play, Streams
from .promisers import Promisers
from .scenario import Scenario, load_scenario
from .setup import open_venue
from .stakers import Stakers
from .tally import Tally
from .trace import Trace

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Run:
    """A finished run: what happened, and the figures to tell it by."""

    scenario: Scenario
    scenario_name: str
    config_name: str
    seed: int
    engine_name: str
    fit: Fit | None
    addresses: dict[str, str]
    history: History
    trace: Trace

    @property
    def savers(self) -> int:
        """How many savers took part."""
        return self.scenario.savers.count

    @property
    def trading_weeks(self) -> int:
        """For how many weeks bonds were on sale."""
        return self.scenario.trading_weeks

    def summary(self) -> dict[str, Any]:
        """The run for programs: integers as decimal text, in the asset's smallest unit."""
        history = self.history
        return {
            "scenario": self.scenario_name,
            "config": self.config_name,
            "seed": self.seed,
            "engine": self.engine_name,
            "decimals": history.decimals,
            "addresses": self.addresses,
            "fit_rmse_bp": round(self.fit.rmse_bp, 4) if self.fit else None,
            "totals": {key: str(value) for key, value in history.totals.items()},
            "concentration": {what: found.told() for what, found in history.concentration.items()},
            "ledger": [
                {"line": line.name, "chain": str(line.left), "trace": str(line.right), "holds": line.holds}
                for line in history.ledger
            ],
            "accounted": all(line.holds for line in history.ledger),
        }


def run_scenario(
    scenario_path: Path, engine: Engine, seed: int = 1, progress: Progress = lambda stage, done, total: None
) -> Run:
    """Run a scenario on a fresh local engine.

    Raises `ScenarioError`, `ConfigError` before anything is deployed, and `Reverted` only if the deployment does.
    """
    scenario = load_scenario(scenario_path)
    config = load_config(scenario_path.parent / scenario.config)
    savers_seed, *seeds = np.random.SeedSequence(seed).spawn(4)
    savers = make_savers(scenario.savers, savers_seed)
    trace = Trace()
    setup = open_venue(engine, config, scenario.start_time, trace, progress)
    play = Play(scenario, setup.venue, savers, Streams(*map(np.random.default_rng, seeds)), progress)
    play.open_accounts(setup.reserve, setup.interest)
    play.trade()
    play.hold_to_maturity()
    play.history.ledger = close_ledger(setup.venue, play.desk, play.tally, [saver.name for saver in savers])
    if setup.venue.suite.has_restaking:
        play.history.stakes = Stakers(setup.venue, config).play()
        play.history.measure("stake", play.history.stakes.stands[0].holders.values())
    if setup.venue.suite.has_commitments:
        play.history.promise = Promisers(setup.venue, config).play()
    play.history.totals = _totals(play.tally, trace)
    return Run(
        scenario=scenario,
        scenario_name=scenario_path.stem,
        config_name=config.path.stem,
        seed=seed,
        engine_name=engine.name,
        fit=config.fit_result,
        addresses=setup.addresses,
        history=play.history,
        trace=trace,
    )


def _totals(tally: Tally, trace: Trace) -> dict[str, int]:
    return {
        "calls": len(trace.rows),
        "refused": sum(not row.ok for row in trace.rows),
        "purchases": sum(row.ok and row.call.startswith("buy") for row in trace.rows),
        "sales": sum(row.ok and row.call == "sell" for row in trace.rows),
        "strips": sum(row.ok and row.call == "buy_strip" for row in trace.rows),
        "user_trades": sum(row.ok and row.call == "fill" for row in trace.rows),
        "locks": sum(row.ok and row.call == "lock" for row in trace.rows),
        "redemptions": sum(row.ok and row.call == "redeem" for row in trace.rows),
        "minted": tally.minted,
        "reserve_funded": tally.funded,
        "face_sold": tally.sold,
        "cost_paid": tally.charged,
        "face_bought_back": tally.bought_back,
        "proceeds_paid": tally.paid_back,
        "face_redeemed": tally.redeemed,
        "interest_paid": tally.funded + tally.absorbed - tally.reserve,
        "rolls": sum(row.ok and row.call == "roll_all" for row in trace.rows),
        "floating_trades": sum(row.ok and row.call in ("buy_variable", "sell_variable") for row in trace.rows),
        "floating_paid": tally.floating_paid,
        "floating_got": tally.floating_got,
        "face_locked": tally.locked,
        "exchange_fees": tally.fees,
        "outstanding": tally.outstanding,
    }
