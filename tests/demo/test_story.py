"""The demo story's figures, as its telling through the product's services brings them out."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app import clock, tenancy
from app.audit.verifying import Stretch
from app.contracts.charges import charges_of
from app.contracts.models import Contract
from app.decks import service as decks
from app.decks.models import Deck
from app.decks.restating import judgements, restatements
from app.demo.cast import TODAY
from app.demo.telling import tell
from app.domain.periods import Month
from app.events import GENESIS, ChainHead, Event
from app.extensions import db
from app.forecasts.models import ForecastIssue
from app.partners.models import Partner
from app.performance.claims.relieving import effect_of
from app.performance.forecasts.beside import board_of, in_force, uses_of
from app.performance.judging.known import known_at
from app.performance.judging.service import evaluate_contract
from app.performance.models import Evaluation, Finding, LedgerEntry
from app.performance.rights.occurrences import rights_of
from app.relief.models import Claim
from app.reports.models import Report, Submission
from tests.rig.world import unmarked


@pytest.fixture(scope="session")
def told_story(build_once) -> None:
    """Told once for all tests, with drafts as the world has them."""

    def build() -> dict:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(decks, "draft_of", unmarked)
            tell()
        return {}

    build_once("story", "empty", build)


@pytest.fixture
def story(app, told_story, begin_with):
    """A copy of the story, on the demo's day."""
    begin_with("story")
    with app.app_context(), clock.at(TODAY):
        tenancy.bind(tenancy.Scope.all())
        yield db.session


class Judged:
    """A contract's judged month, with its findings and its money in whole units of the currency."""

    def __init__(self, session, code: str, month: str):
        current = select(Evaluation).join(Evaluation.contract).join(Contract.partner)
        self.evaluation = session.scalars(
            current.where(Partner.code == code, Evaluation.month == month, Evaluation.superseded_at.is_(None))
        ).one()
        self.chain = self.evaluation.credit_chain
        posted = select(func.sum(LedgerEntry.amount_minor)).where(
            LedgerEntry.contract_id == self.evaluation.contract_id, LedgerEntry.invoice_month == month
        )
        self.posted = (session.scalar(posted) or 0) / 100

    def __getitem__(self, level: str) -> Finding:
        return next(each for each in self.evaluation.findings if each.service_level == level)

    def outcome(self, level: str) -> tuple[Decimal, str]:
        return round(Decimal(self[level].value), 2), self[level].attainment

    def money(self, *names: str) -> list[float]:
        return [Decimal(self.chain[name]) / 100 for name in names]

    @property
    def uncapped(self) -> dict[str, Decimal]:
        return {line["service_level"]: Decimal(line["uncapped"]) / 100 for line in self.chain["lines"]}


@pytest.fixture
def judged(story):
    return lambda code, month: Judged(story, code, month)


def test_brightwater_owes_a_credit_for_january(judged):
    january = judged("brightwater", "2026-01")
    assert january.money("charges", "uncapped", "payable") == [315_000, 12_600, 12_600]
    assert january.uncapped == {"chat-service-level": 12_600}
    assert january.posted == 12_600


def test_brightwater_earns_half_of_it_back_after_six_good_months(judged):
    july = judged("brightwater", "2026-07")
    assert july.money("uncapped", "earned_back", "payable") == [0, 6_300, -6_300]
    assert july.posted == -6_300
    [entry] = [each for each in _entries(july) if each.kind == "earn_back"]
    assert (entry.service_level, entry.window, entry.clause) == ("chat-service-level", "2026-01", "Annex B, 6")


def _entries(judged: Judged) -> list[LedgerEntry]:
    return list(db.session.scalars(select(LedgerEntry).where(LedgerEntry.evaluation_id == judged.evaluation.id)))


def test_cordilleras_charges(judged, story):
    contract = judged("cordillera", "2026-07").evaluation.contract
    charges = charges_of(contract)
    months = (Month(2026, 7), Month(2026, 8), Month(2026, 9))
    assert [charges[month] for month in months] == [41_200_000, 42_800_000, 40_500_000]


def test_july_is_below_expected_and_costs_nothing(judged):
    july = judged("cordillera", "2026-07")
    assert july.outcome("english-voice-service-level") == (79, "below_expected")
    assert july.money("payable") == [0]
    assert july.posted == 0


def test_august_before_relief_and_correction(judged, story):
    first = story.scalars(
        select(Evaluation)
        .join(Evaluation.contract)
        .join(Contract.partner)
        .where(Partner.code == "cordillera", Evaluation.month == "2026-08", Evaluation.credit_chain.is_not(None))
        .order_by(Evaluation.number)
    ).all()
    amounts = [evaluation.credit_chain["payable"] for evaluation in first]
    assert 4_280_000 in amounts


def test_august_after_relief(judged, story):
    """Two promotion days leave: raw below Minimum, contractual below Expected, 25,680 avoided."""
    august = judged("cordillera", "2026-08")
    voice = august["english-voice-service-level"]
    assert (voice.detail["raw"], voice.attainment) == ("74", "below_expected")
    assert (voice.detail["numerator"], voice.detail["denominator"]) == ("31590", "41100")
    assert round(Decimal(voice.value), 1) == Decimal("76.9")
    claim = story.scalars(select(Claim)).one()
    assert (claim.decision, claim.filed_by.name, claim.decided_by.name) == ("granted", "Andrés Vélez", "Mia Okafor")
    known = known_at(august.evaluation.contract, TODAY)
    effect = effect_of(august.evaluation.contract, known.events.claims[0], TODAY)
    assert effect.changes[0].line_before.uncapped == 2_568_000
    assert effect.changes[0].line_after is None
    assert (effect.total.before, effect.total.after) == (4_280_000, 1_712_000)


def test_august_after_the_correction(judged, story):
    """Three of 27 errors overturned: exactly the Minimum. The credit for quality is reversed, that for fill stays."""
    august = judged("cordillera", "2026-08")
    assert august.outcome("quality") == (94, "below_expected")
    assert august.outcome("staffing-fill") == (92, "below_minimum")
    assert august.uncapped == {"staffing-fill": 17_120}
    assert august.money("uncapped", "cap_applied", "payable") == [17_120, 0, 17_120]
    assert august.posted == 17_120
    reversed_ = story.scalars(
        select(LedgerEntry.amount_minor).where(LedgerEntry.service_level == "quality", LedgerEntry.kind == "reversal")
    ).all()
    assert reversed_[-1] == -1_712_000
    of_august = select(Report).where(Report.contract_id == august.evaluation.contract_id)
    [report] = story.scalars(of_august.join(Report.submissions).where(Submission.correction_reason != "")).all()
    first, corrected = report.submissions
    assert (report.month, report.state, report.approved_version) == ("2026-08", "approved", corrected)
    assert (first.correction_reason, first.review.decision) == ("", "approved")


def test_the_quarter(judged):
    months = [judged("cordillera", month) for month in ("2026-07", "2026-08", "2026-09")]
    payable, charges = (sum(month.money(name)[0] for month in months) for name in ("payable", "charges"))
    assert (payable, charges) == (57_620, 1_245_000)
    assert round(payable / charges * 100, 2) == Decimal("4.63")
    assert sum(month.posted for month in months) == 57_620


def test_september_and_its_cap(judged):
    september = judged("cordillera", "2026-09")
    assert september.outcome("english-voice-service-level") == (Decimal("73.5"), "below_minimum")
    assert september.outcome("english-voice-abandonment") == (Decimal("8.4"), "below_minimum")
    assert september.outcome("staffing-fill") == (Decimal("91.43"), "below_minimum")
    assert september.uncapped == {
        "english-voice-service-level": 24_300,
        "english-voice-abandonment": 12_150,
        "staffing-fill": 16_200,
    }
    assert september.money("uncapped", "cap_applied", "payable") == [52_650, 12_150, 40_500]
    assert september.posted == 40_500


def test_northgates_french_satisfaction_is_low_volume(story):
    found = story.scalars(select(Finding).where(Finding.attainment == "low_volume")).all()
    assert {(each.service_level, each.detail["denominator"]) for each in found} == {("french-satisfaction", "84")}
    assert {each.evaluation.contract.partner.code for each in found} == {"northgate"}


def test_half_of_northgates_credit_for_may_is_waived(judged):
    may = judged("northgate", "2026-05")
    assert may.outcome("german-mail-response") == (Decimal("84.32"), "below_minimum")
    assert may.money("uncapped", "waived", "payable") == [5_032, 2_516, 2_516]
    assert may.posted == 2_516


def test_northgates_deck_is_restated_by_the_correction_of_june(judged, story):
    deck = story.scalars(select(Deck).where(Deck.quarter == "2026-Q2")).one()
    [change] = restatements([deck], judgements([deck]))[deck.id]
    assert (change.month, change.before.attainment, change.after.attainment) == ("2026-06", "below_expected", "met")
    third = story.scalars(select(Deck).where(Deck.quarter == "2026-Q3")).all()
    assert restatements(third, judgements(third)) == {}


def test_cordilleras_misses_opened_a_right_to_a_plan_and_one_to_terminate(judged):
    rights = {each.row.right_key: each for each in rights_of([judged("cordillera", "2026-09").evaluation.contract])}
    assert {key: each.state for key, each in rights.items()} == {"plan": "exercised", "chronic": "open"}
    assert {str(each.opened_on) for each in rights.values()} == {"2026-09-30"}
    assert str(rights["chronic"].lapses_on) == "2026-12-29"


def test_brightwaters_forecast_has_versions_that_count_are_replaced_and_came_too_late(judged, story):
    contract = judged("brightwater", "2026-09").evaluation.contract
    board = board_of(contract, story.scalars(select(ForecastIssue).order_by(ForecastIssue.number)).all(), TODAY)
    [use] = uses_of(in_force(board.history, TODAY.date()))
    states = {version.state for month in board.compared(use) for version in month.versions}
    assert states == {"counts", "replaced", "late"}


def test_lumens_october_is_not_reported_and_overdue(judged, story):
    october = judged("lumen", "2026-10")
    assert {each.attainment for each in october.evaluation.findings} == {"not_reported"}
    reports = story.scalars(
        select(Report).where(Report.contract_id == october.evaluation.contract_id, Report.month == "2026-10")
    ).all()
    assert {report.kind for report in reports if report.is_overdue(TODAY)} == {"staffing", "service", "quality"}


def test_savanna_is_in_grace(judged):
    october = judged("savanna", "2026-10")
    assert {each.disposition for each in october.evaluation.findings} == {"in_grace"}
    assert october.money("payable") == [0]


def test_the_issued_deck_says_what_the_ledger_holds(story, pdf_text):
    deck = story.scalars(select(Deck).where(Deck.quarter == "2026-Q3")).one()
    assert (deck.state, deck.partner.code, deck.edition_sha256) == ("issued", "cordillera", deck.blob.sha256)
    text = pdf_text(deck.blob.content)
    assert "57,620" in text
    assert "4.63 %" in text.replace("\u00a0", " ")
    assert "August 2026: 76.9 % after relief, 74.0 % as counted" in text.replace("\u00a0", " ")
    assert "Service level, English voice" in text


def test_the_chain_of_events_is_whole(story, record_count):
    rows = story.scalars(select(Event).order_by(Event.id)).all()
    read, head = Stretch.of(rows, 0, GENESIS), story.get(ChainHead, 1)
    assert (read.wrong, read.checked, read.newest) == ((), head.length, head.hash)
    record_count("events verified", len(rows))


def test_the_ledger_sums_to_what_is_payable(story, record_count):
    in_force = story.scalars(select(Evaluation).where(Evaluation.superseded_at.is_(None))).all()
    sums = dict(
        story.execute(
            select(LedgerEntry.contract_id, func.sum(LedgerEntry.amount_minor)).group_by(LedgerEntry.contract_id)
        ).all()
    )
    payable: dict[int, int] = {}
    for each in in_force:
        payable[each.contract_id] = payable.get(each.contract_id, 0) + (each.credit_chain["payable"] or 0)
    assert sums == {contract_id: amount for contract_id, amount in payable.items() if amount or contract_id in sums}
    record_count("invoice months that the ledger bears out", len(in_force))


def test_every_judgement_comes_out_the_same_again(app, story, record_count):
    count = story.scalar(select(func.count()).select_from(Evaluation))
    answer = app.test_cli_runner().invoke(args=["recompute", "--verify"])
    assert (answer.exit_code, answer.stdout) == (0, f"{count} judgements, each the same again\n")
    record_count("evaluations recomputed", count)


def test_judging_every_contract_anew_stores_nothing(story):
    contracts = story.scalars(select(Contract)).all()
    assert [evaluate_contract(contract, TODAY) for contract in contracts] == [0] * len(contracts)
