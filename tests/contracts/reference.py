"""The table of keys in docs/terms.md, from the schema; `python -m tests.contracts.reference` writes it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "terms.md"
MARK = "## Every key\n"
SCHEMA = json.loads((ROOT / "app" / "contracts" / "terms.schema.json").read_text())
TARGET, ONE_TARGET = "#/$defs/target", "service_levels[].expected"
LEGEND = f"""Choices in bold are what holds without the key. `[]` is each item of a list. The keys of a target stand at
`{ONE_TARGET}`; every other target has the same."""
COLUMNS = ("Key", "What it says", "Unit or choices", "Example", "Contracts")


def every_key() -> str:
    """`[]` stands for each item of a list, `*` for each measure."""
    rows = [COLUMNS, tuple("---" for _ in COLUMNS), *_rows(SCHEMA, "")]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows) + "\n"


def _rows(part: dict[str, Any], path: str) -> Iterator[tuple[str, ...]]:
    for name, key in part.get("properties", {}).items():
        here = f"{path}.{name}".removeprefix(".")
        shape = resolved(key)
        yield f"`{here}`", key["description"], _allowed(key, shape), _example(key, shape), key["x-contract"]
        if key.get("$ref") != TARGET or here == ONE_TARGET:
            yield from _inside(shape, here)


def _inside(shape: dict[str, Any], path: str) -> Iterator[tuple[str, ...]]:
    yield from _rows(shape, path)
    if isinstance(others := shape.get("additionalProperties"), dict):
        yield from _rows(others, f"{path}.*")
    if items := shape.get("items"):
        yield from _rows(resolved(items), f"{path}[]")


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """A part with what it refers to; of several forms the keys of all."""
    if reference := part.get("$ref"):
        return resolved(SCHEMA["$defs"][reference.rpartition("/")[2]] | {"default": part.get("default")})
    forms = [resolved(form).get("properties", {}) for form in part.get("oneOf", ())]
    keys = {name: key for form in forms for name, key in form.items()}
    return {**part, "properties": keys} if keys else part


def _allowed(key: dict[str, Any], shape: dict[str, Any]) -> str:
    choices = key.get("enum") or shape.get("enum") or ()
    default = key.get("default")
    words = ", ".join(f"**`{each}`**" if each == default else f"`{each}`" for each in choices)
    return words or key.get("x-unit") or shape["x-unit"]


def _example(key: dict[str, Any], shape: dict[str, Any]) -> str:
    """Texts as they stand in a sheet; what holds keys has its example further up the page."""
    for example in key.get("examples") or shape.get("examples") or ():
        if isinstance(example, str):
            return f"`{example}`"
        if isinstance(example, list) and all(isinstance(each, str) for each in example):
            return f"`[{', '.join(example)}]`"
    return ""


if __name__ == "__main__":
    kept = PAGE.read_text().partition(MARK)[0]
    PAGE.write_text(f"{kept}{MARK}\n{LEGEND}\n\n{every_key()}")
