"""The administrator's people: invited, changed, deactivated; and nobody locks the house."""

import pytest
from sqlalchemy import select

from app.access import Role
from app.accounts import service
from app.accounts.models import User
from app.extensions import write
from app.partners.models import Partner

OTHERS = ["ana", "leo", "mia", "max", "dora", "finn", "gus"]
NOUNS = ["deactivation", "reactivation", "invitation"]


@pytest.fixture
def ada(as_):
    return as_("ada")


@pytest.fixture
def row_of(inside):
    """What the database says about somebody: role, partner codes, sight of money, active."""

    def look(email: str) -> tuple:
        with inside() as session:
            user = session.scalars(select(User).where(User.email == email)).one()
            codes = sorted(grant.partner.code for grant in user.grants)
            return user.role, codes, user.was_granted_money, user.is_active

    return look


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize("path", ["/users", "/users/new", "/users/KEY"])
def test_only_administrators_look(as_, key_of, people, who, path):
    assert as_(who).get(path.replace("KEY", key_of(people.ada))).status_code == 403


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize("path", ["/users/new", "/users/KEY", *(f"/users/KEY/{noun}" for noun in NOUNS)])
def test_only_administrators_change(as_, key_of, people, who, path):
    assert as_(who).post(path.replace("KEY", key_of(people.ana))).status_code == 403


def test_somebody_who_does_not_exist_is_not_found(ada):
    assert ada.get("/users/nobody").status_code == 404
    assert ada.post("/users/nobody").status_code == 404
    for noun in NOUNS:
        assert ada.post(f"/users/nobody/{noun}").status_code == 404


def test_changes_take_a_post(ada, key_of, people):
    for noun in NOUNS:
        assert ada.get(f"/users/{key_of(people.ana)}/{noun}").status_code == 405


def test_the_list_shows_everybody(ada, people):
    text = ada.get("/users").text
    assert all(person.email in text for person in people)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "AN"}, {"ana"}),
        ({"q": "birch.example"}, {"bea", "bob"}),
        ({"q": "%"}, set()),
        ({"role": "partner_lead"}, {"leo", "bob"}),
        ({"role": "nonsense", "q": "gus"}, {"gus"}),
        ({"partner": "birch"}, {"bea", "bob", "max"}),
        ({"partner": "birch", "role": "partner_manager"}, {"max"}),
        ({"state": "invited"}, set()),
    ],
)
def test_the_list_is_filtered(ada, people, partner_keys, query, names):
    if "partner" in query:
        query["partner"] = partner_keys[query["partner"]]
    text = ada.get("/users", query_string=query).text
    assert {person.name for person in people if person.email in text} == names


def test_htmx_gets_the_list_alone(ada):
    text = ada.get("/users?q=ana", htmx=True).text
    assert text.lstrip().startswith("<section")
    assert 'data-announce="1 person found."' in text


@pytest.mark.portable
def test_pages_keep_the_filter_and_cost_the_same(ada, inside, count_statements):
    with count_statements() as few:
        ada.get("/users")
    with inside(), write() as session:
        cedar = session.scalars(select(Partner.id).where(Partner.code == "cedar")).one()
        for number in range(30):
            service.add_user(f"extra{number}@cedar.example", f"Extra {number:02}", Role.ANALYST, {cedar}, invited=False)
    with count_statements() as many:
        text = ada.get("/users?q=extra").text
    assert "Page 1 of 2" in text
    assert "/users?q=extra&amp;page=2" in text
    assert len(many) == len(few) <= 10
    assert "Extra 29" in ada.get("/users?q=extra&page=2").text


@pytest.mark.parametrize("page", ["0", "-3", "99999999999999999999", "x"])
def test_a_page_that_is_none_is_no_error(ada, page):
    assert ada.get(f"/users?page={page}").status_code == 200


def new(**more) -> dict:
    return {"email": "nora@accord.example", "name": "Nora", "role": "finance", "reach": "all", **more}


@pytest.mark.parametrize(
    ("typed", "saved"),
    [
        ({}, (Role.FINANCE, [])),
        ({"role": "partner_manager", "reach": "some", "partners": ["birch"]}, (Role.MANAGER, ["birch"])),
        ({"role": "partner_lead", "partners": ["cedar"], "mailbox": "y"}, (Role.LEAD, ["cedar"])),
        (
            {"role": "partner_analyst", "partners": ["cedar", "birch"], "mailbox": "y"},
            (Role.ANALYST, ["birch", "cedar"]),
        ),
        ({"role": "administrator", "reach": "some", "partners": ["cedar"]}, (Role.ADMINISTRATOR, [])),
    ],
)
def test_somebody_is_invited(ada, row_of, partner_keys, typed, saved):
    typed["partners"] = [partner_keys[code] for code in typed.get("partners", ())]
    assert ada.post("/users/new", data=new(**typed)).status_code == 303
    assert row_of("nora@accord.example") == (*saved, False, True)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"email": ""}, "Type the e-mail address."),
        ({"email": "nora"}, "Write an address such as"),
        ({"email": "ANA@cedar.example"}, "Somebody has this e-mail address already."),
        ({"name": " "}, "Type a name."),
        ({"name": "Nora\r\nBcc: x@evil.example"}, "Write it on one line."),
        ({"role": ""}, "Choose a role."),
        ({"role": "emperor"}, "Not a valid choice"),
        ({"role": "partner_analyst"}, "Tick the partner this person works for."),
        ({"role": "partner_manager", "reach": "some"}, "Tick at least one partner"),
        ({"role": "partner_lead", "partners": ["nonsense"]}, "valid choice"),
    ],
)
def test_what_cannot_be_is_said_in_words_and_keeps_the_typing(ada, typed, words):
    answer = ada.post("/users/new", data=new(**typed))
    assert answer.status_code == 422
    assert words.replace("'", "&#39;") in answer.text
    assert f'value="{new(**typed)["email"]}"' in answer.text


def test_ticks_beside_every_partner_are_asked_about_not_dropped(ada, partner_keys):
    both = new(role="partner_manager", reach="all", partners=[partner_keys["birch"]])
    answer = ada.post("/users/new", data=both)
    assert (answer.status_code, "Partners are ticked, but" in answer.text) == (422, True)


def test_a_link_may_tick_role_and_partner(ada, partner_keys):
    text = ada.get(f"/users/new?role=partner_lead&partner={partner_keys['cedar']}").text
    assert '<option selected value="partner_lead">' in text
    assert f'checked id="partners-1" name="partners" type="checkbox" value="{partner_keys["cedar"]}"' in text


def change(ada, key, **typed):
    about = {"email": "ana@cedar.example", "name": "Ana", "role": "partner_analyst", "reach": "some", "partners": []}
    return ada.post(f"/users/{key}", data={**about, **typed})


def test_a_role_is_changed_and_holds_at_once(ada, as_, key_of, people, row_of):
    ana = as_("ana")
    assert ana.get("/users").status_code == 403
    assert change(ada, key_of(people.ana), role="administrator").status_code == 303
    assert row_of(people.ana.email)[:2] == (Role.ADMINISTRATOR, [])
    assert ana.get("/users").status_code == 200


def test_moving_somebody_to_another_partner_takes_the_sight_of_money(ada, key_of, people, row_of, partner_keys):
    key = key_of(people.amy)
    kept = change(ada, key, email=people.amy.email, partners=[partner_keys["cedar"]])
    assert (kept.status_code, row_of(people.amy.email)[2]) == (303, True)
    both = [partner_keys["cedar"], partner_keys["birch"]]
    change(ada, key, email=people.amy.email, partners=both)
    assert row_of(people.amy.email)[1:3] == (["birch", "cedar"], False)
    change(ada, key, email=people.amy.email, partners=[partner_keys["birch"]])
    assert row_of(people.amy.email)[1:3] == (["birch"], False)


def test_an_analyst_without_a_partner_is_refused(ada, key_of, people, row_of):
    assert change(ada, key_of(people.ana)).status_code == 422
    assert row_of(people.ana.email)[1] == ["cedar"]


def test_an_address_somebody_else_has_is_refused(ada, key_of, people, partner_keys):
    answer = change(ada, key_of(people.ana), email=people.bea.email, partners=[partner_keys["cedar"]])
    assert answer.status_code == 422
    assert "Somebody has this e-mail address already." in answer.text


def test_a_new_address_of_somebody_invited_sends_a_new_invitation(ada, post, inside):
    ada.post("/users/new", data=new())
    with inside() as session:
        key = session.scalars(select(User.key).where(User.email == "nora@accord.example")).one()
    post()
    ada.post(f"/users/{key}", data=new(email="nora.vega@accord.example"))
    assert [message["To"] for message in post()] == ["nora@accord.example", "nora.vega@accord.example"]


@pytest.mark.portable
def test_deactivating_ends_the_sessions_and_reactivating_lets_back(ada, as_, key_of, people, row_of):
    ana, key = as_("ana"), key_of(people.ana)
    assert ada.post(f"/users/{key}/deactivation").status_code == 303
    assert ana.get("/profile").status_code == 302
    assert row_of(people.ana.email)[3] is False
    assert "Deactivated" in ada.get(f"/users/{key}").text
    assert ada.post(f"/users/{key}/reactivation").status_code == 303
    assert ana.get("/profile").status_code == 302
    assert as_("ana").get("/profile").status_code == 200


def test_nobody_deactivates_themselves(ada, key_of, people, row_of):
    key = key_of(people.ada)
    answer = ada.post(f"/users/{key}/deactivation")
    assert answer.status_code == 403
    assert "Ask another administrator." in answer.text
    assert row_of(people.ada.email)[3] is True
    assert f"/users/{key}/deactivation" not in ada.get(f"/users/{key}").text


def test_nobody_gives_their_own_role_away(ada, key_of, people, row_of):
    answer = change(ada, key_of(people.ada), email=people.ada.email, role="director", reach="all")
    assert answer.status_code == 422
    assert row_of(people.ada.email)[0] is Role.ADMINISTRATOR


@pytest.mark.portable
@pytest.mark.parametrize("joined", [True, False])
def test_an_administrator_who_can_log_in_is_left(inside, people, joined):
    with inside(), write() as session:
        ada = session.scalars(select(User).where(User.email == people.ada.email)).one()
        ana = session.scalars(select(User).where(User.email == people.ana.email)).one()
        second = service.add_user("eve@accord.example", "Eve", Role.ADMINISTRATOR, invited=False)
        second.password_hash = "set" if joined else None
        if joined:
            service.deactivate(ada, actor=ana)
        else:
            with pytest.raises(service.LastAdministrator):
                service.deactivate(ada, actor=ana)
        assert ada.is_active is not joined


def test_somebody_who_joined_needs_no_invitation(ada, key_of, people):
    assert ada.post(f"/users/{key_of(people.ana)}/invitation").status_code == 409


def test_the_page_of_a_person_takes_few_statements(ada, key_of, people, count_statements):
    with count_statements() as statements:
        ada.get(f"/users/{key_of(people.ana)}")
    assert len(statements) <= 6
