"""Which events had no effect, and why: said with line and path, never passed over."""

from collections.abc import Callable, Iterator
from itertools import chain

from app.contracts.replay import idle_decisions, idle_figures
from app.contracts.replay.judged import Judged
from app.contracts.sheets import Place, Sheet
from app.domain.catalogue import Problem

Check = Callable[[Judged], Iterator[Problem]]


def idle_events(sheet: Sheet, judged: Judged) -> tuple[Place, ...]:
    """In the order of the file. A claim that is open or was refused is told at its finding, not here."""
    checks: tuple[Check, ...] = (_day_of_knowledge, _end, *idle_figures.CHECKS, *idle_decisions.CHECKS)
    return tuple(sheet.locate(list(chain.from_iterable(check(judged) for check in checks))))


def _day_of_knowledge(judged: Judged) -> Iterator[Problem]:
    said = judged.said.as_of
    if said is not None and said != judged.as_of:
        yield Problem("as_of", f"--as-of {judged.as_of} counts in its place")


def _end(judged: Judged) -> Iterator[Problem]:
    day = judged.said.terminated_on
    if day is None or judged.is_cut_short:
        return
    if not any(month.terms.has_bank for month in judged.months.values()):
        yield Problem("terminated_on", "no month is after it, and no service level has a bank that it would end")
    elif why := judged.why_not(day):
        yield Problem("terminated_on", why)
