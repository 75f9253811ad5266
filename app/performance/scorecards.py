"""A partner's contracts over the months: every service level's course, and the weighted score."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.contracts.models import Contract
from app.domain.clauses import ServiceLevel
from app.domain.judging.scorecard import Scorecard, scorecard
from app.domain.periods import Month
from app.domain.rules.scoring import HOUSE
from app.performance.levels import terms_of
from app.performance.models import Evaluation
from app.performance.outcomes import Outcome, in_sequence

MONTHS = 12


@dataclass(frozen=True)
class Course:
    """One service level over the months, oldest first; a month without a finding is a gap."""

    level: ServiceLevel
    months: tuple[Month, ...]
    outcomes: dict[str, Outcome]

    @property
    def newest(self) -> Outcome:
        return self.outcomes[max(self.outcomes)]

    def at(self, month: Month) -> Outcome | None:
        return self.outcomes.get(str(month))

    def severity(self, month: Month) -> tuple:
        outcome = self.at(month)
        return (1, ()) if outcome is None else (0, outcome.severity)

    @property
    def missed_running(self) -> int:
        """How many of the newest windows in a row were missed."""
        running = 0
        for month in sorted(self.outcomes, reverse=True):
            if not self.outcomes[month].is_miss:
                break
            running += 1
        return running


@dataclass(frozen=True)
class Card:
    """One contract: `month` is the one that the figures speak of."""

    contract: Contract
    month: Month
    months: tuple[Month, ...]
    courses: tuple[Course, ...]
    scores: tuple[Scorecard, ...]
    evaluations: tuple[Evaluation, ...]

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """The month's outcomes, the worst first."""
        found = [outcome for course in self.courses if (outcome := course.at(self.month))]
        return sorted(found, key=lambda outcome: outcome.severity)

    @property
    def score(self) -> Scorecard:
        return self.scores[self.months.index(self.month)]

    @property
    def current(self) -> list[Evaluation]:
        return [evaluation for evaluation in self.evaluations if evaluation.month == str(self.month)]

    @property
    def new_misses(self) -> int:
        return sum(outcome.is_new and outcome.is_miss for outcome in self.outcomes)

    def why_empty(self, level: ServiceLevel, month: Month) -> str:
        """What a month without a finding of a service level means."""
        if all(evaluation.month != str(month) for evaluation in self.evaluations):
            return "not judged yet"
        window = level.window
        return f"judged by the {window.units[:-1]}" if window.step > 1 else "not in the terms of this month"

    def count(self, predicate: str) -> int:
        return sum(bool(getattr(outcome, predicate)) for outcome in self.outcomes)


def cards_of(evaluations: Sequence[Evaluation], chosen: Month | None = None) -> list[Card]:
    """A card per contract; without a chosen month up to the newest in which something was judged and all was due."""
    by_contract: dict[int, list[Evaluation]] = {}
    for evaluation in evaluations:
        by_contract.setdefault(evaluation.contract_id, []).append(evaluation)
    begun = [found for found in by_contract.values() if chosen is None or found[0].month <= str(chosen)]
    cards = [card_of(found, chosen) for found in begun]
    return sorted(cards, key=lambda card: card.contract.reference)


def card_of(evaluations: Sequence[Evaluation], chosen: Month | None = None) -> Card:
    """The card of one contract, from its judgements in force; what came after the chosen month is left out."""
    evaluations = [each for each in evaluations if chosen is None or each.month <= str(chosen)]
    sequence = in_sequence(evaluations)
    month = chosen or _newest(sequence)
    months = tuple(Month.parse(min([*sequence, str(month)])).through(month))[-MONTHS:]
    shown = {judged: found for judged, found in sequence.items() if judged <= str(month)}
    courses = [Course(level, months, found) for level, found in _courses(shown)]
    courses.sort(key=lambda course: course.severity(month))
    return Card(
        contract=evaluations[0].contract,
        month=month,
        months=months,
        courses=tuple(courses),
        scores=tuple(_scores(sequence, months, evaluations)),
        evaluations=tuple(evaluations),
    )


def _scores(
    sequence: dict[str, dict[str, Outcome]], months: Iterable[Month], evaluations: Iterable[Evaluation]
) -> Iterator[Scorecard]:
    """By the rule in the terms of each month, which may let earlier months fade."""
    rules = {each.month: terms_of(each).scorecard for each in evaluations}
    alone = {month: scorecard(found.values()).exact for month, found in sequence.items()}
    for month in months:
        rule = rules.get(str(month), HOUSE)
        earlier = [alone.get(str(month.plus(-back))) for back in range(rule.months - 1, 0, -1)]
        yield scorecard(sequence.get(str(month), {}).values(), rule, earlier)


def _newest(sequence: dict[str, dict[str, Outcome]]) -> Month:
    """A month whose reports are not all due has not ended for anybody who reads a score."""
    judged = {
        month: found
        for month, found in sequence.items()
        if any(each.is_judged or each.needs_attention for each in found.values())
    }
    whole = [month for month, found in judged.items() if not any(each.is_awaited for each in found.values())]
    return Month.parse(max(whole or judged or sequence))


def _courses(sequence: dict[str, dict[str, Outcome]]) -> Iterable[tuple[ServiceLevel, dict[str, Outcome]]]:
    """Every service level by its permanent key, with the newest terms that judged it."""
    found: dict[str, dict[str, Outcome]] = {}
    for month, outcomes in sequence.items():
        for level, outcome in outcomes.items():
            found.setdefault(level, {})[month] = outcome
    return ((outcomes[max(outcomes)].level, outcomes) for outcomes in found.values())
