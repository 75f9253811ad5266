"""What a file is, by its first bytes and its parts; the name only settles what the content leaves open."""

import io
import zipfile
from enum import Enum, auto

from refusals import MOST_BYTES, MOST_PARTS, MOST_UNPACKED_BYTES, Unreadable

SAVE_AS = "Open it in your spreadsheet program and save it as “Excel workbook (.xlsx)” or as CSV."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FOREIGN = {
    b"%PDF": "a PDF",
    b"{\\rtf": "a text document (RTF)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file",
    b"7z\xbc\xaf": "a compressed file",
    b"Rar!": "a compressed file",
    b"MZ": "a program",
    b"\x7fELF": "a program",
}
TEXT_NAMES = (".csv", ".txt", ".tsv")


class Kind(Enum):
    WORKBOOK = auto()
    TEXT = auto()


def kind_of(filename: str, content: bytes) -> Kind:
    """Raises Unreadable for everything that is neither a workbook nor a text table."""
    name = filename.lower()
    if not content.strip():
        raise Unreadable("The file is empty. Check that you chose the right one and that it was saved.")
    if len(content) > MOST_BYTES:
        raise Unreadable(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB.")
    if content.startswith(OLE):
        raise Unreadable(_old_office(content, name))
    for mark, words in FOREIGN.items():
        if content.startswith(mark):
            raise Unreadable(f"This is {words}, not a table. Upload the workbook (.xlsx) or a CSV file.")
    if content.startswith(b"PK"):
        _check_archive(content)
        return Kind.WORKBOOK
    if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:200].lower().startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        raise Unreadable(f"This is a web page or an XML file, whatever its name says. {SAVE_AS}")
    if name.endswith(TEXT_NAMES):
        return Kind.TEXT
    if name.endswith((".xlsx", ".xlsm")):
        raise Unreadable(
            f"This is no Excel workbook, although its name says so: it is damaged or of another kind. {SAVE_AS}"
        )
    raise Unreadable(f"This kind of file is not read here. {SAVE_AS}")


def _old_office(content: bytes, name: str) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "The workbook is protected with a password. Remove it (File, Info, Protect Workbook) and save again."
    if "WordDocument".encode("utf-16-le") in content:
        return "This is a Word document, not a table. Upload the workbook (.xlsx) or a CSV file."
    if name.endswith(".xlsx"):
        return f"This is an old or protected Excel file, although its name says .xlsx. {SAVE_AS}"
    return f"This is a workbook of an old Excel (.xls), which is not read yet. {SAVE_AS}"


def _check_archive(content: bytes) -> None:
    """The guard before any part is unpacked: what it is, how many parts, how large they claim to be."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Unreadable(
            "The file is damaged: it was cut off or changed on its way. Save it again and upload that."
        ) from error
    names = {part.filename.lower() for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable("The file is protected with a password. Remove it and save the file again.")
    if len(names) != len(parts):
        raise Unreadable("The file is damaged: it holds two parts of the same name. Save it again and upload that.")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
        raise Unreadable("The workbook unpacks to far more than a report can hold. Copy the table into a new workbook.")
    if "xl/workbook.xml" not in names:
        raise Unreadable(_what_archive(names))


def _what_archive(names: set[str]) -> str:
    if "word/document.xml" in names:
        return "This is a Word document, not a table. Upload the workbook (.xlsx) or a CSV file."
    if "ppt/presentation.xml" in names:
        return "This is a presentation, not a table. Upload the workbook (.xlsx) or a CSV file."
    if "xl/workbook.bin" in names:
        return f"This is a binary workbook (.xlsb), which is not read yet. {SAVE_AS}"
    if "content.xml" in names:
        return f"This is an OpenDocument file (.ods), which is not read yet. {SAVE_AS}"
    return "This is a ZIP archive, not a workbook. Unpack it and upload the workbook (.xlsx) or CSV file inside."
