"""What may be attached, told by the content; what a file calls itself decides nothing but its ending."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePath

from app.config import MEGABYTE, UPLOAD_MEGABYTES
from app.web import Refusal

MOST_BYTES = UPLOAD_MEGABYTES * MEGABYTE
ACCEPTED = ".pdf,.png,.jpg,.jpeg,.xlsx,.ods,.docx,.odt,.pptx,.odp,.csv,.tsv,.txt,.eml"
ADVICE = "Attach a PDF, a picture (PNG, JPEG), an office document or a text."
OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN = "application/vnd.oasis.opendocument"


class NotEvidence(Refusal):
    """The file is of a kind that is not taken; the message says which are."""


@dataclass(frozen=True)
class Kind:
    label: str
    media_type: str
    suffixes: tuple[str, ...]

    def name_of(self, filename: str) -> str:
        """The file's own name, with the ending of what it really is."""
        name = " ".join(PurePath(filename.replace("\\", "/")).name.split()) or "evidence"
        return name if name.lower().endswith(self.suffixes) else f"{name}{self.suffixes[0]}"


PDF = Kind("PDF", "application/pdf", (".pdf",))
PNG = Kind("PNG picture", "image/png", (".png",))
JPEG = Kind("JPEG picture", "image/jpeg", (".jpg", ".jpeg"))
MAIL = Kind("mail", "message/rfc822", (".eml",))
TEXT = Kind("text", "text/plain", (".txt", ".csv", ".tsv"))
PARTS = {
    "word/": Kind("Word document", f"{OFFICE}.wordprocessingml.document", (".docx",)),
    "xl/": Kind("Excel workbook", f"{OFFICE}.spreadsheetml.sheet", (".xlsx",)),
    "ppt/": Kind("PowerPoint deck", f"{OFFICE}.presentationml.presentation", (".pptx",)),
}
OPEN_DOCUMENTS = {
    f"{OPEN}.text": Kind("OpenDocument text", f"{OPEN}.text", (".odt",)),
    f"{OPEN}.spreadsheet": Kind("OpenDocument workbook", f"{OPEN}.spreadsheet", (".ods",)),
    f"{OPEN}.presentation": Kind("OpenDocument deck", f"{OPEN}.presentation", (".odp",)),
}
MARKUP = ("<!doctype", "<html", "<?xml", "<svg", "<script", "<head", "<body")


def kind_of(filename: str, content: bytes) -> Kind:
    """Raises NotEvidence."""
    if not content.strip():
        raise NotEvidence("The file is empty. Choose the one that holds something.")
    if len(content) > MOST_BYTES:
        raise NotEvidence(f"The file is larger than {UPLOAD_MEGABYTES} MB. Split it, or leave pictures out.")
    if b"%PDF-" in content[:1024]:
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"PK\x03\x04"):
        return _zipped(content)
    return _written(filename, content)


def _zipped(content: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            stated = archive.read("mimetype")[:100].decode("ascii", "replace") if "mimetype" in names else ""
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        raise NotEvidence("The file is damaged. Save it again and attach it anew.") from error
    if any(name.endswith("vbaProject.bin") for name in names):
        raise NotEvidence("The document holds macros. Save it without them, or as a PDF.")
    if kind := OPEN_DOCUMENTS.get(stated.strip()):
        return kind
    if "[Content_Types].xml" in names:
        for folder, kind in PARTS.items():
            if any(name.startswith(folder) for name in names):
                return kind
    raise NotEvidence(f"This is a compressed folder. Unpack it and attach the files themselves. {ADVICE}")


def _written(filename: str, content: bytes) -> Kind:
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    if any((ord(mark) < 32 and mark not in "\t\n\r\f") or mark == "\x7f" for mark in text):
        raise NotEvidence(f"This kind of file is not taken. {ADVICE}")
    if text.lstrip()[:40].lower().startswith(MARKUP):
        raise NotEvidence(f"Web pages and drawings can hold programs, so they are not taken. {ADVICE}")
    return MAIL if filename.lower().endswith(".eml") else TEXT
