"""Checking the rows of an import one by one: everything that is wrong, and addresses that need a second look."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select

from app.access import Role
from app.accounts.mailboxes import domain_of, is_shared
from app.accounts.models import User
from app.extensions import db
from app.partners.choices import CHANNELS, ZONES
from app.partners.codes import CODE, LONGEST
from app.partners.import_file import ROLES, Row, country_of, day_of, in_order
from app.partners.importing import known_partners

NEEDED = {
    "partner": ("Partner", "Time zone"),
    "site": ("Partner", "Name"),
    "queue": ("Partner", "Name", "Channel", "Language"),
    "person": ("Partner", "Name", "E-mail", "Role"),
}
ALLOWED = {
    "partner": ("Code",),
    "site": ("Code", "Country"),
    "queue": ("Code", "Line of business", "Live from"),
    "person": (),
}
LONGEST_NAME = 80


@dataclass(frozen=True)
class Problem:
    row: int
    column: str
    words: str


@dataclass
class Checker:
    """What is known already, and what the rows so far add to it; names and codes are compared without capitals."""

    partners: dict[str, str]
    codes: dict[str, set[str]]
    addresses: set[str]
    may_add_partners: bool
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, row: Row, column: str, words: str) -> None:
        self.problems.append(Problem(row.number, column, words))

    def check(self, row: Row) -> None:
        kind = row["What"].casefold()
        if kind not in NEEDED:
            return self.refuse(row, "What", f"“{row['What']}” is none of partner, site, queue, person.")
        self._columns(row, kind)
        if kind == "partner":
            return self._partner(row)
        if row["Partner"] and row["Partner"].casefold() not in self.partners:
            self.refuse(row, "Partner", f"There is no partner “{row['Partner']}” here or in a row above.")
        return {"site": self._site, "queue": self._queue, "person": self._person}[kind](row)

    def _columns(self, row: Row, kind: str) -> None:
        for column in NEEDED[kind]:
            if not row[column]:
                self.refuse(row, column, f"A {kind} needs this. Fill it in.")
        for column, text in row.cells.items():
            if text and column not in ("What", *NEEDED[kind], *ALLOWED[kind]):
                self.refuse(row, column, f"A {kind} does not have this. Leave it empty.")
            elif len(text) > LONGEST_NAME:
                self.refuse(row, column, f"This is longer than {LONGEST_NAME} letters. Shorten it.")

    def _partner(self, row: Row) -> None:
        if not self.may_add_partners:
            self.refuse(row, "What", "You see only some partners and cannot add one. Ask an administrator.")
        for column in ("Partner", "Code"):
            text = row[column].casefold()
            if text and text in self.partners:
                self.refuse(row, column, f"There is a partner “{row[column]}” already.")
            elif text:
                self.partners[text] = row["Partner"].casefold()
        self._code_reads(row)
        if row["Time zone"] and row["Time zone"] not in ZONES:
            self.refuse(row, "Time zone", f"“{row['Time zone']}” is not a time zone. Write one such as America/Bogota.")

    def _site(self, row: Row) -> None:
        self._code(row, "site")
        if row["Country"] and country_of(row["Country"]) is None:
            self.refuse(row, "Country", f"“{row['Country']}” is not a country. Write its two letters, such as CO.")

    def _queue(self, row: Row) -> None:
        self._code(row, "queue")
        if row["Channel"] and row["Channel"].casefold() not in CHANNELS:
            self.refuse(row, "Channel", f"“{row['Channel']}” is none of {', '.join(CHANNELS)}.")
        if row["Live from"] and day_of(row["Live from"]) is None:
            self.refuse(row, "Live from", f"“{row['Live from']}” is not a date. Write it as 2026-11-01.")

    def _person(self, row: Row) -> None:
        if row["Role"] and row["Role"].casefold() not in ROLES:
            self.refuse(row, "Role", f"“{row['Role']}” is neither analyst nor lead.")
        address = row["E-mail"].lower()
        if address in self.addresses:
            self.refuse(row, "E-mail", f"{row['E-mail']} belongs to somebody already, or stands in a row above.")
        elif address:
            self.addresses.add(address)
            try:
                validate_email(address, check_deliverability=False, test_environment=True)
            except EmailNotValidError:
                self.refuse(row, "E-mail", f"“{row['E-mail']}” is not an e-mail address.")

    def _code(self, row: Row, kind: str) -> None:
        """A code must be new within its partner; one made from the name always is."""
        self._code_reads(row)
        taken = self.codes.setdefault(f"{kind}:{self.partners.get(row['Partner'].casefold())}", set())
        if row["Code"] and row["Code"] in taken:
            self.refuse(row, "Code", f"{row['Partner']} has a {kind} {row['Code']} already, or it stands above.")
        elif row["Code"]:
            taken.add(row["Code"])

    def _code_reads(self, row: Row) -> None:
        if row["Code"] and not (CODE.fullmatch(row["Code"]) and len(row["Code"]) <= LONGEST):
            self.refuse(row, "Code", f"A code has letters, digits and single hyphens, at most {LONGEST}.")


def problems_in(rows: Sequence[Row], may_add_partners: bool) -> list[Problem]:
    """Everything that is wrong, row by row; partners may stand anywhere in the file."""
    known = known_partners()
    addresses = [row["E-mail"].lower() for row in rows if row["E-mail"]]
    checker = Checker(
        partners={text.casefold(): row.name.casefold() for row in known for text in (row.code, row.name)},
        codes={
            f"{kind}:{row.name.casefold()}": {place.code for place in places}
            for row in known
            for kind, places in (("site", row.sites), ("queue", row.queues))
        },
        addresses=set(db.session.scalars(select(User.email).where(User.email.in_(addresses)))),
        may_add_partners=may_add_partners,
    )
    for row in in_order(rows):
        checker.check(row)
    return sorted(checker.problems, key=lambda problem: problem.row)


def shared_addresses(rows: Sequence[Row]) -> list[Row]:
    """People whose address is at a domain that others use, who do not work for their partner.

    The rows were checked, so no address is taken; each domain of a partner is asked about once.
    """
    partners = {text.casefold(): row.id for row in known_partners() for text in (row.code, row.name)}
    places: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        if row["What"].casefold() == "person":
            place = domain_of(row["E-mail"]), partners.get(row["Partner"].casefold(), 0)
            places.setdefault(place, []).append(row)
    shared = [
        row
        for (_, partner_id), people in places.items()
        if is_shared(people[0]["E-mail"], Role.LEAD, [partner_id])
        for row in people
    ]
    return sorted(shared, key=lambda row: row.number)
