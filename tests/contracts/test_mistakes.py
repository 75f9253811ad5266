"""Each mistake in a term sheet is named by its line and path, with what to do about it."""

import math
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.contracts.catalogue import CATALOGUE
from app.contracts.sheets import Sheet, SheetUnreadable, read_sheet
from app.domain.catalogue import Problem
from app.domain.terms import Terms, TermsInvalid

FOLDER = Path(__file__).parents[2] / "docs" / "examples"
TWO, POINTS, SELLER = (
    (FOLDER / f"{name}.yaml").read_text() for name in ("expected-and-minimum", "service-points", "seller-performance")
)
STRICTER = """\
    ramp:
      - {from: 2026-02-01, expected: {comparator: ">=", value: 70}, minimum: {comparator: ">=", value: 75}}
"""
RAMP = """\
    ramp:
      - {from: 2026-02-01, expected: {comparator: "<=", value: 6}}
      - {from: 2026-03-01, expected: {comparator: "<=", value: 5}}
"""


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def told(text: str) -> list[str]:
    sheet = read_sheet(text)
    return [str(place) for place in sheet.locate(sheet.problems())]


MISTAKES = {
    "allocations of a category above its pool": (
        *(TWO, "{kind: allocation, percent: 60}", "{kind: allocation, percent: 61}", "{name: quality"),
        *("credits.categories.1.pool", "the allocations come to 101 %, above 100 % of the pool of quality"),
    ),
    "allocations above the pool from a day on": (
        *(TWO, "from: 2026-07-01, percent: 60", "from: 2026-07-01, percent: 61", "{name: telephony"),
        *("credits.categories.0.pool", "come to 101 % from 2026-07-01 on, above 100 % of the pool of telephony"),
    ),
    "a category that there is not": (
        *(TWO, "category: quality", "category: qualty", "category: qualty"),
        *("service_levels.2.category", '"qualty" is none of telephony, quality'),
    ),
    "a credit without its category": (
        *(TWO, "    category: quality\n    weight: 25\n", "    weight: 25\n", "key: quality"),
        *("service_levels.2.category", "is missing: whose pool is shared? One of telephony, quality"),
    ),
    "a target in one text": (
        *(TWO, 'expected: {comparator: "<=", value: 5}', 'expected: "<= 5"', 'expected: "<= 5"'),
        *("service_levels.1.expected", 'must say how it is compared: {comparator: "<=", value: 5}'),
    ),
    "a target without a comparator": (
        *(TWO, 'expected: {comparator: ">=", value: 80}', "expected: 80", "expected: 80"),
        *("service_levels.0.expected", 'must say how it is compared: {comparator: ">=", value: 80}'),
    ),
    "a comparator that is missing": (
        *(TWO, 'comparator: ">=", value: 80', "value: 80", "{value: 80}"),
        *("service_levels.0.expected.comparator", "is missing: write one of >=, >, <=, <"),
    ),
    "a list that is a word": (
        *(TWO, "scope: {queues: [EN-VOICE]}", "scope: {queues: EN-VOICE}", "queues: EN-VOICE"),
        *("service_levels.0.scope.queues", "must be a list of texts, such as [EN-VOICE]"),
    ),
    "bands with a gap": (
        *(POINTS, "at_least: 87, below: 90", "at_least: 87, below: 89", "at_least: 90}"),
        *("service_levels.0.bands.0", '"minor" and "none" leave a gap between 89 and 90'),
    ),
    "bands that overlap": (
        *(POINTS, "at_least: 87, below: 90", "at_least: 87, below: 91", "at_least: 90}"),
        *("service_levels.0.bands.0", '"minor" and "none" overlap between 90 and 91: give each result to one of them'),
    ),
    "bands of which two are open above": (
        *(POINTS, "at_least: 87, below: 90", "at_least: 87", "at_least: 90}"),
        *("service_levels.0.bands.0", '"minor" and "none" overlap above 90'),
    ),
    "bands that both hold an edge": (
        *(POINTS, "at_least: 87, below: 90", "at_least: 87, at_most: 90", "at_least: 90}"),
        *("service_levels.0.bands.0", '"minor" and "none" both hold exactly 90'),
    ),
    "bands of which neither holds an edge": (
        *(POINTS, "points: 0, at_least: 90", "points: 0, above: 90", "above: 90}"),
        *("service_levels.0.bands.0", 'neither "minor" nor "none" holds exactly 90'),
    ),
    "bands that leave the bottom open": (
        *(POINTS, "points: 4, below: 80", "points: 4, at_least: 10, below: 80", "at_least: 10"),
        *("service_levels.0.bands.4", "nothing covers results below 10: leave its edge open"),
    ),
    "a band of nothing": (
        *(POINTS, "at_least: 84, below: 87", "at_least: 84, below: 84", "below: 84}"),
        *("service_levels.0.bands.2", "holds nothing: 84 is not below 84"),
    ),
    "one edge written twice": (
        *(POINTS, "at_least: 84, below: 87", "at_least: 84, above: 84, below: 87", "above: 84"),
        *("service_levels.0.bands.2.above", "and at_least are the same edge: keep one of them"),
    ),
    "a short default rule without its Minimum": (
        *(SELLER, "    weight: 30\n", "    weight: 30\n    credits_on: minimum\n", "key: late-shipment"),
        *("service_levels.0.minimum", "is missing: credits are given on a miss of the Minimum"),
    ),
    "misses without their months": (
        *(TWO, "expected: {misses: 4, within: 12}", "expected: {misses: 4}", "expected: {misses: 4}"),
        *("service_levels.0.default.expected.within", "is missing: 4 misses within how many months?"),
    ),
    "misses that do not fit": (
        *(TWO, "expected: {misses: 4, within: 12}", "expected: {misses: 4, within: 3}", "expected: {misses: 4, within"),
        *("service_levels.0.default.expected", "4 misses do not fit into 3 months"),
    ),
    "an unknown key deep inside": (
        *(TWO, "locks: 30", "lock: 30", "lock: 30"),
        *("service_levels.0.relief.lock", 'is not a key of the terms: did you mean "locks"?'),
    ),
    "an unknown key at the top": (
        *(TWO, "claims:", "claim:", "claim:"),
        *("claim", 'is not a key of the terms: did you mean "claims"?'),
    ),
    "a choice that there is not": (
        *(TWO, "over: contract_year", "over: year", "over: year"),
        *("credits.caps.1.over", '"year" is none of service_level, month, quarter, contract_year, rolling_12'),
    ),
    "an amount that is no number": (
        *(POINTS, "amount: 180000", "amount: 180'000", "amount: 180'000"),
        *("credits.base.amount", "cannot be read: write a number such as 5"),
    ),
    "a percentage above all": (
        *(TWO, "fraction: 50", "fraction: 150", "fraction: 150"),
        *("credits.earn_back.fraction", "150 is not between 0 and 100"),
    ),
    "a list of months with another thing in it": (
        *(TWO, "{kind: months, months: 6,", "{kind: months, months: 6, passes: [11, 13],", "passes:"),
        *("credits.earn_back.passes", "must list calendar months"),
    ),
    "a peak season of the whole year": (
        *(
            TWO,
            "    clause: Schedule 3, 2.1",
            f"    earn_back: {{kind: months, months: 6, passes: {list(range(1, 13))}}}",
        ),
        *(
            "earn_back: {kind: months, months: 6, passes",
            "service_levels.0.earn_back.passes",
            "passes over every month",
        ),
    ),
    "a ramp without its days": (
        *(SELLER, "    weight: 30\n", '    ramp: [{expected: {comparator: ">=", value: 93}}]\n', "ramp:"),
        *("service_levels.0.ramp.0.from", "is missing: from which day on do these targets hold?"),
    ),
    "a ramp whose Minimum is stricter than its Expected": (
        *(TWO, "    class: critical\n", STRICTER, "- {from: 2026-02-01, expected"),
        *("service_levels.0.ramp.0.minimum", ">= 75 is stricter than the Expected >= 70"),
    ),
    "a cap without percent or amount": (
        *(TWO, "{over: month, percent: 12,", "{over: month,", "{over: month,"),
        *("credits.caps.0.percent", "or amount: write one of them"),
    ),
    "a cap with both": (
        *(TWO, "{over: month, percent: 12,", "{over: month, percent: 12, amount: 5,", "amount: 5"),
        *("credits.caps.0.percent", "or amount: write one of them"),
    ),
    "an earn-back without months": (
        *(TWO, "{kind: months, months: 6,", "{kind: months,", "earn_back: {kind: months, fraction"),
        *("credits.earn_back.months", "is missing: after how many good months?"),
    ),
    "points that nothing prices": (
        *(POINTS, "  points:\n    kind: table", "  point:\n    kind: table", "credits:"),
        *("credits.points", 'is missing: what do the points of "calls-answered" cost?'),
    ),
    "points without their table": (
        *(POINTS, "    kind: table\n    steps:", "    kind: table\n    step:", "  points:"),
        *("credits.points.steps", "is missing: list at least one"),
    ),
    "a table of points that falls": (
        *(POINTS, "steps:\n      - {points: 2,", "steps:  # falling\n      - {points: 5,", "# falling"),
        *("credits.points.steps", "must rise from step to step"),
    ),
    "a right of a service level that there is not": (
        *(TWO, "[voice-service-level, abandonment", "[voice-service-levels, abandonment", "voice-service-levels"),
        *("rights.0.service_levels", 'no service level "voice-service-levels": did you mean "voice-service-level"?'),
    ),
    "a right without its months": (
        *(TWO, "    consecutive: 3\n", "", "key: chronic-failure"),
        *("rights.0.within", "or consecutive: write one of them, in months"),
    ),
    "a bank's deposit without a bank": (
        *(TWO, "fraction: 50,", "fraction: 50, deposit: {percnt: 1},", "deposit:"),
        *("credits.earn_back.deposit", "has no meaning for the kind months"),
    ),
    "a year's average that counts months": (
        *(TWO, "{kind: months,", "{kind: annual_average,", "months: 6"),
        *("credits.earn_back.months", "has no meaning for the kind annual_average"),
    ),
    "a cap of an amount, of the amount at risk": (
        *(TWO, "{over: month, percent: 12,", "{over: month, amount: 12, of: at_risk,", "of: at_risk"),
        *("credits.caps.0.of", "has no meaning beside an amount"),
    ),
    "a right that opens at nothing": (
        *(POINTS, "    at_least: 6\n", "    at_least: 0\n", "at_least: 0"),
        *("rights.0.at_least", "must be above 0"),
    ),
    "a fixed fee that the kind does not use": (
        *(POINTS, "{kind: fixed_fee, amount", "{kind: invoice, amount", "kind: invoice"),
        *("credits.base.amount", "has a meaning for fixed_fee only, and the kind is invoice"),
    ),
    "lines that the kind does not leave out": (
        *(POINTS, "amount: 180000}", "amount: 180000, less: [travel]}", "less: [travel]"),
        *("credits.base.less", "has a meaning for invoice_net only, and the kind is fixed_fee"),
    ),
    "a date by its week": (
        *(TWO, "effective_from: 2025-11-01", "effective_from: 2025-W44-6", "2025-W44-6"),
        *("effective_from", "'2025-W44-6' is not a date"),
    ),
    "a month of five months": (
        *(SELLER, "{kind: rolling, months: 3, at_least: 1}", "{kind: month, months: 5}", "kind: month"),
        *("service_levels.0.window.months", "has no meaning for the kind month: leave it out"),
    ),
    "a rolling window that looks back": (
        *(SELLER, "{kind: rolling, months: 2}", "{kind: rolling, months: 2, otherwise: 12}", "months: 2, otherwise"),
        *("service_levels.2.window.otherwise", "has no meaning for the kind rolling"),
    ),
    "a ramp that turns round": (
        *(SELLER, "    weight: 30\n", RAMP.replace('"<=", value: 5', '">=", value: 5'), "2026-03-01, expected"),
        *("service_levels.0.ramp.1.expected", ">= 5 points another way than <= 4"),
    ),
    "a ramp that turns round and does not stand in the order of its days": (
        *(SELLER, "    weight: 30\n", RAMP.replace("2026-02", "2026-05").replace('"<=", value: 5', '">=", value: 5')),
        "2026-03-01, expected",
        *("service_levels.0.ramp.1.expected", ">= 5 points another way than <= 4"),
    ),
    "a ramp with two steps on one day": (
        *(SELLER, "    weight: 30\n", RAMP.replace("2026-03", "2026-02"), "ramp:"),
        *("service_levels.0.ramp", "two steps begin on 2026-02-01: keep one of them"),
    ),
    "a category that stands there twice": (
        *(TWO, "{name: quality, pool: 50}", "{name: telephony, pool: 50}", "{name: telephony, pool: 50}"),
        *("credits.categories.1.name", '"telephony" is another category\'s name already'),
    ),
    "two allocations from one day on": (
        *(TWO, "percent: 60}\n", "percent: 60}\n        - {from: 2026-07-01, percent: 30}\n", "dated:"),
        *("service_levels.0.credit.dated", "two allocations begin on 2026-07-01: keep one of them"),
    ),
    "a long default rule without its Minimum": (
        *(TWO, '    minimum: {comparator: ">=", value: 75}\n', "", "key: voice-service-level"),
        *("service_levels.0.minimum", "is missing: credits are given on a miss of the Minimum"),
    ),
    "a right that counts misses of a Minimum that there is not": (
        *(TWO, "[voice-service-level, abandonment, quality]", "[fill]", "[fill]"),
        *("rights.0.service_levels", '"fill" has no Minimum, so it never misses one'),
    ),
    "relief by the day of a monthly report": (
        *(TWO, "service: {grain: day}", "service: {grain: month}", "relief: {kind: day"),
        *(
            "service_levels.0.relief.kind",
            "relief by the day needs one row per day, and the service report has one per",
        ),
    ),
    "a fiscal month of a monthly report": (
        *(SELLER, "{kind: rolling, months: 2}", "{kind: fiscal_month, starts_on: 22}", "kind: fiscal_month"),
        *("service_levels.2.window", "needs one row per day, and the service report has one per month"),
    ),
    "a fiscal month of a stated value": (
        *(
            SELLER,
            "{kind: rolling, months: 2}",
            "{kind: fiscal_month, starts_on: 22}\n    source: stated",
            "starts_on: 22",
        ),
        *("service_levels.2.window", "this service level is judged by a stated value"),
    ),
    "grace from within a month of a monthly report": (
        *(TWO, "credits_from: 2026-04-01", "credits_from: 2026-04-15", "credits_from"),
        *("service_levels.3.credits_from", "is within a month, and the quality report has one row per month"),
    ),
    "a class that no service level is of": (
        *(POINTS, "    at_least: 6\n", "    at_least: 6\n    class: critical\n", "class: critical"),
        *("rights.0.class", "no service level is of the class critical"),
    ),
    "a class beside a list of service levels": (
        *(SELLER, "    within: 3\n", "    within: 3\n    class: key\n", "class: key"),
        *("rights.0.class", "and service_levels both say what counts: keep one of them"),
    ),
    "a cap of an amount at risk that there is not": (
        *(POINTS, "{over: month, percent: 8,", "{over: month, percent: 8, of: at_risk,", "of: at_risk"),
        *("credits.caps.0.of", "there is no amount at risk"),
    ),
    "more best months than are looked at": (
        *(
            POINTS,
            "    clause: Schedule 2.2, annex 1, 3",
            "    improvement: {kind: average, months: 4, best: 5}",
            "best: 5",
        ),
        *("service_levels.2.improvement.best", "5 months are more than the 4 that are looked at"),
    ),
    "a time zone that no clock knows": (
        *(POINTS, "zone: Europe/London", "zone: Europe/Londno", "Londno"),
        *("contract.zone", '"Europe/Londno" is no IANA time zone that Accord knows, such as America/Bogota'),
    ),
    "a last day that no calendar has": (
        *(POINTS, "starts_on: 2026-04-01", "starts_on: 2026-04-01, ends_on: 2027-02-29", "2027-02-29"),
        *("contract.ends_on", '"2027-02-29" is not a date such as 2026-11-01'),
    ),
    "a last day before the first": (
        *(POINTS, "starts_on: 2026-04-01", "starts_on: 2026-04-01, ends_on: 2026-03-31", "2026-03-31"),
        *("contract.ends_on", "2026-03-31 is before the contract's first day, 2026-04-01"),
    ),
    "a window that needs more words": (
        *(POINTS, "    threshold: 20 seconds", "    window: fiscal_month", "fiscal_month"),
        *("service_levels.0.window", "needs more words: {kind: fiscal_month, starts_on: 22}"),
    ),
    "a folder of time zones": (
        *(POINTS, "zone: Europe/London", "zone: Europe", "zone: Europe"),
        *("contract.zone", '"Europe" is no IANA time zone'),
    ),
    "a corridor about a volume that nobody reports": (
        *(
            TWO,
            "claims: {",
            "corridor: {measure: ofered, forecast: forecast_volume, variance: 10}\nclaims: {",
            "ofered",
        ),
        *("corridor.measure", 'did you mean "offered"?'),
    ),
    "standings that do not reach down": (
        *(SELLER, "at risk, at_least: 0", "at risk, at_least: 10", "standings:"),
        *("scorecard.standings", "scores below 10 have no standing: begin one at 0"),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_by_its_line_and_path(mistake):
    text, old, new, part, path, words = MISTAKES[mistake]
    wrong = changed(text, old, new)
    line = line_of(wrong, part)
    found = [place for place in told(wrong) if place.startswith(f"line {line}: {path}: ")]
    assert found, told(wrong)
    assert words in found[0]


def test_a_mistake_in_a_service_level_is_not_told_as_a_mistake_of_the_right_that_names_it():
    [only] = told(changed(TWO, "    weight: 30\n", "    weight: thirty\n"))
    assert "service_levels.0.weight" in only


def test_one_mistake_is_told_once():
    [only] = told(changed(POINTS, "{kind: fixed_fee, amount: 180000}", "{kind: fixed_fee, amount: 180k}"))
    assert "credits.base.amount: '180k' cannot be read" in only
    text = POINTS.replace("credit: {kind: points}", "credit: {kind: fixed, amount: 1k}")
    assert {place.partition(": ")[2].split(":")[0] for place in told(text)} == {
        f"service_levels.{number}.credit.amount" for number in range(3)
    }


DOUBTS = {
    "a fixed credit above the share": (
        *(POINTS, "      - {points: 9, percent: 8}\n", "      - {points: 9, percent: 8}\n  warn_above: 5\n"),
        *("credits.warn_above", "can come to 8 % of the invoice, above 5 %"),
    ),
    "a right that counts points of those that give none": (
        *(
            POINTS,
            "    of: points\n    at_least: 6\n",
            "    of: points\n    at_least: 6\n    service_levels: [plain]\n",
        ),
        *("rights.0.of", "cannot open: no service level that counts gives points"),
    ),
    "a right that counts misses of a Minimum that there is not": (
        *(POINTS, "    of: points\n    at_least: 6\n", "    of: minimum_misses\n    at_least: 6\n"),
        *("rights.0.of", "cannot open: no service level that counts has a Minimum"),
    ),
    "a credit of what is only reported": (
        *(POINTS, "    threshold: 20 seconds\n", "    threshold: 20 seconds\n    class: reported\n"),
        *("service_levels.0.class", "gives a credit all the same"),
    ),
    "a share where points are meant": (
        *(POINTS, '    expected: {comparator: ">=", value: 75}', '    expected: {comparator: ">=", value: "0.75"}'),
        *("service_levels.2.expected.value", "is 0.75 %: percentages are in points, 95 for 95 %"),
    ),
    "half an earn-back as a fraction": (
        *(TWO, "months: 6, fraction: 50", 'months: 6, fraction: "0.5"'),
        *("credits.earn_back.fraction", "is 0.5 %: percentages are in points, 50 for 50 %"),
    ),
    "an amount at risk as a fraction": (
        *(TWO, "  at_risk: 12\n", '  at_risk: "0.12"\n'),
        *("credits.at_risk", "is 0.12 %: percentages are in points, 10 for 10 %"),
    ),
    "bands that do not part at the Expected": (
        *(POINTS, '    expected: {comparator: ">=", value: 95}', '    expected: {comparator: ">=", value: 94}'),
        *("service_levels.1.bands", "have no edge at the Expected of 94"),
    ),
    "repeats of what costs nothing": (
        *(POINTS, "    credit: {kind: points}\n    repeats:\n", "    repeats:\n"),
        *("service_levels.0.repeats", "has no effect: this service level gives no credit"),
    ),
    "a right that asks for more failures than there can be": (
        *(POINTS, "    of: points\n    at_least: 6\n", "    of: misses\n    at_least: 6\n"),
        *("rights.0.at_least", "cannot open: a service level fails 3 times at most"),
    ),
    "a pool beside those of the categories": (
        *(TWO, "  at_risk: 12\n", "  at_risk: 12\n  pool: 120\n"),
        *("credits.pool", "has no effect: each category has a pool of its own"),
    ),
    "a cap of a month's charges over credits of a quarter's": (
        *(TWO, "  caps:\n", "  base: {kind: invoice, over: window}\n  caps:\n"),
        *("credits.caps.0.percent", "is of one month's charges, and credits here are of their whole window's"),
    ),
    "a Minimum that waits where the Expected does not": (
        *(
            TWO,
            "      minimum: {}\n      expected: {misses: 2, consecutive: yes}\n",
            "      minimum: {misses: 2, consecutive: yes}\n      expected: {}\n",
        ),
        *("service_levels.3.default.counted", "may be no default where a smaller miss is one"),
    ),
    "months in a row of what is judged by the quarter": (
        *(
            POINTS,
            "    of: points\n    at_least: 6\n    within: 3\n",
            "    of: misses\n    per: contract\n    consecutive: 2\n    service_levels: [resolved-first]\n",
        ),
        *("rights.0.per", "cannot open: months are counted, and nothing that counts is monthly"),
    ),
    "repeats of what is never a default": (
        *(
            POINTS,
            '    default: {expected: {}, not_reported: yes, clause: "Schedule 2.2, part A, 2"}\n'
            "    bands:\n      - {label: none, points: 0, at_least: 90}\n",
            "    bands:\n      - {label: none, points: 0, at_least: 90}\n",
        ),
        *("service_levels.0.repeats", "has no effect: no miss of this service level is a default"),
    ),
    "a currency that nobody has": (
        *(POINTS, "currency: GBP", "currency: GBX"),
        *("contract.currency", '"GBX" is no currency that Accord knows'),
    ),
    "standings of what weighs nothing": (
        *(POINTS, "rights:\n", "scorecard: {standings: [{standing: all, at_least: 0}]}\nrights:\n"),
        *("scorecard", "no service level has a weight: nothing is scored"),
    ),
    "a corridor about a forecast that nobody reports": (
        *(TWO, "claims: {", "corridor: {measure: offered, forecast: foreseen, variance: 10}\nclaims: {"),
        *("corridor.forecast", '"foreseen" is not among the terms\' measures: only forecasts that are issued'),
    ),
    "terms before their contract": (
        *(POINTS, "starts_on: 2026-04-01", "starts_on: 2026-04-02"),
        *("effective_from", "is before the contract's first day, 2026-04-02"),
    ),
}
PLAIN = """  - {key: plain, name: Plain, metric: service_level, expected: {comparator: ">=", value: 90}}
credits:
"""


@pytest.mark.parametrize("doubt", DOUBTS)
def test_what_is_doubtful_is_a_warning_with_its_path(doubt):
    text, old, new, path, words = DOUBTS[doubt]
    sheet = read_sheet(changed(changed(text, old, new), "credits:\n", PLAIN))
    assert sheet.locate(sheet.problems()) == []
    assert [words in warning.message for warning in sheet.warnings() if warning.path == path] == [True]


def test_credits_of_which_nothing_comes_are_a_warning():
    """An amendment may end every service level's credit; an amount at risk is asked for where one is shared out."""
    at_last = "credits: {base: {kind: fixed_fee, amount: 1000}}\n"
    sheet = read_sheet((FOLDER / "smallest.yaml").read_text() + at_last)
    assert sheet.problems() == []
    assert [str(each) for each in sheet.warnings()] == [
        "credits: no service level gives a credit or a bonus: nothing comes of them"
    ]


def test_true_and_yes_are_the_same_terms():
    yes, true = (read_sheet(text).document for text in (TWO, TWO.replace("not_reported: yes", "not_reported: true")))
    assert yes == true


def test_a_comparator_against_the_metrics_direction_is_a_warning_with_its_line():
    text = changed(SELLER, '{comparator: "<=", value: "2.5"}', '{comparator: ">=", value: "2.5"}')
    text = changed(text, "score: {zero: 5}", "score: {zero: 1}")
    sheet = read_sheet(text)
    assert sheet.problems() == []
    [warning] = sheet.locate(sheet.warnings())
    assert (warning.line, warning.path) == (line_of(text, '">=", value: "2.5"'), "service_levels.2.expected.comparator")
    assert warning.message.endswith("lower is better: did you mean <= 2.5 in the place of >= 2.5?")


def test_credits_above_a_share_of_the_invoice_are_a_warning_with_its_line():
    text = changed(TWO, "  at_risk: 12\n", "  at_risk: 12\n  warn_above: 10\n")
    sheet = read_sheet(text)
    [warning] = sheet.locate(sheet.warnings())
    assert (warning.line, warning.path) == (line_of(text, "warn_above"), "credits.warn_above")
    assert "can come to 12 % of the invoice, above 10 %" in warning.message


@pytest.mark.parametrize(
    ("old", "new", "most"),
    [
        ("{over: month, percent: 12,", "{over: month, percent: 90, of: at_risk,", "10.8"),
        ("{over: month, percent: 12,", "{over: quarter, percent: 12,", "14.4"),
        ("{over: month, percent: 12,", "{over: month, amount: 12,", "14.4"),
    ],
)
def test_what_a_month_can_come_to_is_by_its_pools_and_its_own_caps(old, new, most):
    sheet = read_sheet(changed(changed(TWO, "  at_risk: 12\n", "  at_risk: 12\n  warn_above: 10\n"), old, new))
    [warning] = sheet.warnings()
    assert f"can come to {most} % of the invoice" in warning.message


SHEETS = [read_sheet(text).document for text in (TWO, POINTS, SELLER)]
HOSTILE = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.dates().map(str)),
    st.sampled_from(["yes", "month", "points", "2026-W01-1", "9" * 50, "-1", "0", "1e5", "٣", math.inf]),
    st.recursive(
        st.text(max_size=3),
        lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=3), part, max_size=3),
        max_leaves=6,
    ),
)


def places_of(part: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [found for step, inner in steps for found in ((*path, step), *places_of(inner, (*path, step)))]


def put(document: dict[str, Any], path: tuple[Any, ...], value: Any) -> None:
    part: Any = document
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value


def problems_of(document: dict[str, Any]) -> tuple[Problem, ...]:
    try:
        Terms.from_document(document, CATALOGUE)
    except TermsInvalid as refused:
        return refused.problems
    return ()


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_hostile_document_is_refused_with_paths_and_never_breaks_the_reader(data):
    document = deepcopy(data.draw(st.sampled_from(SHEETS)))
    for _ in range(data.draw(st.integers(1, 3))):
        put(document, data.draw(st.sampled_from(places_of(document))), data.draw(HOSTILE))
    assert all(problem.path and problem.message for problem in problems_of(document))
    sheet = Sheet(None, document, {})
    assert all(place.line == 1 and place.message for place in sheet.locate(sheet.problems()))


@given(st.recursive(HOSTILE, lambda part: st.dictionaries(st.text(min_size=1, max_size=8), part, max_size=4)))
@example({"": ""})
def test_what_is_no_document_at_all_is_refused_too(part):
    document = part if isinstance(part, dict) else {"schema": part}
    found = problems_of(document)
    assert found
    assert all(problem.path and problem.message for problem in found)


@given(st.text(max_size=200))
def test_any_text_is_a_sheet_or_is_refused_by_its_line(text):
    try:
        sheet = read_sheet(text)
        lines = [place.line for place in sheet.locate(sheet.problems())]
    except SheetUnreadable as refused:
        lines = [refused.line]
    assert lines
    assert min(lines) >= 1
