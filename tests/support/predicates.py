"""Both machines side by side, and random programs and evidence for them: well formed, nearly so, and noise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from surety.models.refusal import Refused
from surety.predicates import machine
from surety.predicates.instructions import Op
from surety.predicates.limits import MAX_BOUND
from surety.predicates.machine import Evidence, Verdict
from surety.predicates.program import Program
from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract
from surety.sdk.engines.accounts import dev_addresses
from surety.sdk.engines.pyrevm_engine import PyrevmEngine
from surety.sdk.errors import Reverted

Outcome = Verdict | str
"""A verdict, or the reason of a refusal."""

OPERATOR = int(dev_addresses()[1], 16)
PARTY = int(dev_addresses()[2], 16)
SERVICE = bytes(31) + b"\x05"
KINDS = tuple(bytes(31) + bytes([0xA0 + number]) for number in range(3))
NUMBERS = (0, 1, 2, 3, 7, 8, 100, 2**64, 2**128, 2**255, 2**256 - 2, 2**256 - 1)


def word(value: int) -> bytes:
    """32 bytes, big-endian."""
    return value.to_bytes(32, "big")


def address(value: int) -> str:
    """A number as contracts' codecs take an address."""
    from eth_utils.address import to_checksum_address

    return to_checksum_address(f"0x{value:040x}")


@dataclass(frozen=True)
class Machines:
    """The contract, and by `surety.predicates` the reference."""

    contract: Contract

    @classmethod
    def create(cls) -> Machines:
        engine = PyrevmEngine()
        made = artefact("PredicateMachine")
        place = engine.create(dev_addresses()[0], made.creation()).contract
        assert place is not None
        return cls(Contract(engine, place, made))

    def on_chain(self, program: Program, evidence: Evidence) -> Outcome:
        try:
            return Verdict(*self.contract.call("evaluate", *arguments(program, evidence)))
        except Reverted as error:
            return error.reason

    def agreed(self, program: Program, evidence: Evidence) -> Outcome:
        """What both say, to the letter of the reason."""
        expected, got = reference(program, evidence), self.on_chain(program, evidence)
        assert got == expected, f"{got} on chain, {expected} here: {program.to_hex()} on {evidence}"
        return expected


def reference(program: Program, evidence: Evidence) -> Outcome:
    try:
        return machine.evaluate(program, evidence)
    except Refused as refused:
        return refused.reason


def arguments(program: Program, evidence: Evidence) -> tuple[object, ...]:
    """Of `evaluate`."""
    case = (evidence.service, address(evidence.operator), evidence.parameters)
    return program.words, program.constants, case, evidence.messages, evidence.witness


def encoded(
    kind: bytes = KINDS[0],
    fields: tuple[int, ...] = (),
    sender: int = OPERATOR,
    recipient: int = 0,
    sequence: int = 0,
    time: int = 0,
    service: bytes = SERVICE,
) -> bytes:
    """A message as contracts take it."""
    return b"".join((service, kind, *(word(value) for value in (sender, recipient, sequence, time, *fields))))


# -- random -----------------------------------------------------------------------------------------------------------


def random_number(random: Random) -> int:
    """Mostly small, so that numbers meet; now and then at an edge."""
    return random.choice(NUMBERS) if random.random() < 0.2 else random.randrange(6)


def random_message(random: Random, kind: bytes | None = None, op: Op | None = None) -> bytes:
    """Nearly always well formed, of few kinds and senders; of one kind and direction if they are given."""
    op = op or random.choice((Op.OUT, Op.IN, Op.CAST))
    stray = random.random() < 0.03
    message = encoded(
        kind or random.choice(KINDS),
        tuple(random_number(random) for _ in range(random.choice((2, 3, 3, 4, 8)))),
        OPERATOR if op == Op.OUT and not stray else PARTY,
        OPERATOR if (op == Op.IN) != stray else 0,
        random.randrange(4),
        random.randrange(6),
        SERVICE if random.random() < 0.98 else bytes(32),
    )
    if random.random() < 0.002:
        return message[: random.randrange(len(message))]
    if random.random() < 0.002:
        at = random.choice((64, 96, 128, 160))
        return message[:at] + b"\xff" + message[at + 1 :]
    return message


def random_witness(random: Random) -> tuple[bytes, ...]:
    """Values, then proofs of few levels, now and then of a false length."""
    found = [word(random_number(random)) for _ in range(random.choice((0, 1, 2, 2)))]
    for _ in range(random.randrange(3)):
        length = random.randrange(4)
        found += [word(length if random.random() < 0.9 else random_number(random))]
        found += [word(random_number(random)) for _ in range(length)]
    return tuple(found)


def random_evidence(random: Random, program: Program) -> Evidence:
    """Nearly always messages that the program can bind, and behind them others that ascend by id."""
    messages = []
    for code in program.codes[:MAX_BOUND]:
        place = code & 0xFF
        if not Op.OUT <= code >> 8 <= Op.CAST or place >= len(program.constants) or random.random() < 0.03:
            break
        messages.append(random_message(random, program.constants[place], Op(code >> 8)))
    given = {random_message(random) for _ in range(random.choice((0, 0, 1, 2, 4, 8, 16 - len(messages))))}
    ordered = sorted(given, key=machine.message_id)
    if random.random() < 0.03:
        random.shuffle(ordered)
    parameters = tuple(word(random_number(random)) for _ in range(random.choice((0, 2, 4, 4, 8))))
    return Evidence(SERVICE, OPERATOR, parameters, (*messages, *ordered), random_witness(random))


def random_noise(random: Random) -> Program:
    """Any bytes, or known operations in any order."""
    if random.random() < 0.2:
        return Program(tuple(random.getrandbits(256) for _ in range(random.randrange(4))), random_constants(random))
    codes = [random_code(random) for _ in range(random.randrange(40))]
    return _packed(codes, random_constants(random))


def random_constants(random: Random) -> tuple[bytes, ...]:
    """The kinds first."""
    numbers = (word(random_number(random)) for _ in range(3))
    return (*KINDS, word(PARTY), *numbers)[: random.choice((7, 7, 7, 7, 7, 7, 7, 7, 3, 0))]


def random_code(random: Random) -> int:
    """One instruction with an operand that often makes sense."""
    op = random.choice(tuple(Op))
    if op >> 4 == 0:
        return op << 8 | random.choice((0, 1, 1, 15)) << 4 | random.choice((0, 0, 1, 2, 8, 9, 10, 11, 14))
    return op << 8 | (random.randrange(5) if random.random() < 0.9 else random.randrange(256))


def random_plausible(random: Random) -> Program:
    """Binds, pushes what operations need, and ends: gets far more often than noise does."""
    writer = _Writer(random)
    for _ in range(random.randrange(3)):
        writer.add(random.choice((Op.OUT, Op.OUT, Op.IN, Op.CAST)), random.randrange(3))
    for _ in range(random.randrange(1, 5)):
        random.choice((writer.demand, writer.demand, writer.quantify))()
    writer.word()
    if random.random() < 0.95:
        writer.add(Op.END)
    return _packed(writer.codes, random_constants(random)[:7])


def mutated(random: Random, program: Program) -> Program:
    """A bit, an instruction or a constant changed."""
    words = list(program.words)
    if program.constants and random.random() < 0.2:
        kept = random.randrange(len(program.constants))
        return replace(program, constants=program.constants[:kept])
    if not words:
        return program
    at, place = random.randrange(len(words)), random.randrange(16)
    shift = 240 - 16 * place
    if random.random() < 0.5:
        words[at] ^= 1 << random.randrange(256)
    else:
        words[at] = words[at] & ~(0xFFFF << shift) | random_code(random) << shift
    return replace(program, words=tuple(words))


def _packed(codes: list[int], constants: tuple[bytes, ...]) -> Program:
    codes = codes[:256] + [0] * (-len(codes[:256]) % 16)
    words = []
    for at in range(0, len(codes), 16):
        value = 0
        for code in codes[at : at + 16]:
            value = value << 16 | code
        words.append(value)
    return Program(tuple(words), constants)


class _Writer:
    """Writes instructions that mostly fit each other."""

    def __init__(self, random: Random) -> None:
        self.random, self.codes, self.inside, self.depth = random, [], False, 0

    def add(self, op: int, operand: int = 0) -> None:
        self.codes.append(op << 8 | operand)

    def slot(self) -> int:
        return 15 if self.inside and self.random.random() < 0.8 else self.random.choice((0, 0, 1))

    def number(self) -> None:
        self.depth += 1
        choice = self.random.randrange(9 if self.depth < 5 else 5)
        if choice < 3:
            self.add(Op.FIELD_UINT, self.slot() << 4 | self.random.choice((0, 0, 1, 2, 10, 11)))
        elif choice == 3:
            self.add(Op.SMALL, self.random.randrange(6))
        elif choice == 4:
            self.add(
                self.random.choice((Op.CONST_UINT, Op.PARAM_UINT, Op.GIVEN_UINT)), self.random.choice((4, 5, 0, 1))
            )
        elif choice == 5:
            self.number()
            self.add(Op.FIT, self.random.choice((1, 8, 64, 128, 255)))
        else:
            self.number()
            self.number()
            self.add(self.random.choice((Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.MOD, Op.MIN, Op.MAX, Op.ABSDIFF)))
        self.depth -= 1

    def word(self) -> None:
        self.depth += 1
        choice = self.random.randrange(6 if self.depth < 5 else 4)
        if choice < 2:
            self.add(Op.FIELD_BYTES32, self.slot() << 4 | self.random.choice((0, 0, 1, 2)))
        elif choice == 2:
            self.add(Op.ID, self.slot())
        elif choice == 3:
            self.add(
                self.random.choice((Op.CONST_BYTES32, Op.PARAM_BYTES32, Op.GIVEN_BYTES32)), self.random.randrange(4)
            )
        else:
            count = self.random.randrange(1, 4)
            for _ in range(count):
                self.random.choice((self.number, self.word, self.address))()
            self.add(Op.KECCAK, count)
        self.depth -= 1

    def address(self) -> None:
        if self.random.random() < 0.7:
            self.add(Op.FIELD_ADDRESS, self.slot() << 4 | self.random.choice((8, 9)))
        elif self.random.random() < 0.5:
            self.add(Op.OPERATOR)
        else:
            self.add(Op.CONST_ADDRESS, 3)

    def truth(self) -> None:
        self.depth += 1
        choice = self.random.randrange(6 if self.depth < 4 else 3)
        if choice < 3:
            kind = self.random.choice((self.number, self.number, self.word, self.address))
            kind()
            kind()
            orders = (Op.EQ, Op.NE, Op.LT, Op.LE) if kind == self.number else (Op.EQ, Op.NE)
            self.add(self.random.choice(orders))
        elif choice == 3:
            self.truth()
            self.add(Op.NOT)
        elif choice == 4:
            self.word()
            self.number()
            self.word()
            self.add(Op.MERKLE, self.random.randrange(3) << 4 | self.random.randrange(2))
        else:
            self.truth()
            self.truth()
            self.add(self.random.choice((Op.AND, Op.OR)))
        self.depth -= 1

    def demand(self) -> None:
        if self.random.random() < 0.3:
            self.truth()
            self.add(Op.REQUIRE)
            return
        kind = self.random.choice((self.number, self.number, self.word, self.address))
        kind()
        kind()
        orders = (Op.REQUIRE_LE, Op.REQUIRE_LE, Op.REQUIRE_LT, Op.REQUIRE_NE, Op.REQUIRE_EQ)
        self.add(self.random.choice(orders if kind == self.number else orders[3:]))

    def quantify(self) -> None:
        if self.inside:
            return
        start = len(self.codes)
        self.add(Op.EACH)
        self.inside = True
        if self.random.random() < 0.6:
            self.demand()
        counting = self.random.choice((Op.COUNT, Op.COUNT_NEW, Op.TOTAL))
        if counting == Op.COUNT_NEW:
            self.random.choice((self.number, self.word, self.address))()
        elif counting == Op.TOTAL:
            self.number()
        self.add(counting)
        self.inside = False
        self.codes[start] |= min(len(self.codes) - start, 255)
        self.add(self.random.choice((Op.NEXT_OUT, Op.NEXT_IN, Op.NEXT_CAST)), self.random.randrange(3))
        self.add(Op.SMALL, self.random.randrange(4))
        self.add(self.random.choice((Op.REQUIRE_LE, Op.REQUIRE_LT, Op.REQUIRE_EQ, Op.REQUIRE_NE)))


# -- written by hand --------------------------------------------------------------------------------------------------


def written(code: str, *constants: int | bytes) -> Program:
    """A program from `"OUT 0; FIELD_UINT 0.8; SMALL 3; REQUIRE_EQ; END"`: operands are numbers, or slot.field."""
    codes = []
    for line in code.split(";"):
        name, *operand = line.split()
        value = 0
        if operand:
            slot, dot, index = operand[0].partition(".")
            value = int(slot) << 4 | int(index) if dot else int(slot)
        codes.append(Op[name] << 8 | value)
    return _packed(codes, tuple(one if isinstance(one, bytes) else word(one) for one in constants))
