"""Studies: what a simulator can honestly say of these mechanisms, each from the exact models, with a seed."""

from .concentration import concentration
from .detection import detection
from .evasion import evasion
from .payouts import payouts
from .retrievability import retrievability
from .study import Make, Study

STUDIES: dict[str, Make] = {
    "concentration": concentration,
    "payouts": payouts,
    "detection": detection,
    "evasion": evasion,
    "retrievability": retrievability,
}
"""Name → the study of a seed."""

__all__ = ["STUDIES", "Make", "Study"]
