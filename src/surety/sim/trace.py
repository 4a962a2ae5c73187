"""The trace of a run: one row an action, in the order they happened, written as JSON lines and as Parquet."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import polars as pl


@dataclass(frozen=True)
class Row:
    """One action. Integers in `args` and `result` are decimal text, so that no reader rounds them; gas 0 is unknown."""

    index: int
    time: int
    actor: str
    call: str
    args: dict[str, str]
    ok: bool
    result: str
    gas: int


@dataclass
class Trace:
    """Rows so far."""

    rows: list[Row] = field(default_factory=list)

    def add(self, time: int, actor: str, call: str, args: dict[str, str], ok: bool, result: str, gas: int) -> Row:
        """Append an action; `result` is the returned value or, if it reverted, the reason."""
        row = Row(len(self.rows), time, actor, call, args, ok, result, gas)
        self.rows.append(row)
        return row

    def gas_by_call(self) -> dict[str, list[int]]:
        """Gas of the successful actions whose gas is known, by call."""
        by_call: dict[str, list[int]] = {}
        for row in self.rows:
            if row.ok and row.gas:
                by_call.setdefault(row.call, []).append(row.gas)
        return by_call

    def lines(self) -> list[str]:
        """One JSON object a row, keys in a fixed order."""
        return [json.dumps(asdict(row), ensure_ascii=False, separators=(",", ":")) for row in self.rows]

    def write_jsonl(self, path: Path) -> None:
        """Write the rows as JSON lines."""
        path.write_text("\n".join(self.lines()) + "\n")

    def write_parquet(self, path: Path) -> None:
        """Write the rows as Parquet, arguments as one JSON column."""
        columns = [{**asdict(row), "args": json.dumps(row.args)} for row in self.rows]
        pl.DataFrame(columns).write_parquet(path, statistics=False)
