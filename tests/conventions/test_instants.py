"""What judgements read as known at an instant is written with an instant that no judgement has passed."""

import re

from tests.conventions.sources import expect_none, modules

READ_AS_KNOWN = {
    "Batch": ("decided_at", "credits_asked_at"),
    "Charge": ("entered_at",),
    "Claim": ("filed_at", "decided_at"),
    "Concession": ("asked_at", "decided_at"),
    "Deck": ("as_known_at",),
    "Ending": ("stated_at",),
    "Evaluation": ("as_known_at",),
    "ForecastIssue": ("entered_at",),
    "OpenedRight": ("decided_at",),
    "Report": ("opened_at",),
    "Review": ("decided_at",),
    "Submission": ("sent_at",),
    "TermsVersion": ("activated_at",),
}
JUDGED = {"partners", "contracts", "relief", "concessions", "forecasts", "reports", "performance", "decks"}
NAMES = "|".join(sorted({name for names in READ_AS_KNOWN.values() for name in names}))
FROM_THE_CLOCK = re.compile(rf"\b(?:{NAMES})\b[^=\n]*=[^=\n]*\bclock\.(?:now|wall)\(\)(?!\))")
AN_END = re.compile(r"\.(?:ends_on|ended_on)\s*=(?!=)")
STATE_ENDS = {"app/partners/service.py", "app/contracts/terms.py"}


def test_what_judgements_read_takes_its_instant_from_moments():
    expect_none(
        f"{module.name}: {found.group(0)}"
        for module in modules()
        if module.package in JUDGED
        for found in FROM_THE_CLOCK.finditer(module.text)
    )


def test_an_end_is_changed_only_where_it_is_stated():
    expect_none(
        f"{module.name}: {found.group(0)}"
        for module in modules()
        if module.name not in STATE_ENDS
        for found in AN_END.finditer(module.text)
    )


def test_the_instants_that_are_watched_exist():
    text = "".join(module.text for module in modules() if module.package in JUDGED)
    expect_none(
        f"{model}.{name}"
        for model, names in READ_AS_KNOWN.items()
        for name in names
        if not re.search(rf"class {model}\((?:(?!\nclass ).)*?\n    {name}: Mapped", text, re.DOTALL)
    )
