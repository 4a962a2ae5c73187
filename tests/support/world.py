"""The whole suite on any engine, deployed as the sdk deploys it, with people who have roles."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from surety.config import Config, load_config
from surety.sdk.deploy import deploy
from surety.sdk.engines import Engine, dev_addresses
from surety.sdk.record import Record
from surety.sdk.root import repository_root
from surety.sdk.suite import Suite

DEMO = repository_root() / "config" / "demo.yaml"
WEALTH = 10_000_000


def demo_config() -> Config:
    """The demonstration's configuration."""
    return load_config(DEMO)


def changed_config(folder: Path, name: str = "changed.yaml", **changes: Any) -> Path:
    """A copy of the demonstration's file with top-level keys replaced (None drops one); where it was written."""
    data = yaml.safe_load(DEMO.read_text()) | changes
    if data.get("fit"):
        data["fit"] = data["fit"] | {"market": str(DEMO.parent / data["fit"]["market"])}
    path = folder / name
    path.write_text(yaml.safe_dump({key: value for key, value in data.items() if value is not None}))
    return path


@dataclass(frozen=True)
class World:
    """A deployment with its people; every trader has assets and has approved the treasury."""

    engine: Engine
    config: Config
    suite: Suite
    record: Record
    issuer: str
    curator: str
    guardian: str
    treasurer: str
    holder: str
    buyer: str

    @classmethod
    def create(cls, engine: Engine, config: Config | None = None, asset: str = "MockERC20") -> World:
        """Deploy from `config` (the demonstration's) and give holder and buyer ten million assets each."""
        config = config or demo_config()
        suite, record = deploy(engine, config, asset=asset)
        people = dev_addresses()
        world = cls(engine, config, suite, record, people[0], people[2], people[3], people[4], people[6], people[7])
        for trader in (world.holder, world.buyer):
            suite.mint(trader, suite.units(WEALTH))
            suite.approve(trader)
        return world
