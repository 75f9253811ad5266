"""What a person decided about one layout: which column is which figure, in what unit, and what its names stand for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from app.contracts.catalogue import CATALOGUE
from app.reading import column_letter
from app.reports import units
from app.reports.mapping.layout import Heading, Layout
from app.reports.tables.headings import SHARE, is_average, unit_of
from app.reports.template import REASON, Column, Template

PERIOD, SITE, QUEUE, NO_FIGURES = "period", "site", "queue", "reason"
CONTRACT, DAYS = "contract", "days"  # of a history alone
PLACES = {SITE: "Site", QUEUE: "Queue"}
WHOLE_REPORT = "report"  # every row is about the report's month
LEFT_OUT = "-"
MISTAKE = "?"  # no name of ours: its cells are to be put right in the workbook
ANY_OTHER = "*"  # whatever name is not said


class Wrong(NamedTuple):
    """What keeps a mapping from being used, and the role whose choice it is about."""

    role: str
    words: str


@dataclass(frozen=True)
class Mapped:
    """One column of the sheet; without a role it is left out."""

    heading: Heading
    role: str = ""
    unit: str = units.AS_ASKED


@dataclass(frozen=True)
class ColumnMap:
    """`fixed` holds what no column says: the code of the one site or queue, or that every row is of the report's month.

    `names` are, by role, what the sheet writes for a code, without capitals; also what is left out or a mistake.
    With `adds_up` rows of the same site, queue and period are parts of one figure; with `leaves_other_months` those of
    other months than the report's are none of it, as in a sheet to which each month is added. `style` is how the
    workbook writes numbers, where that is not how its partner does.
    """

    sheet: str
    columns: tuple[Mapped, ...]
    fixed: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    adds_up: bool = False
    leaves_other_months: bool = False
    style: str = ""

    def of_role(self, role: str) -> Mapped | None:
        return next((column for column in self.columns if column.role == role), None)

    @property
    def left_out(self) -> tuple[Heading, ...]:
        return tuple(column.heading for column in self.columns if not column.role)

    @property
    def left_out_bare(self) -> frozenset[tuple[str, ...]]:
        """The same headings without their notes, as they are known again."""
        return frozenset(heading.bare for heading in self.left_out)

    def with_roles(self, roles: Mapping[str, tuple[int, str]]) -> "ColumnMap":
        """`roles` says for each role the place of its column and the unit it is written in."""
        by_place = {place: (role, unit) for role, (place, unit) in roles.items()}
        columns = tuple(
            Mapped(column.heading, *by_place.get(column.heading.place, ("", units.AS_ASKED))) for column in self.columns
        )
        return replace(self, columns=columns)

    def to_document(self) -> dict:
        columns = [
            {"place": each.heading.place, "words": list(each.heading.words), "role": each.role, "unit": each.unit}
            for each in self.columns
        ]
        names = {role: dict(names) for role, names in self.names.items()}
        said = {"adds_up": self.adds_up, "leaves_other_months": self.leaves_other_months, "style": self.style}
        said = {name: value for name, value in said.items() if value}
        return {"sheet": self.sheet, "columns": columns, "fixed": dict(self.fixed), "names": names, **said}


def from_document(document: Mapping) -> ColumnMap:
    columns = tuple(
        Mapped(Heading(each["place"], tuple(each["words"])), each["role"], each["unit"]) for each in document["columns"]
    )
    said = {name: document[name] for name in ("adds_up", "leaves_other_months", "style") if name in document}
    return ColumnMap(document["sheet"], columns, document["fixed"], document["names"], **said)


def unmapped(layout: Layout) -> ColumnMap:
    return ColumnMap(layout.sheet.name, tuple(Mapped(heading) for heading in layout.headings))


def role_of(column: Column) -> str:
    return f"{'stated' if column.is_stated else 'measure'}:{column.key}"


def roles_of(template: Template) -> dict[str, str]:
    """Everything that a column may be, and its heading in Accord's words."""
    figures = {role_of(column): column.heading for column in template.columns}
    first = {CONTRACT: "Contract"} if template.contracts else {}
    last = {DAYS: "Days reported"} if template.contracts else {}
    places = {PERIOD: template.period_heading, SITE: "Site", QUEUE: "Queue"}
    return {**first, **places, **figures, **last, NO_FIGURES: REASON}


def codes_of(template: Template) -> dict[str, tuple[str, ...]]:
    """What the names of each role may stand for."""
    first = {CONTRACT: template.contracts} if template.contracts else {}
    return {**first, SITE: template.sites, QUEUE: template.queues}


def typed_of(template: Template) -> dict[str, Mapping[str, str]]:
    """The code that each name stands for, as it may be typed, without capitals."""
    contracts = {code.casefold(): code for code in template.contracts}
    return {CONTRACT: contracts, SITE: template.sites_as_typed, QUEUE: template.queues_as_typed}


def needed(template: Template) -> tuple[str, ...]:
    """A history of several contracts need not hold every figure that one of them asks for."""
    if template.contracts:
        return (CONTRACT, PERIOD, SITE, QUEUE)
    return (PERIOD, SITE, QUEUE, *(role_of(column) for column in template.columns if not column.is_optional))


def wrongs(chosen: ColumnMap, roles: Sequence[tuple[str, int]], template: Template) -> Iterator[Wrong]:
    """What is to be decided yet. `roles` are the choices as made: two of them may have taken the same column."""
    names = roles_of(template)
    taken: dict[int, str] = {}
    for role, place in roles:
        if place in taken:
            words = f"Column {column_letter(place)} is chosen twice: for {names[taken[place]]} and for {names[role]}."
            yield Wrong(role, f"{words} Each figure has a column of its own.")
        taken.setdefault(place, role)
    for role in needed(template):
        if role not in dict(roles) and role not in chosen.fixed:
            yield Wrong(role, f"Choose the column of your workbook that holds {names[role]}.")
    if template.contracts and not any(":" in role for role, _ in roles):
        first = next(role for role in names if ":" in role)
        yield Wrong(first, "Choose the column of at least one figure: nothing would be read.")
    if template.grain == "day" and chosen.fixed.get(PERIOD):
        yield Wrong(PERIOD, "This report is by day: choose the column that holds the day.")
    for column in template.columns:
        if (mapped := chosen.of_role(role_of(column))) is None:
            continue
        if (
            words := _an_average(mapped, column)
            or _wrong_unit(mapped, column)
            or (chosen.adds_up and _not_a_sum(column))
        ):
            yield Wrong(mapped.role, words)


def _not_a_sum(column: Column) -> str:
    measure = None if column.is_stated else CATALOGUE.measures.get(column.key)
    if measure is not None and measure.over_months == "sum":
        return ""
    return f"{column.name} cannot be added up from several rows. Leave it out, or do not add up rows."


def _an_average(mapped: Mapped, column: Column) -> str:
    if column.is_stated or column.unit not in ("seconds", "hours") or not is_average(mapped.heading.words):
        return ""
    told = f"“{mapped.heading.text}” is an average; {column.name} takes the sum over all of them."
    return f"{told} Add a column with the sum to your workbook, and choose that."


def _wrong_unit(mapped: Mapped, column: Column) -> str:
    said = unit_of(mapped.heading.words)
    if units.factor(column.unit, mapped.unit) is None:
        return (
            f"{column.name} takes {column.takes}, which cannot be worked out from {mapped.unit}. Choose another unit."
        )
    if not units.contradicts(column.unit, said, mapped.unit):
        return ""
    heading = f"“{mapped.heading.text}”"
    if said == SHARE:
        return f"{heading} holds percentages; {column.name} takes {column.takes}. Choose the column that holds those."
    if units.factor(column.unit, said) is None:
        return f"{heading} is in {said}, and {column.name} takes {column.takes}. Choose another column."
    return f"{heading} is in {said}. Choose that unit, so that the figures are converted."
