"""What the arithmetic may know at an instant: approved figures, and where each report stands."""

from datetime import timedelta

from app.domain.facts import ReportKey, Standing
from app.reports.facts import facts_of
from tests.domain.story import FIGURES, SEPTEMBER
from tests.performance.history import begin, by_kind, story
from tests.rig.people import THE_DAY

SERVICE = ReportKey(SEPTEMBER, "service", "partner")
VALUES = by_kind(FIGURES[SEPTEMBER])["service"]


def standing(history, at) -> Standing:
    return facts_of(history.contract, at).status(SERVICE.month, SERVICE.kind, SERVICE.party).standing


def test_a_report_goes_from_not_due_through_awaiting_to_approved(inside):
    with inside():
        history = begin()
        submission = history.send(SEPTEMBER, "service", VALUES)
        history.decide(submission)
        sent = submission.sent_at
        before, waiting, after = sent - timedelta(hours=1), sent + timedelta(hours=1), sent + timedelta(hours=3)
        found = [standing(history, instant) for instant in (before, waiting, after)]
        assert found == [Standing.NOT_DUE, Standing.AWAITING, Standing.APPROVED]


def test_an_unsent_report_is_overdue_after_its_due_instant_and_not_at_it(inside):
    with inside():
        history = begin()
        history.expect(SEPTEMBER, "service")
        due = history.send(SEPTEMBER, "quality", by_kind(FIGURES[SEPTEMBER])["quality"]).report.due_at
        assert standing(history, due) is Standing.NOT_DUE
        assert standing(history, due + timedelta(seconds=1)) is Standing.OVERDUE


def test_a_waiting_correction_leaves_the_approved_figures_in_place(inside):
    with inside():
        history = begin()
        history.decide(history.send(SEPTEMBER, "service", VALUES))
        history.send(SEPTEMBER, "service", VALUES | {"offered": "41000"}, THE_DAY)
        facts = facts_of(history.contract, THE_DAY)
        assert standing(history, THE_DAY) is Standing.APPROVED
        assert [str(line.values["offered"]) for line in facts.lines] == ["40000"]


def test_the_latest_approved_submission_counts(inside):
    with inside():
        history = begin()
        history.decide(history.send(SEPTEMBER, "service", VALUES))
        history.decide(history.send(SEPTEMBER, "service", VALUES | {"offered": "41000"}, THE_DAY))
        [line] = facts_of(history.contract, THE_DAY + timedelta(hours=4)).lines
        assert str(line.values["offered"]) == "41000"


def test_an_approved_return_without_a_figure_is_nil(inside):
    with inside():
        history = begin()
        history.decide(history.send(SEPTEMBER, "service", {}, nil_reason="The queue is closed."))
        assert standing(history, THE_DAY) is Standing.NIL


def test_a_blank_cell_is_left_out_and_never_zero(inside):
    with inside():
        history = begin()
        history.decide(history.send(SEPTEMBER, "service", VALUES | {"abandoned": ""}))
        [line] = facts_of(history.contract, THE_DAY).lines
        assert "abandoned" not in line.values


def test_facts_take_three_statements_however_much_was_sent(inside, count_statements):
    with inside():
        few, many = begin(), story("birch")
        few.decide(few.send(SEPTEMBER, "service", VALUES))
        counts = []
        for history in (few, many):
            assert history.contract.id
            with count_statements() as statements:
                facts_of(history.contract, THE_DAY)
            counts.append(len(statements))
        assert counts == [3, 3]
