"""The result of a replay for reading in a terminal."""

from collections.abc import Iterator

from app.contracts.replay.chain import credit_lines
from app.contracts.replay.run import Replay
from app.domain.findings import Finding
from app.domain.judging.evaluation import MonthEvaluation
from app.domain.prose.explain import reason_of, sentence, set_apart, value_words
from app.domain.rules.relief import Relief
from app.domain.rules.rights import Right
from app.domain.wording import listed_days


def replay_table(replay: Replay) -> str:
    lines = [f"warning: {warning}" for warning in replay.warnings]
    lines += [f"not used: {place}" for place in replay.not_used]
    for month in replay.evaluations:
        lines += ["", *_month(month, replay)]
    return "\n".join(lines).strip()


def _month(month: MonthEvaluation, replay: Replay) -> Iterator[str]:
    yield f"{month.month}  terms of {month.terms.effective_from}"
    for finding in month.findings:
        yield f"  {finding.level.key}{_window(finding, month)}: {sentence(reason_of(finding))}{_consequence(finding)}"
    yield from (f"  {line}" for line in credit_lines(month, replay))
    if month.scorecard.value is not None:
        yield f"  scorecard {month.scorecard.value:.2f}, {month.scorecard.standing}"
    for right in month.rights:
        yield f"  right opens: {_opened(right)}; {right.clause or 'no clause named'}"
    for proposal in month.proposals:
        clause = proposal.clause or "no clause named"
        capped = ", the most that it may move" if proposal.capped else ""
        told = f"{proposal.service_level} from {proposal.level} to {proposal.proposed}{capped}"
        yield f"  proposal: {told}, by an average of {proposal.average:.4f}; {clause}"
    if month.corridor:
        parts = [f"{name} {getattr(month.corridor, name)}" for name in ("billable", "shortfall", "surplus")]
        yield f"  corridor: {', '.join(parts)}; {month.corridor.clause or 'no clause named'}"


def _window(finding: Finding, month: MonthEvaluation) -> str:
    """Named where it is not the month itself."""
    return "" if str(finding.window) == str(month.month) else f", {finding.window}"


def _relieved(relief: Relief) -> str:
    days = f", without {listed_days(relief.figures['days'])}" if relief.figures.get("days") else ""
    return f"{relief.source} ({relief.kind}): {relief.effect}{days}"


def _opened(right: Right) -> str:
    of = f" of {right.service_level}" if right.service_level else ""
    lapses = f", lapses on {right.lapses_on}" if right.lapses_on else ""
    return f"{right.name} ({right.kind}){of}, {right.reached:f} of {right.needed:f}{lapses}"


def _consequence(finding: Finding) -> str:
    told = list(set_apart(finding))
    if finding.tally:
        within = f"within {finding.tally.within} months" if finding.tally.within else "in a row"
        told.append(f"miss {finding.tally.misses} {within}, {finding.tally.needed} make a default")
    if finding.attainment == "provisional" and finding.contractual is not None:
        told.append(f"{value_words(finding, finding.contractual)} so far")
    if finding.is_partial:
        told.append(f"{finding.days_reported} of {finding.days_expected} days")
    if finding.escalated:
        told.append(f"{finding.escalated} in a row: escalated")
    if finding.severity:
        told.append(finding.severity.label)
    if finding.raw is not None and finding.raw != finding.contractual:
        told.append(f"{value_words(finding, finding.raw)} before relief")
    told += [_relieved(relief) for relief in finding.relief]
    return f" [{'; '.join(told)}]" if told else ""
