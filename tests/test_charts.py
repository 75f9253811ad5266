"""Charts are named, described, safe, the same bytes for the same figures, and calm about odd ones."""

import re
from base64 import b64decode
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from app import charts
from app.charts.drawing import ticks

SVG = "{http://www.w3.org/2000/svg}"
MONTHS = ["Jul", "Aug", "Sep"]
ODD = {
    "nothing": [],
    "one": [Decimal("73.5")],
    "only gaps": [None, None, None],
    "a gap": [79, None, 73.5],
    "all equal": [80, 80, 80],
    "all zero": [0, 0, 0],
    "negative": [-5, -12, -0.5],
    "both signs": [-5, 0, 12],
    "huge": [10**30, -(10**30), 1],
    "tiny": [Decimal("0.0000001"), Decimal("0.0000002"), 0],
    "not a number": [float("nan"), float("inf"), Decimal("NaN")],
}


def percent(value) -> str:
    return f"{value:.1f} %"


def points(values) -> list[charts.Point]:
    return [charts.Point(f"M{place}", value, "below_minimum") for place, value in enumerate(values, 1)]


DRAWN = {
    "sparkline": lambda values, **frame: charts.sparkline(values, "Fill", target=97, **frame),
    "line": lambda values, **frame: charts.line(
        points(values), "Fill", target=97, minimum=93, event=("M1", "Promotion"), **frame
    ),
    "band": lambda values, **frame: charts.line(points(values), "Occupancy", target=(75, 88), **frame),
    "columns": lambda values, **frame: charts.columns(points(values), "Fill", target=97, **frame),
    "bullet": lambda values, **frame: charts.bullet(next(iter(values), None), "Fill", expected=97, minimum=93, **frame),
    "stacked": lambda values, **frame: charts.stacked(
        [charts.Stack(f"M{place}", (value, 3), 140) for place, value in enumerate(values)],
        "Staffing",
        parts=("Productive", "In training"),
        **frame,
    ),
    "waterfall": lambda values, **frame: charts.waterfall(
        [*(charts.Step(f"Step {place}", value) for place, value in enumerate(values)), charts.Step("Payable", 5, True)],
        "Credits",
        **frame,
    ),
}


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("case", ODD)
def test_every_chart_draws_odd_figures_within_its_frame(kind, case):
    drawn = ET.fromstring(DRAWN[kind](ODD[case]))
    width, height = float(drawn.get("width")), float(drawn.get("height"))
    assert "nan" not in ET.tostring(drawn, "unicode").replace("M1 no value", "")
    for bar in drawn.iter(f"{SVG}rect"):
        left, top = float(bar.get("x")), float(bar.get("y"))
        assert -1 <= left <= width + 1
        assert -1 <= top <= height + 1
        assert float(bar.get("height")) <= height


@pytest.mark.parametrize("kind", DRAWN)
def test_every_chart_has_a_name_and_a_description(kind):
    drawn = ET.fromstring(DRAWN[kind]([79, 74, 73.5]))
    title, description = drawn.find(f"{SVG}title"), drawn.find(f"{SVG}desc")
    assert drawn.get("role") == "img"
    assert drawn.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
    assert title.text
    assert "79" in description.text


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("palette", [charts.PAGE, charts.PRINT], ids=["page", "print"])
def test_the_same_figures_give_the_same_bytes(kind, palette):
    once, again = (DRAWN[kind]([79, None, Decimal("73.5")], palette=palette) for _ in range(2))
    assert once == again


@pytest.mark.parametrize("kind", DRAWN)
def test_a_drawing_needs_no_inline_style_and_no_script(kind):
    drawn = DRAWN[kind]([79, 74, 73.5])
    assert "style=" not in drawn
    assert "<script" not in drawn


@pytest.mark.parametrize("kind", DRAWN)
def test_a_drawing_for_print_has_fixed_colours(kind):
    assert "var(" not in DRAWN[kind]([79, 74, 73.5], palette=charts.PRINT)


def test_words_from_outside_are_escaped():
    hostile = '<b onload="x">&'
    drawn = charts.line([charts.Point(hostile, 1)], hostile, target=2, target_label=hostile, event=(hostile, hostile))
    assert "<b" not in drawn
    assert ET.fromstring(drawn).find(f"{SVG}title").text == hostile


def test_a_line_says_months_results_statuses_targets_and_the_event():
    figures = zip(MONTHS, [79, None, 73.5], ["below_expected", "not_reported", "below_minimum"], strict=True)
    drawn = charts.line(
        [charts.Point(*figure) for figure in figures],
        "Service level",
        target=80,
        target_label="Expected 80 %",
        event=("Aug", "Promotion days"),
        number=percent,
    )
    said = ET.fromstring(drawn).find(f"{SVG}desc").text
    assert said == (
        "Jul 79.0 %, below expected; Aug no value, not reported; Sep 73.5 %, below minimum. "
        "Expected 80 %. Aug: Promotion days."
    )


def test_a_miss_has_a_shape_of_its_own_and_never_the_colour_of_a_close_call():
    near, missed = (
        charts.line([charts.Point("Sep", 79, status)], "Service level", target=80, palette=charts.PRINT)
        for status in ("close", "below_expected")
    )
    assert charts.PRINT.close in near
    assert charts.PRINT.bad in missed
    assert charts.PRINT.close not in missed
    shapes = [[path.get("d") for path in ET.fromstring(drawn).iter(f"{SVG}path")][-1] for drawn in (near, missed)]
    assert shapes[0] != shapes[1]


def test_a_gap_breaks_the_line_and_is_never_drawn_as_zero():
    drawn = ET.fromstring(charts.line([charts.Point("Jul", 79), ("Aug", None), ("Sep", 73.5)], "Service level"))
    courses = [path.get("d") for path in drawn.iter(f"{SVG}path") if path.get("stroke-linejoin")]
    assert courses[0].count("M") == 2


def test_a_step_without_a_price_is_said_to_be_unpriced():
    drawn = charts.waterfall([charts.Step("Service level", None), charts.Step("Payable", None, total=True)], "Credits")
    assert "not priced" in drawn
    assert ">0<" not in drawn


def test_the_amount_of_what_a_cap_took_off_is_not_cut_at_the_edge():
    """It begins where the misses end, at the far right; in Inter a sign of it is 6.9 wide, 55.4 for the eight."""
    steps = [
        charts.Step("Misses", 52650),
        charts.Step("Monthly cap", -12150),
        charts.Step("Payable", 40500, total=True),
    ]
    number = {52650: "$52,650", -12150: "\u2212$12,150", 40500: "$40,500"}.get
    drawn = ET.fromstring(charts.waterfall(steps, "Credits", number=number, width=320))
    written = {text.text: float(text.get("x")) for text in drawn.iter(f"{SVG}text")}
    assert written["\u2212$12,150"] + 55.4 <= 320


def test_an_image_carries_the_name_and_the_description():
    svg = charts.columns(points([136]), "Agents & seats")
    image = charts.image(svg)
    assert 'alt="Agents &amp; seats. M1 136, below minimum."' in image
    assert b64decode(image.split("base64,")[1].split('"')[0]).decode() == svg


@pytest.mark.parametrize(
    ("values", "expected"),
    [([73.5, 80], [72.5, 75, 77.5, 80]), ([0, 0], [0, 0.5]), ([], [0, 0.5, 1]), ([-3, 7], [-5, 0, 5, 10])],
)
def test_ticks_are_few_round_and_enclose_the_figures(values, expected):
    assert ticks(values)[0] <= min(values, default=0)
    assert ticks(values)[-1] >= max(values, default=0)
    assert len(ticks(values)) <= 5
    assert ticks(values) == pytest.approx(expected)


def test_a_figure_beside_its_point_is_not_struck_through_by_the_target():
    drawn = charts.line(
        [charts.Point("Nov", 90), charts.Point("Dec", 90.4)], "CSAT", target=88, minimum=82, width=400, height=198
    )
    figure = float(re.search(r'y="([\d.]+)"[^>]*>90<', drawn)[1])
    target = [float(y) for y in re.findall(r'd="M[\d.]+ ([\d.]+)H[\d.]+"[^>]*stroke-dasharray="5 3"', drawn)]
    assert target
    assert all(abs(figure - 4 - y) > 8 for y in target)


def test_a_drawing_at_both_widths_is_told_apart_by_its_class():
    both = charts.at_both_widths(lambda width: charts.columns(points([1]), "Payable", width=width), 1140, 320)
    assert [each.split('"')[0] for each in both.split('class="')[1:]] == ["drawn broad", "drawn"]
    assert len(set(re.findall(r'<title id="(\w+)"', both))) == 2
    for rule in (".chart .broad { max-width:none }", ".broad + svg { display:none }", ".broad { display:none }"):
        assert rule in (Path(__file__).parents[1] / "static/app.css").read_text()


def test_the_words_about_one_column_stay_within_the_drawing():
    event = ("M1", "Cordillera $40,500, of $52,650 before caps")
    drawn = ET.fromstring(charts.columns(points([5, 1, 1, 1, 1, 1]), "Payable", width=320, event=event))
    said = next(text for text in drawn.iter(f"{SVG}text") if text.text.startswith("Cordillera"))
    assert float(said.get("x")) - len(said.text) * 6.1 / 2 >= 0
    assert event[1] in drawn.find(f"{SVG}desc").text
