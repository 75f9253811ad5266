"""Who takes part in tests: two partners, Cedar and Birch, and one person for every way to see them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from app import tenancy
from app.access import Role
from app.accounts import passwords
from app.accounts.models import Grant, User
from app.extensions import write
from app.partners.models import Partner, Queue, Site

THE_DAY = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
CHEAP = {"time_cost": 1, "memory_cost": 64, "parallelism": 1}


@dataclass(frozen=True)
class Persona:
    """A user as tests know him or her; `partners` are codes, empty for internal people who see every partner."""

    name: str
    role: Role
    partners: tuple[str, ...] = ()
    sees_money: bool = False

    @property
    def email(self) -> str:
        return f"{self.name}@{self.partners[0] if self.role.is_partner else 'accord'}.example"


class People:
    """`people.ana` and all the others; partner people's names begin like their partner's competitors' do not."""

    ana = Persona("ana", Role.ANALYST, ("cedar",))
    amy = Persona("amy", Role.ANALYST, ("cedar",), sees_money=True)
    leo = Persona("leo", Role.LEAD, ("cedar",))
    bea = Persona("bea", Role.ANALYST, ("birch",))
    bob = Persona("bob", Role.LEAD, ("birch",))
    mia = Persona("mia", Role.MANAGER)
    mona = Persona("mona", Role.MANAGER)
    max = Persona("max", Role.MANAGER, ("birch",))
    dora = Persona("dora", Role.DIRECTOR)
    finn = Persona("finn", Role.FINANCE)
    gus = Persona("gus", Role.GOVERNANCE)
    ada = Persona("ada", Role.ADMINISTRATOR)

    def __iter__(self):
        return (persona for persona in vars(People).values() if isinstance(persona, Persona))


def settle() -> None:
    """Write the two partners and everybody into an empty database."""
    with tenancy.unscoped("set-up"), write() as session:
        partners = {code: _partner(code) for code in ("cedar", "birch")}
        session.add_all(partners.values())
        session.flush()
        password_hash = passwords.hashed(PASSWORD)
        for persona in People():
            grants = [Grant(partner_id=partners[code].id, sees_money=persona.sees_money) for code in persona.partners]
            session.add(
                User(
                    email=persona.email,
                    name=persona.name.title(),
                    role=persona.role,
                    password_hash=password_hash,
                    created_at=THE_DAY,
                    grants=grants,
                )
            )


def _partner(code: str) -> Partner:
    return Partner(
        code=code,
        name=code.title(),
        zone="America/Bogota",
        created_at=THE_DAY,
        sites=[Site(code=f"{code}-one", name=f"{code.title()} One")],
        queues=[
            Queue(
                code=f"{code}-voice", name=f"{code.title()} voice", business="support", channel="voice", language="en"
            )
        ],
    )
