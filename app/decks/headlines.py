"""The headline of each slide: it states the finding that the slide then shows."""

from collections.abc import Sequence

from app.decks.content import Content
from app.decks.ordering import most_troubled
from app.decks.results import met_throughout, misses_of
from app.decks.unknowns import lacking, months_listed, unknown
from app.decks.wording import (
    count_words,
    counted,
    fte,
    gap_words,
    listed,
    months_together,
    note_of,
    rests_on,
    value_of,
)
from app.domain.clauses import CreditTerms, ServiceLevel
from app.domain.findings import Finding
from app.domain.judging.evaluation import MonthEvaluation
from app.formatting import money, percent
from app.formatting import month as month_words
from app.formatting import window as window_words


def throughout(content: Content) -> str:
    """'in every month', or the months of which something is known."""
    if content.silent or len(content.known) == 1:
        return f"in {months_listed([month.month for month in content.known])}"
    return "in both months" if len(content.known) == 2 else "in every month"


def missing_headline(content: Content) -> str:
    """'Three reports without approved figures; nothing known of August 2026', counted over the rows that follow."""
    reports = sum(len(want.kinds) for want in content.wanted)
    if not reports:
        return f"{unknown(content)}: {months_listed(content.silent)}"
    told = f"{count_words(reports, 'report')} without approved figures"
    return f"{told}; nothing known of {months_listed(content.silent)}" if content.silent else told


def missed_when(content: Content, level: ServiceLevel) -> str:
    months = content.missed_months(level)
    if together := months_together(level):
        return together
    if len(months) == len(content.known):
        return throughout(content)
    if len(months) == 1:
        return f"in {month_words(months[0], 'long')}"
    return f"in {len(months)} of {len(content.known)} months"


def summary_headline(content: Content) -> str:
    if content.silent:
        named = f"{unknown(content)}: {months_listed(content.silent)}"
        return f"{named}; {_of_the_rest(content)}" if content.known else named
    total = len(content.levels)
    if not total:
        return "Nothing was judged in this quarter"
    if content.misses:
        worst = most_troubled(content, 1)[0]
        return f"{worst.name}: missed {missed_when(content, worst)}{_consequence(content)}"
    if content.gaps:
        return f"No service level was missed; {count_words(len(content.gaps), 'result').lower()} could not be judged"
    every = {1: "The one service level was", 2: "Both service levels were"}
    return f"{every.get(total, f'All {total} service levels were')} met {throughout(content)}"


def _of_the_rest(content: Content) -> str:
    """What is known beside the months of which nothing is."""
    if content.misses:
        worst = most_troubled(content, 1)[0]
        return f"{worst.name} missed {missed_when(content, worst)}{_consequence(content)}"
    if not content.told:
        return f"nothing could be judged {throughout(content)}"
    return f"no miss among the {count_words(len(content.told), 'service level').lower()} judged {throughout(content)}"


def _consequence(content: Content) -> str:
    if not content.has_credits:
        return ""
    if content.payable is None:
        return "; its credits are not priced yet"
    if content.payable < 0:
        return f"; {_earned_back(content)}"
    if content.payable:
        return f"; credits of {money(content.payable, content.deck.contract.currency)}"
    if not content.unsettled and all(miss.finding.disposition == "in_grace" for miss in content.misses):
        return "; in grace, so no credit is due"
    return "; no credit is due so far" if content.is_open else "; no credit is due"


def levels_headline(content: Content) -> str:
    start = f"{len(content.levels_met)} of {len(content.levels)} service levels met {throughout(content)}"
    rest = [count_words(len(content.misses), "miss").lower()] if content.misses else []
    rest += [f"{len(content.gaps)} not judged"] if content.gaps else []
    rest += [unknown(content)] if content.silent else []
    return f"{start}; {', '.join(rest)}" if rest else start


def met_before(content: Content) -> str:
    """'9 of 9' in the quarter before."""
    named = {finding.level.key for month in content.months_before for finding in month.findings}
    return f"{len(met_throughout(content.months_before))} of {len(named)}"


def misses_before(content: Content) -> int:
    return len(misses_of(content.months_before))


def misses_headline(content: Content) -> str:
    if not content.misses:
        return f"No miss; {count_words(len(content.gaps), 'result').lower()} could not be judged"
    total, worst = count_words(len(content.misses), "miss"), most_troubled(content, 1)[0]
    times = len(content.missed_months(worst))
    if len(content.misses) == 1:
        return f"{total}: {worst.name}, {month_words(content.misses[0].month, 'long')}"
    if times == 1 and len(content.known) > 1:
        return f"{total}, none of them repeated"
    missed = {miss.finding.level.key for miss in content.misses}
    if len(content.known) == 1:
        return f"{total} {throughout(content)}"
    across = count_words(len(missed), "service level").lower()
    return f"{total} across {across}; {worst.name} {missed_when(content, worst)}"


def credit_terms(terms: CreditTerms | None) -> str:
    """How a credit comes about under these terms, and where they say so."""
    if terms is None:
        return "Credits ended within the quarter."
    parts = ["By the formula of each service level"]
    if terms.at_risk is not None:
        parts = [
            f"{percent(terms.at_risk, 0)} of the month's charges at risk × the allocation of each service level missed"
        ]
    if any(cap.percent is not None and cap.over == "month" and cap.of == "charges" for cap in terms.caps):
        parts.append(f"at most {percent(terms.monthly_cap, 0)} of the charges")
    elif terms.caps:
        parts.append("under the caps of the terms")
    clause = f" ({terms.clause})" if terms.clause else ""
    return f"{', '.join(parts)}; rounded once per month{clause}."


def credits_headline(content: Content) -> str:
    unpriced = [priced for priced in content.credits if priced.pricing == "not_priced"]
    if unpriced:
        invoices = [month_words(priced.invoice_month) for priced in unpriced if priced.charges is None]
        return f"Credits are owed and not priced: charges of {listed(invoices or ['an earlier month'])} are not entered"
    if not content.payable:
        return (
            f"No credit is due so far; {lacking(content)}" if content.is_open else "No credit is due for this quarter"
        )
    amount = f"Credits of {money(content.payable, content.deck.contract.currency)} are due"
    if content.payable < 0:
        owed = any(priced.uncapped for priced in content.credits)
        amount = f"{_earned_back(content)}{', more than is owed' if owed else '; no new credit is due'}"
        return f"{amount} so far; {lacking(content)}" if content.is_open else amount
    if content.is_open:
        return f"{amount} so far; {lacking(content)}"
    share = content.share_of_charges
    return amount if share is None else f"{amount}, {percent(share, 2)} of the quarter's charges"


def _earned_back(content: Content) -> str:
    """What the partner gets back, in a quarter in which that is more than it owes."""
    return f"{money(-content.payable, content.deck.contract.currency)} of earlier credits is earned back"


def staffing_headline(content: Content) -> str:
    newest = max((each.month for each in content.staffing if each.month in content.quarter.months), default=None)
    last = [each for each in content.staffing if each.month == newest]
    required, actual = sum(each.required for each in last), sum(each.actual for each in last)
    if not required:
        return "No staff were required in this quarter"
    fill = f"{percent(actual * 100 / required)} of the required staff in {month_words(newest, 'long')}"
    if actual >= required:
        return f"{fill}: nobody is missing" if not any(each.shortage for each in last) else fill
    worst, short = max(last, key=lambda each: each.shortage), required - actual
    here = content.site_name(worst.site)
    if len(last) == 1:
        return f"{fill}: {fte(short)} short"
    where = f"all of them in {here}" if worst.shortage == short else f"most of them in {here}"
    return f"{fill}: {fte(short)} short, {where}" if worst.shortage * 2 > short else f"{fill}: {fte(short)} short"


def trend_headline(content: Content, level: ServiceLevel) -> str:
    findings = _told(content, level, content.history)
    if not findings:
        return level.name
    last, run = findings[-1], 0
    for finding in reversed(findings):
        if not finding.is_miss:
            break
        run += 1
    if run > 1:
        unit = level.window.units
        return f"{level.name}: missed {run} {unit} in a row, since {window_words(findings[-run].window)}"
    if run == 1:
        return f"{level.name}: missed in {window_words(last.window)}"
    if not last.is_judged:
        return f"{level.name}: not judged in {window_words(last.window)} ({note_of(last)})"
    missed = [place for place, finding in enumerate(findings) if finding.is_miss]
    if missed and findings[missed[-1]].window in content.quarter.months:
        again = next(finding for finding in findings[missed[-1] + 1 :] if finding.is_judged)
        when = f"{'in' if again is last else 'since'} {window_words(again.window)}"
        return f"{level.name}: missed in {window_words(findings[missed[-1]].window)}, met again {when}"
    return f"{level.name}: met in {window_words(last.window)}{', with little to spare' if last.is_close else ''}"


def newest(content: Content, level: ServiceLevel) -> Finding:
    """The last result of the quarter, of a month of which something is known."""
    return (_told(content, level, content.months) or [each for each in content.findings_of(level) if each])[-1]


def _told(content: Content, level: ServiceLevel, months: Sequence[MonthEvaluation]) -> list[Finding]:
    spoken = [month for month in months if month.month not in content.silent]
    return [finding for finding in content.findings_of(level, spoken) if finding is not None]


def trend_reading(content: Content, level: ServiceLevel) -> str:
    """'Sep 2026: 29,400 of 40,000, 6.5 points under Expected.'"""
    findings = [each for each in content.findings_of(level) if each is not None and each.contractual is not None]
    if not findings:
        return ""
    last = findings[-1]
    behind = [value_of(last)]
    counts = last.metric.unit == "percent" and last.level.source != "stated"
    if counts and last.denominator and last.numerator is not None:
        behind.append(f"{counted(last.numerator)} of {counted(last.denominator)}")
    when = window_words(last.window)
    return f"{when}: {', '.join([*behind, *rests_on(last), gap_words(last)])}."
