"""What the slides say, read back from the PDF."""

import hashlib
import re
import subprocess
import zlib
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select
from weasyprint.urls import FatalURLFetchingError

from app import clock, jobs
from app.accounts.models import User
from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Contract
from app.decks import headlines
from app.decks.gathering import gather, rests_on, slides_of
from app.decks.models import Deck
from app.decks.rendering import draft_of, edition_of
from app.decks.service import request_deck
from app.extensions import write
from app.governance.models import Item
from app.performance.claims.grounds import grounds_of
from app.relief.deciding import grant, refuse
from app.relief.filing import Asked, file_claim
from app.reports.sending.causes import Cause
from tests.decks.test_editions import LATER, row
from tests.domain.story import FIGURES, JULY, SEPTEMBER
from tests.performance.claiming import finding
from tests.performance.claiming import told as claimable
from tests.performance.history import History, begin, by_kind
from tests.rig.people import THE_DAY

SLIDES = (
    *("What is asked", "Summary", "Service levels", "Misses and reasons", "Service credits", "Trends"),
    *("Staffing against required", "Quality", "Glossary", "Appendix: sources"),
)


def write_item(session, **about) -> Item:
    contract = session.scalars(select(Contract)).one()
    item = Item(
        partner_id=contract.partner_id,
        contract_id=contract.id,
        opened_at=THE_DAY,
        opened_by_id=1,
        **{"kind": "decision", "title": "Accept the plan", "side": "client", "owner": "Dora", **about},
    )
    item.due_on = item.due_on or date(2026, 11, 30)
    session.add(item)
    return item


def beyond_the_margin(pdf: bytes) -> list[str]:
    """Words that end where the right margin of a slide begins, 0.6 of its 13.333 inches, or beyond."""
    boxes = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    words = re.findall(r'<word xMin="[^"]+" yMin="[^"]+" xMax="([^"]+)" yMax="[^"]+">([^<]*)<', boxes)
    assert words
    return [word for right, word in words if float(right) > (13.333 - 0.6) * 72 + 1]


@pytest.fixture
def html(inside, ask):
    """The slides of Cedar's quarter with one decision and one action on the agenda."""
    with inside() as session, write():
        write_item(session)
        write_item(session, kind="action", title="Announce promotions early", owner="Marketing")
    key = ask(commentary="Attrition and a late promotion.")
    with inside() as session:
        return slides_of(gather(row(session, key)))


def thin(inside, reported: dict[str, dict[str, str]]) -> str:
    """The slides of a quarter of which only these reports of July were approved, and the rest is overdue."""
    with inside() as session:
        history = begin()
        for month in FIGURES:
            for kind in ("staffing", "service", "quality"):
                history.expect(month, kind)
        for kind, values in reported.items():
            history.decide(history.send(JULY, kind, values))
        with write():
            mia = session.scalars(select(User).where(User.name == "Mia")).one()
            about = {"actor": mia, "held_on": date(2026, 11, 12), "commentary": ""}
            key = request_deck(history.contract, "2026-Q3", **about).key
        return slides_of(gather(row(session, key)))


def test_a_deck_of_one_report_says_first_what_is_missing_and_who_must_act(inside, pdf_text):
    html = thin(inside, {"staffing": by_kind(FIGURES[JULY])["staffing"]})
    with inside():
        pdf = edition_of(html)
    words = told(pdf, pdf_text)
    lead = "2 of 3 months not reported: August and September 2026"
    for said in (lead, "What is missing", "Cedar: sends them", "not judged", "No credit is due so far", "none known"):
        assert said in words
    assert "Eight reports without approved figures; nothing known of August and September 2026 As of" in words
    assert "In all 8" in words
    for claimed in ("Trends", "no service level was missed", "No credit is due for this quarter", "met in every month"):
        assert claimed not in words
    assert "Service and quality" in words.replace("Quality and service", "Service and quality")


def test_a_deck_of_no_report_holds_only_what_is_known(inside, pdf_text):
    html = thin(inside, {})
    with inside():
        pdf = edition_of(html)
    words = told(pdf, pdf_text)
    assert "3 of 3 months not reported: July, August and September 2026" in words
    assert re.search(r"Who must act Due Jul 2026 \d [A-Z][a-z, ]+ and [a-z]+ . Not reported Cedar: sends them", words)
    assert "Head of the event record" in words
    for left_out in (
        "What is missing",
        "Service credits",
        "Trends",
        "Glossary",
        "Appendix",
        "Nothing was put on the agenda, and",
    ):
        assert left_out not in words
    assert int(pages(pdf)["Pages"]) == 2


def test_a_summary_stays_on_one_slide_under_the_longest_headline(app, monkeypatch, inside, ask, pdf_text):
    headline = (
        "2 of 3 months not due yet: November and December 2026; Abandonment, English voice missed in October 2026, "
    )
    monkeypatch.setattr(headlines, "summary_headline", lambda content: headline + "no credit is due so far")
    key = ask()
    with inside() as session:
        slides = slides_of(gather(row(session, key)))
    with app.app_context():
        summary = [page for page in pdf_text(edition_of(slides)).split("\f") if "Weighted score" in page]
    assert "Needs attention" in summary[0]
    assert headline[:60] in summary[0]
    assert ", continued" not in summary[0]


def told(pdf: bytes, pdf_text) -> str:
    return re.sub(r"\s+", " ", pdf_text(pdf))


def pages(pdf: bytes) -> dict[str, str]:
    lines = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True).stdout.decode().splitlines()
    return {name.strip(): value.strip() for name, value in (line.split(":", 1) for line in lines if ":" in line)}


def bookmarks(pdf: bytes) -> int:
    """How many titles there are in the compressed objects, but for the document's own."""
    packed = re.findall(rb"/FlateDecode[^>]*>>\nstream\n(.*?)\nendstream", pdf, re.DOTALL)
    objects = b"".join(zlib.decompress(each) for each in packed)
    return objects.count(b"/Title") - 1


def test_the_issued_file_holds_the_findings_with_clause_reason_and_credit(
    app, as_, inside, ask, pdf_text, record_count
):
    with inside() as session, write():
        write_item(session)
    key = ask(commentary="Attrition and a late promotion.")
    with app.app_context():
        jobs.run_pending()
    with inside() as session:
        edition = row(session, key).blob
        seen, kept = edition.sha256, edition.content
    draft = told(as_("leo").get(f"/decks/{key}/deck.pdf").data, pdf_text)
    assert f"Draft, not issued. Issuing it releases the file with the SHA-256 {seen}" in draft
    assert as_("dora").post(f"/decks/{key}/edition", data={"seen": seen, "checked": "y"}).status_code == 303
    pdf = as_("gus").get(f"/decks/{key}/deck.pdf").data
    assert pdf == kept
    words = told(pdf, pdf_text)
    said = (
        *("Voice service level: missed in every month; credits of $83,300", "One decision asked of this forum"),
        *("Accept the plan", "Attrition and a late promotion.", "73.5 % misses the Minimum of at least 75 %."),
        *("Schedule 3, 2.1", "29,400 of 40,000", "6.5 points under Expected", "$59,920", "$40,500", "$83,300"),
        *("91.4 % of the required staff in September 2026: 12 FTE short", "93.25", "Certified by", "Leo", "Mia"),
        *("Every judged figure rests on nine approved submissions", "Weighted score", *SLIDES),
    )
    missing = [fact for fact in said if fact not in words]
    assert not missing
    assert "Draft, not issued" not in words
    assert not re.search(r"(?<!\d )Oct 2026", words)
    info = pages(pdf)
    assert info["Title"] == "Cedar QBR, Q3 2026"
    assert info["Tagged"] == "yes"
    assert int(info["Pages"]) == len(SLIDES) + 1
    assert bookmarks(pdf) == len(SLIDES) + 1
    record_count("facts read back from a deck", len(said))


def test_the_draft_says_on_every_page_that_it_is_one_and_is_the_edition_otherwise(app, html, pdf_text):
    with app.app_context():
        edition = edition_of(html)
        draft = draft_of(html, edition)
    named = hashlib.sha256(edition).hexdigest()
    ribbon = f"Draft, not issued. Issuing it releases the file with the SHA-256 {named}"
    count = int(pages(edition)["Pages"])
    assert int(pages(draft)["Pages"]) == count
    assert told(draft, pdf_text).count(ribbon) == count
    assert beyond_the_margin(edition) == []
    assert "DRAFT" not in pdf_text(edition)
    rest = sorted(told(draft, pdf_text).replace(ribbon, "").replace("DRAFT", "").split())
    assert rest == sorted(told(edition, pdf_text).split())


def test_the_same_slides_give_the_same_bytes(app, html):
    with app.app_context():
        assert edition_of(html) == edition_of(html)


def test_a_deck_built_again_says_the_same_whatever_came_after(inside, ask):
    with inside() as session, write():
        write_item(session)
        write_item(session, title="Done before", state="done", closed_at=THE_DAY, outcome="Both classes started.")
    key = ask()
    with inside() as session:
        deck = row(session, key)
        before, sources = slides_of(gather(deck)), rests_on(gather(deck))
    with inside() as session, clock.at(LATER):
        change_everything(session)
    with inside() as session:
        deck = row(session, key)
        assert slides_of(gather(deck)) == before
        assert rests_on(gather(deck)) == sources


def change_everything(session) -> None:
    """A correction is approved, charges are entered anew, the plan is rewritten, closed and joined by another."""
    contract = session.scalars(select(Contract)).one()
    partner, people = contract.partner, session.scalars(select(Deck)).first().requested_by
    history = History(contract, partner.sites[0], partner.queues[0], people, people, people)
    better = by_kind(FIGURES[SEPTEMBER] | {"answered_in_threshold": "39000"})["service"]
    history.decide(history.send(SEPTEMBER, "service", better, LATER), at=LATER)
    history.charge(SEPTEMBER, 1, LATER)
    with write():
        item = session.scalars(select(Item).where(Item.state == "open")).one()
        item.title, item.state, item.closed_at, item.outcome = "Rewritten", "done", LATER, "Later."
        write_item(session, title="Came later")


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="file:///etc/passwd">',
        '<img src="http://127.0.0.1:9/picture.png">',
        '<img src="data:text/html,<p>x</p>">',
        '<img src="data:image/svg+xml,<svg/>">',
        '<img src="accord-font:../../instance/secret-key">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<a rel="attachment" href="file:///etc/passwd">x</a>',
        '<link rel="stylesheet" href="file:///etc/passwd">',
        '<style>@import "http://127.0.0.1:9/x.css";</style>',
        '<style>p { background: url("file:///etc/passwd") }</style><p>x</p>',
        '<object data="file:///etc/passwd"></object>',
        '<embed src="http://127.0.0.1:9/x">',
        '<p style="list-style-image: url(file:///etc/passwd); display: list-item">x</p>',
    ],
)
def test_a_slide_loads_nothing_from_anywhere(app, markup, record_count):
    with app.app_context():
        try:
            pdf = edition_of(f"<!doctype html><title>x</title>{markup}")
        except FatalURLFetchingError:
            pdf = b""
    assert b"root:" not in pdf
    assert b"EmbeddedFile" not in pdf
    assert pdf == b""
    record_count("addresses a slide may not load")


def test_relief_has_a_slide_with_raw_contractual_and_who_decided(inside, pdf_text):
    asked = {"offered": Decimal(4900), "answered_in_threshold": Decimal(2450)}
    promotion = Asked("adjust", cause="volume", reason="Two days.", adjust=asked, clause="Schedule 3, 6.2")
    outage = Asked("period", cause="outage", reason="No telephone.")
    with inside() as session:
        history = claimable()
        people = {user.name: user for user in session.scalars(select(User))}
        for asking, level in ((promotion, "voice-service-level"), (outage, "abandonment")):
            grounds = grounds_of(finding("2026-08", level))
            with write():
                claim = file_claim(grounds, asking, actor=people["Leo"], form_key=level)
            if asking is promotion:
                with write():
                    grant(claim, actor=people["Mona"], reason="It is so.")
        with write():
            about = {"actor": people["Mia"], "held_on": date(2026, 11, 12), "commentary": ""}
            key = request_deck(history.contract, "2026-Q3", **about).key
        html = slides_of(gather(row(session, key)))
        pdf = edition_of(html)
    for said in (
        "Voice service level, August 2026: 76.9 % after relief, 74.0 % as counted; one claim not decided",
        "74.0 %", "76.9 %", "raw 74.0 %", "Claim 1: Volume above the forecast", "Granted, 22 Nov 2026, by Mona",
        "Schedule 3, 6.2", "Not decided",
    ):  # fmt: skip
        assert said in html.replace("\u00a0", " "), said
    assert "August 2026: 76.9 % after relief, 74.0 % as counted; one claim not decided" in told(pdf, pdf_text)


def test_a_miss_is_told_with_its_cause_in_the_senders_words(inside, made):
    with inside() as session:
        deck = row(session, made)
        miss = gather(deck).misses[0]
        submission = next(
            source.submission
            for source in gather(deck).sources
            if source.submission.report.month == str(miss.month)
            and source.submission.report.kind == CATALOGUE.metrics[miss.finding.level.metric].kind
        )
        about = {"partner_id": deck.partner_id, "report_id": submission.report_id, "number": submission.number}
        said = {"service_level": miss.finding.level.key, "kind": "system", "text": "The <b>lines</b> were down."}
        with write():
            leo = session.scalars(select(User).where(User.name == "Leo")).one()
            session.add(Cause(**about, **said, author=leo, written_at=THE_DAY))
        html = slides_of(gather(row(session, made)))
    words = "Partner: System or telephony outage: The &lt;b&gt;lines&lt;/b&gt; were down."
    assert f"<br><small>{words}</small>" in html


@pytest.mark.parametrize(("hour", "is_overdue"), [(2, False), (6, True)])
def test_an_ask_is_overdue_once_its_day_has_passed_where_the_contract_is(inside, ask, hour, is_overdue):
    with inside() as session, write():
        write_item(session, kind="action", title="Announce promotions early")
    with clock.at(datetime(2026, 12, 1, hour, tzinfo=UTC)):
        key = ask()
    with inside() as session:
        assert ('class="chip' in re.search(r"<th[^>]*>Announce.*?</tr>", slides_of(gather(row(session, key))))[0]) is (
            is_overdue
        )


def test_a_deck_knows_no_decision_that_came_after_it(inside):
    with inside() as session:
        history = claimable()
        people = {user.name: user for user in session.scalars(select(User))}
        asking = Asked("period", cause="outage", reason="No telephone.")
        with write():
            claim = file_claim(grounds_of(finding()), asking, actor=people["Leo"], form_key="one")
        with write():
            about = {"actor": people["Mia"], "held_on": date(2026, 11, 12), "commentary": ""}
            key = request_deck(history.contract, "2026-Q3", **about).key
        before = slides_of(gather(row(session, key)))
        with clock.at(LATER), write():
            refuse(claim, actor=people["Mona"], reason="No.")
        assert slides_of(gather(row(session, key))) == before
    assert "Not decided" in before
