"""Figures over time: the sparkline and the line chart, each against its target."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from app.charts import drawing
from app.charts.drawing import LETTER, Frame, finite


class Point(NamedTuple):
    label: str
    value: object = None
    status: str = ""


def sparkline(values: Sequence, title: str, *, target=None, width=120, height=32, **frame) -> Markup:
    """The course of one figure in the size of a word, with the line of its target."""
    frame = Frame(width=width, height=height, **frame)
    drawn, aim = [finite(value) for value in values], finite(target)
    y, x = drawing.scale([*drawn, aim], height - 5, 5), drawing.spread(len(drawn), 4, width - 6)
    parts = [drawing.course(drawn, x, y, frame.palette.accent, 1.75)]
    if aim is not None:
        parts.insert(0, drawing.rule(2, y(aim), f"H{width - 2:g}", frame.palette.muted, "3 2"))
    if drawn and drawn[-1] is not None:
        parts.append(drawing.mark("", x(len(drawn) - 1), y(drawn[-1]), frame.palette))
    said = ", ".join(spoken(value, frame) for value in values) or "no values"
    return drawing.svg(
        parts, title, f"{said}." + (f" Target {frame.number(target)}." if aim is not None else ""), frame
    )


def line(
    points: Sequence,
    title: str,
    *,
    target=None,
    target_label=None,
    minimum=None,
    minimum_label=None,
    event=None,
    **frame,
) -> Markup:
    """One figure over time against a target or a (low, high) band.

    Each status is a mark of its own; `event` is (label of the point, words)."""
    frame, points = Frame(**frame), [Point(*point) for point in points]
    drawn, palette = [finite(point.value) for point in points], frame.palette
    limits = limits_of(frame, target, target_label, minimum, minimum_label)
    last = max((place for place, value in enumerate(drawn) if value is not None), default=None)
    labels = [(value, words, palette.muted, 400) for value, words in limits]
    if last is not None:
        labels.append((drawn[last], frame.number(points[last].value), palette.ink, 700))
    steps = drawing.ticks([*drawn, *(value for value, _ in limits)])
    left, right = drawing.room(map(frame.number, steps)), frame.width - drawing.room(words for _, words, *_ in labels)
    few = len(points) <= 4
    y = drawing.scale(steps, frame.height - (42 if few else 28), 30 if event or few else 14)
    x = drawing.spread(len(points), left + (44 if few else 12), right - 12)
    parts = _ground(steps, limits, isinstance(target, tuple), y, left, right, frame)
    parts += _note(event, points, x, right, frame)
    parts.append(drawing.course(drawn, x, y, palette.accent, 2.25))
    for place, (point, value) in enumerate(zip(points, drawn, strict=True)):
        if value is not None:
            parts.append(drawing.mark(point.status, x(place), y(value), palette))
        elif point.status:
            parts.append(drawing.mark(point.status, x(place), frame.height - 38, palette))
        if value is not None and few and place != last:
            parts.append(_value(place, points, drawn, limits, x, y, frame))
    parts += drawing.below([point.label for point in points], x, frame) + drawing.aside(labels, y, right + 6)
    return drawing.svg(parts, title, told(points, limits, event, frame), frame)


def _ground(steps, limits, band: bool, y, left: float, right: float, frame: Frame) -> list[str]:
    parts, palette = [], frame.palette
    if band:
        top, bottom = y(limits[0][0]), y(limits[1][0])
        parts.append(drawing.bar(left, top, right - left, bottom - top, palette.soft))
    for step in steps:
        parts.append(drawing.rule(left, y(step), f"H{right:.1f}", palette.line))
        parts.append(drawing.text(left - 6, y(step) + 4, frame.number(step), palette.muted, "end"))
    return parts + [drawing.rule(left, y(value), f"H{right:.1f}", palette.muted, "5 3", 1.25) for value, _ in limits]


def _value(place: int, points: list[Point], drawn, limits, x, y, frame: Frame) -> str:
    """The figure of one point, on the side where neither the line nor a target runs."""
    here, after = y(drawn[place]), drawn[place + 1]
    before = drawn[place - 1] if place else None
    falls = after is not None and y(after) > here
    above = falls or (before is not None and y(before) > here)
    over = any(0 <= here - y(value) < 22 for value, _ in limits)
    under = any(0 <= y(value) - here < 22 for value, _ in limits)
    if over != under:
        above = under
    anchor = "start" if falls == above else "end"
    across = x(place) + (6 if anchor == "start" else -6)
    return drawing.text(
        across, here - 9 if above else here + 18, frame.number(points[place].value), frame.palette.ink, anchor, 600
    )


def _note(event, points: list[Point], x, right: float, frame: Frame) -> list[str]:
    places = [place for place, point in enumerate(points) if event and point.label == event[0]]
    if not places:
        return []
    at, colour = x(places[0]), frame.palette.muted
    fits = at + len(event[1]) * LETTER < right
    return [
        drawing.rule(at, 16, f"V{frame.height - 28:g}", colour, "1 3"),
        drawing.text(at + (4 if fits else -4), 13, event[1], colour, "start" if fits else "end"),
    ]


def limits_of(frame: Frame, target, target_label=None, minimum=None, minimum_label=None) -> list[tuple[float, str]]:
    """The lines a figure is held against, with their words; a band gives its upper and its lower edge."""
    number = frame.number
    if isinstance(target, tuple):
        low, high = target
        limits = [(high, target_label or f"At most {number(high)}"), (low, f"At least {number(low)}")]
    else:
        limits = [(target, target_label or (f"Target {number(target)}" if target is not None else ""))]
    if minimum is not None:
        limits.append((minimum, minimum_label or f"Minimum {number(minimum)}"))
    return [(known, words) for value, words in limits if (known := finite(value)) is not None]


def spoken(value, frame: Frame) -> str:
    return "no value" if finite(value) is None else frame.number(value)


def told(points: Sequence[Point], limits, event, frame: Frame) -> str:
    said = [
        f"{point.label} {spoken(point.value, frame)}" + (f", {point.status.replace('_', ' ')}" if point.status else "")
        for point in points
    ]
    against = "".join(f" {words}." for _, words in limits)
    return f"{'; '.join(said) or 'No values'}.{against}" + (f" {event[0]}: {event[1]}." if event else "")
