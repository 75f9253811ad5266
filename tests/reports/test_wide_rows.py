"""A row of a text table with a cell too many is refused with its row, however the table is read."""

import io

import pytest
from sqlalchemy import select

from app.reports.histories.files import HistoryFile
from app.reports.models import Submission
from tests.reports.past_months import rows_for
from tests.reports.past_months import upload as bring
from tests.reports.test_mapping import fields_of

TOO_MANY = "This row has {} cells, and there are {} headings."
SIDE_BY_SIDE = "Site;Line;What;Aug 2026;Sep 2026"
FIGURES = {"Offered": ("1000", "1400"), "Answered": ("900", "1300"), "Answered in threshold": ("800", "1200")}


def test_a_part_that_is_added_up_is_none(report, upload, as_, look):
    key = report()
    rows = [f"cedar-one,{queue},{team},500,480,400,20" for queue in ("cedar-voice", "cedar-chat") for team in "AB"]
    rows[1] = rows[1].replace("480", "4,80")
    asked = upload("ana", key, "\n".join(["Site,Line,Team,Offered,Answered,In SLA,Abandoned", *rows]).encode(), "a.csv")
    said = {**fields_of(asked.text), "leave_out": "y", "confirm": "yes", "adds_up": "y"}
    as_("ana").post(asked.request.path, data=said)
    told = [(each["place"], each["words"]) for each in look(key)["draft"]["problems"]]
    assert [place for place, words in told if words.startswith(TOO_MANY.format(8, 7))] == ["Row 3"]


@pytest.fixture
def refused(as_, inside):
    """What a history file was refused with; nothing of it is imported."""

    def read() -> list[str]:
        with inside() as session:
            assert session.scalars(select(Submission)).all() == []
            kept = session.scalars(select(HistoryFile)).one()
            return [f"{each['place']}: {each['words'].partition('. ')[0]}." for each in kept.problems]

    return read


@pytest.mark.usefixtures("two_contracts")
@pytest.mark.parametrize("more", ["", ",lea@cedar.example"], ids=["of figures", "of personal data"])
def test_a_row_of_a_history_is_none(as_, refused, more):
    first, second = rows_for("cedar")
    held = bring(as_("mia"), first if more else first.replace("1000", "1,000"), f"{second}{more}")
    if more:
        as_("mia").post(f"{held.location}/left-out-columns")
    assert refused() == [f"Row {3 if more else 2}: {TOO_MANY.format(9, 8)}"]


@pytest.mark.usefixtures("two_contracts")
@pytest.mark.parametrize("wrong", [False, True], ids=["as they are", "with one too many"])
def test_a_row_of_months_side_by_side_is_none(as_, refused, wrong):
    rows = [f"cedar-one;cedar-voice;{name};{';'.join(given)}" for name, given in FIGURES.items()]
    if wrong:
        rows[2] = rows[2].replace("800;", "8;00;")
    body = "\n".join([SIDE_BY_SIDE, *rows]).encode()
    asked = as_("mia").post("/history-imports", data={"file": (io.BytesIO(body), "a.csv")}, follow_redirects=True)
    said = {**fields_of(asked.text), "leave_out": "y", "confirm": "yes"}
    answer = as_("mia").post(asked.request.path, data=said, follow_redirects=True)
    if wrong:
        assert refused()[0] == f"Row 4: {TOO_MANY.format(6, 5)}"
    else:
        assert answer.request.path.startswith("/history-imports/"), answer.text
