"""Scores, standings and staffing."""

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.attainment import Attainment, Disposition
from app.domain.events import Events
from app.domain.facts import ReportStatus, Standing
from app.domain.judging.evaluation import evaluate
from app.domain.judging.scorecard import STANDINGS, Band, scorecard, standing
from app.domain.people.staffing import staffing_by_site
from app.domain.rules.relief import Claim
from app.domain.rules.scoring import ScoreRule
from tests.domain.story import AUGUST, CHARGES, FIGURES, JULY, SEPTEMBER, facts, judge, lines, story, terms


def findings(*months, reported=None):
    return [finding for evaluation in judge(terms(), reported or story(), *months) for finding in evaluation.findings]


def test_met_is_everything_below_expected_half_and_below_minimum_nothing():
    assert scorecard(findings(JULY)).value == 90
    assert scorecard(findings(AUGUST)).value == 30
    assert scorecard(findings(SEPTEMBER)).value == 40
    assert scorecard(findings(JULY, AUGUST, SEPTEMBER)).value == Decimal("53.33333333333333333333333333")


def test_weights_decide():
    heavy = [
        finding._replace(level=replace(finding.level, weight=Decimal(1 + 99 * finding.is_miss)))
        for finding in findings(JULY)
    ]
    assert scorecard(heavy).value == quotient_of(50 * 100 + 400, 104)


def quotient_of(upper, lower):
    return pytest.approx(Decimal(upper) / Decimal(lower))


def test_what_was_not_judged_weighs_nothing():
    awaiting = facts(*lines(JULY, FIGURES[JULY]), service=ReportStatus(Standing.AWAITING))
    card = scorecard(findings(JULY, reported=awaiting))
    assert (card.value, card.weight_judged, card.weight_total) == (100, 60, 100)


def test_a_month_without_data_is_neither_zero_nor_a_hundred():
    card = scorecard(findings(JULY, reported=facts()))
    assert (card.value, card.standing, card.weight_judged, card.weight_total) == (None, None, 0, 100)


def test_what_is_excused_weighs_nothing():
    """August's voice, under its Minimum, in an outage of the client's: the others come to 30 of 80."""
    excused = Events(claims=(Claim("1", "2026-08", "period", "granted", ("voice-service-level",)),))
    [august] = evaluate([terms()], story(), CHARGES, CATALOGUE, [AUGUST], excused)
    assert (august.scorecard.value, august.scorecard.weight_judged) == (Decimal("37.5"), 80)


def test_months_before_an_amendment_fade_into_the_first_score_that_lets_them():
    fading = {"standings": [{"standing": "any", "at_least": "0"}], "decay": "0.5", "months": "2"}
    amended = terms(effective_from="2026-08-01", scorecard=fading)
    [august] = evaluate([terms(), amended], story(), CHARGES, CATALOGUE, [AUGUST])
    assert (august.scorecard.month, august.scorecard.value) == (30, 50)  # July's 90 weighs half


def test_two_thirds_of_a_weight_reach_the_standing_that_they_come_to():
    """22 of 30 are two thirds of the way from 60 to 80: with a quarter that was met 75, also from 28 stored digits."""
    found = findings(JULY)[:2]
    voice = replace(found[0].level, weight=Decimal(3), score=ScoreRule(zero=Decimal(60)))
    met = found[1]._replace(level=replace(found[1].level, weight=Decimal(1)), attainment=Attainment.MET)
    stored = SimpleNamespace(
        level=voice, value=Decimal(2200) / 30, attainment=Attainment.BELOW_EXPECTED, disposition=Disposition.COUNTS
    )
    assert scorecard([stored, met]).standing == "steady"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("100", "strong"),
        ("90", "strong"),
        ("89.99", "steady"),
        ("75", "steady"),
        ("60", "watch"),
        ("59.9", "at risk"),
        ("0", "at risk"),
    ],
)
def test_standings_cover_the_whole_scale(value, name):
    assert standing(Decimal(value)) == name


def test_standings_with_a_gap_are_refused():
    with pytest.raises(ValueError, match="no standing covers"):
        standing(Decimal(10), [Band("fine", Decimal(50))])
    assert min(band.at_least for band in STANDINGS) == 0


def test_staffing_is_summed_over_queues_by_site():
    rows = [
        *lines(JULY, {"actual_fte": "90", "required_fte": "100"}),
        *lines(JULY, {"actual_fte": "46", "required_fte": "40"}, queue="ES-VOICE"),
        *lines(JULY, {"actual_fte": "12", "required_fte": "10"}, site="MDE"),
    ]
    bogota, medellin = staffing_by_site(rows)
    assert (bogota.site, bogota.required, bogota.actual, bogota.shortage) == ("BOG", 140, 136, 4)
    assert bogota.fill is not None
    assert round(bogota.fill, 1) == Decimal("97.1")
    assert (medellin.shortage, medellin.fill) == (0, 120)


def test_nobody_required_has_no_fill():
    [site] = staffing_by_site(lines(JULY, {"actual_fte": "0", "required_fte": "0"}))
    assert (site.fill, site.shortage) == (None, 0)
