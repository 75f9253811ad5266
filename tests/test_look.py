"""The look keeps its promises: contrast on screen and paper, a glyph for every sign, small files, no miss in amber."""

import re
from hashlib import sha256
from itertools import product
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from jinja2 import Environment, FileSystemLoader

from app.charts import PRINT

ROOT = Path(__file__).resolve().parent.parent
STYLES = (ROOT / "static/app.css").read_text()
SLIDES = (ROOT / "static/deck.css").read_text()
WHITE = "#ffffff"
TONES = ["best", "good", "close", "bad", "worst", "quiet", "draft"]
MISSES = ["below_expected", "below_minimum", "not_reported", "overdue", "failed", "missing"]


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def tokens(theme: str) -> dict[str, str]:
    """The colours of one theme; a token may stand for another one."""
    found = {
        name: value[theme == "dark"] for name, *value in re.findall(r"--([\w-]+): *light-dark\((\S+), (\S+?)\)", STYLES)
    }
    for name, other in re.findall(r"--([\w-]+): *var\(--([\w-]+)\)", STYLES.split("}", 1)[0]):
        found[name] = found[other]
    return found


def test_in_the_dark_only_colours_differ():
    """So that axe-core need not look at anything else a second time."""
    files = [path for part in ("static", "templates") for path in (ROOT / part).rglob("*") if path.is_file()]
    asking = [path.name for path in files if path.suffix != ".ttf" and b"prefers-color-scheme" in path.read_bytes()]
    assert asking == []
    colour = r"#[0-9a-f]+|color-mix\([^()]*\)"
    assert STYLES.count("light-dark(") == len(re.findall(rf"light-dark\((?:{colour}), (?:{colour})\)", STYLES))


def glyphs(family: str) -> set[int]:
    return set().union(
        *(TTFont(ROOT / f"static/fonts/{family}-{weight}.ttf").getBestCmap() for weight in (400, 600, 700))
    )


@pytest.fixture(scope="module")
def ui():
    environment = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True)
    environment.globals.update(csrf_token=str, url_for=str)
    return environment.get_template("_ui.html").module


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_a_contrast_of_four_and_a_half_on_every_ground_it_stands_on(theme):
    colours = tokens(theme)
    grounds = ["page", "surface", "sunk"]
    pairs = [
        *product(["ink", "muted", "accent"], grounds),
        *product(["bad", "good"], ["page", "surface"]),
        *product(["ink"], ["accent-soft", "bad-soft", "good-soft", "close-soft"]),
        ("accent-ink", "accent"),
        ("surface", "bad"),
        *((tone, f"{tone}-soft") for tone in TONES),
    ]
    assert [pair for pair in pairs if contrast(colours[pair[0]], colours[pair[1]]) < 4.5] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_controls_and_marks_have_a_contrast_of_three(theme):
    colours = tokens(theme)
    pairs = product(["edge", "accent", "close", "bad", "worst-soft"], ["page", "surface"])
    assert [pair for pair in pairs if contrast(colours[pair[0]], colours[pair[1]]) < 3] == []


def test_print_keeps_the_same_contrasts():
    assert (
        min(contrast(getattr(PRINT, name), WHITE) for name in ("ink", "muted", "accent", "close", "bad", "worst"))
        >= 4.5
    )
    tones = re.findall(r"\.tone-\w+ \{ color: (#\w+); background: (#\w+); \}", SLIDES)
    assert len(tones) > len(TONES)
    assert [tone for tone in tones if contrast(*tone) < 4.5] == []


@pytest.mark.parametrize("status", MISSES)
def test_a_miss_is_never_amber(ui, status):
    assert "tone-close" not in ui.chip(status)


def test_every_status_has_a_shape_and_a_word_and_the_worst_differ_in_shape(ui):
    chips = {status: ui.chip(status) for status in ui.STATUSES}
    assert all(re.search(r'aria-hidden="true">\S+</span> \w', chip) for chip in chips.values())
    shapes = [ui.STATUSES[status][1] for status in ("met", "close", "below_expected", "below_minimum", "not_reported")]
    assert len(set(shapes)) == len(shapes)


def test_a_heat_cell_says_in_words_what_it_shows_in_colour(ui):
    cell = ui.heat_cell("below_minimum", "73.5 %", "/findings/1", -1, "6.5 points under", "worse", "in_grace")
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", cell))
    assert "Below Minimum: 73.5 %" in said
    assert "worsening" in said
    assert "6.5 points under, in grace" in said


def test_every_sign_that_we_write_is_in_the_fonts_that_we_bring():
    known = glyphs("inter-latin") | glyphs("inter-latin-ext") | glyphs("inter-signs") | {ord("\n")}
    written = {
        (path.name, sign)
        for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "app").rglob("*.py")]
        for sign in path.read_text()
        if ord(sign) not in known
    }
    assert written == set()


def test_a_wrong_field_is_framed_wherever_it_stands():
    """In a table too, where no .field is around it: charges by month, targets that are tried."""
    assert re.search(r"^\[aria-invalid\] \{ border-color:var\(--bad\)", STYLES, re.MULTILINE)


def test_the_stylesheet_stays_small():
    assert len(STYLES.encode()) <= 14 * 1024
    assert len((ROOT / "static/map.css").read_bytes()) <= 4 * 1024


def test_the_page_script_stays_small():
    for name in ("app.js", "typed.js"):
        assert len((ROOT / "static" / name).read_text().splitlines()) <= 45, name


def test_styles_fetch_nothing_from_elsewhere():
    sheets = "".join(path.read_text() for path in (ROOT / "static").rglob("*.css"))
    assert set(re.findall(r"url\(([^)]+)\)", sheets)) <= {
        f"{folder}inter-{family}-{weight}.{kind}"
        for family, weight, (folder, kind) in product(
            ("latin", "latin-ext", "signs"), (400, 600, 700), (("", "woff2"), ("fonts/", "ttf"))
        )
    }
    assert "@import" not in sheets


def test_a_style_or_script_has_another_address_once_its_content_is_another(client):
    page = client.get("/login").text
    for name in ("app.css", "app.js", "vendor/htmx.min.js"):
        content = sha256((ROOT / "static" / name).read_bytes()).hexdigest()
        assert f"/static/{name}?v={content[:8]}" in page
