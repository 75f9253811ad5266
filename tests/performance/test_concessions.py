"""What the client gives up of its credits: asked by one, decided by another, known from then on, in every place."""

import re
from contextlib import nullcontext
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import jobs
from app.concessions.models import Concession
from app.contracts.models import Contract
from app.domain.periods import Month
from app.events import Event
from app.extensions import db
from app.mail import Mail
from app.performance.judging.known import known_at
from app.performance.judging.recomputing import differences, recompute
from app.performance.judging.service import evaluate_contract
from app.performance.models import Evaluation, Finding, LedgerEntry
from tests.domain.story import AUGUST, FIGURES, JULY, SEPTEMBER
from tests.performance.history import begin, cedar_document, history_of
from tests.rig.people import THE_DAY

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
AGREED = {"at_risk": "10", "pool": "200", "monthly_cap": "10", "clause": "Schedule 3, 5.2"}
WHY = {"reason": "Our telephone campaign was announced too late.", "clause": "Schedule 3, 5.9"}
VOICE = {"about": "voice-service-level", "amount": "1,000.00", **WHY}


def judged(inside, **agreed):
    """July to September, judged under terms that carry these credits."""
    with inside():
        history = begin(terms=cedar_document(credits=AGREED | agreed))
        for month, figures in FIGURES.items():
            history.approve(month, figures)
        evaluate_contract(history.contract, THE_DAY)
        return history.contract.key


@pytest.fixture
def contract(begin_told):
    return begin_told("credited", lambda: judged(nullcontext))


def ask(client, contract, kind="waiver", month="2026-09", **typed):
    address = f"/contracts/{contract}/months/{month}/concessions/new?kind={kind}"
    key = re.search(r'name="form_key"[^>]*value="([^"]+)"', client.get(address).text)[1]
    return client.post(address, data={**(typed or VOICE), "form_key": key, "step": "ask"})


def asked(client, contract, **typed):
    return ask(client, contract, **typed).headers["Location"].rpartition("/")[2]


def decide(client, key, step="granted", **typed):
    data = {"decision_reason": "Agreed at the review.", "step": step, **typed}
    return client.post(f"/concessions/{key}/decision", data=data)


def work(app):
    with app.app_context():
        jobs.run_pending()


def lines_of(month="2026-09"):
    chain = db.session.scalars(
        select(Evaluation.credit_chain).where(Evaluation.month == month, Evaluation.superseded_at.is_(None))
    ).one()
    return chain, {line["service_level"]: line for line in chain["lines"]}


def test_a_waiver_takes_effect_when_another_person_grants_it_and_the_ledger_keeps_all_three(app, as_, inside, contract):
    with inside():
        before, _ = lines_of()
    key = asked(as_("finn"), contract)
    assert decide(as_("mia"), key).status_code == 303
    work(app)
    with inside():
        chain, lines = lines_of()
        assert (chain["waived"], chain["payable"]) == ("100000", before["payable"] - 100_000)
        assert lines["voice-service-level"]["waived"] == "100000"
        entries = db.session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "waiver")).all()
        assert [(each.amount_minor, each.clause) for each in entries] == [(-100_000, "Schedule 3, 5.9")]
        posted = db.session.scalars(select(LedgerEntry.amount_minor).where(LedgerEntry.invoice_month == "2026-09"))
        assert sum(posted) == chain["payable"]
        for evaluation in db.session.scalars(select(Evaluation)).all():
            assert list(differences(evaluation, recompute(evaluation))) == []
    month = as_("leo").get(f"/contracts/{contract}/months/2026-09").text
    assert "Waived, Voice service level" in month
    assert "Waived" in as_("leo").get(f"/contracts/{contract}/credits").text
    assert "before caps and waivers" in as_("finn").get("/credits?month=2026-09").text
    why = as_("leo").get(re.search(r'href="(/findings/[^"]+)">Voice', month)[1]).text
    assert "$1,000 given up" in why
    assert "Schedule 3, 5.9" in why


def test_what_is_waived_stands_in_its_own_column_of_the_chain(app, as_, contract):
    decide(as_("mia"), asked(as_("finn"), contract))
    work(app)
    month = as_("leo").get(f"/contracts/{contract}/months/2026-09").text
    step = re.search(r"<tr><th scope=\"row\">Waived, Voice service level.*?</tr>", month, re.DOTALL)[0]
    cells = re.findall(r'<td class="(\w+)"(?: data-label="([^"]+)")?>([^<]*)', step)
    assert cells == [("nil", "", ""), ("n", "Waived", "$1,000"), ("nil", "", "")]
    total = re.search(r"<tfoot>.*?</tfoot>", month, re.DOTALL)[0]
    assert re.search(r'data-label="Waived">\$1,000<', total)


def test_only_the_month_of_a_waiver_is_judged_anew_where_nothing_looks_back(app, as_, inside, contract):
    decide(as_("mia"), asked(as_("finn"), contract))
    work(app)
    with inside():
        numbers = dict(
            db.session.execute(select(Evaluation.month, Evaluation.number).order_by(Evaluation.number)).all()
        )
        assert numbers == {"2026-07": 1, "2026-08": 1, "2026-09": 2}


def test_nobody_decides_on_what_they_asked_and_nobody_decides_twice(as_, contract):
    key = asked(as_("mia"), contract)
    assert decide(as_("mia"), key).status_code == 403
    assert "somebody else decides" in as_("mia").get(f"/concessions/{key}").text
    assert decide(as_("dora"), key, "refused").status_code == 303
    late = decide(as_("mona"), key)
    assert late.status_code == 409
    assert "Dora" in late.text


def test_what_is_asked_is_looked_at_first_with_the_amounts_it_would_come_to(as_, inside, contract):
    address = f"/contracts/{contract}/months/2026-09/concessions/new?kind=waiver"
    looked = as_("finn").post(address, data={**VOICE, "form_key": "one", "step": "look"}).text
    assert "−$1,000" in looked
    with inside():
        assert db.session.scalars(select(Concession)).all() == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"about": ""}, "Choose what is waived"),
        ({"amount": "much"}, "is not an amount"),
        ({"amount": "99,999,999.00"}, "so much is left"),
        ({"amount": "0"}, "above 0"),
        ({"reason": ""}, "Say why"),
    ],
)
def test_a_wrong_waiver_is_said_at_its_field_and_stays_as_it_was_typed(as_, contract, typed, said):
    answer = ask(as_("finn"), contract, **(VOICE | typed))
    assert answer.status_code == 422
    assert said in answer.text
    assert (VOICE | typed)["amount"] in answer.text


def test_the_partner_reads_what_was_granted_or_what_it_asked_and_an_analyst_without_money_nothing(as_, contract):
    internal, own = asked(as_("finn"), contract), asked(as_("leo"), contract)
    assert as_("leo").get(f"/concessions/{internal}").status_code == 404
    assert internal not in as_("leo").get(f"/contracts/{contract}/months/2026-09").text
    assert as_("leo").get(f"/concessions/{own}").status_code == 200
    assert as_("ana").get(f"/concessions/{own}").status_code == 403
    assert "concessions" not in as_("ana").get(f"/contracts/{contract}/months/2026-09").text
    assert as_("bob").get(f"/concessions/{own}").status_code == 404
    decide(as_("mia"), internal)
    assert as_("leo").get(f"/concessions/{internal}").status_code == 200


def test_deciders_hear_of_what_is_asked_and_the_partner_and_finance_of_what_is_granted(inside, as_, contract):
    decide(as_("mia"), asked(as_("dora"), contract))
    with inside():
        told = {(mail.recipient.split("@")[0], mail.subject.split(":")[0]) for mail in db.session.scalars(select(Mail))}
        assert told == {
            *((who, "Waiver asked for") for who in ("mia", "mona")),
            *((who, "Granted") for who in ("dora", "finn", "leo")),
        }
        kinds = db.session.scalars(select(Event.kind).where(Event.subject == "concession").order_by(Event.id)).all()
        assert kinds == ["concession.asked", "concession.granted"]


def test_what_is_withdrawn_changes_nothing_and_stays_on_the_record(as_, contract):
    key = asked(as_("finn"), contract)
    assert as_("mia").post(f"/concessions/{key}/withdrawal", data={"reason": "Mine?"}).status_code == 403
    assert as_("finn").post(f"/concessions/{key}/withdrawal", data={"reason": "A mistake."}).status_code == 303
    assert "Withdrawn" in as_("mia").get(f"/concessions/{key}").text


def test_of_one_incident_the_decider_chooses_which_credit_is_paid(app, as_, inside):
    contract = judged(inside, incidents={"choose_within": "60"})
    key = asked(as_("leo"), contract, kind="incident", about=["voice-service-level", "abandonment"], **WHY)
    page = as_("mia").get(f"/concessions/{key}").text
    assert "It can be chosen until" in page
    assert "The highest, by default" in page
    decide(as_("mia"), key, chosen="abandonment")
    work(app)
    with inside():
        _, lines = lines_of()
        assert (lines["voice-service-level"]["payable"], lines["voice-service-level"]["incident"]) == (
            0,
            "Incident 1, Schedule 3, 5.9",
        )
        assert lines["abandonment"]["payable"] > 0
    assert (
        "another credit of Incident 1, Schedule 3, 5.9 is paid"
        in as_("leo").get(f"/contracts/{contract}/months/2026-09").text
    )


def test_after_the_last_day_of_the_choice_only_the_default_is_offered(as_, inside):
    contract = judged(inside, incidents={"choose_within": "10"})
    key = asked(as_("leo"), contract, kind="incident", about=["voice-service-level", "abandonment"], **WHY)
    page = as_("mia").get(f"/concessions/{key}").text
    assert "It could be chosen until 14 Oct 2026, so the highest is paid." in page
    assert decide(as_("mia"), key, chosen="abandonment").status_code == 422


def test_terms_without_incidents_offer_no_choice_within_one(as_, contract):
    assert "one incident" not in as_("mia").get(f"/contracts/{contract}/months/2026-09").text


@pytest.fixture
def earned(inside):
    """August's miss of voice was followed by a good September; the terms leave the earn-back to a decision."""
    rule = {"kind": "months", "months": "1", "approval": "required", "clause": "Schedule 3, 7"}
    with inside():
        history = begin(terms=cedar_document(credits=AGREED | {"earn_back": rule}))
        figures = dict(FIGURES)
        for month in (JULY, AUGUST, SEPTEMBER):
            good = {"answered_in_threshold": "39000"} if month == SEPTEMBER else {}
            history.approve(month, figures[month] | good)
        history.approve(OCTOBER, figures[JULY] | {"answered_in_threshold": "41000"})
        history.charge(OCTOBER, 41_000_000)
        evaluate_contract(history.contract, THE_DAY)
        return history.contract.key


def test_an_earn_back_that_awaits_approval_says_so_and_comes_back_once_somebody_else_grants_it(
    app, as_, inside, earned
):
    month = as_("leo").get(f"/contracts/{earned}/months/2026-08").text
    assert "An earn-back awaits approval" in month
    assert "Awaits approval" in as_("mia").get(f"/contracts/{earned}/credits").text
    with inside():
        later = select(Finding.key).where(Finding.month == "2026-10", Finding.service_level == "voice-service-level")
        why = db.session.scalars(later).one()
    assert "may come back and awaits approval" in as_("leo").get(f"/findings/{why}").text
    form = as_("leo").get(f"/contracts/{earned}/months/2026-08/concessions/new?kind=earn_back").text
    assert re.findall(r"up to ([$][\d,.]+)", form) == ["$12,228.57", "$18,342.86"]
    key = asked(as_("leo"), earned, kind="earn_back", month="2026-08", about="voice-service-level", **WHY)
    assert "If granted" in as_("mia").get(f"/concessions/{key}").text
    decide(as_("mia"), key)
    work(app)
    with inside():
        history = db.session.scalars(select(Contract)).one()
        history_of(history).approve(NOVEMBER, FIGURES[JULY] | {"answered_in_threshold": "41000"}, at=THE_DAY)
        history_of(history).charge(NOVEMBER, 41_000_000)
        evaluate_contract(history, THE_DAY + timedelta(hours=2))
        chain, _ = lines_of("2026-11")
        states = {(each["service_level"], each["credit_month"]): each["state"] for each in chain["earn_backs"]}
        assert states["voice-service-level", "2026-08"] == "earned"
        assert chain["payable"] < 0
        for evaluation in db.session.scalars(select(Evaluation)).all():
            assert list(differences(evaluation, recompute(evaluation))) == []


def test_a_refused_earn_back_is_lost(app, as_, inside, earned):
    decide(
        as_("mia"),
        asked(as_("finn"), earned, kind="earn_back", month="2026-08", about="voice-service-level", **WHY),
        "refused",
    )
    with inside():
        contract = db.session.scalars(select(Contract)).one()
        known = known_at(contract, THE_DAY + timedelta(hours=1))
        assert [(each.granted, str(each.credit_month)) for each in known.events.approvals] == [(False, "2026-08")]
