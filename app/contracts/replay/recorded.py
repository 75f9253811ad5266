"""Figures of Accord's own record in a file: of whole months and of no place, whatever row they stand in."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from app.contracts.catalogue import CATALOGUE
from app.domain.catalogue import RECORDS
from app.domain.facts import Line, Party
from app.domain.periods import Month
from app.domain.terms import Terms

BY_THE_DAY = "is counted by the month in Accord's own record: write it in a row with a month and no day"


def is_recorded(terms: Terms | None, measure: str) -> bool:
    return terms is not None and measure in terms.measures and terms.measures[measure].source == Party.RECORD


def recorded_lines(month: Month, values: Mapping[str, Decimal], row: int) -> Iterator[Line]:
    """One for each part of the record that the row tells of."""
    for part in RECORDS:
        if own := {key: value for key, value in values.items() if CATALOGUE.measures[key].record == part}:
            yield Line(month, part, Party.RECORD, "", "", own, "file", row)
