"""Classes of rolling bonds on a market of titanoboa, with a model beside each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import boa
from tests.support.bonds import MAX, START, TRADERS, Setup, Suite, deploy, make_model, source

from surety.models.debt_observer import DebtObserver
from surety.models.debt_profile import WEEK
from surety.models.log_mean import WAD
from surety.models.market import Market
from surety.models.rolling import RollingBonds

KEEPER = boa.env.generate_address("keeper")
TENOR = 13 * WEEK
BP = WAD // 10_000
MIN_RATE = 200 * BP
TOLERANCE_BPS = 100
TIP_BPS = 50


@dataclass(frozen=True)
class House:
    """A market with an observer, a factory, one class and its vault; traders have approved all of them."""

    suite: Suite
    observer: Any
    factory: Any
    rolling: Any
    vault: Any

    @property
    def now(self) -> int:
        return self.suite.now

    def maturity(self) -> int:
        """That which the class holds, or would buy."""
        return self.rolling.position().maturity

    def buy(self, who: str, maturity: int, face: int) -> int:
        return self.suite.market.buy(maturity, face, MAX, who, MAX, sender=who)

    def sell(self, who: str, maturity: int, face: int) -> int:
        return self.suite.market.sell(maturity, face, 0, who, MAX, sender=who)

    def enter(self, who: str, shares: int) -> tuple[int, int]:
        """Enter with bonds that are bought for it."""
        face, cash = self.rolling.quote_enter(shares)
        if face:
            self.buy(who, self.maturity(), face)
        return self.rolling.enter(shares, face, cash, who, sender=who)

    def observe(self) -> int:
        return self.observer.observe(self.suite.market, self.maturity())


def rolling_blueprint() -> Any:
    return source("bonds/RollingBonds").deploy_as_blueprint()


def make_house(
    setup: Setup | None = None,
    tenor: int = TENOR,
    min_rate: int = MIN_RATE,
    tolerance_bps: int = TOLERANCE_BPS,
    tip_bps: int = TIP_BPS,
) -> House:
    """Everything deployed, nothing entered."""
    suite = deploy(setup)
    observer = source("bonds/DebtObserver").deploy()
    factory = source("bonds/RollingBondsFactory").deploy(
        suite.market, rolling_blueprint(), observer, tolerance_bps, tip_bps
    )
    rolling = source("bonds/RollingBonds").at(factory.create(tenor, min_rate))
    vault = source("bonds/RollingVault").deploy(rolling)
    for trader in TRADERS:
        suite.token.setOperator(rolling, True, sender=trader)
        suite.asset.approve(rolling, MAX, sender=trader)
        suite.asset.approve(vault, MAX, sender=trader)
        rolling.approve(vault, MAX, sender=trader)
    return House(suite, observer, factory, rolling, vault)


def make_class(
    setup: Setup | None = None,
    address: Any = "class",
    at: int = START,
    market: Market | None = None,
    min_rate: int = MIN_RATE,
    tolerance_bps: int = TOLERANCE_BPS,
    tip_bps: int = TIP_BPS,
    tenor: int = TENOR,
) -> RollingBonds:
    """The model of a class on a market of its own, or on `market`."""
    return RollingBonds(
        market or make_model(setup, at), DebtObserver(), address, tenor, min_rate, tolerance_bps, tip_bps
    )
