"""Term sheets: in and out without loss, every error by its line."""

import io

import pytest

from app.contracts.differences import differences
from app.contracts.sheets import SheetUnreadable, read_sheet, write_sheet
from tests.contracts.conftest import SHEET


def places(text: str) -> list[str]:
    sheet = read_sheet(text)
    return [str(place) for place in sheet.locate(sheet.problems())]


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_a_sheet_is_written_and_read_without_loss():
    sheet = read_sheet(SHEET)
    assert sheet.problems() == []
    again = read_sheet(write_sheet(sheet.document, sheet.head))
    assert (again.document, again.head) == (sheet.document, sheet.head)


def test_dates_times_and_numbers_need_no_quotes():
    document = read_sheet(SHEET).document
    assert document["effective_from"] == "2025-11-01"
    assert document["calendar"]["due"] == {"working_day": 5, "time": "17:00"}
    assert document["service_levels"][0]["expected"]["value"] == "80"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("abandonmant", ': did you mean "abandonment"?'),
        ("average_handling_time", ': did you mean "aht"?'),
        ("zzz", "."),
    ],
)
def test_an_unknown_metric_is_named_with_line_path_and_what_was_meant(written, meant):
    text = SHEET.replace("metric: abandonment", f"metric: {written}")
    line = line_of(text, written)
    assert places(text) == [
        f'line {line}: service_levels.1.metric: there is no metric "{written}"{meant} docs/metrics.md lists all'
    ]


def test_shape_and_meaning_are_listed_together():
    text = SHEET.replace("currency: USD", "curency: USD").replace("pool: 200", "pool: 100")
    found = places(text)
    assert any("contract: lacks currency" in place for place in found)
    assert any("credits.pool: the allocations come to 200 %" in place for place in found)
    assert all(place.startswith("line ") for place in found)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: [", 2, "expected"),
        ("a: {b: 80,5}", 1, '"5" stands behind a comma: write numbers as 1500 and 97.5'),
        ("a: {b: 410,000}", 1, '"000" stands behind a comma'),
        ("a:\n\tb: 1", 2, "a tab: indent with spaces"),
        ("a: {b: >=, c: 80}", 1, 'put the text in quotes, such as ">="'),
        ("a:\n  b: >=\n", 2, 'a comparator stands in quotes: ">="'),
        ("a: Schedule 3: 4.1", 1, "a colon within a text: put the text in quotes"),
        ("a: [b\nc: 1\nd: 2}", 1, "a bracket or quote that is opened here is not closed"),
        ("- 1", 1, "begins with keys and values"),
        ("a: 1\na: 2", 2, '"a" stands here twice'),
        ("a: &x {b: 1}\nc: *x", 2, "aliases"),
        (f"a: {'[' * 500}{']' * 500}", 1, "nested deeper"),
        ("a: \x00", 1, "characters that no YAML text has"),
        ('a: 1\nb: "two\\0"', 2, "this text holds a zero byte"),
        ("a: 1\n? {b: c}\n: d", 2, "a key must be a word"),
        ("a: 1\n'': 2", 2, "a key must be a word"),
        (" " * 300_000, 1, "at most 256 kB"),
    ],
)
def test_what_is_no_sheet_is_refused_by_its_line(text, line, words):
    with pytest.raises(SheetUnreadable, match=words) as refused:
        read_sheet(text)
    assert refused.value.line == line


def test_a_tag_means_nothing_and_texts_stay_texts():
    assert read_sheet("a: !!python/object/apply:os.system [ls]").document == {"a": ["ls"]}


def test_differences_are_told_in_the_words_of_the_contract():
    before = read_sheet(SHEET).document
    after = read_sheet(
        SHEET.replace("{comparator: '>=', value: 80}", "")
        .replace("value: 80", "value: 82")
        .replace("at_risk: 10", "at_risk: 12")
    ).document
    assert [str(difference) for difference in differences(before, after)] == [
        "Service level, English voice, Expected: at least 82\u00a0% instead of at least 80\u00a0%",
        "Credits, At risk: 12\u00a0% of the month's charges instead of 10\u00a0% of the month's charges",
    ]
    assert differences(before, before) == ()


def test_the_export_of_a_contract_imports_as_it_is(as_, inside, paper):
    mia = as_("mia")
    exported = mia.get(f"/terms/{paper.draft}/sheet.yaml")
    assert exported.headers["Content-Disposition"].startswith("attachment; filename=cedar-SOW-7-terms-2.yaml")
    sheet = {"file": (io.BytesIO(exported.data), "terms.yaml"), "note": "as exported"}
    answer = mia.post(f"/contracts/{paper.contract}/term-sheets", data=sheet)
    assert answer.status_code == 303
    key = answer.location.rsplit("/", 1)[1]
    assert paper.document(inside, key) == paper.document(inside)


def test_a_sheet_becomes_a_new_contract_with_its_draft(as_, inside, paper):
    mia = as_("mia")
    answer = mia.post("/term-sheets", data={"text": SHEET})
    assert answer.status_code == 303
    assert paper.document(inside, answer.location.rsplit("/", 1)[1]) == read_sheet(SHEET).document
    again = mia.post("/term-sheets", data={"text": SHEET})
    assert again.status_code == 422
    assert "contract.reference" in again.text
    assert "Choose another.<" in again.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("partner: Cedar", "partner: Nobody"), "there is no partner &#34;Nobody&#34;"),
        (("zone: America/Bogota", "zone: Mars/Base"), "is no IANA time zone"),
        (("currency: USD", "currency: XXX"), "is not a currency"),
        (("starts_on: 2025-11-01", "starts_on: 2025-13-01"), "contract.starts_on"),
        (
            ("starts_on: 2025-11-01", "starts_on: 2025-11-01, ends_on: 2025-10-31"),
            "2025-10-31 is before the contract&#39;s first day, 2025-11-01",
        ),
        (("site: MDE", "site: MARS"), "&#34;MARS&#34; is not a site of this partner"),
        (("metric: qa", "metric: qaa"), "there is no metric &#34;qaa&#34;"),
        (("contract:", "contracts:"), "needs its head"),
        (("schema: accord-terms/1", "schema: accord-terms/9"), "accord-terms/9"),
    ],
)
def test_a_wrong_sheet_imports_nothing_and_comes_back_as_it_was(as_, paper, change, words):
    text = SHEET.replace(*change)
    answer = as_("mia").post("/term-sheets", data={"text": text})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Line " in answer.text
    assert "english-voice-service-level" in answer.text, "the text is still there to mend"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"text": ""}, "choose a file or paste the sheet"),
        ({"file": (io.BytesIO(b"\xff\xfe\x00PK"), "terms.xlsx")}, "this file is not a text in UTF-8"),
        ({"text": "a: ["}, "Line 1"),
    ],
)
def test_what_is_no_text_is_refused_with_a_reason(as_, paper, data, words):
    answer = as_("mia").post("/term-sheets", data=data)
    assert answer.status_code == 422
    assert words in answer.text


def test_a_sheet_of_another_contract_is_no_amendment(as_, paper):
    answer = as_("mia").post(f"/contracts/{paper.contract}/term-sheets", data={"text": SHEET})
    assert answer.status_code == 422
    assert "this contract is SOW-7" in answer.text


def test_an_amendment_that_is_no_text_is_refused_like_a_new_contract(as_, paper):
    sent = {"file": (io.BytesIO("name: España".encode("latin-1")), "terms.yaml")}
    answer = as_("mia").post(f"/contracts/{paper.contract}/term-sheets", data=sent)
    assert answer.status_code == 422
    assert "this file is not a text in UTF-8" in answer.text


def test_a_sheet_dated_before_the_terms_in_force_is_no_amendment(as_, paper):
    text = SHEET.replace("SOW-9", "SOW-7")
    answer = as_("mia").post(f"/contracts/{paper.contract}/term-sheets", data={"text": text})
    assert answer.status_code == 422
    assert "terms in force are effective from 1 Nov 2025 already" in answer.text


def test_an_amendment_keeps_the_month_in_which_contract_years_begin(as_, paper):
    text = SHEET.replace("SOW-9", "SOW-7").replace("2025-11-01", "2027-02-01") + "contract_year: {starts: 2026-02-01}\n"
    answer = as_("mia").post(f"/contracts/{paper.contract}/term-sheets", data={"text": text})
    assert answer.status_code == 422
    assert "contract years, so that earlier ones would be cut anew: keep 2026-11-01" in answer.text


def test_the_command_line_checks_and_compares(app, tmp_path):
    right, wrong = tmp_path / "right.yaml", tmp_path / "wrong.yaml"
    right.write_text(SHEET, encoding="utf-8")
    wrong.write_text(SHEET.replace("metric: qa", "metric: qaa").replace("pool: 200", "pool: 9"), encoding="utf-8")
    runner = app.test_cli_runner()
    assert "right; 6 service levels" in runner.invoke(args=["terms", "check", str(right)]).output
    refused = runner.invoke(args=["terms", "check", str(wrong)])
    assert refused.exit_code == 1
    assert "service_levels.3.metric" in refused.output
    told = runner.invoke(args=["terms", "diff", str(right), str(wrong)])
    assert "Credits, Pool: 9\u00a0% of the amount at risk" in told.output


def test_who_may_import_and_export(as_, paper, others):
    for url in ("/term-sheets/new", f"/contracts/{paper.contract}/term-sheets/new"):
        assert as_("mia").get(url).status_code == 200
        for name in ("leo", "dora", "finn", "gus"):
            assert as_(name).get(url).status_code == 403
    assert as_("max").get(f"/contracts/{paper.contract}/term-sheets/new").status_code == 404
    assert as_("max").post(f"/contracts/{paper.contract}/term-sheets").status_code == 404
    assert as_("max").post("/term-sheets", data={"text": SHEET}).status_code == 422, "Cedar is not there for Max"
    assert as_("leo").get(f"/terms/{paper.in_force}/sheet.yaml").status_code == 200
    assert as_("ana").get(f"/terms/{paper.in_force}/sheet.yaml").status_code == 403
    assert as_("leo").get(f"/terms/{paper.draft}/sheet.yaml").status_code == 404
    assert as_("leo").get(f"/terms/{others.in_force}/sheet.yaml").status_code == 404
