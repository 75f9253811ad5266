"""Who asks for a deck, who looks at it, who issues it, and what the page says meanwhile."""

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import select

from app import jobs, tenancy
from app.accounts.models import User
from app.contracts.models import Contract
from app.decks import service
from app.decks.models import Deck
from app.decks.readiness import readiness_of
from app.domain.periods import Quarter
from app.extensions import db, write
from tests.decks.conftest import QUARTER
from tests.domain.story import AUGUST, FIGURES, JULY, SEPTEMBER
from tests.performance.history import begin, cedar_document
from tests.rig.people import THE_DAY


def asked(contract, /, **changes) -> dict:
    return {"contract": contract, "quarter": QUARTER, "commentary": "Hold on to the plan.", **changes}


def pending(app) -> None:
    with app.app_context():
        jobs.run_pending()


def test_a_manager_asks_for_a_deck_and_watches_it_being_made(app, as_, contract, quick):
    mia = as_("mia")
    answer = mia.post("/decks/new", data=asked(contract))
    assert answer.status_code == 303
    waiting = mia.get(answer.location)
    assert "The slides are being made" in waiting.text
    assert "every 1s" in waiting.text
    assert '<noscript><meta http-equiv="refresh"' in waiting.text
    fragment = mia.get(f"{answer.location}/progress", htmx=True)
    assert fragment.text.lstrip().startswith('<div id="state"')
    pending(app)
    ready = mia.get(f"{answer.location}/progress", htmx=True)
    assert "every 1s" not in ready.text
    assert "Draft, not issued" in ready.text
    assert 'data-announce="The slides are ready"' in ready.text


def test_a_doubled_request_makes_one_deck(as_, contract, inside):
    mia = as_("mia")
    first, second = (mia.post("/decks/new", data=asked(contract)) for _ in range(2))
    assert first.location == second.location
    with inside() as session:
        assert len(session.scalars(select(Deck)).all()) == 1


@pytest.mark.portable
@pytest.mark.parametrize(("names", "numbers"), [(("Mia", "Mia"), [1, 1]), (("Mia", "Mona"), [1, 2])])
def test_of_two_requests_at_the_same_moment_none_fails(app, contract, names, numbers):
    def request(name: str) -> int:
        with app.app_context():
            tenancy.bind(tenancy.Scope.all())
            of = db.session.scalars(select(Contract).where(Contract.key == contract)).one()
            actor = db.session.scalars(select(User).where(User.name == name)).one()
            together.wait(10)
            with write():
                return service.request_deck(of, QUARTER, actor=actor, held_on=None, commentary="").number

    together = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(request, names)) == numbers


@pytest.mark.portable
def test_of_two_who_issue_at_the_same_moment_the_second_is_told_so(as_, made, seen):
    content = {"seen": seen(made), "checked": "y"}
    together = Barrier(2)

    def issue(client):
        together.wait(10)
        return client.post(f"/decks/{made}/edition", data=content)

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(issue, (as_("mia"), as_("dora"))), key=lambda answer: answer.status_code)
    assert [answer.status_code for answer in answers] == [303, 409]
    assert "<h1>This edition is issued already</h1>" in answers[1].text


@pytest.mark.parametrize("other", [{"commentary": "Say this instead."}, {"held_on": "2026-12-01"}])
def test_another_request_while_one_is_made_is_refused_in_words(as_, contract, inside, other):
    mia = as_("mia")
    assert mia.post("/decks/new", data=asked(contract)).status_code == 303
    answer = mia.post("/decks/new", data=asked(contract) | other)
    assert answer.status_code == 409
    assert "Wait until they are ready" in answer.text
    with inside() as session:
        assert len(session.scalars(select(Deck)).all()) == 1


def test_a_quarter_that_has_an_edition_says_that_the_next_one_stands_beside_it(as_, contract, issued):
    asked_for = as_("mia").get(f"/decks/new?contract={contract}&quarter={QUARTER}").text
    assert "Edition 1 was issued on" in asked_for
    assert "and stays as it is" in asked_for
    assert "was issued on" not in as_("mia").get(f"/decks/new?contract={contract}&quarter=2026-Q4").text


def test_what_the_quarter_lacks_is_said_before(as_, contract, inside):
    complete = as_("mia").get(f"/decks/new?contract={contract}&quarter={QUARTER}")
    assert complete.status_code == 200
    running = as_("mia").get(f"/decks/new?contract={contract}&quarter=2026-Q4", htmx=True)
    assert running.text.lstrip().startswith('<div id="chosen"')
    assert "Not due yet" in running.text
    assert "nothing to say" in running.text
    assert "Q4 2026 runs until 31 Dec 2026" in running.text
    assert "runs until" not in complete.text


@pytest.mark.parametrize(
    ("base", "entered", "missing"),
    [
        ({"kind": "invoice"}, (JULY, AUGUST, SEPTEMBER), ()),
        ({"kind": "invoice"}, (JULY, AUGUST), (SEPTEMBER,)),
        ({"kind": "fixed_fee", "amount": "180000"}, (), ()),
        ({"month": "next"}, (JULY, AUGUST, SEPTEMBER), (SEPTEMBER,)),
        ({"month": "next"}, (AUGUST, SEPTEMBER, SEPTEMBER.next()), ()),
    ],
)
def test_a_month_lacks_the_invoice_that_its_credits_are_a_share_of(inside, base, entered, missing):
    with inside():
        terms = cedar_document(credits={"at_risk": "10", "pool": "200", "base": base})
        history = begin(terms=terms, charges=dict.fromkeys(entered, 10_000_000))
        for month, figures in FIGURES.items():
            history.approve(month, figures)
        found = readiness_of(history.contract, Quarter.parse(QUARTER), THE_DAY)
    assert [each.month for each in found.months if each.lacks_charges] == [*missing]


def test_a_quarter_before_the_contract_has_no_deck(as_, contract, inside):
    words = "No terms of this contract are in force in Q3 2025: they begin on"
    looked = as_("mia").get(f"/decks/new?contract={contract}&quarter=2025-Q3")
    assert words in looked.text
    assert "Make the deck</button>" not in looked.text
    refused = as_("mia").post("/decks/new", data=asked(contract, quarter="2025-Q3"))
    assert (refused.status_code, words in refused.text) == (422, True)
    with inside() as session:
        assert session.scalars(select(Deck)).all() == []


def test_a_quarter_long_ago_is_offered_of_a_contract_that_is_as_old(as_, contract, inside):
    older = f"/decks/new?contract={contract}&quarter=2024-Q1"
    assert 'value="2024-Q1"' not in as_("mia").get(older).text
    with inside() as session, write():
        session.scalars(select(Contract).where(Contract.key == contract)).one().starts_on = date(2024, 2, 1)
    page = as_("mia").get(older).text
    assert '<option selected value="2024-Q1">' in page
    assert 'value="2023-Q4"' not in page
    assert 'id="quarter" hx-swap-oob="true"' not in page
    part = as_("mia").get(older, htmx=True).text
    assert re.search(r'<select[^>]* hx-swap-oob="true"[^>]*>.*value="2024-Q1"', part, re.DOTALL)


def test_a_quarter_after_the_end_of_a_contract_has_no_deck(as_, contract, inside):
    with inside() as session, write():
        session.scalars(select(Contract).where(Contract.key == contract)).one().ends_on = date(2026, 5, 31)
    words = "No terms of this contract are in force in Q3 2026: it ended on 31 May 2026. Choose a quarter up to then."
    page = as_("mia").get(f"/decks/new?contract={contract}&quarter=2026-Q3").text
    assert words in page
    assert "Not due yet" not in page
    refused = as_("mia").post("/decks/new", data={"contract": contract, "quarter": "2026-Q3"})
    assert (refused.status_code, words in refused.text) == (422, True)


def test_a_report_that_is_not_approved_is_named_and_linked(as_, contract):
    page = as_("mia").get(f"/decks/new?contract={contract}&quarter={QUARTER}").text
    assert re.search(r'href="/reports/[^"]+">Staffing, partner</a>', page)


@pytest.mark.parametrize("change", [{"contract": "nothing"}, {"quarter": "2026-Q5"}, {"quarter": ""}, {"contract": ""}])
def test_what_is_not_offered_is_refused(as_, contract, change):
    answer = as_("mia").post("/decks/new", data=asked(contract, **change))
    assert answer.status_code == 422
    assert "error-summary" in answer.text


def test_too_much_commentary_is_refused_and_kept(as_, contract):
    answer = as_("mia").post("/decks/new", data=asked(contract, commentary="word " * 400))
    assert answer.status_code == 422
    assert "1,500 characters" in answer.text
    assert "word word" in answer.text


def test_another_partners_contract_is_not_offered(as_, contract):
    answer = as_("max").post("/decks/new", data=asked(contract))
    assert answer.status_code == 422
    assert "Cedar" not in as_("max").get("/decks/new").text


@pytest.mark.parametrize("who", ["mia", "dora", "leo"])
def test_the_draft_is_for_both_sides_to_look_at(as_, made, who):
    assert "Draft, not issued" in as_(who).get(f"/decks/{made}").text
    file = as_(who).get(f"/decks/{made}/deck.pdf")
    assert file.data.startswith(b"%PDF-1.7 draft")
    assert made in as_(who).get("/decks").text


@pytest.mark.parametrize("who", ["gus", "finn"])
def test_a_draft_does_not_exist_for_those_who_only_read_editions(as_, made, who):
    assert as_(who).get(f"/decks/{made}").status_code == 404
    assert as_(who).get(f"/decks/{made}/deck.pdf").status_code == 404
    assert made not in as_(who).get("/decks").text


@pytest.mark.parametrize("who", ["gus", "finn", "leo", "mia", "dora"])
def test_an_edition_is_read_by_everybody_with_the_right(as_, issued, seen, who):
    file = as_(who).get(f"/decks/{issued}/deck.pdf")
    assert file.data.startswith(b"%PDF-1.7 edition")
    assert hashlib.sha256(file.data).hexdigest() == seen(issued)
    assert seen(issued) in as_(who).get(f"/decks/{issued}").text
    assert "rules version" in as_(who).get(f"/decks/{issued}").text


@pytest.mark.parametrize("who", ["ana", "amy", "ada"])
@pytest.mark.parametrize("path", ["/decks", "/decks/new", "/decks/{}", "/decks/{}/progress", "/decks/{}/deck.pdf"])
def test_analysts_and_the_administrator_see_no_deck(as_, issued, who, path):
    assert as_(who).get(path.format(issued)).status_code == 403


@pytest.mark.parametrize("who", ["bob", "max"])
@pytest.mark.parametrize("path", ["/decks/{}", "/decks/{}/progress", "/decks/{}/deck.pdf"])
def test_another_partners_deck_is_not_found(as_, issued, who, path):
    assert as_(who).get(path.format(issued)).status_code == 404
    assert "Cedar" not in as_(who).get("/decks").text


def test_another_partners_deck_is_not_issued(as_, made, seen):
    assert as_("max").post(f"/decks/{made}/edition", data={"seen": seen(made), "checked": "y"}).status_code == 404


@pytest.mark.parametrize("who", ["leo", "gus", "finn", "ana"])
def test_only_a_manager_or_a_director_issues(as_, made, seen, who):
    assert as_(who).post(f"/decks/{made}/edition", data={"seen": seen(made), "checked": "y"}).status_code == 403


@pytest.mark.parametrize("who", ["leo", "finn", "gus"])
def test_only_a_manager_or_a_director_asks_for_a_deck(as_, contract, who):
    assert as_(who).get("/decks/new").status_code == 403
    assert as_(who).post("/decks/new", data=asked(contract)).status_code == 403


def test_what_does_not_exist_is_not_found(as_):
    for path in ("/decks/nothing", "/decks/nothing/progress", "/decks/nothing/deck.pdf"):
        assert as_("mia").get(path).status_code == 404
    assert as_("mia").post("/decks/nothing/edition", data={"checked": "y"}).status_code == 404


def test_wrong_methods_are_refused(as_, made):
    assert as_("mia").get(f"/decks/{made}/edition").status_code == 405
    assert as_("mia").post(f"/decks/{made}").status_code == 405


def test_issuing_needs_a_look_at_the_slides(as_, made, seen):
    answer = as_("mia").post(f"/decks/{made}/edition", data={"seen": seen(made)})
    assert answer.status_code == 422
    assert "Look at the slides first" in answer.text


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"quarter": QUARTER}, "No day of the review stands on the cover."),
        (
            {"quarter": "2026-Q4", "held_on": "2027-01-14"},
            "Q4 2026 runs until 31 Dec 2026: these are its figures up to 22",
        ),
    ],
)
def test_a_running_quarter_and_a_cover_without_a_day_are_issued_only_when_somebody_says_so(
    app, as_, contract, quick, seen, about, said
):
    mia = as_("mia")
    page = mia.post("/decks/new", data=asked(contract) | about).location
    pending(app)
    assert said in mia.get(page).text
    form = {"seen": seen(page.rpartition("/")[2]), "checked": "y"}
    refused = mia.post(f"{page}/edition", data=form)
    assert refused.status_code == 422
    assert "Tick this if it is to be issued all the same." in refused.text
    assert mia.post(f"{page}/edition", data=form | {"anyway": "y"}).status_code == 303
    assert re.search("Issued the deck.*, (while the quarter still ran|without a day of the review)", mia.get(page).text)


def test_slides_that_were_not_seen_are_not_issued(as_, made):
    answer = as_("mia").post(f"/decks/{made}/edition", data={"seen": "0" * 64, "checked": "y"})
    assert answer.status_code == 409
    assert "rendered again" in answer.text


def test_a_doubled_issue_is_refused_and_changes_nothing(as_, issued, seen):
    before = as_("gus").get(f"/decks/{issued}/deck.pdf").data
    answer = as_("mia").post(f"/decks/{issued}/edition", data={"seen": seen(issued), "checked": "y"})
    assert answer.status_code == 409
    assert "issued already" in answer.text
    assert as_("gus").get(f"/decks/{issued}/deck.pdf").data == before


def test_a_deck_is_not_issued_before_it_is_made(as_, ask):
    key = ask()
    assert as_("mia").post(f"/decks/{key}/edition", data={"seen": "", "checked": "y"}).status_code == 409
    assert as_("mia").get(f"/decks/{key}/deck.pdf").status_code == 404


def test_a_deck_opens_in_the_browser_or_is_saved(as_, issued):
    opened, saved = (as_("gus").get(f"/decks/{issued}/deck.pdf{query}") for query in ("", "?save=1"))
    assert opened.headers["Content-Disposition"] == f"inline; filename=cedar-{QUARTER}-edition-1.pdf"
    assert saved.headers["Content-Disposition"] == f"attachment; filename=cedar-{QUARTER}-edition-1.pdf"
    for answer in (opened, saved):
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_failed_deck_says_what_to_do(app, as_, ask, monkeypatch):
    def broken(_html):
        raise MemoryError("no room")

    monkeypatch.setattr(service, "edition_of", broken)
    key = ask()
    pending(app)
    text = as_("mia").get(f"/decks/{key}").text
    assert "The slides could not be made" in text
    assert "Ask for it again" in text
    assert "no room" not in text
    assert "every 1s" not in text


def test_an_edition_stays_beside_a_later_one(app, as_, ask, issued, quick):
    later = ask(commentary="A second look.")
    pending(app)
    first = as_("gus").get(f"/decks/{issued}/deck.pdf").data
    assert b"A second look." not in first
    assert b"A second look." in as_("mia").get(f"/decks/{later}/deck.pdf").data
    assert "edition-2" in as_("mia").get(f"/decks/{later}/deck.pdf").headers["Content-Disposition"].replace(
        "draft", "edition"
    )


def test_pages_take_few_statements_however_many_decks_there_are(app, as_, ask, issued, count_statements):
    mia = as_("mia")
    mia.get("/decks")
    counts = {}
    for path in ("/decks", f"/decks/{issued}", "/decks/new", f"/decks/{issued}/deck.pdf", f"/decks/{issued}/progress"):
        with count_statements() as statements:
            assert mia.get(path).status_code == 200
        counts[path] = len(statements)
    for number in range(3):
        ask(commentary=f"Look {number}")
        pending(app)
    with count_statements() as statements:
        mia.get("/decks")
    assert len(statements) == counts["/decks"] <= 10
    assert max(counts.values()) <= 14
