"""Maturities as people write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from math import log

import click

from surety.sdk.suite import Suite

WEEK = 604_800
YEAR = 31_536_000
SECONDS = {"d": 86_400, "w": 604_800, "m": YEAR // 12, "y": YEAR}
_TENOR = re.compile(r"^([0-9]{1,4})([dwmy])$")
_STAMP = re.compile(r"^[0-9]{9,11}$")
_HOURS = re.compile(r"^([0-9]{1,4})h$")
_LAST = 253_402_300_800
LONGEST = 10 * YEAR


class Maturity(click.ParamType):
    """`26w`, `6m`, `2y` (the first Thursday that far away), `2026-10-08`, or seconds since 1970."""

    name = "maturity"

    def convert(self, value: object, parameter: click.Parameter | None, context: click.Context | None) -> int:
        """Tenors come out as seconds below ten years, dates as timestamps, which are above."""
        text = str(value)
        if (seconds := _seconds(text)) is None:
            self.fail(f"{text!r}: write a tenor below ten years (26w, 6m, 2y), a date (2026-10-08) or a timestamp")
        return seconds

    @staticmethod
    def on_grid(suite: Suite, value: int) -> int:
        """A maturity of the market's grid: tenors are rounded up to it, dates are taken as they are."""
        return suite.maturity_for(value) if value < LONGEST else value

    @staticmethod
    def text(maturity: int) -> str:
        """ISO date of a timestamp."""
        return datetime.fromtimestamp(maturity, UTC).strftime("%Y-%m-%d")


class Expiry(click.ParamType):
    """`3h`, `5d`, `2w` from now, `2026-10-08` (its first second), or seconds since 1970."""

    name = "expiry"

    def convert(self, value: object, parameter: click.Parameter | None, context: click.Context | None) -> int:
        """Durations come out as seconds below ten years, dates as timestamps, which are above."""
        text = str(value)
        if hours := _HOURS.match(text):
            return int(hours[1]) * 3_600
        if (seconds := _seconds(text)) is None:
            self.fail(f"{text!r}: write hours, days or weeks (3h, 5d, 2w), a date (2026-10-08) or a timestamp")
        return seconds

    @staticmethod
    def after(value: int, now: int) -> int:
        """The last second: durations are counted from `now`."""
        return now + value if value < LONGEST else value

    @staticmethod
    def left(moment: int, now: int) -> str:
        """How long until then, in one unit."""
        seconds = moment - now
        if seconds < 0:
            return "over"
        for size, least, name in ((WEEK, 8, "weeks"), (86_400, 2, "days"), (3_600, 2, "hours")):
            if seconds >= least * size:
                return f"{seconds // size:,} {name}"
        return f"{seconds // 60} min"

    @staticmethod
    def text(moment: int) -> str:
        """ISO date and minute; beyond year 9999 the bare number."""
        return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M") if moment < _LAST else str(moment)


MATURITY = Maturity()
EXPIRY = Expiry()


def _seconds(text: str) -> int | None:
    """Seconds of a tenor or of a moment; None for other texts."""
    if tenor := _TENOR.match(text):
        seconds = int(tenor[1]) * SECONDS[tenor[2]]
        return seconds if 0 < seconds < LONGEST else None
    if _STAMP.match(text):
        return int(text)
    try:
        return int(datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None


def yield_of(paid: int, face: int, seconds: int) -> float | None:
    """Continuously compounded yield a year of paying `paid` for `face` in so many seconds; None if it has none."""
    return log(face / paid) * YEAR / seconds if paid > 0 and face > 0 and seconds > 0 else None


def rate_text(paid: int, face: int, seconds: int) -> str:
    """The same in per cent, or a dash."""
    rate = yield_of(paid, face, seconds)
    return "–" if rate is None else f"{100 * rate:.3f} %"
