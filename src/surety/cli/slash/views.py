"""Slashes to look at: all, one, and who gets what."""

from __future__ import annotations

import click

from surety.sdk.slashes import FINALISED, Slashes
from surety.sdk.stake import subject_parts

from ..context import Door, chain_options
from ..market.action import echo_json, output_option, show_pairs, show_rows
from .common import NUMBER, more_of, percent, told_of


@click.command("list", short_help="All slashes, newest first.")
@click.option("--operator", metavar="ADDRESS", help="Only of this operator.")
@click.option("--open", "only_open", is_flag=True, help="Only those that are not decided.")
@output_option
@chain_options
def list_(door: Door, operator: str | None, only_open: bool, output: str) -> None:
    """All slashes, newest first."""
    known = Slashes(door.suite(door.engine()))
    whom = door.checked(operator) if operator else None
    rows = [
        (str(number), told_of(known, number))
        for number, slash in known.newest_first()
        if whom in (None, subject_parts(slash.subject)[0]) and not (only_open and slash.status >= FINALISED)
    ]
    if output == "json":
        echo_json(dict(rows))
    elif rows:
        keys = ("state", "operator", "asset", "part", "review ends")
        show_rows(("", *keys), [(number, *(told[key] for key in keys)) for number, told in rows], left=4)
    else:
        click.echo("no slashes")


@click.command(short_help="One slash: all about it, and what can be done next.")
@NUMBER
@output_option
@chain_options
def show(door: Door, number: int, output: str) -> None:
    """All about the slash NUMBER: what it holds, disputes, vetoes and bonds, and what anybody may do next."""
    known = Slashes(door.suite(door.engine()))
    told = told_of(known, number) | more_of(known, number)
    if output == "json":
        echo_json(told)
    else:
        show_pairs(told)


@click.command(short_help="Who gets what of it.")
@NUMBER
@output_option
@chain_options
def waterfall(door: Door, number: int, output: str) -> None:
    """Who gets what of the slash NUMBER, in whole assets: as it is, or as it would be if it were finalised now."""
    known = Slashes(door.suite(door.engine()))
    slash, asset, split = known.slash(number), known.asset(known.slash(number)), known.split(number)
    seizure, liens = known.lens.call("seizure", slash.seizure), known.liens(number)
    back = seizure.seized - (seizure.taken if split.final else seizure.taken + split.total)
    if output == "json":
        echo_json(
            {
                "state": told_of(known, number)["state"],
                "final": split.final,
                "at_most": split.at_most,
                "asset": asset.label,
                "seized": asset.text(seizure.seized),
                "parts": [
                    {"part": one.name, "account": one.account, "amount": asset.text(one.amount), "pulled": one.pulled}
                    for one in split.parts
                ],
                "given_back": asset.text(back),
                "liens": [
                    {
                        "seizure": one.earlier,
                        "at_most": asset.text(one.at_most),
                        "collected": None if one.collected is None else asset.text(one.collected),
                    }
                    for one in liens
                ],
            }
        )
        return
    told = told_of(known, number)
    show_pairs({"slash": f"{number}, {told['state']}", "operator": told["operator"], "part": told["part"]})
    rows = [("seized", f"from the pool of {subject_parts(slash.subject)[0]}", asset.grouped(seizure.seized), "")]
    for one in split.parts:
        state = "" if not one.amount else "pulled" if one.pulled else "to be pulled" if split.final else ""
        rows.append((one.name, one.account or "nobody named", asset.grouped(one.amount), state))
    rows.append(("left", "those it was taken from", asset.grouped(back), "released" if seizure.released else ""))
    for lien in liens:
        amount = lien.at_most if lien.collected is None else lien.collected
        state = "collected" if lien.collected is not None else "to be collected" if lien.ready else "at most, waits"
        rows.append(("lien", f"on seizure {lien.earlier}", asset.grouped(amount), state))
    show_rows(("", "to", "amount", ""), rows, left=2)
    if not split.final:
        most = ", at most" if split.at_most else ""
        click.echo(f"as it would be if it were finalised now{most}: {percent(slash.fraction)} of the pool")
