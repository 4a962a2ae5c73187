"""Promises on a chain as a person meets them: templates, services, and who stands for them with what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from surety.predicates import CommitmentError, Compiled, compile_text
from surety.predicates.limits import MAX_PARAMETERS

from .contract import Contract
from .engines.base import Receipt
from .errors import Reverted, UsageError
from .past import past, remembers
from .suite import Suite, fixed_id, maturity_of
from .templates import POWERS, Template, properties_of, ranges_of

FIRST: Final = 2**47
"""Services are counted from here on in SlashEscrow; people count from 1."""
LISTED: Final = ("rolling", "vault")
"""Contracts of a suite whose shares can be locked."""


@dataclass(frozen=True)
class Service:
    """One service: `number` counts from 1, `terms` are the struct of ICommitmentRegistry."""

    id: bytes
    number: int
    template: bytes
    controller: str
    closed: bool
    terms: Any

    @property
    def powers(self) -> str:
        """Of its controller, in words."""
        return ", ".join(name for name, bit in POWERS.items() if self.terms.powers & bit) or "none"


@dataclass(frozen=True)
class Stand:
    """How an operator stands in a service; times in seconds, 0 for none."""

    start: int
    end: int
    periods: int
    parameters: bytes
    value: int
    locks: tuple[tuple[int, Any], ...]
    """Number and struct `Lock` of each that is not released."""


class Services:
    """Of a suite. Raises `UsageError` for one without promises."""

    def __init__(self, suite: Suite) -> None:
        if not suite.has_commitments:
            raise UsageError("this deployment has no promises: its configuration has no section commitments")
        self.suite = suite
        self.registry, self.bonding, self.desk = suite.commitments, suite.bonding, suite.desk
        self._names: dict[bytes, str] = {}

    def id_of(self, text: str) -> bytes:
        """A service by its number, or by its id in hexadecimal. Raises `UsageError` if there is none."""
        if text.isdecimal():
            found = bytes(self.registry.call("service_of", FIRST | int(text))) if int(text) < FIRST else bytes(32)
            if not any(found):
                newest = self.registry.call("service_count")
                raise UsageError(
                    f"there is no service {text}: " + (f"the newest is {newest}" if newest else "none yet")
                )
            return found
        if not text.startswith("0x"):
            raise UsageError(f"{text} is no service: its number, or its id, 0x and 64 hexadecimal digits")
        found = word(text, "a service")
        if not any(self.registry.call("service", found).template):
            raise UsageError(f"there is no service {text} in the registry {self.registry.address}")
        return found

    def service(self, identity: bytes) -> Service:
        """One that there is."""
        known = self.registry.call("service", identity)
        terms = self.registry.call("terms", identity)
        return Service(identity, known.number - FIRST, bytes(known.template), known.controller, known.closed, terms)

    def services(self) -> list[Service]:
        """All, newest first."""
        count = self.registry.call("service_count")
        return [self.service(bytes(self.registry.call("service_of", FIRST | number))) for number in range(count, 0, -1)]

    def stand(self, service: bytes, operator: str) -> Stand:
        """How an operator stands, now."""
        period, count = self.registry.call("latest_period", service, operator)
        numbers = self.bonding.call("locks_of", service, operator)
        return Stand(
            start=period.start,
            end=period.end,
            periods=count,
            parameters=bytes(period.parameters),
            value=self.bonding.call("bonded_value", service, operator),
            locks=tuple((number, self.bonding.call("lock", number)) for number in numbers),
        )

    def text_of(self, template: bytes) -> str:
        """The promise as it was registered, from the event. Raises `UsageError` where the engine has no history."""
        for event in self._told("TemplateRegistered", template):
            return str(event.args.text)
        raise UsageError(f"the node doesn't tell the text of template 0x{template.hex()}: bring the file")

    def name_of_template(self, template: bytes) -> str:
        """What its text calls the promise; the beginning of the id where the text can't be read."""
        if template not in self._names:
            try:
                self._names[template] = compile_text(self.text_of(template)).name
            except (CommitmentError, UsageError):
                self._names[template] = f"0x{template.hex()[:8]}…"
        return self._names[template]

    def compiled(self, service: bytes) -> Compiled:
        """The promise of a service. Raises `UsageError` for a text that doesn't compile."""
        try:
            return compile_text(self.text_of(self.service(service).template))
        except CommitmentError as error:
            raise UsageError(f"the registered text doesn't compile: {error}") from None

    def text_binds(self, one: Service) -> bool | None:
        """Whether what is judged is what the text says: programs, kinds, spans, what may be chosen, and the terms.

        Anybody may register a text beside the programs of another one. None where the text can't be read.
        """
        try:
            text = self.text_of(one.template)
        except UsageError:
            return None
        try:
            compiled = compile_text(text)
            said = properties_of(compiled)
        except (CommitmentError, UsageError):
            return False
        checked = compiled.checked
        if (one.terms.slash, one.terms.cooldown, one.terms.review) != (checked.slash, checked.cooldown, checked.review):
            return False
        ranges = [tuple(self.registry.call("parameter_of", one.id, number)) for number in range(MAX_PARAMETERS)]
        if ranges != [*ranges_of(compiled), *[(0, False, 0, 0)] * (MAX_PARAMETERS - len(compiled.parameters))]:
            return False
        return said == [tuple(self.registry.call("property_of", one.id, number)) for number in range(len(said))] and (
            len(said) == 8 or not self._has_property(one.id, len(said))
        )

    def _has_property(self, service: bytes, number: int) -> bool:
        try:
            return bool(self.registry.call("property_of", service, number).kind)
        except Reverted:
            return False

    def parameters(self, service: bytes, operator: str) -> tuple[bytes, ...]:
        """What an operator chose when it entered last, from the event."""
        found: tuple[bytes, ...] = ()
        for event in self._told("OperatorEntered", service):
            if event.args.operator == operator:
                found = tuple(event.args.parameters)
        return found

    def register(self, template: Template, sender: str) -> Receipt:
        """Put a template into the registry."""
        return self.registry.send("register", *template.arguments, sender=sender)

    # -- what can be locked

    def token_of(self, what: str) -> tuple[Contract, int]:
        """A listed token by its name in the suite, with id 0; or the bond of a maturity in seconds, with its id."""
        if what in LISTED:
            return self.suite.contracts[what], 0
        if not what.isdecimal():
            raise UsageError(f"{what} can't be locked: a maturity, or {', '.join(LISTED)}")
        return self.suite.token, fixed_id(int(what))

    def name_of(self, token: str, identity: int) -> str:
        """What a lock holds, for people."""
        if identity:
            return f"bond of {maturity_of(identity)}"
        known = {self.suite.contracts[name].address: name for name in (*LISTED, "asset")}
        return known.get(token, token)

    def _told(self, event: str, first: bytes) -> list[Any]:
        return past(self.registry, event, first) if remembers(self.suite.engine) else []


def word(text: str, label: str) -> bytes:
    """32 bytes as typed. Raises `UsageError`."""
    try:
        found = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        found = b""
    if len(found) != 32:
        raise UsageError(f"{text} is no id of {label}: 0x and 64 hexadecimal digits")
    return found
