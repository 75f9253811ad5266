"""Prose and the Why? panel."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.events import Events
from app.domain.findings import Attainment, Reason
from app.domain.judging.evaluation import evaluate
from app.domain.prose.explain import RESULTS, SENTENCES, sentence, why
from app.domain.prose.price_wording import Currency
from app.domain.rules.relief import Claim
from app.domain.wording import bounded, days, grouped, target_words, telling
from tests.domain.story import (
    AUGUST,
    CHARGES,
    JULY,
    SEPTEMBER,
    facts,
    judge,
    level,
    limit,
    lines,
    one_level,
    story,
    terms,
)


def dollars(minor: str) -> str:
    return f"${grouped(str(Decimal(minor) / 100))}"


def steps(finding, chain=None):
    panel = why(finding.to_document(), chain and chain.to_document(), Currency(dollars))
    return {step.label: step.text for step in panel}


def test_a_miss_tells_its_whole_derivation():
    september = judge(terms(), story(), SEPTEMBER)[0]
    panel = steps(september.finding("voice-service-level"), september.credits)
    assert panel == {
        "Clause": "Schedule 3, 2.1",
        "Scope": "All sites and queues",
        "Window": "Sep 2026",
        "Formula": "answered in threshold ÷ offered × 100",
        "Inputs": "answered in threshold 29,400, offered 40,000, from 1 submitted row",
        "Calculation": "29,400 ÷ 40,000 × 100 = 73.5 %",
        "Rounding": "None: compared unrounded, shown to 1 decimal",
        "Expected": "at least 80 %: missed by 6.5 points",
        "Minimum": "at least 75 %: missed by 1.5 points",
        "Reason": "73.5 % misses the Minimum of at least 75 %.",
        "Result": "Below Minimum",
        "Default": "Minimum",
        "Disposition": "Counts",
        "Credit": "$405,000 × 10 % at risk × 60 % = $24,300",
        "After the monthly cap": "$18,692.31, its share of $40,500, to which the month's $52,650 is cut; "
        "Schedule 3, 5.2",
    }


def test_without_the_credits_no_amount_is_told():
    september = judge(terms(), story(), SEPTEMBER)[0]
    assert not any("$" in text for text in steps(september.finding("fill")).values())


def test_an_unpriced_credit_says_what_is_missing():
    september = judge(terms(), story(), SEPTEMBER, charges={})[0]
    assert (
        steps(september.finding("fill"), september.credits)["Credit"]
        == "Not priced: the month's charges are not entered"
    )


def test_a_credit_under_a_cap_that_an_earlier_month_uses_up_names_that_months_charges():
    yearly = {"at_risk": "10", "pool": "200", "caps": [{"over": "contract_year", "amount": "60000"}]}
    [_, september] = judge(terms(credits=yearly), story(), AUGUST, SEPTEMBER, charges={SEPTEMBER: CHARGES[SEPTEMBER]})
    told = steps(september.finding("fill"), september.credits)["Credit"]
    assert told == "Not priced: charges of an earlier month are not entered"


def test_a_rounded_result_never_looks_like_the_target_it_misses():
    figures = {"answered_in_threshold": "799996", "offered": "1000000"}
    finding = judge(one_level(level("voice", "service_level", limit(">=", "80"))), facts(*lines(JULY, figures)), JULY)[
        0
    ].findings[0]
    assert sentence(finding.reason) == "79.9996 % misses the Expected of at least 80 %."


def test_a_missing_figure_says_whose_and_where():
    finding = judge(terms(), facts(*lines(JULY, {"offered": "1"})), JULY)[0].findings[0]
    assert (
        sentence(finding.reason)
        == "Answered in threshold is missing in the partner's report for BOG, EN-VOICE, Jul 2026."
    )


def test_one_more_place_is_one():
    missing = {"measure": "Offered", "party": "partner", "site": "BOG", "queue": "EN", "month": "2026-07"}
    assert sentence(Reason("missing", {**missing, "others": "1"})).endswith("Jul 2026, and in 1 more place.")
    assert sentence(Reason("missing", {**missing, "others": "2"})).endswith("Jul 2026, and in 2 more places.")


def test_seven_days_of_thirty_are_said():
    rows = [replace(line, days_reported=7) for line in lines(JULY, {"answered_in_threshold": "9", "offered": "10"})]
    finding = judge(one_level(level("voice", "service_level", limit(">=", "80"))), facts(*rows), JULY)[0].findings[0]
    assert steps(finding)["Days reported"] == "7 of 31 days"


@pytest.mark.parametrize(
    ("code", "figures", "words"),
    [
        (
            "overdue",
            {"kind": "service", "party": "client", "month": "2026-10"},
            "The client's service report for Oct 2026 is overdue.",
        ),
        ("low_volume", {"volume": "84", "minimum_volume": "100"}, "84 counted, under the 100 from which"),
        (
            "disagreed",
            {"measure": "Offered", "month": "2026-07", "partner": "1000", "client": "900", "tolerance": "2"},
            "1,000 by the partner",
        ),
        ("nil_return", {}, "A nil return"),
    ],
)
def test_every_gap_has_its_sentence(code, figures, words):
    assert words in sentence(Reason(code, figures))


def test_every_attainment_has_a_label():
    assert RESULTS.keys() == {attainment.value for attainment in Attainment}
    assert {"met", "exceeded", "below_expected", "below_minimum", "low_volume"} <= SENTENCES.keys()


def test_figures_read_as_people_write_them():
    assert grouped("1234567.50") == "1,234,567.5"
    assert grouped("100") == "100"
    assert grouped("0.3333333333333333333333333333") == "0.333333333333…"
    assert telling("92.0", ">= 93", 1) == "92.0"
    assert telling("80", ">= 80", 1) == "80.0"
    assert target_words("75 to 88", "percent") == "75 to 88 %"
    assert target_words("< 5", "percent") == "less than 5 %"
    assert days("2026-07-01", "2026-09-30") == "1 Jul 2026 to 30 Sep 2026"


def test_every_reason_has_its_sentence():
    """Codes are written in the engine; each must be readable."""
    source = "".join(path.read_text(encoding="utf-8") for path in Path("app/domain").rglob("*.py"))
    codes = set(re.findall(r'Reason\(\s*"([a-z_]+)"', source))
    codes |= set(re.findall(r'Attainment\.NOT_\w+, "([a-z_]+)"', source))
    assert {"maturing", "window_too_short", "nil_return", "overdue"} <= codes
    assert codes <= SENTENCES.keys()


def test_a_count_a_grade_and_points_are_explained():
    voice = level(
        *("voice", "service_level", limit(">=", "80"), limit(">=", "70")),
        bands=[{"label": "met", "at_least": "80"}, {"label": "minor", "points": "3", "below": "80"}],
        default={"expected": {"misses": "2", "within": "12"}},
        credit={"kind": "points"},
    )
    agreed = one_level(voice, credits={"points": {"kind": "rate", "percent": "1"}})
    july, august = evaluate([agreed], story(), CHARGES, CATALOGUE, (JULY, AUGUST))
    first, second = (steps(month.findings[0], month.credits) for month in (july, august))
    assert first["Counted"] == "1 miss of the Expected within 12 months; 2 make a default"
    assert "Credit" not in first
    assert second["Severity"] == "minor, less than 80 %: 3 service points"
    assert second["Price of the points"] == "3 service points = 3 × 1 % of $428,000 = $12,840"
    assert second["Credit"] == "all 3 service points of the month = $12,840"


def test_a_price_of_another_kind_says_its_figures_and_a_cap_its_name():
    voice = level(
        "voice", "service_level", limit(">=", "80"), credits_on="expected", credit={"kind": "fixed", "percent": "3"}
    )
    caps = [{"over": "service_level", "percent": "2"}]
    [july] = evaluate([one_level(voice, credits={"caps": caps})], story(), CHARGES, CATALOGUE, (JULY,))
    told = steps(july.findings[0], july.credits)
    assert told["Credit"] == "3 % of $412,000 = $12,360"
    assert told["After the cap of this service level"] == "$8,240, the most it may cost"


def test_an_earn_back_that_is_lost_says_in_which_month_and_by_what():
    voice = level(
        "voice", "service_level", limit(">=", "80"), credits_on="expected", credit={"kind": "fixed", "percent": "3"}
    )
    agreed = one_level(voice, credits={"earn_back": {"kind": "months", "months": "2", "clause": "7.1"}})
    _, august = evaluate([agreed], story(), CHARGES, CATALOGUE, (JULY, AUGUST))
    told = steps(august.findings[0], august.credits)
    assert told["Earn-back"] == "$12,360 does not come back: the credit of Jul 2026 (Aug 2026: below expected); 7.1"


def test_relief_is_told_with_both_calculations():
    claim = Claim("3", "2026-09", "adjust", "granted", adjust={"offered": Decimal(1000)}, reason="Outage", clause="6.4")
    finding = evaluate([terms()], story(), CHARGES, CATALOGUE, [SEPTEMBER], Events(claims=(claim,)))[0].findings[0]
    told = {step.label: step.text for step in why(finding.to_document())}
    assert told["Inputs"].endswith("offered 39,000, from 1 submitted row, after relief")
    assert told["Raw"] == "29,400 ÷ 40,000 × 100 = 73.5 %"
    assert told["Calculation"].startswith("29,400 ÷ 39,000 × 100 = 75.38")
    assert told["Relief"] == "Claim 3, granted: Outage; taken off: offered 1,000; 6.4"


@pytest.mark.parametrize(
    ("kind", "decision", "words"),
    [
        ("period", "open", "Claim 3, not decided yet: Outage; the whole window excused"),
        ("period", "refused", "Claim 3, refused: Outage; the whole window excused"),
        ("days", "granted", "Claim 3, granted: Outage; days left out: 1 Sep 2026"),
    ],
)
def test_a_claim_is_told_with_its_decision(kind, decision, words):
    days = frozenset({date(2026, 9, 1)}) if kind == "days" else frozenset()
    claim = Claim("3", "2026-09", kind, decision, days=days, reason="Outage")
    finding = evaluate([terms()], story(), CHARGES, CATALOGUE, [SEPTEMBER], Events(claims=(claim,)))[0].findings[0]
    assert words in [step.text for step in why(finding.to_document()) if step.label == "Relief"]


def test_a_late_claim_says_until_when_it_could_be_filed():
    claim = Claim("3", "2026-09", "period", "granted", filed_on=date(2026, 10, 16), reason="Outage")
    agreed = terms(claims={"within": "15"})
    finding = evaluate([agreed], story(), CHARGES, CATALOGUE, [SEPTEMBER], Events(claims=(claim,)))[0].findings[0]
    [told] = [step.text for step in why(finding.to_document()) if step.label == "Relief"]
    assert told.startswith("Claim 3, filed too late, without effect")
    assert "it could be filed until 15 Oct 2026" in told
    assert finding.disposition == "counts"


def test_no_raw_key_and_no_false_plural_stands_in_a_sentence():
    nothing = sentence(Reason("zero_denominator", {"denominator": "csat_responses + qa_samples"}))
    assert nothing == "Nothing to divide by: CSAT responses + QA samples came to zero."
    short = sentence(Reason("window_too_short", {"months": "1", "at_least": "3"}))
    assert short == "1 month lies in the window; it is judged from 3 on."
    assert (bounded("", "percent"), bounded(">= 90, < 96", "percent")) == ("", "at least 90 %, less than 96 %")
