"""A contract's page says each rule as a clause would."""

import re
from pathlib import Path

import pytest

from app.contracts.families import LEVEL_FAMILIES, WHOLE_FAMILIES, used
from app.contracts.prose import plainly
from app.contracts.sentences import SENTENCES, prices, sentence
from app.contracts.sheets import read_sheet
from app.contracts.wording import wording
from app.domain.prose.price_wording import PRICES
from app.domain.rules.price_reader import READERS
from tests.contracts.reference import SCHEMA

FOLDER = Path(__file__).parents[2] / "docs"
BLOCKS = re.findall(r"```yaml in (a service level|the sheet)\n(.*?)```", (FOLDER / "terms.md").read_text(), re.S)
OWED = "For each default the partner credits "
WHETHER = "whether or not the result is a default"
CREDITS = [
    (
        "allocation",
        "60",
        {},
        OWED + "60\u00a0% of the amount at risk, or of its category's pool where there are categories",
    ),
    (
        "fixed",
        "3",
        {"outside_caps": "yes"},
        OWED + "3\u00a0% of the charges; no cap limits this credit, and it uses up none",
    ),
    (
        *("under_target", "1", {"step": "0.5", "points": "full", "clause": "7.2"}),
        OWED
        + "1\u00a0% of the charges for each step of 0.5 percentage points by which the result misses the Expected; "
        "only a whole step of 0.5 percentage points counts; 7.2",
    ),
    ("band", None, {}, f"Each result gives the credit of the severity band in which it lies, {WHETHER}"),
    (
        *("occurrences", None, {"amount": "2.50", "free": "10"}),
        OWED + "2.50 in the contract's currency for every unit that failed; the first 10 of a window cost nothing",
    ),
    (
        *("blocks", "2", {"failures": "5", "within": "3"}),
        f"For every 5 failures within 3 months the partner credits 2\u00a0% of the charges, {WHETHER}; "
        "a failure belongs to one block only, the oldest first",
    ),
    (
        *("two_price", None, {"price": "10", "lower_price": "7"}),
        "Every unit that failed is paid at 7 instead of 10 in the contract's currency, and the difference is credited, "
        + WHETHER,
    ),
    (
        *("points", None, {"points": "1", "replaces": "others"}),
        "Each default brings 1 service point; what the points of a month cost together is agreed under the service "
        "credits; nothing else of its month is credited beside it",
    ),
]


@pytest.mark.parametrize(("kind", "percent", "others", "words"), CREDITS)
def test_each_formula_reads_like_a_clause(kind, percent, others, words):
    rule = {"kind": kind, **({"percent": percent} if percent else {}), **others}
    assert sentence("credit", rule, unit="percent") == words


def test_every_rule_that_the_documentation_shows_is_a_sentence_without_a_key_or_a_gap():
    told = []
    for place, text in BLOCKS:
        document, families = read_sheet(text).document, LEVEL_FAMILIES if place == "a service level" else WHOLE_FAMILIES
        told += [words for _, words in used(families, document, True)]
    assert len(told) > 40
    assert [each for each in told if not re.match(r"[A-Z0-9“]", each) or re.search(r"_|…|None|\bTrue\b", each)] == []


@pytest.mark.parametrize("name", SENTENCES)
def test_a_draft_that_says_nothing_yet_is_told_with_gaps(name):
    families = {family.path[-1]: family for family in (*LEVEL_FAMILIES, *WHOLE_FAMILIES)}
    shape = families[name].shape
    assert isinstance(sentence(name, [{}] if "items" in shape else {}), str)


def test_who_may_not_see_money_reads_bands_and_rights_without_it():
    bands = [{"label": "bad", "below": "80", "points": "2", "percent": "5"}]
    rights = [{"name": "Exit", "of": "credits", "at_least": "50000", "within": "12"}]
    assert sentence("bands", bands, False) == "“bad” is a result of less than 80, with 2 service points"
    assert "an agreed amount of credits" in sentence("rights", rights, False)
    assert "5\u00a0%" in sentence("bands", bands)


def test_a_cap_says_whether_it_limits_what_accrues_or_what_is_paid():
    accrued = [{"over": "contract_year", "amount": "3000"}]
    paid = [{**accrued[0], "after_earn_back": "yes"}]
    assert sentence("caps", accrued) == (
        "The credits of a contract year that accrue are limited to 3,000 in the contract's currency: "
        "what is later waived, offset or earned back has used it up all the same"
    )
    assert "a contract year that are paid in the end are limited to 3,000" in sentence("caps", paid)


def test_a_problem_is_told_without_keys():
    assert plainly('and low_volume both say so: "forecast_volume" is >= 5') == (
        'and low volume both say so: "Forecast volume" is at least 5'
    )


def test_a_price_that_is_read_is_told_by_the_sentence_the_form_and_the_derivation_and_stands_in_the_schema():
    written = SCHEMA["$defs"]["service_level"]["properties"]["credit"]["properties"]["kind"]["enum"]
    for told in (PRICES, prices.KINDS, wording("credit").kinds, written):
        assert set(told) == set(READERS)
