"""A contract is judged as a whole; what came out differently is stored, and the ledger follows."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app import clock, jobs
from app.accounts.models import User
from app.contracts.charges import ChargeRefused, enter_charge
from app.contracts.terms import change_contract, new_draft
from app.domain.canonical import canonical_json
from app.domain.periods import Month
from app.events import Event
from app.extensions import write
from app.performance.judging import recomputing, service
from app.performance.judging.service import evaluate_contract, judge
from app.performance.models import Evaluation, Finding, LedgerEntry
from tests.domain.story import AUGUST, FIGURES, JULY, SEPTEMBER
from tests.performance.history import begin, by_kind, cedar_document, story
from tests.rig.people import THE_DAY

CORRECTED = {"qa_samples": "400", "qa_critical_errors": "24", "csat_responses": "500", "csat_satisfied": "435"}


def payable(session, contract, month: Month) -> int:
    rows = select(LedgerEntry).where(LedgerEntry.contract_id == contract.id, LedgerEntry.invoice_month == str(month))
    return sum(entry.amount_minor for entry in session.scalars(rows))


def current(session, contract) -> dict[str, Evaluation]:
    rows = select(Evaluation).where(Evaluation.contract_id == contract.id, Evaluation.superseded_at.is_(None))
    return {row.month: row for row in session.scalars(rows)}


def finding(evaluation: Evaluation, service_level: str) -> Finding:
    return next(found for found in evaluation.findings if found.service_level == service_level)


@pytest.mark.portable
def test_the_story_comes_out_of_stored_submissions_to_the_cent(inside):
    with inside() as session:
        contract = story().contract
        assert evaluate_contract(contract, THE_DAY) == 3
        july, august, september = (current(session, contract)[str(month)] for month in (JULY, AUGUST, SEPTEMBER))
        assert Decimal(finding(july, "voice-service-level").value) == 79
        assert finding(july, "voice-service-level").attainment == "below_expected"
        assert finding(august, "voice-service-level").attainment == "below_minimum"
        assert Decimal(august.credit_chain["uncapped"]) == 5_992_000
        assert Decimal(september.credit_chain["uncapped"]) == 5_265_000
        assert [payable(session, contract, month) for month in (JULY, AUGUST, SEPTEMBER)] == [0, 4_280_000, 4_050_000]
        for evaluation in (august, september):
            assert sum(found.credit_minor or 0 for found in evaluation.findings) == evaluation.credit_chain["payable"]


def test_judging_again_stores_nothing_and_posts_nothing(inside):
    with inside() as session:
        contract = story().contract
        evaluate_contract(contract, THE_DAY)
        entries = len(session.scalars(select(LedgerEntry)).all())
        assert evaluate_contract(contract, THE_DAY + timedelta(days=1)) == 0
        assert len(session.scalars(select(Evaluation)).all()) == 3
        assert len(session.scalars(select(LedgerEntry)).all()) == entries


def test_recomputing_gives_the_same_bytes_as_were_stored(inside):
    with inside() as session:
        contract = story().contract
        evaluate_contract(contract, THE_DAY)
        again = {str(month.month): month for month in judge(contract, THE_DAY)}
        for month, stored in current(session, contract).items():
            assert stored.fingerprint == again[month].fingerprint
            documents = [found.to_document() for found in again[month].findings]
            assert canonical_json([found.detail for found in stored.findings]) == canonical_json(documents)
            assert canonical_json(stored.credit_chain) == canonical_json(again[month].credits.to_document())
            assert set(stored.inputs["content"]) == set(stored.inputs["submissions"])


def test_a_correction_supersedes_one_month_reverses_and_posts_anew(inside):
    with inside() as session:
        history = story()
        contract = history.contract
        evaluate_contract(contract, THE_DAY)
        before = current(session, contract)
        later = THE_DAY + timedelta(hours=2)
        history.decide(history.send(AUGUST, "quality", CORRECTED, THE_DAY), at=later)
        assert evaluate_contract(contract, later) == 1
        after = current(session, contract)
        assert after["2026-08"].number == 2
        assert before["2026-08"].superseded_at == later
        assert after["2026-09"].id == before["2026-09"].id
        assert finding(after["2026-08"], "quality").attainment == "below_expected"
        assert payable(session, contract, AUGUST) == after["2026-08"].credit_chain["payable"] == 4_280_000
        kinds = [
            (entry.service_level, entry.kind)
            for entry in session.scalars(select(LedgerEntry).order_by(LedgerEntry.id))
            if entry.evaluation_id == after["2026-08"].id
        ]
        assert ("quality", "reversal") in kinds
        assert ("quality", "credit") not in kinds


def test_an_amount_that_did_not_change_keeps_its_entry(inside):
    """Without a cap the fill credit of August stands while the quality credit is reversed."""
    with inside() as session:
        terms = _without_cap()
        history = begin(terms=terms)
        history.approve(AUGUST, FIGURES[AUGUST])
        evaluate_contract(history.contract, THE_DAY)
        assert payable(session, history.contract, AUGUST) == 5_992_000
        later = THE_DAY + timedelta(hours=2)
        history.decide(history.send(AUGUST, "quality", CORRECTED, THE_DAY), at=later)
        evaluate_contract(history.contract, later)
        added = session.scalars(select(LedgerEntry).where(LedgerEntry.posted_at == later)).all()
        assert [(entry.service_level, entry.kind, entry.amount_minor) for entry in added] == [
            ("quality", "reversal", -1_712_000)
        ]
        assert payable(session, history.contract, AUGUST) == 4_280_000


def test_the_past_is_judged_as_it_was_known_then(inside):
    with inside():
        history = story()
        history.decide(history.send(AUGUST, "quality", CORRECTED, THE_DAY), at=THE_DAY + timedelta(hours=2))
        then = {month.month: month for month in judge(history.contract, THE_DAY)}
        now = {month.month: month for month in judge(history.contract, THE_DAY + timedelta(hours=2))}
        assert then[AUGUST].finding("quality").attainment == "below_minimum"
        assert now[AUGUST].finding("quality").attainment == "below_expected"
        assert then[SEPTEMBER].fingerprint == now[SEPTEMBER].fingerprint


def test_a_credit_without_charges_is_not_priced_and_posts_when_they_come(inside):
    with inside() as session:
        history = begin(charges={})
        history.approve(SEPTEMBER, FIGURES[SEPTEMBER])
        evaluate_contract(history.contract, THE_DAY)
        evaluation = current(session, history.contract)["2026-09"]
        assert evaluation.credit_chain["pricing"] == "not_priced"
        assert finding(evaluation, "fill").credit_minor is None
        assert session.scalars(select(LedgerEntry)).all() == []
        history.charge(SEPTEMBER, 40_500_000, entered_at=THE_DAY)
        evaluate_contract(history.contract, THE_DAY + timedelta(hours=1))
        assert payable(session, history.contract, SEPTEMBER) == 4_050_000


def test_imported_history_is_judged_and_costs_nothing(inside):
    with inside() as session:
        history = begin()
        batch = history.batch(with_credits=False)
        for kind, values in by_kind(FIGURES[SEPTEMBER]).items():
            history.send(SEPTEMBER, kind, values, batch_id=batch.id)
        evaluate_contract(history.contract, THE_DAY)
        found = finding(current(session, history.contract)["2026-09"], "fill")
        assert (found.attainment, found.disposition) == ("below_minimum", "not_credited")
        assert payable(session, history.contract, SEPTEMBER) == 0


def test_imported_history_costs_what_it_must_when_finance_asked_for_it(inside):
    with inside() as session:
        history = begin()
        batch = history.batch(with_credits=True)
        for kind, values in by_kind(FIGURES[SEPTEMBER]).items():
            history.send(SEPTEMBER, kind, values, batch_id=batch.id)
        evaluate_contract(history.contract, THE_DAY)
        assert payable(session, history.contract, SEPTEMBER) == 4_050_000


def test_a_report_that_nobody_sent_is_a_finding_once_it_is_overdue(inside):
    with inside() as session:
        history = begin()
        history.expect(Month(2026, 10), "service")
        assert evaluate_contract(history.contract, THE_DAY.replace(day=7)) == 0
        assert evaluate_contract(history.contract, THE_DAY) == 1
        found = finding(current(session, history.contract)["2026-10"], "abandonment")
        assert (found.attainment, found.value, found.credit_minor) == ("not_reported", None, None)


def test_a_month_after_the_end_of_the_contract_is_nobodys_gap(inside):
    with inside() as session:
        told = story()
        told.expect(Month(2026, 10), "service")
        evaluate_contract(told.contract, THE_DAY)
        assert finding(current(session, told.contract)["2026-10"], "abandonment").attainment == "not_reported"
        with write():
            change_contract(told.contract, "Care", "SOW-1", date(2026, 9, 30))
        evaluate_contract(told.contract, THE_DAY)
        again = current(session, told.contract)["2026-10"]
        assert finding(again, "abandonment").attainment == "not_measured"
        assert recomputing.is_the_same(again, recomputing.recompute(again))


def test_a_returned_or_waiting_submission_is_never_judged(inside):
    with inside() as session:
        history = begin()
        values = by_kind(FIGURES[SEPTEMBER])
        history.decide(history.send(SEPTEMBER, "service", values["service"]), "returned")
        history.send(SEPTEMBER, "staffing", values["staffing"])
        evaluate_contract(history.contract, THE_DAY)
        evaluation = current(session, history.contract)["2026-09"]
        assert finding(evaluation, "abandonment").attainment == "not_reported"
        assert finding(evaluation, "fill").attainment == "provisional"
        assert payable(session, history.contract, SEPTEMBER) == 0


def test_a_worker_whose_clock_is_behind_judges_by_the_newest_knowledge(inside):
    with inside() as session:
        history = story()
        evaluate_contract(history.contract, THE_DAY)
        history.charge(SEPTEMBER, 50_000_000, entered_at=THE_DAY - timedelta(minutes=5))
        assert evaluate_contract(history.contract, THE_DAY - timedelta(hours=1)) == 1
        assert current(session, history.contract)["2026-09"].as_known_at == THE_DAY
        assert payable(session, history.contract, SEPTEMBER) == 5_000_000


def test_a_worker_that_was_overtaken_while_it_read_begins_again(inside, monkeypatch):
    with inside() as session:
        history = story()
        slow, later = service.judge, THE_DAY + timedelta(hours=1)

        def overtaken(contract, as_known_at, judged=()):
            early = slow(contract, as_known_at, judged)
            monkeypatch.setattr(service, "judge", slow)
            history.charge(SEPTEMBER, 50_000_000, entered_at=later)
            evaluate_contract(contract, later)
            return early

        monkeypatch.setattr(service, "judge", overtaken)
        assert evaluate_contract(history.contract, THE_DAY) == 0
        assert payable(session, history.contract, SEPTEMBER) == 5_000_000


def test_a_judgement_names_terms_in_force_and_never_a_draft_that_says_the_same(inside):
    with inside() as session:
        told = story()
        with write():
            new_draft(told.contract, told.contract.terms[0].document, told.reviewer)
        evaluate_contract(told.contract, THE_DAY)
        assert {row.terms.state for row in session.scalars(select(Evaluation))} == {"in_force"}


def test_a_burst_of_jobs_is_judged_once(app, inside):
    with inside():
        contract = story().contract
        with write():
            for _ in range(4):
                jobs.enqueue("contract.evaluate", contract.id, partner_id=contract.partner_id)
    with app.app_context():
        assert jobs.run_pending() == 4
    with inside() as session:
        assert len(session.scalars(select(Evaluation)).all()) == 3


def test_the_job_judges_and_tells_what_it_did(app, inside):
    with inside():
        contract = story().contract
        with write():
            jobs.enqueue("contract.evaluate", contract.id, partner_id=contract.partner_id)
    with app.app_context():
        assert jobs.run_pending() >= 1
    with inside() as session:
        stored = session.scalars(select(Event).where(Event.kind == "evaluation.stored")).all()
        posted = session.scalars(select(Event).where(Event.kind == "ledger.posted")).all()
        assert [event.figures["month"] for event in stored] == ["2026-07", "2026-08", "2026-09"]
        assert [(event.figures["invoice_month"], event.figures["amount_minor"]) for event in posted] == [
            ("2026-08", 4_280_000),
            ("2026-09", 4_050_000),
        ]


def test_once_a_day_every_contract_is_judged(app, inside):
    with inside():
        begin().expect(Month(2026, 10), "service")
        with write():
            jobs.enqueue("contracts.evaluate", 0, unique="contracts.evaluate:today")
    with app.app_context(), clock.at(THE_DAY):
        jobs.run_pending()
    with inside() as session:
        assert [row.month for row in session.scalars(select(Evaluation))] == ["2026-10"]


@pytest.mark.portable
def test_findings_and_entries_can_never_be_changed(inside):
    with inside():
        evaluate_contract(story().contract, THE_DAY)
    for model, column in ((Finding, "attainment"), (LedgerEntry, "kind")):
        with inside(), pytest.raises(DBAPIError, match="append-only"), write() as session:
            setattr(session.scalars(select(model)).first(), column, "met")


def _without_cap() -> dict:
    return cedar_document(credits={"at_risk": "10", "pool": "200", "clause": "Schedule 3, 5.2"})


def test_credits_are_no_share_of_the_lines_that_the_terms_leave_out(inside):
    """August's 10 % of 428,000 less 28,000 of travel, capped at 10 %; without the travel it is not priced."""
    agreed = cedar_document()
    agreed["credits"] = agreed["credits"] | {"base": {"kind": "invoice_net", "less": ["travel"]}}
    with inside() as session:
        contract = story(terms=agreed).contract
        evaluate_contract(contract, THE_DAY)
        assert current(session, contract)[str(AUGUST)].credit_chain["pricing"] == "not_priced"
        with write():
            actor = session.scalars(select(User).where(User.name == "Mia")).one()
            with pytest.raises(ChargeRefused, match="no share of travel"):
                enter_charge(contract, AUGUST, 40_000_000, actor, "Corrected.")
            enter_charge(contract, AUGUST, 42_800_000, actor, "With its travel.", lines={"travel": 2_800_000})
        evaluate_contract(contract, THE_DAY)
        assert payable(session, contract, AUGUST) == 4_000_000


def test_a_bank_ends_with_the_contract_that_is_known_to_end(inside):
    agreed = cedar_document()
    bank = {"kind": "bank", "deposit": {"amount": "100"}}
    agreed["credits"] = agreed["credits"] | {"earn_back": bank}
    with inside() as session:
        contract = story(terms=agreed).contract
        with write():
            change_contract(contract, contract.name, contract.reference, SEPTEMBER.last)
        evaluate_contract(contract, THE_DAY)
        states = [each["state"] for each in current(session, contract)[str(SEPTEMBER)].credit_chain["earn_backs"]]
        assert "expired" in states
