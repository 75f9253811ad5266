"""Rights that failures open: kept with the judgement, told once, shown with their reason, exercised or declined."""

import re
from contextlib import nullcontext
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import clock, jobs
from app.accounts.models import User
from app.contracts.models import Charge
from app.extensions import db, write
from app.mail import Mail
from app.performance.effects import effect_of
from app.performance.judging.recomputing import differences, recompute
from app.performance.judging.service import evaluate_contract
from app.performance.judging.vigil import lacks_vigil
from app.performance.models import Evaluation, OpenedRight
from app.performance.rights.counted import window_of
from app.performance.rights.occurrences import standing
from app.reports.differences import lines_of, rows_of
from tests.domain.story import AUGUST, FIGURES, JULY, SEPTEMBER
from tests.performance.history import History, begin, by_kind, cedar_document
from tests.rig.people import THE_DAY

EXIT = {
    "key": "exit", "name": "Termination for chronic failure", "of": "minimum_misses", "consecutive": "2",
    "service_levels": ["voice-service-level"], "lapses_after": "90", "clause": "Section 14.3",
}  # fmt: skip
TOLD = {"mia@accord.example", "mona@accord.example", "dora@accord.example", "finn@accord.example"}


@pytest.fixture
def opened(begin_told):
    """Voice missed its Minimum in August and September: the right opened on 30 September, until 29 December."""
    return begin_told("right", lambda: _tell(nullcontext, EXIT))


def _tell(inside, *rules: dict, figures=FIGURES, **changes) -> dict[str, str]:
    with inside():
        history = begin(terms=cedar_document(**({"rights": [*rules]} if rules else {}), **changes))
        for month, of_month in figures.items():
            history.approve(month, of_month)
        evaluate_contract(history.contract, THE_DAY)
        rows = db.session.scalars(select(OpenedRight)).all()
        keys = {"contract": history.contract.key, "partner": history.contract.partner.key}
        return keys | {row.right_key: row.key for row in rows}


@pytest.mark.parametrize("who", ["ana", "amy", "leo", "mia", "dora", "finn", "ada"])
def test_a_right_stands_on_the_contract_and_the_partners_page_with_its_clause_and_end(as_, opened, who):
    for address in (f"/contracts/{opened['contract']}", f"/partners/{opened['partner']}/scorecard"):
        page = as_(who).get(address).text
        assert "Termination for chronic failure" in page
        assert "lapses on 29 Dec 2026" in page
        assert "Section 14.3" in page
        assert f"/rights/{opened['exit']}" in page


def test_who_may_not_read_the_contract_sees_no_right(as_, opened):
    assert "Termination" not in as_("gus").get(f"/partners/{opened['partner']}/scorecard").text
    assert as_("gus").get(f"/rights/{opened['exit']}").status_code == 403


def test_another_partners_right_is_not_found(as_, opened):
    assert as_("bob").get(f"/rights/{opened['exit']}").status_code == 404


def test_a_contract_without_rights_shows_none(as_, inside):
    keys = _tell(inside)
    assert 'id="rights"' not in as_("mia").get(f"/contracts/{keys['contract']}").text


def test_why_names_what_was_counted_and_leads_to_each_finding(as_, opened):
    page = as_("leo").get(f"/rights/{opened['exit']}").text
    assert "2 in a row with at least 1 miss of the Minimum; 2 in a row open the right." in page
    assert re.findall(r"(Aug 2026|Sep 2026|Jul 2026)</th>", page) == ["Aug 2026", "Sep 2026"]
    assert page.count('href="/findings/') == 2


def test_why_names_what_was_counted_on_the_far_side_of_a_month_that_is_passed_over(as_, inside):
    levels = cedar_document()["service_levels"]
    levels[0] |= {"minimum_volume": "1000"}
    few = FIGURES[AUGUST] | {"offered": "500", "answered_in_threshold": "100", "abandoned": "5"}
    figures = {JULY: FIGURES[SEPTEMBER], AUGUST: few, SEPTEMBER: FIGURES[SEPTEMBER]}
    keys = _tell(inside, EXIT, figures=figures, service_levels=levels)
    page = as_("leo").get(f"/rights/{keys['exit']}").text
    assert "2 in a row with at least 1 miss of the Minimum" in page
    assert re.findall(r"(... 2026)</th>", page) == ["Jul 2026", "Sep 2026", "Aug 2026"]
    assert page.count("passed over</td>") == 1


@pytest.mark.parametrize("between", [1, 4])
def test_a_run_takes_the_same_statements_however_much_it_passes_over(inside, count_statements, between):
    levels = cedar_document()["service_levels"]
    levels[0] |= {"minimum_volume": "1000"}
    few = FIGURES[AUGUST] | {"offered": "500", "answered_in_threshold": "100", "abandoned": "5"}
    figures = {SEPTEMBER.plus(-each): few for each in range(between, 0, -1)}
    figures = {SEPTEMBER.plus(-1 - between): FIGURES[SEPTEMBER], **figures, SEPTEMBER: FIGURES[SEPTEMBER]}
    _tell(inside, EXIT, figures=figures, service_levels=levels)
    with inside():
        [right] = standing(OpenedRight.right_key == "exit")
        with count_statements() as statements:
            window = window_of(right)
    assert [each.month for each in window] == [str(month) for month in figures]
    assert len(statements) == 4


def test_a_right_of_a_class_counts_and_shows_the_service_levels_of_that_class_alone(as_, inside):
    levels = [
        level | ({"class": "critical"} if level["key"] == "voice-service-level" else {})
        for level in cedar_document()["service_levels"]
    ]
    every, critical = (
        {"key": key, "name": key, "of": "minimum_misses", "at_least": "1", "within": "1", "per": "contract"} | of
        for key, of in (("any", {}), ("critical", {"class": "critical"}))
    )
    keys = _tell(inside, every, critical, service_levels=levels)
    whole, part = (
        set(re.findall(r'href="(/findings/[^"]+)"', as_("leo").get(f"/rights/{keys[key]}").text))
        for key in ("any", "critical")
    )
    assert part < whole
    assert len(part) == 1


def test_a_right_opened_by_credits_tells_its_amounts_only_to_who_sees_money(as_, inside):
    by_credits = {"key": "much", "name": "Much", "of": "credits", "at_least": "1000", "within": "12"}
    keys = _tell(inside, by_credits)
    assert "$1,000 in credits open the right" in as_("dora").get(f"/rights/{keys['much']}").text
    hidden = as_("ana").get(f"/rights/{keys['much']}").text
    assert "$" not in hidden
    assert "you do not see amounts" in hidden


def test_a_month_without_charges_brought_an_amount_that_nobody_knows_not_nothing(as_, inside):
    by_credits = {"key": "much", "name": "Much", "of": "credits", "at_least": "1000", "within": "12"}
    with inside():
        history = begin(terms=cedar_document(rights=[by_credits]), charges={SEPTEMBER: 40_500_000})
        for month, figures in FIGURES.items():
            history.approve(month, figures)
        evaluate_contract(history.contract, THE_DAY)
        key = db.session.scalars(select(OpenedRight.key)).one()
    page = as_("dora").get(f"/rights/{key}").text
    assert re.findall(r'(\w+ 2026)</a></th><td class="n">([^<]+)<', page) == [
        ("Jul 2026", "$0"), ("Aug 2026", "not priced"), ("Sep 2026", "$40,500"),
    ]  # fmt: skip


def test_a_month_that_is_not_settled_brought_what_is_known_so_far(as_, inside):
    by_credits = {"key": "much", "name": "Much", "of": "credits", "at_least": "1000", "within": "1"}
    with inside():
        history = begin(terms=cedar_document(rights=[by_credits]))
        kinds = by_kind(FIGURES[SEPTEMBER])
        history.send(SEPTEMBER, "quality", kinds.pop("quality"))
        for kind, values in kinds.items():
            history.decide(history.send(SEPTEMBER, kind, values))
        evaluate_contract(history.contract, THE_DAY)
        key = db.session.scalars(select(OpenedRight.key)).one()
    assert re.search(r'<td class="n">\$[\d,]+ so far<', as_("dora").get(f"/rights/{key}").text)


def test_the_opening_is_told_once_to_managers_directors_and_finance(inside, opened, app):
    with app.app_context():
        jobs.run_pending()
    with inside():
        contract = db.session.scalars(select(OpenedRight)).one().contract
        evaluate_contract(contract, THE_DAY + timedelta(hours=1))
        with write():
            jobs.enqueue("right.tell", db.session.scalars(select(OpenedRight.id)).one(), partner_id=contract.partner_id)
    with app.app_context():
        jobs.run_pending()
    with inside():
        mails = db.session.scalars(select(Mail).where(Mail.subject.startswith("A right has opened"))).all()
        assert {mail.recipient for mail in mails} == TOLD
        assert len(mails) == len(TOLD)
        assert all("lapses on 29 Dec 2026" in mail.body for mail in mails)
        assert all(", the right to terminate, for " in mail.body for mail in mails)


def test_a_correction_says_before_it_is_approved_which_right_it_takes_away(inside, as_):
    with inside():
        history = begin(terms=cedar_document(rights=[EXIT]))
        for month, figures in FIGURES.items():
            history.approve(month, figures)
        better = by_kind(FIGURES[SEPTEMBER])["service"]
        better |= {"answered_in_threshold": better["offered"]}
        sent = history.send(SEPTEMBER, "service", better, THE_DAY, correction_reason="Recounted.")
        (change,) = effect_of(sent.report, rows_of(lines_of(sent)), THE_DAY).rights
        assert (change.right.key, change.opens, change.about) == ("exit", False, "Voice service level")
        key = sent.key
    words = "the right to terminate, for Voice service level: would not have opened on 30 Sep 2026. Section 14.3."
    assert words in as_("mona").get(f"/submissions/{key}/effect").text


def test_a_later_judgement_of_the_same_month_opens_no_second_right(inside, opened):
    with inside():
        row = db.session.scalars(select(OpenedRight)).one()
        _charge_again(row.contract)
        assert evaluate_contract(row.contract, THE_DAY + timedelta(hours=1))
        assert db.session.scalar(select(func.count()).select_from(OpenedRight)) == 1


def test_a_manager_records_the_exercise_and_the_engine_knows_it_from_then_on(as_, inside, opened):
    answer = as_("mia").post(f"/rights/{opened['exit']}/exercise", data={"on": "2026-11-20", "reason": "Notice sent."})
    assert answer.status_code == 303
    page = as_("leo").get(f"/rights/{opened['exit']}").text
    assert "Exercised on</p>" in page
    assert "it would have lapsed on 29 Dec 2026" in page
    assert "unless it is exercised by then" not in page
    assert "Notice sent." in page
    with inside():
        row = db.session.scalars(select(OpenedRight)).one()
        before = db.session.scalars(select(Evaluation).where(Evaluation.month == str(SEPTEMBER))).one()
        assert evaluate_contract(row.contract, THE_DAY + timedelta(hours=1)) == 3
        db.session.refresh(before)
        for evaluation in db.session.scalars(select(Evaluation)).all():
            assert list(differences(evaluation, recompute(evaluation))) == []
        assert before.superseded_at is not None
    assert "exercised on 20 Nov 2026" in as_("dora").get(f"/contracts/{opened['contract']}").text


@pytest.mark.parametrize(
    ("on", "reason", "said"),
    [
        ("2026-09-29", "Too soon.", "The right opened on 30 Sep 2026"),
        ("2026-11-23", "Tomorrow.", "yet to come"),
        ("soon", "When?", "Write a date"),
        ("2026-11-20", "", "Write the reason"),
    ],
)
def test_a_wrong_exercise_is_said_at_its_field_and_stays_as_it_was_typed(as_, inside, opened, on, reason, said):
    answer = as_("mia").post(f"/rights/{opened['exit']}/exercise", data={"on": on, "reason": reason})
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{on}"' in answer.text
    assert reason in answer.text
    with inside():
        assert db.session.scalars(select(OpenedRight.decision)).one() == ""


def test_a_right_that_lapsed_says_so_and_until_when_a_notice_counts(as_, opened):
    with clock.at(THE_DAY + timedelta(days=60)):
        page = as_("mia").get(f"/rights/{opened['exit']}").text
    assert "Lapsed on</p>" in page
    assert "it was not exercised" in page
    assert "A notice that was given by 29 Dec 2026 can still be recorded." in page
    assert "Decline it" not in page


def test_a_right_is_declined_with_a_reason_and_only_once(as_, opened):
    manager = as_("mia")
    assert manager.post(f"/rights/{opened['exit']}/refusal", data={"reason": ""}).status_code == 422
    assert manager.post(f"/rights/{opened['exit']}/refusal", data={"reason": "They recover."}).status_code == 303
    again = as_("dora").post(f"/rights/{opened['exit']}/exercise", data={"on": "2026-11-20", "reason": "Late."})
    assert again.status_code == 409
    assert "Mia" in again.text
    assert "Decline it" not in manager.get(f"/rights/{opened['exit']}").text


@pytest.mark.parametrize("who", ["ana", "leo", "finn", "ada"])
def test_only_managers_and_directors_decide(as_, opened, who):
    assert as_(who).post(f"/rights/{opened['exit']}/refusal", data={"reason": "No."}).status_code == 403
    assert "Decline it" not in as_(who).get(f"/rights/{opened['exit']}").text


def test_a_right_that_a_correction_takes_away_is_no_longer_listed(as_, inside, opened):
    with inside():
        row = db.session.scalars(select(OpenedRight)).one()
        _better_september(row.contract)
        evaluate_contract(row.contract, THE_DAY + timedelta(hours=1))
    assert f"/rights/{opened['exit']}" not in as_("mia").get(f"/contracts/{opened['contract']}").text
    assert "does not stand" in as_("mia").get(f"/rights/{opened['exit']}").text


def test_what_differs_in_a_right_is_named(inside, opened):
    with inside():
        evaluation = db.session.scalars(select(Evaluation).where(Evaluation.month == str(SEPTEMBER))).one()
        again = recompute(evaluation)
        forged = Evaluation(
            **{name: getattr(evaluation, name) for name in ("fingerprint", "credit_chain", "inputs", "engine_version")},
            findings=list(evaluation.findings), rights=[], proposals=[],
        )  # fmt: skip
        assert [(each.part, each.words) for each in differences(forged, again)] == [("rights", "were none, are exit")]
        forged.rights = None
        assert list(differences(forged, again)) == []
        db.session.rollback()


def test_what_was_judged_before_rights_were_kept_is_judged_once_more(inside, opened):
    with inside():
        evaluation = db.session.scalars(select(Evaluation).where(Evaluation.month == str(SEPTEMBER))).one()
        again = recompute(evaluation)
        assert lacks_vigil(Evaluation(rights=None), again)
        assert not lacks_vigil(Evaluation(rights=[]), again)
        assert not lacks_vigil(evaluation, again)


def _charge_again(contract) -> None:
    with write() as session:
        charges = session.scalars(select(Charge).where(Charge.contract_id == contract.id)).all()
        last = max(charges, key=lambda charge: charge.month)
        session.add(
            Charge(
                partner_id=last.partner_id, contract_id=contract.id, month=last.month, number=last.number + 1,
                amount_minor=1, entered_at=THE_DAY + timedelta(minutes=1), entered_by_id=last.entered_by_id,
            )
        )  # fmt: skip


def _better_september(contract) -> None:
    people = {user.email.split("@")[0]: user for user in db.session.scalars(select(User))}
    history = History(
        contract, contract.partner.sites[0], contract.partner.queues[0], people["ana"], people["leo"], people["mia"]
    )
    better = {**FIGURES[SEPTEMBER], "answered_in_threshold": "39000"}
    history.approve(SEPTEMBER, better, at=THE_DAY + timedelta(minutes=1))
