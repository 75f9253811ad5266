"""How findings come out: the three axes, gaps, sources of record, history."""

from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.events import Events
from app.domain.facts import Line, ReportKey, ReportStatus, Standing
from app.domain.figures import inputs
from app.domain.findings import Attainment, Default, Disposition, Finding
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from app.domain.rules.relief import Claim
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
    one_level,
    story,
    terms,
)

BOGOTA, MEDELLIN = {"site": "BOG", "queue": "EN-VOICE"}, {"site": "MDE", "queue": "EN-VOICE"}


def voice(**others):
    return level("voice", "service_level", limit(">=", "80"), limit(">=", "75")) | others


def only(service_level, reported, month=JULY, **changes) -> Finding:
    [finding] = judge(one_level(service_level, **changes), reported, month)[0].findings
    return finding


def counted(in_threshold, offered=100, **others) -> list[Line]:
    return lines(JULY, {"answered_in_threshold": str(in_threshold), "offered": str(offered)}, **others)


# ── attainment and default ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("in_threshold", "attainment", "default"),
    [
        ("80", "met", "none"),
        ("79.99", "below_expected", "none"),
        ("75", "below_expected", "none"),
        ("74.99", "below_minimum", "minimum"),
        ("0", "below_minimum", "minimum"),
    ],
)
def test_the_minimum_alone_is_a_default_when_credits_are_given_on_it(in_threshold, attainment, default):
    finding = only(voice(credits_on="minimum", allocation="10"), facts(*counted(in_threshold)))
    assert (finding.attainment, finding.default) == (attainment, default)


def test_a_miss_of_expected_is_a_default_only_where_the_terms_say_so():
    on_expected = only(voice(credits_on="expected", allocation="10"), facts(*counted(79)))
    silent = only(voice(credits_on="none"), facts(*counted(10)))
    assert on_expected.default == Default.EXPECTED
    assert (silent.attainment, silent.default) == (Attainment.BELOW_MINIMUM, Default.NONE)


def test_at_least_is_not_more_than():
    assert only(voice(expected=limit(">=", "80")), facts(*counted(80))).attainment == Attainment.MET
    more = level("voice", "service_level", limit(">", "80"))
    assert only(more, facts(*counted(80))).attainment == Attainment.BELOW_EXPECTED


def test_results_are_compared_unrounded():
    """79.9996 % would read 80.0 % at the metric's precision."""
    assert only(voice(), facts(*counted("799996", 1_000_000))).attainment == Attainment.BELOW_EXPECTED


@pytest.mark.parametrize(("in_threshold", "met"), [("74.9", False), ("75", True), ("88", True), ("88.1", False)])
def test_either_side_of_a_band_is_a_miss(in_threshold, met):
    banded = level("voice", "service_level", {"band": {"lower": "75", "upper": "88"}})
    finding = only(banded, facts(*counted(in_threshold)))
    assert finding.is_miss is not met


def test_a_finding_shows_its_distance_to_the_target():
    finding = only(voice(), facts(*counted("73.5")))
    assert finding.headroom == Decimal("-6.5")
    assert [(each.name, each.is_met, each.headroom) for each in finding.comparisons] == [
        ("expected", False, Decimal("-6.5")),
        ("minimum", False, Decimal("-1.5")),
    ]


@pytest.mark.parametrize(("in_threshold", "close"), [("80", True), ("81.24", True), ("81.25", False), ("79", False)])
def test_amber_is_met_with_little_to_spare_and_never_a_miss(in_threshold, close):
    assert only(voice(), facts(*counted(in_threshold))).is_close is close


# ── what was not reported ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("standing", "attainment", "code"),
    [
        (Standing.OVERDUE, "not_reported", "overdue"),
        (Standing.NOT_DUE, "not_measured", "not_due"),
        (Standing.AWAITING, "provisional", "awaiting_approval"),
        (Standing.NIL, "not_measured", "nil_return"),
    ],
)
def test_what_is_not_approved_is_neither_zero_nor_met(standing, attainment, code):
    finding = only(voice(credits_on="minimum", allocation="5"), facts(*counted(10), service=ReportStatus(standing)))
    assert (finding.attainment, finding.reason.code, finding.default) == (attainment, code, "none")
    assert not finding.is_judged


def test_an_awaiting_report_shows_its_value_without_being_judged_by_it():
    finding = only(voice(), facts(*counted(10), service=ReportStatus(Standing.AWAITING)))
    assert (finding.raw, finding.is_miss) == (10, False)


def test_a_report_that_nobody_named_is_not_due():
    assert only(voice(), facts()).reason.code == "not_due"


def test_a_blank_cell_is_missing_and_says_where():
    finding = only(voice(), facts(*lines(JULY, {"offered": "100"})))
    assert finding.attainment == Attainment.NOT_MEASURED
    assert finding.reason.figures == {
        **{"measure": "Answered in threshold", "month": "2026-07", "site": "BOG"},
        **{"queue": "EN-VOICE", "party": "partner", "others": "0"},
    }


def test_a_site_that_is_not_there_is_missing_and_the_others_are_not_judged_for_it():
    finding = only(voice(), facts(*counted(90)), coverage=[BOGOTA, MEDELLIN])
    assert (finding.attainment, finding.reason.figures["site"]) == (Attainment.NOT_MEASURED, "MDE")


def test_a_site_with_a_nil_return_stands_aside():
    reported = facts(*counted(90), *(replace(line, nil=True, values={}) for line in counted(1, site="MDE")))
    finding = only(voice(), reported, coverage=[BOGOTA, MEDELLIN])
    assert (finding.attainment, finding.raw) == (Attainment.MET, 90)


def test_nothing_offered_is_not_measured():
    finding = only(voice(), facts(*counted(0, 0)))
    assert (finding.attainment, finding.reason.code) == (Attainment.NOT_MEASURED, "zero_denominator")


@pytest.mark.parametrize(("responses", "attainment"), [("84", "low_volume"), ("99", "low_volume"), ("100", "met")])
def test_too_few_answers_are_shown_and_not_judged(responses, attainment):
    french = level("french-csat", "csat", limit(">=", "85"), minimum_volume="100")
    reported = facts(*lines(JULY, {"csat_responses": responses, "csat_satisfied": responses}))
    finding = only(french, reported)
    assert (finding.attainment, finding.raw, finding.default) == (attainment, 100, "none")


def test_a_month_with_missing_days_says_so_and_is_judged():
    november = Month(2025, 11)
    reported = [replace(line, month=november, days_reported=7) for line in counted(90)]
    finding = only(voice(), facts(*reported), november)
    assert (finding.days_reported, finding.days_expected, finding.is_partial) == (7, 30, True)
    assert finding.attainment == Attainment.MET


# ── when it counts ────────────────────────────────────────────────────────────────────────────────


def test_before_credits_begin_a_result_is_in_grace():
    launched = voice(credits_from="2026-08-01", credits_on="minimum", allocation="5")
    finding = only(launched, facts(*counted(10)))
    assert (finding.attainment, finding.default, finding.disposition) == ("below_minimum", "minimum", "in_grace")


def test_before_measuring_begins_there_is_no_finding():
    assert judge(one_level(voice(measured_from="2026-07-02")), facts(*counted(10)), JULY)[0].findings == ()
    assert judge(one_level(voice(measured_from="2026-07-01")), facts(*counted(10)), JULY)[0].findings != ()


def test_an_imported_batch_is_judged_and_not_credited():
    imported = ReportStatus(Standing.APPROVED, credited=False)
    finding = only(voice(credits_on="minimum", allocation="5"), facts(*counted(10), service=imported))
    assert (finding.default, finding.disposition) == (Default.MINIMUM, Disposition.NOT_CREDITED)


def test_a_queue_that_nobody_works_has_no_finding():
    closed = [BOGOTA | {"until": "2026-06-30"}, MEDELLIN]
    scoped = voice(scope={"sites": ["BOG"]})
    assert judge(one_level(scoped, coverage=closed), facts(*counted(10)), JULY)[0].findings == ()


# ── sources of record ─────────────────────────────────────────────────────────────────────────────


def sourced(source: str, **others: str) -> dict[str, dict[str, str]]:
    return {measure: {"source": source, **others} for measure in ("offered", "answered_in_threshold")}


def both_parties(partner: str, client: str):
    return facts(*counted(partner), *counted(client, party="client"))


@pytest.mark.parametrize(("source", "raw"), [("partner", 82), ("client", 78)])
def test_the_source_of_record_is_judged_and_the_difference_shown(source, raw):
    finding = only(voice(), both_parties("82", "78"), measures=sourced(source))
    assert finding.raw == raw
    [in_threshold] = [each for each in finding.differences if each.measure == "answered_in_threshold"]
    assert (in_threshold.partner, in_threshold.client, in_threshold.source) == (82, 78, source)


@pytest.mark.parametrize(("client", "code"), [("80", "met"), ("82", "met"), ("79.9", "disagreed")])
def test_agreed_figures_must_be_within_the_tolerance(client, code):
    finding = only(voice(), both_parties("82", client), measures=sourced("agreed", tolerance="2.5"))
    assert finding.reason.code == code


def test_agreed_figures_need_both_parties():
    finding = only(voice(), facts(*counted(82)), measures=sourced("agreed", tolerance="2"))
    assert (finding.reason.code, finding.reason.figures["party"]) == ("not_due", "client")


def test_the_clients_own_overdue_report_is_on_the_record():
    late = facts(*counted(82))
    late = replace(late, reports={**late.reports, ReportKey(JULY, "service", "client"): ReportStatus(Standing.OVERDUE)})
    finding = only(voice(), late, measures=sourced("client"))
    assert (finding.attainment, finding.reason.figures["party"]) == (Attainment.NOT_REPORTED, "client")


def stated(value: str, site: str = "BOG") -> Line:
    return Line(JULY, "service", "partner", site, "EN-VOICE", {}, submission="fy19", stated={"aht": Decimal(value)})


def test_a_stated_value_is_judged_where_the_terms_name_it_the_source():
    handling = level("handling", "aht", limit("<=", "240"), source="stated")
    finding = only(handling, facts(stated("186")), measures={})
    assert (finding.attainment, finding.raw, finding.stated, finding.numerator) == ("met", 186, 186, None)
    assert finding.level.source == "stated"


def test_a_stated_rate_of_reporting_is_judged_where_another_level_asks_the_record():
    """What Accord counts is of no site; what was stated stands in the partner's row."""
    of_record = {key: {"source": "record"} for key in ("reports_due", "reports_on_time")}
    timely = level("timely", "report_timeliness", limit(">=", "95"), source="stated")
    said = Line(JULY, "service", "partner", *BOGOTA.values(), {}, "fy19", stated={"report_timeliness": Decimal(97)})
    assert only(timely, facts(said), measures=of_record).attainment == "met"


def test_stated_values_are_never_averaged():
    handling = level("handling", "aht", limit("<=", "240"), source="stated")
    finding = only(handling, facts(stated("186"), stated("200", "MDE")), measures={}, coverage=[BOGOTA, MEDELLIN])
    assert (finding.attainment, finding.reason.code) == (Attainment.NOT_MEASURED, "no_stated_value")


def test_a_stated_value_stands_beside_the_computed_one():
    reported = [replace(line, stated={"service_level": Decimal(99)}) for line in counted(82)]
    finding = only(voice(), facts(*reported))
    assert (finding.raw, finding.stated) == (82, 99)


# ── history ───────────────────────────────────────────────────────────────────────────────────────


def test_an_old_month_is_judged_by_the_terms_in_force_then():
    history = [one_level(voice()), one_level(voice(expected=limit(">=", "85")), effective_from="2026-08-01")]
    reported = facts(*counted(82), *lines(AUGUST, {"answered_in_threshold": "82", "offered": "100"}))
    july, august = evaluate(history, reported, {}, CATALOGUE, (JULY, AUGUST))
    assert [july.findings[0].attainment, august.findings[0].attainment] == ["met", "below_expected"]
    assert (july.terms.sha256, august.terms.sha256) == (history[0].sha256, history[1].sha256)


def test_a_month_before_the_first_terms_is_not_evaluated():
    assert judge(terms(), story(), Month(2025, 10)) == []


def test_a_quarter_that_the_contract_joins_late_rests_on_its_own_months():
    quarterly = one_level(voice(window="quarter"), effective_from="2026-08-01")
    reported = [lines(month, {"answered_in_threshold": "90", "offered": "100"}) for month in (AUGUST, SEPTEMBER)]
    [finding] = judge(quarterly, facts(*reported[0], *reported[1]), SEPTEMBER)[0].findings
    assert (finding.denominator, finding.days_expected, str(finding.window)) == (200, 61, "2026-Q3")


def test_a_quarter_waits_for_its_last_report():
    reported = facts(*counted(90), *lines(AUGUST, {"answered_in_threshold": "90", "offered": "100"}))
    [finding] = judge(one_level(voice(window="quarter")), reported, SEPTEMBER)[0].findings
    assert (finding.reason.code, finding.reason.figures["month"]) == ("not_due", "2026-09")


def test_every_figure_leads_back_to_the_submitted_row():
    finding = judge(terms(), story(), JULY)[0].finding("voice-service-level")
    assert finding is not None
    [contribution] = finding.contributions
    assert (contribution.submission, contribution.row) == ("2026-07-service-partner", 7)
    assert contribution.values == {"answered_in_threshold": 33180, "offered": 42000}


def test_equal_inputs_have_the_same_fingerprint_and_any_change_another():
    def fingerprint(with_terms=None, with_facts=None, charges=CHARGES):
        return judge(with_terms or terms(), with_facts or story(), JULY, charges=charges)[0].fingerprint

    one_more = FIGURES[JULY] | {"offered": "42001"}
    status = story()
    status = replace(
        status, reports={**status.reports, ReportKey(JULY, "quality", "client"): ReportStatus(Standing.OVERDUE)}
    )
    changed = [
        fingerprint(terms(effective_from="2025-10-01")),
        fingerprint(with_facts=facts(*lines(JULY, one_more))),
        fingerprint(with_facts=facts(*(replace(line, submission="new") for line in lines(JULY, FIGURES[JULY])))),
        fingerprint(with_facts=status),
        fingerprint(charges={}),
    ]
    assert fingerprint() == fingerprint()
    assert len({*changed, fingerprint()}) == 6


def test_another_months_figures_leave_a_fingerprint_alone():
    alone = facts(*lines(JULY, FIGURES[JULY]))
    assert judge(terms(), alone, JULY)[0].fingerprint == judge(terms(), story(), JULY)[0].fingerprint


def test_a_fingerprint_is_worked_out_when_it_is_asked_for(monkeypatch):
    hashed = []
    monkeypatch.setattr(inputs, "_line", lambda line: hashed.append(line) or "")
    month = judge(terms(), story(), JULY)[0]
    assert not hashed
    assert [month.fingerprint, len(hashed)] == [month.fingerprint, len(lines(JULY, FIGURES[JULY]))]


def test_a_fingerprint_is_the_same_whatever_the_decimal_settings_of_who_asks_for_it():
    one, other = (judge(terms(), facts(*lines(JULY, {"offered": "1E+5"})), JULY)[0] for _ in range(2))
    with localcontext(capitals=0):
        asked_elsewhere = one.fingerprint
    assert asked_elsewhere == other.fingerprint


def test_the_callers_decimal_settings_change_nothing():
    with localcontext() as context:
        context.prec = 3
        rough = judge(terms(), story(), JULY, AUGUST, SEPTEMBER)
    assert [each.to_document() for month in rough for each in month.findings] == [
        each.to_document() for month in judge(terms(), story(), JULY, AUGUST, SEPTEMBER) for each in month.findings
    ]


def test_a_preview_shows_what_a_draft_would_come_to():
    before = facts(*counted(82))
    draft = counted(74)
    preview = before.as_if_approved(
        ReportKey(JULY, "service", "partner"), [line for line in draft if line.kind == "service"]
    )
    assert only(voice(), preview).attainment == Attainment.BELOW_MINIMUM
    assert only(voice(), before).attainment == Attainment.MET
    fresh = facts().as_if_approved(ReportKey(JULY, "service", "partner"), draft)
    assert only(voice(), fresh).raw == 74


def test_a_finding_is_stored_as_plain_text():
    def leaves(part):
        if isinstance(part, dict):
            return [leaf for each in part.values() for leaf in leaves(each)]
        return [leaf for each in part for leaf in leaves(each)] if isinstance(part, list) else [part]

    stored = judge(terms(), story(), AUGUST)[0].findings[3].to_document()
    assert {type(leaf) for leaf in leaves(stored)} <= {str, int, bool, type(None)}
    assert (stored["raw"], stored["contributions"][0]["values"]["actual_fte"]) == ("92", "128.8")
    assert not any("E+" in leaf for leaf in leaves(stored) if isinstance(leaf, str))


def test_documents_are_unchanged_by_reading_them():
    original = document()
    terms()
    assert original == document()


def test_a_claim_changes_the_fingerprint_of_its_own_month_alone():
    months, claim = (JULY, AUGUST, SEPTEMBER), Claim("1", "2026-08", "period", "open")
    without = evaluate([terms()], story(), CHARGES, CATALOGUE, months)
    claimed = evaluate([terms()], story(), CHARGES, CATALOGUE, months, Events(claims=(claim,)))
    assert [one.fingerprint == other.fingerprint for one, other in zip(without, claimed, strict=True)] == [
        True,
        False,
        True,
    ]


def test_the_fingerprint_of_claimed_days_does_not_hang_on_their_order():
    days = [date(2026, 8, number) for number in range(1, 20)]
    claims = [Claim("1", "2026-08", "days", "open", days=frozenset(each)) for each in (days, days[::-1])]
    one, other = (claim.to_document() for claim in claims)
    assert one == other
    assert one["days"] == sorted(map(str, days))
