"""The report beside the file it was made from, judged by another hand: openpyxl, and LibreOffice where it is there.

Usage: report_check.py UITVRAAG DIR. Makes a workbook as people make them, has `uitvraag controleer` report on it and
on a CSV, and compares cell by cell: values, formulas, formats and layout are those of the original, found cells have
another fill and a note, the summary leads to them.
"""

import csv
import datetime
import json
import pathlib
import shutil
import subprocess
import sys

import openpyxl
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

HEAD = ["traject_id", "jeugdige_id", "gemeente", "leeftijd_bij_aanmelding", "kader", "aanmelddatum", "startdatum"]
OWN = ["Controle", "Bevindingen"]


def people_make(path: pathlib.Path) -> None:
    """A title above, dates, formulas, notes, merged cells, a hidden list, names."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Export 2020"
    sheet.append(["Overzicht van onze trajecten"])
    sheet.merge_cells("A1:D1")
    sheet.append([])
    sheet.append(HEAD)
    thin = Side(style="thin")
    for i in range(40):
        day = datetime.date(2020, 1 + i % 12, 5)
        start = day - datetime.timedelta(days=30) if i % 4 == 0 else day + datetime.timedelta(days=9)
        sheet.append([f"{i:05}", f"K{i}", "Utrecht", None if i % 7 == 0 else 7, "vrijwilig" if i % 3 == 0 else "vrijwillig", day, start])
        for column in "FG":
            cell = sheet[f"{column}{i + 4}"]
            cell.number_format = "dd-mm-yyyy"
            cell.border = Border(bottom=thin)
            cell.alignment = Alignment(horizontal="right")
        sheet[f"E{i + 4}"].font = Font(bold=True, color="FF0000FF")
    sheet["E4"].comment = Comment("Nagevraagd bij het wijkteam", "Piet")
    sheet["C5"].comment = Comment("Verhuisd", "Piet")
    sheet["C6"].fill = PatternFill("solid", fgColor="FFFFFF00")
    sheet.column_dimensions["C"].width = 31
    sheet.conditional_formatting.add("D4:D43", CellIsRule(operator="greaterThan", formula=["6"], font=Font(italic=True)))
    choice = DataValidation(type="list", formula1="Keuzes!$A$1:$A$2")
    sheet.add_data_validation(choice)
    choice.add("E4:E43")
    sheet.freeze_panes = "A4"
    hidden = book.create_sheet("Keuzes")
    hidden["A1"], hidden["A2"] = "vrijwillig", "gedwongen"
    hidden.sheet_state = "hidden"
    notes = book.create_sheet("Toelichting")
    # On a sheet that is read, a formula must have its answer beside it, and openpyxl calculates none.
    notes["A1"], notes["A2"] = "Uit ons systeem", "=COUNTA('Export 2020'!A4:A43)"
    book.defined_names["Start"] = DefinedName("Start", attr_text="'Export 2020'!$G$4")
    sheet.defined_names["Lokaal"] = DefinedName("Lokaal", attr_text="'Export 2020'!$A$3")
    book.active = 2
    book.save(path)


def layout(cell) -> tuple:
    """All of a cell's format but its fill."""
    return tuple(map(repr, (cell.number_format, cell.font, cell.border, cell.alignment, cell.protection)))


def judge(program: str, folder: pathlib.Path, source: str, mapping: str | None) -> dict:
    """Has the program report on a file."""
    report = f"rapport-{pathlib.Path(source).stem}.xlsx"
    command = [program, "controleer", source, "--uitvraag", "omgang/2020", "--json", "--leverdatum", "2021-03-01", "--rapport", report]
    command += ["--koppeling", mapping] if mapping else []
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    return json.loads(done.stdout)


def compare(original: pathlib.Path, report: pathlib.Path, findings: dict) -> None:
    """Nothing but the found cells has changed."""
    before, after = openpyxl.load_workbook(original), openpyxl.load_workbook(report)
    assert after.sheetnames == OWN + before.sheetnames, after.sheetnames
    assert after.active.title == OWN[0]
    assert set(before.defined_names) == set(after.defined_names)
    found = {}
    for finding in findings["bevindingen"]:
        if finding["cel"]:
            sheet, cell = finding["cel"].rsplit("!", 1)
            found.setdefault(sheet.strip("'"), set()).add(cell)
    assert found, "there is something to colour"
    for sheet in before:
        twin = after[sheet.title]
        assert twin.sheet_state == sheet.sheet_state and twin.freeze_panes == sheet.freeze_panes
        assert twin.merged_cells.ranges == sheet.merged_cells.ranges
        assert {k: d.width for k, d in sheet.column_dimensions.items()} == {k: d.width for k, d in twin.column_dimensions.items()}
        assert set(sheet.defined_names) == set(twin.defined_names), sheet.title
        assert len(sheet.data_validations.dataValidation) == len(twin.data_validations.dataValidation)
        assert len(sheet.conditional_formatting) == len(twin.conditional_formatting)
        for row in sheet.iter_rows():
            for cell in row:
                other = twin[cell.coordinate]
                assert other.value == cell.value and other.data_type == cell.data_type, cell.coordinate
                assert layout(other) == layout(cell), (sheet.title, cell.coordinate)
                hit = cell.coordinate in found.get(sheet.title, set())
                assert (repr(other.fill) != repr(cell.fill)) == hit, (sheet.title, cell.coordinate)
                said = other.comment.text if other.comment else ""
                assert any(w in said for w in ("Fout:", "Signaal:", "Opmerking:")) == hit, (cell.coordinate, said)
                assert not cell.comment or cell.comment.text in said, cell.coordinate
    listed = {row[1].value for row in after[OWN[1]].iter_rows(min_row=3)}
    assert all(f["cel"] in listed for f in findings["bevindingen"] if f["cel"]), "every finding is in the list"
    links = [row[1].hyperlink for row in after[OWN[1]].iter_rows(min_row=3) if row[1].value]
    assert links and all(link and link.location for link in links)


def as_text(original: pathlib.Path, report: pathlib.Path) -> None:
    """Of a CSV every cell is the text that stood there."""
    sheet = openpyxl.load_workbook(report)[original.stem]
    with original.open(newline="", encoding="utf-8") as lines:
        for number, row in enumerate(csv.reader(lines), 1):
            for column, text in enumerate(row, 1):
                cell = sheet.cell(number, column)
                assert (cell.value or "") == text and cell.data_type in "ns", cell.coordinate
                assert cell.data_type == "s" or not text, f"{cell.coordinate} became a number"


def libreoffice(report: pathlib.Path, folder: pathlib.Path) -> None:
    """LibreOffice opens it, and sees the same."""
    if not shutil.which("soffice"):
        print("soffice is not installed: LibreOffice is left out")
        return
    out = folder / "lo"
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx", "--outdir", out, report]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    before, after = openpyxl.load_workbook(report), openpyxl.load_workbook(out / report.name)
    assert after.sheetnames == before.sheetnames
    for sheet in before:
        notes = {c.coordinate for row in sheet.iter_rows() for c in row if c.comment}
        seen = {c.coordinate for row in after[sheet.title].iter_rows() for c in row if c.comment}
        assert notes == seen, sheet.title


def main() -> None:
    program, folder = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    people_make(folder / "export.xlsx")
    findings = judge(program, folder, "export.xlsx", None)
    compare(folder / "export.xlsx", folder / "rapport-export.xlsx", findings)
    libreoffice(folder / "rapport-export.xlsx", folder)
    with (folder / "traject.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(HEAD)
        for i in range(300):
            writer.writerow([f"{i:05}", "=SUM(1)", "0344", "7", "vrijwilig", "2020-01-05", "2019-01-05"])
    judge(program, folder, "traject.csv", None)
    as_text(folder / "traject.csv", folder / "rapport-traject.xlsx")
    libreoffice(folder / "rapport-traject.xlsx", folder)
    print("the report is the file with the findings in it, and nothing else")


if __name__ == "__main__":
    main()
