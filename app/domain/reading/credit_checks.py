"""Whether the credits of terms that can be read make sense together."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from app.domain.catalogue import Problem
from app.domain.clauses import CreditTerms, ServiceLevel
from app.domain.reading.terms_reader import Draft
from app.domain.rules.caps import HUNDRED, Cap
from app.domain.rules.defaults import DefaultRule
from app.domain.rules.points import StepTable, check_points
from app.domain.rules.prices import Allocation, ByBand, ByPoints, Fixed
from app.domain.rules.repeats import ONCE

AT_RISK_MISSING = "is missing: what share of the charges is at risk? 10 for 10 %"
POOL_MISSING = "is missing: what may the allocations add up to? 100 for 100 % of the amount at risk"


def credit_problems(draft: Draft) -> Iterator[Problem]:
    agreed = draft.credits
    if agreed is None:
        return
    levels = draft.service_levels
    allocated = [level for level in levels.values() if isinstance(level.price, Allocation)]
    if agreed.at_risk is None and (allocated or agreed.pool is not None or agreed.categories):
        yield Problem("credits.at_risk", AT_RISK_MISSING)
    for place, cap in enumerate(agreed.caps):
        if cap.of == "at_risk" and cap.percent is not None and agreed.at_risk is None:
            yield Problem(f"credits.caps.{place}.of", "there is no amount at risk: write credits.at_risk")
    if agreed.pool is None and not agreed.categories and allocated:
        yield Problem("credits.pool", POOL_MISSING)
    yield from _twice(agreed, levels)
    yield from _pools(agreed, allocated)
    yield from check_points(agreed.points)
    for path, level in levels.items():
        yield from _priced(path, level, agreed)


def _gives(levels: Iterable[ServiceLevel]) -> bool:
    """Whether some service level says by itself what a failure costs or what going beyond it brings."""
    return any(level.price or level.bonus for level in levels)


def _twice(agreed: CreditTerms, levels: Mapping[str, ServiceLevel]) -> Iterator[Problem]:
    """One name has one pool, and one day one allocation."""
    names = [name for name, _ in agreed.categories]
    for place, name in enumerate(names):
        if name in names[:place]:
            yield Problem(f"credits.categories.{place}.name", f'"{name}" is another category\'s name already')
    for path, level in levels.items():
        days = [day for day, _ in level.price.dated] if isinstance(level.price, Allocation) else []
        for day in sorted({day for day in days if days.count(day) > 1}):
            yield Problem(f"{path}.credit.dated", f"two allocations begin on {day}: keep one of them")


def _pools(agreed: CreditTerms, allocated: list[ServiceLevel]) -> Iterator[Problem]:
    """On each day on which an allocation changes they must fit into their pool."""
    days = {day for level in allocated if isinstance(level.price, Allocation) for day, _ in level.price.dated}
    for name in dict.fromkeys(level.category for level in allocated) if agreed.categories else [None]:
        of_pool = [level for level in allocated if name is None or level.category == name]
        for day in (None, *sorted(days)):
            shares = (_share(level, day) for level in of_pool)
            total, pool = sum(shares, Decimal(0)), (agreed.pool if name is None else HUNDRED)
            if pool is not None and total > pool:
                place = "credits.pool" if name is None else _pool_of(agreed, name)
                since = f" from {day} on" if day else ""
                whose = f"the pool of {pool} %" if name is None else f"100 % of the pool of {name}"
                yield Problem(place, f"the allocations come to {total} %{since}, above {whose}")
                break


def _pool_of(agreed: CreditTerms, category: str) -> str:
    names = [name for name, _ in agreed.categories]
    return f"credits.categories.{names.index(category)}.pool" if category in names else "credits.categories"


def _share(level: ServiceLevel, day: date | None) -> Decimal:
    if not isinstance(level.price, Allocation):
        return Decimal(0)
    return level.price.percent if day is None else level.price.on(day)


def _priced(path: str, level: ServiceLevel, agreed: CreditTerms) -> Iterator[Problem]:
    if level.default != DefaultRule() and level.default.is_short and level.price is None:
        yield Problem(f"{path}.allocation", "is missing: a miss of this service level gives a credit")
    if isinstance(level.price, ByPoints) and agreed.points is None:
        yield Problem("credits.points", f'is missing: what do the points of "{level.key}" cost?')
    names = [name for name, _ in agreed.categories]
    if isinstance(level.price, Allocation) and names and level.category not in names:
        said = f'"{level.category}" is none of' if level.category else "is missing: whose pool is shared? One of"
        yield Problem(f"{path}.category", f"{said} {', '.join(names)}")


def credit_warnings(draft: Draft) -> Iterator[Problem]:
    agreed = draft.credits
    if agreed and agreed.at_risk is None and not (draft.has_unread_levels or _gives(draft.service_levels.values())):
        yield Problem("credits", "no service level gives a credit or a bonus: nothing comes of them")
    if agreed and agreed.categories and agreed.pool is not None:
        yield Problem("credits.pool", "has no effect: each category has a pool of its own")
    if agreed and agreed.base.over_window and any(level.window.step > 1 for level in draft.service_levels.values()):
        yield from _monthly_caps(agreed.caps)
    yield from _fractions(draft)
    for path, level in draft.service_levels.items():
        name = "allocation" if isinstance(level.price, Allocation) else "credit"
        if level.price is not None and agreed is None:
            yield Problem(f"{path}.{name}", "has no effect: these terms carry no credits")
        elif level.price is not None and not level.price.is_always and level.default == DefaultRule():
            yield Problem(f"{path}.{name}", "has no effect: no miss of this service level gives a credit")
        if level.bonus is not None and agreed is None:
            yield Problem(f"{path}.bonus", "has no effect: these terms carry no credits")
        if level.price is not None and level.importance == "reported":
            yield Problem(f"{path}.class", "is reported, and this service level gives a credit all the same")
    if agreed and agreed.warn_above is not None:
        most = _most(agreed, draft.service_levels.values())
        if most > agreed.warn_above:
            yield Problem(
                "credits.warn_above",
                f"a month's credits can come to {most.normalize():f} % of the invoice, above {agreed.warn_above} %",
            )


def _fractions(draft: Draft) -> Iterator[Problem]:
    """A share of 1 % or less of something that is shared out by tens is mostly a fraction."""
    agreed, levels = draft.credits, draft.service_levels.items()
    rules = {f"{path}.earn_back": level.earn_back for path, level in levels}
    shares = {f"{path}.fraction": rule.fraction for path, rule in rules.items() if rule}
    if agreed:
        rule = agreed.earn_back
        shares |= {"credits.earn_back.fraction": rule.fraction} if rule else {}
        shares |= {"credits.pool": agreed.pool} if agreed.pool is not None else {}
        shares |= {f"credits.categories.{place}.pool": pool for place, (_, pool) in enumerate(agreed.categories)}
    for path, share in shares.items():
        if 0 < share <= 1:
            yield Problem(path, f"is {share} %: percentages are in points, 50 for 50 %")
    if agreed and agreed.at_risk is not None and 0 < agreed.at_risk < 1:
        yield Problem("credits.at_risk", f"is {agreed.at_risk} %: percentages are in points, 10 for 10 %")


def _monthly_caps(caps: Sequence[Cap]) -> Iterator[Problem]:
    for place, cap in enumerate(caps):
        if cap.percent is not None and not cap.is_long:
            words = "is of one month's charges, and credits here are of their whole window's: write an amount"
            yield Problem(f"credits.caps.{place}.percent", words)


def _most(agreed: CreditTerms, levels: Collection[ServiceLevel]) -> Decimal:
    """Percent of the charges that credits can come to in a month, as far as they are shares of the charges and have
    an end: so much for each unit or point has none.
    """
    most = sum((_most_of(level, agreed) for level in levels if not level.outside_caps), Decimal(0))
    outside = sum((_most_of(level, agreed) for level in levels if level.outside_caps), Decimal(0))
    if isinstance(agreed.points, StepTable) and any(isinstance(level.price, ByPoints) for level in levels):
        most += max(percent for _, percent in agreed.points.steps)
    at_risk = agreed.at_risk or Decimal(0)
    caps = (
        cap.percent * (at_risk if cap.of == "at_risk" else HUNDRED) / HUNDRED
        for cap in agreed.caps
        if cap.over == "month" and cap.percent is not None
    )
    return min([most, *caps]) + outside


def _most_of(level: ServiceLevel, agreed: CreditTerms) -> Decimal:
    price, most = level.price, Decimal(0)
    if isinstance(price, Allocation):
        share = max(price.percent, *(percent for _, percent in price.dated), Decimal(0))
        most = (agreed.at_risk or Decimal(0)) * agreed.pool_of(level.category) * share / HUNDRED / HUNDRED
    elif isinstance(price, Fixed):
        most = price.share.percent or Decimal(0)
    elif isinstance(price, ByBand):
        most = max((band.percent or Decimal(0) for band in level.bands), default=Decimal(0))
    return most * max([ONCE, *(times for _, times in level.repeats.steps)] if level.repeats else [ONCE])
