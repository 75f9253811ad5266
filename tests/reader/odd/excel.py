"""Writes a random table as an Excel workbook: by XlsxWriter, by openpyxl, or as raw XML in every lawful dialect."""

import io
import zipfile
from collections.abc import Iterable
from random import Random
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import xlsxwriter
from openpyxl.utils import get_column_letter

from tests.reader.odd.drawing import Table, Value

TRANSITIONAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def by_xlsxwriter(chance: Random, tables: list[Table]) -> bytes:
    body = io.BytesIO()
    settings = {"constant_memory": chance.random() < 0.3, "strings_to_formulas": False, "strings_to_urls": False}
    settings["date_1904"] = chance.random() < 0.3
    with xlsxwriter.Workbook(body, settings) as book:
        for table in tables:
            sheet = book.add_worksheet(table.name)
            for (row, column), value in sorted(table.cells.items()):
                style = book.add_format({"num_format": value.format})
                if value.kind in {"text", "error"}:
                    sheet.write_string(row - 1, column - 1, value.text)
                elif value.kind == "truth":
                    sheet.write_boolean(row - 1, column - 1, value.text == "1")
                elif value.kind == "blank":
                    sheet.write_blank(row - 1, column - 1, None, style)
                elif value.kind == "unsaved" or value.is_formula:
                    sheet.write_formula(row - 1, column - 1, "=1+1", style)
                else:
                    sheet.write_number(row - 1, column - 1, float(value.text), style)
            if table.is_hidden:
                sheet.hide()
    return body.getvalue()


def by_openpyxl(_chance: Random, tables: list[Table]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for table in tables:
        sheet = book.create_sheet(table.name)
        for (row, column), value in table.cells.items():
            cell = sheet.cell(row, column)
            if value.kind == "unsaved" or value.is_formula:
                cell.value = "=1+1"
            elif value.kind in {"text", "error"}:
                cell.value = value.text
                cell.data_type = "s"
            elif value.kind == "truth":
                cell.value = value.text == "1"
            elif value.kind != "blank":
                cell.value = float(value.text)
            cell.number_format = value.format
        for row in table.hidden_rows:
            sheet.row_dimensions[row].hidden = True
        if table.is_hidden:
            sheet.sheet_state = "hidden"
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


class Raw:
    """A workbook as text, in one of the dialects that programs write; `oddities` says which were drawn."""

    def __init__(self, chance: Random, tables: list[Table]) -> None:
        self.chance, self.tables = chance, tables
        self.oddities = {name for name, share in ODDITIES.items() if chance.random() < share}
        self.prefix = "x:" if "prefixed" in self.oddities else ""
        self.formats: list[str] = ["General"]
        self.strings: list[str] = []

    def content(self) -> bytes:
        sheets = [self._sheet(table) for table in self.tables]
        folder = "XL" if "capitals" in self.oddities else "xl"
        names = [f"worksheets/sheet{place}.xml" for place in range(1, len(sheets) + 1)]
        parts = {f"{folder}/{name}": sheet for name, sheet in zip(names, sheets, strict=True)}
        parts[f"{folder}/styles.xml"] = self._styles()
        parts[f"{folder}/sharedStrings.xml"] = self._tagged("sst", "".join(self.strings), root=True)
        parts[f"{folder}/workbook.xml"] = self._workbook()
        parts[f"{folder}/_rels/workbook.xml.rels"] = self._relations(names)
        parts["_rels/.rels"] = relations([("rId1", "officeDocument", "/xl/workbook.xml")])
        if "macros" in self.oddities:
            parts["xl/vbaProject.bin"] = "macro"
        body = io.BytesIO()
        with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in parts.items():
                is_wide = "utf-16" in self.oddities and "sheet" in name
                name = name.replace("/", "\\") if "backslashes" in self.oddities else name
                archive.writestr(name, text.encode("utf-16" if is_wide else "utf-8"))
        return body.getvalue()

    def _tagged(self, tag: str, inside: str, root: bool = False, **attributes: str) -> str:
        space = ""
        if root:
            namespace = STRICT if "strict" in self.oddities else TRANSITIONAL
            space = f' xmlns{":x" if self.prefix else ""}="{namespace}" xmlns:r="{RELATIONS}"'
        listed = "".join(
            f" {name.rstrip('_').replace('__', ':')}={quoteattr(text)}" for name, text in attributes.items()
        )
        between = "\n  " if "indented" in self.oddities and tag in {"sheetData", "row", "sheet", "sst", "c"} else ""
        return f"<{self.prefix}{tag}{space}{listed}>{between}{inside}{between}</{self.prefix}{tag}>"

    def _workbook(self) -> str:
        date1904 = "1" if "1904" in self.oddities else "0"
        calc = {"fullCalcOnLoad": "1"} if "uncalculated" in self.oddities else {"calcId": "1"}
        sheets = "".join(
            self._tagged(
                "sheet",
                "",
                name=table.name,
                sheetId=str(place),
                r__id=f"rId{place}",
                state=self.chance.choice(("hidden", "veryHidden")) if table.is_hidden else "visible",
            )
            for place, table in enumerate(self.tables, 1)
        )
        inside = self._tagged("workbookPr", "", date1904=date1904) + self._tagged("sheets", sheets)
        return self._tagged("workbook", inside + self._tagged("calcPr", "", **calc), root=True)

    def _relations(self, names: list[str]) -> str:
        start = "/xl/" if "absolute" in self.oddities else ""
        listed = [(f"rId{place}", "worksheet", start + name) for place, name in enumerate(names, 1)]
        return relations([*listed, ("s", "styles", "styles.xml"), ("t", "sharedStrings", "sharedStrings.xml")])

    def _styles(self) -> str:
        own = "".join(
            self._tagged("numFmt", "", numFmtId=str(164 + place), formatCode=code)
            for place, code in enumerate(self.formats)
        )
        used = "".join(self._tagged("xf", "", numFmtId=str(164 + place)) for place in range(len(self.formats)))
        first = self._tagged("cellStyleXfs", self._tagged("xf", "", numFmtId="14"))
        return self._tagged(
            "styleSheet", self._tagged("numFmts", own) + first + self._tagged("cellXfs", used), root=True
        )

    def _sheet(self, table: Table) -> str:
        rows: dict[int, list[tuple[int, Value]]] = {}
        for (row, column), value in sorted(table.cells.items()):
            rows.setdefault(row, []).append((column, value))
        written = [self._row(table, row, cells) for row, cells in rows.items()]
        if "blank styles" in self.oddities:
            blank = "".join(
                self._tagged("c", "", r=f"{get_column_letter(column)}9000", s="0") for column in range(1, 900)
            )
            written.append(self._tagged("row", blank, r="9000"))
        if "shuffled" in self.oddities:
            self.chance.shuffle(written)
        inside = '<!-- <c r="A1"><v>1</v></c> -->' if "comments" in self.oddities else ""
        if "no dimension" not in self.oddities:
            last = f"{get_column_letter(table.last[1])}{table.last[0]}"
            inside += self._tagged("dimension", "", ref="A1:A1" if "wrong dimension" in self.oddities else f"A1:{last}")
        hidden = [self._tagged("col", "", min=str(at), max=str(at), hidden="1") for at in sorted(table.hidden_columns)]
        inside += self._tagged("cols", "".join(hidden)) if hidden else ""
        inside += self._tagged("sheetData", "".join(written))
        merged = [
            self._tagged("mergeCell", "", ref=f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}")
            for top, left, bottom, right in table.merged
        ]
        inside += self._tagged("mergeCells", "".join(merged)) if merged else ""
        return self._tagged("worksheet", inside, root=True)

    def _row(self, table: Table, row: int, cells: Iterable[tuple[int, Value]]) -> str:
        cells = list(cells)
        is_whole = [column for column, _ in cells] == list(range(1, len(cells) + 1))
        bare = "no references" in self.oddities and is_whole
        doubled = "doubled" in self.oddities and self.chance.random() < 0.3
        written = [self._cell("" if bare else f"{get_column_letter(at)}{row}", value) for at, value in cells]
        if doubled:
            written.append(self._cell(f"{get_column_letter(cells[0][0])}{row}", Value("number", "1")))
        if "misplaced" in self.oddities and self.chance.random() < 0.3:
            written.append(self._cell(f"A{row + 1}", Value("number", "1")))
        hidden = {"hidden": "1"} if row in table.hidden_rows else {}
        return self._tagged("row", "".join(written), r=str(row), **hidden)

    def _cell(self, reference: str, value: Value) -> str:
        if value.format not in self.formats:
            self.formats.append(value.format)
        attributes = {"s": str(self.formats.index(value.format))}
        if reference:
            attributes["r"] = reference
        formula = self._tagged("f", "1+1") if value.is_formula else ""
        if value.kind == "unsaved":
            return self._tagged("c", formula + self.chance.choice(("", self._tagged("v", ""))), **attributes)
        if value.kind == "blank":
            return self._tagged("c", self.chance.choice(("", self._tagged("v", ""))), **attributes)
        if value.kind == "text" and not formula:
            return self._text(value.text, attributes)
        types = {"text": "str", "truth": "b", "error": "e"}
        if value.kind in types:
            attributes["t"] = types[value.kind]
        elif self.chance.random() < 0.3:
            attributes["t"] = "n"
        return self._tagged("c", formula + self._tagged("v", escape(value.text)), **attributes)

    def _text(self, words: str, attributes: dict[str, str]) -> str:
        kept = {"xml__space": "preserve"}
        stored = escape(words).replace("\n", self.chance.choice(("\n", "_x000A_", "&#10;")))
        if "cdata" in self.oddities and "_x" not in stored:
            stored = f"<![CDATA[{words}]]>"
        text = self._tagged("t", stored, **kept)
        if self.chance.random() < 0.2:
            text = self._tagged("r", text) + self._tagged("r", self._tagged("rPr", "") + self._tagged("t", "!"))
            text += self._tagged("rPh", self._tagged("t", "how it sounds"))
        if self.chance.random() < 0.3:
            return self._tagged("c", self._tagged("is", text), t="inlineStr", **attributes)
        self.strings.append(self._tagged("si", text))
        return self._tagged("c", self._tagged("v", str(len(self.strings) - 1)), t="s", **attributes)


# How often a workbook has each; the last two are defects, which are refused with their place.
ODDITIES = {
    "prefixed": 0.1,
    "strict": 0.1,
    "indented": 0.1,
    "capitals": 0.05,
    "backslashes": 0.05,
    "absolute": 0.3,
    "utf-16": 0.05,
    "1904": 0.2,
    "uncalculated": 0.15,
    "macros": 0.1,
    "no dimension": 0.2,
    "wrong dimension": 0.3,
    "no references": 0.1,
    "shuffled": 0.1,
    "blank styles": 0.1,
    "comments": 0.1,
    "cdata": 0.1,
    "doubled": 0.04,
    "misplaced": 0.04,
}
DEFECTS = {"doubled", "misplaced"}


def relations(listed: list[tuple[str, str, str]]) -> str:
    inside = "".join(
        f'<Relationship Id="{name}" Type="{RELATIONS}/{kind}" Target="{target}"/>' for name, kind, target in listed
    )
    return f'<Relationships xmlns="{PACKAGE}">{inside}</Relationships>'
