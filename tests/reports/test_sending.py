"""From a template to a receipt: upload, check, certify."""

import pytest

pytestmark = pytest.mark.portable


def certificate(look, key: str, form_key: str = "one form", **changes) -> dict:
    return {"seen": look(key)["seen"], "form_key": form_key, "declared": "y", **changes}


def test_an_analyst_uploads_and_the_lead_certifies(report, filled, upload, look, as_):
    key = report()
    answer = upload("ana", key, filled(key))
    assert answer.status_code == 200
    assert "Check and send" in answer.text
    assert "1 of 1 service levels will miss" in answer.text
    assert look(key)["state"] == "drafted"
    sent = as_("leo").post(f"/reports/{key}/submission", data=certificate(look, key), follow_redirects=True)
    assert "your receipt" in sent.text
    assert look(key)["state"] == "sent"
    assert [(each["number"], each["lines"]) for each in look(key)["versions"]] == [(1, 2)]
