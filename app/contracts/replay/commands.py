"""`flask terms evaluate` and `flask terms backtest`; neither needs a database."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from app.contracts.commands import SHEET, read_or_refuse, refuse
from app.contracts.placed import placed
from app.contracts.replay.changes import changes_document, changes_table, unused_by_both
from app.contracts.replay.document import replay_document
from app.contracts.replay.run import Replay, ReplayRefused, replay
from app.contracts.replay.table import replay_table
from app.contracts.sheets import Sheet
from app.contracts.views import bp
from app.domain.judging.backtest import backtest as compare
from app.domain.tables import DAY

NO_EVENTS = "events begin with keys and values, such as as_of: 2026-05-20; without any leave --events out"
MEASURES = click.argument("measures", type=SHEET)
EVENTS = click.option("--events", type=SHEET, help="Claims, forecasts, charges and decisions, as YAML.")


class Day(click.ParamType):
    """A day as the files write it."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            found = date.fromisoformat(value) if DAY.fullmatch(value) else None
        except ValueError:
            found = None
        if found is None:
            raise click.ClickException(f"--as-of: {value!r} is not a date, such as 2026-05-20")
        return found


AS_OF = click.option("--as-of", type=Day(), help="Judge as known on this day, such as 2026-05-20.")
AMENDMENT = click.option("--amendment", "amendments", type=SHEET, multiple=True, help="A later sheet; may be repeated.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, as docs/evaluate.md describes it.")


@bp.cli.command("evaluate")
@click.argument("sheet", type=SHEET)
@MEASURES
@AMENDMENT
@EVENTS
@AS_OF
@AS_JSON
def evaluate(
    sheet: Path,
    measures: Path,
    amendments: tuple[Path, ...],
    events: Path | None,
    as_of: date | None,
    as_json: bool,
) -> None:
    """Judge the figures of MEASURES.csv by a term sheet: findings, credits, earn-backs, caps, rights, scorecards."""
    first, *later = (_right_sheet(path) for path in (sheet, *amendments))
    for path, amendment in zip(amendments, later, strict=True):
        refuse(path, [*amendment.before(first), *amendment.moving_years_of(first)])
    judged = _judged([first, *later], measures, events, as_of)
    _print(replay_document(judged)) if as_json else click.echo(replay_table(judged))


@bp.cli.command("backtest")
@click.argument("new", type=SHEET)
@MEASURES
@click.option("--against", type=SHEET, required=True, help="The sheet that was in force.")
@EVENTS
@AS_OF
@AS_JSON
def backtest(new: Path, measures: Path, against: Path, events: Path | None, as_of: date | None, as_json: bool) -> None:
    """Show, month by month, what other terms would have changed in status and money, had they been in force then."""
    old, tried = _right_sheet(against), _right_sheet(new)
    tried = replace(tried, document=placed(old.document, tried.document))
    before = _judged([old], measures, events, as_of, [tried])
    after = _judged([tried], measures, events, as_of, [old])
    changes = compare(before.evaluations, after.evaluations)
    idle = unused_by_both(before, after)
    _print(changes_document(changes, after, idle)) if as_json else click.echo(changes_table(changes, after, idle))


def _judged(
    sheets: list[Sheet], measures: Path, events: Path | None, as_of: date | None, others: Sequence[Sheet] = ()
) -> Replay:
    try:
        text = measures.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{measures}: this is not a text in UTF-8") from error
    happened = read_or_refuse(events, NO_EVENTS) if events else None
    try:
        return replay(sheets, text, happened, as_of, others)
    except ReplayRefused as refused:
        from_events = any(hasattr(place, "line") for place in refused.places)
        refuse(events if from_events else measures, refused.places)
        raise


def _right_sheet(path: Path) -> Sheet:
    sheet = read_or_refuse(path)
    refuse(path, sheet.locate(sheet.problems()))
    return sheet


def _print(document: dict[str, Any]) -> None:
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))
