"""Syntax to rules: what could never be proven, or could rob somebody, is refused."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from eth_utils.address import to_checksum_address

from . import ir, syntax
from .declarations import Declarations
from .errors import CommitmentError, Position
from .instructions import Kind, Op
from .limits import MAX_BOUND, MAX_FIELDS
from .monotone import check_monotone
from .names import Message, Parameter, Scope
from .plugins import NO_CODE, PluginRule

MAX_GIVEN: Final = 6
MAX_PROOFS: Final = 2
MIN_WITHIN: Final = 3_600
MIN_REVIEW: Final = 7 * 86_400
MAX_REVIEW: Final = 14 * 86_400
MAX_PERIOD: Final = 366 * 86_400
WAD: Final = 10**18


@dataclass(frozen=True)
class SafetyRule:
    name: str
    rule: ir.Rule
    at: Position


@dataclass(frozen=True)
class LivenessRule:
    """A message at least every so many seconds, or epochs (the other is 0)."""

    name: str
    message: Message
    outgoing: bool
    seconds: int
    epochs: int


@dataclass(frozen=True)
class ResponseRule:
    """`rule` binds the challenge and the answer, and is met by an answer that is right."""

    name: str
    challenge: Message
    answer: Message
    within: int
    rule: ir.Rule
    at: Position


@dataclass(frozen=True)
class Checked:
    """A commitment that may be compiled. `slash` is in WAD, periods in seconds."""

    source: syntax.Commitment
    messages: tuple[Message, ...]
    parameters: tuple[Parameter, ...]
    safety: tuple[SafetyRule, ...]
    liveness: tuple[LivenessRule, ...]
    responses: tuple[ResponseRule, ...]
    plugins: tuple[PluginRule, ...]
    slash: int
    cooldown: int
    review: int
    unused: tuple[syntax.Item, ...]

    @property
    def name(self) -> str:
        return self.source.name


def check(source: syntax.Commitment) -> Checked:
    """Raises `CommitmentError` at the first thing that is wrong."""
    return _Checker(source).check()


class _Checker(Declarations):
    def check(self) -> Checked:
        for item in self.source.items:
            self._declare(item)
        safety, liveness, responses, plugins = [], [], [], []
        for item in self.source.items:
            if isinstance(item, syntax.Safety):
                safety.append(self._safety(item))
            elif isinstance(item, syntax.Liveness):
                liveness.append(self._liveness(item))
            elif isinstance(item, syntax.Respond):
                responses.append(self._respond(item))
            elif isinstance(item, syntax.Plugin):
                plugins.append(self._plugin(item))
        if not (safety or liveness or responses or plugins):
            at = self.source.at
            raise CommitmentError(
                at, f"{self.source.name} promises nothing", "add a safety, liveness, respond or plugin property"
            )
        slash, cooldown, review = self._terms()
        for response in responses:
            if cooldown < response.within:
                raise CommitmentError(
                    response.at,
                    f"the cooldown of {cooldown} seconds ends before an answer is due",
                    f"a cooldown of at least {response.within} seconds",
                )
        return Checked(
            self.source,
            tuple(self.messages.values()),
            tuple(self.parameters.values()),
            tuple(safety),
            tuple(liveness),
            tuple(responses),
            tuple(plugins),
            slash,
            cooldown,
            review,
            tuple(item for name, item in self.items.items() if name not in self.used),
        )

    # -- properties

    def _safety(self, item: syntax.Safety) -> SafetyRule:
        if len(item.bindings) > MAX_BOUND:
            raise CommitmentError(
                item.bindings[MAX_BOUND].at,
                f"{len(item.bindings)} messages are named",
                f"at most {MAX_BOUND}; count the rest",
            )
        scope = Scope()
        ops, demands = [], []
        for slot, binding in enumerate(item.bindings):
            message = self._bind(scope, binding, slot)
            ops.append((message.op(binding.outgoing), message.kind))
            demands += self._from(binding, message, slot)
        self._give(scope, item.given)
        where = self._truth(item.where, scope)
        for demand in ir.conjuncts(where):
            check_monotone(demand)
        demands += ir.conjuncts(where)
        if not item.per:
            raise CommitmentError(
                item.at,
                f"{item.name} has no fault key",
                "say what one fault is, each punished once: `per a.height` before `where`",
            )
        keys = tuple(self._key(node, scope) for node in item.per)
        if len(keys) > MAX_FIELDS:
            raise CommitmentError(item.per[MAX_FIELDS].at, f"a fault key of {len(keys)} parts", f"at most {MAX_FIELDS}")
        rule = ir.Rule(tuple(ops), tuple(demands), keys, len(scope.values), len(scope.proofs))
        self._check_given(item.given, scope, rule)
        return SafetyRule(item.name, rule, item.at)

    def _give(self, scope: Scope, given: tuple[syntax.Declared, ...]) -> None:
        for one in given:
            self._check_local(one.name, scope, one.at)
            if one.type == "proof":
                scope.proofs[one.name] = len(scope.proofs)
            else:
                scope.values[one.name] = (len(scope.values), self._type(one.type, one.at))
            if len(scope.values) > MAX_GIVEN or len(scope.proofs) > MAX_PROOFS:
                raise CommitmentError(
                    one.at, "too much is given", f"at most {MAX_GIVEN} values and {MAX_PROOFS} proofs"
                )

    def _check_given(self, given: tuple[syntax.Declared, ...], scope: Scope, rule: ir.Rule) -> None:
        """What a prover brings along must be tied to what was signed, or the prover could choose it at will."""
        nodes = [node for demand in rule.demands for node in ir.walk(demand)]
        tied = {
            value.index
            for node in nodes
            if isinstance(node, ir.Hash | ir.Leaf)
            for value in ir.walk(node)
            if isinstance(value, ir.Given)
        }
        proofs = {node.proof for node in nodes if isinstance(node, ir.Leaf)}
        for one in given:
            loose = (
                scope.proofs[one.name] not in proofs
                if one.name in scope.proofs
                else scope.values[one.name][0] not in tied
            )
            if loose:
                raise CommitmentError(
                    one.at,
                    f"whoever proves the fault could choose {one.name} at will",
                    "tie it to a message by merkle or keccak",
                )

    def _key(self, node: syntax.Expression, scope: Scope) -> ir.Ir:
        key = self._expression(node, scope)
        for one in ir.walk(key):
            if isinstance(one, ir.Given | ir.Leaf | ir.Quantity):
                raise CommitmentError(
                    node.at,
                    "a fault key that depends on what the prover brings along: one fault would be punished many times",
                    "use fields of the messages that the property names",
                )
        if not any(isinstance(one, ir.Field | ir.MessageId) for one in ir.walk(key)):
            raise CommitmentError(node.at, "a fault key that is always the same", "use a field, as in `per a.height`")
        return key

    def _liveness(self, item: syntax.Liveness) -> LivenessRule:
        message = self._message_named(item.message, item.at)
        if not item.outgoing:
            raise CommitmentError(item.at, "an operator can't promise what others will send", "every … out Message")
        if item.every.value == 0:
            raise CommitmentError(item.every.at, "every zero is no period")
        if item.every.unit == syntax.EPOCH:
            return LivenessRule(item.name, message, True, 0, item.every.value)
        length = syntax.seconds(item.every)
        if length > MAX_PERIOD:
            raise CommitmentError(item.every.at, "a period of more than a year")
        return LivenessRule(item.name, message, True, length, 0)

    def _respond(self, item: syntax.Respond) -> ResponseRule:
        challenge, answer = self._message_named(item.challenge, item.at), self._message_named(item.answer, item.at)
        within = syntax.seconds(item.within)
        if not MIN_WITHIN <= within <= MAX_PERIOD:
            raise CommitmentError(
                item.within.at,
                f"an answer within {within} seconds",
                "at least an hour, so that a chain that stalls for a while makes nobody guilty; at most a year",
            )
        if answer.broadcast and not item.where:
            raise CommitmentError(item.at, "any answer to everybody would do", "say `where out.… == …`")
        scope = Scope({"in": (0, challenge), "out": (1, answer)})
        demands = [self._sent_by(item.party, 0, item.at)] if item.party else []
        self._give(scope, item.given)
        if item.where is not None:
            where = self._truth(item.where, scope)
            for node in ir.walk(where):
                if isinstance(node, ir.Quantity):
                    raise CommitmentError(node.at, "an answer is judged by itself", "no quantifiers in a response")
            for demand in ir.conjuncts(where):
                check_monotone(demand)
            demands += ir.conjuncts(where)
        ops = ((challenge.op(False), challenge.kind), (Op.OUT, answer.kind))
        rule = ir.Rule(ops, tuple(demands), (ir.MessageId(0),), len(scope.values), len(scope.proofs))
        self._check_given(item.given, scope, rule)
        return ResponseRule(item.name, challenge, answer, within, rule, item.at)

    def _plugin(self, item: syntax.Plugin) -> PluginRule:
        address, code = (self._expression(one, Scope()) for one in (item.address, item.code))
        if not isinstance(address, ir.Constant) or address.kind != Kind.ADDRESS or address.value == 0:
            raise CommitmentError(
                item.address.at, "a plug-in is the address of a contract", "0x and 40 digits, not zero"
            )
        if not isinstance(code, ir.Constant) or code.kind != Kind.BYTES32:
            raise CommitmentError(item.code.at, "a plug-in's code is a hash", "0x and 64 digits: keccak256 of the code")
        hashed = code.value.to_bytes(32, "big")
        if hashed in (bytes(32), NO_CODE):
            raise CommitmentError(item.code.at, "that is the hash of no code", "create the plug-in first")
        about = tuple(self._message_named(name, item.at) for name in item.about)
        if len(set(item.about)) != len(item.about):
            raise CommitmentError(item.at, f"{item.name} is about a message twice", "name each once")
        place = to_checksum_address(f"0x{address.value:040x}")
        return PluginRule(item.name, place, hashed, about, item.at)

    def _terms(self) -> tuple[int, int, int]:
        found: dict[str, syntax.Slash | syntax.Period] = {}
        for item in self.source.items:
            if isinstance(item, syntax.Slash | syntax.Period):
                word = "slash" if isinstance(item, syntax.Slash) else item.word
                if word in found:
                    raise CommitmentError(item.at, f"{word} is said twice")
                found[word] = item
        for word, example in (("slash", "slash 5%"), ("cooldown", "cooldown 21 days"), ("review", "review 7 days")):
            if word not in found:
                raise CommitmentError(self.source.at, f"{self.source.name} says no {word}", f"add `{example}`")
        slash, cooldown, review = found["slash"], found["cooldown"], found["review"]
        assert isinstance(slash, syntax.Slash)
        assert isinstance(cooldown, syntax.Period)
        assert isinstance(review, syntax.Period)
        share = Decimal(slash.percent) * WAD / 100
        if not 0 < share <= WAD or share != int(share):
            raise CommitmentError(slash.at, f"a slash of {slash.percent}%", "above 0% and at most 100%")
        wait, judged = syntax.seconds(cooldown.length), syntax.seconds(review.length)
        if wait > MAX_PERIOD:
            raise CommitmentError(cooldown.at, "a cooldown of more than a year", "at most 366 days")
        if not MIN_REVIEW <= judged <= MAX_REVIEW:
            raise CommitmentError(review.at, f"a review of {judged} seconds", "7 to 14 days")
        return int(share), wait, judged
