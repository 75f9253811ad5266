"""A real Chromium, what it sees and what axe-core says about it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect

ROOT = Path(__file__).parents[2]
AXE = (ROOT / "tests/vendor/axe.min.js").read_text()
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN_AXE = """([tags, onlyColours]) => {
  const ofColours = () => axe.getRules(['cat.color']).filter(rule => rule.tags.some(tag => tags.includes(tag)))
  const dark = () => ({type: 'rule', values: ofColours().map(rule => rule.ruleId)})
  return axe.run(document, {runOnly: onlyColours ? dark() : {type: 'tag', values: tags}, resultTypes: ['violations']})
}"""
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
PATIENCE = 30_000


@pytest.fixture(scope="session")
def browser_type_launch_args():
    names = os.environ.get("CHROMIUM", "chromium-headless-shell chromium chromium-browser google-chrome").split()
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.fail("no Chromium found: `make test` installs it, or name one with CHROMIUM=/path/to/chromium")
    return {"executable_path": program, "args": CHROMIUM_FLAGS}


@pytest.fixture
def browser_context_args(live_server):
    """How every page opens; addresses such as `page.goto("/login")` are the live server's."""
    return {
        "base_url": live_server,
        "viewport": {"width": 1280, "height": 900},
        "locale": "en-US",
        "timezone_id": "UTC",
    }


@pytest.fixture
def log_in(as_, live_server):
    """`log_in(page, people.ana)` gives the page that person's session; tests of logging in use the form."""

    def with_a_session(page, persona):
        session = as_(persona).get_cookie("session").value
        page.context.add_cookies([{"name": "session", "value": session, "url": live_server}])
        return page

    return with_a_session


@pytest.fixture
def context(new_context):
    """What `page` opens in; a page that has not answered in half a minute has failed, however busy the machine."""
    return _patient(new_context())


@pytest.fixture
def page_without_javascript(new_context):
    return _patient(new_context(java_script_enabled=False)).new_page()


def _patient(context):
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    return context


@pytest.fixture
def axe(record_count):
    """`axe(page)` fails with every violation that axe-core sees in light; in dark only colours differ (test_look)."""

    def check(page) -> None:
        page.evaluate(AXE)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found = page.evaluate(RUN_AXE, [AXE_TAGS, scheme == "dark"])
            violations = [
                _describe(violation, node) for violation in found["violations"] for node in violation["nodes"]
            ]
            assert not violations, f"{page.url} ({scheme}):\n" + "\n".join(violations)
        page.emulate_media(color_scheme="light")
        record_count("pages without axe violations")

    return check


@pytest.fixture
def picture():
    """`picture(page, "tasks")` writes four PNGs (width, scheme) into tests/pictures/ when PICTURES is set."""

    def take(page, name: str) -> None:
        if not os.environ.get("PICTURES"):
            return
        size = page.viewport_size
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=ROOT / f"tests/pictures/{name}-{width}-{scheme}.png", full_page=True)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(size)

    return take


@pytest.fixture
def pdf_text():
    """The text of a PDF's bytes, as a reader would copy it."""

    def read(pdf: bytes) -> str:
        reader = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
        return reader.stdout.decode()

    return read


def _describe(violation: dict, node: dict) -> str:
    return f"  {violation['id']}: {violation['help']}: {node['html'][:200]} ({node.get('failureSummary', '')})"
