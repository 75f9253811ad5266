"""Every rule, asked by every persona about an own object, another partner's and none: the reviewed table holds."""

import pytest
from sqlalchemy import select

from app.mail import Mail
from tests.access.asking import COLUMNS, MAY, Asking, cells, expected_rows, rows, verdict
from tests.rig.database import POSTGRES
from tests.rig.people import PASSWORD
from tests.rig.world import CANARIES

BY_TOKEN = {"accounts.invitation", "accounts.password_reset", "reports.calendar"}
CONFINED = {"anonymous", "analyst", "analyst with money", "lead", "manager of Birch"}
ON_POSTGRES = {"anonymous", "analyst", "lead", "manager of Birch"}
BY_HTMX_TOO = set() if POSTGRES else {"-", "own", "other"}  # what does not exist is refused before a view is asked
PERSONAS = [
    pytest.param(persona, marks=[pytest.mark.portable] if persona in ON_POSTGRES else []) for persona in COLUMNS
]


def test_the_table_names_every_rule_and_no_other(app):
    assert {(row["rule"], row["method"], row["target"]) for row in rows()} == expected_rows(app)


@pytest.mark.parametrize("persona", PERSONAS)
def test_each_answer_is_as_the_table_says(asking, planted, persona, record_count):
    visits, wrong, asked = asking(persona), [], 0
    for cell in cells(persona):
        for htmx in (False, True) if cell.target in BY_HTMX_TOO else (False,):
            answer, words, changed = visits.ask(cell, htmx)
            found = verdict(answer, cell, htmx)
            place = f"{persona}: {cell.name} {cell.method} {cell.target}{' by htmx' if htmx else ''}"
            if found != cell.expected:
                wrong.append(f"{place}: {found}, not {cell.expected}")
            if changed:
                wrong.append(f"{place}: answered {answer.status_code} and changed the database")
            wrong += [f"{place}: {leak}" for leak in leaks(persona, cell, visits, words, planted)]
            asked += 1
    assert not wrong, "\n".join(wrong)
    record_count("access cells", asked)


def leaks(persona: str, cell, visits: Asking, words: str, planted: set[str]) -> list[str]:
    """What somebody read who should not have: another partner's words, or an amount of money."""
    found = []
    foreign = next(code for code in CANARIES if code != visits.mine)
    if persona in CONFINED and foreign in words.lower() and cell.endpoint not in BY_TOKEN:
        found.append(f"says {foreign}")
    if persona in {"anonymous", "analyst"}:
        found += [f"says the amount {amount}" for amount in planted if amount in words]
    return found


SUCCEEDS_WITH = {"accounts.log_in": {"email": "mona@accord.example", "password": PASSWORD}}
ORDER = ("administrator", "manager", "finance", "lead", "analyst", "director", "anonymous")


def test_every_rule_has_somebody_who_may():
    """For reading, that is its success; that posts succeed is shown below."""
    lonely = {(row["rule"], row["method"]) for row in rows()}
    lonely -= {
        (row["rule"], row["method"])
        for row in rows()
        if row["target"] in {"own", "-"} and "yes" in [row[persona] for persona in COLUMNS]
    }
    assert lonely == set()


def test_every_post_succeeds_for_somebody(asking, record_count):
    """Otherwise a cell would only say that a form was never right."""
    waiting = {row["rule"]: row for row in rows() if row["method"] == "POST" and row["target"] in {"own", "-"}}
    waiting = {name: row for name, row in waiting.items() if " " not in name}
    for persona in ORDER:
        visits = asking(persona)
        for cell in list(cells(persona)):
            if (
                cell.name in waiting
                and cell.method == "POST"
                and cell.target in {"own", "-"}
                and cell.expected == "yes"
            ):
                if cell.name == "partners.resumption":
                    visits.first("partners.ending")
                answer, _, _ = visits.ask(cell, False, **SUCCEEDS_WITH.get(cell.name, {}))
                if answer.status_code in MAY - {409, 422}:
                    del waiting[cell.name]
    assert sorted(waiting) == []


def test_another_partners_version_is_no_base_for_a_comparison(world, app):
    leo = world.visitor(app, "leo")
    own, foreign = (world.keys[code]["terms:in force"] for code in CANARIES)
    assert leo.get(f"/terms/{own}/differences/{own}").status_code == 200
    assert leo.get(f"/terms/{own}/differences/{foreign}").status_code == 404
    assert leo.get(f"/terms/{foreign}/differences/{own}").status_code == 404


PARAMETERS = {
    "/reports?partner={partner}": "max",
    "/items/new?contract={contract}": "max",
    "/decks/new?contract={contract}&quarter=2026-Q3": "max",
    "/partners?q=cedar": "max",
    "/reports?month=2026-10": "max",
    "/performance?month=2026-09": "max",
    "/credits?month=2026-09": "max",
    "/credits.csv": "max",
    "/items?state=open": "max",
    "/contracts/{contract}/months/2026-09": "max",
}


@pytest.mark.portable
@pytest.mark.parametrize("address", PARAMETERS)
def test_a_foreign_key_in_a_parameter_tells_nothing(world, app, address):
    answer = world.visitor(app, PARAMETERS[address]).get(address.format(**world.keys["cedar"]))
    assert answer.status_code in {200, 404}
    assert "CANARYCEDAR" not in answer.text


@pytest.mark.portable
@pytest.mark.parametrize("address", ["/items/new", "/decks/new"])
def test_nothing_is_made_under_a_foreign_contract(world, app, address):
    about = {"contract": world.keys["cedar"]["contract"], "quarter": "2026-Q3", "kind": "action", "title": "Hire"}
    about |= {"side": "partner", "owner": "Bob", "forum": "QBR", "due_on": "2026-12-31"}
    answer = world.visitor(app, "max").post(address, data=about)
    assert answer.status_code == 422
    assert "CANARYCEDAR" not in answer.text


def test_mails_tell_each_partner_its_own(inside, world, app):
    with inside() as session:
        mails = session.scalars(select(Mail)).all()
    assert len(mails) > 4
    for mail in mails:
        for code, canary in CANARIES.items():
            if mail.recipient.endswith(".example") and "@accord." not in mail.recipient and code not in mail.recipient:
                assert canary not in mail.subject + mail.body
