"""Charts as SVG: one drawing for the page (theme variables) and for the PDF (fixed colours). Pure."""

from base64 import b64encode
from collections.abc import Callable

from markupsafe import Markup, escape

from app.charts.amounts import Stack, Step, bullet, columns, stacked, waterfall
from app.charts.drawing import PAGE, PRINT, Palette
from app.charts.pairs import Pair, pairs
from app.charts.trends import Point, line, sparkline

__all__ = [
    "PAGE",
    "PRINT",
    "Pair",
    "Palette",
    "Point",
    "Stack",
    "Step",
    "at_both_widths",
    "bullet",
    "columns",
    "image",
    "line",
    "pairs",
    "sparkline",
    "stacked",
    "waterfall",
]


def image(svg: Markup, alt: str | None = None, css_class: str = "chart") -> Markup:
    """The chart as <img> with a data URI, for PDFs, where page CSS does not reach inline SVG."""
    name, words = (svg.split(f"<{tag} ", 1)[1].split(">", 1)[1].split(f"</{tag}>", 1)[0] for tag in ("title", "desc"))
    said = f"{name}. {words}" if alt is None else escape(alt)
    data = b64encode(svg.encode()).decode()
    return Markup(f'<img class="{css_class}" alt="{said}" src="data:image/svg+xml;base64,{data}">')  # noqa: S704 the name was escaped when it was drawn


def at_both_widths(draw: Callable[[float], Markup], wide: float, narrow: float) -> Markup:
    """The drawing twice: as wide as its card, and as a phone has room for; the style sheet shows one of them."""
    broad = str(draw(wide)).replace('class="drawn"', 'class="drawn broad"', 1)
    return Markup(broad) + draw(narrow)  # noqa: S704 both were escaped when they were drawn
