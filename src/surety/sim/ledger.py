"""The closing account: what the chain holds, against what the trace adds up to, to the last unit."""

from __future__ import annotations

from collections.abc import Sequence

from .desk import Desk
from .history import LedgerLine
from .tally import Tally
from .venue import Venue


def close_ledger(venue: Venue, desk: Desk, tally: Tally, savers: Sequence[str]) -> list[LedgerLine]:
    """Lines that must all balance, in smallest units: the left side is read from the chain."""
    books = venue.books(savers)
    back = tally.bought_back + tally.redeemed
    return [
        LedgerLine("asset supply = minted", books.asset_supply, tally.minted),
        LedgerLine("all balances = asset supply", sum(books.holders), books.asset_supply),
        LedgerLine("treasury = escrow + reserves", books.treasury_balance, books.booked),
        LedgerLine("escrow = face outstanding", books.escrow, tally.outstanding),
        LedgerLine("bond supply = face outstanding", books.bond_supply, tally.outstanding),
        LedgerLine("back + redeemed + escrow = sold", back + books.escrow, tally.sold),
        LedgerLine("reserve = funded − net + fees", books.reserve, tally.reserve),
        LedgerLine("savers = brought − paid + got", books.private, tally.savers_cash),
        LedgerLine("interest fund = funded − paid", books.interest, tally.interest_reserve),
        LedgerLine("fees of the exchange = booked", tally.absorbed, tally.fees),
        LedgerLine("lock holds = locked − withdrawn", desk.in_lock(sorted(venue.maturities)), tally.still_locked),
    ]
