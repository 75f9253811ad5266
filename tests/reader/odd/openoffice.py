"""Writes a random table as an OpenDocument workbook, in the dialects that programs write."""

import io
import zipfile
from datetime import timedelta
from random import Random
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils.datetime import WINDOWS_EPOCH

from tests.reader.odd.drawing import Table, Value

NAMES = {
    name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "table", "text", "style", "draw")
}


def content(chance: Random, tables: list[Table]) -> bytes:
    spaces = "".join(f' xmlns:{name}="{urn}"' for name, urn in NAMES.items())
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table"><style:table-properties table:display="{shown}"/>'
        "</style:style>"
        for name, shown in (("ta1", "true"), ("ta2", "false"))
    )
    deleted = (
        "<table:tracked-changes><table:deletion><table:table-cell office:value-type='float' office:value='9'/>"
        "</table:deletion></table:tracked-changes>"
        if chance.random() < 0.1
        else ""
    )
    sheets = "".join(_table(chance, table) for table in tables)
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces}><office:automatic-styles>{styles}'
        f"</office:automatic-styles><office:body><office:spreadsheet>{deleted}{sheets}</office:spreadsheet>"
        "</office:body></office:document-content>"
    )
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", text.encode())
    return body.getvalue()


def _table(chance: Random, table: Table) -> str:
    shape = (
        "<table:shapes><draw:frame><text:p>drawn</text:p></draw:frame></table:shapes>" if chance.random() < 0.1 else ""
    )
    rows: dict[int, dict[int, Value]] = {}
    for (row, column), value in table.cells.items():
        rows.setdefault(row, {})[column] = value
    written, done = [], 0
    for row, cells in sorted(rows.items()):
        if row > done + 1:
            repeated = f'table:number-rows-repeated="{row - done - 1}"'
            written.append(f"<table:table-row {repeated}><table:table-cell/></table:table-row>")
        written.append(_row(chance, row in table.hidden_rows, cells))
        done = row
    if chance.random() < 0.5:
        blank = '<table:table-cell table:number-columns-repeated="90"/>'
        written.append(f'<table:table-row table:number-rows-repeated="90">{blank}</table:table-row>')
    between = "\n " if chance.random() < 0.3 else ""
    style = "ta2" if table.is_hidden else "ta1"
    return (
        f"<table:table table:name={quoteattr(table.name)} table:style-name='{style}'>{shape}<table:table-column "
        f"table:number-columns-repeated='{table.last[1]}'/>{between}{between.join(written)}</table:table>"
    )


def _row(chance: Random, is_hidden: bool, cells: dict[int, Value]) -> str:
    written, done = [], 0
    for column, value in sorted(cells.items()):
        if column > done + 1:
            written.append(f'<table:table-cell table:number-columns-repeated="{column - done - 1}"/>')
        written.append(_cell(chance, value))
        done = column
    visibility = ' table:visibility="collapse"' if is_hidden else ""
    return f"<table:table-row{visibility}>{''.join(written)}</table:table-row>"


def _cell(chance: Random, value: Value) -> str:
    formula = ' table:formula="of:=1+1"' if value.is_formula else ""
    if value.kind == "blank":
        return "<table:table-cell/>"
    if value.kind == "unsaved":
        return f"<table:table-cell{formula}/>"
    if value.kind == "error":
        formula = ' table:formula="of:=1/0"'
    stored, shown = _stored(value)
    note = "<office:annotation><text:p>a note</text:p></office:annotation>" if chance.random() < 0.1 else ""
    name = "covered-table-cell" if chance.random() < 0.05 else "table-cell"
    return f"<table:{name}{formula}{stored}>{note}{shown}</table:{name}>"


def _stored(value: Value) -> tuple[str, str]:
    """The attributes and the paragraphs of a cell."""
    if value.kind == "text":
        paragraphs = "".join(f"<text:p>{_words(line)}</text:p>" for line in value.text.split("\n"))
        return ' office:value-type="string"', paragraphs
    if value.kind == "error":
        return ' office:value-type="string"', f"<text:p>{value.text}</text:p>"
    if value.kind == "truth":
        word = "true" if value.text == "1" else "false"
        return f' office:value-type="boolean" office:boolean-value="{word}"', f"<text:p>{word.upper()}</text:p>"
    if value.kind == "date":
        moment = WINDOWS_EPOCH + timedelta(seconds=round(float(value.text) * 86400))
        return f' office:value-type="date" office:date-value="{moment.isoformat()}"', "<text:p>a day</text:p>"
    if value.kind in {"time", "elapsed"}:
        seconds = round(float(value.text) * 86400)
        written = f"PT{seconds // 3600:02}H{seconds // 60 % 60:02}M{seconds % 60:02}S"
        return f' office:value-type="time" office:time-value="{written}"', f"<text:p>{written}</text:p>"
    kind = "percentage" if value.kind == "percent" else "float"
    return f' office:value-type="{kind}" office:value="{value.text}"', f"<text:p>{value.text}</text:p>"


def _words(line: str) -> str:
    """Spaces at the ends and tabs as elements, as programs write them."""
    body = line.strip(" ")
    before, after = len(line) - len(line.lstrip(" ")), len(line) - len(line.rstrip(" ")) if body else 0
    spaces = [f'<text:s text:c="{count}"/>' if count else "" for count in (before, after)]
    return spaces[0] + escape(body).replace("\t", "<text:tab/>") + spaces[1]
