"""Rules that hold a report against the month's other reports, last month's headcount and the invoice."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from app.reports.checks.context import Background, Doubt, Place, Sent
from app.reports.checks.rules import rule
from app.reports.checks.thresholds import Thresholds
from app.reports.checks.wording import month, named, number, percent

HOUR = Decimal(3600)
# A figure, what it can be at most in another report of the month, and how many of its units make one of the other's.
AT_MOST = (
    ("qa_samples", ("answered", "cases_closed"), Decimal(1)),
    ("csat_responses", ("answered", "cases_closed"), Decimal(1)),
    ("resolution_checked", ("answered", "cases_closed"), Decimal(1)),
    ("handle_seconds", ("productive_hours",), HOUR),
)


@rule("opening", "Opening headcount against last closing")
def opening(sent: Sent, background: Background, _thresholds: Thresholds) -> Iterator[Doubt]:
    last = sent.template.month.previous()
    before = background.past.get(last, {})
    for place, figures in _monthly(sent).items():
        now, then = figures.get("opening_headcount"), before.get(place, {}).get("closing_headcount")
        if now is not None and then is not None and now != then:
            words = (
                f"{sent.name('opening_headcount')} {number(now)} for {named(place)}: {month(last)} closed with "
                f"{number(then)}."
            )
            yield Doubt(words, sent.cells(place, "opening_headcount"), _one(place, "opening_headcount"))


@rule("closing", "Closing headcount against opening, joiners and leavers")
def closing(sent: Sent, _background: Background, _thresholds: Thresholds) -> Iterator[Doubt]:
    """People who moved from one queue to another cancel out over the report."""
    keys = ("opening_headcount", "cohort_starters", "leavers", "closing_headcount")
    apart: dict[Place, Decimal] = {}
    for place, figures in _monthly(sent).items():
        if figures.keys() >= set(keys):
            before, joined, left, after = (figures[key] for key in keys)
            apart[place] = after - (before + joined - left)
    if not sum(apart.values()):
        return
    for place in (place for place, gap in apart.items() if gap):
        before, joined, left, after = (sent.figures[place][key] for key in keys)
        words = (
            f"{sent.name(keys[3])} {number(after)} for {named(place)}: {sent.name(keys[0])} {number(before)}, "
            f"{sent.name(keys[1])} {number(joined)} and {sent.name(keys[2])} {number(left)} in the same row come to "
            f"{number(before + joined - left)}."
        )
        yield Doubt(words, sent.cells(place, keys[3]), _one(place, keys[3]))


@rule("at-most", "Against the month's other reports")
def at_most(sent: Sent, background: Background, _thresholds: Thresholds) -> Iterator[Doubt]:
    for place, figures in sent.figures.items():
        known = {**background.beside.get(place, {}), **figures}
        for key, wholes, units in AT_MOST:
            given = [whole for whole in wholes if whole in known]
            if key not in known or not given or not {key, *given} & figures.keys():
                continue
            if {key, *given} <= figures.keys():
                continue
            most = sum((known[whole] for whole in given), Decimal(0)) * units
            if known[key] > most:
                ours = key if key in figures else next(whole for whole in given if whole in figures)
                parts = " and ".join(f"{sent.name(whole)} {number(known[whole])}" for whole in given)
                words = (
                    f"{sent.name(key)} {number(known[key])} for {named(place)} cannot be more than "
                    f"{f'{number(most)}, which is ' if units != 1 else ''}{parts}: one of them is in another report of "
                    f"{month(sent.template.month)}."
                )
                yield Doubt(words, sent.cells(place, ours), _one(place, key))


@rule("samples", "QA samples against headcount")
def samples(sent: Sent, background: Background, _thresholds: Thresholds) -> Iterator[Doubt]:
    each = background.samples_per_head
    if each is None:
        return
    for place, figures in sent.figures.items():
        known = {**background.beside.get(place, {}), **figures}
        people = _people(known)
        if people is None or "qa_samples" not in known or not figures.keys() & {"qa_samples", *people}:
            continue
        name, heads = next(iter(people.items()))
        if known["qa_samples"] < heads * each:
            ours = "qa_samples" if "qa_samples" in figures else name
            words = (
                f"{sent.name('qa_samples')} {number(known['qa_samples'])} for {named(place)}: the terms ask for "
                f"{number(each)} per person, which is {number(heads * each)} for {sent.name(name)} {number(heads)}."
            )
            yield Doubt(words, sent.cells(place, ours), _one(place, "qa_samples"))


@rule("invoice", "Productive hours against the invoice")
def invoice(sent: Sent, background: Background, thresholds: Thresholds) -> Iterator[Doubt]:
    rate, billed = background.rate, background.invoice
    hours = sum((figures.get("productive_hours", Decimal(0)) for figures in sent.figures.values()), Decimal(0))
    if rate is None or billed is None or "productive_hours" not in sent.columns or not hours:
        return
    gap = hours * rate - billed
    if abs(gap) > thresholds.invoice_share * billed:
        words = (
            f"{sent.name('productive_hours')} come to {number(hours)}, at {number(rate)} per hour by the terms "
            f"{number(hours * rate)}; the charges of {month(sent.template.month)} are {number(billed)}"
            f"{f', {percent(gap / billed)} away' if billed else ''}."
        )
        yield Doubt(words, ((sent.rows[0]["row"], sent.written.columns.get("productive_hours")),))


def _monthly(sent: Sent) -> Mapping[Place, Mapping[str, Decimal]]:
    return sent.figures if sent.template.grain == "month" else {}


def _people(known: Mapping[str, Decimal]) -> dict[str, Decimal] | None:
    return next(({key: known[key]} for key in ("average_headcount", "closing_headcount") if key in known), None)


def _one(place: Place, key: str) -> frozenset[tuple[Place, str]]:
    return frozenset({(place, key)})
