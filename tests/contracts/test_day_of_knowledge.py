"""Judging as known on a day: what was not over is provisional, what came later is left out."""

from datetime import date, timedelta

from app.contracts.replay.run import Replay, replay
from app.contracts.replay.table import replay_table
from app.contracts.sheets import read_sheet

SHEET = """
schema: accord-terms/1
effective_from: 2026-01-01
calendar: {due: {working_day: 5, time: 17:00}, lock: {working_day: 10, time: 17:00}}
coverage: [{site: BOG, queue: EN}]
reports: {service: {grain: day}}
measures: {answered_in_threshold: {}, offered: {}, forecast_volume: {}}
service_levels:
  - key: voice
    name: Voice
    metric: service_level
    window: month
    expected: {comparator: ">=", value: 80}
    credits_on: expected
    credit: {kind: fixed, percent: 3}
    bonus: {upper: 100, percent: 1}
    earn_back: {kind: months, months: 1}
credits: {at_risk: 10}
corridor: {measure: offered, forecast: forecast_volume, variance: 10}
claims: {within: 60}
"""
MONTHLY = SHEET.replace("{grain: day}", "{}")


def daily() -> str:
    days = [date(2026, 1, 1) + timedelta(days=each) for each in range(90)]
    rows = [f"{day},{70 if day.month == 1 else 90},100,120,1000" for day in days]
    return "\n".join(["day,answered_in_threshold,offered,forecast_volume,charges", *rows])


def known(day: date, figures: str, sheet: str = SHEET, events: str = "waivers: []") -> Replay:
    return replay([read_sheet(sheet)], figures, read_sheet(events), day)


def test_a_month_that_is_not_over_is_provisional_and_costs_nothing():
    *_, february = known(date(2026, 2, 10), daily()).evaluations
    [finding] = february.findings
    assert (finding.attainment, finding.reason.code, finding.default) == ("provisional", "running", "none")
    assert (finding.days_reported, finding.days_expected, finding.contractual) == (10, 28, 90)
    assert (february.credits.payable, february.credits.bonuses, february.corridor) == (0, (), None)
    assert [each.state for each in february.credits.earn_backs] == ["pending"]


def test_it_says_how_many_days_have_passed_and_what_they_came_to():
    table = replay_table(known(date(2026, 2, 10), daily()))
    assert "10 of 28 days have passed: provisional until 28 Feb 2026. [90.0 % so far; 10 of 28 days]" in table


def test_on_its_last_day_a_month_is_judged():
    *_, february = known(date(2026, 2, 28), daily()).evaluations
    assert february.findings[0].attainment == "met"
    assert [each.state for each in february.credits.earn_backs] == ["earned"]
    assert february.corridor is not None


def test_a_quarter_that_is_not_over_is_provisional_in_its_last_month_too():
    quarterly = SHEET.replace("window: month", "window: quarter")
    *_, march = known(date(2026, 3, 30), daily(), quarterly).evaluations
    assert march.findings[0].reason.figures == {"day": "2026-03-31", "passed": "89", "days": "90"}


def test_a_row_of_a_whole_month_that_is_not_over_is_left_out_and_said():
    figures = "month,answered_in_threshold,offered,forecast_volume\n2026-01,90,100,100\n2026-02,90,100,100\n"
    found = known(date(2026, 2, 10), figures, MONTHLY)
    assert [str(month.month) for month in found.evaluations] == ["2026-01"]
    assert "row 3: left out: it holds the whole of 2026-02, which runs until 2026-02-28" in found.doubts[0]
    assert found.doubts[1] == "2026-02 is not judged: nothing of it was known or due on 2026-02-10"


def test_a_row_that_says_how_many_days_it_covers_stays():
    figures = "month,answered_in_threshold,offered,forecast_volume,days_reported\n2026-02,90,100,100,9\n"
    [february] = known(date(2026, 2, 10), figures, MONTHLY).evaluations
    assert (february.findings[0].attainment, february.findings[0].days_reported) == ("provisional", 9)


def test_a_report_is_overdue_only_after_its_day():
    figures = (
        "month,answered_in_threshold,offered,forecast_volume\n2026-01,90,100,100\n2026-02,,,\n2026-03,90,100,100\n"
    )
    on_its_day = known(date(2026, 3, 6), figures, MONTHLY)
    assert [str(month.month) for month in on_its_day.evaluations] == ["2026-01"]
    after = known(date(2026, 3, 7), figures, MONTHLY)
    assert after.evaluations[-1].findings[0].attainment == "not_reported"


def test_a_claim_decided_later_is_open_and_one_filed_later_is_not_used():
    claim = "{key: C, month: 2026-01, kind: period, decision: granted, filed_on: 2026-02-03, decided_on: 2026-02-20}"
    events = f"claims: [{claim}]"
    assert known(date(2026, 2, 20), daily(), events=events).evaluations[0].findings[0].disposition == "excused"
    before = known(date(2026, 2, 10), daily(), events=events).evaluations[0].findings[0]
    assert (before.disposition, before.relief[0].effect) == ("counts", "open")
    assert known(date(2026, 2, 1), daily(), events=events).not_used[0].path == "claims.0"


def test_months_after_the_contracts_last_day_are_left_out_and_said():
    figures = "month,answered_in_threshold,offered,forecast_volume\n2026-01,90,100,100\n2026-02,90,100,100\n"
    head = (
        "contract: {partner: P, name: N, reference: R, currency: USD, zone: UTC, starts_on: 2026-01-01, ends_on: END}"
    )
    ended = replay([read_sheet(f"{head.replace('END', '2026-01-31')}{MONTHLY}")], figures)
    assert [str(month.month) for month in ended.evaluations] == ["2026-01"]
    assert ended.doubts == ("2026-02 is not judged: the contract ended on 2026-01-31",)
    assert len(replay([read_sheet(f"{head.replace('END', '2026-02-01')}{MONTHLY}")], figures).evaluations) == 2
    cut = read_sheet("terminated_on: 2026-01-20")
    ended = replay([read_sheet(f"{head.replace('END', '2026-12-31')}{MONTHLY}")], figures, cut)
    assert ([str(month.month) for month in ended.evaluations], ended.not_used) == (["2026-01"], ())
