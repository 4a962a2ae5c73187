"""One HTML page of studies that works offline, in the style of the demonstration's report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from plotly.offline import get_plotlyjs

from surety.report.tables import Table

from .study import Study, told


def write_page(studies: Sequence[Study], seed: int, out_dir: Path) -> Path:
    """Write `index.html` and `studies.json` into `out_dir`; returns the page's path."""
    out_dir.mkdir(parents=True, exist_ok=True)
    rows = {"seed": seed, "studies": [one.as_json() for one in studies]}
    (out_dir / "studies.json").write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    page = out_dir / "index.html"
    page.write_text(render(studies, seed))
    return page


def render(studies: Sequence[Study], seed: int) -> str:
    """The page as text."""
    environment = Environment(
        loader=PackageLoader("surety.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    pictures = {one.name: one.figure for one in studies if one.figure is not None}
    parts = [
        {
            "title": one.question,
            "text": one.reading,
            "figure": one.name if one.figure is not None else None,
            "table": table_of(one),
            "promise": None,
        }
        for one in studies
    ]
    return environment.get_template("page.html.j2").render(
        title="Studies",
        lead="What happens when many people act many times on these rules: each number comes from the exact models "
        "that the contracts are tested against, with a seed.",
        facts=[],
        parts=parts,
        figures=json.dumps(pictures, separators=(",", ":")).replace("</", "<\\/"),
        plotly_js=get_plotlyjs(),
        footer=f"surety study run {' '.join(one.name for one in studies)} --seed {seed}; studies.json beside this page "
        "has the rows.",
    )


def table_of(study: Study) -> Table:
    """Its rows as text; columns of words are left-aligned."""
    words = tuple(place for place in range(len(study.columns)) if study.rows and isinstance(study.rows[0][place], str))
    return Table(study.columns, [tuple(told(cell) for cell in row) for row in study.rows], words)
