"""What changes from one set of terms to another, in the words of the contract."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from app.contracts import prose
from app.contracts.families import Family
from app.contracts.untold import Change, is_costly, untold

Document = Mapping[str, Any]
Said = dict[str, str]

CREDITS = "Credits"


class Difference(NamedTuple):
    """`before` or `after` is None when only one of the two says anything."""

    section: str
    subject: str
    label: str
    before: str | None
    after: str | None

    @property
    def is_about_money(self) -> bool:
        return self.section == CREDITS or self.label in prose.MONEY

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.subject, self.label) if part)
        if self.before is None:
            return f"{place}: new, {self.after}"
        if self.after is None:
            return f"{place}: no longer, {self.before}"
        return f"{place}: {self.after} instead of {self.before}"


def differences(before: Document, after: Document) -> tuple[Difference, ...]:
    """In the order of the contract; empty when both say the same."""
    told = _told(before, after)
    names = {str(level.get("key")): str(level.get("name")) for level in after.get("service_levels") or ()}
    named = (_named(change, names) for change in untold(before, after, lambda *pair: bool(_told(*pair))))
    return (*told, *_rules_of_whole_levels(before, after), *named)


def _rules_of_whole_levels(before: Document, after: Document) -> Iterator[Difference]:
    """The rules of a service level that comes or goes, and of credits that do."""
    levels = [{str(level.get("key")): level for level in each.get("service_levels") or ()} for each in (before, after)]
    for key in dict.fromkeys((*levels[0], *levels[1])):
        old, new = (each.get(key) for each in levels)
        if not (old and new):
            yield from _rules(prose.LEVEL_RULES, str((new or old or {}).get("name")), old or {}, new or {})
    if not (before.get("credits") and after.get("credits")):
        yield from _rules(prose.CREDIT_RULES, CREDITS, before, after)


def _rules(families: tuple[Family, ...], subject: str, before: Document, after: Document) -> Iterator[Difference]:
    said = [{family.title: words for family, words in prose.used(families, each, True)} for each in (before, after)]
    for family in families:
        old, new = (each.get(family.title) for each in said)
        if old != new:
            section = CREDITS if is_costly(family.path, family.of(before), family.of(after)) else "Service levels"
            yield Difference(section, subject, family.title, old, new)


def _told(before: Document, after: Document) -> tuple[Difference, ...]:
    return tuple(
        difference
        for section, spoken in SECTIONS
        for difference in _compare(section, dict(spoken(before)), dict(spoken(after)))
    )


def _named(change: Change, names: Mapping[str, str]) -> Difference:
    """`Service level, English voice, Low volume rule` or `Rights 1 consecutive`: items are counted from 1."""
    steps = (str(step + 1) if isinstance(step, int) else step.replace("_", " ") for step in change.path)
    place = " ".join(steps)
    section = CREDITS if change.is_about_money else "Service levels" if change.level else "Further rules"
    subject, label = (names[change.level], place) if change.level else (place.capitalize(), "")
    return Difference(section, subject, label.capitalize(), change.before, change.after)


def _compare(section: str, before: dict[str, Said], after: dict[str, Said]) -> Iterator[Difference]:
    """Subjects are known by their key, and called as the later document calls them."""
    for key in (*before, *(key for key in after if key not in before)):
        old, new = before.get(key, {}), after.get(key, {})
        if old == new:
            continue
        subject = _called(key, new or old)
        if not old or not new:
            yield Difference(section, subject, "", _summary(old), _summary(new))
            for label in sorted(prose.MONEY & {*old, *new}):
                yield Difference(section, subject, label, old.get(label), new.get(label))
            continue
        for label in (*old, *(label for label in new if label not in old)):
            if old.get(label) != new.get(label):
                yield Difference(section, subject, label, old.get(label), new.get(label))


def _called(key: str, said: Said) -> str:
    return said.get("Name") or key


def _summary(said: Said) -> str | None:
    """A clause that is wholly new or gone: each word of it with its label."""
    unsaid = {"Name", *prose.MONEY}
    told = (f"{label}: {words}" if label else words for label, words in said.items() if label not in unsaid)
    return "; ".join(told) or None


def _dates(document: Document) -> Iterator[tuple[str, Said]]:
    yield "Effective from", {"": prose.day(document.get("effective_from"))}
    calendar = document.get("calendar") or {}
    for statement in prose.calendar(calendar):
        yield statement.label, {"": statement.words}
    for holiday in calendar.get("holidays") or ():
        yield f"Holiday {prose.day(holiday)}", {"": "no working day"}


def _coverage(document: Document) -> Iterator[tuple[str, Said]]:
    seen: dict[str, list[str]] = {}
    for row in document.get("coverage") or ():
        seen.setdefault(prose.pair(row), []).append(prose.period(row))
    for pair, periods in seen.items():
        yield pair, {"": " and ".join(periods)}


def _reports(document: Document) -> Iterator[tuple[str, Said]]:
    for kind, part in (document.get("reports") or {}).items():
        yield f"{kind.capitalize()} report", {"": prose.report(part)}


def _measures(document: Document) -> Iterator[tuple[str, Said]]:
    for key, part in (document.get("measures") or {}).items():
        yield prose.measure_name(key), {"Source of record": prose.measure(part)}


def _service_levels(document: Document) -> Iterator[tuple[str, Said]]:
    for level in document.get("service_levels") or ():
        yield str(level.get("key")), dict(prose.service_level(level))


def _credits(document: Document) -> Iterator[tuple[str, Said]]:
    if part := document.get("credits"):
        yield CREDITS, dict(prose.credit_terms(part))


SECTIONS = (
    ("Dates", _dates),
    ("Coverage", _coverage),
    ("Reports", _reports),
    ("Measures", _measures),
    ("Service levels", _service_levels),
    (CREDITS, _credits),
)


def without_money(found: Iterable[Difference]) -> tuple[Difference, ...]:
    """For readers who may not see what a miss costs."""
    return tuple(difference for difference in found if not difference.is_about_money)
