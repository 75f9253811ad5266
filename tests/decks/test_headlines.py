"""A headline states what its slide shows, whatever the quarter held."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Contract
from app.decks import headlines as say
from app.decks import wording as word
from app.decks.agenda import Ask
from app.decks.content import Content
from app.decks.drawings import event_of
from app.decks.missing import STATE_OF, Missing
from app.decks.ordering import foremost
from app.domain.facts import ReportStatus, Standing
from app.domain.people.staffing import Staffing, staffing_by_site
from app.domain.periods import Month, Quarter
from app.domain.terms import Terms
from app.formatting import money
from app.partners.places import Places
from tests.domain.story import (
    AUGUST,
    CHARGES,
    FIGURES,
    JULY,
    SEPTEMBER,
    document,
    facts,
    judge,
    level,
    limit,
    lines,
    terms,
)

OCTOBER = Month(2026, 10)
PERFECT = FIGURES[JULY] | {"answered_in_threshold": "42000", "actual_fte": "140", "qa_critical_errors": "0"}


def content(figures=FIGURES, agreed=None, charges=CHARGES, agenda=(), currency="USD", quarter="2026-Q3", **standing):
    """The quarter of Cordillera with other figures, terms, charges or standings of a report."""
    reported = [line for month, of_month in figures.items() for line in lines(month, of_month)]
    known = facts(*reported, **standing)
    contract = Contract(currency=currency, zone="America/Bogota", starts_on=date(2025, 11, 1))
    return Content(
        deck=SimpleNamespace(contract=contract, as_known_at=datetime(2026, 11, 3, tzinfo=UTC)),
        quarter=Quarter.parse(quarter),
        history=tuple(judge(agreed or terms(), known, *figures, charges=charges)),
        staffing=staffing_by_site(reported),
        agenda=tuple(agenda),
        sources=(),
        missing=tuple(
            Missing(key.month, key.kind, key.party, status.standing)
            for key, status in known.reports.items()
            if status.standing in STATE_OF
        ),
        places=Places({"BOG": "Bogotá"}),
        event_head="",
    )


def with_levels(**changes):
    levels = [{**each, **changes} for each in document()["service_levels"]]
    return terms(service_levels=levels)


def test_of_very_many_misses_those_that_credit_or_are_below_minimum_are_listed():
    quarter = content()
    assert foremost(quarter) == quarter.misses
    graver = foremost(quarter, most=2)
    assert 0 < len(graver) < len(quarter.misses)
    assert all(miss.line or miss.finding.attainment == "below_minimum" for miss in graver)


def test_the_summary_names_the_worst_and_what_it_costs():
    assert say.summary_headline(content()) == "Voice service level: missed in every month; credits of $83,300"


def test_amounts_are_written_in_the_contracts_currency():
    assert say.credits_headline(content(currency="EUR")).startswith("Credits of €83,300 are due, 6.69")


def test_charges_that_are_missing_are_named_not_taken_for_zero():
    unpriced = content(charges={JULY: 1, AUGUST: 1})
    assert unpriced.payable is None
    assert say.summary_headline(unpriced).endswith("its credits are not priced yet")
    assert say.credits_headline(unpriced).endswith("charges of Sep 2026 are not entered")


def test_charges_that_are_missing_are_named_by_the_invoice_that_they_stand_on():
    agreed = {"at_risk": "10", "pool": "200", "base": {"month": "next"}}
    next_invoice = content(agreed=terms(credits=agreed))
    assert say.credits_headline(next_invoice).endswith("charges of Oct 2026 are not entered")
    capped = terms(credits={"at_risk": "10", "pool": "200", "caps": [{"over": "contract_year", "percent": "1"}]})
    without_july = content(agreed=capped, charges={month: CHARGES[month] for month in (AUGUST, SEPTEMBER)})
    assert say.credits_headline(without_july).endswith("charges of an earlier month are not entered")


def test_credits_that_were_never_agreed_are_not_spoken_of():
    levels = [
        {name: value for name, value in each.items() if name != "allocation"} | {"credits_on": "none"}
        for each in document()["service_levels"]
    ]
    written = {name: value for name, value in document(service_levels=levels).items() if name != "credits"}
    off = content(agreed=Terms.from_document(written, CATALOGUE))
    assert not off.has_credits
    assert say.summary_headline(off) == "Voice service level: missed in every month"


def test_credits_that_begin_within_the_quarter_are_told_as_they_are():
    ordinary = content()
    [without, *_] = content(agreed=terms(credits=None)).history
    quarter = replace(ordinary, history=(without, *ordinary.history[1:]))
    due = sum(month.credits.payable for month in ordinary.history[1:])
    assert (quarter.payable, quarter.charges) == (due, CHARGES[AUGUST] + CHARGES[SEPTEMBER])
    assert say.credits_headline(quarter).startswith(f"Credits of {money(due, 'USD')} are due, ")
    assert say.summary_headline(quarter).endswith(f"; credits of {money(due, 'USD')}")
    before = content({Month(2026, number): FIGURES[JULY] for number in range(4, 8)})
    begun = content({Month(2026, number): FIGURES[JULY] for number in range(4, 8)}, agreed=terms(credits=None))
    later = replace(before, history=(*begun.history[:1], *before.history[1:]))
    assert later.payable_before == sum(month.credits.payable for month in before.months_before[1:])


def returning(quarter: Content, uncapped: int, amount: int) -> Content:
    """The quarter with `amount` earned back in its last month, in minor units."""
    *before, last = quarter.history
    owed, back = Decimal(uncapped), Decimal(amount)
    priced = replace(last.credits, uncapped=owed, earned_back=back, payable=uncapped - amount)
    return replace(quarter, history=(*before, replace(last, credits=priced)))


def test_what_is_earned_back_is_not_called_a_credit_that_is_due():
    back = returning(content(dict.fromkeys(FIGURES, PERFECT)), 0, 630_000)
    assert back.returned == {"Earned back": Decimal(630_000)}
    assert say.credits_headline(back) == "$6,300 of earlier credits is earned back; no new credit is due"


def test_more_earned_back_than_owed_is_said_as_such():
    back = returning(content(dict.fromkeys(FIGURES, PERFECT)), 100_000, 630_000)
    assert say.credits_headline(back) == "$5,300 of earlier credits is earned back, more than is owed"


def test_a_quarter_without_a_miss_says_so_in_both_places():
    clean = content(dict.fromkeys(FIGURES, PERFECT))
    assert say.summary_headline(clean) == "All 5 service levels were met in every month"
    assert say.levels_headline(clean) == "5 of 5 service levels met in every month"
    assert say.credits_headline(clean) == "No credit is due for this quarter"


@pytest.mark.parametrize(
    ("months", "words"),
    [
        ((JULY,), "in July 2026; 2 of 3 months not reported"),
        ((JULY, AUGUST), "in July and August 2026; 1 of 3 months not reported"),
        (FIGURES, "in every month"),
    ],
)
def test_a_quarter_with_few_months_does_not_speak_of_every_month(months, words):
    assert say.levels_headline(content(dict.fromkeys(months, PERFECT))).endswith(f"met {words}")


def test_a_launch_month_in_grace_causes_no_credit():
    launched = content({JULY: FIGURES[SEPTEMBER]}, agreed=with_levels(credits_from="2026-10-01"))
    assert say.summary_headline(launched).endswith("missed in July 2026; in grace, so no credit is due")
    assert not launched.has_trend


def test_what_could_not_be_judged_is_neither_met_nor_missed():
    waiting = content(dict.fromkeys(FIGURES, PERFECT), quality=ReportStatus(Standing.AWAITING))
    assert say.summary_headline(waiting) == "No service level was missed; six results could not be judged"
    assert say.levels_headline(waiting) == "3 of 5 service levels met in every month; 6 not judged"
    assert say.misses_headline(waiting) == "No miss; six results could not be judged"
    assert say.credits_headline(waiting).endswith("so far; results of July, August and September 2026 not settled yet")
    quality = next(each for each in waiting.levels if each.key == "quality")
    assert say.trend_headline(waiting, quality) == "Quality: not judged in Sep 2026 (provisional)"


def test_a_quarter_of_which_nothing_is_known_says_nothing_else():
    empty = content({})
    assert say.summary_headline(empty) == "3 of 3 months not reported: July, August and September 2026"
    assert empty.levels == empty.misses == ()
    assert empty.payable is None


def test_a_quarter_of_which_one_month_is_known_begins_with_what_is_not():
    lead = "2 of 3 months not reported: August and September 2026; "
    clean, missed = content({JULY: PERFECT}), content({JULY: FIGURES[JULY]})
    assert say.summary_headline(clean) == f"{lead}no miss among the five service levels judged in July 2026"
    assert say.summary_headline(missed).startswith(f"{lead}Voice service level missed in July 2026")
    assert say.credits_headline(clean) == "No credit is due so far; 2 of 3 months not reported"


def test_a_credit_of_which_a_part_is_known_is_due_so_far():
    begun = content({JULY: PERFECT}, quality=ReportStatus(Standing.AWAITING))
    lacking = "2 of 3 months not reported, 2 of 5 results of July 2026 not settled yet"
    assert say.credits_headline(begun) == f"No credit is due so far; {lacking}"
    assert begun.state_of(JULY) == "2 of 5 results not settled"
    assert begun.is_unknown(begun.credits[0])
    owed = content({SEPTEMBER: FIGURES[SEPTEMBER]}, quality=ReportStatus(Standing.AWAITING))
    assert " so far; 2 of 3 months not reported, 2 of 5 results of September" in say.credits_headline(owed)
    assert not owed.is_unknown(owed.credits[0])


def test_a_quarter_before_that_is_not_settled_is_compared_with_as_far_as_it_is_known():
    waits = ReportStatus(Standing.AWAITING)
    whole, part = content(quarter="2026-Q4"), content(dict.fromkeys(FIGURES, PERFECT), quarter="2026-Q4", quality=waits)
    assert (whole.payable_before, say.misses_before(whole)) == (8_330_000, 8)
    assert (part.payable_before, say.misses_before(part), say.met_before(part)) == (None, 0, "3 of 5")
    silent = content(quarter="2026-Q4", **dict.fromkeys(("staffing", "service", "quality"), waits))
    assert (silent.months_before, silent.payable_before, silent.score_before.value) == ((), None, None)


def test_a_miss_in_grace_says_nothing_of_what_is_still_to_come():
    agreed = [
        {**each, **({"credits_from": "2026-10-01"} if each["key"] != "quality" else {})}
        for each in document()["service_levels"]
    ]
    begun = content(
        {JULY: FIGURES[SEPTEMBER]}, agreed=terms(service_levels=agreed), quality=ReportStatus(Standing.AWAITING)
    )
    assert say.summary_headline(begun).endswith("no credit is due so far")


def test_a_month_that_waits_for_approval_is_not_called_unreported():
    waiting = content(FIGURES, **dict.fromkeys(("staffing", "service", "quality"), ReportStatus(Standing.AWAITING)))
    assert say.unknown(waiting) == "3 of 3 months not approved yet"
    assert {want.owed_by("Cordillera") for want in waiting.wanted} == {"Client: decides on what was sent"}
    assert waiting.told == waiting.known == ()


@pytest.mark.parametrize(("standing", "state"), [(Standing.AWAITING, "approved"), (Standing.NOT_DUE, "due")])
def test_a_month_whose_relief_waits_for_a_report_is_as_unknown_as_one_whose_figures_do(standing, state):
    relief = {"kind": "period", "measure": "offered", "forecast": "required_fte", "over": "10"}
    quality = [{**each, "relief": relief} for each in document()["service_levels"] if each["key"] == "quality"]
    waiting = content(agreed=terms(service_levels=quality), service=ReportStatus(standing))
    assert {finding.reason.code[:6] for month in waiting.months for finding in month.findings} == {"relief"}
    assert say.summary_headline(waiting) == f"3 of 3 months not {state} yet: July, August and September 2026"
    assert say.credits_headline(waiting).endswith(f"so far; 3 of 3 months not {state} yet")
    assert (waiting.known, waiting.has_trend) == ((), False)


def test_the_chart_of_a_third_quarter_knows_no_october():
    story = content(FIGURES | {OCTOBER: PERFECT})
    third = replace(story, history=tuple(month for month in story.history if month.month <= SEPTEMBER))
    assert [month.month for month in third.months] == [JULY, AUGUST, SEPTEMBER]
    assert "since Jul 2026" in say.trend_headline(third, third.levels[0])


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("voice-service-level", "Voice service level: missed 3 months in a row, since Jul 2026"),
        ("quality", "Quality: missed in Aug 2026, met again in Sep 2026"),
        ("fill", "Fill: missed 2 months in a row, since Aug 2026"),
    ],
)
def test_a_trend_headline_follows_the_last_months(key, words):
    story = content()
    found = next(each for each in story.levels if each.key == key)
    assert say.trend_headline(story, found) == words


@pytest.mark.parametrize(
    ("window", "together", "missed"),
    [
        ("month", None, "in every month"),
        ("quarter", "over the quarter", "over the quarter"),
        ("contract_year", "over the year", "over the year"),
    ],
)
def test_a_window_of_several_months_is_told_as_one(window, together, missed):
    voice = level("voice", "service_level", limit(">=", "80"), window=window)
    quarter = content(agreed=terms(service_levels=[voice], effective_from="2025-10-01"))
    [judged] = quarter.levels
    assert word.months_together(judged) == together
    assert say.missed_when(quarter, judged) == missed


def test_a_gap_is_told_on_the_side_of_the_target_where_it_lies():
    story = content()
    newest = {finding.level.key: finding for finding in story.months[-1].findings}
    assert word.gap_words(newest["voice-service-level"]) == "6.5 points under Expected"
    assert word.gap_words(newest["abandonment"]) == "3.4 points over Expected"


def test_a_band_is_missed_on_either_side():
    agreed = terms(service_levels=[level("fill-band", "staffing_fill", {"band": {"lower": "95", "upper": "99"}})])
    low, high = (
        content({JULY: FIGURES[JULY] | {"actual_fte": people}}, agreed=agreed).months[0].findings[0]
        for people in ("126", "140")
    )
    assert word.gap_words(low) == "5.0 points under the band"
    assert word.gap_words(high) == "1.0 points over the band"


def test_a_result_never_looks_like_a_target_that_it_missed():
    agreed = terms(service_levels=[level("abandonment", "abandonment", limit("<", "5"))])
    exact = content({JULY: FIGURES[JULY] | {"abandoned": "2101"}}, agreed=agreed).months[0].findings[0]
    assert word.value_of(exact) == "5.002\u00a0%"


def test_a_reason_names_the_place_where_a_figure_is_missing():
    figures = {name: value for name, value in FIGURES[JULY].items() if name != "answered_in_threshold"}
    gappy = content({JULY: figures})
    [(_, finding)] = gappy.gaps
    assert word.because(finding, gappy.places).endswith("report for Bogotá, EN-VOICE, Jul 2026.")


def staffed(*sites: tuple[str, str]) -> Content:
    """September with (required, in place) of as many sites."""
    people = [Staffing(SEPTEMBER, f"S{number}", *map(word.Decimal, pair)) for number, pair in enumerate(sites)]
    return replace(content(), staffing=tuple(people), places=Places({"S0": "Bogotá"}))


@pytest.mark.parametrize(
    ("sites", "words"),
    [
        ([("140", "128")], "91.4\u00a0% of the required staff in September 2026: 12 FTE short"),
        (
            [("80", "68"), ("60", "60")],
            "91.4\u00a0% of the required staff in September 2026: 12 FTE short, all of them in Bogotá",
        ),
        (
            [("80", "71.5"), ("60", "56.5")],
            "91.4\u00a0% of the required staff in September 2026: 12 FTE short, most of them in Bogotá",
        ),
        ([("40", "37")] * 4, "92.5\u00a0% of the required staff in September 2026: 12 FTE short"),
        ([("40", "40")] * 8, "100.0\u00a0% of the required staff in September 2026: nobody is missing"),
        ([("0", "0")], "No staff were required in this quarter"),
    ],
)
def test_staffing_names_the_shortage_and_where_it_is(sites, words):
    assert say.staffing_headline(staffed(*sites)) == words


def test_the_site_that_lacks_most_comes_first():
    assert staffed(("10", "10"), ("10", "4"), ("10", "9")).sites() == ["S1", "S2", "S0"]


def asked(**changes) -> Ask:
    about = {
        **{"kind": "corrective_action_plan", "title": "Hire", "description": "", "side": "partner", "owner": "Leo"},
        **{"service_level": "fill", "due_on": date(2026, 12, 31), "opened": date(2026, 8, 20), "closed": None},
        **{"state": "open", "outcome": ""},
    }
    return Ask(**(about | changes))


def test_an_ask_survives_being_copied_onto_the_deck():
    for ask in (asked(), asked(closed=date(2026, 9, 1), state="done", outcome="Hired."), asked(due_on=None)):
        assert Ask.from_document(ask.to_document()) == ask


def test_a_chart_carries_the_event_that_the_record_has_and_no_other():
    fill, voice = (
        next(each for each in content().levels if each.key == key) for key in ("fill", "voice-service-level")
    )
    with_plan = content(agenda=[asked()])
    assert event_of(with_plan, fill) == ("Aug", "Corrective plan opened")
    assert event_of(with_plan, voice) is None
    assert event_of(content(agenda=[asked(opened=date(2026, 10, 20))]), fill) is None


@pytest.mark.parametrize(
    ("count", "words"), [(0, "No misses"), (1, "One miss"), (2, "Two misses"), (13, "13 misses"), (40, "40 misses")]
)
def test_counts_are_words_up_to_ten(count, words):
    assert word.count_words(count, "miss") == words
