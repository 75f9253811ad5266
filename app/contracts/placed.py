"""Terms put in the place of others, as if they had been in force then."""

from collections.abc import Mapping
from typing import Any

PLACED = ("calendar", "effective_from")
REPORTED = ("reports", "measures")


def placed(before: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """`document` from the first day of `before` on; what was reported, by whom and where stays as it was."""
    worked = {(row["site"], row["queue"]) for row in before["coverage"]}
    begins = document["effective_from"]
    later = [
        {**row, "from": max(begins, row.get("from", begins))}
        for row in document["coverage"]
        if (row["site"], row["queue"]) not in worked
    ]
    return {
        **document,
        **{name: before[name] for name in PLACED},
        **{name: {**document[name], **before[name]} for name in REPORTED},
        "coverage": [*before["coverage"], *later],
    }
