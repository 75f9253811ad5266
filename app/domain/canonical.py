"""One spelling for a document, so that equal content has equal hashes."""

import hashlib
import json
from typing import Any


def canonical_json(document: Any) -> str:
    """Keys sorted, no blanks, UTF-8. Raises TypeError for what JSON has no word for, such as a Decimal or a date."""
    return _CANONICAL.encode(document)


def sha256(document: Any) -> str:
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()


def _refuse(value: object) -> str:
    raise TypeError(f"{type(value).__name__} has no canonical spelling: write it as text")


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_refuse)
