"""`python -m tools.study_docs [--update]`: what docs/studies.md quotes of studies is what their commands print now.

Between `<!-- study NAME -->` and `<!-- end -->` stand its question, the command, rows and what they say. Nobody writes
there by hand.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from surety.studies import STUDIES, Study
from surety.studies.page import table_of
from surety.studies.study import Cell
from tools.study_plots import ASSETS, ROOT, SEED, found, pictures

PAGE = ROOT / "docs" / "studies.md"
QUOTED = re.compile(r"(<!-- study (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


@dataclass(frozen=True)
class Excerpt:
    """Of a long table: the rows for which `keep` holds, by column; and the columns that are left out."""

    keep: Callable[[dict[str, Cell]], bool] = lambda row: True
    without: tuple[str, ...] = ()


EXCERPTS = {
    "cascades": Excerpt(without=("f = 1/2", "capital for locks", "fallen, 70 % needed")),
    "concentration": Excerpt(without=("Nakamoto 1/2",)),
    "conditions": Excerpt(
        without=(
            "shown by",
            "days that convict",
            "expected",
            "standard error",
            "days until then",
            "1 − (1 − p)^days",
            "hours to the record",
            "honest caught",
        ),
    ),
    "draws": Excerpt(without=("standard error",)),
    "evasion": Excerpt(without=("1% slash",)),
    "exits": Excerpt(keep=lambda row: row["asked, days before"] in (-1, 0, 12, 24, 25, 26, 33)),
    "hazard": Excerpt(
        keep=lambda row: row["members"] in (1, 2, 4, 8, 16, 32),
        without=("own part of a fault", "spread, votes dismiss"),
    ),
    "inflation": Excerpt(without=("most bonded after the shock, of target",)),
    "integrity": Excerpt(keep=lambda row: row["checked"] == 0.1, without=("standard error",)),
    "latency": Excerpt(keep=lambda row: row["understated, ms"] in (0, 400), without=("standard error",)),
    "payouts": Excerpt(
        keep=lambda row: row["weight"] == row["total / half"] == 1.0,
        without=("weight", "total / half", "most lost, units"),
    ),
    "receipts": Excerpt(keep=lambda row: row["colluding"] in (0.1, 0.5, 0.9), without=("standard error",)),
    "retrievability": Excerpt(keep=lambda row: row["samples"] in (1, 4, 16), without=("runs",)),
    "service_level": Excerpt(without=("uptime",)),
    "services": Excerpt(
        without=("promise", "expected", "standard error", "1 − (1 − p)^days", "honest caught"),
    ),
    "watchers": Excerpt(without=("standard error", "standard error ")),
}
"""Studies of which the page shows a part; `surety study run` prints the whole."""


def page(text: str) -> str:
    """The page with what it quotes made anew. Raises `ValueError` unless it quotes each study once."""
    named = [name for _, name, _ in QUOTED.findall(text)]
    if sorted(named) != sorted(STUDIES):
        raise ValueError(f"quoted: {', '.join(named)}; there are {', '.join(STUDIES)}")
    return QUOTED.sub(lambda match: f"{match[1]}{quoted(found(match[2]))}{match[3]}", text)


def quoted(study: Study) -> str:
    """Markdown of a study: its question, how to have it answered, rows of the answer, and what they say."""
    excerpt, rows = EXCERPTS.get(study.name, Excerpt()), table_of(study)
    if unknown := set(excerpt.without) - set(rows.head):
        raise ValueError(f"{study.name} has no column {', '.join(unknown)}")
    shown = [place for place, head in enumerate(rows.head) if head not in excerpt.without]
    lines = [
        _row(rows.head[place].strip() for place in shown),
        "|" + "|".join(":--" if place in rows.words else "--:" for place in shown) + "|",
    ]
    for cells, told in zip(study.rows, rows.rows, strict=True):
        if excerpt.keep(dict(zip(study.columns, cells, strict=True))):
            lines.append(_row(told[place] for place in shown))
    whole = "" if len(lines) - 2 == len(study.rows) and len(shown) == len(rows.head) else "   # the whole table"
    command = f"surety study run {study.name} --seed {SEED}"
    question = f"*{_plain(study.question)}*"
    return "\n".join(["", question, "", "```sh", command + whole, "```", "", *lines, "", _plain(study.reading), "", ""])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(_plain, cells))} |"


def _plain(text: str) -> str:
    """Text in which no sign means anything to Markdown."""
    return re.sub(r"([\\`*_<|\[\]])", r"\\\1", text)


def complaints() -> list[str]:
    """What is committed, but isn't what the studies say."""
    wrong = [name for name, content in pictures().items() if not _same(name, content)]
    text = PAGE.read_text()
    return [f"docs/assets/{name}" for name in wrong] + ([] if page(text) == text else ["docs/studies.md"])


def _same(name: str, content: str) -> bool:
    return (ASSETS / name).exists() and (ASSETS / name).read_text() == content


def main(arguments: list[str]) -> int:
    if "--update" in arguments:
        PAGE.write_text(page(PAGE.read_text()))
        for name, content in pictures().items():
            (ASSETS / name).write_text(content)
    wrong = complaints()
    if wrong:
        print("\n".join([*wrong, "`python -m tools.study_docs --update` writes them anew"]), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
