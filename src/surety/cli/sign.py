"""`surety sign` and `surety journal`: what an operator's key signs, and never signs twice. Works without a chain."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from surety.journal import Hold, Journal, PromiseBroken, can_judge
from surety.journal.draft import Draft, parameters_of
from surety.journal.entries import Entry, Written, entry_of
from surety.journal.search import Fault
from surety.journal.told import fields_of, told, type_of
from surety.predicates.instructions import Op
from surety.predicates.values import binding_of, quantities_of
from surety.sdk.json_lines import read
from surety.sdk.messages import Message, SignedMessage
from surety.sdk.services import word
from surety.sdk.text_files import read_text

from .commitment import compiled_file
from .context import Door, checked_address
from .market.action import Listed, echo_json, output_option, show_pairs, show_rows

FILE = click.Path(path_type=Path, dir_okay=False)
JOURNAL = click.option(
    "--journal", "path", type=FILE, required=True, envvar="SURETY_JOURNAL", help="The journal.  [env SURETY_JOURNAL]"
)
PARAM = click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="What the operator chose; repeat.")
SERVICE = click.option("--service", required=True, metavar="HEX", help="Its id, as `surety service status` tells it.")


@click.command()
@click.argument("file", type=FILE)
@JOURNAL
@click.option("--commitment", "texts", multiple=True, type=FILE, help="Hold this promise first, if it isn't; repeat.")
@PARAM
@click.option("--keystore", type=FILE, envvar="SURETY_KEYSTORE", required=True, help="[env SURETY_KEYSTORE]")
@click.option("--password-file", type=FILE, help="File with the keystore's password.  [or env SURETY_PASSWORD]")
def sign(
    file: Path,
    path: Path,
    texts: Sequence[Path],
    params: Sequence[str],
    keystore: Path,
    password_file: Path | None,
) -> None:
    """Sign the message in FILE and print it as a line of JSON, unless that would break a promise.

    \b
    FILE: {"service": "0x…", "message": "Vote", "fields": {"height": 5, "block": "0x…"}, "sequence": 1}
    Exit code 5 if a promise would be broken; it names the property and the earlier message.
    """
    draft = Draft.load(read_text(file), file.name)
    with opened(path) as journal:
        for text in texts:
            compiled = compiled_file(text)
            journal.hold(draft.service, compiled.text, parameters_of(compiled, params))
        message = draft.made(journal.held(draft.service), int(time.time()))
        account = Door("", None, Path(), keystore, password_file, None).account()
        click.echo(journal.sign(message, account).model_dump_json())


@click.group(cls=Listed, short_help="What an operator's key signed: show, add, move to another machine.")
def journal() -> None:
    """The journal of an operator's key: it signs nothing that would break a promise with what is in it.

    \b
    create, hold a commitment, then `surety sign`; add what comes in.
    Exit codes: 0 ok, 1 usage, 2 environment (another process has it open), 5 a promise is or would be broken.
    """


@journal.command(short_help="Begin one.")
@JOURNAL
@click.option("--operator", required=True, metavar="ADDRESS", help="Who promises.")
@click.option("--chain-id", type=click.IntRange(min=1), required=True, help="Its chain; 31337 is a local one.")
@click.option("--registry", required=True, metavar="ADDRESS", help="CommitmentRegistry of that chain.")
def create(path: Path, operator: str, chain_id: int, registry: str) -> None:
    """Make an empty journal. A mistyped name must not begin one, so nothing else does."""
    Journal.create(path, chain_id, checked_address(registry), checked_address(operator)).close()
    click.echo(f"{path}: journal of {operator} on chain {chain_id}")


@journal.command(short_help="Keep a commitment from now on.")
@click.argument("commitment", type=FILE)
@JOURNAL
@SERVICE
@PARAM
def hold(commitment: Path, path: Path, service: str, params: Sequence[str]) -> None:
    """Keep the promise in COMMITMENT, in a service, and refuse to sign what would break it."""
    compiled = compiled_file(commitment)
    words = parameters_of(compiled, params)
    with opened(path) as journal:
        for line in guarded(journal.hold(word(service, "a service"), compiled.text, words)):
            click.echo(line)


@journal.command(short_help="Keep messages that came in, or were signed elsewhere.")
@click.argument("log", type=FILE)
@JOURNAL
@click.option("--by-contract", is_flag=True, help="Take signatures that only a contract can judge.")
@click.option("--own", is_flag=True, help="Take the operator's own, too: LOG is of another machine of yours.")
def add(log: Path, path: Path, by_contract: bool, own: bool) -> None:
    """Add the signed messages of LOG (a line each). Exits 5 if one breaks a promise together with what is here."""
    with opened(path) as journal:
        before = len(journal.index)
        found = [fault for one in read(SignedMessage, log) for fault in journal.add(one, by_contract, own)]
        click.echo(f"messages added: {len(journal.index) - before}")
    _fail(found)


@journal.command(short_help="What it has.")
@JOURNAL
@click.option("--last", type=click.IntRange(min=1), default=20, show_default=True, help="How many messages.")
@click.option("--log", is_flag=True, help="The signed messages alone, a line each, for `surety prove find`.")
@output_option
def show(path: Path, last: int, log: bool, output: str) -> None:
    """Promises, and the last messages by name."""
    with opened(path) as journal:
        entries = list(journal.entries())
        messages = [one for one in entries if isinstance(one, Written)]
        if log:
            for one in messages:
                click.echo(one.signed.model_dump_json())
            return
        rows = [_row(journal, number, one) for number, one in enumerate(messages, 1)][-last:]
        told = {
            "operator": journal.operator,
            "chain": str(journal.opened.chain_id),
            "registry": journal.opened.registry,
            "promises": ", ".join(one.compiled.name for one in journal.holds) or "none",
            "messages": str(len(messages)),
            "signs": _signs(journal),
        }
        if output == "json":
            keys = ("number", "origin", "message", "fields", "sequence", "time")
            echo_json({**told, "last": [dict(zip(keys, row, strict=True)) for row in rows]})
            return
        show_pairs(told)
        if rows:
            show_rows(("", "origin", "message", "fields", "sequence", "time"), rows, left=4, fold=3)


@journal.command(short_help="Look through the whole of it.")
@JOURNAL
def check(path: Path) -> None:
    """Check every line against those before it, and say what is guarded and what can't be."""
    with opened(path) as journal:
        count = sum(1 for _ in journal.entries())
        click.echo(f"{count} lines, each as it was written")
        for one in journal.holds:
            for line in guarded(one):
                click.echo(line)
        click.echo(f"signs: {_signs(journal)}")


@journal.command(short_help="Give it to another machine.")
@JOURNAL
@click.option("--watermarks", is_flag=True, help="Only the highest of each kind of message, not the messages.")
@click.option("--close", is_flag=True, help="Sign nothing here any more.")
def export(path: Path, watermarks: bool, close: bool) -> None:
    """Print what another machine imports. With --close it is the last word of this one."""
    with opened(path) as journal:
        if close:
            journal.end()
        for line in journal.export(watermarks):
            click.echo(line, nl=False)


@journal.command("import", short_help="Take another machine's over.")
@click.argument("file", type=FILE)
@JOURNAL
@click.option("--complete", is_flag=True, help="FILE has all that was ever signed elsewhere, and nothing follows it.")
def import_(file: Path, path: Path, complete: bool) -> None:
    """Take over what another machine exported. From then on only messages are signed that can't clash with anything
    under its highest ones, unless the export is known to be complete. Exits 5 if both together break a promise.
    """
    with opened(path) as journal:
        count, found = journal.take_over(_entries(file), complete)
        click.echo(f"messages imported: {count}; signs: {_signs(journal)}")
    _fail(found)


@contextmanager
def opened(path: Path) -> Iterator[Journal]:
    """The journal, closed at the end; what was mended is told on stderr."""
    with Journal(path) as journal:
        if journal.file.mended:
            Console(stderr=True, soft_wrap=True, highlight=False).print(Text(journal.file.mended, "yellow"))
        yield journal


def guarded(hold: Hold) -> Iterator[str]:
    """What a journal can and can't do for each property of a commitment."""
    name = hold.compiled.name
    for one in hold.compiled.safety:
        ops = {op for op, _ in one.rule.bindings} | {binding_of(two)[0] for two in quantities_of(one.rule)}
        if not can_judge(one):
            yield f"{name}.{one.name}: not guarded, a prover brings along what messages don't tell"
        elif ops - {Op.OUT}:
            yield f"{name}.{one.name}: guarded against incoming messages that were added, not against others"
        else:
            yield f"{name}.{one.name}: guarded"
    for name_, what in [(one.name, "a message that is missing") for one in hold.compiled.liveness] + [
        (one.name, "an answer that is missing") for one in hold.compiled.responses
    ]:
        yield f"{name}.{name_}: not guarded, {what} is nothing that a key signs"
    for plugin in hold.compiled.plugins:
        yield f"{name}.{plugin.name}: not guarded, a contract judges, which a journal can't ask"


def _signs(journal: Journal) -> str:
    if journal.closed:
        return "nothing, it is closed"
    if journal.marks:
        return "what lies above the watermarks of other machines"
    return "what breaks no promise with what it has"


def _row(journal: Journal, number: int, one: Written) -> tuple[str, ...]:
    message = one.signed.message
    hold = next((one for one in journal.held(message.service) if type_of(one.compiled, message.kind)), None)
    declared = hold and type_of(hold.compiled, message.kind)
    name = declared.name if declared else "0x" + message.kind.hex()[:8]
    fields = fields_of(hold.compiled, message) if hold else {}
    text = ", ".join(f"{key} {value if len(value) < 20 else value[:10] + '…'}" for key, value in fields.items())
    return str(number), one.origin, name, text, str(message.sequence), str(message.time)


def _entries(file: Path) -> Iterator[Entry]:
    proof = ""
    for number, line in enumerate(read_text(file, largest=None).splitlines(), 1):
        entry, proof = entry_of(line, proof, f"{file.name}, line {number}")
        yield entry


def _fail(found: Sequence[Fault]) -> None:
    if not found:
        return
    texts = []
    for fault in found:
        messages = "; ".join(told(fault.hold.compiled, Message.decode(one)) for one in fault.named)
        texts.append(f"{fault.promise.name} of {fault.hold.compiled.name} is broken: {messages}")
    raise PromiseBroken("; ".join(texts))
