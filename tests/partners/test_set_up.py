"""The smallest set-up: one page of answers, a second look, and a partner that can be sent its template."""

import re
from datetime import UTC, date, datetime
from time import process_time

import pytest
from sqlalchemy import func, select

from app import clock, jobs
from app.access import Role
from app.accounts.models import User
from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Contract, TermsVersion
from app.domain.terms import Terms
from app.jobs import Job
from app.partners.choices import zone_named
from app.partners.models import Partner
from app.reports.models import Report

ANSWERS = {
    "partner": "Cordillera",
    "lead_name": "Lucía Rojas",
    "lead_email": "lucia@cordillera.example",
    "site": "Bogotá",
    "queue": "English voice",
    "channel": "voice",
    "language": "English",
    "starts_on": "2026-11-01",
    "currency": "USD",
    "zone": "America/Bogota",
    "working_day": "5",
    "country": "CO",
    "service_level-ticked": "y",
    "service_level-value": "80",
    "service_level-source": "partner",
    "service_level-seconds": "20",
    "csat-ticked": "y",
    "csat-value": "85",
    "csat-source": "client",
    "attrition-ticked": "y",
    "attrition-value": "4",
    "attrition-source": "partner",
}
CONFIRMED = {**ANSWERS, "step": "confirm"}


@pytest.fixture
def cordillera(as_, inside):
    """The partner that ANSWERS come to, with the worker's jobs done."""
    assert as_("ada").post("/partners/new", data=CONFIRMED).status_code == 303
    with inside():
        jobs.run_pending()


def test_the_page_offers_the_eight_starters_ticked_with_targets(as_):
    page = as_("ada").get("/partners/new").text
    assert [page.count(metric.name) > 0 for metric in CATALOGUE.starters] == [True] * 8
    assert page.count("checked") == 8
    assert 'value="2026-11-01"' in page


def test_the_second_look_says_what_is_made_and_writes_nothing(as_, inside):
    page = as_("ada").post("/partners/new", data=ANSWERS)
    assert page.status_code == 200
    assert "Set up Cordillera?" in page.text
    assert "7 Dec 2026, 17:00" in page.text
    assert "at least 80" in page.text
    with inside() as session:
        assert session.scalars(select(Partner.name).where(Partner.name == "Cordillera")).all() == []


def test_the_second_look_carries_everything_and_goes_back_with_it(as_):
    page = as_("ada").post("/partners/new", data=ANSWERS).text
    carried = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page))
    assert {name: carried[name] for name in ANSWERS} == ANSWERS
    changed = as_("ada").post("/partners/new", data={**ANSWERS, "step": "change"}).text
    assert 'value="lucia@cordillera.example"' in changed


@pytest.mark.portable
def test_one_step_makes_partner_site_queue_contract_terms_and_lead(cordillera, inside):
    with inside() as session:
        partner = session.scalars(select(Partner).where(Partner.name == "Cordillera")).one()
        assert [site.code for site in partner.sites] == ["BOGOTA"]
        assert [(queue.code, queue.channel) for queue in partner.queues] == [("ENGLISH-VOICE", "voice")]
        contract = session.scalars(select(Contract).where(Contract.partner_id == partner.id)).one()
        assert (contract.currency, contract.zone, contract.starts_on) == ("USD", "America/Bogota", date(2026, 11, 1))
        lead = session.scalars(select(User).where(User.email == "lucia@cordillera.example")).one()
        assert lead.role is Role.LEAD
        assert [grant.partner_id for grant in lead.grants] == [partner.id]
        assert session.scalars(select(Job.state).where(Job.kind == "invitation.send")).all() == ["done"]


def test_the_terms_are_in_force_and_hold_what_was_ticked(cordillera, inside):
    with inside() as session:
        version = session.scalars(select(TermsVersion).join(Contract).where(Contract.reference == "SOW-1")).one()
        terms = Terms.from_document(version.document, CATALOGUE)
        assert version.state == "in_force"
        assert terms.warnings == ()
        assert [level.key for level in terms.service_levels] == ["service-level", "csat", "attrition"]
        assert sum(level.weight for level in terms.service_levels) == 100
        assert terms.service_levels[0].threshold == "20 seconds"
        assert terms.credits is None
        assert date(2026, 12, 8) in terms.calendar.holidays
        assert terms.measures["csat_responses"].source == "client"
        assert terms.reports["service"].certification == "declaration"


def test_the_first_reports_are_open_and_due_as_the_second_look_said(cordillera, inside):
    with inside() as session:
        reports = session.scalars(select(Report)).all()
        assert {(report.kind, report.party) for report in reports} == {
            ("staffing", "partner"),
            ("service", "partner"),
            ("quality", "client"),  # of its figures none would be the partner's
        }
        assert {report.due_at for report in reports} == {datetime(2026, 12, 7, 22, tzinfo=UTC)}


@pytest.mark.portable
def test_the_page_after_it_leads_to_the_template(as_, inside):
    ada = as_("ada")
    landing = ada.post("/partners/new", data=CONFIRMED).headers["Location"]
    opening = ada.get(landing).text
    assert "Opening the first reports" in opening
    assert f'hx-get="{landing}"' in opening
    with inside():
        jobs.run_pending()
    ready = ada.get(landing, htmx=True).text
    assert "Opening the first reports" not in ready
    assert "Nov 2026, service" in ready
    assert "due 7 Dec 2026, 17:00" in ready
    assert "hx-get" not in ready


def test_form_to_template_link_takes_less_than_two_seconds_of_machine_time(as_, inside, record_count):
    ada, began = as_("ada"), process_time()
    ada.get("/partners/new")
    ada.post("/partners/new", data=ANSWERS)
    landing = ada.post("/partners/new", data=CONFIRMED).headers["Location"]
    with inside():
        jobs.run_pending()
    assert "Nov 2026" in ada.get(landing).text
    assert process_time() - began < 2


def test_an_analyst_makes_certification_a_second_persons(as_, inside):
    with_analyst = {"analyst_name": "Ana Ruiz", "analyst_email": "ana.ruiz@cordillera.example"}
    as_("ada").post("/partners/new", data={**CONFIRMED, **with_analyst})
    with inside() as session:
        version = session.scalars(select(TermsVersion)).one()
        assert version.document["reports"]["service"]["certification"] == "second_person"
        analyst = session.scalars(select(User).where(User.email == "ana.ruiz@cordillera.example")).one()
        assert analyst.role is Role.ANALYST


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"partner": " "}, "Write the partner&#39;s name."),
        ({"partner": "cedar"}, "There is a partner called cedar already."),
        ({"lead_email": "lucia"}, "Write an e-mail address"),
        ({"lead_email": "LEO@cedar.example"}, "Somebody has this e-mail address already."),
        ({"starts_on": "1.11.2026"}, "Write a date such as"),
        ({"zone": "Louisville"}, "Pick a time zone from the list"),
        ({"working_day": "31"}, "Write a working day from 1 to 20."),
        ({"country": "XX"}, "Not a valid choice"),
        ({"csat-value": "viel"}, "Customer satisfaction: write the target as a number"),
        ({"csat-value": ""}, "Customer satisfaction: write the target, or take the tick away."),
        ({"analyst_name": "Ana"}, "Write the analyst&#39;s e-mail too"),
        (
            {"abandonment-ticked": "y", "abandonment-value": "5", "abandonment-source": "client"},
            "let one party report both",
        ),
        ({name: "" for name in ANSWERS if name.endswith("-ticked")}, "Tick at least one metric"),
    ],
)
def test_bad_input_is_said_at_its_field_and_everything_typed_is_kept(as_, inside, change, words):
    answer = as_("ada").post("/partners/new", data={**CONFIRMED, **change})
    assert answer.status_code == 422
    assert words in answer.text
    for kept in ({**ANSWERS, **change}[name] for name in ("lead_name", "site", "queue")):
        assert kept in answer.text
    with inside() as session:
        assert session.scalar(select(func.count()).select_from(Contract)) == 0
        assert session.scalar(select(func.count()).select_from(Partner)) == 2


def test_nothing_is_left_when_the_last_part_fails(as_, inside):
    """The analyst's address is taken: partner, contract and lead were made before it and must be gone."""
    taken = {"analyst_name": "Leo", "analyst_email": "leo@cedar.example"}
    assert as_("ada").post("/partners/new", data={**CONFIRMED, **taken}).status_code == 422
    with inside() as session:
        assert session.scalars(select(Contract)).all() == []
        assert session.scalars(select(User).where(User.email == "lucia@cordillera.example")).all() == []
        assert session.scalars(select(Job)).all() == []


def test_sending_the_form_twice_makes_one_partner(cordillera, as_, inside):
    assert as_("ada").post("/partners/new", data=CONFIRMED).status_code == 422
    with inside() as session:
        assert len(session.scalars(select(Contract)).all()) == 1


def test_a_partner_that_starts_next_month_gets_its_template_today(as_, inside):
    ada = as_("ada")
    landing = ada.post("/partners/new", data={**CONFIRMED, "starts_on": "2026-12-01"}).headers["Location"]
    with inside():
        jobs.run_pending()
    assert "Dec 2026, service" in ada.get(landing).text


def test_the_templates_to_send_are_those_that_the_partner_finds_under_its_tasks(cordillera, as_, inside):
    with inside() as session:
        jobs.run_pending()
        key = session.scalars(select(Contract.key)).one()
    page = as_("ada").get(f"/contracts/{key}/start").text
    assert "Download the template" in page
    assert "client figures" not in page
    with inside() as session:
        partner = session.scalars(select(Partner.key).where(Partner.name == "Cordillera")).one()
    assert "quality, client figures" in as_("ada").get(f"/partners/{partner}").text


def test_who_may_set_up(as_, client):
    expected = {"ada": 200, "mia": 200, "max": 403, "dora": 403, "finn": 403, "leo": 403, "ana": 403}
    assert {who: as_(who).get("/partners/new").status_code for who in expected} == expected
    assert as_("max").post("/partners/new", data=CONFIRMED).status_code == 403
    assert as_("leo").post("/partners/new", data=CONFIRMED).status_code == 403
    assert client.get("/partners/new").status_code == 302


def test_a_form_without_its_token_is_refused(as_):
    assert as_("ada").post("/partners/new", data=CONFIRMED, csrf=False).status_code == 400


def test_the_page_after_it_is_within_the_scope(cordillera, as_, inside):
    with inside() as session:
        key = session.scalars(select(Contract.key)).one()
    assert as_("max").get(f"/contracts/{key}/start").status_code == 404
    assert as_("leo").get(f"/contracts/{key}/start").status_code == 403
    assert as_("ada").get("/contracts/nothing/start").status_code == 404


def test_the_clock_decides_the_default_start(as_):
    with clock.at(datetime(2027, 3, 9, tzinfo=UTC)):
        assert 'value="2027-03-01"' in as_("ada").get("/partners/new").text


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Manila", "Asia/Manila"),
        ("new york", "America/New_York"),
        ("asia/manila", "Asia/Manila"),
        ("Louisville", "Louisville"),
        ("Atlantis", "Atlantis"),
        (None, None),
    ],
)
def test_a_city_that_one_zone_has_is_that_zone(typed, zone):
    assert zone_named(typed) == zone
