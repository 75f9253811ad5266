"""The page on which a person says what the columns of a file are, whatever the file is for."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from flask import request

from app.reports.mapping import form as forms
from app.reports.mapping.column_map import ColumnMap, needed, roles_of, wrongs
from app.reports.mapping.first_rows import first_rows, shown_roles
from app.reports.mapping.layout import Layout
from app.reports.mapping.sketch import Sketch
from app.reports.template import Template
from app.web import page

MANY = 4


@dataclass(frozen=True)
class Asking:
    """A file that waits for an answer: `propose` says it for another of its tables, `about` goes to the page, and
    `left_out` are headings, bare of notes, that were left out before."""

    sketch: Sketch
    template: Template
    style: str
    seen: int
    propose: Callable[[Layout], ColumnMap]
    about: dict
    left_out: Collection[tuple[str, ...]] = ()


def ask(asking: Asking):
    sketch = asking.sketch
    layout = sketch.tables[sketch.at]
    form = forms.filled(sketch, sketch.chosen, layout, asking.template, asking.seen, asking.left_out)
    return _page(asking, sketch.chosen, form)


def answer(asking: Asking) -> tuple[ColumnMap | None, int, object]:
    """What was chosen, with the version that was seen; while something is to be said yet, the page that says what."""
    template, about = asking.template, request.form.get("about", asking.sketch.at, type=int)
    sketch = asking.sketch.turned_to(about)
    layout = sketch.tables[about if 0 <= about < len(sketch.tables) else sketch.at]
    form = forms.posted(sketch, layout, template)
    is_valid = form.validate()
    if is_valid and sketch.tables[form.table.data] is not layout:
        return None, 0, _another_table(asking, form)
    chosen, roles = forms.decided(form, sketch, layout)
    if is_valid and "look" in request.form:
        forms.show_left_out(form, chosen)
        return None, 0, _page(asking, chosen, form)
    wrong = {each.role: each.words for each in wrongs(chosen, roles, template)}
    if forms.refuse(form, chosen, wrong, sketch) or not is_valid:
        return None, 0, _page(asking, chosen, form, status=422)
    return chosen, int(form.seen.data or 0), None


def _another_table(asking: Asking, form: forms.MappingForm):
    sketch, layout = asking.sketch.turned_to(form.table.data), asking.sketch.tables[form.table.data]
    chosen = sketch.chosen if sketch.at == form.table.data else asking.propose(layout)
    seen = int(form.seen.data or 0)
    return _page(asking, chosen, forms.filled(sketch, chosen, layout, asking.template, seen, asking.left_out))


def _page(asking: Asking, chosen: ColumnMap, form: forms.MappingForm, status: int = 200):
    layout = asking.sketch.tables[int(form.about.data or asking.sketch.at)]
    return page(
        "reports/map_columns.html",
        status=status,
        form=form,
        sketch=asking.sketch,
        layout=layout,
        chosen=chosen,
        roles=roles_of(asking.template),
        absent=_absent(asking, chosen, form),
        shown=shown_roles(chosen, asking.template),
        rows=list(first_rows(chosen, layout, asking.template, chosen.style or asking.style)),
        **asking.about,
    )


def _absent(asking: Asking, chosen: ColumnMap, form: forms.MappingForm) -> list[str]:
    """Roles that stand apart on the page, where they are many: no column is proposed for them, and none is needed."""
    given = {each.role for each in chosen.columns} | set(chosen.fixed) | set(needed(asking.template))
    absent = [role for role in roles_of(asking.template) if role not in given and not form.choice(role).errors]
    return absent if len(absent) >= MANY else []
