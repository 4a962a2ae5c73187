"""The closing account: what the chain holds, against what the trace adds up to, to the last unit."""

from __future__ import annotations

from collections.abc import Sequence

from .history import LedgerLine
from .tally import Tally
from .venue import Venue


def close_ledger(venue: Venue, tally: Tally, savers: Sequence[str]) -> list[LedgerLine]:
    """Lines that must all balance, in smallest units: the left side is read from the chain."""
    books = venue.books(savers)
    back = tally.bought_back + tally.redeemed
    return [
        LedgerLine("assets in existence = assets handed out", books.asset_supply, tally.minted),
        LedgerLine("savers + treasury + issuer = assets in existence", sum(books.holders), books.asset_supply),
        LedgerLine("treasury's balance = escrow + reserve", books.treasury_balance, books.escrow + books.reserve),
        LedgerLine("escrow = face outstanding", books.escrow, tally.outstanding),
        LedgerLine("bond tokens in existence = face outstanding", books.bond_supply, tally.outstanding),
        LedgerLine("bought back + redeemed + escrow = face sold", back + books.escrow, tally.sold),
        LedgerLine("reserve = funded − discounts granted + regained", books.reserve, tally.reserve),
        LedgerLine("savers' assets = wealth − paid + received", sum(books.savers), tally.savers_cash),
    ]
