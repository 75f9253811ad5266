"""One person with two mailboxes: an address of the other side is looked at twice, and who let whom in is on record."""

import pytest
from sqlalchemy import select

from app.access import Role
from app.accounts import service
from app.accounts.mailboxes import is_shared
from app.accounts.models import User
from app.events import Event, record
from app.extensions import write
from app.partners.models import Partner
from tests.partners.test_import import HEADINGS, carried, row, upload
from tests.partners.test_set_up import CONFIRMED
from tests.reports.conftest import contract, filled, look, report  # noqa: F401
from tests.reports.conftest import upload as upload_report  # noqa: F401

LEAD = {"email": "lena@accord.example", "name": "Lena", "role": "partner_lead", "reach": "all"}
TICK = 'name="mailbox"'


@pytest.fixture
def partner_ids(inside):
    with inside() as session:
        return {partner.code: partner.id for partner in session.scalars(select(Partner))}


@pytest.mark.parametrize(
    ("address", "role", "partners", "shared"),
    [
        ("new@accord.example", Role.LEAD, ["cedar"], True),
        ("new@birch.example", Role.LEAD, ["cedar"], True),
        ("new@BIRCH.example", Role.ANALYST, ["cedar"], True),
        ("new@cedar.example", Role.LEAD, ["cedar"], False),
        ("new@cedar.example", Role.LEAD, [], True),
        ("new@elsewhere.example", Role.LEAD, ["cedar"], False),
        ("new@not-cedar.example", Role.LEAD, ["birch"], False),
        ("new@cedar.example", Role.MANAGER, [], True),
        ("new@accord.example", Role.MANAGER, [], False),
        ("mia@accord.example", Role.LEAD, ["cedar"], False),  # taken, which is said instead
    ],
)
def test_an_address_of_the_other_side_is_shared(inside, partner_ids, address, role, partners, shared):
    with inside():
        assert is_shared(address, role, [partner_ids[code] for code in partners]) is shared


def test_everybody_may_have_a_mailbox_at_a_public_domain(inside, partner_ids):
    with inside(), write():
        service.add_user("one@gmail.com", "One", Role.MANAGER)
    with inside():
        assert not is_shared("two@gmail.com", Role.LEAD, [partner_ids["cedar"]])


def test_an_invitation_across_the_sides_needs_a_tick_and_keeps_the_typing(as_, inside):
    ada = as_("ada")
    assert TICK not in ada.get("/users/new").text
    with inside() as session:
        typed = {**LEAD, "partners": session.scalars(select(Partner.key).where(Partner.code == "cedar")).one()}
    asked = ada.post("/users/new", data=typed)
    assert asked.status_code == 422
    assert all(words in asked.text for words in (TICK, "use addresses at accord.example", 'value="Lena"'))
    assert ada.post("/users/new", data={**typed, "mailbox": "y"}).status_code == 303


def test_who_keeps_their_address_is_not_asked_again(as_, inside, key_of, people):
    with inside() as session, write():
        cedar = session.scalars(select(Partner.id).where(Partner.code == "cedar")).one()
        service.add_user("lena@accord.example", "Lena", Role.LEAD, [cedar])
    with inside() as session:
        lena = session.scalars(select(User).where(User.name == "Lena")).one().key
        cedar = session.scalars(select(Partner.key).where(Partner.code == "cedar")).one()
    ada = as_("ada")
    typed = {**LEAD, "name": "Lena Lund", "partners": cedar}
    assert ada.post(f"/users/{lena}", data=typed).status_code == 303
    assert ada.post(f"/users/{lena}", data={**typed, "email": "lena@birch.example"}).status_code == 422


def test_setting_up_a_partner_asks_before_it_writes(as_, inside):
    answers = {**CONFIRMED, "lead_email": "lucia@accord.example"}
    mia = as_("mia")
    look_again = mia.post("/partners/new", data={**answers, "step": ""})
    assert 'name="mailboxes"' in look_again.text
    refused = mia.post("/partners/new", data=answers)
    assert refused.status_code == 422
    assert "Tick this if the addresses are right" in refused.text
    with inside() as session:
        assert session.scalars(select(Partner).where(Partner.name == "Cordillera")).first() is None
    assert mia.post("/partners/new", data={**answers, "mailboxes": "y"}).status_code == 303


def test_an_import_asks_before_it_writes(as_, inside):
    mia = as_("mia")
    person = row(what="person", partner="Cedar", name="Lena", email="lena@birch.example", role="lead")
    seen = upload(mia, f"{HEADINGS}\n{person}")
    assert "Row 2: lena@birch.example" in seen.text
    refused = mia.post("/partner-imports", data=carried(seen))
    assert refused.status_code == 422
    assert "Nothing was imported" in refused.text
    assert mia.post("/partner-imports", data={**carried(refused), "mailboxes": "y"}).status_code == 303


def test_looking_at_the_addresses_takes_the_same_statements_however_many_people(as_, count_statements):
    mia, taken = as_("mia"), []
    for count in (1, 12):
        names = [f"lena{number}" for number in range(count)]
        people = [
            row(what="person", partner="Cedar", name=name, email=f"{name}@birch.example", role="lead") for name in names
        ]
        with count_statements() as statements:
            seen = upload(mia, "\n".join([HEADINGS, *people]))
        assert seen.text.count("@birch.example, Cedar") == count
        taken.append(len(statements))
    assert taken[0] == taken[1]


def test_a_manager_of_some_partners_does_not_learn_whose_domain_it_is(as_):
    max_ = as_("max")
    words = []
    for domain in ("accord", "cedar"):
        person = row(what="person", partner="Birch", name="Lena", email=f"lena@{domain}.example", role="lead")
        words.append(upload(max_, f"{HEADINGS}\n{person}").text.replace(f"{domain}.example", "DOMAIN"))
    notices = [text[text.index("Look at the addresses") : text.index("I have checked")] for text in words]
    assert notices[0] == notices[1]


@pytest.fixture
def sent(as_, report, filled, upload_report, look):  # noqa: F811
    """A submission of Cedar, prepared by Ana and certified by Leo: its key, and the content that a reviewer saw."""
    key = report()
    figures = {"Offered": 1000, "Answered": 950, "Answered in threshold": 800, "Abandoned": 50}
    upload_report("ana", key, filled(key, figures))
    seen = look(key)["seen"]
    as_("leo").post(f"/reports/{key}/submission", data={"seen": seen, "form_key": "one", "declared": "y"})
    return look(key)["versions"][-1]["key"], seen


@pytest.fixture
def let_leo_in(inside):
    """Mia changed Leo's address, as somebody does who takes over his mailbox."""
    with inside() as session, write():
        leo = session.scalars(select(User).where(User.name == "Leo")).one()
        mia = session.scalars(select(User).where(User.name == "Mia")).one()
        record("user.changed", subject=leo, actor=mia, role=leo.role, address_changed=True)


def test_who_else_could_decide_is_named_within_the_budget(as_, sent, let_leo_in, count_statements):
    key, _ = sent
    mia = as_("mia")
    with count_statements() as statements:
        text = mia.get(f"/submissions/{key}/review").text
    assert "Mona could decide as well." in text
    assert len(statements) <= 14, "\n\n".join(statements)


def test_where_nobody_else_can_decide_that_is_said(as_, sent, let_leo_in, inside, people):
    with inside() as session, write():
        mona = session.scalars(select(User).where(User.email == people.mona.email)).one()
        service.deactivate(mona, mona)
    text = as_("mia").get(f"/submissions/{sent[0]}/review").text
    assert "Nobody else can decide on this partner's reports yet" in text


def test_the_record_says_it_in_words_and_in_nobody_elses_sight(as_, sent, let_leo_in):
    key, seen = sent
    as_("mia").post(f"/submissions/{key}/approval", data={"seen": seen})
    assert "of somebody whom they had let in" in as_("ada").get("/events").text
    assert as_("max").get(f"/submissions/{key}/review").status_code == 404
    assert as_("bob").get(f"/submissions/{key}").status_code == 404


def test_whoever_let_the_sender_in_is_told_so_where_it_is_decided(as_, sent, let_leo_in, inside):
    key, seen = sent
    assert "You let in who sent this" in as_("mia").get(f"/submissions/{key}/review").text
    assert "You let in who sent this" not in as_("mona").get(f"/submissions/{key}/review").text
    assert as_("mia").post(f"/submissions/{key}/approval", data={"seen": seen}).status_code == 303
    assert "of somebody whom they had let in" in as_("mona").get(f"/submissions/{key}").text
    with inside() as session:
        approved = session.scalars(select(Event).where(Event.kind == "submission.approved")).one()
        assert approved.figures["let_in"] is True


def test_an_approval_by_somebody_else_says_nothing_of_it(as_, sent, let_leo_in):
    key, seen = sent
    as_("mona").post(f"/submissions/{key}/approval", data={"seen": seen})
    assert "of somebody whom they had let in" not in as_("mona").get(f"/submissions/{key}").text
