"""From slides in HTML to the bytes of a PDF: the edition, and the draft of it with a ribbon."""

import re
from base64 import b64encode
from hashlib import sha256

RIBBON = """<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720" viewBox="0 0 1280 720" \
font-family="Inter" font-weight="700"><text x="640" y="470" text-anchor="middle" font-size="260" fill="#8a5200" \
fill-opacity="0.07">DRAFT</text><rect width="1280" height="32" fill="#fdeecb"/>\
<text x="640" y="21" text-anchor="middle" font-size="14" fill="#7c4a00">{words}</text></svg>"""
# A page's background starts inside its margins, which deck.css sets.
CORNERS = (("@page", "-0.6in -0.85in"), ("@page cover", "-0.9in -0.6in"))
# The last words of a heading, a paragraph or a bullet: alone on a line they look forgotten. "97 %" is one of them.
ENDING = re.compile(r"(?<![^ \n>])(?:[^ \n<>]+ ){1,2}[^ \n<>]+(?=</(?:h1|h2|p|li)>|</span></th>)")
TIED_AT_MOST = 22


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
    # WeasyPrint is a quarter of what a process would load: only who sets slides does.
    from app.decks.setting import pdf_of

    return pdf_of(ENDING.sub(_tied, html), mark)


def _tied(ending: re.Match) -> str:
    words = ending[0].split(" ")
    last = words if len(ending[0]) <= TIED_AT_MOST else words[-2:]
    kept = "\u00a0".join(last)  # a box that does not break makes WeasyPrint leave a line after its first word
    return " ".join([*words[: -len(last)], kept]) if len(kept) <= TIED_AT_MOST else ending[0]
