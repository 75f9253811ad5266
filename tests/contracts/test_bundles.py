"""Several term sheets at once: a row for each says what it would make or what is wrong; one step makes all or none."""

import io
import re

import pytest
from sqlalchemy import func, select

from app.contracts.bundles import MOST, MOST_BYTES, SentFile, joined, parts_of
from app.contracts.models import Contract, TermsVersion
from app.events import Event
from tests.contracts.conftest import SHEET

SECOND = SHEET.replace("SOW-9", "SOW-10")
TWO = f"{SHEET.rstrip()}\n---\n{SECOND}"


def counts(inside) -> tuple[int, ...]:
    with inside() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(table)) for table in (Contract, TermsVersion, Event)
        )


def seen_in(page: str) -> dict[str, str]:
    """What the button of the second look sends."""
    return {"seen": re.search(r'name="seen"[^>]*value="(\w{64})"', page)[1], "text": TWO}


def test_two_sheets_are_looked_at_and_then_made_in_one_step(as_, inside, paper):
    mia, before = as_("mia"), counts(inside)
    look = mia.post("/term-sheets", data={"text": TWO, "note": "From the archive."})
    assert look.status_code == 200
    assert counts(inside) == before
    for words in ("SOW-9", "SOW-10", "Import all 2 as drafts", "with 6 service levels", "from 1 Nov 2025"):
        assert words in look.text
    made = mia.post("/term-sheets", data=seen_in(look.text))
    assert made.status_code == 303
    contracts, versions, events = (after - then for after, then in zip(counts(inside), before, strict=True))
    assert (contracts, versions) == (2, 2)
    assert events == 4, "each contract and each draft stands in the record"


def test_a_sheet_whose_contract_ends_may_follow_one_whose_does_not(as_, inside, paper):
    """Ends are stated with the partner held, and all are held before the first contract is on the record."""
    ends = SECOND.replace("reference: SOW-10", "reference: SOW-10, ends_on: 2027-10-31")
    text = f"{SHEET}\n---\n{ends}"
    mia = as_("mia")
    look = mia.post("/term-sheets", data={"text": text})
    assert mia.post("/term-sheets", data={**seen_in(look.text), "text": text}).status_code == 303
    with inside() as session:
        ended = session.scalars(select(Contract.reference).where(Contract.ends_on.is_not(None))).all()
    assert ended == ["SOW-10"]


def test_several_files_are_one_text_with_their_names(as_, inside, paper):
    files = [(io.BytesIO(text.encode()), name) for text, name in ((SHEET, "one.yaml"), (SECOND, "two.yml"))]
    look = as_("mia").post("/term-sheets", data={"file": files})
    assert look.status_code == 200
    assert "# two.yml" in look.text
    assert look.text.count("A contract, and the draft of its terms") == 2


def test_what_is_wrong_is_told_by_sheet_line_and_path_and_nothing_is_made(as_, inside, paper):
    mia, before = as_("mia"), counts(inside)
    text = TWO[: TWO.index("---\n")] + "---\n" + SECOND.replace("metric: qa", "metric: qaa")
    line = next(number for number, each in enumerate(text.splitlines(), 1) if "qaa" in each)
    answer = mia.post("/term-sheets", data={"text": text})
    assert answer.status_code == 422
    assert "1 of 2 sheets to put right" in answer.text
    assert f"Line {line}, service_levels.3.metric:" in answer.text
    assert "Import all" not in answer.text
    assert counts(inside) == before


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (SHEET, "stands in an earlier sheet of this text"),
        (SHEET.replace("SOW-9", "SOW-7"), "Another contract of this partner has the reference SOW-7."),
        (SECOND.replace("partner: Cedar", "partner: Nobody"), "there is no partner"),
        ("a: [", "Line "),
        ("just words", "a term sheet begins with keys and values"),
    ],
)
def test_a_sheet_that_cannot_be_made_stops_all_of_them(as_, inside, paper, second, words):
    before = counts(inside)
    answer = as_("mia").post("/term-sheets", data={"text": f"{SHEET}\n---\n{second}"})
    assert answer.status_code == 422
    assert words in answer.text
    assert counts(inside) == before


def test_what_was_not_looked_at_is_not_made(as_, inside, paper):
    mia, before = as_("mia"), counts(inside)
    sent = seen_in(mia.post("/term-sheets", data={"text": TWO}).text)
    other = mia.post("/term-sheets", data={**sent, "text": TWO.replace("SOW-10", "SOW-11")})
    assert other.status_code == 200
    assert "SOW-11" in other.text
    assert counts(inside) == before


def test_who_does_not_see_the_partner_makes_no_contract_of_it(as_, inside, paper, others):
    before = counts(inside)
    answer = as_("max").post("/term-sheets", data={"text": TWO})
    assert answer.status_code == 422
    assert "2 of 2 sheets to put right" in answer.text
    assert counts(inside) == before


def test_more_than_a_person_looks_through_is_refused(as_, paper):
    answer = as_("mia").post("/term-sheets", data={"text": f"{SHEET}\n---\n" * (MOST + 1)})
    assert answer.status_code == 422
    assert f"at most {MOST} are taken at once" in answer.text


@pytest.mark.parametrize("number", [1, 2])
def test_a_file_without_a_sheet_is_refused_by_its_name_and_not_passed_over(as_, inside, paper, number):
    before = counts(inside)
    right = [(SHEET, "one.yaml"), (SECOND, "two.yaml")]
    sent = [*right[:number], ("# still to come\n---\n", "three.yaml")]
    files = [(io.BytesIO(text.encode()), name) for text, name in sent]
    answer = as_("mia").post("/term-sheets", data={"file": files})
    assert answer.status_code == 422
    assert "three.yaml: there is no term sheet in this file." in answer.text
    assert counts(inside) == before


def test_what_the_second_step_could_not_bring_is_refused_at_the_first(as_, paper):
    long = "# as agreed\n" * (MOST_BYTES // 24)
    answer = as_("mia").post("/term-sheets", data={"text": f"{long}{TWO}{long}"})
    assert answer.status_code == 422
    assert "more than 1 MB of text" in answer.text


def test_what_yaml_is_told_before_a_sheet_makes_no_second_one_of_it(as_, paper):
    assert as_("mia").post("/term-sheets", data={"text": f"%YAML 1.1\n---\n{SHEET}"}).status_code == 303


def test_a_banner_of_comments_is_read_at_once():
    """Comments and empty lines can be parted in very many ways; a minute would not do for these."""
    assert parts_of("# a ###\n\n" * 200 + "a: 1\n") == ["# a ###\n\n" * 200 + "a: 1\n"]


def test_a_part_keeps_its_lines_and_what_says_nothing_is_no_part():
    text = joined([SentFile("one.yaml", "---\na: 1\n"), SentFile("two.yaml", "b: 2\n")])
    parts = parts_of(text)
    assert [part.strip().splitlines()[-1] for part in parts] == ["a: 1", "b: 2"]
    for part in parts:
        last = part.rstrip().splitlines()
        assert text.splitlines()[len(last) - 1] == last[-1]
    assert joined([SentFile("one.yaml", "a: 1\n")]) == "a: 1\n"
