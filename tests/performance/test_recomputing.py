"""`flask recompute --verify` repeats every judgement by what it was made of, and says what differs."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from app.contracts.catalogue import CATALOGUE
from app.domain.catalogue import Catalogue
from app.domain.figures.inputs import Foundation
from app.domain.formula import Formula
from app.extensions import db, write
from app.performance.judging import keeping, recomputing, service
from app.performance.judging.service import evaluate_contract, judge
from app.performance.models import Definitions, Evaluation
from tests.domain.story import SEPTEMBER
from tests.performance.history import START, story
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.portable
EVERYTHING = Formula.parse("0 * answered_in_threshold + offered")


@pytest.fixture
def verify(app):
    """`verify()`: the exit code of the command and the lines that it said."""

    def run() -> tuple[int, list[str]]:
        answer = app.test_cli_runner().invoke(args=["recompute", "--verify"])
        return answer.exit_code, answer.stdout.splitlines()

    return run


@pytest.fixture
def release(monkeypatch):
    """`release(numerator=…)`: from now on the catalogue defines the service level otherwise."""

    def change(**changes) -> None:
        metric = replace(CATALOGUE.metrics["service_level"], **changes)
        changed = Catalogue(CATALOGUE.measures, {**CATALOGUE.metrics, metric.key: metric})
        for module in (recomputing, service, keeping):
            monkeypatch.setattr(module, "CATALOGUE", changed)

    return change


def test_every_judgement_is_repeated_also_the_superseded(inside, verify):
    with inside():
        told = story()
        evaluate_contract(told.contract, THE_DAY)
        told.charge(SEPTEMBER, 50_000_000, entered_at=THE_DAY + timedelta(hours=1))
        evaluate_contract(told.contract, THE_DAY + timedelta(hours=1))
    assert verify() == (0, ["4 judgements, each the same again"])


def test_a_difference_is_named_by_contract_month_and_part(inside, verify):
    with inside():
        told = story()
        evaluate_contract(told.contract, THE_DAY)
        told.charge(SEPTEMBER, 50_000_000, entered_at=START)
        where = f"Cedar, {told.contract.reference}, 2026-09, judgement 1 (in force)"
    code, said = verify()
    assert code == 1
    assert said == [
        f"{where}: fingerprint: other inputs: charges",
        f"{where}: chain: payable was 4050000, is 5000000",
    ]


def test_a_judgement_survives_a_release_that_defines_its_metrics_otherwise(inside, verify, release):
    with inside():
        evaluate_contract(story().contract, THE_DAY)
    release(numerator=EVERYTHING)
    assert verify() == (0, ["3 judgements, each the same again"])


def test_months_are_judged_anew_by_a_new_definition_and_both_can_be_repeated(app, inside, verify, release):
    with inside():
        evaluate_contract(story().contract, THE_DAY)
    release(numerator=EVERYTHING)
    said = app.test_cli_runner().invoke(args=["recompute"]).stdout
    assert said == "1 contracts judged; 3 months came out differently and are stored.\n"
    assert verify() == (0, ["6 judgements, each the same again"])
    with inside() as session:
        values = [
            found.value
            for row in session.scalars(select(Evaluation).where(Evaluation.month == "2026-07").order_by(Evaluation.id))
            for found in row.findings
            if found.service_level == "voice-service-level"
        ]
        assert values == ["79", "100"]
        assert len(session.scalars(select(Definitions)).all()) == 2


def test_without_its_definitions_a_judgement_is_said_to_be_of_another_catalogue(inside, release, monkeypatch):
    with inside():
        evaluate_contract(story().contract, THE_DAY)
        release(numerator=EVERYTHING)
        monkeypatch.setattr(recomputing, "_catalogue", lambda _: recomputing.CATALOGUE)
        stored = db.session.scalars(select(Evaluation).where(Evaluation.month == "2026-07")).one()
        again = recomputing.recompute(stored)
        said = [difference.words for difference in recomputing.differences(stored, again)]
        assert said[0] == "judged with another catalogue, whose definitions are not kept"
        assert "voice-service-level comes out differently" in said


def test_a_judgement_of_another_engine_is_said_to_be_one(inside, monkeypatch):
    with inside():
        evaluate_contract(story().contract, THE_DAY)
        stored = db.session.scalars(select(Evaluation).where(Evaluation.month == "2026-07")).one()
        again = next(month for month in judge(stored.contract, THE_DAY) if str(month.month) == "2026-07")
        other = replace(again, foundation=Foundation(lambda: {**again.inputs, "engine": "next"}))
        monkeypatch.setattr(recomputing, "ENGINE_VERSION", "next")
        [difference] = recomputing.differences(stored, other)
        assert difference.words == f"judged by engine {stored.engine_version}, and this is engine next"


def test_definitions_can_never_be_changed(inside):
    with inside():
        evaluate_contract(story().contract, THE_DAY)
    with inside(), pytest.raises(DatabaseError, match="append-only"), write() as session:
        session.scalars(select(Definitions)).one().document = {}
