"""Term sheets: a contract and its terms as YAML. Every text stays text, and every part remembers its line."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from jsonschema import Draft202012Validator

from app.contracts.catalogue import CATALOGUE
from app.contracts.grain import finer_than_reported
from app.contracts.heads import doubts_of, faults_of
from app.domain.catalogue import Problem
from app.domain.terms import Terms, TermsInvalid, moved_years

SCHEMA = Path(__file__).with_name("terms.schema.json")
LARGEST = 256 * 1024
DEEPEST = 12
ORDER = ("schema", "contract", "effective_from", "calendar", "coverage", "reports", "measures", "service_levels")
NOTHING = frozenset({"", "~", "null"})
FLAGS = frozenset({"after_earn_back", "consecutive", "not_measured", "not_reported", "outside_caps"})
BROKEN_OFF = re.compile(r"\d[\d.]*\s*%?")  # the end of a number that a comma cuts in two: {value: 80,5}
UNCLOSED = "expected ',' or"
SLIPS = {
    "mapping values are not allowed here": "a colon within a text: put the text in quotes",
    "found character '\\t'": "a tab: indent with spaces",
    "found '='": 'a comparator stands in quotes: ">="',
    "cannot start any token": 'a sign that YAML reads otherwise: put the text in quotes, such as ">="',
    "found unexpected end of stream": "a quote that was opened is not closed",
    UNCLOSED: "a bracket or quote that is opened here is not closed, or a comma is missing",
}
SAID = {"true": "yes", "false": "no"}
A_SHEET = "a term sheet begins with keys and values, such as schema: accord-terms/1"


class SheetUnreadable(ValueError):
    """The text is no YAML that Accord takes; `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message, self.line = message, line


class Place(NamedTuple):
    """One problem of a sheet with its line."""

    line: int
    path: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.path}: {self.message}" if self.path else f"line {self.line}: {self.message}"


@dataclass(frozen=True)
class Sheet:
    """A sheet's contract head, its terms document and the line of each path."""

    head: dict[str, Any] | None
    document: dict[str, Any]
    lines: Mapping[str, int] = field(repr=False)

    def line_of(self, path: str) -> int:
        """The line of a path, or of the nearest part around it that is there."""
        while path and path not in self.lines:
            path = path.rpartition(".")[0]
        return self.lines.get(path, 1)

    def locate(self, problems: tuple[Problem, ...] | list[Problem]) -> list[Place]:
        return sorted({Place(self.line_of(problem.path), *problem) for problem in problems})

    def problems(self) -> list[Problem]:
        """Shape by the schema and meaning by the domain, together; of two about one place, the domain's."""
        try:
            meant = tuple(finer_than_reported(Terms.from_document(self.document, CATALOGUE)))
        except TermsInvalid as invalid:
            meant = invalid.problems
        meant = (*meant, *faults_of(self.head))
        paths = {problem.path for problem in meant}
        return [*meant, *(problem for problem in self.misshapen() if not _is_told(problem.path, paths))]

    def warnings(self) -> tuple[Problem, ...]:
        return (
            *Terms.from_document(self.document, CATALOGUE).warnings,
            *doubts_of(self.head or {}, str(self.document.get("effective_from"))),
        )

    def before(self, parent: "Sheet") -> list[Place]:
        """What is wrong when this sheet amends `parent`: an amendment begins after what it amends."""
        since, begins = str(self.document.get("effective_from")), str(parent.document.get("effective_from"))
        if since > begins:
            return []
        return self.locate([Problem("effective_from", f"{since} is not after {begins}, when the amended terms begin")])

    def moving_years_of(self, parent: "Sheet") -> list[Place]:
        """Whether this sheet, an amendment, would cut the contract years anew. Raises TermsInvalid."""
        first, amendment = (Terms.from_document(each.document, CATALOGUE) for each in (parent, self))
        return self.locate(moved_years([first], amendment))

    def misshapen(self) -> list[Problem]:
        """What the schema does not know or knows otherwise; without any, the document can be read part by part."""
        whole = {**self.document, **({"contract": self.head} if self.head is not None else {})}
        return [
            Problem(".".join(str(step) for step in error.absolute_path), _in_words(error))
            for error in _validator().iter_errors(whole)
        ]


def read_sheet(text: str, begins: str = A_SHEET) -> Sheet:
    """Raises SheetUnreadable. `begins` is what to say of a text without keys and values."""
    if len(text.encode()) > LARGEST:
        raise SheetUnreadable("a term sheet has at most 256 kB", 1)
    try:
        node = _Composer(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        marks = (error.context_mark, error.problem_mark) if UNCLOSED in (error.problem or "") else (error.problem_mark,)
        mark = next(filter(None, (*marks, error.context_mark)), None)
        raise SheetUnreadable(_plainly(error.problem), mark.line + 1 if mark else 1) from error
    except yaml.YAMLError as error:
        raise SheetUnreadable("this holds characters that no YAML text has", 1) from error
    if not isinstance(node, yaml.MappingNode):
        raise SheetUnreadable(begins, 1)
    lines: dict[str, int] = {}
    document = _value(node, "", lines)
    head = document.pop("contract", None)
    return Sheet(head, spelled(document), lines)


def _plainly(problem: str | None) -> str:
    """What YAML's own words mean for whoever wrote the sheet."""
    told = (plain for words, plain in SLIPS.items() if words in (problem or ""))
    return next(told, problem or "this is not YAML")


def write_sheet(document: Mapping[str, Any], head: Mapping[str, Any] | None = None) -> str:
    """The YAML of a document; read back, it gives the same document."""
    whole = {**document, **({"contract": dict(head)} if head else {})}
    ordered = {key: whole[key] for key in (*ORDER, *sorted(whole.keys() - set(ORDER))) if key in whole}
    return yaml.safe_dump(ordered, sort_keys=False, allow_unicode=True, width=110)


def spelled(document: Mapping[str, Any]) -> dict[str, Any]:
    """One spelling for equal terms: numbers are texts, true is yes, and only the working day is a whole number."""
    plain = _texts(document)
    calendar = plain.get("calendar")
    for name in ("due", "lock"):
        deadline = calendar.get(name) if isinstance(calendar, dict) else None
        if isinstance(deadline, dict) and str(deadline.get("working_day")).isdecimal():
            deadline["working_day"] = int(deadline["working_day"])
    return plain


def _texts(part: Any) -> Any:
    if isinstance(part, Mapping):
        return {
            key: SAID.get(value, value) if key in FLAGS and isinstance(value, str) else _texts(value)
            for key, value in part.items()
        }
    if isinstance(part, list):
        return [_texts(value) for value in part]
    return str(part) if isinstance(part, int) and not isinstance(part, bool) else part


class _Composer(yaml.SafeLoader):
    """Builds nodes only; an alias could make a small text enormous, so none is taken."""

    depth = 0

    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.composer.ComposerError(None, None, "aliases (*name) are not taken: write it out", mark)
        self.depth += 1
        if self.depth > DEEPEST:
            mark = self.peek_event().start_mark
            raise yaml.composer.ComposerError(None, None, "this is nested deeper than terms ever are", mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def compose_scalar_node(self, anchor):
        node = super().compose_scalar_node(anchor)
        if "\0" in node.value:  # written as \0 between quotes; PostgreSQL takes none in a text
            raise yaml.composer.ComposerError(None, None, "this text holds a zero byte", node.start_mark)
        return node


def _value(node: yaml.Node, path: str, lines: dict[str, int]) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_value(part, _join(path, place), lines) for place, part in enumerate(node.value)]
    table: dict[str, Any] = {}
    for key_node, part in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode) or not key:
            raise SheetUnreadable("a key must be a word", line)
        if _join(path, key) in lines:
            raise SheetUnreadable(f'"{key}" stands here twice', line)
        lines[_join(path, key)] = line
        if not _is_nothing(part):
            table[key] = _value(part, _join(path, key), lines)
        elif BROKEN_OFF.fullmatch(key):
            raise SheetUnreadable(f'"{key}" stands behind a comma: write numbers as 1500 and 97.5, without one', line)
    return table


def _is_nothing(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.style is None and node.value in NOTHING


def _join(path: str, step: object) -> str:
    return f"{path}.{step}" if path else str(step)


def _is_told(path: str, told: set[str]) -> bool:
    """Whether the domain says something about this place, or about something inside it."""
    return any(other == path or other.startswith(f"{path}.") or path.startswith(f"{other}.") for other in told if other)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _in_words(error) -> str:
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return f"lacks {', '.join(missing)}"
    if error.validator == "additionalProperties":
        return error.message.replace("Additional properties are not allowed (", "holds keys it does not know (")
    if error.validator in {"enum", "const"}:
        wanted = error.validator_value if error.validator == "enum" else [error.validator_value]
        return f'"{error.instance}" is none of {", ".join(map(str, wanted))}'
    return f"{error.instance!r} is not in the form that the schema asks for"
