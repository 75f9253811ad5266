"""Versions of a forecast: issued by form or file, locked by the terms, shown beside what came, and judged by."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import date, timedelta
from threading import Barrier

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from app import jobs
from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Contract
from app.domain.facts import ReportStatus, Standing
from app.domain.judging.evaluation import evaluate
from app.extensions import db, write
from app.forecasts.models import ForecastIssue
from app.mail import Mail
from app.performance.forecasts import rows
from app.performance.forecasts.beside import Board, uses_of
from app.performance.judging.recomputing import differences, recompute
from app.performance.judging.service import evaluate_contract
from app.performance.models import Evaluation, Finding
from tests.domain.story import FIGURES, MEASURES, SEPTEMBER, facts, lines, terms
from tests.performance.history import begin, cedar_document
from tests.rig.people import THE_DAY

BUSY = {
    "kind": "period", "measure": "offered", "forecast": "forecast_volume", "over": "10", "locks": "14",
    "clause": "Schedule 3, 6.1",
}  # fmt: skip


def told(inside, relief=BUSY, measures=MEASURES, **others):
    """July to September, judged; volume above the forecast excuses voice, where the terms say so."""
    with inside():
        written = cedar_document(measures={each: {"source": "partner"} for each in measures}, **others)
        if relief:
            written["service_levels"][0]["relief"] = relief
        history = begin(terms=written)
        for month, figures in FIGURES.items():
            history.approve(month, figures)
        evaluate_contract(history.contract, THE_DAY)
        return history.contract.key


@pytest.fixture
def contract(begin_told):
    return begin_told("forecast", lambda: told(nullcontext))


def issue(client, contract, rows="2026-09\t30000", step="issue", **typed):
    address = f"/contracts/{contract}/forecasts"
    key = re.search(r'name="form_key"[^>]*value="([^"]+)"', client.get(address).text)[1]
    form = {"measure": "forecast_volume", "issued_on": "2026-08-10", "rows": rows, "note": "By mail on that day."}
    return client.post(address, data={**form, **typed, "form_key": key, "step": step})


def voice(month="2026-09"):
    query = select(Finding).join(Finding.evaluation).where(Evaluation.superseded_at.is_(None), Finding.month == month)
    return db.session.scalars(query.where(Finding.service_level == "voice-service-level")).one()


def test_a_forecast_that_came_in_time_excuses_the_busy_month_and_no_other(app, as_, inside, contract):
    assert issue(as_("mia"), contract).status_code == 303
    with app.app_context():
        jobs.run_pending()
    with inside():
        assert (voice().disposition, voice("2026-08").disposition) == ("excused", "counts")
        numbers = db.session.execute(select(Evaluation.month, Evaluation.number).order_by(Evaluation.id)).all()
        assert [tuple(row) for row in numbers if row.number > 1] == [("2026-09", 2)]
        for evaluation in db.session.scalars(select(Evaluation)).all():
            assert list(differences(evaluation, recompute(evaluation))) == []
        why = voice().key
    assert "Schedule 3, 6.1" in as_("leo").get(f"/findings/{why}").text


def test_a_version_after_the_lock_says_that_it_came_too_late_and_changes_nothing(app, as_, inside, contract):
    looked = issue(as_("mia"), contract, step="look", issued_on="2026-08-19")
    assert "the month was locked on 18 Aug 2026, so this version does not count" in looked.text
    issue(as_("mia"), contract, issued_on="2026-08-19")
    with app.app_context():
        jobs.run_pending()
    with inside():
        assert voice().disposition == "counts"
    page = as_("ana").get(f"/contracts/{contract}/forecasts").text
    assert "Too late" in page
    assert "none</td>" in page


def test_the_page_shows_each_version_beside_what_came_and_which_counted(as_, contract):
    issue(as_("mia"), contract)
    issue(as_("mia"), contract, rows="2026-09 38000\n2026-10 39000", issued_on="2026-08-15")
    page = as_("leo").get(f"/contracts/{contract}/forecasts").text
    row = re.search(r"Sep 2026<br>.*?</tr>", page, re.DOTALL)[0]
    assert re.findall(r"(Counts|Replaced|Too late) version (\d)|</span> version (\d)", row)
    assert row.index("version 2") < row.index("version 1")
    assert "Replaced" in row
    assert "38,000" in row
    assert "40,000" in row
    assert "5.3" in row
    assert "Issue it" not in page


def test_a_corridor_says_what_is_billed_of_each_month(as_, inside):
    rule = {"measure": "offered", "forecast": "forecast_volume", "variance": "10"}
    contract = told(inside, None, (*MEASURES, "forecast_volume"), corridor=rule)
    issue(as_("mia"), contract, rows="2026-07 50000\n2026-08 45000\n2026-09 30000", issued_on="2026-06-10")
    page = as_("finn").get(f"/contracts/{contract}/forecasts").text
    billed = [re.sub(r"<[^>]+>", " ", cell).split() for cell in re.findall(r'data-label="Billed">(.*?)</td>', page)]
    assert billed == [["40,000", "surplus", "7,000"], ["46,000"], ["45,000", "shortfall", "3,000"]]


def corridor_of(variance, effective_from="2025-11-01"):
    rule = {"measure": "offered", "forecast": "forecast_volume", "variance": variance}
    measures = {each: {"source": "partner"} for each in (*MEASURES, "forecast_volume")}
    return terms(corridor=rule, measures=measures, effective_from=effective_from)


def test_a_month_is_shown_by_the_rule_that_the_engine_judges_it_by():
    history = (corridor_of("10"), corridor_of("20", "2026-09-15"))
    known = facts(*lines(SEPTEMBER, {"offered": "60", "forecast_volume": "100"}))
    [use] = uses_of(history[1])
    [shown] = Board(history, (), known).compared(use)
    [judged] = evaluate(history, known, {}, CATALOGUE, [SEPTEMBER])
    assert shown.corridor == judged.corridor
    assert shown.corridor.billable == 90


def test_figures_that_nobody_approved_are_not_shown_as_what_came():
    history = (corridor_of("10"),)
    waits = {"service": ReportStatus(Standing.AWAITING)}
    known = facts(*lines(SEPTEMBER, {"offered": "60", "forecast_volume": "100"}), **waits)
    assert Board(history, (), known).compared(uses_of(history[0])[0]) == []


def test_a_file_is_read_row_by_row_and_every_wrong_one_is_named(as_, inside, contract):
    body = b"Month,Site,Queue,Forecast\n2026-12,cedar-one,cedar-voice,41000\n2027-13,,,5\n2027-01,nowhere,,many\n"
    answer = issue(as_("mia"), contract, rows="", file=(io.BytesIO(body), "forecast.csv"))
    assert answer.status_code == 422
    assert "Row 3, Month or day" in answer.text
    assert "Row 4, Site" in answer.text
    assert "Row 4, Forecast" in answer.text
    with inside():
        assert db.session.scalars(select(ForecastIssue)).all() == []


def test_a_workbook_with_dates_is_looked_at_and_then_issued_as_it_was_read(as_, inside, contract):
    target, book = io.BytesIO(), Workbook()
    book.active.append(["Month", "Forecast"])
    book.active.append([(THE_DAY.replace(tzinfo=None, day=1) + timedelta(days=40)).replace(day=1), 41000])
    book.save(target)
    looked = issue(as_("mia"), contract, rows="", step="look", file=(io.BytesIO(target.getvalue()), "december.xlsx"))
    assert "2026-12\t41000</textarea>" in looked.text
    issue(as_("mia"), contract, rows="2026-12\t41000", filename="december.xlsx")
    with inside():
        issued = db.session.scalars(select(ForecastIssue)).one()
        assert issued.rows == [{"site": "", "queue": "", "values": {"2026-12": "41000"}}]
        assert issued.filename == "december.xlsx"
        assert [mail.recipient for mail in db.session.scalars(select(Mail))] == ["leo@cedar.example"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"rows": ""}, "Write at least one month"),
        ({"rows": "2026-12 41000\n2026-12 42000"}, "more than once"),
        ({"rows": "2026-12 41000\n2026-12-01 1300"}, "as a month and by the day"),
        ({"rows": "2026-12;;;41000\n2026-12;cedar-one;;20000"}, "the two would be added"),
        ({"rows": "2020-12 41000"}, "outside the contract"),
        ({"issued_on": "2026-11-23"}, "yet to come"),
        ({"note": ""}, "Say how the partner got it"),
        ({"file": (io.BytesIO(b"Month,Number\n"), "x.csv")}, "headings of the template"),
    ],
)
def test_a_wrong_version_is_said_at_its_field_and_stays_as_it_was_typed(as_, contract, typed, said):
    answer = issue(as_("mia"), contract, **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert typed.get("rows", "2026-09\t30000") in answer.text


def test_where_each_day_is_held_against_its_forecast_months_are_refused_and_the_template_has_days(as_, inside):
    contract = told(inside, BUSY | {"kind": "day"})
    assert "so write days" in issue(as_("mia"), contract).text
    book = load_workbook(io.BytesIO(as_("mia").get(f"/contracts/{contract}/forecasts/template.xlsx").data))
    assert [cell.value for cell in book.active[2]][:3] == ["2026-12-01", "cedar-one", "cedar-voice"]


def test_terms_without_forecasts_show_nothing_of_them(as_, inside):
    contract = told(inside, relief=None)
    assert "/forecasts" not in as_("mia").get(f"/contracts/{contract}").text
    assert "The terms use no forecast" in as_("mia").get(f"/contracts/{contract}/forecasts").text


def test_terms_that_need_one_say_so_until_it_is_issued(as_, contract):
    assert "Issue the first version" in as_("mia").get(f"/contracts/{contract}").text
    issue(as_("mia"), contract)
    assert "Version 1 was issued on 10 Aug 2026" in as_("leo").get(f"/contracts/{contract}").text


def test_readiness_names_the_next_month_to_lock_until_its_forecast_is_issued(as_, contract):
    partner = re.search(r'href="/partners/([^"]+)"', as_("mia").get(f"/contracts/{contract}").text)[1]
    address = f"/partners/{partner}/readiness"
    assert "There is no forecast for Jan 2027" in as_("mia").get(address).text
    issue(as_("mia"), contract, rows="2027-01 40000", issued_on="2026-11-22", note="")
    assert "There is no forecast" not in as_("mia").get(address).text
    assert "for Jan 2027 is issued; it is locked on 18 Dec 2026" in as_("mia").get(address).text


def test_readiness_asks_for_no_forecast_of_a_month_that_the_contract_does_not_cover(as_, inside, contract):
    partner = re.search(r'href="/partners/([^"]+)"', as_("mia").get(f"/contracts/{contract}").text)[1]
    with inside() as session, write():
        session.scalars(select(Contract)).one().ends_on = date(2026, 12, 31)
    assert "There is no forecast" not in as_("mia").get(f"/partners/{partner}/readiness").text


@pytest.mark.portable
def test_of_two_at_once_that_would_be_added_one_counts(as_, app, inside, contract, monkeypatch):
    """Both were checked before either was written."""
    both, written = Barrier(2), rows.written

    def met(*about):
        both.wait(30)
        return written(*about)

    monkeypatch.setattr(rows, "written", met)
    clients = {"2026-12;;;41000": as_("mia"), "2026-12;cedar-one;;20000": as_("mona")}
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda typed: issue(clients[typed], contract, rows=typed), clients))
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code) == (303, 409)
    assert "An earlier version names other places for 2026-12" in lost.text
    with inside():
        assert len(db.session.scalars(select(ForecastIssue)).all()) == 1
