"""Where the fields of a rule's form stand: its lists, and the field that shows the problems of each path."""

from collections.abc import Iterator

from wtforms import Field, FieldList, Form, FormField


def places_of(form: Form, lead: str) -> dict[str, Field]:
    """The field of each path under `lead`."""
    if "rows" in form:
        return dict(_places(form.rows, lead))
    first = next(iter(own(form)), None)
    return ({} if first is None else {lead: first}) | dict(_under(form, lead))


def own(form: Form) -> Iterator[Field]:
    return (field for field in form if field.short_name not in ("seen", "csrf_token"))


def lists_of(form: Form) -> Iterator[FieldList]:
    for field in own(form):
        if isinstance(field, FieldList):
            yield field
        if isinstance(field, FormField):
            yield from lists_of(field.form)


def _under(form: Form, lead: str) -> Iterator[tuple[str, Field]]:
    for field in own(form):
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
