"""Which year decides an earn-back, what the year holds, and by whose terms and clause it is paid."""

from datetime import date
from decimal import Decimal

from app.contracts.catalogue import CATALOGUE
from app.domain.credits import Pricing
from app.domain.events import NO_EVENTS, Events, Forecast
from app.domain.figures.book import Book
from app.domain.figures.windowing import Windows
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from app.domain.rules.relief import Claim
from tests.domain.story import MEASURES, facts, level, limit, lines, one_level

JANUARY = Month(2026, 1)
YEARLY = {"kind": "annual_average", "clause": "5.4"}


def voice(**others):
    settings = {"credits_on": "expected", "clause": "2.1", "credit": {"kind": "fixed", "amount": "100"}, **others}
    return level("voice", "service_level", limit(">=", "80"), **settings)


def agreed(since="2026-01-01", paid=True, levels=None, **others):
    money = {"credits": {"at_risk": "10", "clause": "5.2", "earn_back": YEARLY}} if paid else {"credits": None}
    return one_level(*(levels or [voice()]), effective_from=since, **{**money, **others})


def months(percents, *terms, events=NO_EVENTS, offered="100", **others):
    year = [JANUARY.plus(place) for place in range(len(percents))]
    reported = facts(
        *(
            line
            for month, percent in zip(year, percents, strict=True)
            for line in lines(month, {"offered": offered, "answered_in_threshold": str(percent), **others})
        )
    )
    return [each.credits for each in evaluate(terms or [agreed()], reported, {}, CATALOGUE, year, events)]


def backs(month):
    return [(each.credit_month, each.state, each.reason) for each in month.earn_backs]


def test_the_last_month_of_a_year_is_decided_by_its_own_year_at_once():
    """Eleven months at 90 and December at 79: the year's average is 89."""
    december = months([90] * 11 + [79])[11]
    [back] = december.earn_backs
    assert (back.state, back.credit_month, back.amount) == ("earned", "2026-12", 10_000)
    assert (december.uncapped, december.earned_back, december.payable) == (10_000, 10_000, 0)
    assert back.figures == {"year": "2026-01..2026-12", "target": ">= 80", "average": str(Decimal(1069) / 12)[:29]}
    assert december.returns == {"voice/2026-12": 10_000}


def test_a_bad_year_is_not_saved_by_the_next_one():
    both = months([70] * 12 + [100] * 12)
    assert backs(both[11])[-1] == ("2026-12", "lost", "The year's average did not reach the target")
    assert all(not month.earn_backs for month in both[12:])


def test_an_excused_month_is_not_in_its_year():
    """March counted nothing of 100; without it the other eleven average 80."""
    percents = [79, 80, 0, *[80] * 8, 81]
    excused = Events(claims=(Claim("1", "2026-03", "period", "granted"),))
    assert {back.state for back in months(percents)[11].earn_backs} == {"lost"}
    [back] = months(percents, events=excused)[11].earn_backs
    assert (back.credit_month, back.state, back.figures["average"]) == ("2026-01", "earned", "80")


def test_calendar_months_that_the_earn_back_passes_over_are_not_in_its_year():
    """January to October average 80, and the whole year 68.3; the peak's own credits come back too, unless never."""
    percents, peak = [79, 81, *[80] * 8, 10, 10], ["11", "12"]
    yearly = YEARLY | {"passes": peak}
    assert {back.state for back in months(percents)[11].earn_backs} == {"lost"}
    told = months(percents, agreed(levels=[voice(earn_back=yearly)]))[11].earn_backs
    assert [(back.credit_month, back.state, back.figures["average"]) for back in told] == [
        (month, "earned", "80") for month in ("2026-01", "2026-11", "2026-12")
    ]
    told = months(percents, agreed(levels=[voice(earn_back=yearly | {"never_for": peak})]))[11].earn_backs
    assert [(back.credit_month, back.state) for back in told] == [("2026-01", "earned"), ("2026-12", "never")]


def test_a_claim_about_a_quarter_that_a_year_leaves_out_in_part_counts_in_the_rest_of_it():
    """Of the last quarter November and December are out; 40 calls that were taken off it leave 910 of 960."""
    taken = Events(claims=(Claim("1", "2026-12", "adjust", "granted", adjust={"offered": Decimal(40)}),))
    level = voice(window="quarter", earn_back=YEARLY | {"passes": ["11", "12"]})
    [back] = months([70] * 3 + [100] * 7 + [0, 0], agreed(levels=[level]), events=taken)[11].earn_backs[:1]
    assert (back.state, back.figures["average"]) == ("earned", str(Decimal(91000) / 960))


def test_figures_that_were_taken_off_a_month_are_not_in_its_year():
    taken = Events(claims=(Claim("1", "2026-12", "adjust", "granted", adjust={"offered": Decimal(80)}),))
    [back] = months([79, *[80] * 10, 20], events=taken)[11].earn_backs
    assert (back.credit_month, back.state, back.figures["after_relief"]) == ("2026-01", "earned", "1")
    assert back.figures["average"] == str(Decimal(89900) / 1120)


def test_a_claim_stands_in_the_year_also_where_its_own_window_could_not_be_measured():
    """January's window begins in a month that is not due: nothing was judged, but 80 calls are off the year."""
    taken = Events(claims=(Claim("1", "2026-01", "adjust", "granted", adjust={"offered": Decimal(80)}),))
    rolling = voice(window={"kind": "rolling", "months": "3"})
    terms = agreed("2025-11-01", levels=[rolling], contract_year={"starts": "2026-01-01"})
    told = months([20, *[80] * 11], terms, events=taken)
    assert [each.state for each in told[0].earn_backs] == []
    [back] = told[11].earn_backs
    assert (back.credit_month, back.state, back.figures["average"]) == ("2026-03", "earned", str(Decimal(90000) / 1120))
    [back] = months([20, *[80] * 11], terms)[11].earn_backs
    assert (back.state, back.figures["average"]) == ("lost", "75")


def test_a_claim_that_came_too_late_for_its_month_does_not_count_in_the_year_either():
    late = Claim("1", "2026-03", "period", "granted", filed_on=date(2026, 4, 11))
    told = months([79, 80, 0, *[80] * 8, 81], agreed(claims={"within": "10"}), events=Events(claims=(late,)))
    assert backs(told[11])[0][1] == "lost"


def test_volume_above_the_forecast_leaves_the_year_month_by_month():
    """200 calls against a forecast of 100 in January only: months with room to spare do not take the excess up."""
    rule = {"kind": "excess", "measure": "offered", "forecast": "forecast_volume", "over": "0"}
    terms = agreed(
        levels=[voice(relief=rule)], measures={key: {"source": "partner"} for key in (*MEASURES, "forecast_volume")}
    )
    forecast = {str(JANUARY.plus(place)): Decimal(200 if place else 100) for place in range(12)}
    events = Events(forecasts=(Forecast(date(2025, 12, 1), "forecast_volume", forecast),))
    year = months([79, *[160] * 11], terms, events=events, offered="200")[11]
    assert [(each.state, each.figures["average"][:8]) for each in year.earn_backs] == [("lost", "79.95652")]


def test_months_before_a_service_level_was_agreed_are_not_in_its_year():
    other = level("fill", "staffing_fill", limit(">=", "90"))
    first = agreed(levels=[other])
    late = agreed("2026-07-01", levels=[other, voice()])
    told = months([0] * 6 + [79, 90, 90, 90, 90, 90], first, late, actual_fte="140")
    assert [each.figures["average"][:4] for each in told[11].earn_backs] == ["88.1"]


def test_a_year_that_is_judged_by_the_terms_of_its_start_is_earned_back_by_them_too():
    """A tenth of the calls costs a lower price in every year; the bank of July's amendment is not that year's rule."""
    credit = {"kind": "two_price", "price": "2", "lower_price": "1", "units": "failed"}
    opening = voice(window="contract_year", credit=credit)
    bank = {"kind": "bank", "deposit": {"amount": "1"}}
    amended = voice(window={"kind": "contract_year", "amendment": "start"}, credit=credit, earn_back=bank)
    december = months([90] * 12, agreed(levels=[opening]), agreed("2026-07-01", levels=[amended]))[11]
    assert (december.uncapped, december.payable) == (12_000, 0)
    assert backs(december) == [("2026-12", "earned", "")]


def test_the_contract_year_of_the_newest_terms_holds_however_they_are_listed():
    first = agreed(levels=[voice()], contract_year={"starts": "2025-01-01"})
    newest = agreed(levels=[voice()], since="2026-02-01", contract_year={"starts": "2025-07-01"})
    listed = ((first, newest), (newest, first))
    assert {str(Windows(Book(facts(), CATALOGUE), history).year_starts) for history in listed} == {"2025-07"}


def test_an_earn_back_is_paid_by_the_terms_of_its_credit_after_an_amendment_ended_the_credits():
    monthly = {"kind": "months", "months": "2", "clause": "5.5"}
    before = agreed(levels=[voice(earn_back=monthly)])
    after = agreed("2026-02-01", paid=False, levels=[level("voice", "service_level", limit(">=", "80"))])
    january, february, march, april = months([50, 90, 90, 90], before, after)
    assert (january.payable, february.pricing, february.payable) == (10_000, Pricing.OFF, None)
    assert (march.pricing, march.earned_back, march.payable, march.clause) == (Pricing.PRICED, 10_000, -10_000, "5.5")
    assert march.returns == {"voice/2026-01": 10_000}
    assert "no credits" in march.warnings[0]
    assert (april.pricing, april.earn_backs) == (Pricing.OFF, ())


def test_a_later_correction_reaches_the_month_that_pays_after_the_credits_ended():
    monthly = {"kind": "months", "months": "2"}
    before = agreed(levels=[voice(earn_back=monthly)])
    after = agreed("2026-02-01", paid=False, levels=[level("voice", "service_level", limit(">=", "80"))])
    year = [JANUARY.plus(place) for place in range(3)]

    def fingerprint(february):
        figures = zip(year, (50, february, 90), strict=True)
        reported = facts(
            *(
                line
                for month, percent in figures
                for line in lines(month, {"offered": "100", "answered_in_threshold": str(percent)})
            )
        )
        return evaluate([before, after], reported, {}, CATALOGUE, year)[2].fingerprint

    assert fingerprint(90) != fingerprint(70)


def test_an_earn_back_names_its_own_clause_and_that_of_its_credit():
    own = voice(earn_back={"kind": "months", "months": "1"})
    common = agreed(levels=[voice()])
    by_level = months([50, 90], agreed(levels=[own]))[1].earn_backs[0]
    by_all = months([50], common)[0], months([90] * 11 + [79], common)[11].earn_backs[0]
    assert (by_level.clause, by_level.credit_clause) == ("2.1", "2.1")
    assert (by_all[1].clause, by_all[1].credit_clause) == ("5.4", "2.1")


def test_what_the_bank_takes_off_has_the_clause_of_the_bank():
    bank = {"kind": "bank", "deposit": {"amount": "60"}, "clause": "5.6"}
    terms = agreed(levels=[voice(earn_back=bank)])
    offset = months([90, 50], terms)[1].earn_backs[0]
    assert (offset.state, offset.clause, offset.credit_clause) == ("offset", "5.6", "2.1")
