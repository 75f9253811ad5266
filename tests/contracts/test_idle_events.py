"""An event without effect is said with its line, its path and why; charges that two files give must agree."""

from pathlib import Path

import pytest

from app.contracts.replay.run import ReplayRefused, replay
from app.contracts.replay.table import replay_table
from app.contracts.sheets import read_sheet

FIGURES = """month,answered_in_threshold,offered,abandoned,charges,charges:travel
2026-01,73,100,6,1000.00,5
2026-02,71,100,6,1000.00,5
2026-03,80,100,1,,5
2026-04,82,100,1,1000.00,5
"""
SHEET = """
schema: accord-terms/1
effective_from: 2026-01-01
calendar: {due: {working_day: 5, time: 17:00}, lock: {working_day: 10, time: 17:00}}
coverage: [{site: BOG, queue: EN}]
reports: {service: {}}
measures: {answered_in_threshold: {}, offered: {}, abandoned: {}}
service_levels:
  - key: voice
    name: Voice
    metric: service_level
    expected: {comparator: ">=", value: 80}
    credits_on: expected
    credit: {kind: fixed, percent: 3}
    earn_back: {kind: months, months: 2, fraction: 50, approval: required}
  - key: quit
    name: Quit
    metric: abandonment
    expected: {comparator: "<=", value: 5}
    credits_on: expected
    credit: {kind: fixed, percent: 2}
  - {key: other, name: Other, metric: abandonment, expected: {comparator: "<=", value: 50}}
credits:
  at_risk: 10
  base: {kind: invoice_net, less: [travel]}
  incidents: {choose_within: 10}
  caps: [{over: contract_year, percent: 10}]
claims: {within: 15}
rights: [{key: exit, name: Exit, of: misses, consecutive: 2, lapses_after: 30, service_levels: [voice]}]
"""


RELIEF = "relief: {kind: day, measure: offered, forecast: calls_foreseen, over: 10, locks: 10}"


def judged(events: str, figures: str = FIGURES, sheet: str = SHEET):
    return replay([read_sheet(sheet)], figures, read_sheet(events))


IDLE = [
    ("waivers: [{month: 2026-03}]", "waivers.0", "there is no credit in 2026-03"),
    ("waivers: [{month: 2026-03, service_level: voice}]", "waivers.0", "voice has no credit in 2026-03"),
    ("waivers: [{month: 2027-03}]", "waivers.0", "the months judged are 2026-01 to 2026-04"),
    ("waivers: [{month: 2026-01, service_level: quit, amount: 90}]", "waivers.0.amount", "only 19.9 of 90 is used"),
    ("waivers: [{month: 2026-01}, {month: 2026-01}]", "waivers.1", "nothing is left of the credits of 2026-01"),
    (
        "incidents: [{key: I, month: 2026-01, service_levels: [voice, quit], chosen: quit}, "
        "{key: J, month: 2026-01, service_levels: [voice, quit], chosen: voice}]",
        "incidents.0.chosen",
        "I and J share a miss and are one: a dearer choice is paid",
    ),
    ("waivers: [{month: 2026-02, service_level: other}]", "waivers.0", "no credit in 2026-02; quit and voice have one"),
    ("incidents: [{key: I, month: 2026-03, service_levels: [voice, quit]}]", "incidents.0", "none of its service"),
    (
        "incidents: [{key: I, month: 2026-01, service_levels: [voice, quit], chosen: quit, chosen_on: 2026-02-20}]",
        "incidents.0.chosen",
        "was chosen on 2026-02-20, after 2026-02-13, the last day to choose",
    ),
    (
        "approvals: [{service_level: voice, credit_month: 2026-02, granted: yes, decided_on: 2026-05-02}]",
        "approvals.0",
        "was decided on 2026-05-02, after the last month that is judged",
    ),
    (
        "approvals: [{service_level: voice, credit_month: 2026-01, granted: yes, decided_on: 2026-02-02}]",
        "approvals.0",
        "was lost: 2026-02 was below expected",
    ),
    (
        "approvals: [{service_level: quit, credit_month: 2026-01, granted: yes, decided_on: 2026-02-02}]",
        "approvals.0",
        "quit of 2026-01 has no earn-back",
    ),
    ("exercises: [{right: exit, on: 2026-05-01}]", "exercises.0", "it stood from 2026-02-28 to 2026-03-30"),
    ("claims: [{key: C, month: 2026-07, kind: period, decision: granted}]", "claims.0", "2026-07 is not judged"),
    (
        "claims: [{key: C, month: 2026-01, kind: adjust, decision: granted, service_levels: [voice],"
        " adjust: {abandoned: 1}}]",
        *("claims.0", "none of these figures is in this result"),
    ),
    (
        "claims: [{key: C, month: 2026-01, kind: period, decision: granted, filed_on: 2026-03-01}]",
        "claims.0",
        "was filed on 2026-03-01, after 2026-02-15, the last day",
    ),
    (
        "claims: [{key: C, month: 2026-01, kind: adjust, decision: granted, service_levels: [voice], "
        "adjust: {offered: 5, abandoned: 1}}]",
        "claims.0.adjust.abandoned",
        "no service level that it is about in 2026-01 rests on it",
    ),
    ("charges: [{month: 2026-09, total: 5}]", "charges.0", "2026-09 is not judged"),
    ("charges: [{month: 2026-03, total: 5, lines: {travle: 5}}]", "charges.0.lines.travle", 'did you mean "travel"?'),
    (
        "reports: [{month: 2026-01, kind: quality, standing: overdue}]",
        "reports.0",
        "the terms ask for no quality report of the partner in 2026-01",
    ),
    (
        "forecasts: [{issued_on: 2026-01-01, measure: offered, values: {2026-01: 5}}]",
        "forecasts.0",
        "no rule of relief or corridor in the terms of 2026-01 reads offered",
    ),
    ("terminated_on: 2026-04-30", "terminated_on", "no service level has a bank that it would end"),
]


def test_a_line_that_no_invoice_names_is_told_with_its_place_in_the_sheet():
    misspelt = SHEET.replace("less: [travel]", "less: [travel, tols]")
    figures = FIGURES.replace("charges:travel", "charges:tools")
    told = [warning for warning in replay([read_sheet(misspelt)], figures).warnings if "less" in warning]
    assert told == [
        'line 25: credits.base.less.0: "travel" is no line of the invoice of 2026-01, 2026-02, 2026-03 and 1 more: '
        "nothing is taken off for it",
        'line 25: credits.base.less.1: "tols" is no line of the invoice of 2026-01, 2026-02, 2026-03 and 1 more: '
        'nothing is taken off for it: did you mean "tools"?',
    ]
    assert not any("less" in warning for warning in replay([read_sheet(SHEET)], FIGURES).warnings)


@pytest.mark.parametrize(("events", "path", "why"), IDLE)
def test_an_event_without_effect_is_said_with_its_path_and_why(events, path, why):
    found = judged(events).not_used
    assert [place.path for place in found] == [path]
    assert why in found[0].message


def test_what_has_an_effect_is_not_among_them():
    events = """
claims: [{key: C, month: 2026-01, kind: adjust, decision: granted, adjust: {offered: 1}}]
incidents: [{key: I, month: 2026-02, service_levels: [voice, quit], chosen: quit, chosen_on: 2026-03-02}]
waivers: [{month: 2026-01, amount: 1}]
approvals: [{service_level: voice, credit_month: 2026-01, granted: no, decided_on: 2026-04-02}]
exercises: [{right: exit, on: 2026-03-05}]
charges: [{month: 2026-03, total: 900, lines: {travel: 5}}]
"""
    assert [place.path for place in judged(events).not_used] == ["approvals.0"]


def test_of_two_decisions_on_one_earn_back_the_later_is_idle():
    later = "{service_level: voice, credit_month: 2026-02, granted: yes, decided_on: 2026-04-20}"
    first = later.replace("yes", "no").replace("04-20", "04-10")
    [place] = judged(f"approvals: [{later}, {first}]").not_used
    assert (place.path, "approvals.1 decided the same" in place.message) == ("approvals.0", True)


def test_a_forecast_by_the_month_relieves_no_day():
    daily = SHEET.replace("service: {}", "service: {grain: day}").replace("credits_on: expected", RELIEF, 1)
    events = "forecasts: [{issued_on: 2025-12-01, measure: calls_foreseen, values: {WHEN: 5}}]"
    figures = "day,answered_in_threshold,offered,abandoned\n2026-01-07,60,90,5\n"
    [place] = judged(events.replace("WHEN", "2026-01"), figures, daily).not_used
    assert "relief by the day in the terms of 2026-01 reads values by day" in place.message
    assert judged(events.replace("WHEN", "2026-01-07"), figures, daily).not_used == ()


def test_charges_that_the_two_files_give_differently_are_refused_and_name_both():
    with pytest.raises(ReplayRefused) as refused:
        judged("charges:\n  - {month: 2026-02, total: 999}\n  - {month: 2026-04, total: 1000, lines: {travel: 6}}")
    assert [str(place) for place in refused.value.places] == [
        "line 2: charges.0.total: says 999 of 2026-02, and row 3 of the figures says 1000: keep one of them",
        "line 3: charges.1.lines.travel: says 6 of 2026-04, and row 5 of the figures says 5: keep one of them",
    ]
    assert judged("charges: [{month: 2026-02, total: 1000}]").not_used == ()


def test_the_table_says_which_charges_are_missing_and_what_needs_them():
    short = FIGURES.replace("80,100,1,,5", "80,100,9,1000.00,5").replace("71,100,6,1000.00", "81,100,1,")
    january, february, march, _ = replay_table(judged("waivers: []", short)).split("\n\n")
    assert "not priced" not in january + february
    assert "the charges of 2026-02 are not known, and the cap over the contract year is a share of them" not in march
    tight = SHEET.replace("percent: 10}]", "percent: 1}]")
    march = replay_table(judged("waivers: []", short, tight)).split("\n\n")[2]
    assert "the charges of 2026-02 are not known, and the cap over the contract year is a share of them" in march
    assert "write them in the column charges of the figures, or under charges of the events" in march


def test_the_table_says_what_ended_an_earn_back_and_what_a_decision_waits_for():
    table = replay_table(judged("waivers: []"))
    assert "for 2026-01 (29.85): lost, after 0 of 2 good windows: 2026-02: 71.0 % misses the Expected" in table
    assert "for 2026-02 (29.85): waits for a decision: write it under approvals of the events" in table


def test_the_table_says_what_an_earn_back_asks_for_that_exactly_the_expected_does_not_give():
    strictly = SHEET.replace("fraction: 50,", "fraction: 50, comparison: exceeded,")
    table = replay_table(judged("waivers: []", sheet=strictly))
    exactly = "80.0 % meets the Expected of at least 80 %, and this earn-back asks for strictly better"
    assert f"for 2026-02 (29.85): lost, after 0 of 2 good windows: 2026-03: {exactly}" in table


def test_the_table_says_why_less_is_earned_back_than_the_share_of_a_credit():
    few = SHEET.replace("percent: 10}]", "percent: 1, after_earn_back: yes}]").replace(", approval: required", "")
    _, february, _, april = replay_table(
        judged("waivers: []", FIGURES.replace("80,100,1,,5", "80,100,1,1000.00,5"), few)
    ).split("\n\n")
    held = "earn-back of voice for 2026-01 (29.85, of which a cap after earn-back leaves 5.97): lost"
    assert "credit voice: 29.85 → 5.97" in february
    assert held in february
    why = "50 % of 29.85 is 14.93, and a cap after earn-back had taken off the rest"
    assert f"earn-back of voice for 2026-02: earned 0.00 ({why})" in april


def test_the_table_names_the_days_that_relief_took():
    daily = SHEET.replace("service: {}", "service: {grain: day}").replace("credits_on: expected", RELIEF, 1)
    figures = (
        "day,answered_in_threshold,offered,abandoned,charges\n2026-01-05,10,111,1,1000\n2026-01-06,90,110,1,1000\n"
    )
    foreseen = "{issued_on: 2025-12-01, measure: calls_foreseen, values: {2026-01-05: 100, 2026-01-06: 100}}"
    table = replay_table(judged(f"forecasts: [{foreseen}]", figures, daily))
    assert "45.2 % before relief; terms (day): applied, without 5 Jan 2026]" in table


def test_a_column_of_charges_that_nothing_is_made_of_is_a_warning():
    found = judged("waivers: []", FIGURES.replace("charges:travel", "charges:travle"))
    why = 'row 1, charges:travle: has no effect: the credit base takes no such line off: did you mean "travel"?'
    assert why in found.doubts


def test_of_two_sheets_an_event_is_idle_only_when_neither_uses_it():
    from app.contracts.replay.changes import unused_by_both

    events = "waivers: [{month: 2026-01, service_level: voice}, {month: 2026-03}]"
    lenient = SHEET.replace('expected: {comparator: ">=", value: 80}', 'expected: {comparator: ">=", value: 60}')
    before, after = judged(events), judged(events, sheet=lenient)
    assert [place.path for place in after.not_used] == ["waivers.0", "waivers.1"]
    assert [place.path for place in unused_by_both(before, after)] == ["waivers.1"]


def test_the_page_lists_every_kind_of_event_that_can_be_idle():
    page = Path("docs/evaluate.md").read_text(encoding="utf-8")
    section = page.partition("## What is not used\n")[2].partition("\n## ")[0]
    kinds = {path.partition(".")[0] for _, path, _ in IDLE} | {"as_of"}
    assert all(f"`{kind}`" in section for kind in kinds)
