"""The pen: elements, the frame of a picture, and the colours for files that travel alone."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

COLOURS = {
    "red": "#c8304f",
    "violet": "#7a4a9e",
    "blue": "#2a5bb8",
    "ink": "#1c1a27",
    "soft": "#5d5a69",
    "line": "#e7e3db",
    "wash": "#f2ecf7",
    "card": "#ffffff",
}
STYLE = "".join(
    [f".ch-{name}{{fill:{colour}}}.ch-stroke-{name}{{stroke:{colour};fill:none}}" for name, colour in COLOURS.items()]
    + [".ch-text{fill:#5d5a69;font-size:12px}.ch-figure{fill:#1c1a27;font-size:12px}.ch-pale{opacity:.45}"]
    + [".ch{font-family:system-ui,'Noto Sans','Liberation Sans','DejaVu Sans',sans-serif}"]
    + [".ch-on-ink{fill:#ffffff;font-size:12px;font-weight:600}"]
    + [".ch-end{text-anchor:end}.ch-middle{text-anchor:middle}"]
)


def tag(name: str, content: str = "", **attributes: object) -> str:
    """Return one element; `class_` reads as `class`, `stroke_width` as `stroke-width`, numbers to a tenth."""
    written = "".join(f' {key.rstrip("_").replace("_", "-")}="{_written(figure)}"' for key, figure in attributes.items())
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def text(x: float, y: float, words: str, class_: str = "ch-text") -> str:
    """Return a label whose left (or end, or middle, by class) stands at `x`, its base line at `y`."""
    return tag("text", escape(words), x=x, y=y, class_=class_)


def bar(x: float, y: float, width: float, height: float, colour: str, *, hint: str = "", pale: bool = False) -> str:
    """Return a bar of one colour of the scale; `hint` is what a pointer resting on it reads."""
    content = tag("title", escape(hint)) if hint else ""
    return tag(
        "rect",
        content,
        x=x,
        y=y,
        width=max(width, 0.0),
        height=max(height, 0.0),
        rx=min(3.0, max(width, 0.0) / 2, max(height, 0.0) / 2),
        class_=f"ch-{colour}" + (" ch-pale" if pale else ""),
    )


def line(x1: float, y1: float, x2: float, y2: float, colour: str = "line", width: float = 1) -> str:
    """Return a straight line."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=f"ch-stroke-{colour}", stroke_width=width)


def picture(width: float, height: float, parts: Iterable[str], *, title: str, rows: Iterable[str] = (), class_: str = "ch") -> str:
    """Return the whole: `title` is the sentence read aloud, `rows` its figures one by one."""
    described = tag("desc", escape("; ".join(rows)))
    inside = tag("title", escape(title)) + described + "".join(parts)
    return tag(
        "svg",
        inside,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_written(width)} {_written(height)}",
        role="img",
        class_=class_,
        aria_label=title,
    )


def standalone(svg: str) -> str:
    """Return the picture with its colours inside, for a file, a mail or a PDF."""
    head, _, rest = svg.partition(">")
    return f"{head}><style>{STYLE}</style>{rest}"


def _written(figure: object) -> str:
    if isinstance(figure, float):
        return f"{figure:.1f}".removesuffix(".0")
    return escape(str(figure), quote=True)
