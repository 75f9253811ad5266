"""A house without a partner: each page says the first step and leads to it."""

import pytest
from sqlalchemy import delete, select

from app.accounts.models import Grant
from app.extensions import write
from app.partners.models import Partner, Queue, Site

pytestmark = pytest.mark.portable


@pytest.fixture
def empty(inside) -> None:
    with inside(), write() as session:
        session.execute(delete(Grant))
        for model in (Site, Queue, Partner):
            for row in session.scalars(select(model)):
                session.delete(row)
            session.flush()


@pytest.mark.parametrize(
    ("address", "words", "way"),
    [
        ("/reviews", "There is no partner yet", "/partners/new"),
        ("/performance", "There is no partner yet", "/partners/new"),
        ("/partners", "No partner yet", "/partners/new"),
        ("/decks/new", "There is no contract yet", "/partners"),
        ("/items/new", "There is no contract yet", "/partners"),
    ],
)
def test_a_managers_pages_lead_to_the_first_partner(as_, empty, address, words, way):
    page = as_("mia").get(address)
    assert page.status_code == 200
    assert words in page.text
    assert f'href="{way}"' in page.text.partition("<main")[2]
    assert "Choose a contract and a quarter" not in page.text
    assert 'name="title"' not in page.text


def test_people_of_a_partner_are_invited_after_it_is_set_up(as_, empty):
    leo = {"name": "Leo", "email": "leo@cedar.example.org", "role": "partner_lead", "reach": "all"}
    answer = as_("ada").post("/users/new", data=leo)
    assert answer.status_code == 422
    assert "There is no partner yet: set one up first" in answer.text
