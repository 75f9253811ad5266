"""Who takes part in the demo story, and the places they work at."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import yaml
from sqlalchemy import select

from app import jobs
from app.access import Role
from app.accounts.models import User
from app.accounts.passwords import hashed
from app.accounts.service import add_user
from app.contracts.models import Contract
from app.extensions import db
from app.partners.models import Partner
from app.partners.service import add_partner, add_queue, add_site

STORY = Path(__file__).parent / "story"
TODAY = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
BEGIN = datetime(2025, 10, 20, 14, 0, tzinfo=UTC)
PASSWORD = "five partners eight sites"  # noqa: S105 everybody's in the demo, printed when it starts

INTERNAL = {
    "mia": ("Mia Okafor", Role.MANAGER),
    "tom": ("Tom Lindqvist", Role.MANAGER),
    "dana": ("Dana Whitfield", Role.DIRECTOR),
    "felix": ("Felix Brandt", Role.FINANCE),
    "grace": ("Grace Chen", Role.GOVERNANCE),
    "ada": ("Ada Marsh", Role.ADMINISTRATOR),
}


@dataclass(frozen=True)
class Cast:
    """The people by their first name, the partners by their code, as ids: rows are read again in each transaction."""

    people: dict[str, int]
    partners: dict[str, int]

    def person(self, name: str) -> User:
        return db.session.scalars(select(User).where(User.id == self.people[name])).one()

    def analyst(self, code: str) -> User:
        return self.person(f"analyst@{code}.example")

    def lead(self, code: str) -> User:
        return self.person(f"lead@{code}.example")


def assemble() -> Cast:
    """Write everybody and every partner into an empty database; inside write()."""
    people = {}
    for first, (name, role) in INTERNAL.items():
        people[first] = _person(f"{first}@accord.example", name, role)
    partners = {}
    for code, about in yaml.safe_load((STORY / "partners.yaml").read_text()).items():
        partner = _partner(code, about)
        partners[code] = partner.id
        for role in (Role.ANALYST, Role.LEAD):
            short = role.value.removeprefix("partner_")
            name = about["people"][short]
            people[f"{short}@{code}.example"] = _person(_address(name, code), name, role, [partner.id])
    return Cast(people, partners)


def _partner(code: str, about: dict) -> Partner:
    partner = add_partner(about["name"], about["zone"], code, about.get("number_style", "1,234.5"))
    db.session.flush()
    for site_code, name in about["sites"].items():
        add_site(partner, name, site_code)
    for queue_code, queue in about["queues"].items():
        add_queue(
            partner, queue["name"], queue_code, **{key: queue[key] for key in ("business", "channel", "language")}
        )
    return partner


def _person(address: str, name: str, role: Role, partner_ids: list[int] | None = None) -> int:
    user = add_user(address, name, role, partner_ids or [], invited=False)
    user.password_hash = _hash_of_everybodys_password()
    db.session.flush()
    return user.id


@cache
def _hash_of_everybodys_password() -> str:
    return hashed(PASSWORD)


def _address(name: str, code: str) -> str:
    first = name.split()[0].lower()
    return f"{first.translate(str.maketrans('áéíóúś', 'aeious'))}@{code}.example"


def contract_of(code: str) -> Contract:
    return db.session.scalars(select(Contract).join(Contract.partner).where(Partner.code == code)).one()


def settle() -> None:
    """Do what the worker would have done by now."""
    db.session.commit()
    jobs.run_pending()
