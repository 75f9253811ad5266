"""The form in which a person says what each column is: plain selects, made for one file and one template."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectChoice, SelectField

from app.formatting import month as month_words
from app.reports import units
from app.reports.mapping.column_map import (
    ANY_OTHER,
    CONTRACT,
    LEFT_OUT,
    MISTAKE,
    PERIOD,
    WHOLE_REPORT,
    ColumnMap,
    codes_of,
    needed,
    role_of,
    roles_of,
    unmapped,
)
from app.reports.mapping.layout import Layout
from app.reports.mapping.sketch import MOST_NAMES, Sketch
from app.reports.tables.figures import PLAIN
from app.reports.template import Template

ONE_BY_ONE = ""
OTHERS = ((ONE_BY_ONE, "Ask about them next"), (LEFT_OUT, "Leave all their rows out"), (MISTAKE, "All are mistakes"))
CONTRACTS = ((ONE_BY_ONE, "Ask about them"), (LEFT_OUT, "Leave all their rows out"))
UNDECIDED = ""
WANTED = "Choose a column"
MOST_CODES = 200  # in one select


class MappingForm(FlaskForm):
    """Its selects are added for each file: see `form_class`."""

    table = SelectField("Table", coerce=int)
    about = HiddenField()  # the table that the selects are about
    seen = HiddenField()
    shown_left_out = HiddenField()
    leave_out = BooleanField("Leave these columns out")
    adds_up = BooleanField(
        "Add up rows of the same site, queue and period",
        description="For a sheet with a row per day, team or interval: counts and times are added up, nothing else.",
    )
    leaves_other_months = BooleanField(
        "Leave out rows of other months",
        description="For a sheet to which each month is added. How many were left out is said on the page.",
    )
    style = SelectField(
        "How it writes numbers",
        choices=[SelectChoice(value="", label="As set for the partner")]
        + [SelectChoice(value=each, label=each) for each in PLAIN],
        default="",
        description="For figures that are text, as in a CSV file: 1.234 is a thousand or a little more than one.",
    )

    roles: Mapping[str, str] = {}  # the name of each role's select
    unit_fields: Mapping[str, str] = {}
    name_fields: Mapping[tuple[str, str], str] = {}
    other_fields: Mapping[str, str] = {}

    def choice(self, role: str) -> SelectField:
        return self[self.roles[role]]

    @property
    def lacks_a_figure(self) -> bool:
        """Whether the column of a figure that is asked for is chosen nowhere."""
        figures = (self.choice(role) for role in self.roles if ":" in role)
        return any(not field.data and field.choices[0].label == WANTED for field in figures)


def select(label: str, choices: Iterable[tuple[str, str]], default: str = "", **about) -> SelectField:
    offered = [SelectChoice(value=value, label=words) for value, words in choices]
    return SelectField(label, choices=offered, default=default, **about)


def form_class(sketch: Sketch, layout: Layout, template: Template) -> type[MappingForm]:
    roles = {role: f"role_{number}" for number, role in enumerate(roles_of(template))}
    fields: dict = {"roles": roles, "unit_fields": {}, "name_fields": {}, "other_fields": {}}
    for role, label in roles_of(template).items():
        fields[roles[role]] = select(label, _choices(role, layout, template))
    for column in template.columns:
        if len(offered := units.choices(column.unit)) > 1:
            name = f"unit_{roles[role_of(column)]}"
            fields["unit_fields"][role_of(column)] = name
            fields[name] = select(f"Unit of {column.name}", offered)
    if layout is sketch.tables[sketch.at]:
        _add_names(fields, sketch, template)
    return type("MappingFormOfAFile", (MappingForm,), fields)


def _add_names(fields: dict, sketch: Sketch, template: Template) -> None:
    for role, names in sketch.undecided.items():
        codes = codes_of(template)[role]
        choices = [(UNDECIDED, "Choose"), *((code, code) for code in codes[:MOST_CODES])]
        choices += [(LEFT_OUT, "Leave its rows out"), (MISTAKE, "A mistake: I put it right in the workbook")]
        if role == CONTRACT:
            fields["other_fields"][role] = f"other_{role}"
            fields[f"other_{role}"] = select("Rows of any other contract", CONTRACTS)
        for number, (written, rows) in enumerate(list(names.items())[:MOST_NAMES]):
            name = f"name_{role}_{number}"
            fields["name_fields"][role, written] = name
            fields[name] = select(f"{written[:60]} ({rows:,} row{'' if rows == 1 else 's'})", choices)
        if len(names) > MOST_NAMES and role != CONTRACT:
            fields["other_fields"][role] = f"other_{role}"
            label = f"The other {len(names) - MOST_NAMES:,} names"
            hint = f"So many names are rarely {role}s. If they are none, choose another column above; if they are, ask "
            hint += f"your partner manager to add the {role}s that Accord does not have."
            fields[f"other_{role}"] = select(label, OTHERS, description=hint)


def _choices(role: str, layout: Layout, template: Template) -> Iterator[tuple[str, str]]:
    yield "", WANTED if role in needed(template) else "Not in the workbook"
    if role == PERIOD and template.grain == "month" and not template.contracts:
        yield f"fix:{WHOLE_REPORT}", f"Every row is of {month_words(template.month, 'long')}"
    if codes := codes_of(template).get(role):
        yield from ((f"fix:{code}", f"Every row is of {code}") for code in codes[:MOST_NAMES])
    yield from ((f"col:{heading.place}", str(heading)[:80]) for heading in layout.headings)


def filled(
    sketch: Sketch,
    chosen: ColumnMap,
    layout: Layout,
    template: Template,
    seen: int,
    left_out_before: Collection[tuple[str, ...]] = (),
) -> MappingForm:
    """The form as it is shown first: with what is proposed. Headings that somebody left out before need no second tick
    while nothing is beside them."""
    kind = form_class(sketch, layout, template)
    table = sketch.tables.index(layout)
    data = {"seen": str(seen), "shown_left_out": _places_left_out(chosen), "table": table, "about": str(table)}
    data["leave_out"] = all(heading.bare in left_out_before for heading in chosen.left_out)
    data |= {"adds_up": chosen.adds_up, "leaves_other_months": chosen.leaves_other_months, "style": chosen.style}
    for role, name in kind.roles.items():
        mapped, fixed = chosen.of_role(role), chosen.fixed.get(role)
        data[name] = f"col:{mapped.heading.place}" if mapped else f"fix:{fixed}" if fixed else ""
        if mapped and role in kind.unit_fields:
            data[kind.unit_fields[role]] = mapped.unit
    for role, name in kind.other_fields.items():
        data[name] = chosen.names.get(role, {}).get(ANY_OTHER, ONE_BY_ONE)
    for (role, written), name in kind.name_fields.items():
        data[name] = chosen.names.get(role, {}).get(written.casefold(), UNDECIDED)
    return _with_tables(kind(formdata=None, data=data), sketch)


def posted(sketch: Sketch, layout: Layout, template: Template) -> MappingForm:
    return _with_tables(form_class(sketch, layout, template)(), sketch)


def _with_tables(form: MappingForm, sketch: Sketch) -> MappingForm:
    form.table.choices = [SelectChoice(value=number, label=_named(table)) for number, table in enumerate(sketch.tables)]
    return form


def _named(table: Layout) -> str:
    name = f"{table.sheet.name}, " if table.sheet.name else ""
    if not table.first:
        return f"{name}put together to one row per month, site and queue"
    rows = f"row {table.first}" if table.first == table.last else f"rows {table.first} to {table.last}"
    return f"{name}headings in {rows}"


def decided(form: MappingForm, sketch: Sketch, layout: Layout) -> tuple[ColumnMap, list[tuple[str, int]]]:
    """What was chosen, and the columns by role in case one was chosen twice."""
    roles: list[tuple[str, int]] = []
    fixed: dict[str, str] = {}
    for role in form.roles:
        kind, _, value = (form.choice(role).data or "").partition(":")
        if kind == "col":
            roles.append((role, int(value)))
        elif kind == "fix":
            fixed[role] = value
    written = {role: form[name].data for role, name in form.unit_fields.items()}
    chosen = unmapped(layout).with_roles({role: (place, written.get(role, "")) for role, place in roles})
    said = {"adds_up": form.adds_up.data, "leaves_other_months": form.leaves_other_months.data}
    said["style"] = form.style.data or ""
    return replace(chosen, fixed=fixed, names=_names(form, sketch), **said), roles


def _names(form: MappingForm, sketch: Sketch) -> dict[str, dict[str, str]]:
    names = {role: dict(known) for role, known in sketch.chosen.names.items()}
    for (role, written), name in form.name_fields.items():
        if form[name].data != UNDECIDED:
            names.setdefault(role, {})[written.casefold()] = form[name].data
    for role, name in form.other_fields.items():
        if role == CONTRACT:
            names.setdefault(role, {}).pop(ANY_OTHER, None)
            names[role] |= {ANY_OTHER: LEFT_OUT} if form[name].data == LEFT_OUT else {}
        elif form[name].data != ONE_BY_ONE:
            others = list(sketch.undecided[role])[MOST_NAMES:]
            names.setdefault(role, {}).update(dict.fromkeys(map(str.casefold, others), form[name].data))
    return names


def refuse(form: MappingForm, chosen: ColumnMap, wrong: Mapping[str, str], sketch: Sketch) -> bool:
    """Put what is wrong at its select; columns are left out by those who saw which. Of another column than the one
    that the page was about other names are asked next."""
    for role, words in wrong.items():
        form.choice(role).errors = [*form.choice(role).errors, words]
    for (role, written), name in form.name_fields.items():
        mapped, before = chosen.of_role(role), sketch.chosen.of_role(role)
        is_another = mapped is None or before is None or mapped.heading != before.heading
        is_answered = is_another or (role == CONTRACT and chosen.names.get(role, {}).get(ANY_OTHER) == LEFT_OUT)
        if form[name].data == UNDECIDED and not is_answered:
            form[name].errors = [f"Say what “{written}” stands for."]
    seen = set((form.shown_left_out.data or "").split(","))
    left_out = show_left_out(form, chosen)
    if left_out and not form.leave_out.data:
        form.leave_out.errors = ["Tick that these columns are to be left out, or choose what they are."]
    elif left_out and not seen.issuperset(left_out.split(",")):
        form.leave_out.data = False
        form.leave_out.errors = ["Other columns are left out now than when you ticked this: look at them again."]
    return bool(form.errors)


def show_left_out(form: MappingForm, chosen: ColumnMap) -> str:
    """Which columns the tick is about."""
    form.shown_left_out.data = _places_left_out(chosen)
    return form.shown_left_out.data


def _places_left_out(chosen: ColumnMap) -> str:
    return ",".join(str(heading.place) for heading in chosen.left_out)
