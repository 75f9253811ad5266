"""The OpenAPI document is true: every address is in it, and every status it names is a real answer of its schema."""

import io
import re
from collections.abc import Callable

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from app import jobs
from app.accounts import throttle
from app.api import bearer
from app.api.views.description import description
from app.reports.uploads import intake
from tests.api.conftest import Program
from tests.api.test_intake import DECLARED, ROWS, figures
from tests.api.test_walls import rules

DOCUMENT = description()
OPERATIONS = {
    operation["operationId"]: (path, method, operation)
    for path, about in DOCUMENT["paths"].items()
    for method, operation in about.items()
    if method in {"get", "post"}
}
WRONG = figures({**ROWS[0], "offered": "abc"}, ROWS[1])
NOBODYS = "no-such-thing"


class Asking:
    """Asks each operation so that it answers with each status; `key` is that of a report which a program may send."""

    def __init__(self, app, key: str, program, monkeypatch):
        self.app, self.patch = app, monkeypatch
        self.writing, self.reading = program(name="writing"), program("reports:read", name="reading")
        self.rich = program("reports:write", "money:read", name="rich")
        self.bare, self.wrong = Program(app, None), Program(app, "accord_nobody")
        self.keys = {"reports": key}

    def ask(self, name: str, status: str):
        own = getattr(self, f"{name}_{status}", None)
        return own() if own else getattr(self, f"any_{status}")(name)

    def any_200(self, name: str, caller: Program | None = None):
        return self.call(caller or self.rich, name)

    def any_401(self, name: str):
        return self.call(self.bare, name)

    def any_403(self, name: str):
        return self.call(self.reading, name)

    def any_404(self, name: str):
        return self.call(self.writing, name, NOBODYS)

    def any_415(self, name: str):
        return self.call(self.writing, name, data=b"x", content_type="text/plain")

    def any_429(self, name: str):
        with self.patch.context() as patch:
            patch.setattr(bearer, "UNKNOWN", throttle.Limits(0, 0, 0))
            return self.call(self.wrong, name)

    def reports_400(self):
        return self.writing.get("/reports?state=lost")

    def bring_201(self):
        return self.call(self.writing, "bring", **figures())

    def bring_202(self):
        with self.patch.context() as patch:
            patch.setattr(intake, "QUICK_BYTES", 0)
            answer = self.call(self.writing, "bring", **figures())
        self.keys["uploads"] = answer.json["key"]
        with self.app.app_context():
            jobs.run_pending()
        return answer

    def bring_400(self):
        return self.writing.post(self.path("bring"), key="x" * 201, **figures())

    def bring_409(self):
        self.send()
        return self.call(self.writing, "bring", **figures())

    def bring_413(self):
        with self.patch.context() as patch:
            patch.setitem(self.app.config, "MAX_CONTENT_LENGTH", 10)
            return self.call(self.writing, "bring", **figures())

    def bring_422(self):
        return self.call(self.writing, "bring", json={"rows": []})

    def preview_409(self):
        answers = self.call(self.writing, "bring", **WRONG), self.call(self.writing, "preview")
        self.bring_201()
        return answers[1]

    def explain_200(self):
        return self.explain()

    def explain_400(self):
        return self.call(self.writing, "explain", json=["system"])

    def explain_409(self):
        """`bring 409` has sent the report."""
        return self.explain()

    def explain_422(self):
        return self.call(self.writing, "explain", json={"service-level": {"kind": "weather"}})

    def explain(self):
        return self.call(self.writing, "explain", json={"service-level": {"kind": "system", "text": "Down."}})

    def attach_201(self):
        return self.attach()

    def attach_400(self):
        return self.writing.post(self.path("attach"), key="x" * 201, data=self.log())

    def attach_413(self):
        with self.patch.context() as patch:
            patch.setitem(self.app.config, "MAX_CONTENT_LENGTH", 10)
            return self.attach()

    def attach_422(self):
        return self.attach(service_level="weather")

    def attach(self, **about):
        return self.call(self.writing, "attach", data={**self.log(), **about})

    def log(self):
        file = io.BytesIO(b"09:00 the lines were down"), "log.txt"
        return {"file": file, "shows": "The outage", "service_level": "service-level"}

    def send_201(self):
        """`bring 409` has sent the report; the same sending again is its receipt."""
        return self.send(content=self.call(self.writing, "submission").json["content"])

    def send_400(self):
        return self.call(self.writing, "send", json=["declared"])

    def send_409(self):
        return self.send(content="other figures")

    def send_422(self):
        return self.send(declared=False)

    def send(self, **said):
        content = said.get("content") or self.call(self.writing, "draft").json["content"]
        answer = self.call(self.writing, "send", json={"content": content, "declared": True, **said})
        self.keys["submissions"] = answer.json.get("key")
        return answer

    def path(self, name: str, key: str | None = None) -> str:
        path = OPERATIONS[name][0]
        return path.replace("{key}", key or self.keys.get(path.split("/")[1]) or NOBODYS)

    def call(self, caller: Program, name: str, key: str | None = None, **body):
        return getattr(caller, OPERATIONS[name][1])(self.path(name, key), **body)


# What must have happened before the others can be asked, and what ends it all.
FIRST, LAST = (
    [("bring", "202"), ("bring", "201")],
    [("bring", "409"), ("explain", "409"), ("submission", "200"), ("send", "201")],
)


@pytest.fixture
def asking(app, report, program, monkeypatch) -> Callable:
    key = report(reports=DECLARED)
    return Asking(app, key, program, monkeypatch)


def test_every_address_is_described_and_every_described_one_is_there(app):
    there = {(re.sub(r"<(\w+)>", r"{\1}", rule), method.lower()) for (_, method), rule in rules(app).items()}
    assert {(path, method) for path, method, _ in OPERATIONS.values()} == there


def test_every_status_is_a_real_answer_of_its_schema(asking, record_count):
    documented = [(name, status) for name, (_, _, about) in OPERATIONS.items() for status in about["responses"]]
    rest = [pair for pair in documented if pair not in FIRST + LAST]
    wrong = []
    for name, status in [*FIRST, *rest, *LAST]:
        answer = asking.ask(name, status)
        wrong += [f"{name} {status}: {fault}" for fault in faults(name, status, answer)]
    assert not wrong, "\n".join(wrong)
    record_count("documented answers", len(documented))


def faults(name: str, status: str, answer) -> list[str]:
    """What of an answer the document does not say."""
    if str(answer.status_code) != status:
        return [f"answered {answer.status_code}: {answer.text[:200]}"]
    described = resolved(OPERATIONS[name][2]["responses"][status])
    found = [f"no header {header}" for header in described.get("headers", {}) if header not in answer.headers]
    if answer.content_type not in described["content"]:
        return [*found, f"is {answer.content_type}"]
    schema = described["content"][answer.content_type]["schema"]
    return found + [f"{error.json_path}: {error.message[:200]}" for error in validator(schema).iter_errors(answer.json)]


def resolved(described: dict) -> dict:
    return (
        DOCUMENT["components"]["responses"][described["$ref"].rsplit("/", 1)[1]] if "$ref" in described else described
    )


def validator(schema: dict) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]}, format_checker=FormatChecker())


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_a_schema_is_one_and_refuses_something(name):
    schema = DOCUMENT["components"]["schemas"][name]
    Draft202012Validator.check_schema(schema)
    assert not validator({"$ref": f"#/components/schemas/{name}"}).is_valid([object()])


def test_what_the_tests_send_is_what_the_document_asks_for():
    rows = {"$ref": "#/components/schemas/Rows"}
    assert validator(rows).is_valid(figures()["json"])
    assert not validator(rows).is_valid({"rows": [[1]]})


def test_anybody_may_read_it(client):
    answer = client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.json["openapi"]) == (200, "3.1.0")
