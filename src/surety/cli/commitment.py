"""`surety commitment`: promises as text, and as templates of a registry."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from surety.predicates import (
    CommitmentError,
    Compiled,
    Program,
    compile_text,
    disassemble,
    explain,
    formatted,
    lint,
    parse,
)
from surety.predicates.errors import shown
from surety.sdk.errors import UsageError
from surety.sdk.past import past
from surety.sdk.services import Services, word
from surety.sdk.templates import POWERS, property_names, share, template_of, wad
from surety.sdk.text_files import read_text

from .context import Door, chain_options
from .market.action import Action, action_options, perform

MANY = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
ONE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


class RejectedError(UsageError):
    """Something was found wrong and has been told already; the message sums it up."""


@click.group()
def commitment() -> None:
    """Promises as text: check, compile, explain and format them without a chain; register them on one."""


@commitment.command()
@MANY
@click.option("--strict", is_flag=True, help="Fail for warnings, too.")
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(files: Sequence[Path], strict: bool, output: str) -> None:
    """Errors and warnings with line, column and a hint: types, what can't be proven, what is never or always broken."""
    errors, warnings, told = 0, 0, []
    for path in files:
        text = read_text(path, what="promise")
        try:
            findings = lint(compile_text(text).checked)
        except CommitmentError as error:
            errors += 1
            told.append(_finding(path, error.at, "error", error.problem, error.hint))
            if output == "text":
                _stderr(shown(error, text, path.name), "red")
            continue
        warnings += len(findings)
        for one in findings:
            told.append(_finding(path, one.at, one.code, one.problem, one.hint))
            if output == "text":
                _stderr(f"{path.name}:{one.at.line}:{one.at.column}: {one.problem} [{one.code}]", "yellow")
                if one.hint:
                    _stderr(f"  hint: {one.hint}", "dim")
        if not findings and output == "text":
            Console(soft_wrap=True).print(Text.assemble(("✓ ", "green"), path.name))
    if output == "json":
        click.echo(json.dumps(told, indent=2))
    if errors or (strict and warnings):
        raise RejectedError(f"files: {len(files)}, of them wrong: {errors}; warnings: {warnings}")


@commitment.command("compile")
@ONE
@click.option("--listing", is_flag=True, help="Instructions instead of JSON.")
def compile_(file: Path, listing: bool) -> None:
    """What a registry takes: programs, constants, parameters and terms, as JSON."""
    compiled = compiled_file(file)
    if not listing:
        click.echo(json.dumps(compiled.as_json(), indent=2))
        return
    for one in (*compiled.safety, *compiled.responses):
        click.echo(f"{one.name}: {one.program.size} bytes, hash 0x{one.program.hash.hex()}\n{one.program.listing}")
        for place, value in enumerate(one.program.constants):
            click.echo(f"     constant {place}: 0x{value.hex()}")


@commitment.command("explain")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--listing", is_flag=True, help="With the instructions of each program.")
@click.option("--program", metavar="HEX", help="Read a program as text: 0x<words> or 0x<words>:<constants>.")
@click.option("--answer", is_flag=True, help="The program judges answers.")
def explain_(file: Path | None, listing: bool, program: str | None, answer: bool) -> None:
    """What breaks a promise and what that costs, in plain words.

    With --program, the text of a program as it stands on chain; FILE then tells the names of its messages.
    """
    if program is not None:
        known = compiled_file(file).checked.messages if file is not None else ()
        click.echo(disassemble(Program.from_hex(program), known, answer=answer), nl=False)
        return
    if file is None:
        raise UsageError("say what to explain: a FILE, or --program HEX")
    click.echo(explain(compiled_file(file), listing), nl=False)


@commitment.command("format")
@MANY
@click.option("--check", "only_check", is_flag=True, help="Write nothing; fail if a file would change.")
def format_(files: Sequence[Path], only_check: bool) -> None:
    """Lay the text out as everybody does; comments stay."""
    changed = []
    for path in files:
        text = read_text(path, what="promise")
        try:
            better = formatted(parse(text))
        except CommitmentError as error:
            raise UsageError(f"{path.name}: {error}") from None
        if better != text:
            changed.append(path.name)
            if not only_check:
                path.write_text(better, encoding="utf-8")
    if changed and only_check:
        raise RejectedError(f"would be laid out otherwise: {', '.join(changed)}")
    click.echo(f"{len(changed)} of {len(files)} files changed")


@commitment.command()
@ONE
@click.option(
    "--cap", default="100%", show_default=True, help="Most that all faults of a window take, of what is bonded."
)
@click.option(
    "--reach-days", type=click.IntRange(1, 30), help="How old a fault may be when it is shown.  [the cooldown]"
)
@click.option("--weight", default="1", show_default=True, help="By which its pay is multiplied, 0 to 1.")
@click.option(
    "--power",
    "powers",
    multiple=True,
    type=click.Choice(list(POWERS)),
    help="What a service's controller may do; repeat.",
)
@action_options
def register(
    door: Door,
    file: Path,
    cap: str,
    reach_days: int | None,
    weight: str,
    powers: tuple[str, ...],
    broadcast: bool,
    output: str,
) -> None:
    """Put the promise in FILE into the registry, as a template that anybody opens services of."""
    reach = reach_days * 86_400 if reach_days else None
    counts = share(weight, "weight")
    made = template_of(compiled_file(file), cap=wad(cap, "cap"), reach=reach, weight=counts, powers=powers)

    def planned(services: Services) -> Action:
        known = services.registry.call("is_template", made.id)
        told = {
            "promise": made.compiled.name,
            "template": "0x" + made.id.hex(),
            "registered": "already, nothing would change" if known else "not yet",
            "properties": ", ".join(property_names(made.compiled)),
        }
        return Action(services.registry, "register", made.arguments, told)

    engine = door.engine(signing=broadcast)
    perform(planned(Services(door.suite(engine))), door.sender(engine), broadcast, output)


@commitment.command()
@ONE
@click.argument("property_", metavar="PROPERTY")
@action_options
def publish(door: Door, file: Path, property_: str, broadcast: bool, output: str) -> None:
    """Tell the program of a property in the registry's log, where anybody can read it back as text."""
    compiled = compiled_file(file)
    try:
        program = compiled.property_named(property_).program
    except StopIteration:
        raise UsageError(f"{compiled.name} has no program {property_}") from None
    told = {"program": "0x" + program.hash.hex(), "bytes": str(program.size)}
    told["read it by"] = "surety commitment published, and this hash"
    engine = door.engine(signing=broadcast)
    services = Services(door.suite(engine))
    action = Action(services.registry, "publish", (program.words, program.constants), told)
    perform(action, door.sender(engine), broadcast, output)


@commitment.command()
@click.argument("program", metavar="HASH")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--answer", is_flag=True, help="The program judges answers.")
@click.option("--hex", "as_hex", is_flag=True, help="In hexadecimal, as `explain --program` takes it.")
@chain_options
def published(door: Door, program: str, file: Path | None, answer: bool, as_hex: bool) -> None:
    """Read a program back from the registry's log as text, by its HASH; FILE tells the names of its messages."""
    known = compiled_file(file).checked.messages if file is not None else ()
    registry = Services(door.suite(door.engine())).registry
    for event in past(registry, "ProgramPublished", word(program, "a program")):
        found = Program(tuple(event.args.program), tuple(map(bytes, event.args.constants)))
        click.echo(found.to_hex() if as_hex else disassemble(found, known, answer=answer), nl=as_hex)
        return
    raise UsageError(f"nobody has published a program {program} here: surety commitment publish")


def compiled_file(path: Path) -> Compiled:
    """A promise from a file; what is wrong with it is told on stderr. Raises `RejectedError`."""
    text = read_text(path, what="promise")
    try:
        return compile_text(text)
    except CommitmentError as error:
        _stderr(shown(error, text, path.name), "red")
        raise RejectedError(f"{path.name} does not compile") from None


def _finding(path: Path, at: tuple[int, int], code: str, problem: str, hint: str) -> dict[str, object]:
    return {"file": path.name, "line": at[0], "column": at[1], "code": code, "problem": problem, "hint": hint}


def _stderr(text: str, style: str) -> None:
    Console(stderr=True, soft_wrap=True, highlight=False).print(Text(text, style))
