"""Windows over amendments: whose words judge, and from which month on is counted."""

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from tests.domain.story import facts, level, limit, lines, one_level

JANUARY = Month(2026, 1)
MONTHS = [JANUARY.plus(place) for place in range(4)]


def amended(window, since, percents):
    """A contract from January on, whose Expected of 80 becomes 90 on the day `since`."""
    versions = [
        one_level(level("voice", "service_level", limit(">=", value), window=window), effective_from=day)
        for day, value in (("2026-01-01", "80"), (since, "90"))
    ]
    reported = [
        line
        for month, percent in zip(MONTHS, percents, strict=True)
        for line in lines(month, {"offered": "100", "answered_in_threshold": percent})
    ]
    return [month.findings[0] for month in evaluate(versions, facts(*reported), {}, CATALOGUE, MONTHS)]


def test_a_window_that_opened_before_the_contract_is_judged_by_the_contracts_first_words():
    window = {"kind": "rolling", "months": "3", "amendment": "start"}
    found = amended(window, "2026-02-01", ("85", "85", "85", "85"))
    assert [finding.expected.value for finding in found] == [80, 80, 80, 90]


def test_an_amendment_in_mid_month_restarts_the_window_with_the_month_that_it_judges():
    window = {"kind": "rolling", "months": "3", "amendment": "restart"}
    found = amended(window, "2026-03-15", ("70", "70", "70", "95"))
    assert [finding.value for finding in found] == [70, 70, 70, 95]


@pytest.mark.parametrize("asked", ["2026-02-01", "2026-02-15"])
def test_a_month_whose_terms_did_not_ask_for_the_figures_is_not_in_the_window(asked):
    """Abandoned calls are asked for from the amendment on: 50 of 1,000 in each of its months."""
    voice = level("voice", "service_level", limit(">=", "80"))
    rule = {"expected": {}, "not_measured": "yes"}
    lost = level("lost", "abandonment", limit("<=", "5"), window="quarter", default=rule)
    measures = {key: {"source": "partner"} for key in ("offered", "answered_in_threshold")}
    first = one_level(voice, effective_from="2026-01-01", measures=measures, credits=None)
    second = one_level(
        lost, effective_from=asked, measures=measures | {"abandoned": {"source": "partner"}}, credits=None
    )
    since = JANUARY.plus(1 if asked.endswith("01") else 2)
    figures = {"offered": "1000", "answered_in_threshold": "800"}
    reported = facts(
        *(
            line
            for month in MONTHS[:3]
            for line in lines(month, figures | ({"abandoned": "50"} if month >= since else {}))
        )
    )
    [found] = evaluate([first, second], reported, {}, CATALOGUE, MONTHS[:3])[2].findings
    assert (found.attainment, found.default) == ("met", "none")
    assert found.denominator == 1000 * len(list(since.through(MONTHS[2])))


@pytest.mark.parametrize("amendment", ["start", "end", "restart"])
def test_what_an_amendment_takes_out_is_judged_no_more_also_where_its_window_opened_before(amendment):
    quarter = {"kind": "quarter", "amendment": amendment}
    levels = [level(key, "service_level", limit(">=", "80"), window=quarter) for key in ("voice", "other")]
    versions = [one_level(*levels, effective_from="2026-01-01"), one_level(levels[1], effective_from="2026-03-01")]
    figures = {"offered": "100", "answered_in_threshold": "50"}
    reported = facts(*(line for month in MONTHS[:3] for line in lines(month, figures)))
    march = evaluate(versions, reported, {}, CATALOGUE, MONTHS[:3])[-1]
    assert [finding.level.key for finding in march.findings] == ["other"]
