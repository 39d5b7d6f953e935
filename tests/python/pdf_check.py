"""The PDFs of a publication, read by another hand: pdf_check.py FOLDER [FOLDER ...], each a published version.

Marks of PDF/UA and PDF/A, language and title; a tree of tags in which headings follow one another, every table has a
header in its first row, and every picture is told in words; no more pages than a reader has time for; and each number of
a table in the PDF the same as in the workbook beside it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import openpyxl
import pikepdf

MOST_PAGES = {"GM": 4, "JZ": 12, "PV": 12, "0-": 24}
HEADINGS = ("/H1", "/H2", "/H3", "/H4", "/H5", "/H6")


def walk(element: pikepdf.Object, above: tuple[str, ...] = ()):
    """Every element of the tree with the names of what it stands in."""
    if isinstance(element, pikepdf.Array):
        for part in element:
            yield from walk(part, above)
    elif isinstance(element, pikepdf.Dictionary) and ("/S" in element or "/K" in element):
        name = str(element.get("/S", ""))
        if name:
            yield name, element, above
        if "/K" in element:
            yield from walk(element["/K"], (*above, name))


def children(element: pikepdf.Object) -> list[pikepdf.Dictionary]:
    """The elements directly in it."""
    below = element.get("/K", [])
    parts = below if isinstance(below, pikepdf.Array) else [below]
    return [part for part in parts if isinstance(part, pikepdf.Dictionary) and "/S" in part]


def rows(table: pikepdf.Object) -> list[pikepdf.Dictionary]:
    """The rows of a table, through head and body."""
    found = []
    for part in children(table):
        found += [part] if str(part["/S"]) == "/TR" else [row for row in children(part) if str(row["/S"]) == "/TR"]
    return found


def check_marks(pdf: pikepdf.Pdf, name: str) -> None:
    root = pdf.Root
    assert str(root.get("/Lang", "")).lower().startswith("nl"), f"{name}: language {root.get('/Lang')}"
    assert bool(root.MarkInfo.Marked), f"{name}: not tagged"
    assert bool(root.ViewerPreferences.DisplayDocTitle), f"{name}: a reader shows the name of the file"
    with pdf.open_metadata() as xmp:
        assert xmp.get("pdfuaid:part") == "1", f"{name}: not PDF/UA-1"
        assert (xmp.get("pdfaid:part"), xmp.get("pdfaid:conformance")) == ("3", "A"), f"{name}: not PDF/A-3a"
        assert xmp.get("dc:title"), f"{name}: no title"


def check_tags(pdf: pikepdf.Pdf, name: str) -> tuple[int, int]:
    """How many tables and pictures; each as it should be."""
    tables = pictures = level = 0
    for tag, element, above in walk(pdf.Root.StructTreeRoot):
        if tag in HEADINGS:
            here = int(tag[2])
            assert here <= level + 1, f"{name}: a heading of level {here} under one of level {level}"
            level = here
        elif tag == "/Table":
            tables += 1
            first, *others = rows(element)
            cells = children(first)
            assert cells and all(str(cell["/S"]) == "/TH" for cell in cells), f"{name}: table {tables} has no header"
            assert others, f"{name}: table {tables} has a header alone"
            assert all(len(children(row)) == len(cells) for row in others), f"{name}: table {tables} has uneven rows"
        elif tag == "/Figure":
            pictures += 1
            assert len(str(element.get("/Alt", ""))) > 20, f"{name}: picture {pictures} is not told in words"
        elif tag in ("/TH", "/TD"):
            assert "/TR" in above and "/Table" in above, f"{name}: a cell outside a table"
    assert level, f"{name}: no heading"
    return tables, pictures


def squeezed(text: str) -> str:
    """Without spaces: a PDF breaks lines where it likes."""
    return re.sub(r"[\s\u00a0\u202f]+", "", text)


def check_numbers(path: Path, text: str) -> int:
    """Of every whole figure in the workbook whose title stands in the PDF: its value as it is written there, near its title."""
    found = 0
    book = openpyxl.load_workbook(path.with_suffix(".xlsx"), read_only=True)
    for sheet in book.worksheets:
        lines = sheet.iter_rows(values_only=True)
        header = list(next(lines, ()))
        if "In woorden" not in header:
            continue
        title, words_at, part, value = (header.index(one) for one in ("Cijfer", "In woorden", "Deel", "Waarde"))
        for line in lines:
            # A figure of a category stands under the name of its breakdown, a hidden one under its reason.
            if line[part] or line[value] is None or squeezed(line[title]) not in text:
                continue
            number = re.match(r"(€\s)?[\d.,−]+%?|minder dan \d+|geen|de enige", line[words_at])
            assert number, f"{path}: {line[words_at]}"
            near = (text[max(0, at.start() - 40) : at.end() + 200] for at in re.finditer(re.escape(squeezed(line[title])), text))
            assert any(squeezed(number[0]) in words for words in near), f"{path}: {line[title]} is {line[words_at]}"
            found += 1
    return found


def main() -> None:
    seen = 0
    for folder in map(Path, sys.argv[1:]):
        for path in sorted(folder.glob("**/cijfers.pdf")):
            name = str(path.relative_to(folder))
            with pikepdf.open(path) as pdf:
                check_marks(pdf, name)
                tables, pictures = check_tags(pdf, name)
                pages = len(pdf.pages)
            kind = path.parent.name[:2]
            assert pages <= MOST_PAGES[kind], f"{name}: {pages} pages"
            page = (path.parent / "index.html").read_text(encoding="utf-8")
            told = f"PDF, {pages} pagina" in page
            assert told, f"{name}: its page does not say that it has {pages} pages"
            numbers = check_numbers(path, squeezed(words_of(path)))
            print(f"{name}: {pages} pages, {tables} tables, {pictures} pictures, {numbers} numbers as in the workbook")
            seen += 1
    assert seen, "no PDF"


def words_of(path: Path) -> str:
    """The words of a PDF, as a reader would copy them."""
    import pypdfium2

    pdf = pypdfium2.PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_bounded() for page in pdf)


if __name__ == "__main__":
    main()
