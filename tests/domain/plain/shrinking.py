"""Makes a case in which the two readings differ as small as it goes."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from tests.domain.plain.comparing import compared
from tests.domain.plain.draws import month_text

Case = dict[str, Any]
OPTIONAL = ("contract_year", "claims", "corridor", "rights", "scorecard")
NEEDED = ("key", "name", "metric", "expected")


def shrunk(case: Case, differs: Callable[[Case], bool] | None = None) -> Case:
    """Leaves out whatever the difference does not need, until nothing more can be left out."""
    differs = differs or _differs
    again = True
    while again:
        again = False
        for smaller in _smaller(case):
            if differs(smaller):
                case, again = smaller, True
                break
    return case


def _differs(case: Case) -> bool:
    try:
        return bool(compared(case)[0])
    except Exception:  # a smaller document may not be valid any more
        return False


def _smaller(case: Case) -> Iterator[Case]:
    for place in range(1, len(case["terms"])):
        yield _with(case, terms=case["terms"][:place] + case["terms"][place + 1 :])
    if len(case["months"]) > 1:
        last = case["months"][-1]
        kept = [line for line in case["lines"] if line["month"] < last]
        reports = [each for each in case["events"]["reports"] if each["month"] < month_text(last)]
        events = {**case["events"], "reports": reports}
        record = [each for each in case["record"] if each["month"] < last]
        yield _with(case, months=case["months"][:-1], lines=kept, events=events, record=record)
    for name in [name for name in case["events"] if name not in ("reports", "charges")]:
        yield _with(case, events={key: part for key, part in case["events"].items() if key != name})
    for name in OPTIONAL:
        if any(name in document for document in case["terms"]):
            yield _altered(case, lambda document, name=name: document.pop(name, None))
    yield from _fewer_rules(case)


def _fewer_rules(case: Case) -> Iterator[Case]:
    levels = {level["key"]: level for document in case["terms"] for level in document["service_levels"]}
    for key in levels if len(levels) > 1 else ():
        yield _altered(case, lambda document, key=key: _drop(document, key))
    for key, level in levels.items():
        for name in [name for name in level if name not in NEEDED]:
            yield _altered(case, lambda document, key=key, name=name: _forget(document, key, name))
    for name in {name for document in case["terms"] for name in document.get("credits", {})} - {"at_risk", "pool"}:
        yield _altered(case, lambda document, name=name: document.get("credits", {}).pop(name, None))


def _drop(document: Case, key: str) -> None:
    document["service_levels"] = [level for level in document["service_levels"] if level["key"] != key]


def _forget(document: Case, key: str, name: str) -> None:
    for level in document["service_levels"]:
        if level["key"] == key:
            level.pop(name, None)


def _with(case: Case, **changes: Any) -> Case:
    return {**case, **changes}


def _altered(case: Case, alter: Callable[[Case], Any]) -> Case:
    terms = deepcopy(case["terms"])
    for document in terms:
        alter(document)
    return _with(case, terms=terms)
