"""Every price reads as a sum that comes to the amount, and what takes some of it off says what is left."""

from decimal import Decimal

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.facts import ReportStatus, Standing
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from app.domain.prose.explain import why
from app.domain.prose.price_wording import Currency
from app.domain.wording import grouped
from tests.domain.story import facts, level, limit, lines, one_level

JANUARY, FEBRUARY, MARCH = (Month(2026, number) for number in (1, 2, 3))
CHARGES = dict.fromkeys((JANUARY, FEBRUARY, MARCH), 10_000_000)
MISSED = {"offered": "400", "answered_in_threshold": "311"}  # 77.75 %
DOLLARS = Currency(lambda minor: f"${grouped(str(Decimal(minor) / 100))}")


def panel(credit, *months: Month, agreed=None, **others) -> list[tuple[str, str]]:
    """What Why? says of money in the last month, each month at the same figures."""
    voice = level("voice", "service_level", limit(">=", "80"), credits_on="expected", credit=credit) | others
    sheet = one_level(voice, credits={"at_risk": "10", "pool": "100"} | (agreed or {}))
    months = months or (JANUARY,)
    reported = facts(*(line for month in months for line in lines(month, MISSED)))
    last = evaluate([sheet], reported, CHARGES, CATALOGUE, months)[-1]
    steps = why(last.findings[0].to_document(), last.credits.to_document(), DOLLARS)
    return [(step.label, step.text) for step in steps if "$" in step.text or step.label in ("Points", "Replaced")]


@pytest.mark.parametrize(
    ("credit", "sum_"),
    [
        ({"kind": "allocation", "percent": "60"}, "$100,000 × 10 % at risk × 60 % = $6,000"),
        ({"kind": "fixed", "percent": "3"}, "3 % of $100,000 = $3,000"),
        ({"kind": "fixed", "amount": "750"}, "$750 = $750"),
        ({"kind": "under_target", "percent": "1"}, "2.25 points short × 1 % of $100,000 = $2,250"),
        (
            {"kind": "under_target", "percent": "1", "points": "started"},
            "2.25 points short, counted as 3 (steps of 1 begun) × 1 % of $100,000 = $3,000",
        ),
        ({"kind": "occurrences", "amount": "2.50"}, "89 failures × $2.5 = $222.5"),
        ({"kind": "occurrences", "amount": "2.50", "free": "9"}, "(89 failures − 9 free) = 80 × $2.5 = $200"),
        (
            {"kind": "blocks", "failures": 40, "within": 1, "amount": "500"},
            "89 failures within 1 month, not paid for before, make 2 blocks of 40 × $500 = $1,000",
        ),
        ({"kind": "two_price", "price": "10", "lower_price": "7", "units": "beyond"}, "9 units × ($10 − $7) = $27"),
    ],
)
def test_a_price_is_told_as_a_sum(credit, sum_):
    assert panel(credit) == [("Credit", sum_)]


def test_a_band_is_named_with_what_it_costs():
    bands = [{"label": "met", "percent": "0", "at_least": "80"}, {"label": "minor", "percent": "2", "below": "80"}]
    assert panel({"kind": "band"}, bands=bands) == [("Credit", "“minor”: 2 % of $100,000 = $2,000")]


RATE = {"kind": "rate", "percent": "0.5", "free": "10"}
TABLE = {"kind": "table", "steps": [{"points": "50", "percent": "8"}]}
BANDS = {"kind": "bands", "amount": "3", "free": "20", "bands": [{"up_to": "60", "factor": "1"}, {"factor": "1.2"}]}


@pytest.mark.parametrize(
    ("points", "price"),
    [
        (RATE, "90 service points − 10 free = 80 × 0.5 % of $100,000 = $40,000"),
        (TABLE, "90 service points: 8 % of $100,000 by the table = $8,000"),
        (BANDS, "90 service points − 20 free: (40 × 1 + 30 × 1.2) × $3 = $228"),
    ],
)
def test_points_are_multiplied_first_and_priced_together(points, price):
    repeats = {"steps": [{"failure": "2", "times": "1.5"}]}
    told = dict(
        panel({"kind": "points", "points": "60"}, JANUARY, FEBRUARY, agreed={"points": points}, repeats=repeats)
    )
    assert told["Points"] == "60 service points × 1.5, as failure 2 = 90"
    assert told["Price of the points"] == price
    assert told["Credit"] == f"all 90 service points of the month = {price.rpartition(' = ')[2]}"


def test_each_cap_and_the_bank_say_what_is_left_of_it():
    caps = [{"over": "service_level", "amount": "5000"}, {"over": "month", "amount": "4000", "clause": "5.3"}]
    bank = {"kind": "bank", "deposit": {"amount": "1500"}}
    voice = level(
        *("voice", "service_level", limit(">=", "80")),
        credits_on="expected",
        credit={"kind": "fixed", "percent": "8"},
        earn_back=bank | {"clause": "7"},
    )
    sheet = one_level(voice, credits={"caps": caps})
    good, bad = {"offered": "400", "answered_in_threshold": "360"}, MISSED
    reported = facts(*lines(JANUARY, good), *lines(FEBRUARY, bad))
    january, february = evaluate([sheet], reported, CHARGES, CATALOGUE, [JANUARY, FEBRUARY])
    told = [
        [(step.label, step.text) for step in why(month.findings[0].to_document(), month.credits.to_document(), DOLLARS)]
        for month in (january, february)
    ]
    assert told[0][-1] == ("Earn-back", "$1,500 is put into the bank; 7")
    assert told[1][-4:] == [
        ("Credit", "8 % of $100,000 = $8,000"),
        ("After the cap of this service level", "$5,000, the most it may cost"),
        ("After the monthly cap", "$4,000, its share of $4,000, to which the month's $5,000 is cut; 5.3"),
        ("Offset", "$1,500 is paid by the bank, $2,500 remains; 7"),
    ]


def test_a_clause_may_hold_braces():
    caps = [{"over": "month", "amount": "400", "clause": "Schedule 4 {Credits}"}]
    told = dict(panel({"kind": "fixed", "percent": "3"}, agreed={"caps": caps}))
    assert told["After the monthly cap"].startswith("$400, its share of $400")
    assert told["After the monthly cap"].endswith("; Schedule 4 {Credits}")


def test_a_longer_cap_says_what_earlier_months_left_of_it():
    agreed = {"caps": [{"over": "contract_year", "amount": "5000"}]}
    told = dict(panel({"kind": "fixed", "percent": "3"}, JANUARY, FEBRUARY, agreed=agreed))
    assert (
        told["After the cap of the contract year"] == "$2,000, its share of $2,000, what earlier months left of $5,000"
    )


def test_what_comes_back_names_the_month_of_its_credit():
    back = {"kind": "months", "months": "1", "fraction": "50", "clause": "7.1"}
    voice = level("voice", "service_level", limit(">=", "80"), credits_on="expected", earn_back=back)
    sheet = one_level(voice | {"credit": {"kind": "fixed", "percent": "3"}}, credits={})
    reported = facts(*lines(JANUARY, MISSED), *lines(FEBRUARY, {"offered": "400", "answered_in_threshold": "360"}))
    february = evaluate([sheet], reported, CHARGES, CATALOGUE, [JANUARY, FEBRUARY])[1]
    steps = why(february.findings[0].to_document(), february.credits.to_document(), DOLLARS)
    assert steps[-1].text == "$1,500 comes back after 1 good window: 50 % of the credit of Jan 2026, $3,000; 7.1"


def test_what_does_not_come_back_is_the_part_that_would_have_and_not_the_whole_credit():
    back = {"kind": "months", "months": "1", "fraction": "50", "clause": "7.1"}
    voice = level("voice", "service_level", limit(">=", "80"), credits_on="expected", earn_back=back)
    sheet = one_level(voice | {"credit": {"kind": "fixed", "percent": "3"}}, credits={})
    reported = facts(*lines(JANUARY, MISSED), *lines(FEBRUARY, MISSED))
    february = evaluate([sheet], reported, CHARGES, CATALOGUE, [JANUARY, FEBRUARY])[1]
    told = {
        step.label: step.text
        for step in why(february.findings[0].to_document(), february.credits.to_document(), DOLLARS)
    }
    lost = "$1,500 does not come back: 50 % of the credit of Jan 2026, $3,000"
    assert told["Earn-back"].startswith(lost)


def test_a_default_that_brings_no_points_is_told_without_counting_all_of_none():
    voice = level(
        *("voice", "service_level", limit(">=", "80")),
        bands=[{"label": "met", "at_least": "80"}, {"label": "minor", "points": "3", "below": "80"}],
        default={"expected": {}, "not_reported": True},
        credit={"kind": "points"},
    )
    sheet = one_level(voice, credits={"points": {"kind": "rate", "percent": "1"}})
    silent = facts(*lines(JANUARY, MISSED), service=ReportStatus(Standing.OVERDUE))
    [january] = evaluate([sheet], silent, CHARGES, CATALOGUE, [JANUARY])
    told = {
        step.label: step.text for step in why(january.findings[0].to_document(), january.credits.to_document(), DOLLARS)
    }
    assert told["Credit"] == "no service points = $0"
