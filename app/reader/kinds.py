"""What a file is, by its first bytes and its parts; the name only settles what the content leaves open."""

from enum import Enum, auto

from parts import Parts
from refusals import EMPTY, MOST_BYTES, SAVE_AS, Unreadable
from workbook import main_part

UPLOAD_A_TABLE = "Upload the workbook (.xlsx) or a CSV file."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLDEST_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
FOREIGN = {
    b"%PDF": "a PDF",
    b"{\\rtf": "a text document (RTF)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file",
    b"7z\xbc\xaf": "a compressed file",
    b"Rar!": "a compressed file",
    b"MZ\x90": "a program",
    b"\x7fELF": "a program",
}
MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<head", b"<meta", b"<style", b"<div")
# Programs also give text tables the name of a workbook of the old Excel, which opens them.
TEXT_NAMES = (".csv", ".txt", ".tsv", ".tab", ".psv", ".ssv", ".dat", ".asc", ".xls")


class Kind(Enum):
    WORKBOOK = auto()
    BINARY = auto()
    OPENDOCUMENT = auto()
    EXCEL97 = auto()
    TEXT = auto()
    JSON = auto()


def kind_of(filename: str, content: bytes) -> tuple[Kind, Parts | None]:
    """With its parts when it is zipped. Raises Unreadable for everything that is no workbook and no text table."""
    name = filename.lower()
    if not content.strip():
        raise Unreadable(EMPTY)
    if len(content) > MOST_BYTES:
        raise Unreadable(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB.")
    if content.startswith((OLE, *OLDEST_EXCEL)):
        return Kind.EXCEL97, None
    if content.startswith(b"PK\x03\x04"):
        return _zipped(Parts(content))
    if name.endswith(".json"):
        return Kind.JSON, None
    for mark, words in FOREIGN.items():
        if content.startswith(mark):
            raise Unreadable(f"This is {words}, not a table. {UPLOAD_A_TABLE}")
    if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:200].lower().startswith(MARKUP):
        raise Unreadable(f"This is a web page or an XML file, whatever its name says. {SAVE_AS}")
    if name.endswith(TEXT_NAMES):
        return Kind.TEXT, None
    if name.endswith((".xlsx", ".xlsm", ".xlsb", ".ods")):
        raise Unreadable(f"This is no workbook, although its name says so: it is damaged or of another kind. {SAVE_AS}")
    raise Unreadable(f"This kind of file is not read here. {SAVE_AS}")


def _zipped(parts: Parts) -> tuple[Kind, Parts]:
    if "word/document.xml" in parts:
        raise Unreadable(f"This is a Word document, not a table. {UPLOAD_A_TABLE}")
    if "ppt/presentation.xml" in parts:
        raise Unreadable(f"This is a presentation, not a table. {UPLOAD_A_TABLE}")
    if main_part(parts).endswith(".bin") and main_part(parts) in parts:
        return Kind.BINARY, parts
    if "content.xml" in parts:
        return Kind.OPENDOCUMENT, parts
    if main_part(parts) in parts:
        return Kind.WORKBOOK, parts
    raise Unreadable(
        "This is a ZIP archive, not a workbook. Unpack it and upload the workbook (.xlsx) or CSV file inside."
    )
