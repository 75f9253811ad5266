"""The rates of reporting as service levels: fed from Accord's own record, as it was known at an instant."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.contracts.catalogue import CATALOGUE
from app.domain.periods import Month
from app.domain.terms import Terms
from app.extensions import db, write
from app.performance.effects import effect_of
from app.performance.judging.known import known_at
from app.performance.judging.recomputing import is_the_same, recompute
from app.performance.judging.service import evaluate_contract
from app.performance.models import Evaluation, Finding
from app.performance.what_if import what_if
from app.reports.differences import lines_of, rows_of
from app.reports.due.deferrals import Deferral
from app.reports.models import Report
from tests.domain.story import AUGUST, FIGURES, MEASURES, SEPTEMBER, credited, level, limit
from tests.performance.history import START, begin, by_kind, cedar_document, version_in_force
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.portable
DAY = timedelta(days=1)
RECORD = ("reports_due", "reports_on_time", "reports_delivered", "reports_complete", "reports_right_first")
LEVELS = [
    credited("in-time", "report_timeliness", limit(">=", "95"), limit(">=", "60"), "40"),
    level("whole", "report_completeness", limit(">=", "95")),
    level("right", "report_first_time_right", limit(">=", "95")),
    level("lateness", "report_lateness", limit("<=", "0")),
]
MEASURED = {key: {"source": "partner"} for key in MEASURES} | {
    key: {"source": "record"} for key in (*RECORD, "report_days_late")
}


def by_the_record(**changes) -> dict:
    return cedar_document(measures=MEASURED, service_levels=LEVELS, **changes)


def day(month: Month, number: int, hour: int = 9) -> datetime:
    return THE_DAY.replace(year=month.year, month=month.number, day=number, hour=hour)


@pytest.fixture
def history(inside):
    with inside():
        yield begin(terms=by_the_record())


def send(history, month: Month, kind: str, sent_at: datetime | None = None, **others):
    return history.send(month, kind, by_kind(FIGURES[month])[kind], sent_at, **others)


def judged(history, month: Month, at: datetime = THE_DAY) -> dict[str, tuple[str, str | None]]:
    """By service level: attainment, and numerator ÷ denominator."""
    found = next(each for each in known_at(history.contract, at).judge() if each.month == month)
    return {
        each.level.key: (
            str(each.attainment),
            None if each.numerator is None else f"{each.numerator}/{each.denominator}",
        )
        for each in found.findings
    }


def test_a_month_is_counted_report_by_report_and_final_part_by_part(history):
    """Due on 8 October; service comes a day late, quality never before it locks on the 15th."""
    history.expect(SEPTEMBER, "quality")
    staffing = send(history, SEPTEMBER, "staffing")
    service = send(history, SEPTEMBER, "service", day(SEPTEMBER.next(), 9, 10), was_late=True)
    history.decide(staffing, at=day(SEPTEMBER.next(), 10))
    history.decide(service, "returned", at=day(SEPTEMBER.next(), 20))
    october = SEPTEMBER.next()
    assert judged(history, SEPTEMBER, day(october, 7))["in-time"] == ("provisional", "1/1")
    after_due = judged(history, SEPTEMBER, day(october, 9, 12))
    assert after_due["in-time"] == ("below_minimum", "1/3")
    assert (after_due["whole"], after_due["right"]) == (("provisional", "2/2"), ("provisional", "0/2"))
    assert judged(history, SEPTEMBER, day(october, 16))["whole"] == ("met", "2/2")
    assert judged(history, SEPTEMBER, day(october, 16))["right"] == ("provisional", "1/2")
    assert judged(history, SEPTEMBER) == {
        "in-time": ("below_minimum", "1/3"),
        "whole": ("met", "2/2"),
        "right": ("below_expected", "1/2"),
        "lateness": ("below_expected", "9/1"),  # 2 days begun, and 7 to the lock of what never came
    }


def test_a_later_lock_keeps_it_open_and_makes_nothing_timely(history):
    history.expect(SEPTEMBER, "quality")
    report = db.session.scalars(select(Report)).one()
    with write() as session:
        until = report.lock_at + 7 * DAY
        session.add(
            Deferral(
                partner_id=report.partner_id,
                report_id=report.id,
                before=report.lock_at,
                until=until,
                reason="The switch was replaced.",
                granted_at=report.due_at + DAY,
                granted_by_id=history.reviewer.id,
            )
        )
    open_still = judged(history, SEPTEMBER, until - DAY)
    assert open_still["in-time"] == ("below_minimum", "0/1")
    assert open_still["lateness"][0] == "provisional"
    assert judged(history, SEPTEMBER, until + DAY)["lateness"] == ("below_expected", "14/1")


def test_a_correction_undoes_right_first_time_once_it_is_approved(history):
    history.approve(AUGUST, FIGURES[AUGUST])
    correction = send(history, AUGUST, "quality", THE_DAY - 3 * DAY, correction_reason="Recounted.")
    with write():
        correction.report.approved_submission_id = correction.report.submissions[0].id
    [foreseen] = effect_of(correction.report, rows_of(lines_of(correction)), THE_DAY).changes
    assert (foreseen.finding.level.key, str(foreseen.after.numerator)) == ("right", "2")
    history.decide(correction, at=THE_DAY - DAY)
    assert judged(history, AUGUST, THE_DAY - 2 * DAY)["right"] == ("met", "3/3")
    assert judged(history, AUGUST)["right"] == ("below_expected", "2/3")
    assert judged(history, AUGUST)["in-time"] == ("met", "3/3")


def test_what_was_imported_is_no_figure_and_no_zero(history):
    history.approve(AUGUST, FIGURES[AUGUST], START, batch_id=history.batch(with_credits=True).id)
    assert set(judged(history, AUGUST).values()) == {("not_measured", None)}
    history.expect(SEPTEMBER, "quality")
    assert judged(history, SEPTEMBER)["in-time"] == ("below_minimum", "0/1")


def test_a_miss_costs_and_is_repeated_as_known_at_the_time(history):
    with clock.at(day(SEPTEMBER.next(), 9)):
        history.expect(SEPTEMBER, "quality")
        evaluate_contract(history.contract, clock.now())
    first = db.session.scalars(select(Evaluation)).one()
    assert first.credit_chain["payable"] == 1_620_000  # 40 % of the tenth of $405,000 that is at risk
    send(history, SEPTEMBER, "quality", day(SEPTEMBER.next(), 10), was_late=True)
    evaluate_contract(history.contract, THE_DAY)
    stored = db.session.scalars(select(Evaluation).order_by(Evaluation.number)).all()
    assert [each.findings[0].detail["contributions"][0]["submission"] != "" for each in stored] == [False, True]
    assert all(is_the_same(each, recompute(each)) for each in stored)


def test_a_report_that_an_amendment_asks_for_no_more_is_held_against_nobody(history):
    """Nobody can send it any more; until the amendment is in force it is late."""
    history.expect(SEPTEMBER, "quality")
    send(history, SEPTEMBER, "staffing")
    document = by_the_record(effective_from="2026-09-01")
    del document["reports"]["quality"]
    document["measures"] = {
        key: part
        for key, part in document["measures"].items()
        if part["source"] == "record" or CATALOGUE.measures[key].kind != "quality"
    }
    with write() as session:
        session.add(version_in_force(history.contract, document, history.reviewer, number=2, at=THE_DAY - DAY))
    assert judged(history, SEPTEMBER, THE_DAY - 2 * DAY)["in-time"] == ("below_minimum", "1/2")
    assert judged(history, SEPTEMBER)["in-time"] == ("met", "1/1")
    assert judged(history, SEPTEMBER)["lateness"] == ("met", "0/1")


def test_a_contract_that_does_not_read_the_record_rests_on_none_of_it(inside, count_statements):
    with inside():
        plain = begin()
        plain.approve(AUGUST, FIGURES[AUGUST])
        assert "record" not in {key.party for key in known_at(plain.contract, THE_DAY).facts.reports}
        document = {**plain.contract.terms[0].document, "measures": MEASURED, "service_levels": LEVELS}
        tried = Terms.from_document(document, CATALOGUE)
        with count_statements() as before:
            known_at(plain.contract, THE_DAY)
        with count_statements() as after:
            known = known_at(plain.contract, THE_DAY, [tried])
        assert len(after) == len(before) + 2
        [month] = what_if(known, plain.contract.terms, document).months
        changes = {each.service_level: each.after for each in month.changes if each.after}
        assert str(changes["in-time"].attainment) == "met"


def test_the_panel_leads_down_to_each_report_in_three_clicks(as_, inside):
    """From the map to the finding, to the report, to what was sent of it."""
    with inside():
        history = begin(terms=by_the_record())
        history.approve(AUGUST, FIGURES[AUGUST])
        history.expect(SEPTEMBER, "quality")
        late = send(history, SEPTEMBER, "service", day(SEPTEMBER.next(), 9, 10), was_late=True).key
        evaluate_contract(history.contract, THE_DAY)
        found = select(Finding.key).where(Finding.service_level == "in-time", Finding.month == "2026-09")
        key, reports = db.session.scalars(found).one(), db.session.scalars(select(Report.key)).all()
    assert f'href="/findings/{key}"' in as_("dora").get("/performance?month=2026-09").text
    page = as_("leo").get(f"/findings/{key}").text
    assert "from 2 reports in Accord&#39;s own record, each in the month that it is for" in page
    assert sum(f'href="/reports/{report}"' in page for report in reports) == 2
    assert f'href="/submissions/{late}">9 Oct 2026, 05:00' in page
    assert "Not sent" in page
    assert "/reports/" not in as_("gus").get(f"/findings/{key}").text
    panel = as_("leo").get(f"/findings/{key}", htmx=True).text
    assert "Down to the reports" in panel
    assert as_("bea").get(f"/findings/{key}").status_code == 404
