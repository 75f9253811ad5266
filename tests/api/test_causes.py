"""A program says why a service level will miss and attaches what shows it; both go with the figures."""

import io

import pytest
from sqlalchemy import select

from app.evidence.models import Evidence
from app.reports.sending.causes import KINDS
from tests.api.test_description import DOCUMENT
from tests.api.test_intake import DECLARED, figures

pytestmark = pytest.mark.portable
OUTAGE = {"service-level": {"kind": "system", "text": "The telephony was down on the 12th."}}


def test_a_cause_stands_in_the_preview_and_goes_with_the_version_and_with_a_correction(report, program, as_):
    key, export = report(reports=DECLARED), program()
    draft = export.post(f"/reports/{key}/draft", **figures()).json
    assert export.post(f"/reports/{key}/draft/causes", json=OUTAGE).json == {"causes": OUTAGE}
    (level,) = export.get(f"/reports/{key}/draft/preview").json["service_levels"]
    assert (level["is_miss"], level["cause"]) == (True, OUTAGE["service-level"])
    said = {"content": draft["content"], "declared": True}
    sent = export.post(f"/reports/{key}/submission", json=said).json
    assert (sent["version"], sent["causes"]) == (1, OUTAGE)
    seen = {"seen": sent["content"]}
    assert as_("mona").post(f"/submissions/{sent['key']}/approval", data=seen).status_code == 303
    rows = [{**row, "offered": 1001} for row in figures()["json"]["rows"]]
    draft = export.post(f"/reports/{key}/draft", **figures(*rows)).json
    late = {"service-level": {"kind": "staffing", "text": ""}}
    said = {"content": draft["content"], "declared": True, "reason": "Counted twice.", "causes": late}
    assert export.post(f"/reports/{key}/submission", json=said).json["causes"] == late
    versions = export.get(f"/reports/{key}").json["versions"]
    assert [each["causes"] for each in versions] == [OUTAGE, late]


def test_what_is_said_of_nothing_is_refused_in_words(report, program):
    key, export = report(), program()
    export.post(f"/reports/{key}/draft", **figures())
    for said, words in (
        (
            {"weather": {"kind": "system"}},
            "“weather” is no service level that rests on this report. Those are: ",
        ),
        ({"service-level": {"kind": "weather"}}, "“weather” is no kind of cause for Service level. Take volume,"),
        ({"service-level": {"kind": "other", "text": "x" * 401}}, "at most 400 letters"),
    ):
        answer = export.post(f"/reports/{key}/draft/causes", json=said)
        assert answer.status_code == 422
        assert words in answer.json["detail"]
    assert export.post(f"/reports/{key}/draft/causes", json={"service-level": None}).json == {"causes": {}}


def test_evidence_is_about_the_miss_and_whoever_decides_reads_it(report, program, as_, inside):
    key, export = report(), program()
    form = {"shows": "The outage log", "service_level": "service-level"}
    for _ in range(2):
        file = io.BytesIO(b"09:00 the lines were down"), "log.txt"
        told = export.post(f"/reports/{key}/evidence-files", data={**form, "file": file})
        assert (told.status_code, told.json["service_level"]) == (201, "service-level")
    with inside() as session:
        assert session.scalars(select(Evidence.shows)).all() == ["The outage log"]
    listed = program("reports:read", name="reading").get(f"/reports/{key}/evidence-files").json["evidence_files"]
    assert listed == [told.json]
    assert (listed[0]["attached_by"], listed[0]["withdrawn_at"]) == ("Export (API)", None)
    assert as_("leo").post(f"/evidence-files/{listed[0]['key']}/withdrawal").status_code == 303
    assert export.get(f"/reports/{key}/evidence-files").json["evidence_files"][0]["withdrawn_at"]
    export.post(f"/reports/{key}/evidence-files", data={**form, "file": (io.BytesIO(b"09:00"), "log.txt")})
    assert "The outage log" in as_("mia").get(f"/reports/{key}").text
    wrong = {"file": (io.BytesIO(b"MZ\x90\x00\x03"), "tool.exe"), **form}
    assert export.post(f"/reports/{key}/evidence-files", data=wrong).status_code == 422


def test_the_document_knows_every_kind_of_cause():
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["Cause"]["properties"]["kind"]["enum"] == list(KINDS)
    assert schemas["Said"]["additionalProperties"]["properties"]["kind"]["enum"] == list(KINDS)
