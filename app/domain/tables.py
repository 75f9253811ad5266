"""Reads one mapping of a document; what cannot be read becomes a problem with its path."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from app.domain.catalogue import Problem

NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,10})?", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass
class Table:
    """One mapping of the document, with the problems found in it."""

    path: str
    content: Mapping[str, Any]
    problems: list[Problem]
    whose: str = "the terms"

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def refuse(self, name: str, message: str) -> None:
        """What was refused as it stands is not missing too."""
        path = self.at(name)
        if not (message.startswith("is missing") and any(problem.path == path for problem in self.problems)):
            self.problems.append(Problem(path, message))

    def known(self, *names: str) -> None:
        for name in self.content:
            if name not in names:
                meant = get_close_matches(str(name), names, 1)
                said = f': did you mean "{meant[0]}"?' if meant else ""
                self.refuse(str(name) or '""', f"is not a key of {self.whose}{said}")

    def text(self, name: str, default: str | None = None, choices: tuple[str, ...] = ()) -> str:
        text = self.content.get(name)
        if default is not None and text in (None, ""):
            return default
        if not isinstance(text, str) or not text.strip():
            self.refuse(
                name, f"is missing: write one of {', '.join(choices)}" if choices else "is missing: write a text"
            )
            return ""
        if choices and text not in choices:
            self.refuse(name, f'"{text}" is none of {", ".join(choices)}')
        return text

    def number(self, name: str, least: int | None = 0, most: int | None = None) -> Decimal | None:
        """None when the key is absent or wrong. Numbers travel as text, so that 0.1 stays 0.1."""
        content = self.content.get(name)
        if content is None:
            return None
        if isinstance(content, float):
            self.refuse(name, f'{content!r} is no text: in a document decimals stand in quotes, such as "97.5"')
            return None
        if isinstance(content, bool) or not isinstance(content, str | int) or not NUMBER.fullmatch(str(content)):
            self.refuse(name, f"{content!r} cannot be read: write a number such as 5 or 97.5")
            return None
        number = Decimal(content)
        if (least is not None and number < least) or (most is not None and number > most):
            self.refuse(name, f"{number} is not {f'between {least} and {most}' if most else f'{least} or more'}")
        return number

    def required_number(self, name: str, least: int | None = 0, most: int | None = None) -> Decimal:
        if self.content.get(name) is None:
            self.refuse(name, "is missing: write a number such as 97.5")
        return self.number(name, least, most) or Decimal(0)

    def one_of(self, one: str, other: str, more: str = "") -> None:
        """Exactly one of two keys must be there, read or not."""
        if (self.content.get(one) is None) == (self.content.get(other) is None):
            self.refuse(one, f"or {other}: write one of them{more}")

    def whole(self, name: str, default: int | None, least: int = 0, most: int | None = None) -> int | None:
        number = self.number(name, least, most)
        if number is None:
            return default
        if number != int(number):
            self.refuse(name, f"{number} must be a whole number")
        return int(number)

    def flag(self, name: str, default: bool = False) -> bool:
        content = self.content.get(name)
        if content is None or isinstance(content, bool):
            return default if content is None else content
        if content not in ("yes", "no", "true", "false"):
            self.refuse(name, f'"{content}" is neither yes nor no')
        return content in ("yes", "true")

    def day(self, name: str) -> date | None:
        content = self.content.get(name)
        return None if content is None else self.as_day(name, content)

    def as_day(self, name: str, content: object) -> date | None:
        try:
            if isinstance(content, str) and DAY.fullmatch(content):
                return date.fromisoformat(content)
        except ValueError:
            pass
        self.refuse(name, f"{content!r} is not a date, such as 2026-11-01")
        return None

    def table(self, name: str, required: bool = False) -> "Table | None":
        content = self.content.get(name)
        if isinstance(content, Mapping):
            return Table(self.at(name), content, self.problems, self.whose)
        if content is not None or required:
            self.refuse(name, "is missing" if content is None else "must hold keys and values")
        return None

    def tables(self, name: str) -> Iterator["Table"]:
        content = self.content.get(name)
        if not isinstance(content, list) or not content:
            self.refuse(name, "must be a list" if isinstance(content, Mapping) else "is missing: list at least one")
            return
        for place, part in enumerate(content):
            if isinstance(part, Mapping):
                yield Table(f"{self.at(name)}.{place}", part, self.problems, self.whose)
            else:
                self.refuse(f"{name}.{place}", "must hold keys and values")

    def texts(self, name: str) -> tuple[str, ...]:
        content = self.content.get(name)
        if content is None:
            return ()
        if isinstance(content, list) and all(isinstance(part, str) for part in content):
            return tuple(content)
        self.refuse(name, f"must be a list of texts{f', such as [{content}]' if isinstance(content, str) else ''}")
        return ()
