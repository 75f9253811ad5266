"""Every address of the API, asked with every kind of token: the reviewed table holds, and refusals change nothing."""

import csv
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app import clock
from app.accounts import throttle
from app.accounts.models import User
from app.api import bearer, once
from app.api.models import ApiToken
from app.api.tokens import revoke
from app.extensions import write
from tests.access.asking import Watch
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.portable
TABLE = Path(__file__).with_name("expectations.csv")
OBJECTS = {"uploads": "upload", "submissions": "submission:sent", "reports": "report:drafted"}
STATEMENTS = 14
ROW = {"Month": "2026-10", "Site": "cedar-one", "Queue": "cedar-voice", "actual_fte": 1}
BODIES = {"v1.bring": {"rows": [ROW]}, "v1.send": {"content": "seen", "declared": True}, "v1.explain_misses": {}}
BODIES["v1.attach_evidence"] = {}


@pytest.fixture
def callers(world, app, program, inside):
    """For each column of the table, what asks."""
    found = {name: program(scope, name=name) for name, scope in (
        ("reading token", "reports:read"), ("writing token", "reports:write"), ("revoked", "reports:write"),
    )}  # fmt: skip
    found["Birch's token"] = program(code="birch")
    found["expired"] = program(name="old", until=date(2026, 11, 21))
    found["no token"], found["a session"] = program(name="spare"), program(name="another spare")
    found["no token"].headers = found["a session"].headers = {}
    found["a session"].client = world.visitor(app, "leo")
    with inside() as session, write():
        leo = session.scalars(select(User).where(User.email == "leo@cedar.example")).one()
        revoke(session.scalars(select(ApiToken).where(ApiToken.name == "revoked")).one(), leo)
    for caller in found.values():
        caller.get("/reports")  # each notes once that it was used
    return found


def rules(app) -> dict[tuple[str, str], str]:
    return {
        (rule.endpoint, method): rule.rule.removeprefix("/api/v1")
        for rule in app.url_map.iter_rules()
        for method in rule.methods & {"GET", "POST"}
        if rule.endpoint.startswith("v1.")
    }


def rows() -> list[dict[str, str]]:
    with TABLE.open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_table_names_every_address_and_no_other(app):
    targets = {name: ("own", "none") if "<key>" in rule else ("-",) for name, rule in rules(app).items()}
    assert {(row["rule"], row["method"], row["target"]) for row in rows()} == {
        (*name, target) for name, found in targets.items() for target in found
    }


def test_each_answer_is_as_the_table_says(world, app, callers, databases, record_count):
    watch, known, wrong = Watch(databases.url), rules(app), []
    pristine = watch.everything()
    for row in rows():
        rule = known[row["rule"], row["method"]]
        key = world.keys["cedar"][OBJECTS[rule.split("/")[1]]] if row["target"] == "own" else "no-such-thing"
        for name, caller in callers.items():
            before = watch.stamp()
            ask = caller.get if row["method"] == "GET" else caller.post
            answer = ask(rule.replace("<key>", key), **({"json": BODIES[row["rule"]]} if row["rule"] in BODIES else {}))
            place = f"{name}: {row['rule']} {row['target']}"
            if str(answer.status_code) != row[name]:
                wrong.append(f"{place}: {answer.status_code}, not {row[name]}: {answer.text[:200]}")
            changed = watch.stamp() != before and watch.everything() != pristine
            if changed and row[name] == "201":
                pristine = watch.everything()
            elif changed:
                wrong.append(f"{place}: changed the database")
            if ("CANARYCEDAR" if name == "Birch's token" else "CANARYBIRCH") in answer.text:
                wrong.append(f"{place}: told of another partner")
    watch.close()
    assert not wrong, "\n".join(wrong)
    record_count("access cells", len(rows()) * len(callers))


def test_a_refusal_says_what_a_token_is(callers):
    bare, lapsed = callers["no token"].get("/reports"), callers["expired"].get("/reports")
    assert bare.headers["WWW-Authenticate"] == 'Bearer realm="Accord"'
    assert lapsed.headers["WWW-Authenticate"] == 'Bearer realm="Accord", error="invalid_token"'
    assert lapsed.json["detail"] == "This token has expired. A lead of your company makes a new one."
    assert "was revoked" in callers["revoked"].get("/reports").json["detail"]
    narrow = callers["reading token"].get("/reports/x/draft")
    assert narrow.headers["WWW-Authenticate"] == 'Bearer realm="Accord", error="insufficient_scope"'
    for answer in (
        bare,
        lapsed,
        narrow,
        callers["no token"].get("/nowhere"),
        callers["no token"].post("/openapi.json"),
    ):
        assert answer.content_type == "application/problem+json"
        assert answer.json["status"] == answer.status_code
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/tasks", "/api-tokens", "/profile"])
def test_a_token_opens_no_page(callers, path):
    export = callers["writing token"]
    assert export.client.get(path, headers=export.headers).location.startswith("/login")


def test_the_partner_of_the_token_bounds_the_list(callers, world):
    listed = {each["key"] for each in callers["writing token"].get("/reports?state=all").json["reports"]}
    foreign = {each["key"] for each in callers["Birch's token"].get("/reports?state=all").json["reports"]}
    assert foreign
    assert not listed & foreign
    assert world.keys["cedar"]["report:due"] in listed


def test_queues_that_are_not_live_are_nil_by_empty_figures(callers, world):
    key = world.keys["cedar"]["report:due"]
    asks = callers["writing token"].get(f"/reports/{key}").json["asks"]
    assert {row["nil_reason"] for row in asks["rows"]} == {"Queue not yet live"}
    empty = {column["key"]: None for column in asks["columns"]}
    rows = [{"Month": row["period"], "Site": row["site"], "Queue": row["queue"], **empty} for row in asks["rows"]]
    brought = callers["writing token"].post(f"/reports/{key}/draft", json={"rows": rows})
    assert (brought.status_code, brought.json["problems"], brought.json["rows"]) == (201, [], 1)


def test_addresses_ask_few_statements(callers, world, app, count_statements):
    for (endpoint, method), rule in rules(app).items():
        if method == "GET":
            key = world.keys["cedar"].get(OBJECTS.get(rule.split("/")[1], ""), "")
            with count_statements() as statements:
                assert callers["writing token"].get(rule.replace("<key>", key)).status_code == 200
            assert len(statements) <= STATEMENTS, f"{endpoint}: {len(statements)}\n" + "\n".join(statements)


def test_unknown_tokens_are_slowed_down_and_known_ones_are_not(program, monkeypatch):
    known, stranger = program(), program(name="spare")
    stranger.headers = {"Authorization": "Bearer accord_nobody"}
    monkeypatch.setattr(bearer, "UNKNOWN", throttle.Limits(pair=2, address=2, network=2))
    assert [stranger.get("/reports").status_code for _ in range(3)] == [401, 401, 429]
    slow = stranger.get("/reports")
    assert (slow.headers["Retry-After"], "not known" in slow.json["detail"]) == ("900", True)
    assert known.get("/reports").status_code == 200


def test_posts_are_counted_for_each_token(program, monkeypatch):
    export, other = program(), program(name="other")
    monkeypatch.setattr(once, "POSTS", throttle.Limits(pair=1, address=1, network=9))
    assert [export.post("/reports/x/draft").status_code for _ in range(2)] == [404, 429]
    assert other.post("/reports/x/draft").status_code == 404


def test_when_it_was_used_is_known_to_five_minutes(program, inside):
    export = program()

    def used():
        with inside() as session:
            return session.scalars(select(ApiToken.used_at)).one()

    assert used() is None
    export.get("/reports")
    assert used() == THE_DAY
    for minutes, seen in ((4, 0), (6, 6)):
        with clock.at(THE_DAY + timedelta(minutes=minutes)):
            export.get("/reports")
        assert used() == THE_DAY + timedelta(minutes=seen)


def test_no_row_holds_a_token(program, databases, tmp_path):
    secret = program().headers["Authorization"].removeprefix("Bearer ")
    watch = Watch(databases.url)
    assert all(secret not in repr(row) for row in watch._rows("SELECT * FROM api_token"))
    watch.close()
    assert re.fullmatch(r"accord_[\w-]{43}", secret)
