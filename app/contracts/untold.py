"""Changes that no sentence of the contract tells: named as the document has them, so that a comparison misses none."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any, NamedTuple

from app.contracts.catalogue import CATALOGUE
from app.contracts.families import LEVEL_FAMILIES, WHOLE_FAMILIES, said
from app.domain.terms import Terms, TermsInvalid

Path = tuple[str | int, ...]
Tells = Callable[[Mapping[str, Any], Mapping[str, Any]], bool]
ABSENT = object()
RULES = frozenset(family.path for family in (*LEVEL_FAMILIES, *WHOLE_FAMILIES))
MONEY = frozenset({"credits", "credit", "allocation", "repeats", "earn_back", "bonus", "percent", "amount"})


class Change(NamedTuple):
    """One place that both documents have differently; None where one has nothing. `level` is empty for the whole."""

    level: str
    path: Path
    before: str | None
    after: str | None
    is_about_money: bool


def untold(before: Mapping[str, Any], after: Mapping[str, Any], tells: Tells) -> Iterator[Change]:
    """`tells` says whether the sentences of two documents differ."""
    levels, later = _levels(before), _levels(after)
    for key, place in levels.items():
        if key in later:
            old, new = before["service_levels"][place], after["service_levels"][later[key]]
            yield from _untold(before, old, new, ("service_levels", place), key, tells)
    whole = {name: part for name, part in after.items() if name != "service_levels"}
    mine = {name: part for name, part in before.items() if name != "service_levels"}
    yield from _untold(before, mine, whole, (), "", tells)


def _untold(document: Mapping[str, Any], old: Any, new: Any, root: Path, level: str, tells: Tells) -> Iterator[Change]:
    for path, left, right in _leaves(old, new):
        changed = _with(document, (*root, *path), right)
        if tells(document, changed) or _mean_the_same(document, changed):
            continue
        metrics = [str(each.get("metric", "")) for each in (old, new)]
        told = [_told(path, part, metric) for part, metric in zip((left, right), metrics, strict=True)]
        yield Change(level, path, *told, _is_about_money(document, path, left, right))


def _leaves(old: Any, new: Any, path: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """The smallest parts that differ; a list that grew or shrank is one."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in dict.fromkeys((*old, *new)):
            yield from _leaves(old.get(name, ABSENT), new.get(name, ABSENT), (*path, name))
    elif _are_tables(old) and _are_tables(new) and len(old) == len(new):
        for place, (left, right) in enumerate(zip(old, new, strict=True)):
            yield from _leaves(left, right, (*path, place))
    elif old != new:
        yield path, old, new


def _are_tables(part: Any) -> bool:
    return isinstance(part, list) and all(isinstance(each, Mapping) for each in part)


def _with(document: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    changed = deepcopy(dict(document))
    part: Any = changed
    for step in path[:-1]:
        part = part[step]
    if value is ABSENT:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return changed


def _mean_the_same(*documents: Mapping[str, Any]) -> bool:
    """Whether only the spelling differs, such as a default that is written out."""
    try:
        first, second = (replace(Terms.from_document(each, CATALOGUE), sha256="", warnings=()) for each in documents)
    except TermsInvalid:
        return False
    return first == second


def is_costly(path: Path, *parts: Any) -> bool:
    """Whether a place is about money. Points of a scorecard have a bonus too, which costs nothing."""
    return path[0] != "score" and (not MONEY.isdisjoint(path) or any(map(_holds_money, parts)))


def _is_about_money(document: Mapping[str, Any], path: Path, *parts: Any) -> bool:
    return is_costly(path, *parts, document.get("rights") if path[0] == "rights" else None)


def _holds_money(part: Any) -> bool:
    """Whether shares or amounts stand somewhere inside, or a right that opens at so much credit."""
    if isinstance(part, Mapping):
        named = not MONEY.isdisjoint(part) or part.get("of") == "credits"
        return named or any(map(_holds_money, part.values()))
    return isinstance(part, list) and any(map(_holds_money, part))


def _levels(document: Mapping[str, Any]) -> dict[str, int]:
    levels: Sequence[Mapping[str, Any]] = document.get("service_levels") or ()
    return {str(level.get("key")): place for place, level in enumerate(levels)}


def _told(path: Path, part: Any, metric: str) -> str | None:
    """A rule that comes, goes or changes as a whole is told as the contract's page tells it."""
    is_whole = path in RULES and isinstance(part, (Mapping, list))
    return said(str(path[-1]), part, metric=metric) if is_whole else _words(part)


def _words(part: Any) -> str | None:
    """`from 2026-07-01, percent 60`."""
    if part is ABSENT or part is None:
        return None
    if isinstance(part, Mapping):
        return ", ".join(f"{str(name).replace('_', ' ')} {_words(each)}" for name, each in part.items())
    if isinstance(part, list):
        return ("; " if _are_tables(part) else ", ").join(str(_words(each)) for each in part)
    return str(part)
