"""What may be attached is told by the content, and kept under an ending that is true."""

import io
import zipfile

import pytest

from app.evidence.kinds import MOST_BYTES, NotEvidence, kind_of


def zipped(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/"), text)
    return out.getvalue()


OFFICE = {"[Content_Types].xml": "<Types/>"}
ODT = zipped(mimetype="application/vnd.oasis.opendocument.text")


@pytest.mark.parametrize(
    ("filename", "content", "kept_as"),
    [
        ("log.pdf", b"%PDF-1.7\n", "log.pdf"),
        ("Scan.PNG", b"\x89PNG\r\n\x1a\n\0", "Scan.PNG"),
        ("photo.pdf", b"\xff\xd8\xff\xe0", "photo.pdf.jpg"),
        ("plan.docx", zipped(**OFFICE, word__document="x"), "plan.docx"),
        ("figures.xlsx", zipped(**OFFICE, xl__workbook="x"), "figures.xlsx"),
        ("letter.odt", ODT, "letter.odt"),
        ("outage.csv", "start;end\n09:00;10:00\n".encode("utf-16"), "outage.csv"),
        ("notice.eml", b"From: a\nTo: b\n\nDown since nine.", "notice.eml"),
        ("..\\..\\etc/passwd", b"root", "passwd.txt"),
    ],
)
def test_it_is_what_its_content_says(filename, content, kept_as):
    assert kind_of(filename, content).name_of(filename) == kept_as


@pytest.mark.parametrize(
    ("filename", "content", "said"),
    [
        ("empty.pdf", b" \n", "empty"),
        ("large.txt", b"x" * (MOST_BYTES + 1), "larger than 25 MB"),
        ("plan.svg", b"<svg onload='alert(1)'/>", "can hold programs"),
        ("plan.txt", b"\xef\xbb\xbf  <!DOCTYPE html><script>", "can hold programs"),
        ("tool.pdf", b"MZ\x90\0", "kind of file is not taken"),
        ("files.zip", zipped(readme="x"), "Unpack it"),
        ("broken.docx", b"PK\x03\x04 cut off", "damaged"),
        ("macro.xlsm", zipped(**OFFICE, **{"xl/vbaProject.bin": "x"}), "macros"),
    ],
)
def test_what_is_not_taken_is_refused_in_words(filename, content, said):
    with pytest.raises(NotEvidence, match=said):
        kind_of(filename, content)
