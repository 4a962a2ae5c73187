"""The public property list of ERC-4626 (a16z's erc4626-tests), as far as it goes with asynchronous redemptions, and
what ERC-7540 asks of those, for any such vault.

`actor` calls, `owner` holds shares and has made the actor its operator, `receiver` gets, `other` looks on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import boa


class Moved(NamedTuple):
    """Result of a call, and what it changed of the assets and shares of owner, actor and receiver."""

    result: int
    assets: dict[str, int]
    shares: dict[str, int]


class Cast(NamedTuple):
    """A vault, its asset, and who is who."""

    vault: Any
    token: Any
    owner: str
    actor: str
    other: str
    receiver: str

    def moved(self, call: Callable[[], int]) -> Moved:
        """What the call does."""
        before = self._balances(self.token), self._balances(self.vault)
        result = call()
        now = self._balances(self.token), self._balances(self.vault)
        changed = [
            {who: after[who] - earlier[who] for who in after if after[who] != earlier[who]}
            for earlier, after in zip(before, now, strict=True)
        ]
        return Moved(result, *changed)

    def _balances(self, token: Any) -> dict[str, int]:
        return {who: token.balanceOf(who) for who in (self.owner, self.actor, self.receiver)}

    # -- properties --

    def check_views(self, value: int) -> None:
        """prop_asset, prop_totalAssets, prop_convertTo*, prop_max*: no revert, no caller; conversions round down."""
        vault, owner, receiver = self.vault, self.owner, self.receiver
        assert vault.asset() == self.token.address
        if vault.totalAssets():
            assert vault.convertToShares(value, sender=owner) == vault.convertToShares(value, sender=receiver)
            assert vault.convertToAssets(vault.convertToShares(value)) <= value
            assert vault.convertToShares(vault.convertToAssets(value)) <= value
        assert vault.convertToAssets(value, sender=owner) == vault.convertToAssets(value, sender=receiver)
        assert vault.convertToAssets(0) == 0
        for view in (vault.maxDeposit, vault.maxMint):
            assert view(owner, sender=owner) == view(receiver, sender=self.actor)
        for view in (vault.maxWithdraw, vault.maxRedeem):
            assert view(owner, sender=owner) == view(owner, sender=self.actor)
            assert view(receiver) == 0

    def check_deposit(self, assets: int) -> None:
        """prop_deposit, prop_previewDeposit."""
        preview = self.vault.previewDeposit(assets, sender=self.other)
        done = self.moved(lambda: self.vault.deposit(assets, self.receiver, sender=self.actor))
        assert done == (preview, {self.actor: -assets}, {self.receiver: preview})
        assert self.vault.convertToAssets(preview) <= assets + 1

    def check_mint(self, shares: int) -> None:
        """prop_mint, prop_previewMint."""
        preview = self.vault.previewMint(shares, sender=self.other)
        done = self.moved(lambda: self.vault.mint(shares, self.receiver, sender=self.actor))
        assert done == (preview, {self.actor: -preview}, {self.receiver: shares})

    def check_request(self, shares: int, held: int) -> None:
        """Shares leave and nothing is paid; nobody else can ask for them."""

        def asked() -> int:
            vault, receiver = self.vault, self.receiver
            return int(vault.pendingRedeemRequest(0, receiver) + vault.claimableRedeemRequest(0, receiver))

        before = asked()
        done = self.moved(lambda: self.vault.requestRedeem(shares, self.receiver, self.owner, sender=self.actor))
        assert done == (0, {}, {self.owner: -shares})
        assert asked() - before == shares
        with boa.reverts():
            self.vault.requestRedeem(held, self.receiver, self.owner, sender=self.other)

    def check_claims(self, shares: int) -> None:
        """prop_redeem, prop_withdraw, prop_maxRedeem, prop_maxWithdraw: exact, for the controller, not above."""
        vault, owner, receiver, actor = self.vault, self.owner, self.receiver, self.actor
        assets = vault.maxWithdraw(owner)
        for call in (vault.redeem, vault.withdraw):
            with boa.reverts("async_vault: more than is claimable"):
                call(max(vault.maxRedeem(owner), assets) + 1, receiver, owner, sender=actor)
        due = shares * assets // vault.maxRedeem(owner)
        done = self.moved(lambda: vault.redeem(shares, receiver, owner, sender=actor))
        assert done == (due, {receiver: due} if due else {}, {})
        rest = vault.maxWithdraw(owner)
        assert rest == assets - due
        if rest:
            left = vault.maxRedeem(owner)
            done = self.moved(lambda: vault.withdraw(rest, receiver, owner, sender=actor))
            assert done == (left, {receiver: rest}, {})
        assert vault.maxWithdraw(owner) == 0
