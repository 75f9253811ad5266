"""What a heading of somebody else says: its words without footnotes, the unit it names, and what it may stand for."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

FOOTNOTE = re.compile(r"\s*(\[\s*\d+(\s*,\s*\d+)*\s*\]|\(\d\)$|[*\u00b9\u00b2\u00b3\u2070\u2074-\u2079\u2020\u2021]+)")
IN_BRACKETS = re.compile(r"[(\[]\s*([^)\]]*?)\s*[)\]]")
WITHIN = re.compile(r"[(\[]?\s*(<=?|≤|within|in)\s*\d+\s*(s|secs?|seconds?)\b\s*[)\]]?")
TOKEN = re.compile(r"[^\W_]+|%")
WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
UNIT_OF = {word: unit for unit, words in WORDS["units"].items() for word in words}
SYNONYMS: dict[str, list[str]] = WORDS["synonyms"]
PIVOT = frozenset(WORDS["pivot"])
AVERAGE, SUM = frozenset(WORDS["average"]), frozenset(WORDS["sum"])
WORK_AFTER, PARTS = frozenset(WORDS["work_after"]), frozenset(WORDS["parts"])
EMPTY_TOKENS = frozenset(WORDS["empty"])
SHARE = "percent"
SURE = 0.9  # how alike words are that certainly mean the same


def cleaned(text: str) -> str:
    return " ".join(text.split())


def bare(words: Iterable[str]) -> tuple[str, ...]:
    """Headings that differ in footnotes, capitals and spaces alone are the same heading."""
    return tuple(cleaned(FOOTNOTE.sub(" ", word)).casefold() for word in words)


def unit_of(words: tuple[str, ...]) -> str:
    """The unit that a heading names by a row of its own, in brackets, or as its last word; empty when it names none."""
    for word in reversed(bare(words)):
        if unit := UNIT_OF.get(word):
            return unit
        for inner in IN_BRACKETS.findall(word):
            if unit := UNIT_OF.get(inner.removeprefix("in ")):
                return unit
        *others, last = TOKEN.findall(word) or [""]
        if len(last) > 1 and (unit := UNIT_OF.get(last)) and others and not any(map(str.isdigit, others)):
            return unit
        if "%" in word or "percent" in word:
            return SHARE
    return ""


def is_sub_heading(texts: list[str]) -> bool:
    """Whether a row says counts, shares and units beneath headings, or the same words again and again."""
    plain = [bare([text])[0] for text in texts]
    known = sum(word in UNIT_OF or word in EMPTY_TOKENS or plain.count(word) > 1 for word in plain)
    return known * 2 >= len(plain)


def is_average(words: tuple[str, ...]) -> bool:
    said = {token for word in bare(words) for token in TOKEN.findall(word)}
    averages = AVERAGE | WORK_AFTER if PARTS.isdisjoint(said) else AVERAGE
    return not averages.isdisjoint(said) and SUM.isdisjoint(said)


@cache
def likeness(words: tuple[str, ...], key: str, name: str) -> float:
    """How well a heading fits what is asked, from 0 to 1."""
    wanted = [_tokens(each) for each in (name, key.replace("_", " "), *SYNONYMS.get(key, ()))]
    levels = [_tokens(IN_BRACKETS.sub(" ", WITHIN.sub(" in threshold ", word))) for word in bare(words)]
    filled = [level for level in levels if level]
    whole = frozenset().union(*filled)
    weighted = [(whole, 1.0), *((level, 0.95 if level is filled[-1] else 0.5) for level in filled)]
    return max((weight * _overlap(tokens, each) for tokens, weight in weighted for each in wanted), default=0.0)


def _tokens(text: str) -> frozenset[str]:
    """Words that say something, in the singular."""
    found = (token.removesuffix("s") if len(token) > 3 else token for token in TOKEN.findall(text.casefold()))
    return frozenset(token for token in found if token not in EMPTY_TOKENS and token not in UNIT_OF)


def _overlap(given: frozenset[str], wanted: frozenset[str]) -> float:
    return len(given & wanted) / len(given | wanted) if given and wanted else 0.0
