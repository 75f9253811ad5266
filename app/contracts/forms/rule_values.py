"""A rule as the values of its form, and a form as the rule that it says."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from wtforms import Field, FieldList, Form, FormField, SelectMultipleField, StringField

from app.contracts.families import Family, resolved
from app.contracts.forms.rule_places import own
from app.contracts.forms.service_level import key_from
from app.contracts.heads import as_day

Part = Mapping[str, Any]
LISTED = ", "


class ListedField(StringField):
    """Several words in one line, separated by commas."""


def values_of(family: Family, rule: Any, shape: Part, lead: str = "") -> dict[str, Any]:
    """What is meant where a part is there and says nothing is written out: a miss is a default at once."""
    if not isinstance(rule, Mapping):
        return {}
    found = {}
    for name, part in resolved(shape)["properties"].items():
        word = family.wording.words.get(lead + name)
        if name in rule:
            found[name] = _value(family, rule[name], part, lead + name)
        elif word and word.usual:
            found[name] = word.usual
    return found


def _value(family: Family, value: Any, part: Part, path: str) -> Any:
    shape, word = resolved(part), family.wording.words.get(path)
    if "properties" in shape:
        return values_of(family, value, shape, f"{path}.")
    if isinstance(value, list):
        if "properties" in resolved(shape.get("items", {})):
            return [values_of(family, each, shape["items"], f"{path}.") for each in value]
        texts = [str(each) for each in value]
        return texts if word and word.offer else LISTED.join(texts)
    if part.get("$ref", "").endswith("/date"):
        return as_day(value)
    return "" if value == shape.get("default") and "enum" in shape else value


def document_of(form: Form) -> dict[str, Any]:
    """What was filled in; what was left empty is absent."""
    found = {field.short_name: _filled(field) for field in own(form)}
    return {name: value for name, value in found.items() if value not in (None, "", {}, [])}


def rows_of(rows: FieldList) -> list[dict[str, Any]]:
    """The rows that say something; a key that was left empty is made from the name."""
    found = [row for entry in rows if (row := document_of(entry.form))]
    taken = {row["key"] for row in found if "key" in row}
    for row, form in zip(found, (entry.form for entry in rows if document_of(entry.form)), strict=True):
        if "key" in form and "key" not in row and "name" in row:
            row["key"] = key_from(row["name"], taken)
            taken.add(row["key"])
    return found


def _filled(field: Field) -> Any:
    if isinstance(field, FormField):
        return document_of(field.form)
    if isinstance(field, FieldList):
        return rows_of(field)
    if isinstance(field, ListedField):
        return [word.strip() for word in (field.data or "").split(",") if word.strip()]
    if isinstance(field, SelectMultipleField):
        return list(field.data or ())
    return field.data.isoformat() if isinstance(field.data, date) else field.data
