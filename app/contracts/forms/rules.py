"""Forms of contract rules, made from what the schema documents and the wording says: one page for every family."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from wtforms import Field, FieldList, Form, FormField, HiddenField, SelectField, StringField
from wtforms.validators import Length, Optional

from app.contracts.families import Family, resolved
from app.contracts.forms.fields import SectionForm, Ticks, choices, number_field, squeezed
from app.contracts.forms.rule_places import lists_of, places_of
from app.contracts.forms.rule_values import ListedField, document_of, rows_of, values_of
from app.contracts.wording import Word
from app.partners.forms import DayField

Part = Mapping[str, Any]


class Necessary:
    """Marks what a rule cannot be without; a draft may have gaps, so it is the terms' own check that says so."""

    field_flags = {"necessary": True}

    def __call__(self, form: Form, field: Field) -> None:
        """Nothing to refuse."""


class OfferedField(SelectField):
    """One of the things that a draft has; the terms' own check refuses what it has not."""

    def __init__(self, *texts, offer: str, **settings) -> None:
        super().__init__(*texts, choices=(), validate_choice=False, **settings)
        self.offer = offer


class OfferedTicks(Ticks):
    """Several of them."""

    def __init__(self, *texts, offer: str, **settings) -> None:
        super().__init__(*texts, choices=(), validate_choice=False, **settings)
        self.offer = offer


class RuleForm(SectionForm):
    """A rule's form; `family` and `chosen` (the kind) are set on the class that `form_of` makes."""

    family: Family
    chosen: str

    @classmethod
    def values_of(cls, document):
        rule = cls.family.of(document)
        if "items" in cls.family.shape:
            return {"rows": [values_of(cls.family, part, cls.family.shape["items"]) for part in rule or [{}]]}
        return values_of(cls.family, rule or {}, cls.family.shape) | ({"kind": cls.chosen} if cls.chosen else {})

    def offer(self, names: Mapping[str, Mapping[str, str]]) -> None:
        """What the draft has of each kind of thing, to choose from; what a rule names already stays."""
        for field in places_of(self, "").values():
            if isinstance(field, (OfferedField, OfferedTicks)):
                offered = names[field.offer]
                named = field.data or [] if isinstance(field, OfferedTicks) else [field.data or ""]
                kept = {value: value or "–" for value in named if value not in offered}
                field.choices = choices(kept | offered)

    def into(self, document: dict[str, Any]) -> None:
        rule = rows_of(self.rows) if "rows" in self else document_of(self)
        put_rule(self.family, document, rule)

    @property
    def lists(self) -> list[FieldList]:
        """Every list to which rows can be added, the outer ones first."""
        return list(lists_of(self))

    def fields_under(self, lead: str) -> dict[str, Field]:
        """The field of each path under `lead`."""
        return places_of(self, lead)


def put_rule(family: Family, document: dict[str, Any], rule: Any) -> None:
    """Write a rule into what holds it, in place of its short form; an empty one is taken out."""
    part = document
    *lead, last = family.path
    for step in lead:
        part = part.setdefault(step, {}) if rule else part.get(step, {})
    if rule:
        part[last] = rule
        part.pop(family.replaces, None)
    else:
        part.pop(last, None)


@cache
def form_of(family: Family, kind: str = "") -> type[RuleForm]:
    """The form of a family, with the fields that its kind has."""
    shape = resolved(family.shape)
    if "items" in shape:
        part = _form(family, resolved(shape["items"]), "", kind)
        fields = {"rows": FieldList(FormField(part), family.wording.row, min_entries=1)}
    else:
        fields = ({"kind": HiddenField()} if kind else {}) | _fields(family, shape, "", kind)
    about = {"family": family, "chosen": kind}
    return type(f"{family.name.title().replace('-', '')}Form", (RuleForm,), about | fields)


def _form(family: Family, shape: Part, lead: str, kind: str) -> type[Form]:
    return type("PartForm", (Form,), _fields(family, shape, lead, kind))


def _fields(family: Family, shape: Part, lead: str, kind: str) -> dict[str, Any]:
    said, parts = family.wording, shape["properties"]
    fields = {}
    for name in said.order(parts, lead):
        path = lead + name
        if path not in said.words or (said.words[path].kinds and kind not in said.words[path].kinds):
            continue  # the kind, which is chosen before, and what other kinds have
        fields[name] = _field(family, path, parts[name], kind, name in shape.get("required", ()))
    return fields


def _field(family: Family, path: str, part: Part, kind: str, is_necessary: bool) -> Any:
    shape, word = resolved(part), family.wording.words[path]
    rules: list[Any] = [Necessary()] if is_necessary and not word.silent else []
    if "properties" in shape:
        return FormField(_form(family, shape, f"{path}.", kind), word.label, description=word.hint)
    if "items" in shape and "properties" in resolved(shape["items"]):
        inner = FormField(_form(family, resolved(shape["items"]), f"{path}.", kind))
        return FieldList(inner, word.label, description=word.hint, min_entries=1)
    if word.offer:
        offered = OfferedTicks if "items" in shape else OfferedField
        return offered(word.label, rules, offer=word.offer, description=word.hint)
    if "items" in shape:
        return ListedField(word.label, [*rules, Length(max=400)], filters=[squeezed], description=word.hint)
    if options := word.options_of(kind):
        return _choice(word, options, shape.get("default"), rules)
    if part.get("$ref", "").endswith("/date"):
        return DayField(word.label, [*rules, Optional()], description=word.hint)
    if part.get("$ref", "").endswith("/number"):
        return number_field(word.label, *rules, description=word.hint)
    return StringField(word.label, [*rules, Length(max=120)], filters=[squeezed], description=word.hint)


def _choice(word: Word, options: Mapping[str, str], usual: str | None, rules: list[Any]) -> SelectField:
    """What is usual is chosen by leaving the field as it is."""
    labels = {"" if value == usual else value: label for value, label in options.items()}
    labels = labels if usual else {"": "–"} | labels
    return SelectField(word.label, rules, choices=choices(labels), description=word.hint)
