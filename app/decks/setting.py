"""The PDF of slides: WeasyPrint, our own fonts, and nothing fetched from anywhere."""

from functools import cache
from pathlib import Path

from flask import current_app
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

FONT_SCHEME = "accord-font:"


def pdf_of(html: str, mark: str = "") -> bytes:
    look, fonts = _look()
    sheets = [look, CSS(string=mark, font_config=fonts, url_fetcher=OnlyOurFonts())] if mark else [look]
    document = HTML(string=html, url_fetcher=OnlyOurFonts()).render(stylesheets=sheets, font_config=fonts)
    return document.write_pdf(pdf_variant="pdf/ua-1")


class OnlyOurFonts(URLFetcher):
    """Serves the font files of this installation and pictures in data URIs; any other address stops the rendering."""

    def fetch(self, url: str, headers=None):
        if url.startswith("data:image/svg+xml;base64,"):
            return super().fetch(url, headers)
        font = _fonts().get(url.removeprefix(FONT_SCHEME)) if url.startswith(FONT_SCHEME) else None
        if font is None:
            raise FatalURLFetchingError(f"a slide may not load {url[:80]!r}")
        return URLFetcherResponse(url, font, {"Content-Type": "font/ttf"})


@cache
def _look() -> tuple[CSS, FontConfiguration]:
    """The style of all slides and the fonts that it brings, read once per process."""
    source, fonts = Path(current_app.static_folder, "deck.css").read_text(), FontConfiguration()
    style = source.replace("url(fonts/", f"url({FONT_SCHEME}")
    return CSS(string=style, font_config=fonts, url_fetcher=OnlyOurFonts()), fonts


@cache
def _fonts() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(current_app.static_folder, "fonts").glob("*.ttf")}
