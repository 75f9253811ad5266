"""Rules that need nothing but the file: counts that exceed their whole, percentages, figures that are too round."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from app.contracts.catalogue import CATALOGUE
from app.reports.checks.context import Background, Doubt, Place, Sent
from app.reports.checks.rules import rule
from app.reports.checks.thresholds import Thresholds
from app.reports.checks.wording import number

POPULATION = {"offered", "answered", "abandoned"}


@rule("population", "Answered and abandoned against offered")
def population(sent: Sent, _background: Background, _thresholds: Thresholds) -> Iterator[Doubt]:
    """Where the terms ask for short abandons, those may have been left out of what was offered."""
    if not sent.columns.keys() >= POPULATION:
        return
    for row, given in sent.with_figures():
        if not given.keys() >= POPULATION:
            continue
        offered, answered, abandoned = given["offered"], given["answered"], given["abandoned"]
        total = answered + abandoned
        if total > offered and total - given.get("short_abandoned", 0) > offered:
            names = [sent.name(key) for key in ("answered", "abandoned", "offered")]
            words = (
                f"{names[0]} {number(answered)} and {names[1]} {number(abandoned)} come to {number(total)}, "
                f"more than {names[2]} {number(offered)} in the same row."
            )
            about = frozenset((_place(row), key) for key in POPULATION)
            yield Doubt(words, (sent.cell(row, "offered"),), about)


@rule("stated", "A stated percentage against its counts")
def stated(sent: Sent, _background: Background, thresholds: Thresholds) -> Iterator[Doubt]:
    """Those that are asked for, and those that the author has beside the counts."""
    asked = [column.key for column in sent.template.columns if column.is_stated]
    beside = sent.written.percentages
    for row in sent.rows if asked or beside else ():
        told = {key: Decimal(row["stated"][key]) for key in asked if key in row["stated"]}
        told |= {key: values[row["row"]] for key, values in beside.items() if row["row"] in values}
        for key, value in told.items():
            counted = _counted(key, row)
            half_a_digit = Decimal(5).scaleb(int(value.as_tuple().exponent) - 1)
            near = max(thresholds.stated_points, half_a_digit)
            if counted is None or abs(value - counted) <= near:
                continue
            if key in beside and any(abs(value - other) <= near for other in _otherwise(key, row)):
                continue
            metric = CATALOGUE.metrics[key]
            parts = ", ".join(f"{sent.name(each)} {number(row['measures'][each])}" for each in metric.measures)
            words = f"{sent.name(key)} is {number(value)}, and {parts} in the same row come to "
            words += f"{number(round(counted, max(metric.precision, 2)))}."
            yield Doubt(words, (sent.cell(row, key),), frozenset({(_place(row), key)}))


def _otherwise(key: str, row: dict) -> Iterator[Decimal]:
    """What an author calls a service level may be any of those that publishers define."""
    for metric in CATALOGUE.families[CATALOGUE.metrics[key].family]:
        if metric.unit == "percent" and metric.key != key and (counted := _counted(metric.key, row)) is not None:
            yield counted


def _counted(key: str, row: dict) -> Decimal | None:
    metric = CATALOGUE.metrics[key]
    if metric.counts_months or not row["measures"].keys() >= set(metric.measures):
        return None
    return CATALOGUE.value(key, {each: Decimal(row["measures"][each]) for each in metric.measures})


@rule("round", "Round figures throughout")
def too_round(sent: Sent, _background: Background, thresholds: Thresholds) -> Iterator[Doubt]:
    """A column with enough figures is judged by itself, the others together."""
    texts = {column.key: _figures(sent, column.key, thresholds) for column in sent.template.columns if column.is_whole}
    alone = {key: found for key, found in texts.items() if found.total() >= thresholds.round_figures}
    groups = [(key,) for key in alone]
    if others := tuple(key for key, found in texts.items() if found and key not in alone):
        groups.append(others)
    for keys in groups:
        figures = sum((texts[key] for key in keys), Counter())
        if figures.total() < thresholds.round_figures:
            continue
        for zeros, name in (("00", "hundreds"), ("0", "tens")):
            count = sum(times for text, times in figures.items() if text.endswith(zeros))
            if count >= thresholds.round_share * figures.total():
                names = ", ".join(sent.name(key) for key in keys)
                words = (
                    f"{count} of the {figures.total()} figures from {thresholds.round_from} on under {names} are whole "
                    f"{name}. Counts from a system seldom are: send them as they were counted."
                )
                yield Doubt(words, tuple((sent.rows[0]["row"], sent.written.columns.get(key)) for key in keys))
                break


def _figures(sent: Sent, key: str, thresholds: Thresholds) -> Counter[str]:
    """How often each figure of a column occurs."""
    least = len(str(thresholds.round_from))
    found = Counter(row["measures"].get(key, "") for row in sent.rows)
    return Counter({text: times for text, times in found.items() if len(text) >= least})


def _place(row: dict) -> Place:
    return row["site"], row["queue"]
