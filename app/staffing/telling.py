"""One list of figures, told as a table for people or as JSON for programs."""

import json
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

from app.domain.exact import plain

SHOWN = Decimal("1e-7")  # published Erlang tables print seven decimals
KEPT = Decimal("1e-20")


@dataclass(frozen=True)
class Figure:
    """`key` names it in JSON; `how` says where it comes from."""

    key: str
    label: str
    value: Decimal | int | bool | str | None
    unit: str = ""
    how: str = ""

    @property
    def told(self) -> str:
        if self.value is None:
            return "–"
        if isinstance(self.value, bool):
            return "yes" if self.value else "no"
        if isinstance(self.value, str):
            return self.value
        shown = _without_zeros(Decimal(self.value), SHOWN)
        if self.unit == "%":
            whole, _, decimals = shown.partition(".")
            return f"{whole}.{decimals:0<2} %"
        return f"{shown} {self.unit}".rstrip()

    @property
    def kept(self) -> int | bool | str | None:
        return _without_zeros(self.value, KEPT) if isinstance(self.value, Decimal) else self.value


@dataclass(frozen=True)
class Answer:
    """What a command says: a title, its figures, a sentence, and rows of figures where there are many of a kind."""

    title: str
    figures: list[Figure]
    sentence: str = ""
    rows: dict[str, list[list[Figure]]] = field(default_factory=dict)

    def as_json(self) -> str:
        content = {figure.key: figure.kept for figure in self.figures}
        if self.sentence:
            content["sentence"] = self.sentence
        for name, rows in self.rows.items():
            content[name] = [{figure.key: figure.kept for figure in row} for row in rows]
        return json.dumps(content, indent=2, ensure_ascii=False)

    def as_table(self) -> str:
        parts = [self.title, _aligned([[each.label, each.told, each.how] for each in self.figures], left=(0, 2))]
        if self.sentence:
            parts.append(f"  {self.sentence}")
        for rows in self.rows.values():
            headings = [each.label for each in rows[0]]
            parts.append(_aligned([headings, *([each.told for each in row] for row in rows)], left=(0,)))
        return "\n\n".join(parts)


def _without_zeros(value: Decimal, step: Decimal) -> str:
    if value.as_tuple().exponent < step.as_tuple().exponent:
        value = value.quantize(step, ROUND_HALF_EVEN)
    text = plain(value)
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _aligned(rows: list[list[str]], left: tuple[int, ...]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = zip(row, widths, strict=True)
        padded = [
            cell.ljust(width) if place in left else cell.rjust(width) for place, (cell, width) in enumerate(cells)
        ]
        lines.append(f"  {'  '.join(padded)}".rstrip())
    return "\n".join(lines)
