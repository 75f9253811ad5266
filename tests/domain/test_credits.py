"""Service credits: Cordillera's three months, the chain, and rounding once."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.credits import Pricing, largest_remainder, round_half_up
from app.domain.facts import ReportStatus, Standing
from tests.domain.story import (
    AUGUST,
    CHARGES,
    FIGURES,
    JULY,
    SEPTEMBER,
    document,
    facts,
    judge,
    lines,
    story,
    terms,
)


def dollars(minor):
    return Decimal(minor) / 100


def credits_of(month, **others):
    return judge(terms(), others.pop("facts", story()), month, **others)[0].credits


def test_july_is_below_expected_and_costs_nothing():
    july = credits_of(JULY)
    assert (july.pricing, july.uncapped, july.payable, july.lines) == (Pricing.PRICED, 0, 0, ())


def test_august_before_relief_and_correction():
    august = credits_of(AUGUST)
    assert {line.service_level: dollars(line.uncapped) for line in august.lines} == {
        "fill": 17_120,
        "quality": 17_120,
        "voice-service-level": 25_680,
    }
    assert (dollars(august.uncapped), dollars(august.cap_applied), dollars(august.payable)) == (59_920, 17_120, 42_800)


def test_august_with_three_errors_overturned_and_relief_leaves_the_fill_credit():
    relieved = FIGURES[AUGUST] | {"qa_critical_errors": "24", "answered_in_threshold": "31590", "offered": "41100"}
    evaluation = judge(terms(), facts(*lines(AUGUST, relieved)), AUGUST)[0]
    assert [finding.attainment.value for finding in evaluation.findings if finding.is_miss] == [
        "below_expected"
    ] * 3 + ["below_minimum"]
    assert evaluation.finding("quality").raw == 94
    assert dollars(evaluation.credits.payable) == 17_120


def test_september_is_capped():
    september = credits_of(SEPTEMBER)
    assert {line.service_level: dollars(line.uncapped) for line in september.lines} == {
        "abandonment": 12_150,
        "fill": 16_200,
        "voice-service-level": 24_300,
    }
    assert (dollars(september.uncapped), dollars(september.cap_applied), dollars(september.payable)) == (
        52_650,
        12_150,
        40_500,
    )


@pytest.mark.parametrize("month", [JULY, AUGUST, SEPTEMBER])
def test_the_chain_and_the_lines_add_up(month):
    chain = credits_of(month)
    assert chain.uncapped - chain.cap_applied - chain.waived - chain.earned_back == chain.payable
    assert sum(line.payable for line in chain.lines) == chain.payable
    assert chain.clause == "Schedule 3, 5.2"


def test_without_charges_a_credit_is_not_priced_and_never_zero():
    september = credits_of(SEPTEMBER, charges={})
    assert (september.pricing, september.payable, september.uncapped) == (Pricing.NOT_PRICED, None, None)
    assert [line.payable for line in september.lines] == [None, None, None]


def test_without_charges_a_month_without_default_has_nothing_to_price():
    july = credits_of(JULY, charges={})
    assert (july.pricing, july.lines, july.payable, july.cap) == (Pricing.PRICED, (), 0, None)


def test_terms_without_credits_cost_nothing_and_say_so():
    silent = document()
    del silent["credits"]
    for service_level in silent["service_levels"]:
        service_level["credits_on"] = "none"
        del service_level["allocation"]
    chain = judge(terms(**silent | {"credits": None}), story(), SEPTEMBER)[0].credits
    assert (chain.pricing, chain.payable) == (Pricing.OFF, None)


def test_history_that_was_imported_costs_nothing():
    loaded = ReportStatus(Standing.APPROVED, credited=False)
    reported = facts(*lines(SEPTEMBER, FIGURES[SEPTEMBER]), service=loaded, staffing=loaded, quality=loaded)
    assert credits_of(SEPTEMBER, facts=reported).payable == 0


def test_no_cap_takes_nothing_off():
    uncapped = terms(credits={"at_risk": "10", "pool": "200"})
    chain = judge(uncapped, story(), SEPTEMBER)[0].credits
    assert (chain.cap, chain.cap_applied, dollars(chain.payable)) == (None, 0, 52_650)


def test_half_a_cent_is_rounded_up_once_per_month():
    """Charges of $333.50 put $33.35 at risk; 60, 30 and 40 % of that are 20.01, 10.005 and 13.34."""
    chain = judge(terms(credits={"at_risk": "10", "pool": "200"}), story(), SEPTEMBER, charges={SEPTEMBER: 33_350})[
        0
    ].credits
    assert chain.uncapped == Decimal("4335.5")
    assert chain.payable == 4336
    assert {line.service_level: line.payable for line in chain.lines} == {
        "abandonment": 1001,
        "fill": 1334,
        "voice-service-level": 2001,
    }


@pytest.mark.parametrize(("amount", "rounded"), [("0.5", 1), ("1.5", 2), ("2.5", 3), ("2.4999", 2), ("0", 0)])
def test_halves_go_up(amount, rounded):
    assert round_half_up(Decimal(amount)) == rounded


def test_ties_go_to_the_first_key():
    assert largest_remainder(2, {"c": Decimal(1), "a": Decimal(1), "b": Decimal(1)}) == {"c": 0, "a": 1, "b": 1}


shares = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=4), st.decimals("0.001", "1000000", places=3), min_size=1
)


@given(st.integers(0, 10**9), shares)
def test_shares_add_up_exactly_and_stray_less_than_one_unit(total, parts):
    given_out = largest_remainder(total, parts)
    assert sum(given_out.values()) == total
    whole = sum(parts.values())
    assert all(abs(given_out[key] - total * part / whole) < 1 for key, part in parts.items())


@given(st.integers(0, 10**6), shares, st.randoms())
def test_the_order_of_shares_changes_nothing(total, parts, chance):
    shuffled = list(parts.items())
    chance.shuffle(shuffled)
    assert largest_remainder(total, dict(shuffled)) == largest_remainder(total, parts)


def test_the_quarter_as_the_deck_tells_it():
    """July nothing, August the fill credit that stays, September the capped amount: 4.63 % of the charges."""
    relieved = FIGURES[AUGUST] | {"qa_critical_errors": "24", "answered_in_threshold": "31590", "offered": "41100"}
    months = {JULY: FIGURES[JULY], AUGUST: relieved, SEPTEMBER: FIGURES[SEPTEMBER]}
    reported = facts(*(line for month, figures in months.items() for line in lines(month, figures)))
    payable = sum(evaluation.credits.payable for evaluation in judge(terms(), reported, *months))
    assert (dollars(payable), dollars(sum(CHARGES.values()))) == (57_620, 1_245_000)
    assert round(payable * 100 / Decimal(sum(CHARGES.values())), 2) == Decimal("4.63")


def test_equal_shares_stay_equal_where_a_cap_divided_them_without_end():
    third = Decimal(1) / 3
    shares = {"a": third, "b": third, "c": 1 - third - third}
    assert shares["c"] > shares["a"]
    assert largest_remainder(1, shares) == {"a": 1, "b": 0, "c": 0}


def test_half_a_minor_unit_is_half_also_where_a_cap_divided_without_end():
    assert round_half_up(Decimal("-38888.4999999999999999999")) == -38889
    assert round_half_up(Decimal("38888.4999")) == 38888
