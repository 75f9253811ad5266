"""A lead makes tokens for the own company's programs; lead, manager and administrator see and revoke them."""

import re

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.api.models import ApiToken
from app.events import Event
from app.partners.models import Partner
from tests.api.conftest import Program

SHOWN = re.compile(r"accord_[\w-]{43}")


@pytest.fixture
def make(as_, inside):
    """`make("leo", name="Export")`: the answer to the form's post."""

    def post(who: str = "leo", **changes):
        visitor = as_(who)
        form = {"name": "Export", "scopes": ["reports:write"], "expires_on": "2027-03-31", **changes}
        key = re.search(r'name="partner" value="([^"]+)"', visitor.get("/api-tokens").text)
        return visitor.post("/api-tokens", data={"partner": key[1] if key else "", **form})

    return post


@pytest.fixture
def rows(inside):
    def read() -> dict[str, tuple]:
        with inside() as session:
            return {row.name: (row.key, row.partner.code, row.scopes) for row in session.scalars(select(ApiToken))}

    return read


def test_without_a_token_the_page_says_who_makes_the_first_one(as_, inside):
    assert "make the first one below" in as_("leo").get("/api-tokens").text
    assert "A lead of the partner makes one on their Team page" in as_("mia").get("/api-tokens").text
    with inside() as session:
        cedar = session.scalars(select(Partner.key).where(Partner.code == "cedar")).one()
    of_one = as_("mia").get(f"/api-tokens?partner={cedar}").text
    assert f'<a href="/partners/{cedar}">Cedar</a>' in of_one
    assert "Cedar" not in as_("max").get(f"/api-tokens?partner={cedar}").text


@pytest.mark.portable
def test_a_token_is_shown_once_and_works(app, make, as_, rows):
    shown = make()
    assert shown.status_code == 200
    secret = SHOWN.search(shown.text)[0]
    assert shown.headers["Cache-Control"] == "no-store"
    assert rows()["Export"][1:] == ("cedar", ["reports:write"])
    listed = as_("leo").get("/api-tokens").text
    assert "Export" in listed
    assert not SHOWN.search(listed)
    assert Program(app, secret).get("/reports").status_code == 200


@pytest.mark.portable
def test_revoked_it_is_refused_at_once(app, make, as_, rows):
    export = Program(app, SHOWN.search(make().text)[0])
    assert export.get("/reports").status_code == 200
    path = f"/api-tokens/{rows()['Export'][0]}/revocation"
    assert as_("leo").post(path).location == "/api-tokens"
    assert export.get("/reports").status_code == 401
    assert as_("leo").post(path).status_code == 409


@pytest.mark.parametrize(
    ("who", "status"), [("mia", 303), ("ada", 303), ("bob", 404), ("max", 404), ("ana", 403), ("dora", 403)]
)
def test_who_may_revoke(make, as_, rows, who, status):
    make()
    assert as_(who).post(f"/api-tokens/{rows()['Export'][0]}/revocation").status_code == status


def test_who_sees_which(make, as_):
    make()
    make("bob", name="Birch export")
    for who, seen in (("leo", {"Export"}), ("bob", {"Birch export"}), ("mia", {"Export", "Birch export"})):
        listed = as_(who).get("/api-tokens").text
        assert {name for name in ("Export", "Birch export") if f">{name}<" in listed} == seen
    assert ">Export<" not in as_("max").get("/api-tokens").text
    for who in ("ana", "dora", "finn", "gus"):
        assert as_(who).get("/api-tokens").status_code == 403


def test_only_a_lead_makes_one(as_):
    for who in ("ana", "mia", "ada"):
        assert as_(who).post("/api-tokens", data={"name": "x"}).status_code == 403
    assert "Make the token" not in as_("mia").get("/api-tokens").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "Name the program"),
        ({"scopes": []}, "Tick whether it reads"),
        ({"scopes": ["money:read"]}, "Tick whether it reads"),
        ({"scopes": ["users:write"]}, "not a valid choice"),
        ({"expires_on": ""}, "Say the last day"),
        ({"expires_on": "2026-11-21"}, "within a year"),
        ({"expires_on": "2028-01-01"}, "within a year"),
        ({"partner": "birch"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(make, rows, changes, words):
    answer = make(**{"name": "Typed before", **changes})
    assert answer.status_code == 422
    assert words in answer.text
    assert ("Typed before" in answer.text) == ("name" not in changes)
    assert rows() == {}


def test_two_that_work_have_two_names(make, as_, rows):
    make()
    assert "Another token has this name" in make().text
    as_("leo").post(f"/api-tokens/{rows()['Export'][0]}/revocation")
    assert make().status_code == 200


def test_both_are_on_record_without_the_name(make, as_, rows, inside):
    make()
    as_("mia").post(f"/api-tokens/{rows()['Export'][0]}/revocation")
    with inside() as session:
        kinds = session.execute(select(Event.kind, Event.actor_id, Event.figures).order_by(Event.id)).all()
        names = dict(session.execute(select(User.id, User.name)).all())
    assert [(kind, names[actor]) for kind, actor, _ in kinds] == [("token.made", "Leo"), ("token.revoked", "Mia")]
    assert kinds[0].figures["scopes"] == ["reports:write"]
    assert "Export" not in str(kinds)


def test_a_program_is_no_person(make, as_, inside):
    make()
    with inside() as session:
        system = session.scalars(select(User).where(User.email.endswith("@systems.invalid"))).one()
        key, email = system.key, system.email
    assert email not in as_("ada").get("/users").text
    assert as_("ada").get(f"/users/{key}").status_code == 404
    assert as_("ada").post(f"/users/{key}/invitation").status_code == 404
    assert email not in as_("leo").get("/team").text
    as_("ada").post("/password-resets", data={"email": email})


def test_the_page_takes_few_statements(make, as_, count_statements):
    make()
    mia = as_("mia")
    with count_statements() as statements:
        mia.get("/api-tokens")
    assert len(statements) <= 4
