"""Compensation that no cap holds: nothing is taken off it, and it uses up no cap's room."""

from app.contracts.catalogue import CATALOGUE
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from app.domain.prose.explain import why
from tests.domain.story import facts, level, limit, lines, one_level

JANUARY, FEBRUARY, MARCH = (Month(2026, number) for number in (1, 2, 3))
MONTHS = [JANUARY, FEBRUARY, MARCH]
VOICE = {"kind": "fixed", "amount": "1000"}
CRITICAL = {"kind": "fixed", "amount": "500", "outside_caps": "yes"}
YEARLY = {"over": "contract_year", "amount": "1200"}


def chains(agreed, percents=("50", "50", "90"), critical=CRITICAL, earn_back=None, charges=None):
    """Voice fails under 80, critical under 60."""
    own = {"credits_on": "expected", **({"earn_back": earn_back} if earn_back else {})}
    levels = [
        level("voice", "service_level", limit(">=", "80"), credit=VOICE, credits_on="expected"),
        level("critical", "service_level", limit(">=", "60"), credit=critical, **own),
    ]
    figures = ({"offered": "100", "answered_in_threshold": percent} for percent in percents)
    reported = facts(*(line for month, part in zip(MONTHS, figures, strict=True) for line in lines(month, part)))
    terms = one_level(*levels, credits={"at_risk": "10", **agreed}, effective_from="2026-01-01")
    return evaluate([terms], reported, charges or {}, CATALOGUE, MONTHS)


def test_a_cap_takes_nothing_off_it_and_keeps_its_room_for_the_others():
    """Of 1,200 a year January's 1,000 leave 200; the 500 of each month stand beside them."""
    january, february, _ = (month.credits for month in chains({"caps": [YEARLY]}))
    assert (january.payable, february.payable) == (150_000, 70_000)
    assert {line.service_level: line.payable for line in february.lines} == {"critical": 50_000, "voice": 20_000}


def test_the_same_holds_of_a_cap_after_earn_back():
    late = {**YEARLY, "after_earn_back": "yes"}
    _, february, march = (
        month.credits for month in chains({"caps": [late]}, earn_back={"kind": "months", "months": "1"})
    )
    assert february.payable == 70_000
    assert (march.earned_back, march.payable) == (50_000, -50_000)


def test_it_is_priced_where_a_cap_waits_for_charges():
    alone = chains({"monthly_cap": "5"}, critical={**CRITICAL, "replaces": "others"})
    assert [month.credits.payable for month in alone] == [50_000, 50_000, 0]
    assert chains({"monthly_cap": "5"})[0].credits.payable is None


def test_why_tells_no_cap_where_none_held_it():
    [january, *_] = chains({"caps": [YEARLY, {"over": "month", "amount": "600"}]})
    steps = {
        finding.level.key: why(finding.to_document(), january.credits.to_document()) for finding in january.findings
    }
    assert "After the monthly cap" in {step.label for step in steps["voice"]}
    assert "After the monthly cap" not in {step.label for step in steps["critical"]}
