"""The targets of a whole contract on one page: a row for each service level, and what credits are shares of."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import FieldList, Form, FormField, HiddenField

from app.contracts.forms.fields import SectionForm, number_field, put
from app.contracts.places import name_of
from app.contracts.prose import plainly
from app.domain.catalogue import Problem

SHARES = ("at_risk", "pool", "monthly_cap")
EDGES = ("lower", "upper")


class TargetForm(Form):
    key = HiddenField()
    value = number_field("Expected")
    lower = number_field("Expected from")
    upper = number_field("Expected to")
    minimum_value = number_field("Minimum")
    minimum_lower = number_field("Minimum from")
    minimum_upper = number_field("Minimum to")
    allocation = number_field("Allocation in %")

    def into(self, level: dict[str, Any]) -> None:
        level["expected"] = self._target(level["expected"], "")
        minimum = self._target(level.get("minimum") or level["expected"], "minimum_")
        put(level, "minimum", minimum if minimum.get("value") or any(minimum.get("band", {}).values()) else None)
        if has_share(level):
            put(level, "allocation", self.allocation.data)

    def _target(self, before: Mapping[str, Any], prefix: str) -> dict[str, Any]:
        """What kind of target it is stays: a limit with its comparator, or a band."""
        if "band" in before:
            return {**before, "band": {edge: self[prefix + edge].data for edge in EDGES}}
        return {**before, "value": self[f"{prefix}value"].data}


class TargetsForm(SectionForm):
    draft = HiddenField()
    at_risk = number_field("At risk", description="Percent of the month's charges.")
    pool = number_field("Pool", description="Percent of the amount at risk that may be allocated.")
    monthly_cap = number_field("Monthly cap", description="Percent of the month's charges. Empty: no cap.")
    rows = FieldList(FormField(TargetForm))

    @classmethod
    def values_of(cls, document):
        rows = [_row(level) for level in document.get("service_levels") or ()]
        return {**{name: (document.get("credits") or {}).get(name) for name in SHARES}, "rows": rows}

    def fits(self, document: Mapping[str, Any]) -> bool:
        """Whether the rows are the document's service levels: somebody may have changed the draft meanwhile."""
        return [row.form.key.data for row in self.rows] == [level.get("key") for level in document["service_levels"]]

    def name_errors(self, document: Mapping[str, Any]) -> None:
        """Say of which service level each row's fault is: the summary above the form stands far from the row."""
        for level, row in zip(document["service_levels"], self.rows, strict=True):
            for field in row.form:
                field.errors = [f"{level.get('name')}, {field.label.text.lower()}: {said}" for said in field.errors]

    def into(self, document) -> None:
        for level, row in zip(document["service_levels"], self.rows, strict=True):
            row.form.into(level)
        if uses_shares(document):
            part = dict(document["credits"])
            for name in SHARES:
                put(part, name, self[name].data)
            document["credits"] = part

    def fields_in(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The field that shows the problems of each path of the document."""
        fields = {f"credits.{name}": self[name] for name in SHARES} if uses_shares(document) else {}
        for place, (level, row) in enumerate(zip(document["service_levels"], self.rows, strict=True)):
            at, form = f"service_levels.{place}", row.form
            fields[f"{at}.expected"] = form.lower if has_band(level) else form.value
            fields[f"{at}.minimum"] = form.minimum_lower if has_band(level, "minimum") else form.minimum_value
            if has_share(level):
                fields[f"{at}.allocation"] = form.allocation
        return fields

    def show_in(self, document: Mapping[str, Any], problems: Iterable[Problem]) -> None:
        """Each problem at its field; what has none on this page is named by its place in the terms."""
        fields = self.fields_in(document)
        for problem in problems:
            path = next((path for path in fields if f"{problem.path}.".startswith(f"{path}.")), None)
            said = f"{name_of(document, problem.path)}: {plainly(problem.message)}."
            if path is None:
                self.form_errors.append(said)
            else:
                fields[path].errors = [*fields[path].errors, said]


def has_band(level: Mapping[str, Any], target: str = "expected") -> bool:
    """Without a Minimum of its own, one that is added is of the kind of the Expected."""
    return "band" in (level.get(target) or level.get("expected") or {})


def has_share(level: Mapping[str, Any]) -> bool:
    return level.get("credits_on", "none") != "none" and not level.get("credit")


def uses_shares(document: Mapping[str, Any]) -> bool:
    """Whether credits are shares of an amount at risk; other prices stand in the draft's own pages."""
    return bool((document.get("credits") or {}).get("at_risk"))


def _row(level: Mapping[str, Any]) -> dict[str, Any]:
    row = {"key": level.get("key"), "allocation": level.get("allocation")}
    for prefix, target in (("", level.get("expected") or {}), ("minimum_", level.get("minimum") or {})):
        row[f"{prefix}value"] = target.get("value")
        row |= {prefix + edge: (target.get("band") or {}).get(edge) for edge in EDGES}
    return row
