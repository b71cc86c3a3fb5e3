"""Bytes of a file as lines of text, whatever wrote them."""

from __future__ import annotations

import codecs
import gzip
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

CHUNK = 1 << 22
HEAD = 1 << 18

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BYTES_A_UNIT = {"utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}
END_OF_FILE = "\x1a"
"""What old programs write after the last line."""
FORMATS = (
    (b"PK\x03\x04", "an Excel workbook or a ZIP archive"),
    (b"PAR1", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook from before 2007"),
    (b"\x28\xb5\x2f\xfd", "compressed with Zstandard"),
    (b"BZh", "compressed with bzip2"),
    (b"\xfd7zXZ", "compressed with xz"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3", "an SQLite database"),
)
"""How files of other kinds begin."""


@dataclass
class Decoding:
    """How the bytes of a file become text, and what was met on the way.

    Attributes
    ----------
    encoding : str
        As the first bytes tell it.
    legacy_lines : int
        Lines that are not valid UTF-8 and were read as Windows-1252.
    nul_lines : int
        Lines with a character NUL, which is left out.
    """

    encoding: str = "utf-8"
    mark: int = 0
    legacy_lines: int = 0
    nul_lines: int = 0


def opened(stream: BinaryIO) -> BinaryIO:
    """Give a stream of what is compressed in it, if it is by gzip, whatever its name."""
    magic = stream.read(2)
    stream.seek(0)
    return cast(BinaryIO, _Unzipped(stream)) if magic == b"\x1f\x8b" else stream


class _Unzipped(gzip.GzipFile):
    """What is compressed in a stream; closes the stream too."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(fileobj=stream)
        self._compressed = stream

    def close(self) -> None:
        super().close()
        self._compressed.close()


def sniffed(head: bytes) -> Decoding:
    """Tell the encoding from the first bytes of a file: by its mark, or by zeros in UTF-16."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return Decoding(encoding, len(mark))
    sample = head[:4096]
    if len(sample) >= 8:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        if max(even, odd) > len(sample) // 5 and min(even, odd) * 4 < max(even, odd):
            return Decoding("utf-16-le" if odd > even else "utf-16-be")
    return Decoding()


def other_format(head: bytes) -> str | None:
    """Tell what a file is that should be text and is not."""
    for magic, words in FORMATS:
        if head.startswith(magic):
            return words
    start = head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table")):
        return "a web page"
    return "XML" if start.startswith(b"<?xml") else None


def begins_as_json(head: bytes, decoding: Decoding) -> bool:
    """Whether a file begins as one of JSON does: with an object or a list of them, or of lists."""
    return re.match(r'(\[\s*)*\{\s*["}]|\[\s*\[', _start(head, decoding)) is not None


def may_be_table(head: bytes, decoding: Decoding) -> bool:
    """Whether the first line of a file may hold the names of columns, as it holds no JSON."""
    return not _start(head, decoding).startswith(("[", "{"))


def _start(head: bytes, decoding: Decoding) -> str:
    return head[decoding.mark :].decode(decoding.encoding, errors="ignore").lstrip()


def text_lines(stream: BinaryIO, decoding: Decoding) -> Iterator[str]:
    r"""Give the lines of a file without ends: ``\n``, ``\r\n``, or ``\r`` where most are that.

    Of ``\r\r\n``, as a file has that was written as text twice, nothing is left either. A line
    that is not valid UTF-8 is read as Windows-1252; characters NUL are left out.
    """
    for line in _byte_lines(_as_utf8(stream, decoding)):
        try:
            text = line.decode()
        except UnicodeDecodeError:
            decoding.legacy_lines += 1
            text = line.decode("cp1252", errors="replace")
        if "\0" in text:
            decoding.nul_lines += 1
            text = text.replace("\0", "")
        if text != END_OF_FILE:
            yield text


def whole_lines(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Give a file in chunks of whole lines, each with what was read of the line that follows."""
    rest = b""
    while chunk := stream.read(CHUNK):
        chunk = rest + chunk
        end = chunk.rfind(b"\n") + 1
        chunk, rest = chunk[:end], chunk[end:]
        yield chunk, rest


def is_plain_text(chunk: bytes, longest: int) -> bool:
    """Whether a chunk of whole lines is UTF-8 without NUL, and all its lines are shorter."""
    if b"\0" in chunk or END_OF_FILE.encode() in chunk:
        return False
    try:
        chunk.decode()
    except UnicodeDecodeError:
        return False
    return max(map(len, chunk.split(b"\n"))) < longest


def _as_utf8(stream: BinaryIO, decoding: Decoding) -> BinaryIO:
    stream.read(decoding.mark)
    if decoding.encoding == "utf-8":
        return stream
    data = stream.read()
    # What was appended as bytes, such as a line end, is no character.
    data = data[: len(data) - len(data) % _BYTES_A_UNIT[decoding.encoding]]
    text = data.decode(decoding.encoding, errors="replace")
    return io.BytesIO(text.encode(errors="replace"))


def _byte_lines(stream: BinaryIO) -> Iterator[bytes]:
    rest = b""
    old_ends: bool | None = None
    while chunk := stream.read(CHUNK):
        chunk = rest + chunk
        if old_ends is None:
            old_ends = chunk.count(b"\r") - chunk.count(b"\r\n") > chunk.count(b"\n")
        *lines, rest = chunk.split(b"\r" if old_ends else b"\n")
        yield from (line.rstrip(b"\r") for line in lines)
    if rest := rest.removesuffix(END_OF_FILE.encode()):
        yield rest.rstrip(b"\r")
