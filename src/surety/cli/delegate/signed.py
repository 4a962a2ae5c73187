"""Moves that the owner signs and somebody else sends: `sign`, `requests`, `relay`, `skip`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError
from rich.console import Console

from surety.sdk.errors import UsageError
from surety.sdk.json_lines import append, first_error, read
from surety.sdk.orders import ZERO_ADDRESS
from surety.sdk.stake import Stakes, subject_parts
from surety.sdk.stake_requests import StakeRequest, request_of, state_of
from surety.sdk.suite import MAX_UINT
from surety.sdk.text_files import read_text

from ..context import Door, chain_options
from ..market.action import Action, Listed, action_options, echo_json, output_option, perform, show_pairs, show_rows
from ..maturity import EXPIRY
from ..when import date
from .common import Move, entered, made, told_of
from .moves import MOVES

FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
MEANING = {
    "open": "it can be sent",
    "elsewhere": "it was signed for another chain or deployment",
    "not signed": "the signature is not the owner's",
    "expired": "its deadline has passed",
    "used": "its nonce is used up",
    "waits": "an earlier nonce of the owner comes first",
}


def signing(move: Move) -> click.Command:
    """The command by which an owner signs a move."""

    def run(
        door: Door,
        operator: str,
        asset: int,
        expires: int,
        nonce: int | None,
        file: Path | None,
        output: str,
        **given: Any,
    ) -> None:
        engine = door.engine()
        known, owner = Stakes(door.suite(engine)), door.sender(engine)
        stake, signer = known.stake(owner, door.checked(operator), asset), known.suite.contracts["signer"]
        planned = move.plan(known, stake, **given)
        first = int(signer.call("nonces", owner)) if nonce is None else nonce
        if nonce is None and file is not None and file.exists():
            first = max([first, *(1 + one.words["nonce"] for one in read(StakeRequest, file) if one.owner == owner)])
        last = EXPIRY.after(expires, engine.timestamp)
        request = request_of(planned.function, planned.arguments, first, last, engine.chain_id, signer.address)
        if output == "typed-data":
            click.echo(json.dumps(request.typed_data()))
            return
        if file is not None:
            request = request.signed(door.signer(engine))
            append(file, request)
        if output == "json":
            echo_json({**json.loads(request.model_dump_json()), "signed": file is not None})
            return
        show_pairs(told_of(stake) | planned.told | {"nonce": str(first), "until": date(last)})
        console = Console(soft_wrap=True)
        if file is None:
            console.print("[yellow]not signed[/]; --file FILE signs it and adds it there")
            return
        console.print(f"[green]✓[/] signed, and added to {file}")
        if planned.lacks is not None:
            console.print(f"[yellow]can't be sent yet[/]: {planned.lacks}")

    options = (
        click.option(
            "--expires", type=EXPIRY, default="1d", show_default=True, help="3h, 5d, 2w, a date or a timestamp."
        ),
        click.option("--nonce", type=click.IntRange(min=0), help="[default: the owner's next one]"),
        click.option(
            "--file", type=click.Path(path_type=Path, dir_okay=False), help="Sign, and add the request to FILE."
        ),
        click.option(
            "--output",
            type=click.Choice(["table", "json", "typed-data"]),
            default="table",
            show_default=True,
            help="typed-data: the EIP-712 document that another wallet signs.",
        ),
    )
    command = chain_options(run)
    for option in reversed(options):
        command = option(command)
    return made(move, command)


sign = Listed(
    "sign",
    commands={move.name: signing(move) for move in MOVES},
    help="Sign a move of your stake, which anybody may then send: no gas of yours. Nonces are used in order.",
    short_help="Sign a move for somebody else to send.",
)


@click.command(short_help="Add a request that another wallet signed.")
@FILE
@click.argument("document", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.argument("signature")
@output_option
@chain_options
def add(door: Door, file: Path, document: Path, signature: str, output: str) -> None:
    """Add to FILE what another wallet signed: DOCUMENT is what `sign … --output typed-data` printed."""
    known = Stakes(door.suite(door.engine()))
    try:
        read_in = json.loads(read_text(document))
        fields = {"chain_id": read_in["domain"]["chainId"], "signer": read_in["domain"]["verifyingContract"]}
        fields |= {"action": read_in["primaryType"], "words": read_in["message"], "signature": signature}
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{document.name}: no EIP-712 document of a move of stake") from None
    request = _validated(fields, document.name)
    state = state_of(known.suite.contracts["signer"], request)
    if state in ("elsewhere", "not signed"):
        raise UsageError(f"{document.name}: {MEANING[state]}")
    append(file, request)
    _show(request, state, output)


@click.command(short_help="The requests of a file, as they stand.")
@FILE
@output_option
@chain_options
def requests(door: Door, file: Path, output: str) -> None:
    """The requests of FILE as they stand on the chain."""
    known = Stakes(door.suite(door.engine()))
    signer = known.suite.contracts["signer"]
    found = [(one, state_of(signer, one)) for one in read(StakeRequest, file)]
    if output == "json":
        echo_json({"requests": [{**json.loads(one.model_dump_json()), "state": state} for one, state in found]})
        return
    head = ("#", "move", "owner", "nonce", "until", "state")
    rows = [
        (str(place), one.function, one.owner, str(one.words["nonce"]), EXPIRY.text(one.words["deadline"]), state)
        for place, (one, state) in enumerate(found, 1)
    ]
    show_rows(head, rows, left=3)


@click.command(short_help="Send what an owner has signed.")
@FILE
@click.argument("which", type=click.IntRange(1), required=False)
@action_options
def relay(door: Door, file: Path, which: int | None, broadcast: bool, output: str) -> None:
    """Send a request of FILE: WHICH of it, or the first that can be sent now. Gas is yours, the move is the owner's."""
    known, sender = entered(door, broadcast)
    signer = known.suite.contracts["signer"]
    found = read(StakeRequest, file)
    if which is not None and which > len(found):
        raise UsageError(f"{file.name} has {len(found)} requests")
    states = [(one, state_of(signer, one)) for one in (found if which is None else found[which - 1 : which])]
    ready = [one for one, state in states if state == "open"]
    if not ready:
        why = MEANING[states[0][1]] if which is not None else "none of its requests is open"
        raise UsageError(f"{file.name}: {why}")
    request = ready[0]
    told = told_of(known.stake(request.owner, *subject_parts(_subject(known, request)))) | _lines(request)
    perform(Action(signer, request.function, request.arguments, told), sender, broadcast, output)


@click.command(short_help="Use up the next nonce: what was signed with it is void.")
@action_options
def skip(door: Door, broadcast: bool, output: str) -> None:
    """Use up your next nonce: the request that was signed with it is void, and the one after it can be sent."""
    known, sender = entered(door, broadcast)
    signer = known.suite.contracts["signer"]
    perform(Action(signer, "skip", (), {"nonce": str(signer.call("nonces", sender))}), sender, broadcast, output)


COMMANDS: dict[str, click.Command] = {
    "sign": sign,
    "add-signed": add,
    "requests": requests,
    "relay": relay,
    "skip": skip,
}


def _subject(known: Stakes, request: StakeRequest) -> int:
    """The pool that a request is about; of a refund, that of its slash."""
    if "subject" in request.words:
        return int(request.words["subject"])
    return int(known.suite.slashes.call("slash", request.words["slash_id"]).subject)


def _lines(request: StakeRequest) -> dict[str, str]:
    words = {
        name: "all" if word == MAX_UINT else str(word)
        for name, word in request.words.items()
        if name not in ("subject", "deadline") and word != ZERO_ADDRESS
    }
    return {"move": request.function, **words, "until": date(request.words["deadline"])}


def _validated(fields: dict[str, Any], name: str) -> StakeRequest:
    try:
        return StakeRequest.model_validate(fields)
    except ValidationError as error:
        raise UsageError(f"{name}: {first_error(error)}") from None


def _show(request: StakeRequest, state: str, output: str) -> None:
    if output == "json":
        echo_json({**json.loads(request.model_dump_json()), "state": state})
    else:
        show_pairs(_lines(request) | {"state": MEANING[state]})
