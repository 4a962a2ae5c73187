"""The whole of slashing on chain: escrow, terms and bonds with a real DelegationManager as the pool.

Operator and delegator have stake; another operator was slashed before; the service has a policy of its own; the
proposer is an account. Weeks are epochs.
"""

import pytest
from tests.gas.conftest import Check

from surety.sdk.artefacts import artefact
from surety.sdk.contract import Contract
from surety.sdk.suite import MAX_UINT, WEEK

pytestmark = pytest.mark.gas

STAKE = 10**21 + 123_456_789_123_456_789
WAD = 10**18
DAY = 86_400
ZERO = "0x" + "00" * 20
SERVICE = 7
REVIEW = 7 * DAY
TENTH = WAD // 10


class Slashing:
    """Operator with stake of its own and a delegator; a prover and a judge without a source of exposure."""

    def __init__(self, engine, people) -> None:
        self.engine = engine
        self.deployer, self.operator, self.delegator, self.prover, self.judge = people[:5]
        self.vetoer, self.confirmer, self.treasury, self.insurance, self.reporter = people[5:10]
        self.asset = self.create("MockERC20", "Dai", "DAI", 18)
        self.registry = self.create("MockStakeRegistry")
        self.registry.set_asset(0, self.asset.address, 0, 2**95 - 1, 1, sender=self.deployer)
        policy = (REVIEW, 3 * DAY, 1_000, 10**24, 3_000, 5_000, 500, False, 0, 0, self.treasury, self.insurance)
        people_of = (self.deployer, ZERO, self.vetoer, self.confirmer)
        blueprints = (self.blueprint("SlashEscrow"), self.blueprint("JudgementBonds"))
        self.terms = self.create("SlashingTerms", *blueprints, *people_of, policy)
        self.escrow = Contract(engine, self.terms.escrow(), artefact("SlashEscrow"))
        self.bonds = Contract(engine, self.escrow.bonds(), artefact("JudgementBonds"))
        registry = self.registry.address
        signer = self.blueprint("DelegationSigner")
        self.manager = self.create("DelegationManager", registry, registry, self.escrow.address, signer)
        self.terms.set_slashable(self.manager.address, True, sender=self.deployer)
        self.terms.set_proposer(self.prover, 2, ZERO, sender=self.deployer)
        self.terms.set_proposer(self.judge, 1, ZERO, sender=self.deployer)
        self.terms.add_policy(policy, sender=self.deployer)
        self.terms.set_policy(self.manager.address, 0, SERVICE, 2, sender=self.deployer)
        for one in people[:10]:
            self.asset.mint(one, 10**27, sender=one)
            self.asset.approve(self.manager.address, MAX_UINT, sender=one)
        self.asset.approve(self.bonds.address, MAX_UINT, sender=self.judge)
        for operator in (self.operator, self.delegator):
            self.registry.set_status(self.manager.address, operator, 1, sender=self.deployer)
            self.manager.open_pool(0, 1, 0, 0, sender=operator)
        engine.set_time((engine.timestamp // WEEK + 1) * WEEK + DAY)
        for owner in (self.operator, self.delegator):
            self.manager.deposit(owner, self.subject, STAKE, sender=owner)
        self.manager.deposit(self.delegator, int(self.delegator, 16), STAKE, sender=self.delegator)
        engine.advance(10 * WEEK)
        # the first slash of all, of another operator
        arguments = (self.manager.address, int(self.delegator, 16), 0, TENTH, 0, ZERO, ZERO, b"", 0)
        self.escrow.propose(*arguments, sender=self.prover)

    def create(self, name, *arguments) -> Contract:
        kind = artefact(name)
        return Contract(self.engine, self.engine.create(self.deployer, kind.creation(*arguments)).contract, kind)

    def blueprint(self, name) -> str:
        return self.engine.create(self.deployer, artefact(name).blueprint_initcode).contract

    @property
    def subject(self) -> int:
        return int(self.operator, 16)

    def queue(self, part) -> None:
        self.manager.queue(self.delegator, self.subject, STAKE // part, ZERO, sender=self.delegator)

    def propose(self, fraction=TENTH, service=SERVICE, sender=None, reporter=ZERO, harmed=ZERO, at=None) -> int:
        at = self.engine.timestamp - 8 * DAY if at is None else at
        arguments = (
            self.manager.address,
            self.subject,
            service,
            fraction,
            at,
            reporter,
            harmed,
            b"\x07" * 32,
            MAX_UINT,
        )
        return self.escrow.propose(*arguments, sender=sender or self.prover).gas_used


@pytest.fixture
def slashing(engine, people) -> Slashing:
    return Slashing(engine, people)


# -- seizures ---------------------------------------------------------------------------------------------------------


def test_propose__proven_no_queue__within_aim(slashing, check: Check) -> None:
    check("seize, nothing in the queue", slashing.propose())


def test_propose__proven_one_bucket__within_aim(slashing, check: Check) -> None:
    slashing.queue(3)
    slashing.engine.advance(60)
    check("seize, a bucket in the queue", slashing.propose())


def test_propose__proven_two_buckets__within_aim(slashing, check: Check) -> None:
    slashing.queue(4)
    slashing.engine.advance(WEEK)
    slashing.queue(4)
    slashing.engine.advance(60)
    check("seize, two buckets in the queue", slashing.propose())


def test_propose__reporter_and_harmed_named__within_aim(slashing, check: Check) -> None:
    gas = slashing.propose(reporter=slashing.reporter, harmed=slashing.treasury)
    check("seize, reporter and harmed named", gas)


def test_propose__judgement__within_aim(slashing, check: Check) -> None:
    check("seize for a judgement, with its bond", slashing.propose(sender=slashing.judge))


def test_propose__later_slash_of_the_service__within_aim(slashing, check: Check) -> None:
    for _ in range(4):
        slashing.propose()
    check("seize again, claim from a shared seizure", slashing.propose())


def test_propose__eighth_seizure__within_aim(slashing, check: Check) -> None:
    for service in (7, 8, 9):
        slashing.propose(service=service, sender=slashing.judge)
        slashing.propose(service=service, sender=slashing.judge)
    slashing.propose()
    check("seize, seven others open", slashing.propose())


# -- review and end ---------------------------------------------------------------------------------------------------


def test_veto__judgement__within_aim(slashing, check: Check) -> None:
    slashing.propose(sender=slashing.judge)
    slashing.engine.advance(DAY)
    check("veto a judgement", slashing.escrow.veto(2, "not so", sender=slashing.vetoer).gas_used)


def test_veto__proven__within_aim(slashing, check: Check) -> None:
    slashing.propose()
    slashing.engine.advance(DAY)
    check("announce the veto of a proven fault", slashing.escrow.announce_veto(2, "", sender=slashing.vetoer).gas_used)
    slashing.engine.advance(2 * DAY)
    check("veto a proven fault", slashing.escrow.veto(2, "not so", sender=slashing.confirmer).gas_used)


def test_finalise__alone__within_aim(slashing, check: Check) -> None:
    slashing.propose()
    slashing.engine.advance(REVIEW)
    check("finalise a slash", slashing.escrow.finalise(2, sender=slashing.deployer).gas_used)


def test_finalise__lien_on_an_earlier__within_aim(slashing, check: Check) -> None:
    slashing.propose(sender=slashing.judge, service=8)
    slashing.propose()
    slashing.engine.advance(REVIEW)
    gas = slashing.escrow.finalise(3, sender=slashing.deployer).gas_used
    check("finalise a slash, with a lien on an earlier one", gas)


def test_pull__each_part__within_aim(slashing, check: Check) -> None:
    slashing.propose(reporter=slashing.reporter, harmed=slashing.confirmer)
    slashing.engine.advance(REVIEW)
    slashing.escrow.finalise(2, sender=slashing.deployer)
    slashing.engine.advance(60)
    pulls = [slashing.escrow.pull(2, 0, slashing.reporter, sender=slashing.reporter).gas_used]
    slashing.engine.advance(60)
    pulls.append(slashing.escrow.pull(2, 3, slashing.treasury, sender=slashing.deployer).gas_used)
    check("pull the bounty", pulls[0])
    check("pull the treasury's part", pulls[1])


def test_pull_all__four_parts__within_aim(slashing, check: Check) -> None:
    slashing.propose(reporter=slashing.reporter, harmed=slashing.confirmer)
    slashing.engine.advance(REVIEW)
    slashing.escrow.finalise(2, sender=slashing.deployer)
    slashing.engine.advance(60)
    check("pull all four parts at once", slashing.escrow.pull_all(2, sender=slashing.deployer).gas_used)


def test_release__vetoed__within_aim(slashing, check: Check) -> None:
    slashing.propose(sender=slashing.judge)
    slashing.escrow.veto(2, "", sender=slashing.vetoer)
    slashing.engine.advance(30 * DAY)
    check("release a vetoed seizure", slashing.escrow.release(2, sender=slashing.deployer).gas_used)


def test_claim_refund__of_a_released_seizure__within_aim(slashing, check: Check) -> None:
    slashing.propose(sender=slashing.judge)
    slashing.escrow.veto(2, "", sender=slashing.vetoer)
    slashing.engine.advance(30 * DAY)
    slashing.escrow.release(2, sender=slashing.deployer)
    slashing.engine.advance(60)
    owner = slashing.delegator
    check("claim a refund", slashing.manager.claim_refund(owner, 2, ZERO, owner, sender=owner).gas_used)


def test_settle__forfeited__within_aim(slashing, check: Check) -> None:
    slashing.propose(sender=slashing.judge)
    slashing.escrow.veto(2, "", sender=slashing.vetoer)
    slashing.engine.advance(REVIEW + DAY)
    check("settle a forfeited bond", slashing.bonds.settle(2, sender=slashing.deployer).gas_used)


def test_collect__lien__within_aim(slashing, check: Check) -> None:
    slashing.propose(sender=slashing.judge, service=8)
    slashing.propose(reporter=slashing.reporter)
    slashing.escrow.veto(2, "", sender=slashing.vetoer)
    slashing.engine.advance(30 * DAY)
    slashing.escrow.finalise(3, sender=slashing.deployer)
    slashing.escrow.release(2, sender=slashing.deployer)
    check("collect a lien", slashing.escrow.collect(3, 2, sender=slashing.deployer).gas_used)
