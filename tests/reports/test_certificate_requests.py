"""When a draft is ready, whoever may not certify it asks those who may: once each for the same figures."""

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from app import clock
from app.access import Role
from app.accounts import passwords, service
from app.accounts.models import User
from app.events import Event
from app.extensions import write
from app.mail import Mail
from app.partners.models import Partner
from app.reports.sending.certificate_requests import CertificateRequest

pytestmark = pytest.mark.portable
SERVICE = {"grain": "month", "certification": "declaration"}
DECLARATION = {"reports": {"service": SERVICE, "staffing": {"grain": "month"}}}
TITLE = "To certify: service report for October 2026, Voice"
FORM = "/draft/certificate-requests"


@pytest.fixture
def ready(report, filled, upload):
    """The key of a report whose draft Ana prepared and nobody has certified."""
    key = report()
    upload("ana", key, filled(key))
    return key


@pytest.fixture
def ask(as_, look):
    """`ask("ana", key, "Please")`: the answer to the post that asks the leads."""

    def post(who: str, key: str, remark: str = "", seen: str | None = None, **how):
        form = {"seen": (look(key)["seen"] or "") if seen is None else seen, "remark": remark}
        return as_(who).post(f"/reports/{key}{FORM}", data=form, **how)

    return post


@pytest.fixture
def told(inside):
    """Who was asked by mail, in order."""

    def read() -> list[str]:
        with inside() as session:
            asked = select(Mail.recipient).where(Mail.subject == TITLE).order_by(Mail.id)
            return [recipient.partition("@")[0] for recipient in session.scalars(asked)]

    return read


@pytest.fixture
def join(inside):
    """`join("lena")`: one more lead of Cedar, who has accepted the invitation."""

    def add(name: str) -> None:
        with inside() as session, write():
            cedar = session.scalars(select(Partner).where(Partner.code == "cedar")).one()
            user = service.add_user(f"{name}@cedar.example", name.title(), Role.LEAD, [cedar.id], invited=False)
            user.password_hash = passwords.hashed("correct horse battery staple")

    return add


def test_nothing_is_mailed_before_somebody_asks(ready, told, as_):
    page = as_("ana").get(f"/reports/{ready}/draft").text
    assert told() == []
    assert "Leo gets a mail with the way to this page." in page
    assert "Ask to certify" in as_("ana").get("/tasks").text


def test_the_lead_is_asked_by_mail_with_the_remark(ready, ask, told, inside):
    assert ask("ana", ready, "The promotion is in it.").status_code == 303
    assert told() == ["leo"]
    with inside() as session:
        body = session.scalars(select(Mail.body).where(Mail.subject == TITLE)).one()
        event = session.scalars(select(Event).where(Event.kind == "certificate.asked")).one()
        assert (event.subject, event.figures["leads"], event.actor.name) == ("report", 1, "Ana")
        assert "promotion" not in str(event.figures)
    assert "Ana asks you to certify the service report for October 2026" in body
    assert "The promotion is in it." in body
    assert f"/reports/{ready}/draft" in body


def test_the_page_and_the_tasks_say_who_was_asked_and_when(ready, ask, as_):
    ask("ana", ready, "The promotion is in it.")
    page = as_("ana").get(f"/reports/{ready}/draft").text
    said = "Leo was asked to certify these figures by Ana, 22 Nov 2026, 04:00 UTC−05: “The promotion is in it.”"
    assert said in page
    assert FORM not in page
    assert said in as_("leo").get(f"/reports/{ready}/draft").text
    theirs = "Ana asks you to certify it, which sends it: “The promotion is in it.”"
    assert theirs in as_("leo").get("/tasks").text
    assert theirs in as_("leo").get(f"/reports/{ready}").text
    waiting = "Checked and ready. Asked to certify it: Leo, 22 Nov 2026, 04:00 UTC−05."
    assert waiting in as_("ana").get("/tasks").text
    assert "Asked for the draft to be certified, leads asked: 1" in as_("ana").get(f"/reports/{ready}").text


def test_nobody_is_asked_twice_for_the_same_figures(ready, ask, told):
    ask("ana", ready)
    again = ask("amy", ready, follow_redirects=True)
    assert (again.status_code, "They were asked already." in again.text) == (200, True)
    assert told() == ["leo"]


def test_other_figures_are_asked_for_anew(ready, ask, told, look, filled, upload, as_):
    ask("ana", ready)
    seen = look(ready)["seen"]
    upload(
        "ana", ready, filled(ready, {"Offered": 1001, "Answered": 950, "Answered in threshold": 800, "Abandoned": 51})
    )
    assert "was asked to certify" not in as_("ana").get(f"/reports/{ready}/draft").text
    assert "asks you to certify" not in as_("leo").get("/tasks").text
    assert ask("ana", ready, seen=seen).status_code == 409
    assert ask("ana", ready).status_code == 303
    assert told() == ["leo", "leo"]


def test_a_lead_who_came_later_is_asked_alone(ready, ask, told, join, as_):
    ask("ana", ready)
    join("lena")
    page = as_("ana").get(f"/reports/{ready}/draft").text
    assert "Leo was asked to certify these figures" in page
    assert "Lena gets a mail with the way to this page." in page
    ask("ana", ready)
    assert told() == ["leo", "lena"]


def test_a_lead_who_prepared_the_figures_asks_another(report, filled, upload, ask, told, join, as_):
    key = report()
    upload("leo", key, filled(key))
    alone = ask("leo", key)
    assert (alone.status_code, "Nobody can certify this yet" in alone.text) == (409, True)
    assert "Nobody of Cedar can certify it yet" in as_("leo").get(f"/reports/{key}/draft").text
    join("lena")
    assert ask("leo", key).status_code == 303
    assert told() == ["lena"]


def test_only_leads_who_can_come_in_are_asked(ready, inside, as_, ask, told):
    with inside() as session, write():
        session.scalars(select(User).where(User.name == "Leo")).one().disabled_at = clock.now()
    page = as_("ana").get(f"/reports/{ready}/draft").text
    assert "Nobody of Cedar can certify it yet" in page
    assert FORM not in page
    assert ask("ana", ready).status_code == 409
    assert told() == []


@pytest.mark.parametrize("who", ["leo", "mia"])
def test_whoever_may_certify_asks_nobody(ready, ask, told, as_, who):
    assert FORM not in as_(who).get(f"/reports/{ready}/draft").text
    answer = ask(who, ready)
    assert (answer.status_code, "You can certify these figures yourself" in answer.text) == (409, True)
    assert told() == []


def test_where_the_sender_declares_nobody_is_asked(report, filled, upload, ask, told):
    key = report(**DECLARATION)
    upload("ana", key, filled(key))
    assert ask("ana", key).status_code == 409
    assert told() == []


def test_what_is_not_ready_is_asked_of_nobody(report, filled, upload, ask, told, as_):
    key = report()
    assert ask("ana", key).status_code == 409
    upload("ana", key, filled(key, {"Offered": "abc"}))
    assert ask("ana", key).status_code == 422
    upload("ana", key, filled(key, {"Offered": 990, "Answered": 950, "Answered in threshold": 800, "Abandoned": 50}))
    assert FORM not in as_("ana").get(f"/reports/{key}/draft").text
    answer = ask("ana", key)
    assert (answer.status_code, "Confirm them with a comment" in answer.text) == (422, True)
    assert told() == []


def test_a_remark_that_is_too_long_comes_back_as_it_was_typed(ready, ask, told):
    answer = ask("ana", ready, "x" * 1001)
    assert (answer.status_code, "x" * 1001 in answer.text, 'role="alert"' in answer.text) == (422, True, True)
    assert told() == []


def test_who_was_asked_for_what_stays_and_only_the_remark_can_be_erased(ready, ask, inside):
    ask("ana", ready, "Call me on 555 123.")
    with inside() as session, write():
        session.execute(update(CertificateRequest).values(remark=""))
    for change in (update(CertificateRequest).values(content_hash="0"), delete(CertificateRequest)):
        with inside() as session, pytest.raises(DatabaseError, match="append-only"), write():
            session.execute(change)
    with inside() as session:
        row = session.scalars(select(CertificateRequest)).one()
        fixed = ("partner_id", "report_id", "content_hash", "lead_id", "asked_by_id", "asked_at")
        again = {name: getattr(row, name) for name in fixed}
        with pytest.raises(IntegrityError), write():
            session.add(CertificateRequest(**again))
