"""The command tree. Each command only wires: decisions are in the packages that it calls."""

from __future__ import annotations

from importlib.metadata import version

import click

from .beacon import beacon
from .chain import deploy, verify
from .challenge import challenge
from .commitment import commitment
from .curve import curve
from .delegate import delegate
from .demo import demo
from .key import key
from .liquid import liquid
from .liveness import liveness
from .market import bond, market
from .market.reading import quote
from .node import advance, node
from .operator import operator
from .pool import pool
from .prove import prove
from .service import service
from .sign import journal, sign
from .slash import slash
from .study import study


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(version("surety"), prog_name="surety")
def cli() -> None:
    """Bonds sold along a target debt profile: demonstrate, fit, deploy, verify, quote and trade.

    Exit codes: 0 ok, 1 usage, 2 environment, 3 a contract reverted, 4 the chain is not the expected one,
    5 a promise would be broken.
    """


for command in (
    demo,
    curve,
    node,
    advance,
    key,
    quote,
    market,
    bond,
    operator,
    delegate,
    liquid,
    slash,
    commitment,
    service,
    pool,
    prove,
    challenge,
    liveness,
    beacon,
    sign,
    journal,
    study,
    deploy,
    verify,
):
    cli.add_command(command)
