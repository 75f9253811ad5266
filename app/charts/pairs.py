"""Two amounts side by side for each label: what was, and what would have been."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from app.charts import drawing
from app.charts.drawing import Frame, finite
from app.charts.trends import spoken


class Pair(NamedTuple):
    label: str
    before: object = None
    after: object = None


def pairs(rows: Sequence, title: str, *, names: tuple[str, str], **frame) -> Markup:
    """Outlined what was, filled what would have been; the scale stands at the left, and each word once."""
    frame, rows = Frame(**frame), [Pair(*row) for row in rows]
    palette, values = frame.palette, [(finite(row.before), finite(row.after)) for row in rows]
    steps = drawing.ticks([0.0, *(value for pair in values for value in pair)])
    left = drawing.room(map(frame.number, steps))
    y = drawing.scale(steps, frame.height - 28, 30)
    x, wide = drawing.slots(len(rows), left, frame.width - 4)
    parts = _key(names, left, frame)
    for step in steps:
        parts.append(drawing.rule(left, y(step), f"H{frame.width - 4:g}", palette.line))
        parts.append(drawing.text(left - 6, y(step) + 4, frame.number(step), palette.muted, "end"))
    half = wide / 2
    for place, (before, after) in enumerate(values):
        if before:
            parts.append(_outlined(x(place) - half + 0.5, y(max(before, 0)), half - 1.5, abs(y(before) - y(0)), frame))
        if after:
            parts.append(drawing.bar(x(place), y(max(after, 0)), half, abs(y(after) - y(0)), palette.accent))
    parts.append(drawing.rule(left, y(0), f"H{frame.width - 4:g}", palette.muted))
    parts += drawing.below([row.label for row in rows], x, frame)
    return drawing.svg(parts, title, _told(rows, names, frame), frame)


def _outlined(x: float, y: float, width: float, height: float, frame: Frame) -> str:
    palette = frame.palette
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height:.1f}" '
        f'fill="{palette.surface}" stroke="{palette.muted}" stroke-width="1.25"/>'
    )


def _key(names: tuple[str, str], left: float, frame: Frame) -> list[str]:
    second = left + drawing.room([names[0]]) + 22
    return [
        _outlined(left, 5, 10, 10, frame),
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
