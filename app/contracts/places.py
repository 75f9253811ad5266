"""Where in a draft's pages a problem is put right, and what that place is called."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import url_for

from app.contracts import prose
from app.contracts.models import TermsVersion
from app.domain.catalogue import Problem

LABELS = {
    "working_day": "working day",
    "credits_on": "credit",
    "minimum_volume": "minimum volume",
    "at_risk": "at risk",
    "monthly_cap": "monthly cap",
}
SHARES = frozenset({"credits_on", "allocation", "credits_from"})
SECTIONS = {
    "effective_from": "contracts.edit_dates",
    "calendar": "contracts.edit_dates",
    "coverage": "contracts.edit_coverage",
    "reports": "contracts.edit_reporting",
    "measures": "contracts.edit_reporting",
    "credits": "contracts.edit_credits",
}


def located(version: TermsVersion, problems: Iterable[Problem]) -> list[tuple[str, str, str]]:
    """(place, words, address) of each problem, as ui.problem_list shows it."""
    return [
        (
            f"{name_of(version.document, problem.path)}:",
            _ended(prose.plainly(problem.message)),
            address_of(version, problem.path),
        )
        for problem in problems
    ]


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?")) else f"{sentence}."


def name_of(document: Mapping[str, Any], path: str) -> str:
    """`service_levels.2.minimum` becomes `Service level, English voice, minimum`."""
    steps = path.split(".") if path else ["terms"]
    last = LABELS.get(steps[-1], steps[-1].replace("_", " "))
    if steps[0] == "service_levels" and len(steps) > 1:
        level = _at(document.get("service_levels"), steps[1])
        name = str((level or {}).get("name") or f"Service level {steps[1]}")
        return f"{name}, {last}" if len(steps) > 2 else name
    if steps[0] == "coverage" and len(steps) > 1:
        return f"Coverage, row {int(steps[1]) + 1}"
    if steps[0] == "measures" and len(steps) > 1:
        return prose.measure_name(steps[1])
    names = [LABELS.get(step, step.replace("_", " ")) for step in steps if not step.isdigit()]
    return ", ".join(names).capitalize()


def address_of(version: TermsVersion, path: str) -> str:
    """The section's page of the draft."""
    steps = path.split(".")
    if steps[0] != "service_levels":
        return url_for(SECTIONS.get(steps[0], "contracts.terms"), key=version.key)
    level = _at(version.document.get("service_levels"), steps[1]) if len(steps) > 1 else None
    if level is None:
        return url_for("contracts.new_service_level", key=version.key)
    if len(steps) > 2 and steps[2] in SHARES:
        return url_for("contracts.edit_credits", key=version.key)
    return url_for("contracts.edit_service_level", key=version.key, level=level.get("key"))


def _at(parts: Any, place: str) -> Mapping[str, Any] | None:
    if isinstance(parts, list) and place.isdigit() and int(place) < len(parts):
        return parts[int(place)]
    return None
