"""Another partner's reports do not exist: every address of sending, with a real key of somebody else."""

import pytest

from tests.reports.test_bad_input import csv


@pytest.fixture
def sent(report, filled, upload, look, as_):
    """The keys of a report of Cedar and of its submission, sent on behalf so that it can be contested."""
    key = report()
    upload("mia", key, filled(key))
    as_("mia").post(f"/reports/{key}/submission", data={"seen": look(key)["seen"], "form_key": "form", "declared": "y"})
    return {"report": key, "submission": look(key)["versions"][0]["key"]}


PAGES = (
    "/reports/{report}",
    "/reports/{report}/template.xlsx",
    "/reports/{report}/draft",
    "/submissions/{submission}",
    "/submissions/{submission}/original",
)
ACTS = {
    "/reports/{report}/draft": {},
    "/reports/{report}/submission": {"declared": "y"},
    "/reports/{report}/nil-return": {"reason": "x"},
    "/reports/{report}/remarks": {"text": "x"},
    "/submissions/{submission}/contest": {"reason": "x"},
}


@pytest.mark.parametrize("address", PAGES)
def test_another_partners_page_is_not_found(sent, as_, address, record_count):
    url = address.format(**sent)
    assert as_("leo").get(url).status_code == (302 if address.endswith("/draft") else 200)
    for stranger in ("bea", "bob", "max"):
        assert as_(stranger).get(url).status_code == 404
    assert as_("leo").get(address.format(report="nothing", submission="nothing")).status_code == 404
    record_count("tenancy questions", 5)


@pytest.mark.parametrize("address", ACTS)
def test_nothing_is_done_to_another_partners_report(sent, as_, look, address, record_count):
    before = look(sent["report"])
    url, data = address.format(**sent), ACTS[address]
    assert as_("bob").post(url, data=data).status_code == 404
    assert as_("max").post(url, data=data).status_code == (403 if address.endswith("/contest") else 404)
    assert as_("gus").post(url, data=data).status_code == 403
    assert look(sent["report"]) == before
    record_count("tenancy questions", 3)


def test_lists_hold_ones_own_alone(sent, contract, as_):
    contract("birch")
    for who, own, other in (("ana", "Cedar", "Birch"), ("bea", "Birch", "Cedar"), ("max", "Birch", "Cedar")):
        page = as_(who).get("/reports").text
        assert sent["report"] in page if own == "Cedar" else sent["report"] not in page
        assert other not in page.partition("<main")[2]
    assert sent["report"] in as_("mia").get("/reports").text


def test_another_partners_form_key_tells_nothing(report, filled, upload, look, as_, sent):
    key = report(code="birch")
    upload("bea", key, filled(key))
    data = {"seen": look(key)["seen"], "form_key": "form", "declared": "y"}
    assert as_("bob").post(f"/reports/{key}/submission", data=data).status_code == 303
    assert [version["lines"] for version in look(key)["versions"]] == [2]


def test_the_wrong_template_says_nothing_about_its_owner(report, filled, upload, sent):
    key = report(code="birch")
    answer = upload("bea", key, filled(sent["report"]))
    assert answer.status_code == 422
    assert "Cedar" not in answer.text


def test_posts_need_the_token(report, as_):
    key = report()
    for act in ("draft", "submission", "nil-return", "remarks"):
        assert as_("ana").post(f"/reports/{key}/{act}", csrf=False).status_code == 400


def test_figures_in_a_csv_are_not_run(report, upload, look):
    key = report()
    upload("ana", key, csv("2026-10,=cmd|' /C calc'!A0,cedar-voice,1,1,1,0\n"), "x.csv")
    assert look(key)["draft"]["problems"][0]["place"] == "Row 2, Site"
