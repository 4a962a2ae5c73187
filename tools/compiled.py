"""What the docs and the checks read of every deployable, from the cache of `surety.sdk.artefacts`."""

from __future__ import annotations

from pathlib import Path

from surety.sdk.artefacts import Artefact, artefact

ROOT = Path(__file__).resolve().parent.parent


def deployables(*, mocks: bool = False) -> list[Path]:
    """Paths of CamelCase sources, relative to the repository, sorted; test doubles only when asked for."""
    found = (ROOT / "contracts").rglob("[A-Z]*.vy")
    paths = sorted(path.relative_to(ROOT) for path in found)
    return [path for path in paths if mocks or path.parent.name != "mocks"]


def compiled(*, mocks: bool = False) -> list[Artefact]:
    """In the order of `deployables`. Raises `UsageError` with the compiler's words for one that doesn't compile."""
    return [artefact(path.stem, ROOT) for path in deployables(mocks=mocks)]


def domain(contract: Artefact) -> str:
    """The folder that a contract stands in."""
    return Path(contract.path).parent.name
