"""From slides in HTML to the bytes of a PDF: WeasyPrint, our own fonts, and nothing fetched from anywhere."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from flask import current_app
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

FONT_SCHEME = "accord-font:"


class OnlyOurFonts(URLFetcher):
    """Serves the font files of this installation and charts in data URIs; any other address stops the rendering."""

    def fetch(self, url: str, headers=None):
        if url.startswith("data:image/svg+xml"):
            return super().fetch(url, headers)
        font = _fonts().get(url.removeprefix(FONT_SCHEME)) if url.startswith(FONT_SCHEME) else None
        if font is None:
            raise FatalURLFetchingError(f"a slide may not load {url[:80]!r}")
        return URLFetcherResponse(url, font, {"Content-Type": "font/ttf"})


def pdf_of(html: str, progress: Callable[[int, str], None] = lambda *_: None) -> bytes:
    """The PDF/UA-1 bytes of a deck's HTML; the same HTML gives the same bytes on one machine."""
    fonts = FontConfiguration()
    fetcher = OnlyOurFonts()
    progress(40, "Setting the slides")
    sheet = CSS(string=_stylesheet(), font_config=fonts, url_fetcher=fetcher)
    document = HTML(string=html, url_fetcher=fetcher).render(stylesheets=[sheet], font_config=fonts)
    progress(80, f"Writing {len(document.pages)} slides")
    return document.write_pdf(pdf_variant="pdf/ua-1")


def _stylesheet() -> str:
    source = Path(current_app.static_folder, "deck.css").read_text()
    return source.replace("url(fonts/", f"url({FONT_SCHEME}")


@cache
def _fonts() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(current_app.static_folder, "fonts").glob("*.ttf")}
