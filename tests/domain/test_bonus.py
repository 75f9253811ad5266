"""A bonus beyond the target: what holds it back, and limits that no target of its time may reach."""

from decimal import Decimal

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.events import Events
from app.domain.judging.evaluation import evaluate
from app.domain.rules.relief import Claim
from app.domain.terms import TermsInvalid
from tests.domain.story import AUGUST, CHARGES, FIGURES, facts, level, limit, lines, one_level

BONUS = {"upper": "100", "percent": "2"}


def month(claims: tuple[Claim, ...] = (), **others: str):
    """Satisfaction is exceeded while English voice is under its Minimum."""
    terms = one_level(
        level("voice", "service_level", limit(">=", "80"), limit(">=", "75"), **others),
        level("satisfaction", "csat", limit(">=", "85"), bonus=BONUS),
    )
    [judged] = evaluate(
        [terms], facts(*lines(AUGUST, FIGURES[AUGUST])), CHARGES, CATALOGUE, [AUGUST], Events(claims=claims)
    )
    return judged.credits.bonuses


def test_an_area_under_its_minimum_holds_the_bonus_back():
    [bonus] = month()
    assert (bonus.gated_by, bonus.amount) == ("voice", Decimal(0))


def test_what_is_excused_holds_no_bonus_back():
    """Of $428,000, two per cent for 87 %: 2 of 15 points from the Expected to the limit."""
    [bonus] = month((Claim("1", "2026-08", "period", "granted", ("voice",)),))
    assert bonus.gated_by == ""
    assert round(bonus.amount) == round(Decimal(42_800_000) * 2 / 100 * 2 / 15)


def test_what_is_in_grace_holds_no_bonus_back():
    [bonus] = month(credits_from="2026-09-01")
    assert (bonus.gated_by, round(bonus.amount)) == ("", round(Decimal(42_800_000) * 2 / 100 * 2 / 15))


@pytest.mark.parametrize(
    ("rule", "place"),
    [({"bonus": {"upper": "90", "percent": "2"}}, "bonus.upper"), ({"score": {"zero": "90"}}, "score.zero")],
)
def test_no_step_of_a_ramp_reaches_the_limit_that_is_measured_from_it(rule, place):
    ramp = [{"from": "2026-06-01", "expected": limit(">=", "90")}]
    with pytest.raises(TermsInvalid) as invalid:
        one_level(level("satisfaction", "csat", limit(">=", "85" if "bonus" in rule else "95"), ramp=ramp, **rule))
    assert any(problem.path.endswith(place) for problem in invalid.value.problems)
