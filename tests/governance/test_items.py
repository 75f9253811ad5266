"""Actions, decisions and plans: written down, changed, closed, and nobody else's."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app import clock
from app.contracts.models import Contract
from app.extensions import write
from app.governance.models import Item
from app.partners.models import Partner


@pytest.fixture
def contracts(inside):
    """One contract of each partner: its key by the partner's code."""
    with inside(), write() as session:
        partners = session.scalars(select(Partner)).all()
        rows = {
            partner.code: Contract(
                partner_id=partner.id,
                name=f"{partner.name} voice",
                reference="SOW-1",
                currency="USD",
                zone="America/Bogota",
                starts_on=date(2026, 1, 1),
                created_at=clock.now(),
            )
            for partner in partners
        }
        session.add_all(rows.values())
        session.flush()
        return {code: row.key for code, row in rows.items()}


def written(contract: str, **changes) -> dict:
    return {
        "contract": contract,
        "kind": "action",
        "title": "Hire two classes",
        "side": "partner",
        "owner": "Leo",
        "forum": "QBR",
        "due_on": "2026-12-31",
        **changes,
    }


@pytest.fixture
def item(as_, contracts):
    """The key of an open action of Cedar."""
    response = as_("mia").post("/items/new", data=written(contracts["cedar"]))
    assert response.status_code == 303
    return response.location.rsplit("/", 1)[-1]


def test_its_instants_are_told_on_the_clock_of_its_contract(as_, item):
    assert as_("mia").post(f"/items/{item}/closure", data={"state": "done", "outcome": "Hired."}).status_code == 303
    page = as_("leo").get(f"/items/{item}").text
    assert page.count("22 Nov 2026, 04:00 UTC−05") == 3
    assert "09:00" not in page


def test_a_manager_writes_an_action_down(as_, item):
    shown = as_("mia").get(f"/items/{item}")
    assert "Hire two classes" in shown.text
    assert "Hire two classes" in as_("mia").get("/items").text


@pytest.mark.parametrize(("hour", "is_overdue"), [(2, False), (6, True)])
def test_an_item_is_overdue_once_its_day_has_passed_where_the_contract_is(as_, item, hour, is_overdue):
    with clock.at(datetime(2027, 1, 1, hour, tzinfo=UTC)):
        for address in ("/items", f"/items/{item}"):
            assert ("Overdue" in as_("mia").get(address).text) is is_overdue


def test_what_was_typed_survives_an_error(as_, contracts):
    response = as_("mia").post("/items/new", data=written(contracts["cedar"], due_on=""))
    assert response.status_code == 422
    assert "Give a date." in response.text
    assert "Hire two classes" in response.text


def test_another_partners_contract_cannot_be_named(as_, contracts):
    response = as_("max").post("/items/new", data=written(contracts["cedar"]))
    assert response.status_code == 422


def test_both_sides_read_and_only_their_own(as_, item):
    assert as_("leo").get(f"/items/{item}").status_code == 200
    assert as_("bob").get(f"/items/{item}").status_code == 404
    assert "Hire two classes" not in as_("bob").get("/items").text


def test_the_partner_does_not_change_it(as_, item, contracts):
    assert as_("leo").post(f"/items/{item}/edit", data=written(contracts["cedar"])).status_code == 403
    assert as_("leo").post(f"/items/{item}/closure", data={"outcome": "x"}).status_code == 403


def test_a_change_that_came_too_late_is_refused(as_, item, contracts):
    first = written(contracts["cedar"], title="Hire three classes", version="1")
    assert as_("mia").post(f"/items/{item}/edit", data=first).status_code == 303
    second = written(contracts["cedar"], title="Hire four classes", version="1")
    assert as_("mona").post(f"/items/{item}/edit", data=second).status_code == 409
    assert "Hire three classes" in as_("mia").get(f"/items/{item}").text


def test_closing_needs_an_outcome_and_happens_once(as_, item, inside):
    assert as_("mia").post(f"/items/{item}/closure", data={"state": "done"}).status_code == 422
    closure = {"state": "done", "outcome": "Both classes started."}
    assert as_("mia").post(f"/items/{item}/closure", data=closure).status_code == 303
    assert as_("mia").post(f"/items/{item}/closure", data=closure).status_code == 409
    with inside() as session:
        assert session.scalars(select(Item.outcome)).one() == "Both classes started."


def test_an_unknown_item_is_not_found(as_):
    assert as_("mia").get("/items/nothing").status_code == 404


def test_the_list_costs_the_same_for_many_items(as_, contracts, count_statements):
    client = as_("mia")
    for number in range(3):
        client.post("/items/new", data=written(contracts["cedar"], title=f"Action {number}"))
    with count_statements() as statements:
        assert "Action 2" in client.get("/items").text
    assert len(statements) <= 10
