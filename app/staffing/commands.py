"""`flask staffing`: calculators that need no database."""

from pathlib import Path

import click
from flask.cli import AppGroup

from app.domain.people.erlang import Demand, Objective
from app.domain.people.headcount import Headcount, LeaversOfMonth, attrition, attrition_over
from app.domain.people.intervals import staff
from app.domain.people.shrinkage import Schedule
from app.domain.people.workforce import Unworkable, not_negative
from app.staffing import people, queues
from app.staffing.files import FileUnreadable, read_day, read_months
from app.staffing.telling import Answer
from app.staffing.words import COUNT_TYPE, DURATION_TYPE, NUMBER_TYPE, PERCENT_TYPE

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Refused(click.ClickException):
    """One line, no usage around it."""

    exit_code = 2


class Calculator(click.Command):
    """A command that says what is wrong in one line and ends with 2."""

    def make_context(self, info_name, args, parent=None, **extra):
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            raise Refused(error.format_message()) from error

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except (Unworkable, FileUnreadable) as error:
            raise Refused(str(error)) from error


staffing = AppGroup("staffing", help="Erlang C, shrinkage, attrition, headcount and fill rate; percent is 0 to 100.")
as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, as docs/staffing.md says.")


def _figure(name, kind=NUMBER_TYPE, **settings):
    return click.option(name, type=kind, show_default=True, **settings)


@staffing.command("erlang", cls=Calculator)
@_figure("--contacts", help="Contacts in the interval.")
@_figure("--interval", DURATION_TYPE, help="Its length: 1800, 30m or 1h.")
@_figure("--aht", DURATION_TYPE, help="Average handling time.")
@_figure("--target", PERCENT_TYPE, default="80", help="Service level to reach, in percent.")
@_figure("--within", DURATION_TYPE, default="20", help="Threshold of the service level.")
@_figure("--max-occupancy", PERCENT_TYPE, help="Occupancy not to be passed, in percent.")
@_figure("--shrinkage", PERCENT_TYPE, default="0", help="Part of scheduled time off the phone, in percent.")
@_figure("--agents", COUNT_TYPE, help="Evaluate this number of agents.")
@_figure("--day", FILE, help="A CSV of intervals: start, contacts, aht.")
@as_json
def erlang(contacts, interval, aht, target, within, max_occupancy, shrinkage, agents, day, as_json):
    """Agents and scheduled people for a volume and a target, or what a number of agents makes of it."""
    objective = Objective(target, within, max_occupancy)
    if day:
        _refuse_with("--day", contacts=contacts, aht=aht, agents=agents)
        staffed = staff(read_day(day), objective, shrinkage, interval)
        return _say(queues.answer_day(staffed, objective, shrinkage), as_json)
    _require(contacts=contacts, interval=interval, aht=aht)
    return _say(queues.answer_interval(Demand(contacts, aht, interval), objective, shrinkage, agents), as_json)


@staffing.command("shrinkage", cls=Calculator)
@_figure("--on-phone", required=True, help="People required on the phone.")
@_figure("--shrinkage", PERCENT_TYPE, required=True, help="Part of scheduled time off the phone, in percent.")
@as_json
def shrinkage(on_phone, shrinkage, as_json):
    """How many to schedule, and what multiplying instead of dividing would have left short."""
    _say(queues.answer_shrinkage(Schedule(on_phone, shrinkage)), as_json)


@staffing.command("attrition", cls=Calculator)
@_figure("--opening", help="Headcount at the beginning of the period.")
@_figure("--closing", help="Headcount at its end.")
@_figure("--leavers", help="Who left within it.")
@_figure("--months", COUNT_TYPE, help="How many months it has.  [default: 1]")
@_figure("--by-month", FILE, help="A CSV: month, leavers and opening, closing or average_headcount.")
@as_json
def attrition_(opening, closing, leavers, months, by_month, as_json):
    """Leavers by average headcount, of the period and annualised by two named methods."""
    if by_month:
        _refuse_with("--by-month", opening=opening, closing=closing, leavers=leavers, months=months)
        found, averaged = attrition(read_months(by_month)), "mean of the monthly averages"
    else:
        _require(opening=opening, closing=closing, leavers=leavers)
        period = LeaversOfMonth.between(opening, closing, leavers)
        found = attrition_over(period.leavers, period.average_headcount, months or 1)
        averaged = "(opening + closing) ÷ 2"
    _say(people.answer_attrition(found, averaged), as_json)


@staffing.command("headcount", cls=Calculator)
@_figure("--opening", required=True, help="Headcount at the beginning.")
@_figure("--joiners", default="0", help="Who joined.")
@_figure("--leavers", default="0", help="Who left.")
@_figure("--transfers-in", default="0", help="Who came from another team.")
@_figure("--transfers-out", default="0", help="Who went to another team.")
@_figure("--closing", help="Headcount at the end, as counted; left out, it is what the movements give.")
@_figure("--on-leave", default="0", help="Part of closing that is not available.")
@as_json
def headcount(opening, joiners, leavers, transfers_in, transfers_out, closing, on_leave, as_json):
    """Whether a headcount adds up, and by how much it does not."""
    counted = Headcount(opening, joiners, leavers, transfers_in, transfers_out, closing, on_leave)
    _say(people.answer_headcount(counted), as_json)


@staffing.command("fill", cls=Calculator)
@_figure("--required", required=True, help="Required FTE.")
@_figure("--actual", required=True, help="Actual FTE.")
@as_json
def fill(required, actual, as_json):
    """Actual by required FTE, and what is short."""
    not_negative(required=required, actual=actual)
    _say(people.answer_fill(actual, required), as_json)


def _say(answer: Answer, as_json: bool) -> None:
    click.echo(answer.as_json() if as_json else answer.as_table())


def _require(**options) -> None:
    missing = [_option(name) for name, value in options.items() if value is None]
    if missing:
        raise Refused(f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing")


def _refuse_with(file: str, **options) -> None:
    given = [_option(name) for name, value in options.items() if value is not None]
    if given:
        raise Refused(f"{file} brings its own figures: leave {', '.join(given)} out")


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
