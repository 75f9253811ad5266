"""When something does not work: what happened and what to do, for a browser and for htmx."""

import io

import pytest
from flask import abort
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app import create_app
from app.access import public
from app.errors import EXPLANATIONS
from app.web import Conflict, Refusal
from tests.rig.visitors import HTMX


def integrity(reason: str) -> IntegrityError:
    return IntegrityError("INSERT INTO secret_table", {}, Exception(f"{reason} constraint failed: secret_table"))


RAISED = {
    "refusal": (Refusal("The month is over. Send the next one."), 422, "The month is over. Send the next one."),
    "conflict": (Conflict("Mona was faster."), 409, "Mona was faster."),
    "untimely": (Conflict("Upload it first.", title="There is nothing to explain"), 409, "Upload it first."),
    "stale": (StaleDataError("UPDATE secret_table"), 409, "Somebody was faster"),
    "taken": (integrity("UNIQUE"), 409, "Somebody was faster"),
    "broken-link": (integrity("FOREIGN KEY"), 500, "Nothing was saved."),
    "defect": (RuntimeError("secret_table"), 500, "Something broke on our side"),
}


@pytest.fixture(scope="module")
def trouble(application, tmp_path_factory):
    """An app with views that fail in every way, over the same database."""
    failing = create_app(
        INSTANCE=tmp_path_factory.mktemp("trouble"),
        PROPAGATE_EXCEPTIONS=False,
        SQLALCHEMY_DATABASE_URI=application.config["SQLALCHEMY_DATABASE_URI"],
    )

    @public
    def fail(status):
        abort(status)

    @public
    def break_down(how):
        raise RAISED[how][0]

    failing.add_url_rule("/fails/<int:status>", "fail", fail)
    failing.add_url_rule("/breaks/<how>", "break_down", break_down)
    failing.logger.disabled = True
    return failing.test_client()


@pytest.mark.parametrize("status", sorted(EXPLANATIONS))
def test_a_browser_reads_what_happened_and_what_to_do(app, trouble, status):
    answer = trouble.get(f"/fails/{status}")
    title, advice = EXPLANATIONS[status]
    assert answer.status_code == status
    assert f"<h1>{title}</h1>" in answer.text
    assert advice in answer.text
    assert "<html" in answer.text
    assert answer.text.count("<a ") > 2


@pytest.mark.parametrize("status", sorted(EXPLANATIONS))
def test_htmx_gets_the_words_above_what_the_reader_was_doing(app, trouble, status):
    answer = trouble.get(f"/fails/{status}", headers=HTMX)
    assert answer.status_code == status
    assert "<html" not in answer.text
    assert EXPLANATIONS[status][1] in answer.text
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#main", "afterbegin")


@pytest.mark.parametrize("how", RAISED)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_what_the_house_raises_becomes_words_and_tells_no_secret(app, trouble, how, headers):
    _, status, words = RAISED[how]
    answer = trouble.get(f"/breaks/{how}", headers=headers)
    assert answer.status_code == status
    assert words in answer.text
    assert "secret_table" not in answer.text


def test_an_unusual_status_has_words_too(app, trouble):
    assert "That request could not be read" in trouble.get("/fails/418").text


def test_too_many_tries_say_when_to_come_back(app, trouble):
    assert trouble.get("/fails/429").headers["Retry-After"] == "900"


def test_a_wrong_method_names_the_right_ones(client):
    answer = client.get("/logout")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_an_address_that_is_none_is_the_same_for_everybody(client, as_):
    for visitor in (client, as_("ana"), as_("ada")):
        assert visitor.get("/nothing-here").status_code == 404


@pytest.mark.parametrize("path", ["/login", "/nothing-here", "/profile"])
def test_every_answer_is_hardened_and_never_stored(client, path):
    headers = client.get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_body_that_is_too_large_is_refused_in_words(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    answer = client.post("/login", data={"email": "x" * 2000})
    assert answer.status_code == 413
    assert "25 MB" in answer.text


def test_after_a_file_that_is_too_large_there_is_a_way_back_to_the_report(app, as_, world, monkeypatch):
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    leo, report = world.visitor(app, "leo"), f"/reports/{world.keys['cedar']['report:drafted']}"
    for left, way in ((f"https://localhost{report}", report), ("https://elsewhere.example//evil", f"{report}/draft")):
        file = {"file": (io.BytesIO(b"x" * 2000), "a.xlsx")}
        answer = leo.post(f"{report}/draft", data=file, headers={"Referer": left})
        assert answer.status_code == 413
        assert f'href="{way}">Back to the report</a>' in answer.text


def json_body(text, encoding="utf-8", media_type="application/json"):
    return {"data": text.encode(encoding), "content_type": media_type, "csrf": False}


@pytest.mark.parametrize(
    ("path", "posted"),
    [
        ("/partners?q=%00", None),
        ("/partners/a%00b", None),
        ("/profile", {"data": {"name": ["Mia", "M\0a"]}}),
        ("/history-imports", {"data": {"file": (io.BytesIO(b"a"), "a\0.csv")}}),
        ("/api/v1/reports/a/draft", {"json": {"rows": [{"Site": "\0"}]}, "csrf": False}),
        ("/api/v1/reports/a/draft", json_body('{"rows": [{"\\u0000": 1}]}')),
        ("/api/v1/reports/a/draft", json_body('{"rows": [{"a": "\\u0000", "a": "b"}]}')),
        ("/api/v1/reports/a/draft", json_body('{"rows": ["\\u0000"]}', "utf-16")),
        ("/api/v1/reports/a/draft", json_body('"\\u0000"', media_type="application/problem+json")),
    ],
)
@pytest.mark.portable
def test_a_zero_byte_is_refused_wherever_it_is_typed(as_, path, posted):
    mia = as_("mia")
    assert (mia.get(path) if posted is None else mia.post(path, **posted)).status_code == 400


@pytest.mark.parametrize("text", [r'{"reason": "\\u0000"}', "{", "[" * 100_000 + r'"\u0000"'])
def test_what_only_looks_like_a_zero_byte_in_json_is_left_to_whoever_reads_it(as_, text):
    answer = as_("mia").post("/api/v1/reports/a/draft", **json_body(text))
    assert answer.status_code != 400


def test_the_title_of_a_refusal_is_its_own_where_it_has_one(app, trouble):
    titled = trouble.get("/breaks/untimely")
    assert (titled.status_code, "<h1>There is nothing to explain</h1>" in titled.text) == (409, True)
    assert "Somebody was faster" not in titled.text
