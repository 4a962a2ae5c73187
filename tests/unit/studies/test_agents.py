"""S0.5, S4.50: agents of each kind of service and each condition of a slash, judged by the models and the programs."""

import numpy as np
import pytest

from surety.models.commitments import WAD
from surety.studies.agents import NOTHING, SERVING, Attester, Fetcher, Store
from surety.studies.cases import START, worked
from surety.studies.conditions import conditions
from surety.studies.hearing import ANSWERED, KEPT, Hearing, Shown
from surety.studies.offenders import CONDITIONS, Contractor, Intruder, Miner, Reporter
from surety.studies.services import services
from surety.studies.trials import DAYS, FAULTS, RUNS, hear, month, trial

AGENTS = dict.fromkeys([*SERVING, *(kind for _, kind in CONDITIONS)])
SEEN = [kind for kind in AGENTS if kind.shows != NOTHING]
UNSEEN = [kind for kind in AGENTS if kind.shows == NOTHING]


@pytest.fixture(scope="module")
def by_service():
    return services(1)


@pytest.fixture(scope="module")
def by_condition():
    return conditions(1)


def outcomes(agent, days=200):
    rng = np.random.default_rng(7)
    return {agent.serve(rng) for _ in range(days)}


def test_s0_5_services__each_kind__has_an_agent_of_its_worked_commitment(by_service):
    assert [one.partition(":")[0] for one in by_service.column("promise")] == [
        *["attestation"] * 2,
        *["retrievability"] * 2,
        *["processing"] * 2,
        *["throughput"] * 2,
    ]
    assert set(by_service.column("service")) == {"attestation", "storage", "compute", "bandwidth"}


def test_s4_50_conditions__all_six__have_an_agent(by_condition):
    assert list(dict.fromkeys(by_condition.column("condition"))) == [
        "consistent misreporting",
        "missing proofs",
        "missed challenges",
        "threshold of an SLA",
        "breach of security",
        "misuse of resources",
    ]


@pytest.mark.parametrize("kind", AGENTS)
def test_s0_5_s4_50_honest__every_kind_of_day__keeps_the_promise(kind):
    agent = kind(False)
    heard = [hear(agent, outcome) for outcome in outcomes(agent)]
    assert heard
    assert all(one.fraction is None and one.reason in (KEPT, ANSWERED) for one in heard)


@pytest.mark.parametrize("kind", SEEN)
def test_s0_5_s4_50_cheating__exactly_the_days_with_something_false__are_recorded_with_the_promised_slash(kind):
    agent, both = kind(True), set()
    for outcome in outcomes(agent):
        both.add(outcome[1])
        found = hear(agent, outcome)
        assert found.fraction == (worked(kind.commitment).checked.slash if outcome[1] else None)
    assert both == {False, True}


@pytest.mark.parametrize("kind", UNSEEN)
def test_s0_5_s4_50_unseen__cheats_that_leave_nothing__are_never_convicted(kind):
    """What no promise over messages can do: these cheat every day, and a row says that nothing shows it."""
    agent = kind(True)
    assert all(hear(agent, outcome).fraction is None for outcome in outcomes(agent))
    assert month(np.random.default_rng(1), agent) == 0


@pytest.mark.parametrize("kind", [Intruder, Miner, Fetcher])
def test_s4_50_no_evidence__what_others_hold__is_word_for_word_an_honest_day(kind):
    """So whatever program is asked, it says the same of both."""
    service = bytes(32)
    for number, _ in outcomes(kind(True)):
        assert kind(True).shown((number, kind is not Fetcher), 3, service) == kind(False).shown(
            (number, False), 3, service
        )


@pytest.mark.parametrize("name", ["by_service", "by_condition"])
def test_s0_5_s4_50_chance__by_trials__is_within_errors_of_the_closed_forms(name, request):
    study = request.getfixturevalue(name)
    columns = ("days that convict", "expected", "standard error", f"caught in {DAYS} days", "1 − (1 − p)^days")
    for day, chance, error, caught, expected in zip(*map(study.column, columns), strict=True):
        assert abs(day - chance) <= 4 * error
        assert abs(caught - expected) <= 4 * np.sqrt(expected * (1 - expected) / RUNS) + 1e-3
    assert study.column("honest caught") == [0.0] * len(study.rows)


def test_s4_50_time__messages_a_block_after_silence_when_overdue(by_condition):
    hours = dict(zip(by_condition.column("agent"), by_condition.column("hours to the record"), strict=True))
    assert hours["keeps six pieces of eight"] == pytest.approx(6 + 1 / 3_600)
    assert hours["sleeps through a tenth of the days"] == pytest.approx(1 + 1 / 3_600)
    assert hours["reports half of every latency"] == pytest.approx(12 / 3_600)


def test_s4_50_consistent_misreporting__each_report_counts__until_the_cap_of_a_window():
    """A hearing of daily false reports: as many faults as the cap has room for, in each window of 14 or 7 days."""
    agent, slash = Reporter(True), worked("latency").checked.slash
    hearing = Hearing(agent.commitment, agent.promise, agent.chosen, cap=FAULTS * slash)
    days = range(1, 8)
    told = [hearing.hear(agent.shown((0, True), day, hearing.service), START + 86_400 * day).fraction for day in days]
    windows = {(START + 86_400 * day) // max(worked("latency").checked.cooldown, 7 * 86_400) for day in days}
    assert sum(told) <= len(windows) * FAULTS * slash
    assert told[:FAULTS] == [slash] * FAULTS
    assert sum(told) < len(days) * slash


def test_s4_50_sla__the_allowance_itself__is_kept_and_a_step_more_is_not():
    agent = Contractor(True)
    assert hear(agent, (agent.steps, False)).reason == KEPT
    assert hear(agent, (agent.steps + 1, True)).fraction == WAD // 50


def test_hearing__a_wrong_answer__ends_as_silence_does():
    agent = Store(True)
    hearing = Hearing(agent.commitment, agent.promise)
    right = Store(False).shown((5, False), 1, hearing.service)
    other = Store(False).shown((6, False), 1, hearing.service)
    swapped = Shown(question=right.question, answer=other.answer, proofs=other.proofs)
    assert hearing.hear(swapped, START).fraction == worked("retrievability").checked.slash
    assert Hearing(agent.commitment, agent.promise).hear(right, START).reason == ANSWERED


def test_hearing__evidence_of_nobodys_act__is_no_verdict():
    """A refusal that isn't "kept" is a mistake of the study, and told as one."""

    class Twice(Attester):
        def shown(self, outcome, day, service):
            return Shown(super().shown(outcome, day, service).named[:1])

    with pytest.raises(ArithmeticError, match="votes for two blocks"):
        hear(Twice(True), (0, True))


def test_trial__seed__gives_the_same():
    first, again, other = (trial(np.random.default_rng(seed), Reporter(True), 20) for seed in (5, 5, 6))
    assert first == again != other
