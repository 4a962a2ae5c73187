"""Deadlines where a sequencer may stand still, as `sequencer.vy` tells them. Times are seconds."""

from __future__ import annotations

from dataclasses import dataclass

DAY = 86_400
SILENCE = DAY
OUTAGE = 7 * DAY


@dataclass(frozen=True)
class Uptime:
    """What a sequencer's feed says; `silent`: nothing that makes sense."""

    down: bool = False
    since: int = 1
    silent: bool = False


def due(uptime: Uptime | None, now: int, start: int, span: int) -> int:
    """Last second for what was asked for at `start`, as far as is known now; `uptime` None: there is no feed."""
    due = start + span
    if uptime is None or now <= due:
        return due
    if uptime.silent or not 0 < uptime.since <= now:
        return due + SILENCE
    return max(start, uptime.since) + span + (OUTAGE if uptime.down else 0)
