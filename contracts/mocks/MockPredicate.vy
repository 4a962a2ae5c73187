# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title A plug-in that answers as tests tell it
@license AGPL-3.0-only
@author Surety contributors
@notice Answers well, or in every way in which a plug-in should not.
@custom:security Test double: anybody sets its answers.
@custom:kill None.
@custom:invariant None.
"""

# Manners
TOLD: constant(uint256) = 0  # the answer that was set, of any length
FAILING: constant(uint256) = 1
BURNING: constant(uint256) = 2  # uses up the gas it gets
CALLING: constant(uint256) = 3  # calls `target`, which would write; says broken whatever comes of it
MEASURING: constant(uint256) = 4  # says broken if it gets less than `least` gas
COLD: constant(uint256) = 5  # says broken if a call of its own runs out of the gas that is left for it

manner: public(uint256)
answer: public(Bytes[2048])
target: public(address)
payload: public(Bytes[2048])
least: public(uint256)


@external
def tell(answer: Bytes[2048]):
    """
    @notice What `is_fault` answers from now on.
    @param answer Any bytes.
    """
    self.manner = TOLD
    self.answer = answer


@external
def behave(manner: uint256, target: address, payload: Bytes[2048], least: uint256):
    """
    @notice How it answers from now on.
    @param manner One of the above.
    @param target Whom CALLING calls.
    @param payload With what calldata.
    @param least Of MEASURING.
    """
    self.manner = manner
    self.target = target
    self.payload = payload
    self.least = least


@external
@view
@raw_return
def is_fault(
    service: bytes32, operator: address, parameters: DynArray[bytes32, 8], evidence: Bytes[4096]
) -> Bytes[2048]:
    """
    @notice See IPredicate.
    @param service Into the key where one is made up.
    @param operator Not looked at.
    @param parameters Not looked at.
    @param evidence Not looked at.
    @return What was told.
    """
    given: uint256 = msg.gas
    if self.manner == FAILING:
        raise "mock_predicate: failing"
    if self.manner == BURNING:
        burnt: bytes32 = service
        for _: uint256 in range(1_000_000):
            burnt = keccak256(burnt)
        assert burnt == empty(bytes32)
    if self.manner == CALLING:
        success: bool = raw_call(self.target, self.payload, is_static_call=True, revert_on_failure=False)
        return abi_encode(True, convert(success, uint256), block.timestamp)
    if self.manner == MEASURING:
        return abi_encode(given < self.least, service, block.timestamp)
    if self.manner == COLD:
        success: bool = raw_call(self, b"", gas=900_000, is_static_call=True, revert_on_failure=False)
        return abi_encode(not success, service, block.timestamp)
    return self.answer


@external
@view
def __default__():
    """
    @notice Uses 800,000 gas.
    """
    start: uint256 = msg.gas
    burnt: bytes32 = empty(bytes32)
    for _: uint256 in range(1_000_000):
        if start - msg.gas > 800_000:
            break
        burnt = keccak256(burnt)
