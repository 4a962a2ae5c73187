# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Makes liquid delegations
@license AGPL-3.0-only
@author Surety contributors
@notice Anybody makes a LiquidDelegation behind an operator that has a pool of an ERC-20: with whichever governor, notice and name, and always
    with the ledger, escrow, rewards and code of this factory. So `is_vault` says that a vault keeps all its promises but
    for who its governor is; there may be many over one pool.
@dev The two names under which a vault's tickets are kept apart (TicketName) are shared by all vaults of an asset, and made with the
    first.
@custom:security Trusts what it was made with. Names and symbols are anybody's choice and prove nothing.
@custom:kill None: no role, no pause.
@custom:invariant INV-LQD-13 (specs/liquid-delegation.md)
"""

# -- interfaces -------------------------------------------------------------------------------------------------------

from ...interfaces import ILiquidDelegation
from ...interfaces import ILiquidFactory

implements: ILiquidFactory

# -- immutables -------------------------------------------------------------------------------------------------------

MANAGER: immutable(address)
ESCROW: immutable(address)
POOLS: immutable(address)  # PoolRewards
VAULT_BLUEPRINT: immutable(address)
REWARDS_BLUEPRINT: immutable(address)
NAME_BLUEPRINT: immutable(address)

# -- storage ----------------------------------------------------------------------------------------------------------

is_vault: public(HashMap[address, bool])
vault_count: public(uint256)
vaults: public(HashMap[uint256, address])  # from 1, in the order of their making
_names: HashMap[uint256, address[2]]  # asset: of even and of odd epochs


# -- constructor ------------------------------------------------------------------------------------------------------


@deploy
def __init__(
    manager: address,
    escrow: address,
    pools: address,
    vault_blueprint: address,
    rewards_blueprint: address,
    name_blueprint: address,
):
    """
    @notice For one ledger, for ever.
    @param manager DelegationManager.
    @param escrow The SlashEscrow that it was made for.
    @param pools PoolRewards over it.
    @param vault_blueprint Of LiquidDelegation.
    @param rewards_blueprint Of LiquidRewards.
    @param name_blueprint Of TicketName.
    """
    MANAGER = manager
    ESCROW = escrow
    POOLS = pools
    VAULT_BLUEPRINT = vault_blueprint
    REWARDS_BLUEPRINT = rewards_blueprint
    NAME_BLUEPRINT = name_blueprint


# -- anyone -----------------------------------------------------------------------------------------------------------


@external
def create(subject: uint256, governor: address, notice: uint256, name: String[25], symbol: String[5]) -> address:
    """
    @notice Make a vault. Reverts for its reasons: no such pool, an asset that is no ERC-20, a notice out of range.
    @param subject Pool.
    @param governor Who may move its cash to another operator; zero: nobody.
    @param notice Seconds between announcing and making a move, 14 to 90 days.
    @param name Of the share.
    @param symbol Of the share.
    @return LiquidDelegation.
    """
    asset: uint256 = subject >> 160
    names: address[2] = self._names[asset]
    if names[0] == empty(address):
        names[0] = create_from_blueprint(NAME_BLUEPRINT, MANAGER, asset)
        names[1] = create_from_blueprint(NAME_BLUEPRINT, MANAGER, asset)
        self._names[asset] = names
    vault: address = create_from_blueprint(
        VAULT_BLUEPRINT, MANAGER, ESCROW, subject, names, governor, notice, name, symbol, REWARDS_BLUEPRINT, POOLS
    )
    self.is_vault[vault] = True
    self.vault_count += 1
    self.vaults[self.vault_count] = vault
    rewards: address = staticcall ILiquidDelegation(vault).rewards()
    log ILiquidFactory.VaultCreated(subject=subject, vault=vault, governor=governor, rewards=rewards, notice=notice)
    return vault


# -- views ------------------------------------------------------------------------------------------------------------


@view
@external
def names_of(asset: uint256) -> address[2]:
    """
    @notice Under what tickets of an asset's vaults stand in DelegationManager.
    @param asset Its number.
    @return TicketName of even and of odd epochs; zeros before the first vault.
    """
    return self._names[asset]


@view
@external
def wiring() -> (address, address, address, address, address, address):
    """
    @notice What vaults are made with.
    @return Ledger, escrow, PoolRewards, blueprints of vault, rewards and names.
    """
    return MANAGER, ESCROW, POOLS, VAULT_BLUEPRINT, REWARDS_BLUEPRINT, NAME_BLUEPRINT
