"""Charts as SVG text: one drawing for the page (theme variables) and for the PDF (fixed colours). Pure."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2s
from itertools import accumulate, groupby, pairwise
from math import floor, isfinite, log10
from textwrap import wrap
from typing import NamedTuple

from markupsafe import Markup, escape


class Palette(NamedTuple):
    ink: str
    muted: str
    line: str
    surface: str
    accent: str
    soft: str
    close: str
    bad: str
    worst: str


PAGE = Palette(*(f"var(--{name})" for name in "ink muted line surface accent accent-soft close bad worst-soft".split()))
PRINT = Palette("#17202c", "#546072", "#dde2e9", "#ffffff", "#2450b8", "#e8eefb", "#9a5b00", "#a51d13", "#a3170f")

FONT = "Inter, Inter Ext, Inter Signs, sans-serif"
SIZE = 11
LETTER = 6.1  # a generous mean width of one letter at SIZE: room is reserved before any font is known


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
    """The chart as an <img> with a data URI, for PDFs, where page CSS does not reach inline SVG."""
    name, description = (Markup(svg.split(f"<{tag} ")[1].split(">", 1)[1].split("</", 1)[0]) for tag in ("title", "desc"))
    data = b64encode(svg.encode()).decode()
    words = escape(alt) if alt is not None else f"{name}. {description}"
    return Markup(f'<img class="{css_class}" alt="{words}" src="data:image/svg+xml;base64,{data}">')


def sparkline(values, title, *, target=None, desc=None, number=plain, width=120, height=32, palette=PAGE) -> Markup:
    """The course of one figure in the size of a word, against its target."""
    points = [Point(str(place), value) for place, value in enumerate(values, 1)]
    drawn = [_number(point.value) for point in points]
    y = _scale(drawn + [_number(target)], height - 5, 5)
    x = _places(len(points), 4, width - 6)
    parts = _dashed(4, width - 4, y(_number(target)), palette.muted) if target is not None else []
    parts += _course(drawn, x, y, palette.accent, 1.75)
    if drawn and drawn[-1] is not None:
        parts.append(f'<circle cx="{x(len(drawn) - 1):.1f}" cy="{y(drawn[-1]):.1f}" r="3" fill="{palette.accent}"/>')
    shown = ", ".join("no value" if _number(value) is None else number(value) for value in values) or "no values"
    words = f"{shown}." + (f" Target {number(target)}." if target is not None else "")
    return _svg(parts, width, height, title, desc or words)


def line(
    points: Sequence[Point], title, *, target=None, target_label=None, minimum=None, minimum_label=None, event=None,
    desc=None, number: Callable = plain, width=360, height=200, palette=PAGE,
) -> Markup:
    """One figure over time against its target (a number, or a (low, high) band), every status a mark of its own."""
    points = [Point(*point) for point in points]
    drawn = [_number(point.value) for point in points]
    limits = _limits(target, target_label, minimum, minimum_label, number)
    last = next((place for place in reversed(range(len(drawn))) if drawn[place] is not None), None)
    labels = [(value, text, palette.muted, 400) for value, text in limits]
    if last is not None:
        labels.append((drawn[last], number(points[last].value), palette.ink, 700))
    ticks = _ticks(drawn + [value for value, _ in limits])
    left, right = _room(map(number, ticks)), width - _room(text for _, text, *_ in labels)
    y, x = _scale([*ticks], height - 26, 24 if event else 14), _places(len(points), left + 8, right - 8)
    parts = [_band(target, left, right, y, palette)] if isinstance(target, tuple) else []
    parts += _grid(ticks, y, left, right, number, palette)
    for value, _ in limits:
        parts += _dashed(left, right, y(value), palette.ink if (value, _) == limits[0] else palette.muted)
    parts += _event(event, points, x, height, right, palette) + _course(drawn, x, y, palette.accent, 2.25)
    for place, (point, value) in enumerate(zip(points, drawn, strict=True)):
        parts += _mark(point.status, x(place), y(value) if value is not None else height - 34, value, palette)
        if value is not None and place != last and (len(points) <= 4 or point.status == "below_minimum"):
            parts.append(_text(x(place), y(value) - 9, number(point.value), palette.ink, "middle", 600))
    parts += _months([point.label for point in points], x, height - 8, palette) + _aside(labels, y, right + 6)
    return _svg(parts, width, height, title, desc or _described(points, limits, event, number))


def columns(
    points: Sequence[Point], title, *, target=None, target_label=None, desc=None,
    number: Callable = plain, width=360, height=200, palette=PAGE,
) -> Markup:
    """Amounts side by side from zero, each with its figure, against one target."""
    points = [Point(*point) for point in points]
    drawn = [_number(point.value) for point in points]
    limits = _limits(target, target_label, None, None, number)
    right = width - (_room(text for _, text in limits) if limits else 4)
    y, x, wide = _scale([0.0, *drawn, *(value for value, _ in limits)], height - 26, 20), *_slots(len(points), 4, right)
    parts = [f'<path d="M4 {y(0):.1f}H{right:.1f}" stroke="{palette.muted}"/>']
    for place, (point, value) in enumerate(zip(points, drawn, strict=True)):
        if value is None:
            parts += _mark(point.status or "not_measured", x(place), y(0) - 9, None, palette)
            continue
        colour = _colour(point.status, palette)
        parts.append(_bar(x(place) - wide / 2, min(y(value), y(0)), wide, abs(y(value) - y(0)), colour))
        parts.append(_text(x(place), y(max(value, 0)) - 5, number(point.value), palette.ink, "middle", 600))
    for value, _ in limits:
        parts += _dashed(4, right, y(value), palette.ink)
    parts += _aside([(value, text, palette.muted, 400) for value, text in limits], y, right + 6)
    parts += _months([point.label for point in points], x, height - 8, palette)
    return _svg(parts, width, height, title, desc or _described(points, limits, None, number))


def bullet(
    value, title, *, expected=None, minimum=None, band=None, higher_is_better=True, low=0, high=None,
    desc=None, number: Callable = plain, width=240, height=34, palette=PAGE,
) -> Markup:
    """Stephen Few's bullet graph: the result as a bar, Expected as a tick, the ground below Minimum darker."""
    limits = [_number(limit) for limit in (*(band or ()), expected, minimum) if limit is not None]
    drawn = _number(value)
    top = _number(high) or max([*limits, drawn or 0, float(low)]) * 1.1 or 1.0
    x = _scale([float(low), top], 2, width - 2)
    parts = [_bar(2, 4, width - 4, height - 18, palette.line, 0.6)]
    if minimum is not None:
        edge = x(_number(minimum))
        start, end = (2, edge) if higher_is_better else (edge, width - 2)
        parts.append(_bar(start, 4, end - start, height - 18, palette.muted, 0.35))
    if band:
        start, end = (x(_number(limit)) for limit in band)
        parts.append(_bar(start, 4, end - start, height - 18, palette.accent, 0.2))
    if drawn is not None:
        start, end = sorted((x(max(float(low), min(top, drawn))), x(max(float(low), min(top, 0.0)))))
        parts.append(_bar(start, height / 2 - 9, end - start, 8, palette.accent))
    named = [("Expected", limit) for limit in (band or (expected,)) if limit is not None]
    for _, limit in named:
        parts.append(_bar(x(_number(limit)) - 1.25, 2, 2.5, height - 14, palette.ink))
        parts.append(_text(min(x(_number(limit)), width - 20), height - 2, number(limit), palette.muted, "middle"))
    named += [("Minimum", minimum)] if minimum is not None else []
    words = [number(value) if drawn is not None else "no value", *(f"{name} {number(limit)}" for name, limit in named)]
    return _svg(parts, width, height, title, desc or ", ".join(words) + ".")


def stacked(
    rows: Sequence[Stack], title, *, parts: Sequence[str], required_label="Required", desc=None,
    number: Callable = plain, width=360, height=200, palette=PAGE,
) -> Markup:
    """Columns made of parts (people by state), each with the tick of what was required of it."""
    rows = [Stack(*row) for row in rows]
    drawn = [[_number(value) or 0.0 for value in row.values] for row in rows]
    tops = [sum(values) for values in drawn]
    right = width - _room([*parts, required_label])
    y, x, wide = _scale([0.0, *tops, *(_number(row.required) for row in rows)], height - 26, 20), *_slots(len(rows), 4, right)
    out = [f'<path d="M4 {y(0):.1f}H{right:.1f}" stroke="{palette.muted}"/>']
    aside, shades = [], [1 - place * 0.65 / max(len(parts) - 1, 1) for place in range(len(parts))]
    for place, (row, values) in enumerate(zip(rows, drawn, strict=True)):
        for (base, top), shade in zip(pairwise(accumulate(values, initial=0.0)), shades, strict=False):
            out.append(_bar(x(place) - wide / 2, y(top), wide, y(base) - y(top) - 0.75, palette.accent, shade))
        if (required := _number(row.required)) is not None:
            out.append(_bar(x(place) - wide / 2 - 5, y(required) - 1.25, wide + 10, 2.5, palette.ink))
        over = max(tops[place], _number(row.required) or 0.0)
        out.append(_text(x(place), y(over) - 6, number(sum(v for v in row.values if v is not None)), palette.ink, "middle", 600))
    if rows:
        middles = [(base + top) / 2 for base, top in pairwise(accumulate(drawn[-1], initial=0.0))]
        aside = [(middle, name, palette.muted, 400) for middle, name in zip(middles, parts, strict=False)]
        if rows[-1].required is not None:
            aside.append((_number(rows[-1].required), required_label, palette.ink, 600))
    out += _aside(aside, y, right + 6) + _months([row.label for row in rows], x, height - 8, palette)
    return _svg(out, width, height, title, desc or _stack_words(rows, parts, required_label, number))


def waterfall(steps: Sequence[Step], title, *, desc=None, number: Callable = plain, width=360, palette=PAGE) -> Markup:
    """A chain of amounts, read downwards: what adds, what a cap takes off, and what is left as a total."""
    steps = [Step(*step) for step in steps]
    ends, running = [], 0.0
    for step in steps:
        start = 0.0 if step.total else running
        running = (_number(step.amount) or 0.0) + start
        ends.append((start, running))
    rows = [wrap(step.label, 20) or [""] for step in steps]
    tops = list(accumulate((max(28, 14 * len(names) + 10) for names in rows), initial=4))
    left = min(width * 0.45, max([len(name) * LETTER for names in rows for name in names], default=0) + 12)
    right = width - _room(_amount(step, number) for step in steps)
    x = _scale([0.0, *(end for pair in ends for end in pair)], left, right)
    parts = []
    for place, (step, (start, end), names) in enumerate(zip(steps, ends, rows, strict=True)):
        y, less = tops[place] + 4, (_number(step.amount) or 0.0) < 0
        colour = palette.ink if step.total else palette.muted if less else palette.accent
        for row, name in enumerate(names):
            parts.append(_text(0, y + 14 + 13 * row, name, palette.ink, weight=700 if step.total else 400))
        parts.append(_bar(min(x(start), x(end)), y + 1, max(abs(x(end) - x(start)), 1), 18, colour, 0.55 if less else 1))
        parts.append(_text(max(x(start), x(end)) + 6, y + 14, _amount(step, number), palette.ink, weight=700 if step.total else 400))
        if place + 1 < len(steps):
            parts.append(f'<path d="M{x(end):.1f} {y + 19}V{tops[place + 1] + 5}" stroke="{palette.muted}" stroke-dasharray="2 2"/>')
    words = ", ".join(f"{step.label} {_amount(step, number)}" for step in steps) or "No steps"
    return _svg(parts, width, tops[-1] + 4, title, desc or f"{words}.")
