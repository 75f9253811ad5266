"""The list of partners, a partner's page, changing it and ending the partnership."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app import clock, jobs
from app.events import Event
from app.extensions import write
from app.partners import service
from app.partners.models import Partner
from tests.partners.test_set_up import CONFIRMED


@pytest.fixture
def keys(inside):
    """The keys of the partners, by code."""
    with inside() as session:
        return {partner.code: partner.key for partner in session.scalars(select(Partner))}


ALL, CEDAR, BIRCH = {"Cedar", "Birch"}, {"Cedar"}, {"Birch"}


@pytest.mark.parametrize(
    ("who", "seen"),
    [("ada", ALL), ("dora", ALL), ("gus", ALL), ("max", BIRCH), ("leo", CEDAR), ("ana", CEDAR), ("bea", BIRCH)],
)
def test_everybody_lists_the_partners_within_their_scope(as_, who, seen):
    page = as_(who).get("/partners").text
    assert {name for name in ("Cedar", "Birch") if f">{name}</a>" in page} == seen


def test_the_list_says_what_is_missing_only_to_those_who_can_mend_it(as_):
    assert "missing" in as_("ada").get("/partners").text
    assert "missing" not in as_("dora").get("/partners").text
    assert "missing" not in as_("leo").get("/partners").text


def test_search_finds_a_part_of_a_name_and_says_when_nothing_is_found(as_):
    found = as_("ada").get("/partners?q=eda").text
    assert ">Cedar</a>" in found
    assert ">Birch</a>" not in found
    assert "No partner is called so" in as_("ada").get("/partners?q=100%25").text


def test_htmx_gets_the_results_alone(as_):
    block = as_("ada").get("/partners?q=eda", htmx=True).text
    assert block.strip().startswith('<div id="results"')
    assert "<html" not in block


def test_an_empty_list_says_what_to_do(as_, inside):
    with inside() as session, write():
        for partner in session.scalars(select(Partner)):
            partner.name, partner.code = f"{partner.name}.", f"{partner.code}."
    assert "Show all partners" in as_("ada").get("/partners?q=cedar1").text


@pytest.mark.portable
def test_the_list_and_the_page_cost_the_same_for_more_partners(as_, inside, count_statements, keys):
    ada = as_("ada")
    ada.post("/partners/new", data=CONFIRMED)
    with inside():
        jobs.run_pending()

    def cost(url):
        with count_statements() as statements:
            assert ada.get(url).status_code == 200
        return len(statements)

    before = cost("/partners")
    with inside(), write():
        for number in range(30):
            partner = service.add_partner(f"Partner {number}", "UTC")
            service.add_site(partner, "Manila")
    for number in range(3):
        changed = {"partner": f"More {number}", "lead_email": f"lead{number}@more.example"}
        ada.post("/partners/new", data={**CONFIRMED, **changed})
    with inside():
        jobs.run_pending()
    assert cost("/partners") == before <= 8 + 2
    with inside() as session:
        key = session.scalars(select(Partner.key).where(Partner.name == "Cordillera")).one()
    assert cost(f"/partners/{key}") <= 12 + 2
    assert cost(f"/partners/{key}/readiness") <= 12 + 2


def test_more_than_fifty_partners_come_in_pages(as_, inside):
    with inside(), write():
        for number in range(60):
            service.add_partner(f"Partner {number:02}", "UTC")
    first = as_("ada").get("/partners").text
    assert "1 to 50" in first
    assert "51 to 62" in as_("ada").get("/partners?after=50").text


def test_a_page_beyond_the_last_is_empty(as_):
    assert as_("mia").get(f"/partners?after={10**20}").status_code == 200


def test_the_page_of_a_partner_shows_its_places_and_people(as_, keys):
    page = as_("ada").get(f"/partners/{keys['cedar']}").text
    for shown in ("cedar-one", "Cedar voice", "Leo", "partner lead", "There is no running contract."):
        assert shown in page


@pytest.mark.parametrize("path", ["", "/edit", "/ending", "/readiness", "/sites/new", "/queues/new"])
def test_another_partners_and_missing_pages_are_not_found(as_, keys, path):
    assert as_("max").get(f"/partners/{keys['cedar']}{path}").status_code == 404
    assert as_("max").get(f"/partners/{keys['birch']}{path}").status_code == 200
    assert as_("ada").get(f"/partners/nothing{path}").status_code == 404
    assert as_("leo").get(f"/partners/{keys['birch']}{path}").status_code == (403 if path else 404)


@pytest.mark.parametrize("path", ["/edit", "/ending", "/resumption", "/sites/new", "/queues/new"])
def test_who_may_not_change_partners_is_refused(as_, client, keys, path):
    url = f"/partners/{keys['cedar']}{path}"
    for who in ("leo", "ana", "dora", "finn", "gus"):
        assert as_(who).post(url, data={}).status_code == 403
    assert as_("max").post(url, data={}).status_code == 404
    assert client.post(url, data={}).status_code == 401


def test_the_wrong_method_is_refused(as_, keys):
    assert as_("ada").post("/partners", data={}).status_code == 405
    assert as_("ada").get(f"/partners/{keys['cedar']}/resumption").status_code == 405


def test_a_partner_is_edited_and_the_change_recorded(as_, inside, keys):
    changed = {
        "name": "Cedar Contact",
        "zone": "Asia/Manila",
        "number_style": "1.234,5",
        "remind_days": "3",
        "version_id": "1",
    }
    assert as_("mia").post(f"/partners/{keys['cedar']}/edit", data=changed).status_code == 303
    with inside() as session:
        partner = session.scalars(select(Partner).where(Partner.code == "cedar")).one()
        assert (partner.name, partner.zone, partner.number_style) == ("Cedar Contact", "Asia/Manila", "1.234,5")
        assert session.scalars(select(Event.kind).where(Event.kind == "partner.changed")).all() == ["partner.changed"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "Write the partner&#39;s name."),
        ({"name": "BIRCH"}, "There is a partner called BIRCH already."),
        ({"zone": "Mars/Base"}, "Pick a time zone from the list"),
        ({"number_style": "roman"}, "Not a valid choice"),
    ],
)
def test_a_bad_edit_keeps_what_was_typed(as_, keys, change, words):
    typed = {
        "name": "Cedar Two",
        "zone": "Asia/Manila",
        "number_style": "1.234,5",
        "remind_days": "3",
        "version_id": "1",
        **change,
    }
    answer = as_("ada").post(f"/partners/{keys['cedar']}/edit", data=typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{typed["zone"]}"' in answer.text


def test_an_edit_over_somebody_elses_is_refused(as_, keys):
    typed = {
        "name": "Cedar Two",
        "zone": "Asia/Manila",
        "number_style": "1.234,5",
        "remind_days": "3",
        "version_id": "1",
    }
    assert as_("ada").post(f"/partners/{keys['cedar']}/edit", data=typed).status_code == 303
    late = as_("mia").post(f"/partners/{keys['cedar']}/edit", data={**typed, "name": "Cedar Three"})
    assert late.status_code == 409
    assert "Somebody changed this partner" in late.text


def test_ending_says_the_consequences_and_can_be_undone(as_, inside, keys):
    url = f"/partners/{keys['cedar']}/ending"
    assert "no new report falls due" in as_("ada").get(url).text
    assert as_("ada").post(url, data={"ended_on": "2026-10-31"}).status_code == 303
    assert "This partnership ended on 31 Oct 2026" in as_("leo").get(f"/partners/{keys['cedar']}").text
    refused = as_("ada").post(f"/partners/{keys['cedar']}/sites/new", data={"name": "Cali"})
    assert refused.status_code == 409
    assert "Resume the partnership first" in refused.text
    assert as_("ada").post(f"/partners/{keys['cedar']}/resumption").status_code == 303
    with inside() as session:
        kinds = session.scalars(select(Event.kind).where(Event.kind.startswith("partner.")).order_by(Event.id)).all()
        assert kinds == ["partner.ended", "partner.resumed"]


def test_resuming_what_has_not_ended_is_a_conflict(as_, keys):
    assert as_("ada").post(f"/partners/{keys['cedar']}/resumption").status_code == 409


@pytest.mark.parametrize("typed", ["", "next week", "31/12/2026", "2126-01-01"])
def test_an_ending_needs_a_date_that_can_be_meant(as_, keys, typed):
    answer = as_("ada").post(f"/partners/{keys['cedar']}/ending", data={"ended_on": typed})
    assert answer.status_code == 422
    assert "What this does" in answer.text


def test_an_ending_to_come_is_not_an_ended_partner(as_, inside, keys):
    as_("ada").post(f"/partners/{keys['cedar']}/ending", data={"ended_on": "2026-11-30"})
    assert "This partnership ends on 30 Nov 2026" in as_("ada").get(f"/partners/{keys['cedar']}").text
    with inside() as session:
        partner = session.scalars(select(Partner).where(Partner.code == "cedar")).one()
        assert not partner.has_ended(date(2026, 11, 30))
    with clock.at(datetime(2026, 12, 2, tzinfo=UTC)):
        assert "Ended 30 Nov 2026" in as_("ada").get("/partners").text


def test_the_page_tells_what_happened(as_, keys):
    as_("ada").post(f"/partners/{keys['cedar']}/sites/new", data={"name": "Cali", "code": "CLO", "country": "CO"})
    page = as_("leo").get(f"/partners/{keys['cedar']}").text
    assert "Added a site: CLO" in page
    assert "Ada" in page
