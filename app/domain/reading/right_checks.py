"""Whether the rights of terms that can be read could ever open."""

from collections.abc import Iterator, Sequence

from app.domain.catalogue import Problem
from app.domain.clauses import ServiceLevel
from app.domain.reading.level_checks import has_minimum, meant
from app.domain.reading.terms_reader import Draft
from app.domain.rules.prices import ByPoints
from app.domain.rules.rights import RightRule


def right_problems(draft: Draft) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, right in enumerate(draft.rights):
        path = f"rights.{place}"
        if right.key in seen:
            yield Problem(f"{path}.key", f'"{right.key}" is another right\'s key already')
        seen.add(right.key)
        yield from _named(path, right, draft)
        if right.months_of is not None and right.consecutive:
            yield Problem(f"{path}.months_of", "is of the months in within: write it in the place of consecutive")
        elif right.months_of is not None and right.within and right.months_of > right.within:
            yield Problem(f"{path}.months_of", f"{right.months_of} months do not fit into {right.within}")
        if right.of in ("points", "credits") and draft.credits is None:
            yield Problem(f"{path}.of", f"counts {right.of}, and these terms carry no credits")


def _named(path: str, right: RightRule, draft: Draft) -> Iterator[Problem]:
    known: dict[str, ServiceLevel | None] = dict.fromkeys(draft.level_keys)
    known |= {level.key: level for level in draft.service_levels.values()}
    for key in right.service_levels:
        level = known.get(key)
        if key not in known:
            yield Problem(f"{path}.service_levels", f'there is no service level "{key}"{meant(key, known)}')
        elif right.of == "minimum_misses" and level and not has_minimum(level):
            yield Problem(f"{path}.service_levels", f'"{key}" has no Minimum, so it never misses one')
    if right.importance and not draft.has_unread_levels and not _counting(right, draft):
        yield Problem(f"{path}.class", f"no service level is of the class {right.importance}")


def right_warnings(draft: Draft) -> Iterator[Problem]:
    """Rights that cannot open by these terms alone."""
    for place, right in enumerate(draft.rights):
        counting = _counting(right, draft)
        if right.of == "minimum_misses" and not right.service_levels and not any(map(has_minimum, counting)):
            yield Problem(f"rights.{place}.of", "cannot open: no service level that counts has a Minimum")
        if (most := _most(right)) is not None and right.at_least > most:
            yield Problem(f"rights.{place}.at_least", f"cannot open: a service level fails {most} times at most")
        if right.per == "contract" and (right.consecutive or 0) > 1 and not _is_monthly(counting):
            yield Problem(f"rights.{place}.per", "cannot open: months are counted, and nothing that counts is monthly")
        if right.of == "points" and draft.credits and not any(isinstance(each.price, ByPoints) for each in counting):
            yield Problem(f"rights.{place}.of", "cannot open: no service level that counts gives points")


def _most(right: RightRule) -> int | None:
    """How often one service level can fail in what is counted; None where it is not counted by service level."""
    if right.of in ("points", "credits") or right.per == "contract":
        return None
    return 1 if right.consecutive or right.months_of else right.within


def _is_monthly(counting: Sequence[ServiceLevel]) -> bool:
    return not counting or any(each.window.step == 1 for each in counting)


def _counting(right: RightRule, draft: Draft) -> list[ServiceLevel]:
    return [level for level in draft.service_levels.values() if right.is_about(level.key, level.importance)]
