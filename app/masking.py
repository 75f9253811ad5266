"""Addresses, phone numbers and numbers of people within a text: how they are known, and the text without them."""

import re
from collections.abc import Collection
from pathlib import PurePath

MASK = "[left out]"
EMAIL = re.compile(r"[^\s@<>“”,;:()]+@[^\s@<>“”,;:()]+\.[^\W\d_]{2,}")
# Digits that are only grouped by spaces may be a count: a phone number begins with + or 0, or is hyphenated in threes.
PHONE = re.compile(
    r"(?<![\w.,/-])(?:\+\d|\(?0\d)[\d ()./-]{7,18}\d(?![\w/-])"
    r"|(?<![\w-])\(?\d{3}\)?[-. ]\d{3}[-.]\d{4}(?![\w-])"
)
DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}")
DIGITS = range(9, 16)
# EMP-10417, "agent 10417" and "staff no. 417" are people.
PERSON = re.compile(
    r"(?<![^\W_])(?P<word>empl?|ee|employee|agt|agente?|staff|usr|user|badge|personnel|asesora?|emplead[ao]|mitarbeiter)"
    r"(?:(?: ?(?:id|no|nr|number|num|n[úu]mero|nummer)\b[.:# ]*| ?n\.?[º°]\.? ?| ?#)(?P<said>\d{3,})"
    r"|(?P<sign>[-_ ]?)(?P<number>\d{3,}(?:[-_.,]\d+)*))(?![^\W_])",
    re.IGNORECASE,
)
# These head counts and months as well: "staff 12000 planned", agent_202609. Of many at once are those of MANY.
GROUPS = frozenset({"agent", "agente", "staff", "user", "personnel", "mitarbeiter"})
MANY = frozenset({"staff", "personnel", "mitarbeiter"})
COUNT = re.compile(r"\d+00|\d{1,3}(?:[.,]\d{3})+|\d+[.,]\d{1,2}")
MONTH = re.compile(
    r"20\d\d(?:[-_.]?(?:0[1-9]|1[0-2])(?:[-_.]?(?:0[1-9]|[12]\d|3[01]))?)?|(?:\d\d[-_.])?(?:0[1-9]|1[0-2])[-_.]?20\d\d"
)
LEAST_DIGITS = {"": 4, " ": 5, "-": 3, "_": 3}  # by what stands before them: "agent 150" is a headcount
TITLES = (
    r"(?:M(?:rs?|s|iss|me|lle)|Sra|Srta|Señora?|Doña|Herrn?|Frau|Signora)\b\.?|M\.|Sr\.(?! ?(?:A|Man|Rep|Team|Sup))"
)
ROLES = r"agente?|advis[eo]r|employee|colleague|supervisora?|team lead(?:er)?|asesora?|emplead[ao]|conseill(?:er|ère)"
NAMED = re.compile(rf"(?<!\w)(?:(?:{TITLES}) ?[A-ZÀ-Þ]\w+|(?:{ROLES}),? [A-ZÀ-Þ][\w'’-]+ [A-ZÀ-Þ][\w'’.-]+)")


def masked(text: str) -> str:
    """A text without the addresses, phone numbers and numbers of people in it."""
    return _masked(text, GROUPS)


def masked_filename(filename: str) -> str:
    """A file is called what it was called, and read by its ending: emp_202609 is of a month. Names of people in it
    are not recognised."""
    path = PurePath(filename)
    return f"{_masked(path.stem, None)}{path.suffix}"


def is_phone(text: str) -> bool:
    return PHONE.search(text) is not None and sum(map(str.isdigit, text)) in DIGITS and not DATE.search(text)


def is_number_of_a_person(text: str) -> bool:
    """A whole text, as it stands in a column of them: there "agent 417" is one too."""
    found = PERSON.fullmatch(text)
    return found is not None and (bool(found["said"]) or not _is_a_count_or_month(found, GROUPS))


def names_a_person(text: str) -> bool:
    """Whether a title or a word for a person goes before a name: "agent Maria Lopez", "Frau Schmidt"."""
    return NAMED.search(text) is not None


def _masked(text: str, dated: Collection[str] | None) -> str:
    """`dated` are the words behind which a month is a month; all of them where it is None."""
    if "@" in text:
        text = EMAIL.sub(MASK, text)
    text = PERSON.sub(lambda found: MASK if _is_a_person(found, dated) else found[0], text)
    return PHONE.sub(lambda found: MASK if is_phone(found[0]) else found[0], text)


def _is_a_person(found: re.Match, dated: Collection[str] | None) -> bool:
    if found["said"]:
        return True
    digits = len(re.match(r"\d+", found["number"])[0])
    if digits < LEAST_DIGITS[found["sign"]] or (found["sign"] == " " and found["word"].casefold() in MANY):
        return False
    return not _is_a_count_or_month(found, dated)


def _is_a_count_or_month(found: re.Match, dated: Collection[str] | None) -> bool:
    word, number = found["word"].casefold(), found["number"]
    if MONTH.fullmatch(number) and (dated is None or word in dated):
        return True
    return word in GROUPS and COUNT.fullmatch(number) is not None
