"""The smallest set-up: one page of answers becomes a partner that can be sent its first template.

Partner, site, queue, contract, terms in force, invitations and first reports are written together or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from app.access import Role
from app.accounts import service as accounts
from app.contracts import terms
from app.contracts.catalogue import CATALOGUE
from app.contracts.holiday_dates import holidays_in
from app.contracts.models import Contract
from app.domain.periods import Month, deadline
from app.partners.service import add_partner, add_queue, add_site

DUE_AT = time(17)
LOCK_DAYS_LATER = 5
REFERENCE = "SOW-1"


@dataclass(frozen=True)
class Person:
    name: str
    email: str


@dataclass(frozen=True)
class Choice:
    """One ticked metric: its target, who reports its measures, and words about its threshold."""

    metric: str
    value: str
    source: str
    threshold: str = ""


@dataclass(frozen=True)
class Answers:
    """Everything the one page asks for."""

    partner: str
    lead: Person
    analyst: Person | None
    site: str
    queue: str
    channel: str
    language: str
    starts_on: date
    currency: str
    zone: str
    working_day: int
    country: str
    choices: tuple[Choice, ...]

    @property
    def holidays(self) -> list[date]:
        return holidays_in(self.country, self.starts_on)

    @property
    def first_due_at(self) -> datetime:
        return deadline(Month.of(self.starts_on), self.working_day, DUE_AT, self.zone, frozenset(self.holidays))

    @property
    def certification(self) -> str:
        """One person alone declares; two are a second pair of eyes."""
        return "second_person" if self.analyst else "declaration"


def set_up(answers: Answers, actor) -> Contract:
    """Write everything, inside write(). Raises NameTaken, AddressTaken."""
    partner = add_partner(answers.partner, answers.zone)
    site = add_site(partner, answers.site, country=answers.country)
    queue = add_queue(partner, answers.queue, business="", channel=answers.channel, language=answers.language)
    contract = terms.new_contract(
        partner,
        name="Statement of work",
        reference=REFERENCE,
        currency=answers.currency,
        zone=answers.zone,
        starts_on=answers.starts_on,
        actor=actor,
    )
    document = document_of(answers, site.code, queue.code)
    terms.activate(terms.new_draft(contract, document, actor, "From the set-up page."), actor)
    accounts.add_user(answers.lead.email, answers.lead.name, Role.LEAD, [partner.id])
    if answers.analyst:
        accounts.add_user(answers.analyst.email, answers.analyst.name, Role.ANALYST, [partner.id])
    return contract


def document_of(answers: Answers, site: str, queue: str) -> dict:
    """The terms that the answers come to: every service level by month, over everything, credits off."""
    sources = sources_of(answers.choices)
    kinds = dict.fromkeys(CATALOGUE.measures[measure].kind for measure in sources)
    due = {"working_day": answers.working_day, "time": f"{DUE_AT:%H:%M}"}
    return {
        "schema": "accord-terms/1",
        "effective_from": answers.starts_on.isoformat(),
        "calendar": {
            "due": due,
            "lock": {**due, "working_day": answers.working_day + LOCK_DAYS_LATER},
            "holidays": [day.isoformat() for day in answers.holidays],
        },
        "coverage": [{"site": site, "queue": queue}],
        "reports": {kind: {"grain": "month", "certification": answers.certification} for kind in kinds},
        "measures": {measure: {"source": source} for measure, source in sources.items()},
        "service_levels": [
            _service_level(choice, weight)
            for choice, weight in zip(answers.choices, _weights(len(answers.choices)), strict=True)
        ],
    }


def sources_of(choices: tuple[Choice, ...]) -> Mapping[str, str]:
    """Who reports each measure that the ticked metrics rest on."""
    return {measure: choice.source for choice in choices for measure in CATALOGUE.metrics[choice.metric].measures}


def _service_level(choice: Choice, weight: int) -> dict:
    metric = CATALOGUE.metrics[choice.metric]
    threshold = {"threshold": choice.threshold} if choice.threshold else {}
    return {
        "key": metric.key.replace("_", "-"),
        "name": metric.name,
        "metric": metric.key,
        "window": "month",
        "expected": {"comparator": metric.starter.comparator, "value": choice.value},
        "class": "key",
        "weight": str(weight),
        "credits_on": "none",
        **threshold,
    }


def _weights(count: int) -> list[int]:
    """Whole weights as equal as they can be, which come to 100."""
    each, rest = divmod(100, count)
    return [each + (place < rest) for place in range(count)]
