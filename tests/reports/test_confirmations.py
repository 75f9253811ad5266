"""Warnings wait for a confirmation with a comment, which holds for exactly what was seen and goes with the figures."""

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from app import jobs
from app.events import Event
from app.extensions import write
from app.performance.models import Finding
from app.reports.sending.confirmations import Confirmation

pytestmark = pytest.mark.portable
ODD = {"Offered": 990, "Answered": 950, "Answered in threshold": 800, "Abandoned": 50}
WARNING = "Answered 950 and Abandoned 50 come to 1,000, more than Offered 990 in the same row."


@pytest.fixture
def odd(report, filled, upload):
    """A report whose draft has one warning about both of its rows, and the page that showed it."""
    key = report()
    return key, upload("ana", key, filled(key, ODD)).text


@pytest.fixture
def send(as_, look):
    def post(key: str, who: str = "leo"):
        form = {"seen": look(key)["seen"], "form_key": f"form-{len(look(key)['versions'])}", "declared": "y"}
        return as_(who).post(f"/reports/{key}/submission", data=form)

    return post


def test_the_same_warning_of_several_rows_is_said_once_with_its_cells(odd, look):
    key, page = odd
    assert [each["words"] for each in look(key)["draft"]["warnings"]] == [WARNING]
    assert f"<b>Sheet Service, D7, D8 (Offered)</b>: {WARNING}" in page


def test_nothing_is_sent_before_somebody_confirmed_with_a_comment(odd, confirm, send, look, as_):
    key, _ = odd
    assert send(key).status_code == 422
    bare = confirm("ana", key, comment=" ")
    assert (bare.status_code, "Say why the figures are right all the same." in bare.text) == (422, True)
    assert look(key)["versions"] == []
    assert "Confirm them with a comment" in as_("ana").get("/tasks").text
    assert confirm("ana", key).status_code == 303
    assert send(key).status_code == 303


def test_the_confirmation_stands_on_the_version_and_before_its_reviewer(odd, confirm, send, look, as_):
    key, _ = odd
    confirm("ana", key, "Ten callers hung up twice.")
    send(key)
    version = look(key)["versions"][-1]["key"]
    for who, address in (("leo", f"/submissions/{version}"), ("mia", f"/submissions/{version}/review")):
        page = as_(who).get(address).text
        for words in (
            "One thing looked unusual and was confirmed",
            "<b>Ana</b>",
            "Ten callers hung up twice.",
            WARNING,
        ):
            assert words in page, (address, words)


def test_other_figures_are_asked_about_anew(odd, confirm, send, filled, upload, look):
    key, _ = odd
    seen = look(key)["warned"]
    confirm("ana", key)
    upload("ana", key, filled(key, {**ODD, "Offered": 991}))
    assert confirm("ana", key, seen=seen).status_code == 409
    assert send(key).status_code == 422
    upload("ana", key, filled(key, ODD))
    assert send(key).status_code == 303  # what was confirmed holds for the figures that it was about


def test_a_correction_asks_nothing_about_figures_that_were_approved_as_they_stand(
    odd, confirm, send, filled, upload, look, as_
):
    key, _ = odd
    confirm("ana", key)
    send(key)
    version = look(key)["versions"][-1]["key"]
    page = as_("mia").get(f"/submissions/{version}/review").text
    assert as_("mia").post(f"/submissions/{version}/approval", data={"seen": look_hash(page)}).status_code == 303
    upload("ana", key, filled(key, {**ODD, "Answered in threshold": 810}))
    assert look(key)["draft"]["warnings"] == []
    upload("ana", key, filled(key, {**ODD, "Abandoned": 51}))
    assert [each["rule"] for each in look(key)["draft"]["warnings"]] == ["population"]


def test_the_record_says_who_confirmed_what_and_never_the_comment(odd, confirm, inside):
    key, _ = odd
    confirm("ana", key, "Ten callers hung up twice.")
    with inside() as session:
        event = session.scalars(select(Event).where(Event.kind == "warnings.confirmed")).one()
        kept = session.scalars(select(Confirmation)).one()
        assert (event.actor.name, event.figures["warnings"], event.figures["checks"]) == ("Ana", 1, ["population"])
        assert event.figures["content"] == kept.content_hash
        assert "callers" not in str(event.figures)


def test_what_was_confirmed_cannot_be_changed_and_its_comment_can_be_erased(odd, confirm, inside):
    key, _ = odd
    confirm("ana", key)
    for change in (
        update(Confirmation).values(content_hash="0"),
        update(Confirmation).values(warnings=[]),
        delete(Confirmation),
    ):
        with pytest.raises(DatabaseError, match="append-only"), inside(), write() as session:
            session.execute(change)
    with inside(), write() as session:
        session.execute(update(Confirmation).values(comment=""))


def test_last_month_and_the_months_other_report_are_known(report, filled, upload, confirm, send, look, as_):
    september, october = report(month="2026-09"), report()
    upload("ana", september, filled(september))
    send(september)
    upload(
        "ana",
        october,
        filled(october, {"Offered": 1700, "Answered": 1650, "Answered in threshold": 800, "Abandoned": 50}),
    )
    words = [each["words"] for each in look(october)["draft"]["warnings"]]
    assert (
        words[0] == "Offered 1,700 for cedar-one, cedar-voice is 70 % more than the 1,000 reported for September 2026."
    )
    assert len(words) == 2
    upload("ana", october, filled(october))
    assert [each["rule"] for each in look(october)["draft"]["warnings"]] == ["copy"]


def test_a_figure_that_is_not_available_says_why_wherever_it_is_shown(report, filled, upload, look, as_, inside, send):
    key = report()

    def lose(sheet):
        sheet.cell(7, 6).value = "n/a: the switch lost them"

    page = upload("ana", key, filled(key, change=lose)).text
    assert look(key)["draft"]["rows"][0]["unavailable"] == {"answered_in_threshold": "the switch lost them"}
    assert "No service level that rests on this report will miss. 1 of 1 is not measured." in page
    send(key)
    version = look(key)["versions"][-1]["key"]
    pages = [
        page,
        as_("leo").get(f"/submissions/{version}").text,
        as_("mia").get(f"/submissions/{version}/review").text,
    ]
    assert all("the switch lost them" in page for page in pages)
    approved = as_("mia").post(f"/submissions/{version}/approval", data={"seen": look_hash(pages[-1])})
    assert approved.status_code == 303, approved.text
    with inside() as session:
        jobs.run_pending()
        why = session.scalars(select(Finding.key).where(Finding.month == "2026-10").order_by(Finding.id.desc())).first()
    assert "Answered in threshold n/a: the switch lost them" in as_("mia").get(f"/findings/{why}").text
    again = as_("ana").get(f"/reports/{key}/template.xlsx").data
    assert upload("ana", key, again).status_code == 200
    assert look(key)["draft"]["rows"][0]["unavailable"] == {"answered_in_threshold": "the switch lost them"}


def look_hash(page: str) -> str:
    return page.split('name="seen" type="hidden" value="')[1].split('"')[0]
