"""`surety prove plugin`: promises that a contract judges."""

from __future__ import annotations

from pathlib import Path

import click

from surety.journal.draft import parameters_of
from surety.sdk.errors import UsageError
from surety.sdk.evidence import fault_id
from surety.sdk.json_lines import read_one
from surety.sdk.messages import SignedMessage
from surety.sdk.plugin_evidence import PluginEvidence, plugin_line, report_evidence
from surety.sdk.salts import kept_salt, new_salt, salt_path
from surety.sdk.services import Services

from .commitment import compiled_file
from .context import Door, chain_options, checked_address
from .market.action import Action, Listed, action_options, echo_json, output_option, perform, show_pairs
from .service.common import percent
from .when import date

FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
ZERO = "0x" + "00" * 20


@click.group(cls=Listed, short_help="The same where a contract judges.")
def plugin() -> None:
    """Prove that a promise was broken which a contract judges. All simulate; --broadcast sends.

    \b
    `line` names a plug-in for a text; `report`, or you, make an evidence file; ask, commit, a block later reveal.
    """


@plugin.command(short_help="How a text names a contract.")
@click.argument("address")
@chain_options
def line(door: Door, address: str) -> None:
    """ADDRESS and the hash of its code, as a text's `plugin` wants them."""
    whom = checked_address(address)
    click.echo(plugin_line(door.engine(), whom))


@plugin.command(short_help="Evidence of a false report of a block.")
@click.argument("log", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--commitment", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The promise's text."
)
@click.option("--property", "name", required=True, help="The plug-in property that it breaks.")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="What the operator chose; repeat.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Where the file goes.")
def report(log: Path, commitment: Path, name: str, params: tuple[str, ...], out: Path) -> None:
    """Make an evidence file for HeaderPredicate from LOG, which has one signed message. Works without a chain."""
    compiled = compiled_file(commitment)
    signed = read_one(SignedMessage, log, "a report")
    file = PluginEvidence(
        chain_id=signed.chain_id,
        registry=signed.registry,
        service=signed.message.service,
        operator=signed.message.sender,
        promise=compiled.text,
        breaks=name,
        parameters=parameters_of(compiled, params),
        evidence=report_evidence(signed),
    )
    judge = file.rule.address  # raises for a name that is none
    out.write_text(file.dumps(), encoding="utf-8")
    click.echo(f"{out}: {judge} judges it; ask it by `surety prove plugin ask {out}`")


@plugin.command(short_help="What the plug-in says now, and how a proof stands.")
@FILE
@output_option
@chain_options
def ask(door: Door, file: Path, output: str) -> None:
    """What the contract says of FILE now, and what is on record. Exits 1 if the promise is kept."""
    case = PluginCase(door, file)
    shown = case.told()
    echo_json(shown) if output == "json" else show_pairs(shown)
    case.check_broken()


@plugin.command(short_help="Commit to evidence, without showing it.")
@FILE
@action_options
def commit(door: Door, file: Path, broadcast: bool, output: str) -> None:
    """Commit to FILE. The salt is kept in FILE.salt, for you alone, until the proof."""
    case = PluginCase(door, file, broadcast)
    case.check()
    path, shown, hashed = salt_path(file), case.told(), case.evidence.hash
    kept = kept_salt(path, case.engine.chain_id, case.sender, hashed)
    if kept is None and (broadcast or output == "calldata"):
        kept = new_salt(path, case.engine.chain_id, case.sender, hashed)
    salt = kept.salt if kept is not None else b"\1" * 32
    shown["salt"] = f"kept in {path.name}" if kept is not None else "drawn when it is sent"
    commitment = case.evidence.commitment(case.sender, salt)
    perform(Action(case.prover, "commit", (commitment,), shown), case.sender, broadcast, output)


@plugin.command(short_help="Show the evidence, a block after.")
@FILE
@click.option("--record-only", is_flag=True, help="Record the fault and leave the slashes to others.")
@action_options
def reveal(door: Door, file: Path, record_only: bool, broadcast: bool, output: str) -> None:
    """Show FILE, to which you have committed; records the fault and proposes the slashes."""
    case = PluginCase(door, file, broadcast)
    case.check()
    path = salt_path(file)
    kept = kept_salt(path, case.engine.chain_id, case.sender, case.evidence.hash)
    if kept is None:
        raise UsageError(f"there is no {path.name}: `surety prove plugin commit` first, by the same account")
    arguments = case.evidence.arguments(kept.salt, not record_only)
    perform(Action(case.prover, "prove", arguments, case.told()), case.sender, broadcast, output)
    if broadcast:
        path.unlink(missing_ok=True)


class PluginCase:
    """An evidence file before the chain that it speaks of. Raises `UsageError` if it is another chain's."""

    def __init__(self, door: Door, file: Path, signing: bool = False) -> None:
        self.file = file
        self.evidence = PluginEvidence.read(file)
        self.engine = door.engine(signing=signing)
        services = Services(door.suite(self.engine))
        self.sender = door.sender(self.engine)
        self.prover = services.suite.plugin_prover
        wanted = self.engine.chain_id, services.registry.address
        if (self.evidence.chain_id, self.evidence.registry) != wanted:
            raise UsageError(
                f"{file.name} is for the registry {self.evidence.registry} on chain {self.evidence.chain_id}, "
                f"this is {wanted[1]} on chain {wanted[0]}"
            )
        promised = services.registry.call("property_of", self.evidence.service, self.evidence.number)
        if bytes(promised.program) != self.evidence.rule.hash:
            raise UsageError(f"{file.name}: the service promised another plug-in than its text says")
        self.broken, self.key, self.time = self.evidence.ask(self.engine)

    def check_broken(self) -> None:
        """Raises `UsageError` for what the plug-in says is kept."""
        if not self.broken:
            raise UsageError(f"{self.file.name} shows a promise that is kept")

    @property
    def fault(self) -> bytes:
        """Its id."""
        one = self.evidence
        return fault_id(one.service, one.operator, one.number, self.key)

    def check(self) -> None:
        """Raises `UsageError` for what the chain would refuse, before anything is sent."""
        self.check_broken()
        found = self.prover.call("fault", self.fault)
        if found.reporter != ZERO and not found.offence_time < self.time < self.engine.timestamp:
            raise UsageError(f"this fault is on record since {found.reporter} proved it; `surety prove plugin ask`")

    def told(self) -> dict[str, str]:
        """The case, line by line."""
        one = self.evidence
        shown = {
            "promise": f"{one.compiled.name}.{one.breaks}",
            "plug-in": one.rule.address,
            "operator": one.operator,
            "broken": "yes" if self.broken else "no",
            "fault key": "0x" + self.key.hex(),
            "fault": "0x" + self.fault.hex(),
        }
        found = self.prover.call("fault", self.fault)
        if found.reporter == ZERO:
            return shown | {"on record": "no"}
        return shown | {
            "on record": f"yes, by {found.reporter}",
            "offence": date(found.offence_time),
            "takes": percent(found.fraction),
        }
