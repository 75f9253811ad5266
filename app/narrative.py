"""Events in words: one table from kind to sentence, for every timeline and for the audit page."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from flask import Flask

from app import formatting
from app.access import Role, sees_money
from app.events import Event

NOBODY = "Accord"
WITHHELD = "withheld"


@dataclass(frozen=True)
class Sentence:
    """What somebody did, after the name.

    A part in [ ] is left out when one of its figures is missing, and [?figure words] unless the figure is true.
    """

    words: str
    tone: str = "quiet"
    note: str = ""


@dataclass(frozen=True)
class Told:
    """One event as ui.timeline shows it; `rest` holds the figures that the sentence leaves out."""

    what: str
    who: str
    when: str
    note: str
    tone: str
    sentence: str
    rest: tuple[tuple[str, str], ...]


S = Sentence
SENTENCES: dict[str, Sentence] = {
    "session.opened": S("logged in"),
    "session.closed": S("logged out"),
    "session.all-closed": S("ended every session"),
    "user.created": S("added a person[ as {role}]"),
    "user.invited": S("sent an invitation", "draft"),
    "user.joined": S("accepted the invitation", "good"),
    "user.changed": S("changed what a person may do or see"),
    "user.deactivated": S("deactivated a person", "bad"),
    "user.reactivated": S("reactivated a person", "good"),
    "user.renamed": S("changed their own name"),
    "calendar.opened": S("made an address for their calendar feed"),
    "calendar.ended": S("ended the address of their calendar feed"),
    "password.changed": S("chose a new password"),
    "password.reset": S("set a new password by a mailed link"),
    "money-sight.granted": S("granted the sight of amounts", "good"),
    "money-sight.withdrawn": S("withdrew the sight of amounts", "close"),
    "partner.created": S("set up the partner", "good"),
    "partner.changed": S("changed the partner"),
    "partner.ended": S("ended the partnership[ on {ended_on}]", "close"),
    "partner.resumed": S("resumed the partnership", "good"),
    "site.created": S("added a site[: {code}]"),
    "site.changed": S("changed a site[: {code}]"),
    "site.closed": S("closed a site[: {code}][, last day {closed_on}]", "close"),
    "site.reopened": S("reopened a site[: {code}]", "good"),
    "queue.created": S("added a queue[: {code}]"),
    "queue.changed": S("changed a queue[: {code}]"),
    "queue.closed": S("closed a queue[: {code}][, last day {closed_on}]", "close"),
    "queue.reopened": S("reopened a queue[: {code}]", "good"),
    "contract.created": S("created the contract", "good"),
    "contract.changed": S("changed the contract"),
    "terms.drafted": S("drafted terms[ version {number}][, effective {effective_from}]", "draft"),
    "terms.changed": S("changed the draft terms[, version {number}]", "draft"),
    "terms.activated": S("put terms[ version {number}] in force[ from {effective_from}]", "good"),
    "terms.discarded": S("discarded draft terms[, version {number}]", "close"),
    "charge.entered": S("entered the charges[ for {month}]", note="{amount_minor}"),
    "report.opened": S("opened the[ {report}] report[ for {month}][, due {due_at}]"),
    "report.dropped": S("found that nobody owes the[ {report}] report[ for {month}] any more", "close"),
    "report.resumed": S("found that the[ {report}] report[ for {month}] is asked for again"),
    "mapping.confirmed": S("confirmed what the columns of a workbook are, mapping version {version}"),
    "mapping.forgotten": S("had mapping version {version} forgotten", "close"),
    "lock.deferred": S("granted a later lock[: {until}]", "close"),
    "draft.saved": S("saved a draft[, rows right: {rows}][, to put right: {problems}]", "draft"),
    "draft.mended": S("changed the file on the page[, cells typed: {cells}][, rows left out: {rows}]", "draft"),
    "draft.taken-up": S("took up version {version} again, to put it right", "draft"),
    "warnings.confirmed": S("confirmed figures that look unusual[, warnings: {warnings}]", "close"),
    "personal-data.found": S("uploaded a file with personal data, which was masked[, columns: {columns}]", "bad"),
    "personal-data.left-out": S("left out the columns with personal data[: {columns}]"),
    "certificate.asked": S("asked for the draft to be certified[, leads asked: {leads}]", "draft"),
    "draft.discarded": S("discarded the draft", "close"),
    "evidence.attached": S("attached a file as evidence", "good"),
    "evidence.withdrawn": S("withdrew a file", "close"),
    "submission.sent": S(
        "certified and sent version {version}[?correction , a correction of approved figures]"
        "[?on_behalf  on the partner's behalf][?was_late , late]",
        "draft",
    ),
    "submission.approved": S("approved version {version}[?let_in  of somebody whom they had let in]", "good"),
    "submission.returned": S("returned version {version}", "close"),
    "submission.contested": S("contested version {version}", "bad"),
    "token.made": S("made an API token[ for {scopes}][, until {expires_at}]", "close"),
    "token.revoked": S("revoked an API token"),
    "remark.written": S("wrote a remark"),
    "causes.given": S("said why service levels miss"),
    "batch.imported": S("imported a batch of history[, rows: {rows}]", "draft"),
    "batch.approved": S("approved the imported batch", "good"),
    "batch.credited": S("asked for credits on the imported months", "close"),
    "batch.refused": S("refused the imported batch", "bad"),
    "blob.swept": S("removed files that nothing refers to[: {files}][, {kilobytes} kB]"),
    "evaluation.stored": S("judged {month}[, judgement {number}]"),
    "right.opened": S("found that a right opens[: {right}][, {month}]", "bad"),
    "right.exercised": S("recorded a right as exercised[: {right}][, on {on}]", "close"),
    "right.declined": S("declined a right[: {right}]"),
    "target.proposed": S("proposed a tighter target[: {service_level}][, after {month}]", "draft"),
    "target.drafted": S("drafted the tighter target[: {service_level}]", "draft"),
    "target.declined": S("declined a tighter target[: {service_level}]", "close"),
    "ledger.posted": S("posted the credits[ of {invoice_month}]", note="{amount_minor}"),
    "claim.filed": S("filed claim {number} for relief[?on_behalf  on the partner's behalf]", "draft"),
    "claim.granted": S("granted claim {number}[?in_part  in part][?let_in  of somebody whom they had let in]", "good"),
    "claim.refused": S("refused claim {number}", "bad"),
    "claim.withdrawn": S("withdrew claim {number}", "close"),
    "concession.asked": S("asked for a concession[: {concession}][, {month}]", "draft", "{amount_minor}"),
    "concession.granted": S(
        "granted a concession[: {concession}][, {month}][?let_in , of somebody whom they had let in]", "good"
    ),
    "concession.refused": S("refused a concession[: {concession}][, {month}]", "bad"),
    "concession.withdrawn": S("withdrew a concession[: {concession}][, {month}]", "close"),
    "forecast.issued": S("issued version {number} of the forecast[, for {months}]"),
    "item.opened": S("opened the {item}", "draft"),
    "item.changed": S("changed the record"),
    "item.closed": S("closed the record[ as {state}]", "good"),
    "deck.requested": S("requested the deck[ for {quarter}][, edition {edition}]", "draft"),
    "deck.rendered": S("rendered the deck[, edition {edition}]"),
    "deck.expired": S("let the slides expire that nobody issued[ for {quarter}][, edition {edition}]", "close"),
    "verification.finished": S("had the log verified[: {outcome}][, events: {events}]"),
    "deck.issued": S(
        "issued the deck[ for {quarter}][, edition {edition}][?running , while the quarter still ran]"
        "[?undated , without a day of the review]",
        "good",
    ),
}

PART = re.compile(r"\[([^\]]*)\]")
CONDITION = re.compile(r"\?(\w+) ")
FIGURE = re.compile(r"\{(\w+)\}")
DIGEST = re.compile(r"[0-9a-f]{32,}")
MONTH = re.compile(r"\d{4}-\d{2}")
QUARTER = re.compile(r"\d{4}-Q[1-4]")
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
CALLED = {
    "content": "content, by its SHA-256",
    "fingerprint": "fingerprint of its inputs",
    "party": "figures of the",
    "sha256": "SHA-256",
}


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(narrated=narrated, figure_label=label)


def narrated(events: Iterable[Event], zone: str = "UTC") -> list[Told]:
    """The events as sentences, for ui.timeline; amounts only for those who may see them."""
    return [tell(event, zone) for event in events]


def tell(event: Event, zone: str = "UTC") -> Told:
    """One event as a sentence; a kind without words of its own is shown plainly."""
    sentence = SENTENCES.get(event.kind) or Sentence(event.kind.replace("-", " ").replace(".", ": "))
    known = dict(figures(event, zone))
    what = _fill(sentence.words, known)
    who = event.actor.name if event.actor else NOBODY
    note = _fill(f"[{sentence.note}]", known)
    said = {*FIGURE.findall(sentence.words), *CONDITION.findall(sentence.words)}
    return Told(
        what=what[:1].upper() + what[1:],
        who=who,
        when=formatting.moment(event.at, zone),
        note="" if note == WITHHELD else note,
        tone=sentence.tone,
        sentence=f"{who} {what}",
        rest=tuple(pair for pair in known.items() if pair[0] not in said),
    )


def figures(event: Event, zone: str = "UTC") -> list[tuple[str, str]]:
    """The figures of an event by name, each written for people; amounts are withheld from those without the right."""
    currency = event.figures.get("currency")
    return [(name, _written(name, value, currency, zone)) for name, value in sorted(event.figures.items())]


def label(name: str) -> str:
    """A figure's name for people: `amount_minor` is an amount."""
    return CALLED.get(name) or name.removesuffix("_minor").replace("_", " ")


def _fill(words: str, known: dict[str, str]) -> str:
    def part(found: re.Match) -> str:
        if when := CONDITION.match(found[1]):
            return found[1][when.end() :] if known.get(when[1]) == "yes" else ""
        names = FIGURE.findall(found[1])
        return found[1] if all(known.get(name) for name in names) else ""

    return FIGURE.sub(lambda found: known.get(found[1], "").strip() or "…", PART.sub(part, words))


def _written(name: str, value, currency: str | None, zone: str) -> str:
    if _is_money(name) and not sees_money():
        return WITHHELD
    if name.endswith("_minor") and isinstance(value, int) and currency:
        return formatting.money(value, currency)
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_written(key, item, currency, zone)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(_written(name, item, currency, zone) for item in value) or "none"
    return _text(name, str(value), zone)


def _text(name: str, text: str, zone: str) -> str:
    if DIGEST.fullmatch(text):
        return f"{text[:12]}…"
    if MONTH.fullmatch(text):
        return formatting.month(text, "long")
    if QUARTER.fullmatch(text):
        return formatting.quarter(text)
    if DAY.fullmatch(text):
        return formatting.day(date.fromisoformat(text))
    if INSTANT.fullmatch(text):
        return formatting.moment(datetime.fromisoformat(text), zone)
    if name == "role" and text in set(Role):
        return Role(text).label
    return text.replace("_", " ")


def _is_money(name: str) -> bool:
    return name.endswith("_minor") or name in {"amount", "payable", "credit", "charges"}
