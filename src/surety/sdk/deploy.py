"""Run the plan, recording each step before and after it is sent, so that a deployment killed anywhere is resumed.

Killed before sending: the record holds a pending step whose nonce is unused, and it is sent anew. Killed after sending:
the nonce is used, and what it was used for is found on the chain: the creation at the address that sender and nonce
give, or the effect of the call. A second run of a complete deployment sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..config import Config
from .artefacts import artefact, source_hash
from .contract import Contract
from .engines.base import Engine, Receipt
from .engines.rpc_engine import RpcEngine
from .errors import ChainError, RecordError, SetupError
from .plan import contracts_of, holders_of, made_by, plan, roles_of
from .plan_restaking import creation_address
from .record import DONE, PENDING, ContractRecord, Record, StepRecord, data_hash, describe, git_commit, network_name
from .root import repository_root
from .steps import Create, Send, Step
from .suite import ALL_CONTRACTS, CONTRACTS, Suite

Progress = Callable[[str, str, int, int], None]
"""Called with step, state (`pending`, `sent`, `done`, `kept`), number and count."""


def deploy(
    engine: Engine,
    config: Config,
    path: Path | None = None,
    *,
    deployer: str | None = None,
    asset: str = "MockERC20",
    progress: Progress = lambda step, state, number, count: None,
) -> tuple[Suite, Record]:
    """Deploy what is not deployed yet, and return the suite with its record, kept at `path` or in memory.

    Raises `ChainError` for the wrong chain, `RecordError` for a record that does not fit it, the configuration or the
    sources, `ConfigError` where the chain needs more than the configuration says, and `Reverted`.
    """
    if config.chain_id is not None and config.chain_id != engine.chain_id:
        raise ChainError(f"{config.path.name} is for chain {config.chain_id}, this is chain {engine.chain_id}")
    record = Record.load(path) if path is not None else None
    if record is not None and _is_of_a_gone_chain(engine, record):
        record = None
    if deployer is None:
        deployer = record.deployer if record else _first_account(engine)
    steps = plan(config, engine, deployer, asset)
    sources = source_hash(contracts_of(steps))
    if record is None:
        record = _new_record(engine, config, deployer, path, sources)
    else:
        _check_fits(record, engine, config, deployer, sources)
    run = _Run(engine, config, record, steps, progress)
    run.all()
    return Suite(engine, _suite_addresses(record)), record


def suite_of(engine: Engine, record: Record) -> Suite:
    """The suite that a complete record describes. Raises `RecordError` if it is another chain's or not complete."""
    if record.chain_id != engine.chain_id:
        raise RecordError(f"the record is of chain {record.chain_id}, this is chain {engine.chain_id}")
    if not record.complete:
        raise RecordError("the deployment was not finished: run deploy again, it resumes")
    blocks = {name: one.block for name, one in record.contracts.items() if one.block is not None}
    return Suite(engine, _suite_addresses(record), blocks)


class _Run:
    def __init__(
        self, engine: Engine, config: Config, record: Record, steps: tuple[Step, ...], progress: Progress
    ) -> None:
        self.engine = engine
        self.config = config
        self.record = record
        self.steps = steps
        self.progress = progress

    def all(self) -> None:
        for number, step in enumerate(self.steps, 1):
            kept = self.record.steps.get(step.name)
            if kept is not None and kept.state == DONE:
                self._check_there(step, kept)
                self.progress(step.name, "kept", number, len(self.steps))
                continue
            receipt = self._recovered(step, kept) if kept is not None else None
            if receipt is None:
                receipt = self._send(step, number)
            self.progress(step.name, "sent", number, len(self.steps))
            self._finish(step, receipt)
            self.progress(step.name, DONE, number, len(self.steps))
        if not self.record.complete:
            self._complete()

    def _send(self, step: Step, number: int) -> Receipt:
        sender = self.record.deployer
        nonce = self.engine.nonce(sender)
        data = self._data(step)
        if isinstance(step, Create) and step.expected is not None:
            self._check_expected(step, creation_address(sender, nonce))
        self.record.steps[step.name] = StepRecord(
            PENDING,
            nonce,
            self.engine.block_number,
            data_hash(data),
            creation_address(sender, nonce) if isinstance(step, Create) else None,
        )
        self.record.save()
        self.progress(step.name, PENDING, number, len(self.steps))
        if isinstance(step, Create):
            return self.engine.create(sender, data)
        return self.engine.transact(sender, self.record.addresses[step.to], data)

    def _check_expected(self, step: Create, address: str) -> None:
        """Raises `ChainError` if the deployer has sent something between two steps that belong together."""
        assert step.expected is not None
        told = step.expected(self.engine, self.record.addresses)
        if told != address:
            raise ChainError(
                f"{step.name} would be at {address}, where others were told {told}: the deployer has sent something "
                f"else meanwhile; move {_name(self.record)} away to deploy anew"
            )

    def _recovered(self, step: Step, kept: StepRecord) -> Receipt | None:
        """The receipt of a step that was sent but not recorded; None if it was not sent."""
        sender = self.record.deployer
        found: Receipt | None = None
        if isinstance(self.engine, RpcEngine):
            sent = self.engine.sent(sender, kept.nonce, kept.since_block)
            if sent is None:
                return None
            found, data = sent
            if data_hash(data) != kept.data_hash or found.status != 1:
                return None  # the nonce went to something else
        elif self.engine.nonce(sender) <= kept.nonce:
            return None
        if isinstance(step, Create):
            happened = kept.contract is not None and self.engine.code(kept.contract) != b""
        else:
            happened = step.is_done(self.engine, self.record.addresses)
        if not happened:
            return None
        blank = Receipt(1, 0, kept.since_block + 1, 0, (), b"", kept.contract)
        return found or blank  # engines without history know the effect only

    def _data(self, step: Step) -> bytes:
        known = self.record.addresses
        if isinstance(step, Create):
            return step.initcode(known)
        to = Contract(self.engine, known[step.to], artefact(ALL_CONTRACTS[step.to]))
        return to.encode(step.function, *step.arguments(known))

    def _finish(self, step: Step, receipt: Receipt) -> None:
        kept = self.record.steps[step.name]
        if isinstance(step, Create):
            if receipt.contract != kept.contract or receipt.contract is None:
                raise ChainError(f"{step.name} was created at {receipt.contract}, not at {kept.contract}")
            self._describe(step, receipt)
        else:
            self._describe_made(step, receipt.tx_hash, receipt.block)
        kept.state, kept.tx, kept.block = DONE, receipt.tx_hash, receipt.block
        self.record.save()

    def _describe(self, step: Create, receipt: Receipt) -> None:
        record, known = self.record, self.record.addresses
        assert receipt.contract is not None
        tx, block, commit = receipt.tx_hash, receipt.block, record.git_commit
        record.contracts[step.name] = describe(
            step.artefact(),
            receipt.contract,
            kind="blueprint" if step.blueprint else "contract",
            creator=record.deployer,
            tx=tx,
            block=block,
            arguments=step.arguments(known),
            commit=commit,
        )
        self._describe_made(step, tx, block)

    def _describe_made(self, step: Step, tx: str | None, block: int | None) -> None:
        """What the step's transaction created besides."""
        record = self.record
        for made in made_by(step.name, self.config, holders_of(self.config, self.engine)):
            known = {**record.addresses, "deployer": record.deployer}
            creator = Contract(self.engine, known[made.creator], artefact(ALL_CONTRACTS[made.creator]))
            record.contracts[made.name] = describe(
                artefact(made.contract),
                creator.call(made.view, *made.asked),
                creator=creator.address,
                tx=tx,
                block=block,
                arguments=made.arguments(known),
                commit=record.git_commit,
            )

    def _check_there(self, step: Step, kept: StepRecord) -> None:
        if kept.contract is not None and not self.engine.code(kept.contract):
            raise RecordError(
                f"{_name(self.record)} says {step.name} is at {kept.contract}, where this chain has no code: "
                "it is another chain of the same id; move the record away to deploy anew"
            )

    def _complete(self) -> None:
        holders = holders_of(self.config, self.engine)
        self.record.roles = roles_of(holders, self.record.addresses["timelock"], self.config)
        self.record.complete = True
        self.record.save()


def _new_record(engine: Engine, config: Config, deployer: str, path: Path | None, sources: str) -> Record:
    record = Record(
        chain_id=engine.chain_id,
        network=network_name(engine),
        deployer=deployer,
        config={"path": _relative(config.path), "hash": config.digest},
        source_hash=sources,
        git_commit=git_commit(),
        path=path,
    )
    if config.asset.address is not None:
        if not engine.code(config.asset.address):
            raise ChainError(f"{config.path.name}: asset.address: chain {engine.chain_id} has no contract there")
        record.contracts["asset"] = ContractRecord(config.asset.address, "ERC-20", "external")
    feed = config.restaking.price_feed if config.restaking is not None else None
    if feed is not None:
        if not engine.code(feed):
            raise ChainError(f"{config.path.name}: restaking.price_feed: chain {engine.chain_id} has no contract there")
        record.contracts["price_feed"] = ContractRecord(feed, "price feed", "external")
    return record


def _is_of_a_gone_chain(engine: Engine, record: Record) -> bool:
    """Whether a local chain was started anew since: its record describes nothing any more."""
    if not engine.local or record.chain_id != engine.chain_id or engine.nonce(record.deployer) > 0:
        return False
    return not any(engine.code(address) for address in record.addresses.values())


def _check_fits(record: Record, engine: Engine, config: Config, deployer: str, sources: str) -> None:
    name = _name(record)
    if record.chain_id != engine.chain_id:
        raise RecordError(f"{name} is of chain {record.chain_id}, this is chain {engine.chain_id}")
    kind = "complete" if record.complete else "half-done"
    advice = "move it away to deploy anew" if record.complete else "finish with what it was begun with, or move it away"
    if record.config["hash"] != config.digest:
        raise RecordError(f"{name} is a {kind} deployment of another configuration than {config.path.name}: {advice}")
    if record.source_hash != sources:
        raise RecordError(f"{name} is a {kind} deployment of other sources, of commit {record.git_commit}: {advice}")
    if not record.complete and record.deployer != deployer:
        raise RecordError(f"{name} was begun by {record.deployer}, not by {deployer}: {advice}")


def _suite_addresses(record: Record) -> dict[str, str]:
    at = record.addresses
    return {name: at[name] for name in ALL_CONTRACTS if name in CONTRACTS or name in at}


def _first_account(engine: Engine) -> str:
    if not engine.accounts:
        raise SetupError(f"nobody to deploy from on chain {engine.chain_id}: pass an account")
    return engine.accounts[0]


def _relative(path: Path) -> str:
    """Inside the repository as a path there, outside by name only: records go where no path of a machine should."""
    try:
        return path.resolve().relative_to(repository_root()).as_posix()
    except ValueError:
        return path.name


def _name(record: Record) -> str:
    return record.path.name if record.path else "the record"


__all__ = ["Create", "Send", "creation_address", "deploy", "suite_of"]
