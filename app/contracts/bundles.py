"""Several term sheets in one text, each after a line of three hyphens: what each would make, what is wrong in it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import func, or_, select

from app import clock
from app.accounts.models import User
from app.contracts import terms
from app.contracts.currencies import CURRENCIES
from app.contracts.heads import NO_ZONE, as_day
from app.contracts.models import Contract
from app.contracts.scrutiny import misfits
from app.contracts.sheets import Place, Sheet, SheetUnreadable, read_sheet
from app.domain.catalogue import Problem
from app.extensions import db
from app.formatting import day
from app.partners.choices import ZONES
from app.partners.models import Partner
from app.partners.moments import hold

HEAD_KEYS = ("name", "reference", "currency", "zone")
MOST = 60
MOST_BYTES = 1024 * 1024  # of all; the form that makes them brings them once more
BETWEEN = re.compile(r"^---(?=\s|$)", re.MULTILINE)
UNSAID = ("#", "%")  # begin a comment, and what YAML is told before a document


class SentFile(NamedTuple):
    """A file as it came: its name and its text."""

    name: str
    text: str


@dataclass(frozen=True)
class Row:
    """One sheet of a text: what it would make, or what is wrong in it by the line of the whole text."""

    line: int
    sheet: Sheet | None
    partner: Partner | None
    problems: Sequence[Place]

    @property
    def name(self) -> str:
        return self._said("name") or f"The sheet from line {self.line}"

    @property
    def reference(self) -> str:
        return self._said("reference")

    @property
    def partner_name(self) -> str:
        return self.partner.name if self.partner else self._said("partner")

    @property
    def begins(self) -> date | None:
        return as_day(self.sheet.document.get("effective_from")) if self.sheet else None

    @property
    def levels(self) -> int:
        found = self.sheet.document.get("service_levels") if self.sheet else None
        return len(found) if isinstance(found, list) else 0

    def _said(self, key: str) -> str:
        head = self.sheet.head if self.sheet else None
        return str(head.get(key, "")) if isinstance(head, dict) else ""


def joined(files: Sequence[SentFile]) -> str:
    """One text of several files, each under its name; a single one stays as it is."""
    if len(files) == 1:
        return files[0].text
    return "".join(f"---\n# {' '.join(file.name.split())}\n{file.text.rstrip()}\n" for file in files)


def parts_of(text: str) -> list[str]:
    """The sheets of a text, each behind as many empty lines as stand before it: its lines count as in the whole."""
    text = text.replace("\r\n", "\n")
    edges = [0, *(found.start() for found in BETWEEN.finditer(text)), len(text)]
    pieces = [(start, text[start:end]) for start, end in pairwise(edges)]
    spoken = [(start, BETWEEN.sub("", piece, count=1)) for start, piece in pieces]
    return ["\n" * text.count("\n", 0, start) + piece for start, piece in spoken if not says_nothing(piece)]


def says_nothing(text: str) -> bool:
    """Empty lines, comments and directives: no sheet."""
    return all(not line.strip() or line.lstrip().startswith(UNSAID) for line in BETWEEN.sub("", text).splitlines())


def excess_of(text: str, parts: Sequence[str]) -> str:
    """Why all of it is too much at once; empty when it is not."""
    if len(parts) > MOST:
        return f"this holds {len(parts)} term sheets; at most {MOST} are taken at once"
    if len(text.encode()) > MOST_BYTES:
        return "this is more than 1 MB of text: bring the sheets in several steps"
    return ""


def rows_of(parts: Iterable[str]) -> list[Row]:
    """Every sheet examined, beside the others: of two with one reference the later one is wrong."""
    rows: list[Row] = []
    taken: set[tuple[int, str]] = set()
    for part in parts:
        row = examined(part)
        if row.partner is not None:
            key = (row.partner.id, row.reference)
            if key in taken:
                again = Problem("contract.reference", f'"{row.reference}" stands in an earlier sheet of this text')
                row = Row(row.line, row.sheet, row.partner, [*row.problems, *row.sheet.locate([again])])
            taken.add(key)
        rows.append(row)
    return rows


def examined(part: str) -> Row:
    line = len(part) - len(part.lstrip("\n")) + 1
    try:
        sheet = read_sheet(part)
    except SheetUnreadable as unreadable:
        return Row(line, None, None, [Place(unreadable.line, "", unreadable.message)])
    partner = _partner_of(sheet)
    problems = _head_problems(sheet, partner)
    if partner is not None:
        problems += [*misfits(partner.id, sheet.document), *_refusals(partner, sheet)]
    return Row(line, sheet, partner, sheet.locate([*problems, *sheet.problems()]))


def made_of(rows: Sequence[Row], actor: User, note: str) -> list[terms.TermsVersion]:
    """Each contract and its first draft. Inside write(). Raises ReferenceTaken, PartnerEnded."""
    hold(*{row.partner.id for row in rows if row.partner})  # all of them before the first is on the record
    return [_made_of(row, actor, note) for row in rows]


def _made_of(row: Row, actor: User, note: str) -> terms.TermsVersion:
    head, ends_on = row.sheet.head, row.sheet.head.get("ends_on")
    contract = terms.new_contract(
        row.partner,
        **{name: head[name] for name in HEAD_KEYS},
        starts_on=date.fromisoformat(head["starts_on"]),
        ends_on=date.fromisoformat(ends_on) if ends_on else None,
        actor=actor,
    )
    return terms.new_draft(contract, row.sheet.document, actor, note or "From a term sheet.")


def _refusals(partner: Partner, sheet: Sheet) -> Iterable[Problem]:
    """What would be refused at the writing, said before it."""
    if partner.has_ended(clock.today(partner.zone)):
        yield Problem(
            "contract.partner", f"{partner.name} ended on {day(partner.ended_on)}: resume the partnership first"
        )
    reference = str(sheet.head.get("reference", ""))
    same = select(Contract.id).where(Contract.partner_id == partner.id, Contract.reference == reference)
    if reference and db.session.scalars(same).first() is not None:
        message = f"Another contract of this partner has the reference {reference}. Choose another."
        yield Problem("contract.reference", message)


def _partner_of(sheet: Sheet) -> Partner | None:
    """The partner by name or code, within what the user may see."""
    if not isinstance(sheet.head, dict):
        return None
    named = str(sheet.head.get("partner", "")).strip().lower()
    query = select(Partner).where(or_(func.lower(Partner.name) == named, func.lower(Partner.code) == named))
    return db.session.scalars(query).first()


def _head_problems(sheet: Sheet, partner: Partner | None) -> list[Problem]:
    if sheet.head is None:
        return [Problem("", "a new contract needs its head: contract with partner, name, reference, currency, zone")]
    if not isinstance(sheet.head, dict):
        return []
    said = {key: str(value) for key, value in sheet.head.items()}
    problems = []
    if partner is None and "partner" in said:
        problems.append(Problem("contract.partner", f'there is no partner "{said["partner"]}" that you may see'))
    if said.get("currency", "USD") not in CURRENCIES:
        problems.append(Problem("contract.currency", f'"{said["currency"]}" is not a currency that Accord knows'))
    if said.get("zone", "UTC") not in ZONES:
        problems.append(Problem("contract.zone", NO_ZONE.format(said["zone"])))
    return problems
