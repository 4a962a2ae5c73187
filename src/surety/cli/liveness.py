"""`surety liveness`: heartbeats, what was drawn and its answers, and the scores that come of them."""

from __future__ import annotations

from pathlib import Path

import click

from surety.journal.told import told
from surety.sdk.challenges import Challenges
from surety.sdk.errors import UsageError
from surety.sdk.json_lines import read_one
from surety.sdk.messages import Message, SignedMessage
from surety.sdk.pay import EPOCH, Pay
from surety.sdk.services import Services, word
from surety.sdk.templates import property_names

from .context import Door, chain_options
from .market.action import Listed, action_options, echo_json, output_option, show_pairs, show_rows
from .service.common import SERVICE, Call, act
from .when import date

ROUND = 86_400
HEAD = ("epoch", "begins", "property", "due", "done", "score")
FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
PROPERTY = click.argument("property_", metavar="PROPERTY")
IN_ROUND = click.option("--round", "number", type=click.IntRange(0), help="Days since 1970.  [default: today's]")


@click.group(cls=Listed, short_help="Heartbeats, drawn questions, scores.")
def liveness() -> None:
    """Liveness by the week: heartbeats, and answers to what rounds draw. All simulate; --broadcast sends.

    Exit codes: 0 ok, 1 usage, 2 environment, 3 a contract reverted, 4 the chain is not the expected one.
    """


@liveness.command(short_help="What was due and done, and the scores.")
@SERVICE
@click.argument("operator")
@click.option("--weeks", type=click.IntRange(1, 52), default=3, show_default=True, help="This one and those before.")
@output_option
@chain_options
def status(door: Door, service: str, operator: str, weeks: int, output: str) -> None:
    """How alive OPERATOR was in SERVICE: what was due and done of each property, and the score once it is final."""
    services = Services(door.suite(door.engine()))
    known, identity, whom = Pay(services), services.id_of(service), door.checked(operator)
    if not known.liveness.call("is_watched", identity):
        raise UsageError("nobody looks at this service yet: surety liveness watch")
    names = property_names(services.compiled(identity))
    rows = []
    for epoch in range(known.epoch - weeks + 1, known.epoch + 1):
        score = known.score(identity, whom, epoch)
        for number, name in enumerate(names):
            due, done = known.liveness.call("tally", identity, whom, number, epoch)
            if due:
                alive = "not final" if score is None else f"{score:.2%}"
                rows.append((str(epoch), date(epoch * EPOCH), name, str(due), str(done), alive))
    if output == "json":
        echo_json({"rows": [dict(zip(HEAD, row, strict=True)) for row in rows]})
    elif rows:
        show_rows(HEAD, rows, left=3)
    else:
        click.echo("nothing was due")


@liveness.command(short_help="Have a service looked at.")
@SERVICE
@action_options
def watch(door: Door, service: str, broadcast: bool, output: str) -> None:
    """Have LivenessBook learn what SERVICE promises: it has scores then, also of epochs that have been. Anybody."""

    def planned(services: Services, sender: str) -> Call:
        book, identity = services.suite.contracts["liveness"], services.id_of(service)
        return book, "watch", (identity,), {"watched already": "yes" if book.call("is_watched", identity) else "no"}

    act(door, planned, broadcast, output)


@liveness.command("enable-draws", short_help="Let rounds ask for a property.")
@SERVICE
@PROPERTY
@action_options
def enable_draws(door: Door, service: str, property_: str, broadcast: bool, output: str) -> None:
    """Let rounds draw questions of PROPERTY from now on, for good. Only the controller of SERVICE."""

    def planned(services: Services, sender: str) -> Call:
        book, identity = services.suite.contracts["liveness"], services.id_of(service)
        _, promise, number = Challenges(services).promise(identity, property_)
        program = promise.program
        return book, "enable_draws", (identity, number, program.words, program.constants), {"property": property_}

    act(door, planned, broadcast, output)


@liveness.command(short_help="Send in a heartbeat.")
@FILE
@action_options
def beat(door: Door, file: Path, broadcast: bool, output: str) -> None:
    """Send in the heartbeat in FILE, as `surety sign` prints it, in the period of its time. Anybody may."""
    signed = read_one(SignedMessage, file, "a heartbeat")

    def planned(services: Services, sender: str) -> Call:
        message = signed.message
        compiled = services.compiled(message.service)
        rule = next((one for one in compiled.liveness if one.message.kind == message.kind), None)
        if rule is None:
            raise UsageError(f"{compiled.name} promises no heartbeat of this kind")
        names = property_names(compiled)
        span = services.registry.call("property_of", message.service, names.index(rule.name)).span
        shown = {"beat": told(compiled, message), "operator": message.sender, "property": rule.name}
        arguments = message.encoded, span, *_compact(signed.signature)
        return services.suite.contracts["liveness"], "beat", arguments, shown

    act(door, planned, broadcast, output)


@liveness.command(short_help="What a round asks of an operator.")
@SERVICE
@click.argument("operator")
@PROPERTY
@IN_ROUND
@output_option
@chain_options
def draw(door: Door, service: str, operator: str, property_: str, number: int | None, output: str) -> None:
    """What a round asks OPERATOR under PROPERTY of SERVICE: the question and its last second, if it was drawn."""
    services = Services(door.suite(door.engine()))
    identity = services.id_of(service)
    compiled, _, place = Challenges(services).promise(identity, property_)
    today = services.suite.engine.timestamp // ROUND if number is None else number
    book = services.suite.contracts["liveness"]
    encoded, due = book.call("draw", identity, door.checked(operator), place, today)
    shown = {"round": f"{today}, {date(today * ROUND)}", "drawn": "yes" if encoded else "no"}
    if encoded:
        asked = Message.decode(bytes(encoded))
        shown |= {"asks": told(compiled, asked), "message": "0x" + asked.id.hex(), "answer by": date(due)}
    echo_json(shown) if output == "json" else show_pairs(shown)


@liveness.command(short_help="Answer what was drawn.")
@SERVICE
@click.argument("operator")
@PROPERTY
@FILE
@IN_ROUND
@click.option(
    "--witness",
    multiple=True,
    metavar="HEX",
    help="Words that `given` asks for: values, then each proof's length and hashes; repeat.",
)
@action_options
def answer(
    door: Door,
    service: str,
    operator: str,
    property_: str,
    file: Path,
    number: int | None,
    witness: tuple[str, ...],
    broadcast: bool,
    output: str,
) -> None:
    """Send in the answer in FILE, as `surety sign` prints it, to what a round drew. Anybody may."""
    signed, whom = read_one(SignedMessage, file, "an answer"), door.checked(operator)

    def planned(services: Services, sender: str) -> Call:
        identity = services.id_of(service)
        compiled, promise, place = Challenges(services).promise(identity, property_)
        today = services.suite.engine.timestamp // ROUND if number is None else number
        program, parameters = promise.program, services.parameters(identity, whom)
        reply = signed.message.encoded, signed.signature, [word(text, "a value") for text in witness]
        arguments = identity, whom, place, today, program.words, program.constants, parameters, *reply
        shown = {"round": str(today), "answer": told(compiled, signed.message), "operator": whom}
        return services.suite.contracts["liveness"], "answer", arguments, shown

    act(door, planned, broadcast, output)


def _compact(signature: bytes) -> tuple[int, int]:
    """r, and s with the parity of v on top (EIP-2098)."""
    if len(signature) != 65:
        raise UsageError("a heartbeat is signed by a key: 65 bytes")
    parity = signature[64] % 27
    return int.from_bytes(signature[:32], "big"), parity << 255 | int.from_bytes(signature[32:64], "big")
