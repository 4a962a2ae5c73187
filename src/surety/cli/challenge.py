"""`surety challenge`: ask an operator what it promised to answer."""

from __future__ import annotations

from pathlib import Path

import click

from surety.journal.draft import values_of
from surety.journal.told import told, type_of
from surety.predicates.evidence import message_type, word_of
from surety.sdk.challenges import Challenge, Challenges
from surety.sdk.errors import UsageError
from surety.sdk.json_lines import read_one
from surety.sdk.messages import SignedMessage
from surety.sdk.services import Services, word

from .context import Door, chain_options
from .market.action import Action, Listed, action_options, echo_json, output_option, perform, show_pairs
from .service.common import SERVICE, Call, act, allowed, units
from .when import date

ID = click.argument("identity", metavar="ID")


@click.group(cls=Listed, short_help="Ask an operator what it promised to answer.")
def challenge() -> None:
    """Challenges with a bond: it comes back unless the answer is right and in time. All simulate; --broadcast sends.

    Exit codes: 0 ok, 1 usage, 2 environment, 3 a contract reverted, 4 the chain is not the expected one.
    """


@challenge.command("list", short_help="All challenges, newest first.")
@output_option
@chain_options
def list_(door: Door, output: str) -> None:
    """All challenges, newest first."""
    known = Challenges(Services(door.suite(door.engine())))
    rows = [(one, _told(known, one)) for one in known.all()]
    if output == "json":
        echo_json({"0x" + one.id.hex(): shown for one, shown in rows})
        return
    if not rows:
        click.echo("no challenges")
        return
    for _, shown in rows:
        show_pairs({key: shown[key] for key in ("challenge", "promise", "operator", "asks", "bond", "state")})
        click.echo()


@challenge.command(short_help="One challenge.")
@ID
@output_option
@chain_options
def status(door: Door, identity: str, output: str) -> None:
    """The challenge ID, and what it asks."""
    known = Challenges(Services(door.suite(door.engine())))
    shown = _told(known, known.challenge(word(identity, "a challenge")))
    echo_json(shown) if output == "json" else show_pairs(shown)


@challenge.command(short_help="Let the game take bonds.")
@click.argument("amount")
@action_options
def approve(door: Door, amount: str, broadcast: bool, output: str) -> None:
    """Let ChallengeGame take AMOUNT of the asset, for the bonds of your challenges."""

    def planned(services: Services, sender: str) -> Call:
        game, suite = services.suite.challenges, services.suite
        count = units(services, amount)
        told = {"of": f"{suite.asset.call('symbol')}, {suite.asset.address}", "amount": suite.text(count)}
        return suite.asset, "approve", (game.address, count), told

    act(door, planned, broadcast, output)


@challenge.command("open", short_help="Ask.")
@SERVICE
@click.argument("operator")
@click.argument("property_", metavar="PROPERTY")
@click.argument("fields", nargs=-1, metavar="[NAME=VALUE]…")
@click.option("--max-bond", help="Most that you put up, whole assets.  [default: what it costs now]")
@action_options
def open_(
    door: Door,
    service: str,
    operator: str,
    property_: str,
    fields: tuple[str, ...],
    max_bond: str | None,
    broadcast: bool,
    output: str,
) -> None:
    """Ask OPERATOR what PROPERTY of SERVICE promises to answer, for a bond that `approve` lets the game take."""
    whom, engine = door.checked(operator), door.engine(signing=broadcast)
    services, sender = Services(door.suite(engine)), door.sender(engine)
    known, identity = Challenges(services), services.id_of(service)

    def planned() -> Call:
        compiled, promise, _ = known.promise(identity, property_)
        kind = type_of(compiled, promise.challenge)
        assert kind is not None
        given = dict(one.partition("=")[::2] for one in fields)
        values = values_of(compiled, kind.name, given)
        types = message_type(compiled, kind.name).fields
        if set(values) != {name for name, _ in types}:
            raise UsageError(
                f"{kind.name} has the fields {', '.join(name for name, _ in types)}: write NAME=VALUE each"
            )
        words = [word_of(of, values[name], f"{kind.name}.{name}") for name, of in types]
        bond = int(known.game.call("bond", identity, whom))
        limit = units(services, max_bond) if max_bond else bond
        if output != "calldata":
            needs = f"challenge approve {services.suite.text(bond)}"
            allowed(services.suite.asset, sender, known.game.address, bond, needs)
        shown = {
            "operator": whom,
            "asks": f"{kind.name}, to be answered within {promise.within // 60} minutes",
            "bond": services.suite.text(bond),
        }
        return known.game, "challenge", known.opening(identity, whom, property_, words, limit), shown

    def opened() -> dict[str, str]:
        newest = next(one for one in known.all() if (one.operator, one.message.sender) == (whom, sender))
        told = _told(known, newest)
        return {key: told[key] for key in ("challenge", "message", "state")}

    perform(Action(*planned(), opened), sender, broadcast, output)


@challenge.command(short_help="Send in an answer.")
@ID
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--witness",
    multiple=True,
    metavar="HEX",
    help="Words that `given` asks for: values, then each proof's length and hashes; repeat.",
)
@action_options
def answer(door: Door, identity: str, file: Path, witness: tuple[str, ...], broadcast: bool, output: str) -> None:
    """Answer the challenge ID with the signed message in FILE, as `surety sign` prints it. Anybody may send it."""
    signed = read_one(SignedMessage, file, "an answer")

    def planned(services: Services, sender: str) -> Call:
        known = Challenges(services)
        one = known.challenge(word(identity, "a challenge"))
        words = [word(text, "a value") for text in witness]
        compiled, _ = known.by_number(one.service, one.number)
        shown = _told(known, one) | {"answer": told(compiled, signed.message)}
        return known.game, "answer", known.answering(one, signed, words), shown

    act(door, planned, broadcast, output)


@challenge.command(short_help="Have a challenge that was not answered count.")
@ID
@action_options
def fault(door: Door, identity: str, broadcast: bool, output: str) -> None:
    """Close the challenge ID after its deadline: the bond comes back, the fault is recorded and proposed. Anybody."""

    def planned(services: Services, sender: str) -> Call:
        known = Challenges(services)
        one = known.challenge(word(identity, "a challenge"))
        return known.game, "miss", (one.question,), _told(known, one)

    act(door, planned, broadcast, output)


@challenge.command(short_help="Take what the game owes you.")
@action_options
def withdraw(door: Door, broadcast: bool, output: str) -> None:
    """Take bonds that came back, and parts of bonds for answers."""

    def planned(services: Services, sender: str) -> Call:
        game = services.suite.challenges
        return game, "withdraw", (sender,), {"owed": services.suite.text(game.call("owed", sender))}

    act(door, planned, broadcast, output)


def _told(known: Challenges, one: Challenge) -> dict[str, str]:
    services = known.services
    compiled, promise = known.by_number(one.service, one.number)
    return {
        "challenge": "0x" + one.id.hex(),
        "promise": f"{compiled.name}.{promise.name}, service {services.service(one.service).number}",
        "operator": one.operator,
        "asks": told(compiled, one.message),
        "by": one.message.sender,
        "message": "0x" + one.message.id.hex(),
        "bond": services.suite.text(one.bond),
        "state": f"open, answer by {date(one.due)}" if one.due else "closed",
    }
