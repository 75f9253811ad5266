"""Reads MEASURES.csv: one row per month or day, site and queue, a column per measure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from app.contracts.catalogue import CATALOGUE
from app.contracts.replay.columns import Fault, header_faults, rows_of
from app.contracts.replay.recorded import BY_THE_DAY, is_recorded, recorded_lines
from app.domain.facts import Line, ReportKey
from app.domain.periods import Month
from app.domain.tables import NUMBER
from app.domain.terms import Terms, terms_in_force

PARTIES = ("partner", "client")
NIL = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


@dataclass
class Measures:
    """What the file holds. Charges are in minor units."""

    lines: list[Line] = field(default_factory=list)
    charges: dict[Month, int] = field(default_factory=dict)
    charge_lines: dict[Month, dict[str, int]] = field(default_factory=dict)
    charge_rows: dict[tuple[Month, str], int] = field(default_factory=dict)  # by month and line, "" the total
    faults: list[Fault] = field(default_factory=list)
    doubts: list[Fault] = field(default_factory=list)

    @property
    def months(self) -> list[Month]:
        """Every month from the first to the last that the file speaks of."""
        named = {line.month for line in self.lines} | self.charges.keys()
        return list(min(named).through(max(named))) if named else []

    @property
    def reported(self) -> set[ReportKey]:
        return {ReportKey(line.month, line.kind, line.party) for line in self.lines}


def read_measures(text: str, history: Sequence[Terms], unit: int) -> Measures:
    """`history` says which site and queue a row means where it names none, when there is only one."""
    found = Measures()
    header, *rows = rows_of(text, found.faults) or [[]]
    header = [name.strip() for name in header]
    found.faults += header_faults(header)
    if found.faults:
        return found
    for number, cells in enumerate(rows, 2):
        if any(cell.strip() for cell in cells):
            if len(cells) > len(header):
                found.faults.append(Fault(number, "", f"has {len(cells)} cells, the header has {len(header)}"))
                continue
            row = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if cell.strip()}
            _Row(number, row, found, history, unit).read()
    found.faults += _twice(found.lines)
    if not found.months and not found.faults:
        found.faults.append(Fault(2, "", "is missing: the file holds no figure"))
    return found


@dataclass
class _Row:
    number: int
    cells: Mapping[str, str]
    found: Measures
    history: Sequence[Terms]
    unit: int

    def read(self) -> None:
        before = len(self.found.faults)
        month, day = self._time()
        if month is None or len(self.found.faults) > before:
            return
        self._charges(month)
        values = {name: self._count(name) for name in self.cells if name in CATALOGUE.measures}
        terms = terms_in_force(self.history, month)
        recorded = {key: value for key, value in values.items() if is_recorded(terms, key)}
        stated = {name.removeprefix("stated:"): self._number(name) for name in self.cells if name.startswith("stated:")}
        nil = self._nil([*values, *(f"stated:{name}" for name in stated)])
        self.found.doubts += self._too_many(values)
        for key in recorded if day else ():
            self._fault(key, BY_THE_DAY)
        self.found.lines += recorded_lines(month, recorded, self.number)
        values = {key: value for key, value in values.items() if key not in recorded}
        kinds = dict.fromkeys(
            [CATALOGUE.measures[key].kind for key in values] + [CATALOGUE.metrics[key].kind for key in stated]
        )
        if nil and not kinds:
            kinds = dict.fromkeys(terms.reports if terms else ())
        for kind in kinds:
            self._line(month, day, kind, values, stated, nil)

    def _nil(self, figures: Sequence[str]) -> bool:
        said = self.cells.get("nil", "no")
        if said not in NIL:
            self._fault("nil", f'"{said}" is neither yes nor no')
        is_nil = NIL.get(said, False)
        if is_nil and figures:
            self._fault("nil", f"there was nothing to report, and {figures[0]} is {self.cells.get(figures[0])}")
        return is_nil

    def _too_many(self, values: Mapping[str, Decimal]) -> Iterator[Fault]:
        """A part that is more than its whole: read, and pointed out."""
        for key, part in values.items():
            whole = next((each for each in CATALOGUE.measures[key].part_of if each in values), None)
            if whole is not None and part > values[whole]:
                yield Fault(self.number, key, f"{part} is more than the {values[whole]} of {whole}")

    def _time(self) -> tuple[Month | None, date | None]:
        try:
            day = date.fromisoformat(self.cells["day"]) if "day" in self.cells else None
            month = Month.parse(self.cells["month"]) if "month" in self.cells else Month.of(day) if day else None
        except ValueError as error:
            self._fault("day" if "day" in self.cells else "month", str(error))
            return None, None
        if month is None:
            self._fault("month", "is empty")
        elif day and Month.of(day) != month:
            self._fault("day", f"{day} is not in {month}")
        return month, day

    def _charges(self, month: Month) -> None:
        for name in self.cells:
            if name != "charges" and not name.startswith("charges:"):
                continue
            amount = self._number(name) * self.unit
            if amount < 0:
                self._fault(name, f"{self.cells[name]} is not 0 or more")
            if amount != amount.to_integral_value():
                self._fault(name, "has more decimals than the currency")
            line = name.partition(":")[2]
            kept = self.found.charge_lines.setdefault(month, {}) if line else self.found.charges
            key = line or month
            self.found.charge_rows.setdefault((month, line), self.number)
            if kept.setdefault(key, int(amount)) != int(amount):  # type: ignore[arg-type,call-overload]
                self._fault(name, f"another row says something else of {month}")

    def _line(
        self,
        month: Month,
        day: date | None,
        kind: str,
        values: Mapping[str, Decimal],
        stated: Mapping[str, Decimal],
        nil: bool,
    ) -> None:
        party = self.cells.get("party", "partner")
        if party not in PARTIES:
            self._fault("party", f'"{party}" is neither partner nor client')
        site, queue = self._place(month)
        begins = min(terms.effective_from for terms in self.history)
        if day is not None and Month.of(begins) == month and day < begins:
            self.found.doubts.append(Fault(self.number, "", f"is before {begins}, when the terms begin: left out"))
        days = self.cells.get("days_reported")
        if days and not days.isdecimal():
            self._fault("days_reported", f'"{days}" is not a number of days')
        elif days and int(days) > month.days:
            self._fault("days_reported", f"{month} has {month.days} days, not {days}")
        self.found.lines.append(
            Line(
                month=month,
                kind=kind,
                party=party,
                site=site,
                queue=queue,
                values={key: value for key, value in values.items() if CATALOGUE.measures[key].kind == kind},
                submission="file",
                row=self.number,
                stated={key: value for key, value in stated.items() if CATALOGUE.metrics[key].kind == kind},
                day=day,
                days_reported=int(days) if days and days.isdecimal() else None,
                nil=nil,
            )
        )

    def _place(self, month: Month) -> tuple[str, str]:
        terms = terms_in_force(self.history, month)
        rows = terms.rows(month) if terms else ()
        site, queue = self.cells.get("site"), self.cells.get("queue")
        fits = [row for row in rows if site in (None, row.site) and queue in (None, row.queue)]
        if len(fits) == 1:
            return fits[0].site, fits[0].queue
        if terms is None:
            self.found.doubts.append(Fault(self.number, "", f"no terms are in force in {month}: it is not judged"))
            return site or "", queue or ""
        if not fits:
            self._fault("site", f"the terms cover no {site or 'any site'} with {queue or 'any queue'} in {month}")
        else:
            self._fault("site", f"{len(fits)} rows of the coverage fit: name site and queue")
        return site or "", queue or ""

    def _count(self, name: str) -> Decimal:
        number = self._number(name)
        if number < 0:
            self._fault(name, f"{number} is below 0")
        return number

    def _number(self, name: str) -> Decimal:
        text = self.cells[name]
        if not NUMBER.fullmatch(text):
            self._fault(name, f'"{text}" is not a number such as 5 or 97.5')
            return Decimal(0)
        return Decimal(text)

    def _fault(self, column: str, message: str) -> None:
        self.found.faults.append(Fault(self.number, column, message))


def _twice(lines: Sequence[Line]) -> Iterator[Fault]:
    """A place may stand once per month, or once per day; never both."""
    seen: dict[tuple[object, ...], Line] = {}
    for line in lines:
        place = (line.month, line.kind, line.party, line.site, line.queue)
        first = seen.setdefault((*place, line.day), line)
        other = seen.setdefault(place, line)
        clash = first if first is not line else other if (other.day is None) != (line.day is None) else None
        if clash is not None:
            whose = f"{line.site} {line.queue}" if line.party in PARTIES else "Accord's own record"
            yield Fault(line.row or 0, "", f"{line.month} of {whose} is in row {clash.row} already")
