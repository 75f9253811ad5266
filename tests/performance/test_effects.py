"""What a correction would change, worked out before anybody decides on it; nothing of it is stored."""

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.performance.effects import effect_of
from app.performance.judging.service import evaluate_contract
from app.performance.models import Evaluation
from app.reports.differences import lines_of, rows_of
from app.reports.models import Submission
from tests.domain.story import AUGUST, FIGURES, JULY
from tests.performance.history import begin, by_kind, story
from tests.rig.people import THE_DAY


def effect(submission: Submission):
    return effect_of(submission.report, rows_of(lines_of(submission)), THE_DAY)


@pytest.fixture
def history(inside):
    with inside():
        yield story()


def corrected(history, month, kind, **figures) -> Submission:
    return history.send(month, kind, by_kind(FIGURES[month])[kind] | figures, THE_DAY, correction_reason="Recounted.")


def test_a_finding_changes_while_the_cap_keeps_the_month_as_it_was(history):
    """Without the quality credit August still comes to its cap of $42,800."""
    found = effect(corrected(history, AUGUST, "quality", qa_critical_errors="24"))
    [change] = [each for each in found.changes if each.finding.level.key == "quality"]
    assert (change.month, str(change.before.attainment), str(change.after.attainment)) == (
        AUGUST,
        "below_minimum",
        "below_expected",
    )
    assert (change.credit_after, found.totals, found.difference) == (None, (), 0)


def test_the_money_of_the_invoice_month_is_shown_before_and_after(history):
    found = effect(corrected(history, AUGUST, "service", answered_in_threshold="34500"))
    assert [(each.month, each.before, each.after) for each in found.totals] == [(AUGUST, 4_280_000, 3_424_000)]
    assert found.difference == -856_000
    assert found.months == (AUGUST,)


def test_a_credit_that_no_charges_price_is_no_difference_of_nothing(inside):
    with inside():
        history = story(charges={})
        found = effect(corrected(history, JULY, "service", answered_in_threshold="10000"))
        assert [(each.month, each.before, each.after) for each in found.totals] == [(JULY, 0, None)]
        assert found.difference is None


def test_nothing_is_stored_by_looking(history):
    stored = db.session.scalar(select(func.count()).select_from(Evaluation))
    effect(corrected(history, JULY, "service", answered_in_threshold="10000"))
    assert db.session.scalar(select(func.count()).select_from(Evaluation)) == stored


def test_imported_history_stays_without_credits_when_it_is_corrected(inside):
    with inside():
        history, kinds = begin(), by_kind(FIGURES[AUGUST])
        for kind in kinds:
            history.send(AUGUST, kind, kinds[kind], batch_id=history.batch(with_credits=False).id)
        correction = corrected(history, AUGUST, "service", answered_in_threshold="20000")
        assert effect(correction).difference == 0
        history.decide(correction)
        evaluate_contract(history.contract, THE_DAY)
        [kept] = db.session.scalars(select(Evaluation).where(Evaluation.superseded_at.is_(None))).all()
        assert kept.credit_chain["payable"] in (0, None)
        assert any(finding.attainment == "below_minimum" for finding in kept.findings)
