"""Contracts and histories by seed: plain documents and figures, many of them exactly on a boundary.

Monthly service levels only: other windows, relief, points, banks and rights are not drawn yet.
"""

from random import Random
from typing import Any

Case = dict[str, Any]
FIRST = 2023 * 12 + 8  # September 2023: February 2024 is in every history


def generate(seed: int) -> Case:
    """Months are year x 12 + month - 1. `figures` are (offered, in threshold), "overdue", or None for no report."""
    draw = Random(seed)
    count = draw.randint(14, 26)
    keys = ["a", "b", "c", "d"][: draw.randint(2, 4)]
    documents = [_terms(draw, keys, FIRST)]
    documents += [_terms(draw, keys, FIRST + at) for at in sorted(draw.sample(range(2, count), draw.randint(0, 2)))]
    for document in documents[1:]:
        document["credits"]["caps"] = documents[0]["credits"]["caps"]
    return {
        "seed": seed,
        "terms": documents,
        "figures": {FIRST + at: _figures(draw) for at in range(count)},
        "charges": {FIRST + at: draw.choice([0, 999_999, 10_000_001, 41_233_333]) for at in range(count)},
    }


def _terms(draw: Random, keys: list[str], month: int) -> Case:
    levels = [_level(draw, key) for key in keys]
    agreed = {"at_risk": draw.choice(["7", "10", "12.5"]), "pool": "500", "caps": _caps(draw)}
    if draw.random() < 0.7:
        agreed["earn_back"] = {
            **{
                "kind": "months",
                "months": draw.choice(["1", "2", "3"]),
                "fraction": draw.choice(["33.3", "50", "100"]),
            },
            **{"comparison": draw.choice(["met", "exceeded"]), "gaps": draw.choice(["break", "pass"])},
        }
    return {"effective_from": f"{month // 12}-{month % 12 + 1:02}-01", "service_levels": levels, "credits": agreed}


def _caps(draw: Random) -> list[dict[str, str]]:
    over = ["service_level", "month", "quarter", "contract_year", "rolling_12"]
    caps = [
        {"over": each, "percent": draw.choice(["0.3", "1", "3", "5"])} for each in draw.sample(over, draw.randint(1, 3))
    ]
    for cap in caps:
        if draw.random() < 0.3:
            del cap["percent"]
            cap["amount"] = draw.choice(["777.77", "5000"])
    return caps


def _level(draw: Random, key: str) -> Case:
    level: Case = {
        **{"key": key, "name": key, "metric": "service_level"},
        "expected": {"comparator": draw.choice([">=", ">"]), "value": draw.choice(["80", "85"])},
        "minimum": {"comparator": ">=", "value": draw.choice(["70", "75"])},
        "default": {"counted": draw.choice(["expected", "any"]), "gaps": draw.choice(["break", "pass"])},
        "credit": draw.choice(
            [
                {"kind": "allocation", "percent": draw.choice(["20", "33.3"])},
                {"kind": "fixed", "percent": "1.7"},
                {"kind": "fixed", "amount": "1234.56"},
            ]
        ),
    }
    if draw.random() < 0.8:
        level["default"]["minimum"] = {}
    if draw.random() < 0.8:
        misses = draw.choice(["1", "2", "3"])
        level["default"]["expected"] = {"misses": misses} | draw.choice([{"within": "6"}, {"consecutive": True}])
    if draw.random() < 0.5:
        level["repeats"] = {"steps": [{"failure": "2", "times": "1.5"}, {"failure": "3", "times": "3"}]}
        level["repeats"] |= draw.choice([{"within": "5"}, {"gaps": "pass"}, {"gaps": "break"}])
    return level


def _figures(draw: Random) -> tuple[int, int] | str | None:
    if draw.random() < 0.12:
        return draw.choice(["overdue", None])
    offered = draw.choice([1000, 999, 2000, 3])
    if offered in (1000, 2000) and draw.random() < 0.5:
        return offered, offered * draw.choice([70, 75, 80, 85, 90]) // 100
    return offered, draw.randint(offered * 2 // 3, offered)
