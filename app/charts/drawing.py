"""What charts are drawn with: scales, text, bars, status marks, and the named SVG around them. Pure."""

from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2s
from itertools import groupby
from math import ceil, floor, isfinite, log10
from typing import NamedTuple

from markupsafe import Markup, escape

FONT = "Inter, 'Inter Ext', 'Inter Signs', sans-serif"
SIZE = 11
LETTER = 6.1  # a generous mean width of one letter at SIZE: room is reserved before any font is known
FIGURE = 7.6  # of one sign of an amount: figures and currency signs are wider than the mean letter
FAR = 1e15


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


PAGE = Palette(
    *("var(--ink)", "var(--muted)", "var(--line)", "var(--surface)", "var(--accent)", "var(--accent-soft)"),
    *("var(--close)", "var(--bad)", "var(--worst-soft)"),
)
PRINT = Palette("#17202c", "#546072", "#dde2e9", "#ffffff", "#2450b8", "#e8eefb", "#8a5200", "#a51d13", "#a3170f")


def plain(value) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".").replace("-", "−")


class Frame(NamedTuple):
    """What every chart may be told beside its figures."""

    desc: str | None = None
    number: Callable[..., str] = plain
    width: float = 360
    height: float = 200
    palette: Palette = PAGE


def svg(parts: Iterable[str], title: str, desc: str, frame: Frame) -> Markup:
    """A named and described image; its ids follow from its content, so equal input gives equal bytes."""
    body, desc = "".join(parts), frame.desc or desc
    key = "c" + blake2s(f"{title}{desc}{body}".encode(), digest_size=5).hexdigest()
    wide, high = f"{frame.width:g}", f"{frame.height:g}"
    return Markup(  # noqa: S704 words are escaped here and in text(); colours are our own
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawn" role="img" aria-labelledby="{key} {key}d" '
        f'width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" font-family="{FONT}" font-size="{SIZE}">'
        f'<title id="{key}">{escape(title)}</title><desc id="{key}d">{escape(desc)}</desc>{body}</svg>'
    )


def finite(value) -> float | None:
    """A coordinate, or None for a gap: nothing, NaN and infinity are not drawn."""
    if value is None or not isfinite(number := float(value)):
        return None
    return max(-FAR, min(FAR, number))


def scale(values: Iterable[float | None], start: float, end: float) -> Callable[[float], float]:
    """Map the span of the values onto the pixels from start to end; one single value falls in the middle."""
    known = [value for value in values if value is not None] or [0.0]
    low, high = min(known), max(known)
    if low == high:
        low, high = low - 1, high + 1
    return lambda value: start + (value - low) / (high - low) * (end - start)


def ticks(values: Iterable[float | None]) -> list[float]:
    """Three to five round numbers that enclose the values."""
    known = [value for value in values if value is not None] or [0.0, 1.0]
    low, high = min(known), max(known)
    span = (high - low) or abs(high) * 0.1 or 1.0
    if low == high > 0:  # nothing moved: the line runs along the top, where the best of percentages is
        low -= span
    power = 10.0 ** floor(log10(span / 3))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if span / (size * power) <= 3)
    first, last = floor(low / step), ceil(high / step)
    return [place * step for place in range(first, max(last, first + 1) + 1)]


def spread(count: int, left: float, right: float) -> Callable[[int], float]:
    """Where each of so many points stands between left and right."""
    if count < 2:
        return lambda place: (left + right) / 2
    return lambda place: left + (right - left) * place / (count - 1)


def slots(count: int, left: float, right: float) -> tuple[Callable[[int], float], float]:
    """The middle of each of so many columns, and how wide a column may be."""
    each = (right - left) / max(count, 1)
    return (lambda place: left + each * (place + 0.5)), min(each * 0.62, 56)


def room(texts: Iterable[str], letter: float = LETTER) -> float:
    return max((len(text) for text in texts), default=0) * letter + 10


def text(x: float, y: float, words: str, colour: str, anchor: str = "start", weight: int = 400) -> str:
    where = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {where} fill="{colour}" font-weight="{weight}">{escape(words)}</text>'


def bar(x: float, y: float, width: float, height: float, colour: str, opacity: float = 1) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" '
        f'fill="{colour}" fill-opacity="{opacity:.2g}"/>'
    )


def rule(x: float, y: float, to: str, colour: str, dashes: str = "", width: float = 1) -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path d="M{x:.1f} {y:.1f}{to}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashed}/>'


def course(values: Sequence[float | None], x, y, colour: str, width: float) -> str:
    """The line through the values, broken where one is missing; a lone value becomes a dot."""
    runs = (list(run) for known, run in groupby(enumerate(values), lambda item: item[1] is not None) if known)
    path = "".join("M" + "L".join(f"{x(place):.1f} {y(value):.1f}" for place, value in run) for run in runs)
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
        if path
        else ""
    )


def mark(status: str, x: float, y: float, palette: Palette) -> str:
    """The shape that says how a point came out, readable without its colour."""
    shapes = {
        "close": ("M0-5 5 0 0 5-5 0z", palette.close),
        "below_expected": ("M-5-4H5L0 5z", palette.bad),
        "below_minimum": ("M-5-6H5L0 0zM-5 0H5L0 6z", palette.worst),
        "not_reported": ("M-4-4 4 4M-4 4 4-4", palette.bad),
        "not_measured": ("M-4 0H4", palette.muted),
        "not_priced": ("M-4 0H4", palette.muted),
        "not_settled": ("M-4 0H4", palette.muted),
    }
    at = f'transform="translate({x:.1f} {y:.1f})"'
    if status in ("low_volume", "provisional", "excused", "in_grace"):
        return f'<circle {at} r="3.5" fill="{palette.surface}" stroke="{palette.accent}" stroke-width="1.75"/>'
    if status not in shapes:
        return f'<circle {at} r="3" fill="{palette.accent}"/>'
    path, colour = shapes[status]
    if status.startswith("not_"):
        return f'<path {at} d="{path}" stroke="{colour}" stroke-width="2"/>'
    return f'<path {at} d="{path}" fill="{colour}" stroke="{palette.surface}" stroke-width="0.75"/>'


def tone(status: str, palette: Palette) -> str:
    tones = {"close": palette.close, "below_expected": palette.bad, "below_minimum": palette.worst}
    return tones.get(status, palette.accent)


def below(labels: Sequence[str], x, frame: Frame) -> list[str]:
    """Labels under the points, as many as fit, the last one always."""
    apart = x(1) - x(0) if len(labels) > 1 else FAR
    every = max(1, ceil((max(map(len, labels), default=0) * LETTER + 9) / max(apart, 1)))
    shown = [place for place in range(len(labels)) if (len(labels) - 1 - place) % every == 0]
    return [text(x(place), frame.height - 8, labels[place], frame.palette.muted, "middle") for place in shown]


def aside(labels: Iterable[tuple[float, str, str, int]], y, x: float) -> list[str]:
    """Direct labels at the right edge, pushed apart so that none covers another."""
    parts, lowest = [], -FAR
    for value, words, colour, weight in sorted(labels, key=lambda label: y(label[0])):
        lowest = max(y(value) + 4, lowest + 14)
        parts.append(text(x, lowest, words, colour, weight=weight))
    return parts
