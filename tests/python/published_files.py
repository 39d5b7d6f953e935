"""The search through every published file for a number of people that is neither in fives nor declared public.

Leaves the numbers of cijfers.parquet themselves to `protected_check`.
"""

import html
import json
import re
from collections import Counter

import polars as pl

CELL = ["niveau", "gebied", "uitsplitsing", "categorie"]
KEY = ["indicator", *CELL]
NUMBERS = ["waarde", "onder", "boven", "onder_998", "boven_998", "teller", "noemer", "n", "minstens", "hoogstens"]
# Kinds of indicators whose numbers are of no people.
FREE = ("openbaar", "plaatsen")
PEOPLE = r"traject(?:en)?|kind(?:eren)?|jeugdigen?|wachtenden?"


def paper(path) -> str:
    """The words of a PDF."""
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    return " ".join(page.get_textpage().get_text_range() for page in document)


def counts_people(words: str) -> bool:
    return re.match(rf"(?i)(?:verschillende )?(?:{PEOPLE})\b", words) is not None


class Files:
    """The search through every published file."""

    KNOWN_NUMBERS = {
        "herkomst.json": {"jaar", "versie", "instellingen.norm_dagen"},
        "cijfers.json": {"jaar", "versie"},
        "datapackage.json": {"indicatoren.*.decimalen", "indicatoren.*.oordeel.vanaf", "resources.*.bytes"},
    }
    SILENT = {".css", ".woff2", ".txt", ".parquet", ".ttl"}

    def __init__(self, publication, rules):
        self.publication, self.rules = publication, rules
        self.titles = {one["titel"]: id for id, one in publication.indicators.items()}

    def all(self):
        read, frames = Counter(), []
        types = {name: kind for name, kind in self.publication.frame.schema.items()}
        for path in sorted(self.publication.folder.rglob("*")):
            if path.is_dir() or path.name == "SHA256SUMS" or path.suffix in self.SILENT:
                continue
            name = str(path.relative_to(self.publication.folder))
            read[path.suffix] += 1
            if path.name in ("curven.csv", "trechters.csv"):
                self.beside(path)
            elif path.suffix == ".csv":
                frames.append(pl.read_csv(path, schema_overrides=types).with_columns(file=pl.lit(name)))
            elif path.name == "cijfers.json":
                page = json.loads(path.read_text())
                lists = [(page.pop(f"kolommen{kind}"), page.pop(rows)) for kind, rows in (("", "cijfers"), ("_zonder_waarde", "zonder_waarde"))]
                self.tree("cijfers.json", page, "")
                self.rules.that(not set(NUMBERS) & set(lists[1][0]), "without a value there are no numbers", name)
                for columns, rows in lists:
                    self.rules.that(set(columns) <= set(types), "no other columns than those of cijfers", name)
                    frame = pl.DataFrame(rows, schema={column: types[column] for column in columns}, orient="row", strict=False)
                    frames.append(frame.with_columns(file=pl.lit(name), niveau=pl.lit(page["niveau"]), gebied=pl.lit(page["gebied"])))
            elif path.suffix == ".json":
                self.tree(name, json.loads(path.read_text()), "")
            elif path.suffix in (".html", ".svg"):
                self.page(name, path.read_text())
            elif path.suffix == ".pdf":
                self.text(name, paper(path))
            elif path.suffix == ".xlsx":
                frames += self.workbook(name, path, types)
            else:
                self.rules.that(False, "a published file that this check reads", name)
        self.tables(frames)
        print("published files read: " + ", ".join(f"{n} {suffix[1:]}" for suffix, n in sorted(read.items())))

    def tables(self, frames):
        """The rows are those of cijfers.parquet, number for number."""
        rows = pl.concat(frames, how="diagonal")
        extra = set(rows.columns) - {"file", *self.publication.frame.columns}
        self.rules.that(not extra, "no other columns than those of cijfers", extra)
        both = rows.join(self.publication.frame, on=KEY, how="left", suffix="_known", coalesce=True)
        words = ["oordeel", "status", "vertrouwelijk", "reden"]
        other = pl.any_horizontal([~pl.col(c).eq_missing(pl.col(f"{c}_known")) for c in ["waarde", *words]])
        # A page may leave out what stands beside a figure without a value; what it tells is the same.
        for c in NUMBERS:
            other |= ~pl.col(c).eq_missing(pl.col(f"{c}_known")) & (pl.col(c).is_not_null() | pl.col("waarde_known").is_not_null())
        # A page leaves the response of a hidden row out.
        for c in ["respons", "dekking_records", "dekking_aanbieders"]:
            other |= pl.col(c).is_not_null() & ~pl.col(c).eq_missing(pl.col(f"{c}_known"))
        for row in both.filter(other).select("file", *KEY).iter_rows():
            self.rules.that(False, "the rows of a file are those of cijfers.parquet", row)
        self.rules.that(rows.height > 0, "the rows of a file are those of cijfers.parquet", "no rows")

    def beside(self, path):
        """Of a curve the numbers at risk in fives and the rest in whole percents, one point a week, no further than 40 at
        risk; of a funnel no number of people but the published noemers between which it is drawn."""
        table = pl.read_csv(path)
        self.rules.that(table.height > 0, "a table beside the figures has rows", path.name)
        if path.name == "curven.csv":
            for row in table.iter_rows(named=True):
                fine = row["at_risk"] % 5 == 0 and row["at_risk"] >= 40 and row["dag"] % 7 == 0
                step = 0.01 if row["at_risk"] >= 205 else 0.05 if row["at_risk"] <= 195 else None
                shares = [row[c] for c in ("aandeel", "onder", "boven") if row[c] is not None]
                fine = fine and all(abs(s * 100 - round(s * 100)) < 1e-6 for s in shares)
                fine = fine and (step != 0.05 or all(abs(s * 20 - round(s * 20)) < 1e-6 for s in shares))
                self.rules.that(fine and row["niveau"] != "gemeente", "a curve in its steps, from 40 at risk", row)
        else:
            frame = self.publication.frame.filter((pl.col("uitsplitsing") == "totaal") & pl.col("noemer").is_not_null() & pl.col("waarde").is_not_null())
            ends = frame.group_by("indicator", "niveau").agg(least=pl.col("noemer").min(), most=pl.col("noemer").max())
            found = table.join(ends, on=["indicator", "niveau"], how="left")
            for row in found.iter_rows(named=True):
                fine = row["least"] is not None and row["least"] * (1 - 1e-9) <= row["omvang"] <= max(row["most"], 1) * (1 + 1e-9)
                self.rules.that(fine, "a funnel between published noemers", row)

    def tree(self, name, value, at):
        """Numbers only where they are known to be; what is left out in fives."""
        if isinstance(value, dict):
            for key, below in value.items():
                self.tree(name, below, f"{at}.{key}" if at else key)
        elif isinstance(value, list):
            for below in value:
                self.tree(name, below, f"{at}.*")
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            if at.startswith("weggelaten."):
                free = self.publication.kind(at.split(".")[1]) in FREE
                self.rules.that(value % 5 == 0 or free, "weggelaten in fives", (name, at, value))
            elif at.startswith("ontwerpeffecten."):
                self.rules.that(1 < value < 10 and round(value, 1) == value, "design effects in one decimal", (name, at, value))
            else:
                self.rules.that(at in self.KNOWN_NUMBERS.get(name, ()), "a number at a known place", (name, at, value))

    def workbook(self, name, path, types):
        """The frames of the sheets with rows of cijfers; the words of the others are searched."""
        import openpyxl

        for sheet in openpyxl.load_workbook(path, read_only=True).worksheets:
            lines = list(sheet.iter_rows(values_only=True))
            if lines and "indicator" in lines[0]:
                wanted = {column: types.get(column, pl.Utf8) for column in lines[0]}
                yield pl.DataFrame(lines[1:], schema=wanted, orient="row", strict=False).with_columns(file=pl.lit(name))
            else:
                # A number and the unit in the cell beside it are no count: of a mean of children it is 1,0.
                for line in lines:
                    self.text(name, " | ".join(str(cell) for cell in line if cell is not None))

    def fives(self, name, number, where):
        value = int(number.replace(".", ""))
        self.rules.that(value % 5 == 0, "a count of people in a page is in fives", (name, value, where))

    def text(self, name, text):
        for found in re.finditer(rf"(?<![\d,.])(\d{{1,3}}(?:\.\d{{3}})*|\d+)\s+(?:{PEOPLE})\b(?! per )", text):
            self.fives(name, found[1], text[max(0, found.start() - 40) : found.end() + 20].strip())

    N = r"\s*(\d[\d.]*)"
    VALUE = re.compile(rf'<(?:td|dd|b|span class="groot")>{N}(?:\s[^<]*)?\*?<')
    SIZE = re.compile(rf'<td class="n">{N}</td>')
    PEER = re.compile(rf"</td><td>[^<]*</td><td>{N}</td><td>[^<]*</td><td>[^<]*</td></tr>")

    def page(self, name, source):
        source = html.unescape(source)
        kind = lambda indicator: self.publication.kind(indicator) if indicator in self.publication.indicators else "openbaar"
        # Rows of tables that name their indicator.
        for row in source.split("</tr>"):
            at = row.rfind("uitleg/index.html#", row.rfind("<tr>") + 1)
            if at < 0:
                continue
            indicator = row[at + 18 : row.index('"', at)]
            if kind(indicator) not in FREE:
                self.many(name, self.SIZE.findall(row, at), (indicator, "n"))
            if kind(indicator) == "aantal":
                self.many(name, self.VALUE.findall(row, at), (indicator, "waarde"))
        # Tables behind a drawing: name, value, interval, n.
        for block in source.split('<section class="blok vergelijk" id="')[1:]:
            indicator = re.match(r"\w+", block)[0]
            if kind(indicator) not in FREE:
                self.many(name, self.PEER.findall(block[: block.find("</section>")]), (indicator, "n"))
        # The figures at the top, and the distributions of a count.
        for item in source.split("<li>")[1:]:
            title = re.search(r'<span class="titel">([^<]*)</span>', item[:2000])
            if title and kind(self.titles.get(title[1])) == "aantal":
                self.many(name, self.VALUE.findall(item[: title.start()]), title[1])
        for part in source.split('<div class="tabelvlak" role="region" aria-label="')[1:]:
            title = part[: part.index('"')].rsplit(": ", 1)[0]
            if kind(self.titles.get(title)) == "aantal":
                self.many(name, self.VALUE.findall(part[: part.find("</table>")]), title)
        # What flows in and out.
        for drawing in source.split('<svg class="stroom"')[1:]:
            numbers = re.findall(r'<text class="getal"[^>]*>[^\d<]*(\d[\d.]*)</text>', drawing[: drawing.find("</svg>")])
            self.many(name, numbers, "stroom")
        # All words, those of attributes too.
        self.text(name, re.sub(r"<[^>]*>", " ", source))
        self.text(name, " | ".join(re.findall(r'(?:aria-label|title|alt|content)="([^"]*)"', source)))

    def many(self, name, numbers, where):
        for number in numbers:
            self.fives(name, number, where)
