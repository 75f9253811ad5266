"""What has still to come of a month: while it can cost something, the month's credit is not known."""

import pytest

from app.domain.facts import Facts, ReportKey, ReportStatus, Standing
from app.domain.findings import Reason
from app.domain.money.unsettled import Unsettled, result_of, unsettled
from tests.domain.story import FIGURES, JULY, SEPTEMBER, document, facts, judge, lines, terms

AWAITING, OVERDUE = ReportStatus(Standing.AWAITING), ReportStatus(Standing.OVERDUE)


def of(agreed=None, month=SEPTEMBER, **standing: ReportStatus) -> Unsettled:
    """The month of Cordillera with other terms, and reports that stand otherwise than approved."""
    [judged] = judge(agreed or terms(), facts(*lines(month, FIGURES[month]), **standing), month)
    return unsettled(map(result_of, judged.findings))


def each_level(**changes) -> list[dict]:
    return [{**level, **changes} for level in document()["service_levels"]]


def test_a_month_whose_reports_are_approved_is_settled_and_says_nothing():
    found = of()
    assert (found.results, found.waiting, found.may_cost, str(found)) == (5, 0, False, "")


def test_a_report_that_awaits_approval_leaves_its_results_open_and_is_named_once():
    found = of(service=AWAITING)
    assert found.may_cost
    assert str(found) == ("2 of 5 results not settled yet. The partner's service report for Sep 2026 awaits approval.")


def test_every_reason_is_named():
    found = of(service=AWAITING, quality=OVERDUE)
    assert found.share == "4 of 5 results"
    assert [reason.code for reason in found.waits_for] == ["awaiting_approval", "overdue"]


def test_a_month_of_which_nothing_came_is_wholly_open():
    known = Facts((), {ReportKey(JULY, "service", "partner"): OVERDUE})
    [judged] = judge(terms(), known, JULY)
    found = unsettled(map(result_of, judged.findings))
    assert (found.share, found.may_cost) == ("5 of 5 results", True)
    assert str(found).endswith(
        "report for Jul 2026 is overdue. The partner's quality and staffing reports for Jul 2026 have not come in."
    )


@pytest.mark.parametrize(
    "changes",
    [{"credits_from": "2026-10-01"}, {"allocation": "0"}, {"allocation": None, "credits_on": "none"}],
    ids=["in grace", "an allocation of nothing", "without a price"],
)
def test_what_can_cause_no_credit_keeps_none_open(changes):
    levels = [{name: value for name, value in level.items() if value} for level in each_level(**changes)]
    found = of(terms(service_levels=levels), service=AWAITING)
    assert (found.waiting, found.may_cost) == (2, False)


def test_a_silence_that_the_terms_make_a_default_is_settled_by_them():
    default = {"minimum": {}, "not_reported": True}
    levels = each_level(credits_on=None, default=default)
    assert of(terms(service_levels=levels), service=OVERDUE).waiting == 0


def test_what_the_record_waits_for_keeps_its_own_words():
    waits = Reason("awaiting_approval", {"month": "2026-09", "kind": "decision", "party": "record"})
    assert str(Unsettled(5, 1, (waits,), may_cost=True)) == (
        "1 of 5 results not settled yet. Not every report for Sep 2026 has come and been decided on yet: "
        "the result is not final."
    )
