"""What is still missing for a partner, each with the page that mends it."""

from datetime import date

import pytest
from sqlalchemy import select

from app import clock, jobs
from app.access import Role
from app.accounts.models import User
from app.contracts import setup
from app.contracts.charges import enter_charge
from app.contracts.models import Contract, TermsVersion
from app.contracts.terms import activate, document_of, new_contract, new_draft
from app.domain.periods import Month
from app.extensions import write
from app.partners import service
from app.partners.models import Partner

LEAD = setup.Person("Lucía Rojas", "lucia@cordillera.example")
ANSWERS = setup.Answers(
    partner="Cordillera",
    lead=LEAD,
    analyst=None,
    site="Bogotá",
    queue="English voice",
    channel="voice",
    language="English",
    starts_on=date(2026, 9, 1),
    currency="USD",
    zone="America/Bogota",
    working_day=5,
    country="CO",
    choices=(setup.Choice("service_level", "80", "partner"), setup.Choice("csat", "85", "client")),
)


@pytest.fixture
def ada(inside):
    with inside() as session:
        return session.scalars(select(User.id).where(User.role == Role.ADMINISTRATOR)).one()


@pytest.fixture
def cordillera(inside, ada):
    """A partner from the set-up page whose lead has accepted; the key of its page."""
    with inside() as session:
        with write():
            contract = setup.set_up(ANSWERS, session.get(User, ada))
            session.scalars(select(User).where(User.email == LEAD.email)).one().password_hash = "accepted"
        key = contract.partner.key
        jobs.run_pending()
    return key


@pytest.fixture
def amended(inside, ada):
    """Put terms in force that differ from the first: `amended(credits={...})`."""

    def amend(**changes) -> None:
        with inside() as session, write():
            first = session.scalars(select(TermsVersion).order_by(TermsVersion.number)).first()
            document = document_of(first) | {"effective_from": "2026-10-01"} | changes
            actor = session.get(User, ada)
            activate(new_draft(session.get(Contract, first.contract_id), document, actor), actor)

    return amend


@pytest.fixture
def readiness(as_):
    return lambda key, who="ada": as_(who).get(f"/partners/{key}/readiness").text


def test_a_partner_from_the_set_up_page_lacks_nothing(cordillera, readiness, as_):
    page = readiness(cordillera)
    assert "Everything is in place." in page
    assert "Lucía Rojas certifies what is sent." in page
    assert "Next: Sep 2026" in page
    assert "Still missing" not in as_("ada").get(f"/partners/{cordillera}").text


def test_a_lead_who_has_not_come_yet_is_named_with_the_way_to_the_invitation(cordillera, readiness, inside):
    with inside() as session, write():
        lead = session.scalars(select(User).where(User.email == LEAD.email)).one()
        lead.password_hash, key = None, lead.key
    assert "was invited as partner lead and has not accepted yet" in readiness(cordillera)
    assert f"/users/{key}" in readiness(cordillera)
    assert f"/users/{key}" not in readiness(cordillera, "mia")
    assert "Ask an administrator." in readiness(cordillera, "mia")
    assert " points is open. It says what mends it." in readiness(cordillera)


def test_without_people_or_lead_it_says_whom_to_invite(cordillera, readiness, inside):
    with inside() as session, write():
        session.scalars(select(User).where(User.email == LEAD.email)).one().role = Role.ANALYST
    assert "There is no certifier" in readiness(cordillera)
    with inside() as session, write():
        session.scalars(select(User).where(User.email == LEAD.email)).one().disabled_at = clock.now()
    page = readiness(cordillera)
    assert "Nobody of this partner can log in yet." in page
    assert f"/users/new?partner={cordillera}" in page


def test_a_partner_without_contract_or_open_site_says_so(readiness, inside):
    with inside() as session, write():
        cedar = session.scalars(select(Partner).where(Partner.code == "cedar")).one()
        service.change_place(cedar.sites[0], date(2026, 11, 1))
        key = cedar.key
    page = readiness(key)
    assert "There is no running contract." in page
    assert "No site is open." in page
    assert f"/partners/{key}/sites/new" in page


def test_a_contract_without_terms_in_force_says_so(cordillera, readiness, inside):
    with inside() as session, write():
        partner = session.scalars(select(Partner).where(Partner.key == cordillera)).one()
        about = {"name": "Chat", "reference": "SOW-2", "currency": "USD", "zone": "UTC", "starts_on": date(2026, 9, 1)}
        new_contract(partner, **about)
    page = readiness(cordillera)
    assert "SOW-2 has no terms in force" in page
    assert "SOW-1 has no terms in force" not in page


def test_an_open_queue_that_no_terms_cover_has_no_site(cordillera, readiness, inside):
    with inside() as session, write():
        partner = session.scalars(select(Partner).where(Partner.name == "Cordillera")).one()
        service.add_queue(partner, "Spanish chat", business="", channel="chat", language="Spanish")
    assert "Queue SPANISH-CHAT has no site" in readiness(cordillera)


def test_client_figures_need_a_manager_who_sees_the_partner(cordillera, readiness, inside):
    assert "Somebody inside may enter the figures" in readiness(cordillera)
    with inside() as session, write():
        for manager in session.scalars(select(User).where(User.name.in_(["Mia", "Mona"]))):
            manager.disabled_at = clock.now()
    page = readiness(cordillera)
    assert "no partner manager who sees this partner can enter them" in page
    assert "role=partner_manager" in page


def test_credits_without_charges_name_the_month(cordillera, readiness, amended, inside, ada):
    levels = [
        {
            "key": "service-level",
            "name": "Service level",
            "metric": "service_level",
            "expected": {"comparator": ">=", "value": "80"},
            "credits_on": "expected",
            "allocation": "100",
        }
    ]
    amended(credits={"at_risk": "10", "pool": "100", "clause": "5.2"}, service_levels=levels)
    assert "There are no charges for Oct 2026 in SOW-1: its credits are not priced." in readiness(cordillera)
    assert "Ask finance." in readiness(cordillera)
    with inside() as session, write():
        contract = session.scalars(select(Contract)).one()
        enter_charge(contract, Month.parse("2026-10"), 100_000_00, session.get(User, ada))
    assert "Finance entered the charges of SOW-1 for Oct 2026." in readiness(cordillera)


def test_credits_that_cannot_come_to_anything_are_named(cordillera, readiness, amended):
    amended(credits={"at_risk": "0", "pool": "100", "clause": "5.2"})
    page = readiness(cordillera)
    assert "no service level has an allocation" in page
    assert "nothing is at risk" in page


def test_an_allocation_of_nothing_gives_no_credit(cordillera, readiness, amended):
    level = {"key": "service-level", "name": "Service level", "metric": "service_level", "allocation": "0"}
    level |= {"expected": {"comparator": ">=", "value": "80"}, "credits_on": "expected"}
    amended(credits={"at_risk": "10", "pool": "100", "clause": "5.2"}, service_levels=[level])
    assert "no service level has an allocation" in readiness(cordillera)


def test_credits_that_are_no_allocation_and_no_share_of_an_invoice_lack_nothing(cordillera, readiness, amended):
    level = {
        "key": "service-level",
        "name": "Service level",
        "metric": "service_level",
        "expected": {"comparator": ">=", "value": "80"},
        "credits_on": "expected",
        "credit": {"kind": "fixed", "percent": "3"},
    }
    fee = {"base": {"kind": "fixed_fee", "amount": "180000"}, "monthly_cap": "10", "clause": "5.2"}
    amended(credits=fee, service_levels=[level])
    page = readiness(cordillera)
    assert "Everything is in place." in page
    assert "charges" not in page


def test_a_second_person_is_asked_for_where_the_terms_want_one(cordillera, readiness, amended):
    kinds = ("service", "quality")
    amended(reports={kind: {"grain": "month", "certification": "second_person"} for kind in kinds})
    page = readiness(cordillera)
    assert "wants one person to prepare and another to certify" in page
    assert "role=partner_analyst" in page


def test_a_holiday_list_that_runs_out_is_named(cordillera, readiness, amended):
    calendar = {"due": {"working_day": 5, "time": "17:00"}, "lock": {"working_day": 10, "time": "17:00"}}
    amended(calendar={**calendar, "holidays": ["2026-12-25"]})
    assert "The holiday list of SOW-1 ends on 25 Dec 2026" in readiness(cordillera)


def test_who_may_read_the_list(cordillera, as_):
    url = f"/partners/{cordillera}/readiness"
    assert {who: as_(who).get(url).status_code for who in ("ada", "mia", "max", "dora", "leo")} == {
        "ada": 200,
        "mia": 200,
        "max": 404,
        "dora": 403,
        "leo": 403,
    }
    assert as_("ada").post(url, data={}).status_code == 405
