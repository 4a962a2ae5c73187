"""Pages of the site that nobody writes by hand, handed to mkdocs as it builds: nothing is written into the tree."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # mkdocs loads a hook by its path

from tools import contract_docs, gas_docs
from tools.compiled import ROOT, compiled, deployables

MERMAID = ROOT / "node_modules" / "@mermaid-js" / "tiny" / "dist" / "mermaid.tiny.js"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Hangs the pages that are found by looking under their sections of the menu."""
    found = {
        "Contracts": [f"contracts/{path.stem}.md" for path in deployables()],
        "Specs": [f"specs/{path.name}" for path in _pages("specs")],
        "Decisions": [f"decisions/{path.name}" for path in _pages("docs/decisions")],
    }
    for section in config.nav or []:
        for title, pages in found.items():
            if isinstance(section, dict) and title in section:
                section[title] = [*section[title], *pages]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the made pages, and the script that draws the diagrams."""
    contracts = compiled()
    pages = {
        "contracts/index.md": contract_docs.index(contracts),
        "gas.md": gas_docs.page(),
        "specs/index.md": _index("Specs", "Purpose, states, formulas and invariants of each part.", _pages("specs")),
        "decisions/index.md": _index(
            "Decisions", "Where the suite departs from its first design, and why.", _pages("docs/decisions")
        ),
    }
    pages |= {f"contracts/{contract.name}.md": contract_docs.page(contract) for contract in contracts}
    pages |= {f"specs/{path.name}": path.read_text().replace("](../docs/", "](../") for path in _pages("specs")}
    for uri, content in pages.items():
        files.append(File.generated(config, uri, content=content))
    files.append(File.generated(config, "assets/mermaid.tiny.js", abs_src_path=str(MERMAID)))
    return files


def on_serve(server: Any, **_: Any) -> Any:
    """Builds anew when a source of a made page changes."""
    for folder in ("contracts", "interfaces", "specs", "tests/gas"):
        server.watch(str(ROOT / folder))
    return server


def _pages(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).glob("*.md") if path.name.lower() not in ("index.md", "readme.md"))


def _index(title: str, purpose: str, pages: list[Path]) -> str:
    rows = [f"- [{_title(path)}]({path.name})" for path in pages] or ["None yet."]
    return "\n\n".join([f"# {title}", purpose, "\n".join(rows)]) + "\n"


def _title(path: Path) -> str:
    lines = path.read_text().splitlines()
    return next((line[2:].strip() for line in lines if line.startswith("# ")), path.stem)
