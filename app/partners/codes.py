"""Short codes: what templates, terms and files call a partner, a site or a queue. They never change."""

import re
import unicodedata
from collections.abc import Container

CODE = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", re.ASCII)
LONGEST = 24


def code_from(name: str, taken: Container[str] = ()) -> str:
    """A code for a name: `Bogotá Norte` becomes BOGOTA-NORTE, a second one BOGOTA-NORTE-2."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    code = re.sub(r"[^A-Z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-") or "CODE"
    number, candidate = 1, code
    while candidate in taken:
        number += 1
        candidate = f"{code}-{number}"
    return candidate
