"""The result of a replay for reading in a terminal."""

from collections.abc import Iterator

from app.contracts.replay.document import money_of
from app.contracts.replay.run import Replay
from app.domain.evaluation import MonthEvaluation
from app.domain.explain import DEFAULTS, DISPOSITIONS, sentence
from app.domain.findings import Finding


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
        lapses = f", lapses on {right.lapses_on}" if right.lapses_on else ""
        yield f"  right opens: {right.name} ({right.kind}){lapses}; {right.clause or 'no clause named'}"
    for proposal in month.proposals:
        yield f"  proposal: {proposal.service_level} from {proposal.level} to {proposal.proposed}; {proposal.clause}"
    if month.corridor:
        yield f"  corridor: billable {month.corridor.billable}, surplus {month.corridor.surplus}"


def _consequence(finding: Finding) -> str:
    told = []
    if finding.default != "none":
        told.append(DEFAULTS[finding.default])
    if finding.disposition != "counts":
        told.append(DISPOSITIONS[finding.disposition])
    if finding.severity:
        told.append(finding.severity.label)
    return f" [{'; '.join(told)}]" if told else ""


def _money(month: MonthEvaluation, replay: Replay) -> Iterator[str]:
    priced, money = month.credits, money_of(replay.places)
    if priced.pricing == "off":
        return
    for line in priced.lines:
        amount = "not priced" if line.uncapped is None else f"{money(line.uncapped)} → {money(line.payable)}"
        yield f"credit {line.service_level}: {amount} ({line.formula}; {line.clause or 'no clause named'})"
    for cap in priced.caps:
        if cap.taken_off:
            yield f"cap over {cap.over.replace('_', ' ')}: takes off {money(cap.taken_off)}"
    for each in priced.earn_backs:
        if each.amount:
            yield f"{each.state} {each.service_level} of {each.credit_month}: {money(each.amount)}"
    if priced.bonus:
        yield f"bonus {money(priced.bonus)}"
    if priced.payable is not None and (priced.payable or priced.lines):
        yield f"payable {money(priced.payable)} {replay.currency}"
    yield from (f"warning: {warning}" for warning in priced.warnings)
