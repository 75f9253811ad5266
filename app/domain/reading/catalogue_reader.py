"""Reads a catalogue document and names the place of everything that is wrong."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from app.domain.catalogue import KINDS, MONTHS, RECORDS, Catalogue, Measure, Metric, Problem, Starter
from app.domain.formula import FUNCTIONS, Formula, FormulaInvalid

MEASURE_CHOICES = {"kind": KINDS, "over_months": ("sum", "mean", "last")}
METRIC_CHOICES = {"unit": ("percent", "seconds", "ratio", "count"), "direction": ("higher", "lower", "band")}
COMPARATORS = (">=", ">", "<=", "<")
MOST_DAYS = 366
MOST_DECIMALS = 6
RESERVED = frozenset({MONTHS, *FUNCTIONS})
NOTHING = Formula.parse("0")


class CatalogueInvalid(ValueError):
    """Everything that is wrong with a catalogue, each with its place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


@dataclass
class _Entry:
    """One table of the document, at a place such as `metrics.aht`."""

    place: str
    table: Mapping[str, Any]
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, name: str, message: str) -> None:
        self.problems.append(Problem(f"{self.place}.{name}", message))

    def text(self, name: str, choices: tuple[str, ...] = (), default: str | None = None) -> str:
        text = self.table.get(name, default)
        if not isinstance(text, str) or not text:
            self.refuse(name, "is missing: write a text")
            return ""
        if choices and text not in choices:
            self.refuse(name, f'"{text}" is none of {", ".join(choices)}')
        return text

    def formula(self, name: str) -> Formula:
        try:
            return Formula.parse(self.text(name))
        except FormulaInvalid as invalid:
            self.refuse(name, str(invalid))
        return NOTHING

    def decimal(self, name: str, default: str) -> Decimal:
        try:
            return Decimal(self.table.get(name, default))
        except (InvalidOperation, TypeError, ValueError):
            self.refuse(name, f'"{self.table[name]}" is not a number written as text')
        return Decimal(0)

    def whole(self, name: str, default: int, most: int) -> int:
        number = self.table.get(name, default)
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= most:
            self.refuse(name, f'"{number}" is not a whole number from 0 to {most}')
            return default
        return number


def read_catalogue(document: Mapping[str, Any]) -> Catalogue:
    problems: list[Problem] = []
    measures = {}
    for entry in _entries(document, "measures", problems):
        measures[entry.table["key"]] = _measure(entry)
    _check_parts(measures.values(), problems)
    drafts: dict[str, tuple[_Entry, Formula, Formula]] = {}
    for entry in _entries(document, "metrics", problems):
        if entry.table["key"] in measures:
            entry.refuse("key", "a measure has this key already")
        drafts[entry.table["key"]] = (entry, entry.formula("numerator"), entry.formula("denominator"))
    reads = {key: _names(numerator, denominator) for key, (_, numerator, denominator) in drafts.items()}
    for entry, numerator, denominator in drafts.values():
        known = {MONTHS, *measures, *drafts}
        _check_names(entry, {"numerator": numerator, "denominator": denominator}, known)
        _check_cycle(entry, reads)
    if problems:
        raise CatalogueInvalid(problems)
    metrics = {key: _metric(*draft, measures, reads) for key, draft in drafts.items()}
    if problems:
        raise CatalogueInvalid(problems)
    return Catalogue(measures, metrics)


def _entries(document: Mapping[str, Any], section: str, problems: list[Problem]) -> Iterable[_Entry]:
    seen: set[str] = set()
    for number, table in enumerate(document.get(section, ())):
        key = table.get("key")
        if not isinstance(key, str) or not key:
            problems.append(Problem(f"{section}.{number}.key", "is missing: write a text"))
        elif key in seen:
            problems.append(Problem(f"{section}.{key}", "this key stands here twice"))
        elif key in RESERVED:
            problems.append(
                Problem(f"{section}.{key}", "this key has a meaning of its own in formulas: choose another")
            )
        else:
            seen.add(key)
            yield _Entry(f"{section}.{key}", table, problems)


def _measure(entry: _Entry) -> Measure:
    return Measure(
        key=entry.table["key"],
        name=entry.text("name"),
        kind=entry.text("kind", MEASURE_CHOICES["kind"]),
        unit=entry.text("unit"),
        over_months=entry.text("over_months", MEASURE_CHOICES["over_months"], default="sum"),
        integer=entry.table.get("integer") is True,
        party=entry.text("party", ("partner", "client"), default="partner"),
        description=entry.text("description"),
        part_of=tuple(entry.table.get("part_of", ())),
        record=entry.text("record", RECORDS) if "record" in entry.table else "",
    )


def _check_parts(measures: Collection[Measure], problems: list[Problem]) -> None:
    kinds = {measure.key: measure.kind for measure in measures}
    for measure in measures:
        for whole in measure.part_of:
            if kinds.get(whole) != measure.kind or whole == measure.key:
                message = f'"{whole}" is no other measure of the {measure.kind} report'
                problems.append(Problem(f"measures.{measure.key}.part_of", message))


def _metric(
    entry: _Entry,
    numerator: Formula,
    denominator: Formula,
    measures: Mapping[str, Measure],
    reads: Mapping[str, tuple[str, ...]],
) -> Metric:
    key = entry.table["key"]
    reached = _reached(key, reads)
    rests_on = tuple(name for name in reached if name in measures)
    if not rests_on:
        entry.refuse("numerator", "neither formula reads a measure")
    return Metric(
        key=key,
        name=entry.text("name"),
        short=entry.text("short"),
        family=entry.text("family"),
        numerator=numerator,
        denominator=denominator,
        scale=entry.decimal("scale", "1"),
        unit=entry.text("unit", METRIC_CHOICES["unit"]),
        direction=entry.text("direction", METRIC_CHOICES["direction"]),
        precision=entry.whole("precision", 1, MOST_DECIMALS),
        source=entry.text("source"),
        description=entry.text("description"),
        measures=rests_on,
        metrics=tuple(name for name in reads[key] if name in reads),
        kind=measures[rests_on[0]].kind if rests_on else KINDS[0],
        starter=_starter(entry),
        matures_after=entry.whole("matures_after", 0, MOST_DAYS),
        counts_months=MONTHS in reached,
    )


def _starter(entry: _Entry) -> Starter | None:
    table = entry.table.get("starter")
    if table is None:
        return None
    starter = _Entry(f"{entry.place}.starter", table, entry.problems)
    return Starter(starter.text("comparator", COMPARATORS), starter.decimal("value", ""))


def _check_names(entry: _Entry, formulas: Mapping[str, Formula], known: Iterable[str]) -> None:
    for place, formula in formulas.items():
        for name in formula.names:
            if name not in known:
                entry.refuse(place, f'"{name}" is neither a measure nor a metric of the catalogue')


def _check_cycle(entry: _Entry, reads: Mapping[str, tuple[str, ...]]) -> None:
    key = entry.table["key"]
    path = _path_back(key, key, reads, (key,))
    if path:
        entry.refuse("numerator", f"goes round in a circle: {' → '.join(path)}")


def _path_back(start: str, at: str, reads: Mapping[str, tuple[str, ...]], path: tuple[str, ...]) -> tuple[str, ...]:
    for name in reads.get(at, ()):
        if name == start:
            return (*path, start)
        if name not in path and (found := _path_back(start, name, reads, (*path, name))):
            return found
    return ()


def _reached(key: str, reads: Mapping[str, tuple[str, ...]]) -> dict[str, None]:
    reached: dict[str, None] = {}
    for name in reads.get(key, ()):
        reached[name] = None
        reached |= _reached(name, reads)
    return reached


def _names(*formulas: Formula) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for formula in formulas for name in formula.names))
