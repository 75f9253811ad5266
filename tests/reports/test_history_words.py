"""Past months in words of their own: mapped once for the whole file, however laid out, and remembered."""

import io
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select

from app import clock, jobs, tenancy
from app.extensions import write
from app.reports.histories.files import HistoryFile, expire
from app.reports.mapping.models import RememberedMap
from app.reports.models import Submission
from tests.reports.test_mapping import fields_of
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.usefixtures("two_contracts")
FIGURES = {"2026-08": (1000, 900, 800), "2026-09": (1400, 1300, 1200)}
NAMES = ("Contacts offered", "Handled", "In SLA")


def book(*sheets: tuple[str, list]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    body = io.BytesIO()
    made.save(body)
    return body.getvalue()


def month_rows(*codes: str, heading: str = "Contacts offered") -> list:
    """A row per month and partner, under words that are nobody's template."""
    rows = [[code, month, f"{code}-one", f"{code}-voice", *given] for code in codes for month, given in FIGURES.items()]
    return [
        ["Calls by supplier"],
        ["Supplier", "Period", "Location", "Line", heading, *NAMES[1:], "Remarks on it"],
        *rows,
    ]


@pytest.fixture
def bring(as_):
    """`bring(content)`: the answer to the form's post, redirects followed."""

    def post(content: bytes, who: str = "mia", name: str = "past.xlsx", **said):
        data = {"file": (io.BytesIO(content), name), **said}
        return as_(who).post("/history-imports", data=data, follow_redirects=True)

    return post


@pytest.fixture
def confirm(as_):
    """`confirm(answer)`: the mapping's form as it stands is posted, with changes."""

    def post(answer, who: str = "mia", **changes):
        data = {**fields_of(answer.text), "leave_out": "y", "confirm": "yes", **changes}
        return as_(who).post(answer.request.path, data=data, follow_redirects=True)

    return post


@pytest.fixture
def imported(inside):
    """Offered by partner and month, of what was imported."""

    def read() -> dict:
        with inside() as session:
            return {
                (sent.report.contract.partner.code, sent.report.month): line.measures["offered"]
                for sent in session.scalars(select(Submission))
                for line in sent.lines
            }

    return read


def test_a_foreign_workbook_is_asked_about_once_and_read_by_its_own_columns(bring, confirm, imported, inside):
    asked = bring(book(("Calls", month_rows("cedar", "birch"))))
    assert asked.request.path.endswith("/mapping")
    done = confirm(asked)
    assert done.request.path.startswith("/history-imports/"), done.text
    assert imported() == {
        **{("cedar", "2026-08"): "1000", ("cedar", "2026-09"): "1400"},
        **{("birch", "2026-08"): "1000", ("birch", "2026-09"): "1400"},
    }
    with inside() as session:
        assert set(session.scalars(select(Submission.mapping_number))) == {1}
        kept = {each.contract.partner.code: each.document for each in session.scalars(select(RememberedMap))}
    assert "birch" not in str(kept["cedar"])
    assert "cedar" not in str(kept["birch"])


def test_a_file_that_has_our_headings_for_its_places_and_its_own_for_figures_is_asked_about(bring, confirm, imported):
    rows = month_rows("cedar")[1:]
    rows[0][:4] = ["Partner", "Month", "Site", "Queue"]
    asked = bring(book(("Calls", rows)))
    assert asked.request.path.endswith("/mapping"), asked.text
    confirm(asked)
    assert imported() == {("cedar", "2026-08"): "1000", ("cedar", "2026-09"): "1400"}


def test_rows_of_the_client_are_never_mapped_as_the_partners_own(bring, imported):
    whose = ("Party", "partner", "client")
    rows = [[*row[:7], party] for row, party in zip(month_rows("cedar")[1:], whose, strict=True)]
    rows[0][:4] = ["Partner", "Month", "Site", "Queue"]
    answer = bring(book(("Calls", rows)))
    assert "The contract SOW-1 asks for none of these figures in Sep 2026." in answer.text
    assert imported() == {}


def test_the_only_queue_of_the_contract_is_proposed_where_no_column_names_one(bring):
    rows = [["Period", "Location", *NAMES]]
    rows += [[month, "birch-one", *given] for month, given in FIGURES.items()]
    fields = fields_of(bring(book(("Calls", rows))).text)
    assert fields["role_3"] == "fix:birch-voice", fields


def test_the_style_in_which_texts_were_read_is_told_by_its_name(bring, confirm):
    rows = [[f"{each:,}" if isinstance(each, int) else each for each in row] for row in month_rows("cedar")]
    done = confirm(bring(book(("Calls", rows))))
    assert "Figures that are text were read as 1,234.5 is written." in done.text


def test_the_next_file_needs_no_click_and_a_changed_heading_is_shown(bring, confirm, imported, as_):
    first = confirm(bring(book(("Calls", month_rows("cedar")))))
    as_("mona").post(f"{first.request.path}/refusal")
    again = bring(book(("Calls", month_rows("cedar"))))
    assert again.request.path.startswith("/history-imports/")
    assert bring(book(("Calls", month_rows("cedar"))), anew="y").request.path.endswith("/mapping")
    as_("mona").post(f"{again.request.path}/refusal")
    changed = bring(book(("Calls", month_rows("cedar", heading="Contacts offered in all"))))
    assert "“Contacts offered” reads “Contacts offered in all” now" in changed.text


@pytest.mark.parametrize("layout", ["sheets of months", "months side by side", "groups of months", "names of figures"])
def test_however_its_months_are_laid_out_the_figures_are_the_same(bring, confirm, imported, layout):
    months = list(FIGURES)
    place = ["cedar-one", "cedar-voice"]
    named = ["Location", "Line"]
    wide = [value for given in FIGURES.values() for value in given]
    content = {
        "sheets of months": book(*((month, [[*named, *NAMES], [*place, *given]]) for month, given in FIGURES.items())),
        "months side by side": book(
            (
                "cedar-one",
                [["Line", "What", "Unit", *months]]
                + [["cedar-voice", name, "calls", *(FIGURES[m][at] for m in months)] for at, name in enumerate(NAMES)],
            ),
            ("Cover", [["Report", "by"], ["of", "Cedar"]]),
        ),
        "groups of months": book(
            (
                "Calls",
                [
                    [None, None, "Aug 2026", None, None, "Sep 2026", None, None],
                    [*named, *NAMES, *NAMES],
                    [*place, *wide],
                ],
            )
        ),
        "names of figures": book(
            (
                "Calls",
                [["Month", *named, "KPI", "Value"]]
                + [
                    [month, *place, name, value]
                    for month, given in FIGURES.items()
                    for name, value in zip(NAMES, given, strict=True)
                ],
            )
        ),
    }[layout]
    asked = bring(content)
    assert asked.request.path.endswith("/mapping"), asked.text
    changes = {"role_0": "fix:cedar SOW-1"}
    if layout == "months side by side":
        changes["role_2"] = "fix:cedar-one"
    done = confirm(asked, **changes)
    assert done.request.path.startswith("/history-imports/"), done.text
    assert imported() == {("cedar", "2026-08"): "1000", ("cedar", "2026-09"): "1400"}


@pytest.mark.parametrize("months", ["a number", "beside their year", "by name beneath their year"])
def test_months_of_a_foreign_workbook_may_be_numbers_or_stand_beside_their_year(bring, confirm, imported, months):
    named, august, september = {
        "a number": (["Period"], [202608], [202609]),
        "beside their year": (["Yr", "Month"], [2026, 8], [2026, 9]),
        "by name beneath their year": (["FY", "Mth"], [2026, "August"], [None, "Sep"]),
    }[months]
    place, given = ["cedar-one", "cedar-voice"], list(FIGURES.values())
    rows = [[*named, "Location", "Line", *NAMES], [*august, *place, *given[0]], [*september, *place, *given[1]]]
    done = confirm(bring(book(("Calls", rows))), role_0="fix:cedar SOW-1")
    assert done.request.path.startswith("/history-imports/"), done.text
    assert imported() == {("cedar", "2026-08"): "1000", ("cedar", "2026-09"): "1400"}


def test_days_are_added_up_to_months_and_a_month_that_is_not_whole_is_known_as_such(bring, confirm, inside):
    days = [[f"{day:02}/09/2026", "cedar-one", "cedar-voice", 10, 9, 8] for day in range(1, 15)]
    done = confirm(
        bring(book(("Days", [["Date", "Location", "Line", *NAMES], *days]))), role_0="fix:cedar SOW-1", adds_up="y"
    )
    assert done.request.path.startswith("/history-imports/"), done.text
    with inside() as session:
        (line,) = session.scalars(select(Submission)).one().lines
        assert (line.measures, line.days_reported) == (
            {"offered": "140", "answered": "126", "answered_in_threshold": "112"},
            14,
        )


def test_days_that_read_two_ways_are_refused(bring, confirm):
    days = [["05/09/2026", "cedar-one", "cedar-voice", 10, 9, 8]]
    done = confirm(bring(book(("Days", [["Date", "Location", "Line", *NAMES], *days]))), role_0="fix:cedar SOW-1")
    assert "“05/09/2026” may be two days" in done.text


def test_a_figure_that_the_file_does_not_have_is_not_available_and_never_zero(bring, confirm, inside, as_):
    rows = [[row[0], *row[1:6]] for row in month_rows("cedar")[1:]]
    done = confirm(bring(book(("Calls", rows))), role_6="")
    with inside() as session:
        lines = [line for sent in session.scalars(select(Submission)) for line in sent.lines]
        assert [line.unavailable for line in lines] == [{"answered_in_threshold": "Not in the imported file"}] * 2
    assert '<td data-label="Not in the file">Answered in threshold</td>' in as_("mona").get(done.request.path).text


def test_what_looks_unusual_is_confirmed_with_a_comment_that_the_second_person_reads(bring, as_, inside):
    heading = "Partner,Month,Site,Queue,offered,answered,answered_in_threshold\n"
    rows = "cedar,2026-08,cedar-one,cedar-voice,1000,900,800\ncedar,2026-09,cedar-one,cedar-voice,9000,8000,7000\n"
    warned = bring((heading + rows).encode(), name="past.csv")
    assert "is 9 times the 1,000 reported for August 2026" in warned.text
    assert "birch" not in warned.text.lower()
    path = f"{warned.request.path}/confirmation"
    seen = warned.text.split('name="seen"')[1].split('value="')[1].split('"')[0]
    mia = as_("mia")
    assert mia.post(path, data={"seen": seen, "comment": " "}).status_code == 422
    assert mia.post(path, data={"seen": "other", "comment": "A sale"}).status_code == 409
    with inside() as session:
        assert session.scalars(select(Submission)).all() == []
    done = mia.post(path, data={"seen": seen, "comment": "A sale in September"}, follow_redirects=True)
    shown = as_("mona").get(done.request.path).text
    assert "A sale in September" in shown
    assert "is 9 times the 1,000 reported for August 2026" in shown
    assert as_("mona").get(warned.request.path).status_code == 404


def test_how_the_rows_were_read_is_told_to_the_second_person_and_nothing_of_another_partner(bring, confirm, as_):
    total = ["Grand total", None, None, None, 2400, 2200, 2000]
    answer = confirm(bring(book(("Data", [*month_rows("cedar"), total]))))
    words = as_("mona").get(answer.request.path).text
    assert "How the file was read" in words
    assert "was not read: it is a total (“Grand total”)." in words
    both = [*month_rows("birch", heading="Contacts offered (thousands)"), total]
    both.append(["cedar", "2026-10", "cedar-one", "cedar-voice", 1, 900, 800])
    answer = confirm(bring(book(("Data", both)), anew="y"))
    words = as_("mona").get(answer.request.path).text
    assert words.count("Offered was converted from thousands to contacts (column E).") == 1
    assert words.count("How the") == 1
    assert "Grand total" not in words


@pytest.mark.portable
def test_a_file_whose_questions_nobody_answers_goes_after_a_while(bring, app, inside, as_):
    waiting = bring(book(("Past", month_rows("cedar")))).request.path.removesuffix("/mapping")

    def kept(days: int) -> bool:
        with app.app_context(), clock.at(THE_DAY + timedelta(days=days)):
            with tenancy.unscoped("job claim"), write():
                jobs.enqueue("history.expire", 0)
            jobs.run_pending()
        with inside() as session:
            return session.scalars(select(HistoryFile.content)).one() is not None

    assert (kept(30), kept(31)) == (True, False)
    assert "Nobody answered what this file asks within 30 days" in as_("mia").get(waiting).text


@pytest.mark.parametrize("state", ["waiting", "checking"])
def test_a_file_that_was_answered_late_is_checked_and_does_not_go(bring, app, inside, state):
    bring(book(("Past", month_rows("cedar"))))
    with inside() as session, write():
        session.scalars(select(HistoryFile)).one().state = state
    with app.app_context(), clock.at(THE_DAY + timedelta(days=31)), tenancy.unscoped("job claim"):
        expire(None)
    with inside() as session:
        assert session.scalars(select(HistoryFile.state)).one() == state


def test_a_tick_for_more_columns_than_are_left_out_holds_for_those_that_are(bring, confirm):
    rows = [[*row, "North" if place else "Region"] for place, row in enumerate(month_rows("cedar"))]
    asked = bring(book(("Data", rows)))
    shown = fields_of(asked.text)["shown_left_out"]
    refused = confirm(asked, shown_left_out="99")
    assert "Other columns are left out now than when you ticked this" in refused.text
    assert confirm(asked, shown_left_out=f"{shown},99").request.path.startswith("/history-imports/")


def test_figures_that_a_workbook_does_not_have_stand_apart_where_they_are_many(bring):
    rows = [row[:5] for row in month_rows("cedar")]
    near, _, apart = bring(book(("Calls", rows))).text.partition("4 figures that your workbook does not have")
    assert "Column for Offered" in near
    assert "Column for Offered" not in apart
    assert "Column for Answered" not in near
    assert "Column for Answered" in apart
