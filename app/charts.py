"""Charts as SVG: one drawing for the page (theme variables) and for the PDF (fixed colours). Pure."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from textwrap import wrap
from typing import NamedTuple

from markupsafe import Markup, escape

from app import drawing
from app.drawing import PAGE, PRINT, Palette, finite

__all__ = [
    "PAGE",
    "PRINT",
    "Palette",
    "Point",
    "Stack",
    "Step",
    "bullet",
    "columns",
    "image",
    "line",
    "plain",
    "sparkline",
    "stacked",
    "waterfall",
]


class Point(NamedTuple):
    label: str
    value: object = None
    status: str = ""


class Stack(NamedTuple):
    label: str
    values: Sequence
    required: object = None


class Step(NamedTuple):
    label: str
    amount: object
    total: bool = False


def plain(value) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".").replace("-", "−")


def image(svg: Markup, alt: str | None = None, css_class: str = "chart") -> Markup:
    """The chart as <img> with a data URI, for PDFs, where page CSS does not reach inline SVG."""
    name, words = (svg.split(f"<{tag} ", 1)[1].split(">", 1)[1].split(f"</{tag}>", 1)[0] for tag in ("title", "desc"))
    said = f"{name}. {words}" if alt is None else escape(alt)
    data = b64encode(svg.encode()).decode()
    return Markup(f'<img class="{css_class}" alt="{said}" src="data:image/svg+xml;base64,{data}">')


def sparkline(
    values: Sequence, title, *, target=None, desc=None, number=plain, width=120, height=32, palette=PAGE
) -> Markup:
    """The course of one figure in the size of a word, with the line of its target."""
    drawn, aim = [finite(value) for value in values], finite(target)
    y, x = drawing.scale([*drawn, aim], height - 5, 5), drawing.spread(len(drawn), 4, width - 6)
    parts = [drawing.course(drawn, x, y, palette.accent, 1.75)]
    if aim is not None:
        parts.insert(0, drawing.rule(2, y(aim), f"H{width - 2:g}", palette.muted, "3 2"))
    if drawn and drawn[-1] is not None:
        parts.append(drawing.mark("", x(len(drawn) - 1), y(drawn[-1]), palette))
    said = ", ".join(_said(value, number) for value in values) or "no values"
    words = f"{said}." + (f" Target {number(target)}." if aim is not None else "")
    return drawing.svg(parts, width, height, title, desc or words)


def line(
    points: Sequence,
    title,
    *,
    target=None,
    target_label=None,
    minimum=None,
    minimum_label=None,
    event=None,
    desc=None,
    number: Callable = plain,
    width=360,
    height=200,
    palette=PAGE,
) -> Markup:
    """One figure over time against a target, or a (low, high) band; statuses are marks, an event (label, words) a note."""
    points = [Point(*point) for point in points]
    drawn = [finite(point.value) for point in points]
    limits = _limits(target, target_label, minimum, minimum_label, number)
    labels = [(value, words, palette.muted, 400) for value, words in limits]
    last = max((place for place, value in enumerate(drawn) if value is not None), default=None)
    if last is not None:
        labels.append((drawn[last], number(points[last].value), palette.ink, 700))
    steps = drawing.ticks([*drawn, *(value for value, _ in limits)])
    left, right = drawing.room(map(number, steps)), width - drawing.room(words for _, words, *_ in labels)
    y = drawing.scale(steps, height - 28, 30 if event else 16)
    x = drawing.spread(len(points), left + 12, right - 12)
    parts = (
        [drawing.bar(left, y(limits[0][0]), right - left, y(limits[1][0]) - y(limits[0][0]), palette.soft)]
        if isinstance(target, tuple)
        else []
    )
    for step in steps:
        parts.append(drawing.rule(left, y(step), f"H{right:.1f}", palette.line))
        parts.append(drawing.text(left - 6, y(step) + 4, number(step), palette.muted, "end"))
    for value, _ in limits:
        parts.append(drawing.rule(left, y(value), f"H{right:.1f}", palette.muted, "5 3", 1.25))
    parts += _note(event, points, x, height - 28, right, palette)
    parts.append(drawing.course(drawn, x, y, palette.accent, 2.25))
    for place, (point, value) in enumerate(zip(points, drawn, strict=True)):
        if value is not None:
            parts.append(drawing.mark(point.status, x(place), y(value), palette))
            if place != last and len(points) <= 4:
                parts.append(drawing.text(x(place), y(value) - 10, number(point.value), palette.ink, "middle", 600))
        elif point.status:
            parts.append(drawing.mark(point.status, x(place), height - 38, palette))
    parts += drawing.below([point.label for point in points], x, height - 8, palette) + drawing.aside(
        labels, y, right + 6
    )
    return drawing.svg(parts, width, height, title, desc or _told(points, limits, event, number))


def columns(
    points: Sequence,
    title,
    *,
    target=None,
    target_label=None,
    desc=None,
    number: Callable = plain,
    width=360,
    height=200,
    palette=PAGE,
) -> Markup:
    """Amounts side by side from zero, each with its figure, against one target."""
    points = [Point(*point) for point in points]
    drawn = [finite(point.value) for point in points]
    limits = _limits(target, target_label, None, None, number)
    right = width - (drawing.room(words for _, words in limits) if limits else 4)
    y = drawing.scale([0.0, *drawn, *(value for value, _ in limits)], height - 28, 34)
    x, wide = drawing.slots(len(points), 4, right)
    parts = [drawing.rule(4, y(0), f"H{right:.1f}", palette.muted)]
    for place, (point, value) in enumerate(zip(points, drawn, strict=True)):
        if value is None:
            parts.append(drawing.mark(point.status or "not_measured", x(place), y(0) - 9, palette))
            continue
        top = y(max(value, 0))
        parts.append(
            drawing.bar(x(place) - wide / 2, top, wide, abs(y(value) - y(0)), drawing.tone(point.status, palette))
        )
        parts.append(drawing.text(x(place), top - 6, number(point.value), palette.ink, "middle", 600))
        if drawing.tone(point.status, palette) != palette.accent:
            parts.append(drawing.mark(point.status, x(place), top - 25, palette))
    for value, _ in limits:
        parts.append(drawing.rule(4, y(value), f"H{right:.1f}", palette.ink, "5 3", 1.25))
    parts += drawing.aside([(value, words, palette.muted, 400) for value, words in limits], y, right + 6)
    parts += drawing.below([point.label for point in points], x, height - 8, palette)
    return drawing.svg(parts, width, height, title, desc or _told(points, limits, None, number))


def bullet(
    value,
    title,
    *,
    expected=None,
    minimum=None,
    band=None,
    higher_is_better=True,
    low=0,
    high=None,
    desc=None,
    number: Callable = plain,
    width=240,
    height=36,
    palette=PAGE,
) -> Markup:
    """Stephen Few's bullet graph: the result a bar, Expected a tick, the ground on the wrong side of Minimum darker."""
    expects = [limit for limit in (band or (expected,)) if limit is not None]
    drawn, base = finite(value), float(low)
    top = finite(high) or max(base + 1e-9, drawn or base, *map(float, expects), float(minimum or base)) * 1.08
    x, deep = drawing.scale([base, top], 2, width - 2), height - 18

    def ground(start: float, end: float, colour: str, opacity: float) -> str:
        return drawing.bar(start, 2, end - start, deep, colour, opacity)

    parts = [ground(2, width - 2, palette.line, 0.7)]
    if minimum is not None:
        edge = x(float(minimum))
        parts.append(
            ground(2, edge, palette.muted, 0.35) if higher_is_better else ground(edge, width - 2, palette.muted, 0.35)
        )
    if band:
        parts.append(ground(x(float(band[0])), x(float(band[1])), palette.accent, 0.25))
    if drawn is not None:
        parts.append(drawing.bar(2, 2 + deep / 2 - 4, x(max(base, min(top, drawn))) - 2, 8, palette.accent))
    for limit in expects:
        parts.append(drawing.bar(x(float(limit)) - 1.25, 0, 2.5, deep + 4, palette.ink))
        parts.append(drawing.text(min(x(float(limit)), width - 18), height - 2, number(limit), palette.muted, "middle"))
    words = [_said(value, number), *(f"Expected {number(limit)}" for limit in expects)]
    words += [f"Minimum {number(minimum)}"] if minimum is not None else []
    return drawing.svg(parts, width, height, title, desc or ", ".join(words) + ".")


def stacked(
    rows: Sequence,
    title,
    *,
    parts: Sequence[str],
    required_label="Required",
    desc=None,
    number: Callable = plain,
    width=360,
    height=200,
    palette=PAGE,
) -> Markup:
    """Columns made of parts (people by state), each with the tick of what was required of it."""
    rows = [Stack(*row) for row in rows]
    tiers = [list(accumulate((finite(value) or 0.0 for value in row.values), initial=0.0)) for row in rows]
    needs = [finite(row.required) for row in rows]
    right = width - drawing.room([*parts, required_label])
    y = drawing.scale([0.0, *(tier[-1] for tier in tiers), *needs], height - 28, 22)
    x, wide = drawing.slots(len(rows), 4, right)
    shades = [1 - 0.7 * place / max(len(parts) - 1, 1) for place in range(len(parts))]
    out = [drawing.rule(4, y(0), f"H{right:.1f}", palette.muted)]
    for place, (row, tier, need) in enumerate(zip(rows, tiers, needs, strict=True)):
        for (base, top), shade in zip(pairwise(tier), shades, strict=True):
            out.append(drawing.bar(x(place) - wide / 2, y(top), wide, y(base) - y(top) - 1, palette.accent, shade))
        if need is not None:
            out.append(drawing.bar(x(place) - wide / 2 - 5, y(need) - 1.25, wide + 10, 2.5, palette.ink))
        total = number(sum(value for value in row.values if value is not None))
        out.append(drawing.text(x(place), y(max(tier[-1], need or 0)) - 7, total, palette.ink, "middle", 600))
    if rows:
        labels = [
            ((base + top) / 2, name, palette.muted, 400)
            for (base, top), name in zip(pairwise(tiers[-1]), parts, strict=True)
        ]
        labels += [(needs[-1], required_label, palette.ink, 600)] if needs[-1] is not None else []
        out += drawing.aside(labels, y, right + 6)
    out += drawing.below([row.label for row in rows], x, height - 8, palette)
    return drawing.svg(out, width, height, title, desc or _stack_words(rows, parts, required_label, number))


def waterfall(steps: Sequence, title, *, desc=None, number: Callable = plain, width=360, palette=PAGE) -> Markup:
    """A chain of amounts, read downwards: what adds, what a cap takes off, and what is left as a total."""
    steps = [Step(*step) for step in steps]
    spans, running = [], 0.0
    for step in steps:
        start = 0.0 if step.total else running
        running = start + (finite(step.amount) or 0.0)
        spans.append((start, running))
    names = [wrap(step.label, 20) or [""] for step in steps]
    tops = list(accumulate((max(28, 13 * len(rows) + 12) for rows in names), initial=2))
    left = max((len(row) * drawing.LETTER for rows in names for row in rows), default=0) + 12
    x = drawing.scale(
        [0.0, *(end for span in spans for end in span)],
        left,
        width - drawing.room(_amount(step, number) for step in steps),
    )
    parts = []
    for place, (step, (start, end), rows, y) in enumerate(zip(steps, spans, names, tops, strict=False)):
        weight, less = (700 if step.total else 400), end < start
        colour = palette.ink if step.total else palette.muted if less else palette.accent
        parts += [
            drawing.text(0, y + 15 + 13 * row, words, palette.ink, weight=weight) for row, words in enumerate(rows)
        ]
        parts.append(
            drawing.bar(min(x(start), x(end)), y + 2, max(abs(x(end) - x(start)), 1), 18, colour, 0.6 if less else 1)
        )
        parts.append(drawing.text(max(x(start), x(end)) + 6, y + 15, _amount(step, number), palette.ink, weight=weight))
        if place + 1 < len(steps):
            parts.append(drawing.rule(x(end), y + 20, f"V{tops[place + 1] + 2:g}", palette.muted, "2 2"))
    words = ", ".join(f"{step.label} {_amount(step, number)}" for step in steps) or "No steps"
    return drawing.svg(parts, width, tops[-1], title, desc or f"{words}.")


def _limits(target, target_label, minimum, minimum_label, number) -> list[tuple[float, str]]:
    """The lines a figure is held against, with their words; a band gives its upper and its lower edge."""
    if isinstance(target, tuple):
        low, high = target
        limits = [(high, target_label or f"At most {number(high)}"), (low, f"At least {number(low)}")]
    else:
        limits = [(target, target_label or (f"Target {number(target)}" if target is not None else ""))]
    if minimum is not None:
        limits.append((minimum, minimum_label or f"Minimum {number(minimum)}"))
    return [(finite(value), words) for value, words in limits if finite(value) is not None]


def _note(event, points: list[Point], x, bottom: float, right: float, palette: Palette) -> list[str]:
    places = [place for place, point in enumerate(points) if event and point.label == event[0]]
    if not places:
        return []
    at = x(places[0])
    anchor = "start" if at + len(event[1]) * drawing.LETTER < right else "end"
    return [
        drawing.rule(at, 16, f"V{bottom:g}", palette.muted, "1 3"),
        drawing.text(at + (4 if anchor == "start" else -4), 13, event[1], palette.muted, anchor),
    ]


def _said(value, number) -> str:
    return "no value" if finite(value) is None else number(value)


def _amount(step: Step, number) -> str:
    return "not priced" if finite(step.amount) is None else number(step.amount)


def _told(points: list[Point], limits, event, number) -> str:
    said = "; ".join(
        f"{point.label} {_said(point.value, number)}" + (f", {point.status.replace('_', ' ')}" if point.status else "")
        for point in points
    )
    against = "".join(f" {words}." for _, words in limits)
    return f"{said or 'No values'}.{against}" + (f" {event[0]}: {event[1]}." if event else "")


def _stack_words(rows: list[Stack], parts, required_label, number) -> str:
    return (
        "; ".join(
            f"{row.label}: "
            + ", ".join(f"{name} {_said(value, number)}" for name, value in zip(parts, row.values, strict=True))
            + (f", {required_label.lower()} {number(row.required)}" if row.required is not None else "")
            for row in rows
        )
        + "."
        if rows
        else "No values."
    )
