"""A partner lead's team: the own company's people only, and the sight of money."""

import pytest
from sqlalchemy import select

from app.accounts.models import Grant, User
from app.events import Event
from app.extensions import write
from app.partners.models import Partner


@pytest.fixture
def grant_key(inside):
    def look(persona, code: str | None = None) -> str:
        with inside() as session:
            query = select(Grant.key).join(Grant.user).join(Grant.partner).where(User.email == persona.email)
            return session.scalars(query.where(Partner.code == code) if code else query).one()

    return look


def shown(text: str, people) -> set[str]:
    return {person.name for person in people if person.email in text}


def test_a_lead_sees_the_people_of_the_own_company_and_nobody_else(as_, people):
    assert shown(as_("leo").get("/team").text, people) == {"ana", "amy", "leo"}
    assert shown(as_("bob").get("/team").text, people) == {"bea", "bob"}


def test_somebody_deactivated_is_not_in_the_team(as_, people, inside):
    with inside(), write() as session:
        ana = session.scalars(select(User).where(User.email == people.ana.email)).one()
        ana.disabled_at = ana.created_at
    assert shown(as_("leo").get("/team").text, people) == {"amy", "leo"}


@pytest.mark.parametrize("who", ["ana", "amy", "mia", "max", "dora", "finn", "gus", "ada"])
def test_only_leads_have_a_team(as_, people, grant_key, who):
    assert as_(who).get("/team").status_code == 403
    assert as_(who).post(f"/team-members/{grant_key(people.ana)}/money-sight").status_code == 403


def test_a_stranger_is_sent_to_the_login(client):
    assert client.get("/team").status_code == 302


@pytest.mark.portable
def test_a_lead_grants_and_withdraws_the_sight_of_money(as_, people, grant_key):
    leo, key = as_("leo"), grant_key(people.ana)
    assert leo.post(f"/team-members/{key}/money-sight").location == "/team"
    assert "<dd>Yes</dd>" in as_("ana").get("/profile").text
    assert leo.post(f"/team-members/{key}/money-sight-withdrawal").location == "/team"
    assert "<dd>Yes</dd>" not in as_("ana").get("/profile").text


def test_both_are_on_record_for_the_partner(as_, people, grant_key, inside):
    leo, key = as_("leo"), grant_key(people.ana)
    leo.post(f"/team-members/{key}/money-sight")
    leo.post(f"/team-members/{key}/money-sight-withdrawal")
    with inside() as session:
        query = select(Event.kind, Partner.code).join(Partner, Partner.id == Event.partner_id).order_by(Event.id)
        assert session.execute(query).all() == [("money-sight.granted", "cedar"), ("money-sight.withdrawn", "cedar")]


def test_htmx_gets_the_list_alone(as_, people, grant_key):
    answer = as_("leo").post(f"/team-members/{grant_key(people.ana)}/money-sight", htmx=True)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith("<section")
    assert answer.text.count("Sees them") == 2


@pytest.mark.portable
@pytest.mark.parametrize("noun", ["money-sight", "money-sight-withdrawal"])
def test_another_partners_analyst_is_not_found(as_, people, grant_key, inside, noun):
    for persona in (people.bea, people.bob, people.max):
        assert as_("leo").post(f"/team-members/{grant_key(persona)}/{noun}").status_code == 404
    assert as_("leo").post(f"/team-members/nobody/{noun}").status_code == 404
    with inside() as session:
        assert session.scalars(select(Event)).all() == []


def test_a_manager_limited_to_the_partner_is_no_team_member(as_, people, grant_key):
    assert as_("bob").post(f"/team-members/{grant_key(people.max)}/money-sight").status_code == 404


def test_a_lead_decides_about_analysts_only(as_, people, grant_key):
    assert as_("leo").post(f"/team-members/{grant_key(people.leo)}/money-sight-withdrawal").status_code == 409


def test_it_takes_a_post(as_, people, grant_key):
    assert as_("leo").get(f"/team-members/{grant_key(people.ana)}/money-sight").status_code == 405


def test_an_analyst_of_two_partners_sees_amounts_when_both_said_yes(as_, people, grant_key, inside):
    with inside(), write() as session:
        ana = session.scalars(select(User).where(User.email == people.ana.email)).one()
        birch = session.scalars(select(Partner.id).where(Partner.code == "birch")).one()
        session.add(Grant(user=ana, partner_id=birch))
    text = as_("leo").get("/team").text
    assert (text.count("ana@cedar.example"), "Birch" in text) == (1, False)
    as_("leo").post(f"/team-members/{grant_key(people.ana, 'cedar')}/money-sight")
    assert "<dd>Yes</dd>" not in as_("ana").get("/profile").text
    assert as_("leo").post(f"/team-members/{grant_key(people.ana, 'birch')}/money-sight").status_code == 404
    as_("bob").post(f"/team-members/{grant_key(people.ana, 'birch')}/money-sight")
    assert "<dd>Yes</dd>" in as_("ana").get("/profile").text


def test_the_page_takes_few_statements(as_, count_statements):
    leo = as_("leo")
    with count_statements() as statements:
        leo.get("/team")
    assert len(statements) <= 4
