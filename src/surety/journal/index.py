"""Messages by what properties ask of them, in SQLite: beside a journal as a file, or in memory.

The index is made from the journal and can be made again. What it knows besides is how long the journal was, so that a
journal which was put back to an older state is noticed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from surety.predicates import Compiled, ir
from surety.predicates.instructions import Op
from surety.predicates.values import LOOP_SLOT, Sight, at_slot, binding_of, joins_of, quantities_of

LAYOUT: Final = """
CREATE TABLE IF NOT EXISTS messages (number INTEGER PRIMARY KEY, id BLOB UNIQUE, service BLOB, kind BLOB, encoded BLOB,
                                     offset INTEGER);
CREATE INDEX IF NOT EXISTS by_kind ON messages (service, kind);
CREATE TABLE IF NOT EXISTS expressions (number INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE IF NOT EXISTS terms (expression INTEGER, value BLOB, message INTEGER,
                                  PRIMARY KEY (expression, value, message)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (number INTEGER PRIMARY KEY, text TEXT);
CREATE TABLE IF NOT EXISTS journal (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER, proof TEXT);
"""
COUNTED: Final = 256
"""How far the messages of a span are counted, to choose the condition that leaves fewest."""


@dataclass(frozen=True)
class Hold:
    """A commitment that somebody keeps: its service, who promised, and what the operator chose."""

    compiled: Compiled
    service: bytes
    operator: str
    parameters: tuple[bytes, ...] = ()

    @property
    def name(self) -> str:
        """What tells it from others."""
        return f"{self.service.hex()}:{self.compiled.text_hash.hex()}:{b''.join(self.parameters).hex()}"

    def sight(self, slots: dict[int, bytes]) -> Sight:
        """Of messages by slot."""
        return Sight(int(self.operator, 16), self.parameters, slots)

    def fits(self, binding: tuple[Op, bytes], encoded: bytes) -> bool:
        """Whether a message may be bound so: of the kind and service, by or to whom the binding says."""
        op, kind = binding
        if encoded[:32] != self.service or encoded[32:64] != kind:
            return False
        sender, recipient = (int.from_bytes(encoded[at : at + 32], "big") for at in (64, 96))
        if op == Op.OUT:
            return sender == int(self.operator, 16)
        return recipient == (int(self.operator, 16) if op == Op.IN else 0)

    def terms(self) -> Iterator[tuple[tuple[Op, bytes], ir.Ir]]:
        """What messages are looked up by: each binding with an expression of the message at the quantifier's slot."""
        for one in self.compiled.safety:
            quantities = quantities_of(one.rule)
            demands = (*one.rule.demands, *(demand for quantity in quantities for demand in quantity.demands))
            for slot, binding in enumerate(one.rule.bindings):
                for join in joins_of(demands, slot):
                    yield binding, at_slot(join.own, LOOP_SLOT)
            for quantity in quantities:
                for join in joins_of(quantity.demands, LOOP_SLOT):
                    yield binding_of(quantity), join.own


class Index:
    """In a file or in memory. Raises `sqlite3.DatabaseError` if the file is damaged."""

    def __init__(self, path: Path | None = None) -> None:
        self._base = sqlite3.connect(path or ":memory:", isolation_level=None)
        if path is not None:
            self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = NORMAL")
        self._base.executescript(LAYOUT)
        self._terms: dict[bytes, list[tuple[Hold, tuple[Op, bytes], ir.Ir, int]]] = {}
        self._numbers: dict[str, int] = {}

    def close(self) -> None:
        self._base.close()

    def begin(self) -> None:
        self._base.execute("BEGIN")

    def commit(self) -> None:
        self._base.execute("COMMIT")

    def forget(self) -> None:
        """Empty it, to be filled anew."""
        for table in ("messages", "expressions", "terms", "notes", "journal"):
            self._base.execute(f"DELETE FROM {table}")
        self._terms, self._numbers = {}, {}

    # -- what the journal was like

    def seen(self) -> tuple[int, str]:
        """Bytes of the journal that it covers, and the proof of the last line there."""
        found = self._base.execute("SELECT size, proof FROM journal").fetchone()
        return (0, "") if found is None else (int(found[0]), str(found[1]))

    def set_seen(self, size: int, proof: str) -> None:
        self._base.execute("INSERT OR REPLACE INTO journal VALUES (1, ?, ?)", (size, proof))

    def note(self, text: str) -> None:
        """Keep what the journal says besides messages."""
        self._base.execute("INSERT INTO notes (text) VALUES (?)", (text,))

    def notes(self) -> list[str]:
        return [text for (text,) in self._base.execute("SELECT text FROM notes ORDER BY number")]

    # -- writing

    def hold(self, one: Hold, past: bool = True) -> None:
        """Look messages up for the properties of a commitment; with `past`, those too that are there already."""
        terms = self._terms.setdefault(one.service, [])
        for binding, node in one.terms():
            number = self._number(one, binding, node)
            if number not in {known for *_, known in terms}:
                terms.append((one, binding, node, number))
        if past:
            rows = self._base.execute("SELECT number, encoded FROM messages WHERE service = ?", (one.service,))
            for number, encoded in rows.fetchall():
                self._describe(number, encoded)

    def add(self, encoded: bytes, identity: bytes, offset: int = 0) -> bool:
        """One more message. False for one that it has already."""
        done = self._base.execute(
            "INSERT OR IGNORE INTO messages (id, service, kind, encoded, offset) VALUES (?, ?, ?, ?, ?)",
            (identity, encoded[:32], encoded[32:64], encoded, offset),
        )
        if done.rowcount and done.lastrowid is not None:
            self._describe(done.lastrowid, encoded)
        return bool(done.rowcount)

    def _describe(self, message: int, encoded: bytes) -> None:
        for hold, binding, node, number in self._terms.get(encoded[:32], ()):
            if hold.fits(binding, encoded):
                value = hold.sight({LOOP_SLOT: encoded}).value(node)
                if value is not None:
                    row = (number, value.to_bytes(32, "big"), message)
                    self._base.execute("INSERT OR IGNORE INTO terms VALUES (?, ?, ?)", row)

    # -- reading

    def __len__(self) -> int:
        return int(self._base.execute("SELECT count(*) FROM messages").fetchone()[0])

    def offset(self, identity: bytes) -> int | None:
        """Where the journal has a message; None if it is unknown."""
        found = self._base.execute("SELECT offset FROM messages WHERE id = ?", (identity,)).fetchone()
        return None if found is None else int(found[0])

    def of_kind(self, hold: Hold, binding: tuple[Op, bytes]) -> Iterator[bytes]:
        """All messages that a binding may name, oldest first."""
        rows = self._base.execute(
            "SELECT encoded FROM messages WHERE service = ? AND kind = ? ORDER BY number", (hold.service, binding[1])
        )
        return (encoded for (encoded,) in rows if hold.fits(binding, encoded))

    def within(
        self, hold: Hold, binding: tuple[Op, bytes], node: ir.Ir, span: tuple[int, int]
    ) -> tuple[int, Iterator[bytes]]:
        """How many messages have an expression (of the quantifier's slot) in a span, counted to a few; and they.

        Raises `KeyError` for an expression that the commitment isn't known to ask for: none would be found by it.
        """
        number = self._numbers[self._name(hold, binding, node)]
        low, high = (end.to_bytes(32, "big") for end in span)
        counted = "SELECT count(*) FROM (SELECT 1 FROM terms WHERE expression = ? AND value BETWEEN ? AND ? LIMIT ?)"
        count = int(self._base.execute(counted, (number, low, high, COUNTED)).fetchone()[0])
        rows = self._base.execute(
            "SELECT encoded FROM terms JOIN messages ON number = message "
            "WHERE expression = ? AND value BETWEEN ? AND ? ORDER BY value, number",
            (number, low, high),
        )
        return count, (encoded for (encoded,) in rows)

    def _number(self, hold: Hold, binding: tuple[Op, bytes], node: ir.Ir) -> int:
        name = self._name(hold, binding, node)
        if name not in self._numbers:
            self._base.execute("INSERT OR IGNORE INTO expressions (name) VALUES (?)", (name,))
            found = self._base.execute("SELECT number FROM expressions WHERE name = ?", (name,)).fetchone()
            self._numbers[name] = int(found[0])
        return self._numbers[name]

    @staticmethod
    def _name(hold: Hold, binding: tuple[Op, bytes], node: ir.Ir) -> str:
        return f"{hold.name}:{binding[0].name}:{binding[1].hex()}:{node!r}"
