"""Claims for relief: filed from a result below its target, decided by somebody else, judged anew."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError

from app import clock, jobs, tenancy
from app.accounts.models import User
from app.domain.rules.windows import WindowRule
from app.events import Event, record
from app.extensions import db, write
from app.mail import Mail
from app.performance.claims.grounds import kinds_of
from app.performance.judging.recomputing import is_the_same, recompute
from app.performance.judging.service import evaluate_contract
from app.performance.levels import terms_of
from app.performance.models import Evaluation, LedgerEntry
from app.relief import deciding
from app.relief.models import Claim
from app.reports.differences import rows_of
from app.reports.models import Report
from app.reports.sending.preview import outlook
from tests.domain.story import AUGUST, FIGURES
from tests.performance.claiming import CLAIMS, PROMOTION, finding, form_key, the_claim, told
from tests.performance.history import begin, by_kind, cedar_document
from tests.rig.people import THE_DAY

ASKED = {"figure_offered": "4900", "figure_answered_in_threshold": "2450", "reason": "The volume report shows it."}


@pytest.fixture
def file(as_, address):
    """`file("leo")`: that person files the promotion's claim; the address of its page."""

    def post(who: str = "leo", **changes) -> str:
        visitor = as_(who)
        key = form_key(visitor.get(address).text)
        answer = visitor.post(address, data={**PROMOTION, "form_key": key, "step": "file", **changes})
        assert answer.status_code == 303, answer.text
        return answer.location

    return post


def judge() -> None:
    db.session.rollback()
    jobs.run_pending()


def test_the_link_stands_at_a_result_below_its_target_for_those_who_may_file(as_, inside, address):
    why = address.removesuffix("/claim")
    for who, offered in (("leo", True), ("mia", True), ("ana", False), ("dora", False), ("finn", False)):
        assert (address in as_(who).get(why).text) is offered, who
    with inside():
        met = finding(service_level="satisfaction").key
    assert f"/findings/{met}/claim" not in as_("leo").get(f"/findings/{met}").text
    assert as_("leo").get(f"/findings/{met}/claim").status_code == 409


def test_without_an_agreement_about_claims_there_is_nothing_to_file(as_, inside):
    with inside():
        told(claims=None)
        key = finding().key
    assert "Claim relief" not in as_("leo").get(f"/findings/{key}").text
    answer = as_("leo").get(f"/findings/{key}/claim")
    assert answer.status_code == 409
    assert "know no claim about Voice service level" in answer.text


def test_a_preview_shows_raw_contractual_and_money_and_files_nothing(as_, inside, address):
    answer = as_("leo").post(address, data={**PROMOTION, "form_key": "one", "step": "look"})
    assert answer.status_code == 200
    text = answer.text.replace("\u00a0", " ")
    for words in ("74.0 %", "76.9 %", "Below Minimum", "Below Expected", "$25,680", "File the claim"):
        assert words in text, words
    assert PROMOTION["reason"].replace("'", "&#39;") in answer.text
    with inside():
        assert db.session.scalars(select(Event).where(Event.subject == "claim")).all() == []


def test_the_preview_holds_no_amount_for_who_may_not_see_money(inside, as_, file):
    location = file()
    assert "$" in as_("leo").get(location).text
    answer = as_("ana").get(location)
    assert answer.status_code == 200
    assert "76.9" in answer.text
    assert not re.search(r"[$]|42,800|34,240|25,680", answer.text)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"figure_offered": "many"}, "“many” is not a number. Type a count such as 1250."),
        ({"figure_offered": "1.200"}, "“1.200” may mean 1200. Type the count without a point or comma."),
        ({"figure_offered": "46001"}, "at most 46,000: so many were counted"),
        ({"figure_offered": "-1"}, "“-1” is negative."),
        ({"figure_offered": "0"}, "Write a number above 0"),
        ({"figure_offered": "", "figure_answered_in_threshold": ""}, "Say how much is to be taken off"),
        ({"reason": ""}, "Say what happened, and when."),
        ({"cause": "weather"}, "Not a valid choice"),
    ],
)
@pytest.mark.parametrize("step", ["look", "file"])
def test_what_cannot_be_asked_comes_back_with_what_was_typed(as_, inside, address, changes, words, step):
    answer = as_("leo").post(address, data={**PROMOTION, "form_key": "one", "step": step, **changes})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Forecast of 1 July" in answer.text
    with inside():
        assert db.session.scalars(select(Claim)).all() == []


def test_after_the_last_day_nothing_is_filed_and_the_page_says_until_when_it_could_be(as_, inside):
    with inside():
        history = told(claims={**CLAIMS, "within": "15"})
        address = f"/findings/{finding().key}/claim"
        zone = ZoneInfo(history.contract.zone)
    page = as_("leo").get(address.removesuffix("/claim")).text
    assert address not in page
    assert "could be filed until 15 Sep 2026" in page
    last = datetime(2026, 9, 15, 23, 59, 59, tzinfo=zone)
    for instant, status in ((last, 200), (last + timedelta(seconds=1), 409)):
        with clock.at(instant):
            answer = as_("leo").get(address)
            assert answer.status_code == status, instant
            posted = as_("leo").post(address, data={**PROMOTION, "form_key": "one", "step": "look"})
            assert posted.status_code == status, instant
    assert "could be filed until 15 Sep 2026 (Schedule 3, 6.4)" in answer.text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("leo", "You can claim relief until"),
        ("mia", "You can claim relief on the partner&#39;s behalf until"),
        ("ana", "The partner's lead can claim relief until"),
    ],
)
def test_the_page_says_who_of_its_readers_can_claim(as_, inside, name, words):
    with inside():
        told(claims={**CLAIMS, "within": "365"})
        address = f"/findings/{finding().key}"
    assert words in as_(name).get(address).text


def test_a_doubled_post_files_one_claim(as_, inside, address):
    visitor, data = as_("leo"), {**PROMOTION, "form_key": "one", "step": "file"}
    first, second = visitor.post(address, data=data), visitor.post(address, data=data)
    assert first.location == second.location
    with inside():
        assert the_claim().number == 1


def test_a_granted_claim_is_judged_and_stands_beside_the_raw_result(as_, inside, address, file):
    location = file()
    with inside():
        judge()
        assert finding().detail["relief"][0]["effect"] == "open"
        assert finding().value == "74"
    assert as_("mona").post(f"{location}/decision", data={**ASKED, "step": "granted"}).status_code == 303
    with inside():
        judge()
        why, month = finding(), f"/contracts/{the_claim().contract.key}/months/2026-08"
        assert (why.detail["raw"], why.attainment) == ("74", "below_expected")
        assert [why.detail["numerator"], why.detail["denominator"]] == ["31590", "41100"]
        assert why.credit_minor is None
        claimed = db.session.scalars(select(func.sum(LedgerEntry.amount_minor)).where(LedgerEntry.window == "2026-08"))
        assert claimed.one() == 3_424_000
        key = why.key
    text = as_("leo").get(f"/findings/{key}").text.replace("\u00a0", " ")
    for words in (
        "Claim 1, granted: Volume above the forecast; taken off: answered in threshold 2,450, offered 4,900",
        "34,040 ÷ 46,000 × 100 = 74 %", "31,590 ÷ 41,100 × 100 = 76.861313868613… %",
        ", after relief", "granted 22 Nov 2026 by Mona", "Schedule 3, 6.2", "before relief",
    ):  # fmt: skip
        assert words in text, words
    assert "raw 74.0" in as_("leo").get(month).text
    assert "Granted" in as_("leo").get(location).text


def test_less_can_be_granted_than_was_asked_and_never_more(as_, inside, file):
    location, visitor = file(), as_("mona")
    more = visitor.post(f"{location}/decision", data={**ASKED, "figure_offered": "5000", "step": "granted"})
    assert more.status_code == 422
    assert "at most 4,900: so many were asked for" in more.text
    less = {**ASKED, "figure_offered": "2000", "figure_answered_in_threshold": "600"}
    looked = visitor.post(f"{location}/decision", data={**less, "reason": "", "step": "look"})
    assert looked.status_code == 200
    assert "76.0" in looked.text
    assert visitor.post(f"{location}/decision", data={**less, "step": "granted"}).status_code == 303
    with inside():
        judge()
        assert (finding().detail["numerator"], finding().detail["denominator"]) == ("33440", "44000")
        assert the_claim().is_granted_in_part
    text = as_("leo").get(location).text
    assert "Granted in part" in text
    assert ">2,000<" in text


@pytest.mark.parametrize("step", ["granted", "refused"])
def test_a_decision_needs_a_reason(as_, inside, file, step):
    answer = as_("mona").post(f"{file()}/decision", data={**ASKED, "reason": " ", "step": step})
    assert answer.status_code == 422
    assert "Give the reason" in answer.text
    with inside():
        assert the_claim().is_open


def test_a_refused_claim_changes_no_result_and_keeps_its_reason(as_, inside, file):
    location = file()
    answer = as_("dora").post(f"{location}/decision", data={"reason": "It was in the forecast.", "step": "refused"})
    assert answer.status_code == 303
    with inside():
        judge()
        assert (finding().value, finding().attainment) == ("74", "below_minimum")
        assert finding().detail["relief"][0]["effect"] == "refused"
    text = as_("leo").get(location).text
    assert "It was in the forecast." in text
    assert "Refused claim 1" in text


def test_who_filed_on_the_partners_behalf_does_not_decide(as_, inside, file):
    location = file("mia")
    page = as_("mia").get(location).text
    assert "somebody else decides" in page
    assert f"{location}/decision" not in page
    answer = as_("mia").post(f"{location}/decision", data={**ASKED, "step": "granted"})
    assert answer.status_code == 403
    assert "on the partner&#39;s behalf" in as_("leo").get(location).text
    assert as_("mona").post(f"{location}/decision", data={**ASKED, "step": "granted"}).status_code == 303


def test_who_let_the_filer_in_is_told_and_the_record_says_so(as_, inside, file):
    location = file()
    with inside(), write():
        leo, mona = (db.session.scalars(select(User).where(User.name == name)).one() for name in ("Leo", "Mona"))
        record("user.invited", subject=leo, actor=mona)
    assert "You let in who filed this" in as_("mona").get(location).text
    assert "You let in who filed this" not in as_("mia").get(location).text
    as_("mona").post(f"{location}/decision", data={**ASKED, "step": "granted"})
    assert "Granted claim 1 of somebody whom they had let in" in as_("dora").get(location).text


def test_the_second_of_two_deciders_learns_who_was_faster(as_, inside, file):
    location = file()
    assert as_("mona").post(f"{location}/decision", data={**ASKED, "step": "granted"}).status_code == 303
    for step in ("granted", "refused", "look"):
        late = as_("mia").post(f"{location}/decision", data={**ASKED, "step": step})
        assert late.status_code == 409
        assert "Mona has already granted this claim." in late.text
    withdrawn = as_("leo").post(f"{location}/withdrawal")
    assert withdrawn.status_code == 409
    with inside():
        assert [event.kind for event in db.session.scalars(select(Event).where(Event.subject == "claim"))] == [
            "claim.filed",
            "claim.granted",
        ]


@pytest.mark.portable
def test_of_deciders_at_the_same_moment_one_wins(inside, app, file):
    """Both have read the open claim before either writes."""
    file()
    with inside():
        claim_id = the_claim().id

    def decide(name: str) -> str:
        with app.app_context():
            tenancy.bind(tenancy.Scope.all())
            claim = db.session.scalars(select(Claim).where(Claim.id == claim_id)).one()
            person = db.session.scalars(select(User).where(User.name == name)).one()
            assert claim.is_open
            together.wait(10)
            try:
                with write():
                    deciding.refuse(claim, actor=person, reason="No.")
            except deciding.AlreadyDecided as refusal:
                return refusal.message
            return name

    together = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        winner, refusal = sorted(pool.map(decide, ("Mia", "Mona")), key=len)
    assert refusal == f"{winner} has already refused this claim."


def test_a_claim_is_withdrawn_by_the_partner_or_by_who_filed_it(as_, inside, file):
    location = file("mia")
    page = as_("mona").get(location).text
    assert f"{location}/withdrawal" not in page
    assert as_("mona").post(f"{location}/withdrawal").status_code == 403
    assert f"{location}/withdrawal" in as_("leo").get(location).text
    assert as_("leo").post(f"{location}/withdrawal", data={"withdrawal_reason": "Our mistake."}).status_code == 303
    with inside():
        judge()
        assert finding().detail["relief"] == []
    assert "Withdrawn" in as_("leo").get(location).text


def test_a_claim_excuses_every_service_level_that_the_cause_hit(as_, inside, file, address):
    page = as_("leo").get(f"{address}?kind=period").text
    assert 'value="abandonment"' in page
    other = {**PROMOTION, "form_key": "one", "step": "file", "also": ["satisfaction"]}
    assert as_("leo").post(address, data=other).status_code == 422
    location = file("leo", also=["abandonment"])
    with inside():
        assert the_claim().service_levels == ["voice-service-level", "abandonment"]
    assert "Abandonment" in as_("leo").get(location).text


def test_a_whole_window_is_excused(as_, inside, address):
    visitor = as_("leo")
    data = {"form_key": "one", "cause": "force_majeure", "reason": "The earthquake.", "step": "file"}
    location = visitor.post(f"{address}?kind=period", data=data).location
    as_("mona").post(f"{location}/decision", data={"reason": "Agreed.", "step": "granted"})
    with inside():
        judge()
        assert finding().disposition == "excused"
        assert finding().credit_minor is None


def test_the_people_concerned_are_told_by_mail(as_, inside, file):
    with inside():
        before = {mail.id for mail in db.session.scalars(select(Mail))}
    location = file("mia")
    as_("mona").post(f"{location}/decision", data={**ASKED, "step": "granted"})
    with inside():
        told = [mail for mail in db.session.scalars(select(Mail).order_by(Mail.id)) if mail.id not in before]
        filed = {mail.recipient.split("@")[0] for mail in told if mail.subject.startswith("To decide")}
        decided = {mail.recipient.split("@")[0] for mail in told if mail.subject.startswith("Granted")}
        assert (filed, decided) == ({"mona", "leo"}, {"mia", "leo"})
        assert "The volume report shows it." in told[-1].body


def test_every_judgement_before_and_after_can_be_repeated(as_, inside, file):
    location = file()
    with inside():
        judge()
    as_("mona").post(f"{location}/decision", data={**ASKED, "step": "granted"})
    with inside():
        judge()
        rows = db.session.scalars(select(Evaluation).order_by(Evaluation.id)).all()
        assert [row.number for row in rows if row.month == "2026-08"] == [1, 2, 3]
        assert {row.number for row in rows if row.month != "2026-08"} == {1}
        assert all(is_the_same(row, recompute(row)) for row in rows)


@pytest.mark.portable
@pytest.mark.parametrize(
    "forged",
    [{"adjust": {"offered": "1"}}, {"month": "2026-07"}, {"decision": "refused"}, {"granted_adjust": None}, {}],
)
def test_what_was_asked_and_decided_does_not_change(as_, inside, file, forged):
    location = file()
    as_("mona").post(f"{location}/decision", data={**ASKED, "step": "granted"})
    with inside(), pytest.raises(DatabaseError, match="append-only"), write() as session:
        session.execute(update(Claim).values(**forged) if forged else delete(Claim))
    with inside(), write() as session:
        session.execute(update(Claim).values(reason="", evidence="", decision_reason=""))


@pytest.mark.parametrize("who", ["bob", "bea", "max"])
def test_another_partners_claim_is_not_found(as_, file, address, who):
    location = file()
    assert as_(who).get(location).status_code == 404
    assert PROMOTION["reason"] not in as_(who).get("/claims").text
    if who != "bea":
        assert as_(who).get(address).status_code == 404
        assert as_(who).post(f"{location}/withdrawal").status_code == 404


def test_the_list_begins_with_what_waits_longest(as_, inside, address, file):
    first, second, third = file(), file(), file()
    as_("mona").post(f"{first}/decision", data={**ASKED, "step": "granted"})
    text = as_("mia").get("/claims").text
    assert re.findall(r'href="(/claims/[^"]+)"', text) == [second, third, first]
    assert "No claim has been filed yet" in as_("bob").get("/claims").text


@pytest.fixture
def daily(inside) -> str:
    """August by the day: two days of a promotion, and the rest of the month as one day's figures."""
    with inside():
        history = begin(terms=cedar_document(claims=CLAIMS))
        kinds = by_kind(FIGURES[AUGUST])
        days = {1: ("41100", "31590"), 14: ("2500", "1250"), 15: ("2400", "1200")}
        by_day = {
            date(2026, 8, number): {"offered": offered, "answered_in_threshold": in_time, "abandoned": "1"}
            for number, (offered, in_time) in days.items()
        }
        submission = history.send(AUGUST, "service", {}, by_day=by_day)
        history.decide(submission)
        for kind in ("staffing", "quality"):
            history.decide(history.send(AUGUST, kind, kinds[kind]))
        evaluate_contract(history.contract, THE_DAY)
        return f"/findings/{finding().key}/claim"


def test_days_are_left_out_where_figures_came_by_the_day(as_, inside, daily):
    visitor = as_("leo")
    page = visitor.get(daily)
    assert "Fri 14 Aug: answered in threshold 1,250, offered 2,500" in page.text
    asked = {**PROMOTION, "form_key": "one", "step": "look"}
    assert "Choose the days to leave out" in visitor.post(daily, data=asked).text
    asked["days"] = ["2026-08-14", "2026-08-15"]
    looked = visitor.post(daily, data=asked).text
    assert "74.0" in looked
    assert "76.9" in looked
    location = visitor.post(daily, data={**asked, "step": "file"}).location
    part = {"days": ["2026-08-15"], "reason": "The first day was in the forecast.", "step": "granted"}
    assert as_("mona").post(f"{location}/decision", data={**part, "days": []}).status_code == 422
    assert as_("mona").post(f"{location}/decision", data={**part, "days": ["2026-08-01"]}).status_code == 422
    assert as_("mona").post(f"{location}/decision", data=part).status_code == 303
    with inside():
        judge()
        assert (finding().detail["numerator"], finding().detail["denominator"]) == ("32840", "43600")
        assert all(is_the_same(row, recompute(row)) for row in db.session.scalars(select(Evaluation)))
    assert "Granted: 15 Aug 2026" in as_("leo").get(location).text


def test_the_outlook_of_a_draft_counts_what_was_granted(as_, inside, file):
    as_("mona").post(f"{file()}/decision", data={**ASKED, "step": "granted"})
    with inside():
        report = db.session.scalars(select(Report).where(Report.month == "2026-08", Report.kind == "service")).one()
        found = outlook(report, rows_of(report.submissions[-1].lines), clock.now())
        voice = found.evaluation.finding("voice-service-level")
        assert (voice.raw, voice.numerator, voice.denominator) == (74, 31590, 41100)


@pytest.mark.parametrize(
    "changes", [{"source": "stated"}, {"window": WindowRule("average", months=3)}], ids=["stated", "average"]
)
def test_where_no_figure_can_be_taken_off_the_window_alone_can_be_excused(inside, address, changes):
    with inside():
        found = finding()
        level = terms_of(found.evaluation).service_level("voice-service-level")
        assert kinds_of(level, found.detail) == ("adjust", "period")
        assert kinds_of(replace(level, **changes), found.detail) == ("period",)
