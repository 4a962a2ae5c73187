"""A promise from text to pay-out by the command line: bonded, broken past the journal, proven by a stranger."""

import json

import pytest
from click.testing import CliRunner
from eth_abi import encode
from eth_utils.crypto import keccak
from tests.support.journal import text_of
from tests.support.terminal import Terminal

from surety.cli.app import cli
from surety.cli.errors import guarded
from surety.journal import Hold
from surety.journal.draft import Draft
from surety.predicates import compile_text
from surety.sdk.anvil import Anvil
from surety.sdk.engines import dev_account
from surety.sdk.engines.rpc_engine import RpcEngine
from surety.sdk.messages import sign_message
from surety.sdk.suite import MAX_UINT, fixed_id
from surety.sdk.templates import PARAMETER, PROPERTY, TERMS, template_of

pytestmark = pytest.mark.integration

OPERATOR, STRANGER, CONTROLLER = (dev_account(number).address for number in (10, 11, 12))
UNIT = 10**6
SUBJECT = 1 << 160 | int(OPERATOR, 16)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An operator with own stake, its own key as service key, and bonds of a year."""
    with Anvil() as node:
        engine = RpcEngine(node.url).prepare()
        terminal = Terminal(node, tmp_path_factory.mktemp("services"))
        terminal.run("deploy", "--broadcast")
        suite = terminal.suite()
        suite.mint(OPERATOR, 60_000 * UNIT)
        for spender in (suite.pools, suite.treasury):
            suite.asset.send("approve", spender.address, MAX_UINT, sender=OPERATOR)
        suite.pools.send("open_pool", 1, 1, 0, 0, sender=OPERATOR)
        suite.pools.send("deposit", OPERATOR, SUBJECT, 10_000 * UNIT, sender=OPERATOR)
        proof = terminal.folder / "proof.json"
        proof.write_text(terminal.run("operator", "prove-key", OPERATOR, "--as", OPERATOR))
        broadcast(
            terminal, engine, OPERATOR, "operator", "register", "1", "https://operator.example", "--proof", str(proof)
        )
        suite.buy(OPERATOR, suite.maturity_for(364 * 86_400), 20_000 * UNIT)
        (terminal.folder / "attestation.surety").write_text(text_of("attestation"))
        yield terminal, engine


def broadcast(terminal, engine, who, *command):
    """Simulate, then send what `calldata` says as the account, as a wallet would."""
    assert "nothing was sent" in terminal.run(*command, "--as", who)
    said = json.loads(terminal.run(*command, "--as", who, "--output", "calldata"))
    return engine.transact(who, said["to"], bytes.fromhex(said["data"][2:]))


def test_services__from_promise_to_slash(made, capsys):
    terminal, engine = made
    suite, folder = terminal.suite(), terminal.folder
    text = str(folder / "attestation.surety")

    # the promise
    register = ("commitment", "register", text, "--cap", "20%", "--power", "closes")
    template = terminal.json(*register)["template"]
    broadcast(terminal, engine, CONTROLLER, *register)
    assert terminal.json(*register)["registered"] == "already, nothing would change"
    broadcast(terminal, engine, CONTROLLER, "commitment", "publish", text, "no_double_vote")
    program = compile_text(text_of("attestation")).property_named("no_double_vote").program
    assert "a.height == b.height" in terminal.run("commitment", "published", "0x" + program.hash.hex(), text)
    assert terminal.run("commitment", "published", "0x" + program.hash.hex(), "--hex").strip() == program.to_hex()
    assert terminal.code("commitment", "published", "0x" + "11" * 32) == 1
    assert "nobody has published a program" in capsys.readouterr().err
    broadcast(terminal, engine, CONTROLLER, "service", "open", template)
    told = terminal.json("service", "status", "1", "--text")
    assert (told["controller"], told["a_fault_costs"]) == (
        f"{CONTROLLER}, powers: closes",
        "5 % of what is bonded, at most 20 % in a window",
    )
    assert told["text"].startswith("commitment attestation {")
    service = told["id"]
    assert "open" in terminal.run("service", "list")

    # the bond
    for command in (("approve", "52w"), ("bond", "52w"), ("activate", "1", "52w")):
        broadcast(terminal, engine, OPERATOR, "service", *command, "20000")
    told = terminal.json("service", "status", service, OPERATOR)
    assert told["serves"].startswith("since ")
    assert told["lock_1"].startswith("20000 bond of ")
    assert terminal.code("service", "withdraw", "52w", "1", "--as", OPERATOR) == 3

    # the fault, signed past the journal, and what a stranger makes of two logs
    logs = []
    for number, block in enumerate((1, 2)):
        vote = {"service": service, "message": "Vote", "fields": {"height": 7, "block": f"0x{block:064x}"}}
        logs.append(folder / f"log{number}")
        logs[-1].write_text(signed_message(suite, engine, "attestation", vote).model_dump_json() + "\n")
    find = ("prove", "find", *map(str, logs), "--commitment", text, "--service", service, "--operator", OPERATOR)
    assert "no_double_vote is broken" in run(*find, "--out", str(folder))
    strangers = [CONTROLLER if one == OPERATOR else one for one in find]
    assert guarded(lambda: cli.main([*strangers, "--out", str(folder)], standalone_mode=False)) == 1
    assert "no fault in the 2 messages, of which 0 are this operator's" in capsys.readouterr().err
    (evidence,) = map(str, folder.glob("no_double_vote-*.json"))
    assert json.loads(run("prove", "check", evidence, "--output", "json"))["broken"] == "yes"

    # the proof
    assert terminal.code("prove", "reveal", evidence, "--as", STRANGER) == 1
    assert "`surety prove commit` first" in capsys.readouterr().err
    assert "nothing was sent" in terminal.run("prove", "commit", evidence, "--as", STRANGER)
    assert not list(folder.glob("*.salt")), "a simulation keeps nothing"
    broadcast(terminal, engine, STRANGER, "prove", "commit", evidence)
    (salt,) = folder.glob("*.salt")
    assert salt.stat().st_mode & 0o777 == 0o600
    assert terminal.json("prove", "status", evidence, "--as", STRANGER)["committed"].startswith("in block ")
    assert terminal.code("prove", "commit", evidence, "--as", STRANGER) == 1
    assert "committed already, in block " in capsys.readouterr().err
    engine.advance(12)
    broadcast(terminal, engine, STRANGER, "prove", "reveal", evidence)
    told = terminal.json("prove", "status", evidence, "--as", STRANGER)
    assert (told["on_record"], told["takes"], told["lock_1"]) == (f"yes, by {STRANGER}", "5 %", "slash 1")
    assert terminal.code("prove", "commit", evidence, "--as", STRANGER) == 1
    assert "this fault is on record since" in capsys.readouterr().err
    assert terminal.code("prove", "slash", evidence, "1", "--as", STRANGER) == 3

    # review and pay-out
    engine.advance(7 * 86_400 + 1)
    broadcast(terminal, engine, STRANGER, "slash", "finalise", "1")
    held = suite.bonding.call("lock", 1)
    assert held.units == 19_000 * UNIT
    maturity = held.id % 2**64
    suite.escrow.send("pull", 1, 0, STRANGER, sender=STRANGER)
    assert suite.token.call("balanceOf", STRANGER, fixed_id(maturity)) == 100 * UNIT  # a tenth of a twentieth

    # out again
    broadcast(terminal, engine, OPERATOR, "service", "deactivate", "1")
    assert terminal.code("service", "release", "1", "--as", OPERATOR) == 3
    engine.advance(21 * 86_400)
    broadcast(terminal, engine, OPERATOR, "service", "release", "1")
    broadcast(terminal, engine, OPERATOR, "service", "withdraw", str(maturity), "19000")
    assert suite.token.call("balanceOf", OPERATOR, held.id) == 19_000 * UNIT


def test_challenge__answered_then_missed(made, capsys):
    terminal, engine = made
    suite, folder = terminal.suite(), terminal.folder
    text = folder / "uptime.surety"
    text.write_text(text_of("uptime").replace("cooldown 1 day", "cooldown 2 days"))
    register = ("commitment", "register", str(text))
    template = terminal.json(*register)["template"]
    broadcast(terminal, engine, CONTROLLER, *register)
    broadcast(terminal, engine, CONTROLLER, "service", "open", template)
    number = str(suite.commitments.call("service_count"))
    suite.buy(OPERATOR, suite.maturity_for(300 * 86_400), 5_000 * UNIT)
    for command in (("approve", "43w"), ("bond", "43w"), ("activate", number, "43w")):
        broadcast(terminal, engine, OPERATOR, "service", *command, "5000")
    suite.mint(STRANGER, 1_000 * UNIT)
    suite.asset.send("approve", suite.challenges.address, MAX_UINT, sender=STRANGER)

    ask = ("challenge", "open", number, OPERATOR, "answers")
    assert terminal.code(*ask, "--as", STRANGER) == 1
    assert "Ping has the fields nonce" in capsys.readouterr().err
    broadcast(terminal, engine, STRANGER, *ask, f"nonce=0x{5:064x}")
    ((identity, told),) = terminal.json("challenge", "list").items()
    assert identity in terminal.run("challenge", "list")
    assert told["state"].startswith("open, answer by ")
    assert told == terminal.json("challenge", "status", identity)
    digest = keccak((5).to_bytes(32, "big") + bytes.fromhex(OPERATOR[2:]).rjust(32, b"\0"))
    fields = {"digest": "0x" + digest.hex(), "ping": told["message"]}
    service = "0x" + bytes(suite.commitments.call("service_of", 2**47 | int(number))).hex()
    answer = folder / "answer"
    draft = {"service": service, "message": "Pong", "fields": fields}
    answer.write_text(signed_message(suite, engine, "uptime", draft).model_dump_json())
    assert terminal.code("challenge", "fault", identity, "--as", STRANGER) == 3
    broadcast(terminal, engine, OPERATOR, "challenge", "answer", identity, str(answer))
    assert terminal.json("challenge", "status", identity)["state"] == "closed"
    broadcast(terminal, engine, OPERATOR, "challenge", "withdraw")

    broadcast(terminal, engine, STRANGER, *ask, f"nonce=0x{6:064x}")
    identity = next(iter(terminal.json("challenge", "list")))
    engine.advance(3_601)
    broadcast(terminal, engine, CONTROLLER, "challenge", "fault", identity)
    slashes = terminal.json("slash", "list")
    slash = max(slashes, key=int)
    told = slashes[slash]
    lock = told["asset"].partition(",")[0].removeprefix("lock ")
    assert (told["state"], told["service"]) == ("open", number)
    assert told["proposer"] == f"challenges, {suite.challenges.address}"
    broadcast(terminal, engine, STRANGER, "challenge", "withdraw")

    # vetoed: what was seized goes back into the lock
    units = suite.bonding.call("lock", int(lock)).units
    assert units < 5_000 * UNIT
    reason = "0x" + "01" * 32
    broadcast(terminal, engine, dev_account(5).address, "slash", "announce-veto", slash, reason)
    engine.advance(2 * 86_400 + 1)
    broadcast(terminal, engine, dev_account(6).address, "slash", "confirm", slash, reason)
    assert terminal.code("service", "take-back", slash, "--as", OPERATOR) == 3
    engine.set_time(suite.slashes.call("seizure", int(slash)).release_at)
    broadcast(terminal, engine, STRANGER, "slash", "release", slash)
    assert terminal.json("service", "take-back", slash, "--as", OPERATOR)["call"] == "take_back"
    assert terminal.code("service", "put-back", slash, "--as", STRANGER) == 3
    broadcast(terminal, engine, OPERATOR, "service", "put-back", slash)
    assert suite.bonding.call("lock", int(lock)).units == 5_000 * UNIT
    assert terminal.code("service", "take-back", slash, "--as", OPERATOR) == 3


HEADERS = """commitment header_reports {{
  message Header(number: uint64, hash: bytes32)
  plugin true_headers: {line} about Header
  slash 10% cooldown 21 days review 7 days
}}
"""


def test_plugin__a_true_and_a_false_report_of_a_block(made, capsys):
    terminal, engine = made
    suite, folder = terminal.suite(), terminal.folder
    line = terminal.run("prove", "plugin", "line", suite.contracts["header_predicate"].address).strip()
    text = folder / "headers.surety"
    text.write_text(HEADERS.format(line=line))
    assert "with other code it says nothing" in run("commitment", "explain", str(text))
    register = ("commitment", "register", str(text))
    template = terminal.json(*register)["template"]
    broadcast(terminal, engine, CONTROLLER, *register)
    broadcast(terminal, engine, CONTROLLER, "service", "open", template)
    number = str(suite.commitments.call("service_count"))
    service = "0x" + bytes(suite.commitments.call("service_of", 2**47 | int(number))).hex()
    assert suite.commitments.call("property_of", bytes.fromhex(service[2:]), 0).kind == 4
    suite.buy(OPERATOR, suite.maturity_for(250 * 86_400), 5_000 * UNIT)
    for command in (("approve", "36w"), ("bond", "36w"), ("activate", number, "36w")):
        broadcast(terminal, engine, OPERATOR, "service", *command, "5000")
    engine.advance(12)

    block = engine.request("eth_getBlockByNumber", hex(engine.block_number - 1), False)
    place = int(block["number"], 16)
    made_by = ("prove", "plugin", "report")
    files = {}
    for label, told in (("true", block["hash"]), ("false", "0x" + "66" * 32)):
        draft = {"service": service, "message": "Header", "fields": {"number": place, "hash": told}}
        log, files[label] = folder / f"{label}.log", str(folder / f"{label}.json")
        log.write_text(signed_message(suite, engine, text.read_text(), draft).model_dump_json() + "\n")
        options = ("--commitment", str(text), "--property", "true_headers", "--out", files[label])
        assert "surety prove plugin ask" in run(*made_by, str(log), *options)

    assert terminal.code("prove", "plugin", "ask", files["true"]) == 1
    assert "shows a promise that is kept" in capsys.readouterr().err
    assert terminal.code("prove", "plugin", "commit", files["true"], "--as", STRANGER) == 1
    false = files["false"]
    assert terminal.json("prove", "plugin", "ask", false)["fault_key"] == f"0x{place:064x}"
    assert terminal.code("prove", "plugin", "reveal", false, "--as", STRANGER) == 1
    broadcast(terminal, engine, STRANGER, "prove", "plugin", "commit", false)
    engine.advance(12)
    broadcast(terminal, engine, STRANGER, "prove", "plugin", "reveal", false)
    told = terminal.json("prove", "plugin", "ask", false)
    assert (told["on_record"], told["takes"]) == (f"yes, by {STRANGER}", "10 %")
    slashes = terminal.json("slash", "list")
    assert slashes[max(slashes, key=int)]["state"] == "open"
    assert terminal.code("prove", "plugin", "reveal", false, "--as", STRANGER) == 1

    engine.request("anvil_mine", hex(300))  # out of BLOCKHASH's sight, within that of the chain's own history
    assert terminal.json("prove", "plugin", "ask", false)["broken"] == "yes"
    assert terminal.code("prove", "plugin", "ask", files["true"]) == 1
    assert "shows a promise that is kept" in capsys.readouterr().err

    wrong = folder / "wrong.surety"
    wrong.write_text(text.read_text().replace("slash 10%", "slash 11%").replace(line[-64:], "11" * 32))
    log = str(folder / "false.log")
    options = ("--commitment", str(wrong), "--property", "true_headers", "--out", str(folder / "wrong.json"))
    run(*made_by, log, *options)
    assert terminal.code("prove", "plugin", "ask", str(folder / "wrong.json")) == 1
    assert "promised another plug-in than its text says" in capsys.readouterr().err
    assert terminal.code("prove", "plugin", "line", STRANGER) == 1
    assert "nothing is at" in capsys.readouterr().err


def signed_message(suite, engine, name, draft):
    """By the operator's key, past any journal; `name` is one of the library's, or a text."""
    hold = Hold(compile_text(name if "{" in name else text_of(name)), bytes.fromhex(draft["service"][2:]), OPERATOR)
    message = Draft.load(json.dumps(draft), "draft").made([hold], engine.timestamp)
    return sign_message(message, dev_account(10), engine.chain_id, suite.commitments.address)


def run(*command):
    result = CliRunner().invoke(cli, list(command), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (("service", "status", "99"), 1, "there is no service 99: the newest is "),
        (("service", "status", "one"), 1, "one is no service: its number, or its id"),
        (("service", "status", "0x12"), 1, "is no id of a service: 0x and 64 hexadecimal digits"),
        (("service", "bond", "soon", "1"), 1, "a maturity (26w, 2026-10-08), rolling or vault"),
        (("service", "activate", "1", "52w", "x"), 1, "x is no amount"),
        (("service", "deactivate", "99"), 3, "no such lock"),
        (("service", "open", "0x" + "11" * 32), 3, "commitment_registry: no such template"),
    ],
)
def test_services__wrong_input__is_told(made, capsys, command, code, told):
    terminal, _ = made
    assert terminal.code(*command, "--as", OPERATOR) == code
    assert told in capsys.readouterr().err


def test_service__a_text_beside_the_programs_of_another__is_told(made, capsys):
    terminal, engine = made
    suite, honest = terminal.suite(), template_of(compile_text(text_of("double_sign")))
    for text, says in ((text_of("double_sign"), ""), (text_of("surround_vote"), ": its text is NOT what is judged")):
        suite.commitments.send("register", *honest.arguments[:3], text, sender=STRANGER)
        types = [TERMS, f"{PROPERTY}[]", f"{PARAMETER}[]", "bytes32"]
        identity = keccak(encode(types, [*honest.arguments[:3], keccak(text=text)]))
        opened = ("service", "open", "0x" + identity.hex())
        number = terminal.json(*opened, "--as", STRANGER)["number"]
        broadcast(terminal, engine, STRANGER, *opened)
        told = terminal.json("service", "status", number)
        assert told["promise"] == compile_text(text).name + says
        assert told["a_fault_costs"].startswith("10 %")


@pytest.mark.parametrize("changed", ["nothing", "range", "party", "review"])
def test_service__terms_or_ranges_that_the_text_does_not_say__are_told(made, changed):
    """`max_age in 1..3600` registered without an end would be a promise that an operator chooses to mean nothing."""
    terminal, engine = made
    text = text_of("price_deviation" if changed == "party" else "stale_price")
    terms, properties, parameters, _ = template_of(compile_text(text)).arguments
    terms, first, rest = list(terms), list(parameters[-1]), list(parameters[:-1])
    if changed == "range":
        first[3] = 2**256 - 1
    elif changed == "party":
        assert first[1]
        first[1] = False
    elif changed == "review":
        terms[3] += 86_400
    chosen = terms, properties, [*rest, first]
    suite = terminal.suite()
    suite.commitments.send("register", *chosen, text, sender=STRANGER)
    types = [TERMS, f"{PROPERTY}[]", f"{PARAMETER}[]", "bytes32"]
    opened = ("service", "open", "0x" + keccak(encode(types, [*chosen, keccak(text=text)])).hex())
    number = terminal.json(*opened, "--as", STRANGER)["number"]
    broadcast(terminal, engine, STRANGER, *opened)
    told = terminal.json("service", "status", number)["promise"]
    assert told.endswith(": its text is NOT what is judged") == (changed != "nothing")


def test_challenge__without_allowance__says_how_to_give_it(made, capsys):
    terminal, _ = made
    suite = terminal.suite()
    ask = ("challenge", "open", "1", OPERATOR, "answers", f"nonce=0x{9:064x}", "--as", suite.addresses["market"])
    code = terminal.code(*ask)
    assert (code, "surety challenge approve 10 --broadcast" in capsys.readouterr().err) == (1, True)
    told = terminal.json("challenge", "approve", "10", "--as", CONTROLLER)
    assert (told["call"], told["amount"]) == ("approve", "10")
    assert terminal.code("challenge", "open", "1", OPERATOR, "answers", "nonce=7", "--as", CONTROLLER) == 1
    assert "is no bytes32: 0x and 64 hexadecimal digits" in capsys.readouterr().err
