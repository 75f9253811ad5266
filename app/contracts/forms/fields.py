"""What the sections' forms share: decimal texts, rows that come and go, problems shown at their field."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import FieldList, HiddenField, SelectChoice, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from app.contracts.prose import plainly
from app.domain.catalogue import Problem

NUMBER = r"-?\d{1,15}(\.\d{1,10})?"
NUMBER_HINT = "Write a number such as 97.5, without a percent sign."


class SectionForm(FlaskForm):
    """`seen` is the draft's version when the form was opened."""

    seen = HiddenField()

    @classmethod
    def values_of(cls, document: Mapping[str, Any]) -> dict[str, Any]:
        """What the document says, as the form's initial values."""
        raise NotImplementedError

    def into(self, document: dict[str, Any]) -> None:
        """Write the form's section into the document, leaving everything else as it is."""
        raise NotImplementedError

    def fields_at(self) -> Mapping[str, Any]:
        """The field that shows the problems of each path."""
        return {}

    def show(self, problems: Iterable[Problem]) -> None:
        """Put each problem at its field, or at the nearest one around it."""
        fields = self.fields_at()
        for problem in problems:
            path = problem.path
            while path and path not in fields:
                path = path.rpartition(".")[0]
            if path:
                field = fields[path]
                field.errors = [*field.errors, f"{field.label.text}: {plainly(problem.message)}."]
            else:
                self.form_errors.append(f"{problem.message[:1].upper()}{problem.message[1:]}.")


class Ticks(SelectMultipleField):
    """Any number of choices, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def number_field(label: str, *further, required: str = "", **settings) -> StringField:
    rule = InputRequired(required) if required else Optional()
    rules = [*further, rule, Regexp(f"^{NUMBER}$", message=NUMBER_HINT)]
    return StringField(label, rules, filters=[squeezed], render_kw={"inputmode": "decimal"}, **settings)


def choices(labels: Mapping[str, str], group: str | None = None) -> list[SelectChoice]:
    """Labels by value, as options to choose from."""
    return [SelectChoice(value=value, label=label, optgroup=group) for value, label in labels.items()]


def squeezed(text: str | None) -> str | None:
    return text.strip() if text else text


def change_rows(rows: FieldList, add: str | None, remove: str | None) -> bool:
    """Do what the pressed button says; False when none was pressed. The rest of what was typed stays."""
    if add is not None:
        rows.append_entry()
        return True
    if remove is not None:
        place = next((place for place, entry in enumerate(rows) if entry.name == remove), None)
        if place is not None:
            rows.pop_entry(place)  # renumbers the rest, as the next request will
        return True
    return False


def put(part: dict[str, Any], key: str, value: Any, default: Any = None) -> None:
    """Set a key, or leave it away when it says no more than the default and was not written out before."""
    if value in (None, "") or (value == default and key not in part):
        part.pop(key, None)
    else:
        part[key] = value
