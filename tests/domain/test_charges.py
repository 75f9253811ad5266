"""What percentages are of: a month's charges, or those of a whole quarter; and which months a longer cap holds."""

from app.contracts.catalogue import CATALOGUE
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from app.domain.prose.explain import why
from app.domain.prose.price_wording import Currency
from tests.domain.story import facts, level, limit, lines, one_level

JANUARY = Month(2026, 1)
MARCH = JANUARY.plus(2)
CHARGES = {JANUARY: 10_000_000, JANUARY.plus(1): 20_000_000, MARCH: 30_000_000}


def quarter(credit, *terms, agreed=None, charges=CHARGES, **others):
    """March of a quarter at 78 % of at least 80 %, whose months cost 100,000, 200,000 and 300,000."""
    voice = level("voice", "service_level", limit(">=", "80"), window="quarter", credits_on="expected", credit=credit)
    money = {"at_risk": "10", "pool": "100", "base": {"over": "window"}} | (agreed or {})
    newest = one_level({**voice, **others}, credits=money, effective_from="2026-03-01" if terms else "2025-01-01")
    figures = {"offered": "100", "answered_in_threshold": "78"}
    reported = facts(*(line for month in CHARGES for line in lines(month, figures)))
    return evaluate([*terms, newest], reported, charges, CATALOGUE, [MARCH])[0]


def told(month):
    steps = why(
        month.findings[0].to_document(),
        month.credits.to_document(),
        Currency(lambda minor: f"${int(minor.split('.')[0]) // 100:,}"),
    )
    return {step.label: step.text for step in steps}


def test_a_quarters_credit_is_a_share_of_all_its_months_where_the_base_says_so():
    fixed = {"kind": "fixed", "percent": "3"}
    assert quarter(fixed).credits.payable == 1_800_000
    assert quarter(fixed, agreed={"base": {}}).credits.payable == 900_000
    assert told(quarter(fixed))["Credit"] == "3 % of $600,000 of the whole window = $18,000"


def test_an_allocation_of_a_quarter_is_at_risk_of_its_whole_charges():
    month = quarter({"kind": "allocation", "percent": "20"})
    assert (month.credits.charges, month.credits.payable) == (30_000_000, 1_200_000)
    assert told(month)["Credit"] == "$600,000 of the whole window × 10 % at risk × 20 % = $12,000"


def test_a_quarter_that_an_amendment_starts_anew_is_a_share_of_the_months_since():
    """Only March is judged, and January and February need no invoice for it."""
    before = one_level(level("voice", "service_level", limit(">=", "70")), effective_from="2025-01-01")
    anew = {"window": {"kind": "quarter", "amendment": "restart"}}
    fixed = {"kind": "fixed", "percent": "3"}
    assert quarter(fixed, before, **anew).credits.payable == 900_000
    assert quarter(fixed, before, charges={MARCH: 30_000_000}, **anew).credits.payable == 900_000
    assert quarter(fixed, before, window={"kind": "quarter"}).credits.payable == 1_800_000


def test_a_quarter_is_not_priced_until_each_of_its_months_is_entered():
    month = quarter({"kind": "fixed", "percent": "3"}, charges={MARCH: 30_000_000})
    assert (month.credits.pricing, month.credits.payable) == ("not_priced", None)


def test_months_before_the_credits_were_agreed_count_with_their_invoices():
    """January and February had no credits: the quarter costs 600,000 all the same, and 2 % of it is the cap."""
    before = one_level(level("voice", "service_level", limit(">=", "80")), credits=None, effective_from="2025-01-01")
    month = quarter({"kind": "fixed", "percent": "3"}, before, agreed={"caps": [{"over": "quarter", "percent": "2"}]})
    assert [cap.limit for cap in month.credits.caps] == [1_200_000]
    assert (month.credits.uncapped, month.credits.payable) == (1_800_000, 1_200_000)


def test_a_cap_of_the_amount_at_risk_takes_each_month_by_its_own_terms():
    """January and February put 10 % of 300,000 at risk, March 20 % of 300,000: half of 90,000 is the cap."""
    caps = {"caps": [{"over": "quarter", "percent": "50", "of": "at_risk"}]}
    before = one_level(
        level("voice", "service_level", limit(">=", "80"), window="quarter"),
        credits={"at_risk": "10", "pool": "100"},
        effective_from="2025-01-01",
    )
    month = quarter({"kind": "fixed", "percent": "10"}, before, agreed={"at_risk": "20"} | caps)
    assert [cap.limit for cap in month.credits.caps] == [4_500_000]
    assert (month.credits.uncapped, month.credits.payable) == (6_000_000, 4_500_000)


def test_a_bonus_of_a_quarter_is_a_share_of_its_whole_charges():
    month = quarter(
        {"kind": "fixed", "percent": "3"}, expected=limit(">=", "70"), bonus={"upper": "86", "percent": "1"}
    )
    assert month.credits.bonus == 300_000  # half of the way from 70 to 86, of 1 % of 600,000
