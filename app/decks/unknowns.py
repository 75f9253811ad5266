"""What a quarter's figures do not hold yet, in words: months of which nothing is known, results still to come."""

from collections.abc import Sequence

from app.decks.content import Content
from app.decks.wording import listed
from app.domain.periods import Month
from app.formatting import month as month_words


def months_listed(months: Sequence[Month]) -> str:
    """'July and August 2026': months of one quarter share their year."""
    *most, last = [month_words(month, "long") for month in months]
    return listed([*(words.split()[0] for words in most), last])


def unknown(content: Content) -> str:
    """'2 of 3 months not reported', or nothing when something is known of every month."""
    states = {content.state_of(month) for month in content.silent}
    if not states:
        return ""
    state = states.pop() if len(states) == 1 else "not judged yet"
    total = len(content.agreed_months)
    return f"{len(content.silent)} of {total} {'month' if total == 1 else 'months'} {state}"


def lacking(content: Content) -> str:
    """What the quarter's credits do not hold: the months of which nothing is known, and results still to come."""
    parts = [unknown(content)] if content.silent else []
    if len(content.unsettled) == 1:
        [(month, found)] = content.unsettled.items()
        parts.append(f"{found.share} of {month_words(month, 'long')} not settled yet")
    elif content.unsettled:
        parts.append(f"results of {months_listed(list(content.unsettled))} not settled yet")
    return ", ".join(parts)
