"""The report as PDF: the sentences go as JSON to a Typst template, which sets them; nothing in them can be read as markup."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from datetime import datetime
from pathlib import Path

from lakmus.usecases.charts import standalone
from lakmus.usecases.reports.told import Told

TEMPLATE = Path(__file__).with_name("verdict.typ")


def as_pdf(told: Told, *, made_at: datetime) -> bytes:
    """Return the PDF, dated `made_at`."""
    import typst

    with tempfile.TemporaryDirectory(prefix="lakmus-pdf-") as folder:
        place = Path(folder)
        (place / "verdict.typ").write_bytes(TEMPLATE.read_bytes())
        (place / "told.json").write_text(json.dumps(_drawn(told, place), ensure_ascii=False), encoding="utf-8")
        made = typst.compile(str(place / "verdict.typ"), root=str(place), format="pdf", timestamp=int(made_at.timestamp()))
    return bytes(made)


def _drawn(told: Told, place: Path) -> dict[str, object]:
    """Write the pictures beside the template and put their names where they stood."""
    page = dataclasses.asdict(told)
    page["months_picture"] = _written(told.months_picture, place / "months.svg")
    for position, error in enumerate(page["errors"]):
        error["picture"] = _written(error["picture"], place / f"error{position}.svg") if error["picture"] else None
    for position, person in enumerate(page["people"]):
        person["strip"] = _written(person["strip"], place / f"strip{position}.svg")
    return page


def _written(svg: str, path: Path) -> str:
    path.write_text(standalone(svg), encoding="utf-8")
    return path.name
