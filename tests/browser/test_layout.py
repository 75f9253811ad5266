"""Pages keep inside their window, print without navigation, and stay readable in a reader's own colours."""

import pytest

from app.performance.judging.service import evaluate_contract
from tests.performance.history import story
from tests.performance.test_pages import addresses_of
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.browser

# By how many pixels the page would scroll sideways, a map inside its region, and a chart stick out of its card.
TOO_WIDE = """() => {
  const most = (selector, excess) => Math.max(0, ...[...document.querySelectorAll(selector)].map(excess))
  const edge = element => element.getBoundingClientRect().right
  return {
    page: most('html', root => root.scrollWidth - root.clientWidth),
    map: most('.scroll:has(.heat-map)', region => region.scrollWidth - region.clientWidth),
    chart: most('.card svg.drawn', chart => edge(chart) - edge(chart.closest('.card'))),
  }
}"""
# Marks and words of charts that have the colour of the ground they stand on.
UNSEEN = """() => {
  const ground = getComputedStyle(document.body).backgroundColor
  return [...document.querySelectorAll('svg.drawn :is(path, circle, text)')].filter(drawn => {
    const style = getComputedStyle(drawn)
    return [style.fill, style.stroke].every(colour => colour === 'none' || colour === ground)
  }).length
}"""


@pytest.fixture
def pages(inside) -> list[str]:
    """The map, a scorecard, a month, a finding, the credits, and what waits for somebody."""
    with inside():
        history = story()
        evaluate_contract(history.contract, THE_DAY)
        found = addresses_of(history)
    return [*found.values(), "/reports", "/items", "/decks", "/partners"]


def test_no_page_scrolls_sideways_and_no_map_or_chart_is_wider_than_its_place(page, people, log_in, pages):
    log_in(page, people.dora)
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        for address in pages:
            page.goto(address)
            assert page.evaluate(TOO_WIDE) == {"page": 0, "map": 0, "chart": 0}, f"{address} at {width} px"


def test_the_map_on_a_phone_is_a_card_per_partner_with_links(page, people, log_in, pages, axe, picture):
    log_in(page, people.dora)
    page.goto(pages[0])
    picture(page, "portfolio")
    axe(page)
    page.set_viewport_size({"width": 390, "height": 900})
    axe(page)
    cell = page.get_by_role("link", name="Service level Below Minimum: 73.5 %")
    size = cell.bounding_box()
    assert min(size["width"], size["height"]) >= 24
    assert page.locator(".heat-label").first.bounding_box()["width"] > 24
    page.goto(pages[1])
    picture(page, "scorecard")
    axe(page)


def test_paper_has_no_navigation_and_a_readers_own_colours_keep_every_mark(page, people, log_in, pages):
    log_in(page, people.dora)
    for address in pages[:4]:
        page.goto(address)
        page.emulate_media(media="print")
        for furniture in (".top", ".skip", ".foot", ".actions .button"):
            assert page.locator(furniture).first.is_hidden() or not page.locator(furniture).count(), furniture
        for scheme in ("light", "dark"):
            page.emulate_media(media="screen", forced_colors="active", color_scheme=scheme)
            assert page.evaluate(UNSEEN) == 0, f"{address}, {scheme}"
        page.emulate_media(forced_colors="none", color_scheme="light")
