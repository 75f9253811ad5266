"""Forms of contract rules, made from what the schema documents: one page for every family."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from wtforms import Field, FieldList, Form, FormField, SelectField, StringField
from wtforms.validators import Length, Optional

from app.contracts.families import Family, resolved
from app.contracts.forms.fields import SectionForm, as_day, choices, number_field, squeezed
from app.partners.forms import DayField

Part = Mapping[str, Any]


class ListedField(StringField):
    """Several words in one line, separated by commas."""


class RuleForm(SectionForm):
    """A rule's form; `family` and `path` are set on the class that `form_of` makes."""

    family: Family

    @classmethod
    def values_of(cls, document):
        rule = cls.family.of(document)
        if "items" in cls.family.shape:
            return {"rows": [_values(part, cls.family.shape["items"]) for part in rule or [{}]]}
        return _values(rule or {}, cls.family.shape)

    def into(self, document: dict[str, Any]) -> None:
        rule = _rows(self.rows) if "rows" in self else _document(self)
        part = document
        *lead, last = self.family.path
        for step in lead:
            part = part.setdefault(step, {}) if rule else part.get(step, {})
        if rule:
            part[last] = rule
        else:
            part.pop(last, None)

    @property
    def lists(self) -> list[FieldList]:
        """Every list to which rows can be added, the outer ones first."""
        return list(_lists(self))

    def fields_under(self, lead: str) -> dict[str, Field]:
        """The field of each path under `lead`."""
        if "rows" in self:
            return dict(_places(self.rows, lead))
        return {lead: next(iter(_own(self)))} | dict(_under(self, lead))


@cache
def form_of(family: Family) -> type[RuleForm]:
    """The form of a family."""
    shape = resolved(family.shape)
    if "items" in shape:
        fields = {"rows": FieldList(FormField(_form(resolved(shape["items"]))), min_entries=1)}
    else:
        fields = _fields(shape)
    return type(f"{family.name.title().replace('-', '')}Form", (RuleForm,), {"family": family, **fields})


def _form(shape: Part) -> type[Form]:
    return type("PartForm", (Form,), _fields(shape))


def _fields(shape: Part) -> dict[str, Any]:
    return {name: _field(name, part) for name, part in shape["properties"].items()}


def _field(name: str, part: Part) -> Any:
    shape, label = resolved(part), name.replace("_", " ").capitalize()
    described = {"description": _description(part)}
    if "properties" in shape:
        return FormField(_form(shape), label, **described)
    if "items" in shape and "properties" in resolved(shape["items"]):
        return FieldList(FormField(_form(resolved(shape["items"]))), label, **described)
    if "items" in shape:
        return ListedField(label, [Length(max=400)], filters=[squeezed], **described)
    if "enum" in shape:
        usual = shape.get("default")
        labels = {"": f"{_words(usual)}, as is usual" if usual else "–"}
        labels |= {value: _words(value) for value in shape["enum"] if value != usual}
        return SelectField(label, choices=choices(labels), **described)
    if part.get("$ref", "").endswith("/date"):
        return DayField(label, [Optional()], **described)
    if part.get("$ref", "").endswith("/number"):
        return number_field(label, **described)
    return StringField(label, [Length(max=120)], filters=[squeezed], **described)


def _words(value: str) -> str:
    return value.replace("_", " ")


def _description(part: Part) -> str:
    example = next(iter(part.get("examples", ())), None)
    unit = f" In {part['x-unit']}." if "x-unit" in part and part["x-unit"] != "date" else ""
    told = f" For example {example}." if isinstance(example, str) and "enum" not in resolved(part) else ""
    return f"{part['description']}{unit}{told}"


def _values(rule: Any, shape: Part) -> dict[str, Any]:
    if not isinstance(rule, Mapping):
        return {}
    return {name: _value(rule[name], part) for name, part in resolved(shape)["properties"].items() if name in rule}


def _value(value: Any, part: Part) -> Any:
    shape = resolved(part)
    if "properties" in shape:
        return _values(value, shape)
    if isinstance(value, list):
        rows = "properties" in resolved(shape.get("items", {}))
        return [_values(each, shape["items"]) for each in value] if rows else ", ".join(map(str, value))
    if part.get("$ref", "").endswith("/date"):
        return as_day(value)
    return "" if value == shape.get("default") and "enum" in shape else value


def _document(form: Form) -> dict[str, Any]:
    """What was filled in; what was left empty is absent."""
    found = {field.short_name: _filled(field) for field in _own(form)}
    return {name: value for name, value in found.items() if value not in (None, "", {}, [])}


def _filled(field: Field) -> Any:
    if isinstance(field, FormField):
        return _document(field.form)
    if isinstance(field, FieldList):
        return _rows(field)
    if isinstance(field, ListedField):
        return [word.strip() for word in (field.data or "").split(",") if word.strip()]
    return field.data.isoformat() if isinstance(field.data, date) else field.data


def _rows(rows: FieldList) -> list[dict[str, Any]]:
    return [row for entry in rows if (row := _document(entry.form))]


def _own(form: Form) -> Iterator[Field]:
    return (field for field in form if field.short_name not in ("seen", "csrf_token"))


def _lists(form: Form) -> Iterator[FieldList]:
    for field in _own(form):
        if isinstance(field, FieldList):
            yield field
        if isinstance(field, FormField):
            yield from _lists(field.form)


def _under(form: Form, lead: str) -> Iterator[tuple[str, Field]]:
    for field in _own(form):
        path = f"{lead}.{field.short_name}"
        if isinstance(field, FormField):
            inner = list(_under(field.form, path))
            yield path, inner[0][1]
            yield from inner
        elif isinstance(field, FieldList):
            yield from _places(field, path)
        else:
            yield path, field


def _places(rows: FieldList, lead: str) -> Iterator[tuple[str, Field]]:
    for place, entry in enumerate(rows):
        inner = list(_under(entry.form, f"{lead}.{place}"))
        if not place:
            yield lead, inner[0][1]
        yield f"{lead}.{place}", inner[0][1]
        yield from inner
