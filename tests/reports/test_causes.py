"""Why a service level will miss: said at each miss before sending, sent with the version, read by who decides."""

import pytest
from sqlalchemy import select

from app.events import Event
from app.reports.models import Report
from app.reports.sending.causes import Cause, causes_of

pytestmark = pytest.mark.portable
OUTAGE = {"kind_service-level": "system", "text_service-level": "The telephony was down on the 12th."}


@pytest.fixture
def keep(as_):
    """`keep("ana", key, **fields)`: the answer to the post that keeps causes without sending."""

    def post(who: str, key: str, **fields):
        return as_(who).post(f"/reports/{key}/draft/causes", data=fields, follow_redirects=True)

    return post


@pytest.fixture
def told(inside):
    """`told(key, number)`: what stands of each miss in a version."""

    def read(key: str, number: int = 1) -> dict[str, str]:
        with inside() as session:
            report = session.scalars(select(Report).where(Report.key == key)).one()
            return {level: cause.told for level, cause in causes_of(report.id, number).items()}

    return read


def test_an_analyst_says_why_and_the_lead_sends_it_with_the_figures(report, filled, upload, keep, certify, as_, told):
    key = report()
    assert "Why it will miss" in upload("ana", key, filled(key)).text
    assert "Kept." in keep("ana", key, **OUTAGE).text
    assert "The telephony was down on the 12th." in as_("leo").get(f"/reports/{key}/draft").text
    receipt = certify("leo", key, **OUTAGE)
    assert "System or telephony outage: The telephony was down on the 12th." in receipt.text
    review = as_("mona").get(f"{receipt.request.path}/review")
    assert "System or telephony outage: The telephony was down on the 12th." in review.text
    assert told(key) == {"service-level": "System or telephony outage: The telephony was down on the 12th."}


def test_causes_that_were_typed_go_with_the_confirmation_and_with_the_request_to_certify(
    report, filled, upload, look, as_, told
):
    key, odd = report(), {"Offered": 990, "Answered": 950, "Answered in threshold": 700, "Abandoned": 50}
    field = '<select form="%s" id="kind_service-level"'
    assert field % "confirmation" in upload("ana", key, filled(key, odd)).text
    seen = {"seen": look(key)["warned"]}
    refused = as_("ana").post(f"/reports/{key}/draft/confirmation", data={**seen, "comment": "", **OUTAGE})
    assert (refused.status_code, OUTAGE["text_service-level"] in refused.text, told(key)) == (422, True, {})
    as_("ana").post(f"/reports/{key}/draft/confirmation", data={**seen, "comment": "It is so.", **OUTAGE})
    assert told(key) == {"service-level": "System or telephony outage: The telephony was down on the 12th."}
    assert field % "asking" in as_("ana").get(f"/reports/{key}/draft").text
    asked = {"seen": look(key)["seen"], "kind_service-level": "staffing", "text_service-level": "Two classes."}
    as_("ana").post(f"/reports/{key}/draft/certificate-requests", data=asked)
    assert told(key) == {"service-level": "Absence or attrition: Two classes."}
    assert field % "causes" in as_("ana").get(f"/reports/{key}/draft").text


def test_the_way_to_the_evidence_keeps_what_was_typed_and_leads_back(report, filled, upload, keep, as_, told):
    key = report()
    button = f'name="evidence" value="service-level" form="send" formaction="/reports/{key}/draft/causes"'
    upload("ana", key, filled(key))
    assert button in as_("leo").get(f"/reports/{key}/draft").text
    page = keep("ana", key, **OUTAGE, evidence="service-level")
    assert told(key) == {"service-level": "System or telephony outage: The telephony was down on the 12th."}
    assert (page.request.path, page.request.args["about"]) == (f"/reports/{key}", "service-level")
    assert f'Kept. It goes with the figures. <a href="/reports/{key}/draft">Back to the figures</a>' in page.text
    refused = keep("ana", key, **{**OUTAGE, "kind_service-level": ""}, evidence="service-level")
    assert (refused.status_code, OUTAGE["text_service-level"] in refused.text) == (422, True)


def test_a_cause_outlives_another_upload_and_goes_when_nothing_misses(report, filled, upload, keep, certify, told):
    key = report()
    upload("ana", key, filled(key))
    keep("ana", key, **OUTAGE)
    worse = {"Offered": 1000, "Answered": 950, "Answered in threshold": 700, "Abandoned": 50}
    assert "The telephony was down on the 12th." in upload("ana", key, filled(key, worse)).text
    better = {**worse, "Answered in threshold": 900}
    assert "The telephony was down" not in upload("ana", key, filled(key, better)).text
    certify("leo", key)
    assert told(key) == {}


def test_a_sent_version_keeps_its_causes_and_the_next_one_begins_with_them(
    report, filled, upload, keep, certify, as_, look, told
):
    key = report()
    upload("ana", key, filled(key))
    certify("leo", key, **OUTAGE)
    assert keep("ana", key, **OUTAGE).status_code == 409
    version = look(key)["versions"][0]["key"]
    as_("mona").post(f"/submissions/{version}/return", data={"seen": "", "reason": "Look again"})
    seen = as_("mona").get(f"/submissions/{version}/review").text.partition('name="seen"')[2].partition('value="')[2]
    form = {"seen": seen.partition('"')[0], "reason": "Look at the 12th again."}
    as_("mona").post(f"/submissions/{version}/return", data=form)
    upload("ana", key, filled(key, {"Offered": 1001, "Answered": 950, "Answered in threshold": 800, "Abandoned": 50}))
    staffing = {"kind_service-level": "staffing", "text_service-level": ""}
    assert "Kept." in keep("ana", key, **staffing).text
    assert told(key, 1) == {"service-level": "System or telephony outage: The telephony was down on the 12th."}
    assert told(key, 2) == {"service-level": "Absence or attrition"}


def test_a_correction_has_causes_of_its_own_and_the_approved_version_keeps_those_it_had(
    report, filled, upload, keep, certify, as_, look, told
):
    key = report()
    upload("ana", key, filled(key))
    certify("leo", key, **OUTAGE)
    version = look(key)["versions"][0]["key"]
    seen = as_("mona").get(f"/submissions/{version}/review").text.partition('name="seen"')[2].partition('value="')[2]
    as_("mona").post(f"/submissions/{version}/approval", data={"seen": seen.partition('"')[0]})
    page = upload("ana", key, filled(key, {"Offered": 1001, "Answered": 950, "Answered in threshold": 790})).text
    assert "Why it will miss" in page
    assert "The telephony was down on the 12th." in page
    staffing = {"kind_service-level": "staffing", "text_service-level": "Two classes started late."}
    assert "Kept." in keep("ana", key, **staffing).text
    receipt = certify("leo", key, "second form", reason="Counted twice.", **staffing)
    assert "Absence or attrition: Two classes started late." in receipt.text
    assert "Absence or attrition: Two classes started late." in as_("mona").get(f"{receipt.request.path}/review").text
    assert told(key, 1) == {"service-level": "System or telephony outage: The telephony was down on the 12th."}
    assert told(key, 2) == {"service-level": "Absence or attrition: Two classes started late."}


def test_words_without_a_kind_are_kept_on_the_page_and_nothing_is_sent(report, filled, upload, certify, look):
    key = report()
    upload("ana", key, filled(key))
    answer = certify("leo", key, **{**OUTAGE, "kind_service-level": ""})
    assert answer.status_code == 422
    assert "Choose the kind of cause for Service level." in answer.text
    assert "The telephony was down on the 12th." in answer.text
    assert look(key)["versions"] == []


def test_nobody_must_say_why_and_the_reviewer_reads_that_nothing_was_said(report, filled, upload, certify, as_, inside):
    key = report()
    upload("ana", key, filled(key))
    receipt = certify("leo", key)
    assert "No cause given" in as_("mona").get(f"{receipt.request.path}/review").text
    with inside() as session:
        assert session.scalars(select(Cause)).all() == []


def test_the_record_of_events_holds_a_digest_of_a_cause(report, filled, upload, keep, inside):
    key = report()
    upload("ana", key, filled(key))
    keep("ana", key, **OUTAGE)
    keep("ana", key, **OUTAGE)
    with inside() as session:
        (event,) = session.scalars(select(Event).where(Event.kind == "causes.given"))
        assert "telephony" not in str(event.figures)
