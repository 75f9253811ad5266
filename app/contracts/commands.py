"""Commands that read term sheets and the catalogue; none of them needs a database."""

from collections.abc import Collection
from pathlib import Path

import click

from app.contracts.catalogue import CATALOGUE
from app.contracts.differences import differences
from app.contracts.handbook import tables
from app.contracts.sheets import A_SHEET, Sheet, SheetUnreadable, read_sheet
from app.contracts.views import bp

SHEET = click.Path(exists=True, dir_okay=False, path_type=Path)
bp.cli.help = "Term sheets: checked, compared, held against a history; the catalogue as tables."


@bp.cli.command("check")
@click.argument("sheet", type=SHEET)
def check(sheet: Path) -> None:
    """Say what is wrong with a term sheet, by line and path; exit 1 when anything is."""
    read = read_or_refuse(sheet)
    refuse(sheet, read.locate(read.problems()))
    for warning in read.locate(read.warnings()):
        click.echo(f"{sheet}: warning: {warning}", err=True)
    count = len(read.document["service_levels"])
    levels = "one service level" if count == 1 else f"{count} service levels"
    click.echo(f"{sheet}: right; {levels}, effective from {read.document['effective_from']}")


@bp.cli.command("diff")
@click.argument("before", type=SHEET)
@click.argument("after", type=SHEET)
def diff(before: Path, after: Path) -> None:
    """Say in words what the second sheet changes; a sheet of another shape is refused, what it means is not asked."""
    old, new = _of_the_right_shape(before), _of_the_right_shape(after)
    found = differences(old.document, new.document)
    if found:
        for place in new.before(old):
            click.echo(f"{after}: warning: {place}", err=True)
    for difference in found:
        click.echo(str(difference))
    if not found:
        click.echo("Both say the same.")


@bp.cli.command("metrics")
def metrics() -> None:
    """List every metric and measure of the catalogue, as docs/metrics.md shows them."""
    click.echo(tables(CATALOGUE))


def _of_the_right_shape(path: Path) -> Sheet:
    read = read_or_refuse(path)
    refuse(path, read.locate(read.misshapen()), f" in {path} before it can be compared")
    return read


def refuse(path: Path, places: Collection[object], so_that: str = "") -> None:
    """Say each place where something is wrong in a file; raises ClickException when there is one."""
    for place in places:
        click.echo(f"{path}: {place}", err=True)
    if places:
        raise click.ClickException(f"{len(places)} to put right{so_that}")


def read_or_refuse(path: Path, begins: str = A_SHEET) -> Sheet:
    """Raises ClickException where the file is no sheet; `begins` is said of one without keys and values."""
    try:
        return read_sheet(path.read_text(encoding="utf-8-sig"), begins)
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path}: this is not a text in UTF-8") from error
    except SheetUnreadable as error:
        raise click.ClickException(f"{path}: line {error.line}: {error.message}") from error
