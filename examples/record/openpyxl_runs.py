"""A workbook of runs as a person keeps it by hand: title, header, percentages, notes, gaps, and a sheet of things to do.

python openpyxl_runs.py runs.xlsx
"""

import sys
from datetime import date

from openpyxl import Workbook
from openpyxl.styles import Font

book = Workbook()
sheet = book.active
sheet.title = "runs"
sheet["A1"] = "Digits runs, autumn 2026 (keep this up to date!)"
sheet["A1"].font = Font(bold=True, size=14)
header = ["Run", "Date", "Model", "LR", "Batch size", "Params", "Train images", "Seed", "Final accuracy", "Note"]
rows = [
    ["digits-a", date(2026, 11, 2), "resnet-tiny", 0.1, 64, 2778, "1,500", 1, 0.9562, "best so far"],
    ["digits-b", date(2026, 11, 2), "resnet-tiny", 0.01, 64, 2778, "1,500", 1, 0.9057, None],
    ["digits-c", date(2026, 11, 3), "resnet-tiny", 0.01, 64, 2778, "1,500", 2, 0.9024, "same with seed 2"],
    ["digits-d", date(2026, 11, 3), "resnet-tiny", 1, 64, 2778, "1,500", 1, None, "killed in the night, disk full?"],
    ["digits-wide", date(2026, 11, 9), "resnet-tiny x4", 0.1, 128, 41130, "1,500", None, 0.9731, "not kept, config lost"],
]
for i, row in enumerate([header, *rows], start=3):
    for j, cell in enumerate(row, start=1):
        sheet.cell(i, j, cell)
    if i == 3:
        for cell in sheet[i]:
            cell.font = Font(bold=True)
    else:
        sheet.cell(i, 2).number_format = "dd.mm.yyyy"
        sheet.cell(i, 6).number_format = "#,##0"
        sheet.cell(i, 9).number_format = "0.00%"
sheet.column_dimensions["J"].width = 34

todo = book.create_sheet("to do")
for line in ("To do", "try cosine schedule", "more seeds for lr 0.01 (3 at least)", "ask for a bigger disk"):
    todo.append([line])
book.save(sys.argv[1])
