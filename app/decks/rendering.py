"""From slides in HTML to the bytes of a PDF: WeasyPrint, our own fonts, and nothing fetched from anywhere."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import current_app
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

FONT_SCHEME = "accord-font:"
RIBBON = """<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720" viewBox="0 0 1280 720" \
font-family="Inter" font-weight="700"><text x="640" y="470" text-anchor="middle" font-size="260" fill="#8a5200" \
fill-opacity="0.07">DRAFT</text><rect width="1280" height="32" fill="#fdeecb"/>\
<text x="640" y="21" text-anchor="middle" font-size="14" fill="#7c4a00">{words}</text></svg>"""
# A page's background starts inside its margins, which deck.css sets.
CORNERS = (("@page", "-0.6in -0.85in"), ("@page cover", "-0.9in -0.6in"))


class OnlyOurFonts(URLFetcher):
    """Serves the font files of this installation and pictures in data URIs; any other address stops the rendering."""

    def fetch(self, url: str, headers=None):
        if url.startswith("data:image/svg+xml;base64,"):
            return super().fetch(url, headers)
        font = _fonts().get(url.removeprefix(FONT_SCHEME)) if url.startswith(FONT_SCHEME) else None
        if font is None:
            raise FatalURLFetchingError(f"a slide may not load {url[:80]!r}")
        return URLFetcherResponse(url, font, {"Content-Type": "font/ttf"})


def edition_of(html: str) -> bytes:
    """The PDF/UA-1 bytes of a deck's HTML; the same HTML gives the same bytes on one machine."""
    return _pdf_of(html, "")


def draft_of(html: str, edition: bytes) -> bytes:
    """The same slides with a ribbon on every page that names the edition's SHA-256: a background, so nothing moves."""
    words = f"Draft, not issued. Issuing it releases the file with the SHA-256 {sha256(edition).hexdigest()}"
    picture = b64encode(RIBBON.format(words=words).encode()).decode()
    image = f'background-image: url("data:image/svg+xml;base64,{picture}"); background-repeat: no-repeat'
    layer = f"{image}; background-size: 13.333in 7.5in"
    layers = [f"{page} {{ {layer}; background-position: {corner} }}" for page, corner in CORNERS]
    return _pdf_of(html, " ".join(layers))


def _pdf_of(html: str, mark: str) -> bytes:
    look, fonts = _look()
    sheets = [look, CSS(string=mark, font_config=fonts, url_fetcher=OnlyOurFonts())] if mark else [look]
    document = HTML(string=html, url_fetcher=OnlyOurFonts()).render(stylesheets=sheets, font_config=fonts)
    return document.write_pdf(pdf_variant="pdf/ua-1")


@cache
def _look() -> tuple[CSS, FontConfiguration]:
    """The style of all slides and the fonts that it brings, read once per process."""
    source, fonts = Path(current_app.static_folder, "deck.css").read_text(), FontConfiguration()
    style = source.replace("url(fonts/", f"url({FONT_SCHEME}")
    return CSS(string=style, font_config=fonts, url_fetcher=OnlyOurFonts()), fonts


@cache
def _fonts() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(current_app.static_folder, "fonts").glob("*.ttf")}
