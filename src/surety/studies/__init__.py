"""Studies: what a simulator can honestly say of these mechanisms, each from the exact models, with a seed."""

from .cascades import cascades
from .concentration import concentration
from .conditions import conditions
from .detection import detection
from .draws import draws
from .evasion import evasion
from .exits import exits
from .hazard import hazard
from .heartbeats import heartbeats
from .inflation import inflation
from .integrity import integrity
from .latency import latency
from .payouts import payouts
from .receipts import receipts
from .retrievability import retrievability
from .service_level import service_level
from .services import services
from .study import Make, Study
from .watchers import watchers

STUDIES: dict[str, Make] = {
    "concentration": concentration,
    "cascades": cascades,
    "hazard": hazard,
    "exits": exits,
    "inflation": inflation,
    "payouts": payouts,
    "detection": detection,
    "evasion": evasion,
    "retrievability": retrievability,
    "watchers": watchers,
    "receipts": receipts,
    "latency": latency,
    "integrity": integrity,
    "draws": draws,
    "heartbeats": heartbeats,
    "service_level": service_level,
    "services": services,
    "conditions": conditions,
}
"""Name → the study of a seed."""

__all__ = ["STUDIES", "Make", "Study"]
