"""The result of a replay for reading in a terminal."""

from collections.abc import Iterator, Mapping

from app.contracts.replay.document import money_of
from app.contracts.replay.run import Replay
from app.domain.credits import CreditLine
from app.domain.evaluation import MonthEvaluation
from app.domain.explain import DEFAULTS, DISPOSITIONS, sentence
from app.domain.findings import Finding
from app.domain.rules.rights import Right


def replay_table(replay: Replay) -> str:
    lines = [f"warning: {warning}" for warning in replay.warnings]
    for month in replay.evaluations:
        lines += ["", *_month(month, replay)]
    return "\n".join(lines).strip()


def _month(month: MonthEvaluation, replay: Replay) -> Iterator[str]:
    yield f"{month.month}  terms of {month.terms.effective_from}"
    for finding in month.findings:
        yield f"  {finding.level.key}: {sentence(finding.reason)}{_consequence(finding)}"
    yield from (f"  {line}" for line in _money(month, replay))
    if month.scorecard.value is not None:
        yield f"  scorecard {month.scorecard.value:.2f}, {month.scorecard.standing}"
    for right in month.rights:
        yield f"  right opens: {_opened(right)}; {right.clause or 'no clause named'}"
    for proposal in month.proposals:
        clause = proposal.clause or "no clause named"
        yield f"  proposal: {proposal.service_level} from {proposal.level} to {proposal.proposed}; {clause}"
    if month.corridor:
        parts = [f"{name} {getattr(month.corridor, name)}" for name in ("billable", "shortfall", "surplus")]
        yield f"  corridor: {', '.join(parts)}; {month.corridor.clause or 'no clause named'}"


def _opened(right: Right) -> str:
    of = f" of {right.service_level}" if right.service_level else ""
    lapses = f", lapses on {right.lapses_on}" if right.lapses_on else ""
    return f"{right.name} ({right.kind}){of}, {right.reached:f} of {right.needed:f}{lapses}"


def _consequence(finding: Finding) -> str:
    told = []
    if finding.default != "none":
        told.append(DEFAULTS[finding.default])
    if finding.disposition != "counts":
        told.append(DISPOSITIONS[finding.disposition])
    if finding.tally:
        within = f" within {finding.tally.within} months" if finding.tally.within else " in a row"
        told.append(f"miss {finding.tally.misses} of {finding.tally.needed}{within}")
    if finding.is_partial:
        told.append(f"{finding.days_reported} of {finding.days_expected} days")
    if finding.escalated:
        told.append(f"{finding.escalated} in a row: escalated")
    if finding.severity:
        told.append(finding.severity.label)
    if finding.raw is not None and finding.raw != finding.contractual:
        told.append(f"{finding.raw:.{finding.metric.precision}f} before relief")
    told += [f"{relief.source} ({relief.kind}): {relief.effect}" for relief in finding.relief]
    return f" [{'; '.join(told)}]" if told else ""


def _money(month: MonthEvaluation, replay: Replay) -> Iterator[str]:
    priced, money = month.credits, money_of(replay.places)
    if priced.pricing == "off":
        return
    for line in priced.lines:
        amount = "not priced" if line.uncapped is None else f"{money(line.uncapped)} → {money(line.payable)}"
        yield f"credit {line.service_level}: {amount} ({', '.join(_how(line))}; {line.clause or 'no clause named'})"
    if priced.points_price:
        yield f"points {priced.points:f} ({_figures(priced.points_price)}; {priced.clause or 'no clause named'})"
    for cap in priced.caps:
        if cap.taken_off:
            of = f" {cap.service_level}" if cap.service_level else ""
            yield f"cap over {cap.over.replace('_', ' ')}{of}: takes off {money(cap.taken_off)}"
    if priced.waived:
        yield f"waived {money(priced.waived)}"
    for each in priced.earn_backs:
        if each.amount:
            yield f"{each.state} {each.service_level} of {each.credit_month}: {money(each.amount)}"
    for bonus in priced.bonuses:
        held = f" withheld: {bonus.gated_by} is under its Minimum" if bonus.gated_by else f" {money(bonus.amount)}"
        yield f"bonus {bonus.service_level}:{held}"
    if priced.pricing == "not_priced":
        yield "not priced: the charges that these credits are a share of are not known"
    if priced.payable is not None and (priced.payable or priced.lines):
        yield f"payable {money(priced.payable)} {replay.currency}"
    yield from (f"warning: {warning}" for warning in priced.warnings)


def _how(line: CreditLine) -> Iterator[str]:
    """The formula with its figures, and what else decided."""
    yield f"{line.formula.replace('_', ' ')} {_figures(line.figures)}".strip()
    if line.factor != 1:
        yield f"failure {line.failures} counts {line.factor:f} times"
    if line.incident:
        yield f"another credit of incident {line.incident} is paid"


def _figures(figures: Mapping[str, str]) -> str:
    return " ".join(f"{name}={figure}" for name, figure in figures.items() if name != "formula")
