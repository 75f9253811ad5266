"""Amounts: columns against a target, the bullet graph, people stacked against what was required, a chain of money."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from textwrap import wrap
from typing import NamedTuple

from markupsafe import Markup

from app.charts import drawing
from app.charts.drawing import LETTER, Frame, finite
from app.charts.trends import Point, limits_of, spoken, told


class Stack(NamedTuple):
    label: str
    values: Sequence
    required: object = None


class Step(NamedTuple):
    label: str
    amount: object
    total: bool = False
    note: str = ""


def columns(points: Sequence, title: str, *, target=None, target_label=None, event=None, **frame) -> Markup:
    """Amounts side by side from zero, each with its figure, against one target; `event` is (label of one, words)."""
    frame, points = Frame(**frame), [Point(*point) for point in points]
    drawn, palette = [finite(point.value) for point in points], frame.palette
    limits = limits_of(frame, target, target_label)
    right = frame.width - (drawing.room(words for _, words in limits) if limits else 4)
    y = drawing.scale([0.0, *drawn, *(value for value, _ in limits)], frame.height - 28, 44 if event else 22)
    x, wide = drawing.slots(len(points), 4, right)
    parts = [drawing.rule(4, y(0), f"H{right:.1f}", palette.muted), *_said(event, points, x, right, frame)]
    for place, (point, value) in enumerate(zip(points, drawn, strict=True)):
        if value is None:
            parts.append(drawing.mark(point.status or "not_measured", x(place), y(0) - 9, palette))
        else:
            parts += _column(point, x(place), y(max(value, 0)), abs(y(value) - y(0)), wide, frame)
    parts += [drawing.rule(4, y(value), f"H{right:.1f}", palette.ink, "5 3", 1.25) for value, _ in limits]
    parts += drawing.aside([(value, words, palette.muted, 400) for value, words in limits], y, right + 6)
    parts += drawing.below([point.label for point in points], x, frame)
    return drawing.svg(parts, title, told(points, limits, event, frame), frame)


def _said(event, points: list[Point], x, right: float, frame: Frame) -> list[str]:
    """The words about one column in the line above them all, as near to it as they fit."""
    if not event:
        return []
    rows = wrap(event[1], int((right - 4) / LETTER)) or [""]
    middle = x(next((place for place, point in enumerate(points) if point.label == event[0]), 0))
    half = max(map(len, rows)) * LETTER / 2
    at = max(4 + half, min(right - half, middle))
    return [drawing.text(at, 12 + 13 * row, words, frame.palette.muted, "middle") for row, words in enumerate(rows[:2])]


def _column(point: Point, middle: float, top: float, deep: float, wide: float, frame: Frame) -> list[str]:
    """A bar with its figure and, for a miss, its mark: inside when there is room, where no target line crosses it."""
    palette, words = frame.palette, frame.number(point.value)
    colour = drawing.tone(point.status, palette)
    parts = [drawing.bar(middle - wide / 2, top, wide, deep, colour)]
    if deep < 40 or len(words) * LETTER > wide:
        return [*parts, drawing.text(middle, top - 6, words, palette.ink, "middle", 600)]
    parts.append(drawing.text(middle, top + 17, words, palette.surface, "middle", 600))
    if colour != palette.accent:
        inside = palette._replace(close=palette.surface, bad=palette.surface, worst=palette.surface, surface=colour)
        parts.append(drawing.mark(point.status, middle, top + 30, inside))
    return parts


def bullet(
    value, title: str, *, expected=None, minimum=None, band=None, higher_is_better=True, low=0, high=None,
    width=240, height=36, **frame,
) -> Markup:  # fmt: skip
    """Stephen Few's bullet graph: the result a bar, Expected a tick, the ground on the wrong side of Minimum darker."""
    frame = Frame(width=width, height=height, **frame)
    palette, number, drawn, base = frame.palette, frame.number, finite(value), float(low)
    expects = [limit for limit in (band or (expected,)) if limit is not None]
    top = finite(high) or max(base + 1e-9, drawn or base, *map(float, expects), float(minimum or base)) * 1.08
    said = spoken(value, frame)
    right, deep = width - drawing.room([said]), height - 18
    x = drawing.scale([base, top], 2, right)
    edges = [(2.0, right, palette.line, 0.8)]
    if minimum is not None:
        edge = x(float(minimum))
        edges.append((2, edge, palette.muted, 0.35) if higher_is_better else (edge, right, palette.muted, 0.35))
    if band:
        edges.append((x(float(band[0])), x(float(band[1])), palette.accent, 0.25))
    parts = [drawing.bar(start, 2, end - start, deep, colour, opacity) for start, end, colour, opacity in edges]
    if drawn is not None:
        parts.append(drawing.bar(2, deep / 2 - 2, x(max(base, min(top, drawn))) - 2, 8, palette.accent))
    for place, limit in enumerate(expects):
        parts.append(drawing.bar(x(float(limit)) - 1.25, 0, 2.5, deep + 4, palette.ink))
        anchor = ("end", "start")[place] if band else "middle"
        parts.append(drawing.text(x(float(limit)), height - 1, number(limit), palette.muted, anchor))
    parts.append(drawing.text(right + 6, deep / 2 + 6, said, palette.ink, weight=700))
    words = [said, *(f"Expected {number(limit)}" for limit in expects)]
    words += [f"Minimum {number(minimum)}"] if minimum is not None else []
    return drawing.svg(parts, title, ", ".join(words) + ".", frame)


def stacked(rows: Sequence, title: str, *, parts: Sequence[str], required_label="Required", **frame) -> Markup:
    """Columns made of parts (people by state), each with the tick of what was required of it."""
    frame, rows = Frame(**frame), [Stack(*row) for row in rows]
    palette, needs = frame.palette, [finite(row.required) for row in rows]
    tiers = [list(accumulate((finite(value) or 0.0 for value in row.values), initial=0.0)) for row in rows]
    labels = _tier_labels(rows, tiers, parts, required_label, frame)
    right = frame.width - drawing.room([*parts, *(words for _, words, *_ in labels)])
    y = drawing.scale([0.0, *(tier[-1] for tier in tiers), *needs], frame.height - 28, 22)
    x, wide = drawing.slots(len(rows), 4, right)
    out = [drawing.rule(4, y(0), f"H{right:.1f}", palette.muted)]
    for place, (row, tier, need) in enumerate(zip(rows, tiers, needs, strict=True)):
        for step, (base, top) in enumerate(pairwise(tier)):
            shade = 1 - 0.7 * step / max(len(parts) - 1, 1)
            out.append(drawing.bar(x(place) - wide / 2, y(top), wide, y(base) - y(top) - 1, palette.accent, shade))
        if need is not None:
            out.append(drawing.bar(x(place) - wide / 2 - 5, y(need) - 1.25, wide + 10, 2.5, palette.ink))
        total = frame.number(sum(value for value in row.values if finite(value) is not None))
        out.append(drawing.text(x(place), y(max(tier[-1], need or 0)) - 7, total, palette.ink, "middle", 600))
    out += drawing.aside(labels, y, right + 6) + drawing.below([row.label for row in rows], x, frame)
    return drawing.svg(out, title, _tiers_told(rows, parts, required_label, frame), frame)


def _tier_labels(rows: list[Stack], tiers, parts, required_label: str, frame: Frame) -> list[tuple]:
    """The parts are named once, beside the last column."""
    if not rows:
        return []
    middles = [(base + top) / 2 for base, top in pairwise(tiers[-1])]
    labels = [(middle, name, frame.palette.muted, 400) for middle, name in zip(middles, parts, strict=True)]
    need = finite(rows[-1].required)
    words = f"{required_label} {frame.number(rows[-1].required)}" if need is not None else ""
    return labels + ([(need, words, frame.palette.ink, 600)] if need is not None else [])


def _tiers_told(rows: list[Stack], parts, required_label: str, frame: Frame) -> str:
    said = []
    for row in rows:
        words = [f"{name} {spoken(value, frame)}" for name, value in zip(parts, row.values, strict=True)]
        words += [f"{required_label.lower()} {frame.number(row.required)}"] if finite(row.required) is not None else []
        said.append(f"{row.label}: {', '.join(words)}")
    return ("; ".join(said) or "No values") + "."


def waterfall(steps: Sequence, title: str, **frame) -> Markup:
    """A chain of amounts, read downwards: what adds, what a cap takes off, what is left as a total; the note of a step
    stands beneath its bar."""
    frame, steps = Frame(**frame), [Step(*step) for step in steps]
    palette, spans = frame.palette, _spans(steps)
    amounts = ["not priced" if finite(step.amount) is None else frame.number(step.amount) for step in steps]
    names = [wrap(step.label, max(20, int(frame.width / 26))) or [""] for step in steps]
    notes = [wrap(step.note, int(frame.width / LETTER)) for step in steps]
    left = max((len(row) * LETTER for rows in names for row in rows), default=0) + 12
    deep = [max(28, 13 * len(rows) + 12) + 14 * len(said) for rows, said in zip(names, notes, strict=True)]
    tops = list(accumulate(deep, initial=2))
    right = frame.width - drawing.room(amounts, drawing.FIGURE)
    x = drawing.scale([0.0, *(end for span in spans for end in span)], left, right)
    parts = []
    for place, ((start, end), step, rows, words) in enumerate(zip(spans, steps, names, amounts, strict=True)):
        y, weight, less = tops[place], (700 if step.total else 400), end < start
        colour = palette.ink if step.total else palette.muted if less else palette.accent
        parts += [drawing.text(0, y + 15 + 13 * row, name, palette.ink, weight=weight) for row, name in enumerate(rows)]
        parts.append(
            drawing.bar(min(x(start), x(end)), y + 2, max(abs(x(end) - x(start)), 1), 18, colour, 1 - 0.4 * less)
        )
        parts.append(drawing.text(max(x(start), x(end)) + 6, y + 15, words, palette.ink, weight=weight))
        parts += _noted(notes[place], min(x(start), x(end)), tops[place + 1] - 14 * len(notes[place]) + 7, frame)
        if place + 1 < len(steps) and not notes[place]:
            parts.append(drawing.rule(x(end), y + 20, f"V{tops[place + 1] + 2:g}", palette.muted, "2 2"))
    said = ", ".join(
        f"{step.label} {words}{f' ({step.note})' if step.note else ''}"
        for step, words in zip(steps, amounts, strict=True)
    )
    return drawing.svg(parts, title, f"{said or 'No steps'}.", frame._replace(height=tops[-1]))


def _noted(rows: Sequence[str], start: float, y: float, frame: Frame) -> list[str]:
    """Beneath the beginning of a bar, or as far to the left of it as the words need."""
    at = max(0.0, min(start, frame.width - max(map(len, rows), default=0) * LETTER))
    return [drawing.text(at, y + 14 * row, words, frame.palette.muted) for row, words in enumerate(rows)]


def _spans(steps: list[Step]) -> list[tuple[float, float]]:
    spans, running = [], 0.0
    for step in steps:
        start = 0.0 if step.total else running
        running = start + (finite(step.amount) or 0.0)
        spans.append((start, running))
    return spans
