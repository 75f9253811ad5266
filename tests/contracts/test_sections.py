"""The sections of a draft as forms: what is not touched stays, what is wrong is said at its field."""

import re

import pytest

from app.contracts.catalogue import CATALOGUE
from tests.contracts.pages import filled_form

LEVEL = "service-levels/english-voice-service-level"
SECTIONS = ("dates", "coverage", "reporting", "credits", LEVEL, "service-levels/aht", "service-levels/qa")


def send(visitor, url: str, **changes):
    """Open the section, change some fields, post the form; None takes a field out, as an unticked box does."""
    fields = filled_form(visitor.get(url).text, url)
    for name, value in changes.items():
        fields.pop(name, None)
        if value is not None:
            fields[name] = value
    return visitor.post(url, data=fields)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_that_nobody_touched_gives_the_same_document(as_, inside, paper, section):
    before = paper.document(inside)
    answer = send(as_("mia"), f"/terms/{paper.draft}/{section}")
    assert answer.status_code == 303
    assert answer.location == f"/terms/{paper.draft}"
    assert paper.document(inside) == before


def test_dates_are_saved(as_, inside, paper):
    url = f"/terms/{paper.draft}/dates"
    answer = send(as_("mia"), url, due_day="6", due_time="18:30", holidays="2027-01-01 New Year\n\n2026-12-25")
    assert answer.status_code == 303
    calendar = paper.document(inside)["calendar"]
    assert calendar["due"] == {"working_day": 6, "time": "18:30"}
    assert calendar["holidays"] == ["2026-12-25", "2027-01-01"]


def test_public_holidays_are_copied_into_the_list_and_nothing_is_saved_yet(as_, inside, paper):
    before = paper.document(inside)
    answer = send(as_("mia"), f"/terms/{paper.draft}/dates", country="CO", year="2027", fill="1")
    assert answer.status_code == 200
    assert "2027-07-20" in answer.text
    assert "2025-12-08" in answer.text, "what stood there stays"
    assert paper.document(inside) == before


def test_dates_are_saved_without_a_year_of_holidays_to_add(as_, inside, paper):
    url = f"/terms/{paper.draft}/dates"
    assert send(as_("mia"), url, due_day="6", year="").status_code == 303
    assert paper.document(inside)["calendar"]["due"]["working_day"] == 6
    assert "Choose a country and a year" in send(as_("mia"), url, country="CO", year="", fill="1").text


def test_a_date_that_cannot_be_read_is_named_by_its_line(as_, paper):
    answer = send(as_("mia"), f"/terms/{paper.draft}/dates", holidays="2027-01-01\nChristmas")
    assert answer.status_code == 422
    assert "Line 2: “Christmas” is not a date" in answer.text


def test_rows_of_the_coverage_come_and_go_without_javascript(as_, inside, paper):
    url = f"/terms/{paper.draft}/coverage"
    mia = as_("mia")
    longer = send(mia, url, add="1")
    assert longer.status_code == 200
    fields = filled_form(longer.text, url)
    assert fields["rows-3-site"] == [""]
    fields |= {"rows-3-site": ["cedar-one"], "rows-3-queue": ["ES"], "remove": ["rows-1"]}
    shorter = mia.post(url, data=fields)
    fields = filled_form(shorter.text, url)
    assert "rows-3-site" not in fields
    assert mia.post(url, data=fields).status_code == 303
    assert paper.document(inside)["coverage"] == [
        {"site": "cedar-one", "queue": "cedar-voice"},
        {"site": "MDE", "queue": "ES"},
        {"site": "cedar-one", "queue": "ES"},
    ]


def test_markets_are_named_and_a_service_level_is_held_to_one_of_them(as_, inside, paper):
    url, level, mia = f"/terms/{paper.draft}/coverage", f"/terms/{paper.draft}/{LEVEL}", as_("mia")
    assert "rows-0-market" not in filled_form(mia.get(url).text, url)
    assert "markets" not in filled_form(mia.get(level).text, level)
    shown = filled_form(send(mia, url, markets="1").text, url)
    assert mia.post(url, data=shown | {"rows-0-market": ["CO"]}).status_code == 303
    assert paper.document(inside)["coverage"][0]["market"] == "CO"
    assert send(mia, url).status_code == 303
    assert paper.document(inside)["coverage"][0]["market"] == "CO", "a coverage that nobody touched keeps its markets"
    assert send(mia, level, markets="CO").status_code == 303
    assert send(mia, level, sites="cedar-one").status_code == 303
    assert paper.document(inside)["service_levels"][0]["scope"] == {
        "sites": ["cedar-one"],
        "queues": ["cedar-voice"],
        "markets": ["CO"],
    }
    assert "market CO" in mia.get(f"/terms/{paper.draft}").text


def test_when_a_result_is_final_is_written_shown_and_left_to_the_metric_again(as_, inside, paper):
    url, mia = f"/terms/{paper.draft}/{LEVEL}", as_("mia")
    typed = send(mia, url, matures_after="a week", value="")
    assert filled_form(typed.text, url)["matures_after"] == ["a week"]
    assert send(mia, url, matures_after="0").status_code == 303
    assert paper.document(inside)["service_levels"][0]["matures_after"] == "0"
    assert filled_form(mia.get(url).text, url)["matures_after"] == ["0"]
    assert "final 0 days after its window" in mia.get(f"/terms/{paper.draft}").text
    assert send(mia, url, matures_after="400").location == url, "the terms' own limit is said at the field"
    assert "Final after: 400 is not between 0 and 366" in mia.get(url).text
    assert send(mia, url, matures_after="").status_code == 303
    assert "matures_after" not in paper.document(inside)["service_levels"][0]


def test_a_rate_of_reporting_is_counted_by_accord_unless_the_contract_says_otherwise(as_, inside, paper):
    url, mia = f"/terms/{paper.draft}/service-levels/new", as_("mia")
    answer = send(mia, url, metric="report_timeliness", name="Reports in time", value="95")
    assert answer.status_code == 303
    measures = paper.document(inside)["measures"]
    assert [measures[key] for key in ("reports_due", "reports_on_time")] == [{"source": "record"}] * 2
    draft = mia.get(answer.location).text
    assert "Accord itself counts Reports on time, Reports due." in draft
    assert "Nobody reports these" in draft
    reporting = f"/terms/{paper.draft}/reporting"
    fields = filled_form(mia.get(reporting).text, reporting)
    for key in ("reports_due", "reports_on_time"):
        fields[f"{field_of(fields, key)}-source"] = ["client"]
    assert mia.post(reporting, data=fields).status_code == 303
    assert paper.document(inside)["measures"]["reports_due"] == {"source": "client"}
    fields[f"{field_of(fields, 'offered')}-source"] = ["record"]
    assert mia.post(reporting, data=fields).status_code == 422


def test_samples_per_person_and_the_price_of_an_hour_stand_at_their_measures_alone(as_, inside, paper):
    url, mia = f"/terms/{paper.draft}/reporting", as_("mia")
    fields = filled_form(send(mia, url, add="1", further="productive_hours").text, url)
    samples, hours = (field_of(fields, key) for key in ("qa_samples", "productive_hours"))
    assert {name for name in fields if name.endswith(("per_head", "rate"))} == {f"{samples}-per_head", f"{hours}-rate"}
    typed = mia.post(url, data=fields | {f"{hours}-rate": ["14,50"], f"{samples}-per_head": ["4"]})
    assert typed.status_code == 422
    again = filled_form(typed.text, url)
    assert (again[f"{hours}-rate"], again[f"{samples}-per_head"]) == (["14,50"], ["4"])
    assert mia.post(url, data=again | {f"{hours}-rate": ["14.50"]}).status_code == 303
    assert send(mia, url).status_code == 303
    measures = paper.document(inside)["measures"]
    assert measures["qa_samples"] == {"source": "partner", "per_head": "4"}
    assert measures["productive_hours"] == {"source": "partner", "rate": "14.50"}


def field_of(fields: dict[str, list[str]], measure: str) -> str:
    """The row of a measure: `rows-3`."""
    return next(name.removesuffix("-key") for name, values in fields.items() if values == [measure])


def test_one_row_after_the_other_is_removed_and_no_other(as_, paper):
    """What the page shows after a removal is what its buttons name."""
    url, mia = f"/terms/{paper.draft}/reporting", as_("mia")
    fields = filled_form(mia.get(url).text, url)
    for _ in range(3):
        keys = {name: value for name, (value, *_) in fields.items() if name.endswith("-key")}
        first = next(name for name in keys if name.startswith("rows-1-"))
        fields = filled_form(mia.post(url, data={**fields, "remove": first.removesuffix("-key")}).text, url)
        left = [value for name, (value, *_) in fields.items() if name.endswith("-key")]
        assert set(left) == set(keys.values()) - {keys[first]}


def test_a_measure_is_added_with_its_usual_source_and_taken_out_again(as_, inside, paper):
    url = f"/terms/{paper.draft}/reporting"
    mia = as_("mia")
    longer = send(mia, url, add="1", further="nps_responses")
    fields = filled_form(longer.text, url)
    assert fields["rows-11-key"] == ["nps_responses"]
    assert fields["rows-11-source"] == ["client"]
    assert mia.post(url, data=fields).status_code == 303
    assert paper.document(inside)["measures"]["nps_responses"] == {"source": "client"}
    shorter = send(mia, url, remove="rows-11")
    assert mia.post(url, data=filled_form(shorter.text, url)).status_code == 303
    assert "nps_responses" not in paper.document(inside)["measures"]


def test_metrics_are_offered_by_family_and_measures_by_report_and_family(as_, paper):
    mia = as_("mia")
    offered = groups_of(mia.get(f"/terms/{paper.draft}/service-levels/new").text, "metric")
    assert offered == {family: [metric.key for metric in metrics] for family, metrics in CATALOGUE.families.items()}
    further = groups_of(mia.get(f"/terms/{paper.draft}/reporting").text, "further")
    assert further["Staffing: people"][-3:] == ["opening_headcount", "closing_headcount", "on_leave"]
    assert "orders_shipped_late" in further["Service: marketplace sellers"]
    assert "answered" not in further["Service: service level"], "it is asked for already"


def groups_of(text: str, name: str) -> dict[str, list[str]]:
    """The values that a list of choices offers, under the label of each group."""
    chooser = text.partition(f'name="{name}"')[2].partition("</select>")[0]
    groups = re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', chooser, re.DOTALL)
    return {label: re.findall(r'value="([^"]+)"', options) for label, options in groups}


def test_an_agreed_measure_without_tolerance_is_saved_and_its_field_says_what_is_missing(as_, paper):
    url = f"/terms/{paper.draft}/reporting"
    mia = as_("mia")
    answer = send(mia, url, **{"rows-1-source": "agreed"})
    assert answer.location == url
    assert "Something here has still to be put right" in (text := mia.get(url).text)
    assert "how many percent may partner and client differ?" in text


def test_a_new_service_level_brings_its_measures_and_its_report(as_, inside, paper):
    paper.change(inside, lambda document: document["reports"].pop("staffing", None))
    url = f"/terms/{paper.draft}/service-levels/new"
    mia = as_("mia")
    changes = {"name": "Attrition, Bogotá", "metric": "attrition", "comparator": "<=", "value": "4"}
    answer = send(mia, url, **changes)
    assert answer.location == f"/terms/{paper.draft}"
    assert "Reports now ask for Leavers, Average headcount too." in mia.get(answer.location).text
    document = paper.document(inside)
    level = document["service_levels"][-1]
    assert level["key"] == "attrition-bogota"
    assert level["expected"] == {"comparator": "<=", "value": "4"}
    assert {"leavers", "average_headcount"} <= document["measures"].keys()
    assert "staffing" in document["reports"]


def test_a_new_service_level_needs_only_its_metric_and_its_target(as_, inside, paper):
    send(as_("mia"), f"/terms/{paper.draft}/service-levels/new", metric="transfer_rate", value="8", minimum_value="10")
    level = paper.document(inside)["service_levels"][-1]
    assert (level["key"], level["name"]) == ("transfer-rate", "Transfer rate")
    assert level["expected"] == {"comparator": "<=", "value": "8"}, "of transfers, fewer are better"
    assert level["minimum"] == {"comparator": "<=", "value": "10"}


def test_a_minimum_is_left_away_by_emptying_it(as_, inside, paper):
    send(as_("mia"), f"/terms/{paper.draft}/{LEVEL}", minimum_value="")
    assert "minimum" not in paper.document(inside)["service_levels"][0]


def test_a_start_within_a_month_is_finer_than_a_monthly_report(as_, inside, paper):
    url = f"/terms/{paper.draft}/service-levels/qa"
    mia = as_("mia")
    assert send(mia, url, measured_from="2027-02-15").location == url
    assert "2027-02-15 is within a month, and the quality report has one row per month" in mia.get(url).text
    assert send(mia, url, measured_from="2027-02-01").location == f"/terms/{paper.draft}"


def test_a_threshold_is_said_with_its_unit(as_, inside, paper):
    mia, url = as_("mia"), f"/terms/{paper.draft}/service-levels/new"
    bare = send(mia, url, metric="service_level", value="90", threshold="60")
    assert (bare.status_code, "Say what it is counted in: 20 seconds." in bare.text) == (422, True)
    assert send(mia, url, metric="service_level", name="Chat", value="90", threshold="60 seconds").status_code == 303


def test_a_service_level_is_changed_to_a_band(as_, inside, paper):
    url = f"/terms/{paper.draft}/{LEVEL}"
    changes = {"value": "", "lower": "75", "upper": "88", "minimum_comparator": "", "minimum_value": ""}
    send(as_("mia"), url, **changes)
    level = paper.document(inside)["service_levels"][0]
    assert level["expected"] == {"band": {"lower": "75", "upper": "88"}}
    assert "minimum" not in level
    assert level["allocation"] == "60", "what the page does not show stays"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"value": "80 %"}, "Write a number such as 97.5, without a percent sign."),
        ({"value": ""}, "Write the Expected value, such as 80."),
        ({"lower": "70"}, "Write both edges of the band, or neither."),
        ({"lower": "70", "upper": "90"}, "Write either a limit or a band."),
        ({"name": " "}, "Name the service level."),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_was_typed(as_, inside, paper, changes, words):
    before = paper.document(inside)
    answer = send(as_("mia"), f"/terms/{paper.draft}/{LEVEL}", **changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert paper.document(inside) == before


def test_a_minimum_stricter_than_the_expected_is_kept_in_the_draft_and_said_at_the_field(as_, paper):
    url = f"/terms/{paper.draft}/{LEVEL}"
    mia = as_("mia")
    answer = send(mia, url, minimum_value="85")
    assert answer.location == url
    assert "at least 85 is stricter than the Expected at least 80" in mia.get(url).text


def test_a_service_level_is_taken_out(as_, inside, paper):
    answer = as_("mia").post(f"/terms/{paper.draft}/service-levels/csat/removal")
    assert answer.status_code == 303
    assert "csat" not in {level["key"] for level in paper.document(inside)["service_levels"]}


def test_a_service_level_that_is_not_there_is_not_found(as_, paper):
    assert as_("mia").get(f"/terms/{paper.draft}/service-levels/nothing").status_code == 404
    assert as_("mia").post(f"/terms/{paper.draft}/service-levels/nothing/removal").status_code == 404


def test_credits_off_leave_nothing_that_has_no_effect(as_, inside, paper):
    send(as_("mia"), f"/terms/{paper.draft}/credits", given=None, removed="y")
    document = paper.document(inside)
    assert "credits" not in document
    assert not {"allocation", "credits_from"} & {key for level in document["service_levels"] for key in level}


def test_figures_typed_while_credits_are_off_are_kept_until_somebody_chooses(as_, inside, paper):
    url, mia = f"/terms/{paper.draft}/credits", as_("mia")
    before = paper.document(inside)
    answer = send(mia, url, given=None, at_risk="12.5")
    assert answer.status_code == 422
    assert "credits are off" in answer.text
    assert "Remove these figures" in answer.text
    assert 'value="12.5"' in answer.text
    assert paper.document(inside) == before
    kept = send(mia, url, at_risk="12.5")
    assert kept.status_code == 303
    assert paper.document(inside)["credits"]["at_risk"] == "12.5"


def test_a_contract_without_credits_is_saved_without_a_question(as_, inside, paper):
    url, mia = f"/terms/{paper.draft}/credits", as_("mia")
    assert send(mia, url, given=None, removed="y").status_code == 303
    assert "Remove these figures" not in mia.get(url).text
    assert send(mia, url).status_code == 303
    assert send(mia, url, clause="7.1").status_code == 422


def test_allocations_above_the_pool_are_said_at_the_pool(as_, paper):
    url = f"/terms/{paper.draft}/credits"
    mia = as_("mia")
    answer = send(mia, url, pool="150")
    assert answer.location == url
    assert "the allocations come to 200 %, above the pool of 150 %" in mia.get(url).text


def test_two_people_at_one_draft_lose_nothing(as_, inside, paper):
    url = f"/terms/{paper.draft}/{LEVEL}"
    mia = as_("mia")
    fields = filled_form(mia.get(url).text, url) | {"value": ["81"]}
    paper.change(inside, lambda document: document["calendar"]["due"].update(working_day=7))
    late = mia.post(url, data=fields)
    assert late.status_code == 409
    assert "What you typed is still here" in late.text
    fields = filled_form(late.text, url)
    assert fields["value"] == ["81"]
    assert mia.post(url, data=fields).status_code == 303
    document = paper.document(inside)
    assert document["service_levels"][0]["expected"]["value"] == "81"
    assert document["calendar"]["due"]["working_day"] == 7


@pytest.mark.parametrize("section", SECTIONS)
def test_terms_in_force_never_change(as_, inside, paper, section):
    before = paper.document(inside, paper.in_force)
    url = f"/terms/{paper.in_force}/{section}"
    assert as_("mia").get(url).status_code == 409
    assert as_("mia").post(url, data={"seen": "1"}).status_code == 409
    assert paper.document(inside, paper.in_force) == before


@pytest.mark.parametrize("section", [*SECTIONS, "service-levels/new"])
def test_who_may_change_a_section(as_, paper, others, section):
    url = f"/terms/{paper.draft}/{section}"
    assert as_("ada").get(url).status_code == 200
    for name in ("ana", "leo", "dora", "finn"):
        assert as_(name).get(url).status_code == 403
        assert as_(name).post(url).status_code == 403
    assert as_("max").get(url).status_code == 404
    assert as_("max").post(url).status_code == 404
    assert as_("mia").get(f"/terms/nothing/{section}").status_code == 404
