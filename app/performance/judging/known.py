"""All that judging a contract takes, as it was known at one instant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.concessions.known import NOTHING_CONCEDED, concessions_known
from app.contracts.catalogue import CATALOGUE
from app.contracts.charges import amounts_of, charge_lines_of, latest_charges
from app.contracts.models import Contract
from app.contracts.terms import terms_history
from app.domain.catalogue import Catalogue
from app.domain.events import Events
from app.domain.facts import Facts, Standing
from app.domain.judging.evaluation import MonthEvaluation, evaluate
from app.domain.periods import Month
from app.domain.terms import Terms
from app.forecasts.known import forecasts_known
from app.formatting import exponent
from app.partners.ends import last_days
from app.partners.moments import known_by
from app.performance.judging.vigil import exercises_known
from app.relief.known import claims_known
from app.reports.facts import facts_of
from app.reports.record import record_known


@dataclass(frozen=True)
class Known:
    """A preview puts other terms, facts or events in the place of one part (`dataclasses.replace`) and judges that.

    `charges` are in minor units by month, `unit` is how many of them make one unit of the currency.
    """

    terms: tuple[Terms, ...]
    facts: Facts
    charges: Mapping[Month, int]
    events: Events
    unit: int

    def judge(self, also: Iterable[Month] = (), catalogue: Catalogue = CATALOGUE) -> tuple[MonthEvaluation, ...]:
        """Every month of which something was sent or should have been, and `also` others, in order."""
        owed = {key.month for key, status in self.facts.reports.items() if status.standing is not Standing.NOT_DUE}
        return evaluate(self.terms, self.facts, self.charges, catalogue, sorted({*owed, *also}), self.events, self.unit)


def known_at(contract: Contract, instant: datetime, tried: Iterable[Terms] = ()) -> Known:
    """What was known of a contract: its terms in force, figures and where reports stand, charges, and what happened.
    Accord's own record of its reports is read where these terms, or others that are tried, judge by it.
    """
    history = tuple(terms_history(contract, instant))
    conceded = concessions_known(contract, instant) if any(terms.credits for terms in history) else NOTHING_CONCEDED
    charges = latest_charges(contract, instant)
    facts = facts_of(contract, instant)
    if any(terms.reads_record for terms in (*history, *tried)):
        facts = facts.with_record(record_known(contract, instant, history))
    as_of = instant.astimezone(ZoneInfo(contract.zone)).date()
    return Known(
        terms=history,
        facts=facts,
        charges=amounts_of(charges),
        events=Events(
            as_of=as_of,
            claims=claims_known(contract, instant),
            forecasts=forecasts_known(contract, instant) if any(terms.uses_forecasts for terms in history) else (),
            incidents=conceded.incidents,
            waivers=conceded.waivers,
            approvals=conceded.approvals,
            exercises=exercises_known(contract, instant),
            charge_lines=charge_lines_of(charges),
            terminated_on=_ended_on(contract, instant) if any(terms.has_bank for terms in history) else None,
        ),
        unit=10 ** exponent(contract.currency),
    )


def _ended_on(contract: Contract, instant: datetime) -> date | None:
    """The last day of contract or partnership, as it was known: what is left in a bank then is gone."""
    return min(last_days(contract.partner_id, contract.id, instant), default=None)


def known_now(contract: Contract, now: datetime, tried: Iterable[Terms] = ()) -> Known:
    """Everything that is known today, also what changed after `now` where the clock stands still."""
    return known_at(contract, known_by(contract.partner, now), tried)
