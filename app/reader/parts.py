"""The parts of a zipped workbook: guarded before any is unpacked, and their XML heard without entities."""

import io
import posixpath
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from refusals import COPY, DAMAGED, MOST_PARTS, MOST_UNPACKED_BYTES, PASSWORD, Unreadable

CHUNK = 256 * 1024
# A broken part shows as any of these when it is unpacked.
BROKEN = (BadZipFile, EOFError, LookupError, NotImplementedError, OSError, ValueError, expat.ExpatError, zlib.error)


class Listener(Protocol):
    def start(self, tag: str, attributes: dict[str, str]) -> None: ...

    def text(self, words: str) -> None: ...

    def end(self, tag: str) -> None: ...


class _Local(dict):
    """The name of an element without its prefix; asked millions of times for a handful of names."""

    def __missing__(self, tag: str) -> str:
        name = self[tag] = tag.rpartition(":")[2]
        return name


LOCAL = _Local()


class Parts:
    """The parts by name, however a program writes slashes and capitals. Raises Unreadable."""

    def __init__(self, content: bytes) -> None:
        try:
            self.archive = ZipFile(io.BytesIO(content))
            parts = self.archive.infolist()
        except BROKEN as error:
            raise Unreadable(
                "The file is damaged: it was cut off or changed on its way. Save it again and upload that."
            ) from error
        if any(part.flag_bits & 1 for part in parts):
            raise Unreadable(PASSWORD)
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
            raise Unreadable(f"The workbook unpacks to far more than a report can hold. {COPY}")
        self.named = {_plain(part.filename): part for part in parts}
        if len(self.named) != len(parts):
            raise Unreadable("The file is damaged: it holds two parts of the same name. Save it again and upload that.")

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self.named

    def holds(self, words: str) -> bool:
        """Whether the words stand in the name of a part."""
        return any(words in name for name in self.named)

    def content(self, name: str) -> bytes:
        """All of a part; raises Unreadable when it is missing or broken."""
        part = self.named.get(_plain(name))
        if part is None:
            raise Unreadable(DAMAGED)
        try:
            return self.archive.read(part)
        except BROKEN as error:
            raise Unreadable(DAMAGED) from error

    def listen(self, name: str, listener: Listener, report: Callable[[int], None] | None = None) -> None:
        """Feed the listener with all of a part; raises Unreadable when it is missing or no XML."""
        part = self.named.get(_plain(name))
        if part is None:
            raise Unreadable(DAMAGED)
        parser, fed = _parser(listener), 0
        try:
            with self.archive.open(part) as source:
                while chunk := source.read(CHUNK):
                    parser.Parse(chunk, False)
                    fed += len(chunk)
                    if report is not None:
                        report(min(100, 100 * fed // max(part.file_size, 1)))
                parser.Parse(b"", True)
        except BROKEN as error:
            raise Unreadable(DAMAGED) from error

    def elements(self, name: str) -> list[tuple[str, dict[str, str]]]:
        """Every element of a small part, in the order of the file."""
        listener = _Elements()
        self.listen(name, listener)
        return listener.found

    def targets(self, name: str) -> Iterator[tuple[str, str, str]]:
        """What a part refers to: the id, the last word of the kind, and the name of the other part."""
        folder, base = posixpath.split(_plain(name))
        listed = posixpath.join(folder, "_rels", f"{base}.rels")
        for tag, attributes in self.elements(listed) if listed in self.named else ():
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                kind, target = attributes.get("Type", "").rpartition("/")[2], attributes.get("Target", "")
                path = posixpath.join("/", folder, target.replace("\\", "/"))
                yield attributes.get("Id", ""), kind, posixpath.normpath(path)


class _Elements:
    def __init__(self) -> None:
        self.found: list[tuple[str, dict[str, str]]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.found.append((LOCAL[tag], {LOCAL[name]: value for name, value in attributes.items()}))

    def text(self, words: str) -> None:
        pass

    def end(self, tag: str) -> None:
        pass


def _parser(listener: Listener):
    parser = expat.ParserCreate()
    parser.buffer_text, parser.buffer_size = True, CHUNK
    parser.StartElementHandler, parser.EndElementHandler = listener.start, listener.end
    parser.CharacterDataHandler = listener.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_declaration) -> None:
    raise Unreadable(DAMAGED)


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def is_on(attributes: dict[str, str], name: str) -> bool:
    return attributes.get(name) in {"1", "true", "on"}
