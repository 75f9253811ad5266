"""What somebody sees whose session has ended: the login page, the way back, and never a silent success."""

import pytest


@pytest.fixture
def ended(as_):
    """A browser that still has its cookie, while the session is gone on the server."""
    visitor = as_("ada")
    cookie = visitor.get_cookie("session").value
    visitor.post("/logout")
    visitor.set_cookie("session", cookie)
    return visitor


def test_a_page_leads_to_the_login(ended):
    answer = ended.get("/profile")
    assert (answer.status_code, answer.location) == (302, "/login?next=/profile")


def test_htmx_is_told_where_to_go(ended):
    answer = ended.get("/users?q=a", htmx=True, headers={"HX-Current-URL": "http://localhost/users"})
    assert (answer.status_code, answer.data) == (401, b"")
    assert answer.headers["HX-Redirect"] == "/login?next=/users"


def test_a_form_sent_by_htmx_comes_back_to_its_page(ended):
    here = {"HX-Current-URL": "http://localhost/users/new?role=director"}
    answer = ended.post("/users/new", htmx=True, headers=here)
    assert answer.headers["HX-Redirect"] == "/login?next=/users/new?role%3Ddirector"


@pytest.mark.parametrize("forged", ["http://evil.example//evil.example/x", "//evil.example//x", "nonsense", ""])
def test_a_forged_address_leads_nowhere(ended, forged):
    answer = ended.post("/users/new", htmx=True, headers={"HX-Current-URL": forged})
    assert answer.headers["HX-Redirect"] in {"/login", "/login?next=/x"}


def test_a_plain_form_says_that_nothing_was_saved(ended):
    answer = ended.post("/users/new", headers={"Referer": "http://localhost/users/new"})
    assert answer.status_code == 401
    assert "Your session has ended" in answer.text
    assert 'href="/login?next=/users/new"' in answer.text


def test_a_form_without_any_cookie_says_the_same(client):
    assert client.post("/users/new", csrf=False).status_code == 401
    answer = client.post("/users/new", csrf=False, htmx=True)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login")
