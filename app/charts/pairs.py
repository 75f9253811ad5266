"""Two amounts side by side for each label: what was, and what would have been."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from app.charts import drawing
from app.charts.drawing import Frame, finite
from app.charts.trends import spoken

PALE = 0.5


class Pair(NamedTuple):
    label: str
    before: object = None
    after: object = None


def pairs(rows: Sequence, title: str, *, names: tuple[str, str], **frame) -> Markup:
    """What was stands left and pale, what would have been right of it; the scale is at the left."""
    frame, rows = Frame(**frame), [Pair(*row) for row in rows]
    palette, values = frame.palette, [(finite(row.before), finite(row.after)) for row in rows]
    steps = drawing.ticks([0.0, *(value for pair in values for value in pair)])
    left = drawing.room(map(frame.number, steps))
    y = drawing.scale(steps, frame.height - 28, 30)
    right = frame.width - max((drawing.room([row.label]) / 2 for row in rows[-1:]), default=4)
    x, wide = drawing.slots(len(rows), left, right)
    parts = _key(names, left, frame)
    for step in steps:
        parts.append(drawing.rule(left, y(step), f"H{right:.1f}", palette.line))
        parts.append(drawing.text(left - 6, y(step) + 4, frame.number(step), palette.muted, "end"))
    half = wide / 2
    for place, (before, after) in enumerate(values):
        if before:
            parts.append(_bar(x(place) - half, before, half - 0.5, y, palette.muted, PALE))
        if after:
            parts.append(_bar(x(place), after, half, y, palette.accent))
    parts.append(drawing.rule(left, y(0), f"H{right:.1f}", palette.muted))
    parts += drawing.below([row.label for row in rows], x, frame)
    return drawing.svg(parts, title, _told(rows, names, frame), frame)


def _bar(x: float, value: float, width: float, y, colour: str, shade: float = 1) -> str:
    return drawing.bar(x, y(max(value, 0)), width, abs(y(value) - y(0)), colour, shade)


def _key(names: tuple[str, str], left: float, frame: Frame) -> list[str]:
    second = left + drawing.room([names[0]]) + 22
    return [
        drawing.bar(left, 4.5, 11, 11, frame.palette.muted, PALE),
        drawing.text(left + 16, 14, names[0], frame.palette.ink),
        drawing.bar(second, 4.5, 11, 11, frame.palette.accent),
        drawing.text(second + 17, 14, names[1], frame.palette.ink),
    ]


def _told(rows: Sequence[Pair], names: tuple[str, str], frame: Frame) -> str:
    said = [
        f"{row.label}: {names[0].lower()} {spoken(row.before, frame)}, {names[1].lower()} {spoken(row.after, frame)}"
        for row in rows
    ]
    return f"{'; '.join(said) or 'No values'}."
