"""`surety prove`: find a broken promise in messages, and prove it on chain."""

from __future__ import annotations

import time as clock
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from surety.journal import Hold
from surety.journal.draft import parameters_of
from surety.journal.told import told
from surety.sdk.errors import UsageError
from surety.sdk.evidence import EvidenceFile, fault_id
from surety.sdk.finding import find_faults
from surety.sdk.json_lines import read
from surety.sdk.messages import SignedMessage
from surety.sdk.salts import kept_salt, new_salt, salt_path
from surety.sdk.services import Services, word

from .commitment import compiled_file
from .context import Door, chain_options, checked_address
from .market.action import Action, Listed, action_options, echo_json, output_option, perform, show_pairs
from .prove_plugin import plugin
from .service.common import percent
from .when import date

FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
ZERO = "0x" + "00" * 20
REVEAL_WITHIN = 86_400
"""Seconds, as the contracts have it."""


@click.group(cls=Listed, short_help="Find a broken promise in messages, and prove it on chain.")
def prove() -> None:
    """Prove that a promise was broken, for a part of the slash. All simulate; --broadcast sends.

    \b
    find in logs, check the evidence, commit to it, and a block later (within a day) reveal it. For plug-ins: plugin.
    Exit codes: 0 ok, 1 usage or no fault, 2 environment, 3 a contract reverted, 4 the chain is not the expected one.
    """


prove.add_command(plugin)


@prove.command(short_help="Search logs of messages for a fault.")
@click.argument("logs", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--commitment", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The promise's text."
)
@click.option("--service", required=True, metavar="HEX", help="Its id, as `surety service status` tells it.")
@click.option("--operator", required=True, metavar="ADDRESS", help="Who promised.")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="What the operator chose; repeat.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="Where evidence files go."
)
def find(logs: Sequence[Path], commitment: Path, service: str, operator: str, params: Sequence[str], out: Path) -> None:
    """Put LOGS together, write an evidence file for each fault. Works without a chain. Exits 1 if there is none."""
    compiled = compiled_file(commitment)
    hold = Hold(compiled, word(service, "a service"), checked_address(operator), parameters_of(compiled, params))
    messages = [one for log in logs for one in read(SignedMessage, log)]
    written: set[Path] = set()
    out.mkdir(parents=True, exist_ok=True)
    for fault, file in find_faults(hold, messages, int(clock.time())):
        path = out / f"{fault.promise.name}-{_short(fault.key)}.json"
        if path in written:  # keys of the same beginning, or what another key signed
            path = path.with_name(f"{path.stem}-{len(written)}.json")
        written.add(path)
        path.write_text(file.dumps(), encoding="utf-8")
        click.echo(f"{path}: {fault.promise.name} is broken")
        for one in file.messages:
            click.echo(f"  {told(compiled, one.message)}")
    if not written:
        own = sum(one.message.service == hold.service and one.message.sender == operator for one in messages)
        raise UsageError(
            f"no fault in the {len(messages)} messages, of which {own} are this operator's in this service"
        )


@prove.command(short_help="Judge an evidence file, without a chain.")
@FILE
@output_option
def check(file: Path, output: str) -> None:
    """What FILE shows, by the reference machine. Exits 1 unless it shows a fault."""
    evidence = EvidenceFile.read(file)
    verdict, wrong = evidence.verdict(), evidence.unsigned()
    shown: dict[str, Any] = {
        "promise": f"{evidence.compiled.name}.{evidence.breaks}",
        "operator": evidence.operator,
        "service": "0x" + evidence.service.hex(),
        "broken": "yes" if verdict.broken else "no",
        "fault key": "0x" + verdict.key.hex(),
        "fault": "0x" + fault_id(evidence.service, evidence.operator, evidence.number, verdict.key).hex(),
    }
    for place, one in enumerate(evidence.messages):
        shown[f"message {place}"] = told(evidence.compiled, one.message)
        shown[f"signed by {place}"] = evidence.signed[place].signer or "no key, or a contract"
    for place, text in enumerate(wrong):
        shown[f"signature {place}"] = text
    echo_json(shown) if output == "json" else show_pairs(shown)
    if not verdict.broken:
        raise UsageError(f"{file.name} shows a promise that is kept")
    if wrong:
        raise UsageError(f"{file.name}: {wrong[0]}")


@prove.command(short_help="How a proof stands on chain.")
@FILE
@output_option
@chain_options
def status(door: Door, file: Path, output: str) -> None:
    """Whether FILE can be proven, was committed to, is on record, and was slashed."""
    case = Case(door, file)
    shown = case.told() | case.recorded()
    echo_json(shown) if output == "json" else show_pairs(shown)


@prove.command(short_help="Commit to evidence, without showing it.")
@FILE
@action_options
def commit(door: Door, file: Path, broadcast: bool, output: str) -> None:
    """Commit to FILE. The salt is kept in FILE.salt, for you alone, until the proof."""
    case = Case(door, file, broadcast)
    case.check()
    case.check_uncommitted()
    path, shown = salt_path(file), case.told()
    kept = kept_salt(path, case.engine.chain_id, case.sender, case.evidence.hash)
    if kept is None and (broadcast or output == "calldata"):
        kept = new_salt(path, case.engine.chain_id, case.sender, case.evidence.hash)
    salt = kept.salt if kept is not None else b"\1" * 32
    shown["salt"] = f"kept in {path.name}" if kept is not None else "drawn when it is sent"
    commitment = case.evidence.commitment(case.sender, salt)
    perform(Action(case.prover, "commit", (commitment,), shown), case.sender, broadcast, output)


@prove.command(short_help="Show the evidence, a block after.")
@FILE
@click.option("--record-only", is_flag=True, help="Record the fault and leave the slashes to `slash`.")
@action_options
def reveal(door: Door, file: Path, record_only: bool, broadcast: bool, output: str) -> None:
    """Show FILE, to which you have committed; records the fault and proposes the slashes."""
    case = Case(door, file, broadcast)
    case.check()
    path = salt_path(file)
    kept = kept_salt(path, case.engine.chain_id, case.sender, case.evidence.hash)
    if kept is None:
        raise UsageError(f"there is no {path.name}: `surety prove commit` first, by the same account")
    if output != "calldata":
        case.let_a_block_pass(kept.salt, broadcast)
    arguments = case.evidence.arguments(kept.salt, not record_only)
    perform(Action(case.prover, "prove", arguments, case.told(), case.recorded), case.sender, broadcast, output)
    if broadcast and output != "calldata":
        path.unlink(missing_ok=True)


@prove.command(short_help="Propose what is not proposed yet.")
@FILE
@click.argument("lock", type=click.IntRange(1, 2**32 - 1))
@action_options
def slash(door: Door, file: Path, lock: int, broadcast: bool, output: str) -> None:
    """Propose the slash of LOCK (its number) for the fault of FILE, which is on record. Anybody."""
    case = Case(door, file, broadcast)
    evidence, bonding = case.evidence, case.services.bonding
    place = bonding.address, bonding.call("subject_of", lock)
    arguments = evidence.service, evidence.operator, evidence.number, case.key, *place
    shown = case.told() | case.recorded() | {"lock": str(lock)}
    perform(Action(case.prover, "slash", arguments, shown), case.sender, broadcast, output)


class Case:
    """An evidence file before the chain that it speaks of. Raises `UsageError` if it is another chain's."""

    def __init__(self, door: Door, file: Path, signing: bool = False) -> None:
        self.file = file
        self.evidence = EvidenceFile.read(file)
        self.engine = door.engine(signing=signing)
        self.services = Services(door.suite(self.engine))
        self.sender = door.sender(self.engine)
        self.prover = self.services.suite.prover
        wanted = self.engine.chain_id, self.services.registry.address
        if (self.evidence.chain_id, self.evidence.registry) != wanted:
            raise UsageError(
                f"{file.name} is for the registry {self.evidence.registry} on chain {self.evidence.chain_id}, "
                f"this is {wanted[1]} on chain {wanted[0]}"
            )
        self.verdict = self.evidence.verdict()

    @property
    def key(self) -> bytes:
        """Of the fault."""
        return self.verdict.key

    @property
    def fault(self) -> bytes:
        """Its id."""
        evidence = self.evidence
        return fault_id(evidence.service, evidence.operator, evidence.number, self.key)

    def check(self) -> None:
        """Raises `UsageError` for evidence that the chain would refuse, before anything is sent."""
        if not self.verdict.broken:
            raise UsageError(f"{self.file.name} shows a promise that is kept")
        operators = self.services.suite.operators
        signers = {one.signer for one in self.evidence.signed if one.signer is not None}
        keys = {signer: operators.call("operator_of_key", signer) for signer in signers}
        wrong = self.evidence.unsigned(keys)
        if wrong:
            raise UsageError(f"{self.file.name}: {wrong[0]}")
        known = self.services.registry.call("property_of", self.evidence.service, self.evidence.number)
        if bytes(known.program) != self.evidence.safety.program.hash:
            raise UsageError(f"{self.file.name}: the service promised another program than its text says")
        found = self.prover.call("fault", self.fault)
        now = self.engine.timestamp
        if found.reporter != ZERO and not found.offence_time < self.evidence.time(now) < now:
            raise UsageError(f"this fault is on record since {found.reporter} proved it; `surety prove status`")

    def check_uncommitted(self) -> None:
        """Raises `UsageError` while what was committed to can still be shown."""
        kept = kept_salt(salt_path(self.file), self.engine.chain_id, self.sender, self.evidence.hash)
        block, second = self._commitment(kept.salt) if kept is not None else (0, 0)
        if block and self.engine.timestamp <= second + REVEAL_WITHIN:
            raise UsageError(
                f"committed already, in block {block}: `surety prove reveal` by {date(second + REVEAL_WITHIN)}"
            )

    def let_a_block_pass(self, salt: bytes, broadcast: bool) -> None:
        """Raises `UsageError` if the commitment is in the newest block; a local chain makes the next one to send."""
        block, _ = self._commitment(salt)
        if not block or block < self.engine.block_number:
            return
        if not (self.engine.local and broadcast):
            makes = "; --broadcast makes it on a local chain" if self.engine.local else ""
            raise UsageError(f"committed in block {block}, the newest: reveal in the next one{makes}")
        self.engine.advance(1)

    def _commitment(self, salt: bytes) -> tuple[int, int]:
        """Block and second of it, zeros for none."""
        block, second = self.prover.call("committed", self.sender, self.evidence.commitment(self.sender, salt))
        return block, second

    def told(self) -> dict[str, str]:
        """The case, line by line."""
        evidence = self.evidence
        service = self.services.service(self.services.id_of("0x" + evidence.service.hex()))
        return {
            "promise": f"{evidence.compiled.name}.{evidence.breaks}, service {service.number}",
            "operator": evidence.operator,
            "broken": "yes" if self.verdict.broken else "no",
            "fault": "0x" + self.fault.hex(),
            "committed": self._committed(),
        }

    def recorded(self) -> dict[str, str]:
        """What the chain has of it."""
        found = self.prover.call("fault", self.fault)
        if found.reporter == ZERO:
            return {"on record": "no"}
        shown = {
            "on record": f"yes, by {found.reporter}",
            "offence": date(found.offence_time),
            "takes": percent(found.fraction),
            "slashes until": date(found.until),
        }
        evidence, bonding = self.evidence, self.services.bonding
        for one in bonding.call("backings", evidence.service, evidence.operator, found.offence_time):
            number = self.prover.call("slash_of", self.fault, one.slashable, one.subject)
            shown[f"lock {one.subject >> 160}"] = f"slash {number}" if number else "not proposed"
        return shown

    def _committed(self) -> str:
        path = salt_path(self.file)
        try:
            kept = kept_salt(path, self.engine.chain_id, self.sender, self.evidence.hash)
        except UsageError:  # another's salt is no reason not to look, or to slash for what is on record
            return f"not by {self.sender}, whose salt {path.name} is not"
        if kept is None:
            return "no"
        block, second = self._commitment(kept.salt)
        if not block:
            return "no, but the salt is kept"
        return f"in block {block}, to be shown by {date(second + REVEAL_WITHIN)}"


def _short(key: bytes) -> str:
    """Of a fault's key for a file's name: a number as it is, of a hash the beginning."""
    number = key.hex().lstrip("0").rjust(8, "0")
    return number if len(number) <= 16 else key.hex()[:16]
