"""Charts as SVG text, the same on the page, in the report and in the mail.

Every function is pure: figures in, SVG out. Colours come from classes (`ch-red`, `ch-violet`, `ch-blue`, `ch-ink`,
`ch-soft`, `ch-line`, `ch-wash`, `ch-card`), so that the page's stylesheet rules light and dark; no `style` attribute
stands anywhere. `STYLE` holds the same classes for a file that travels alone and `standalone(svg)` puts them into
the picture itself. Every figure is written as text within the chart, `role="img"` and `aria-label` say the whole
in words, `<desc>` lists the rows.
"""

from lakmus.usecases.charts.drawing import STYLE, standalone
from lakmus.usecases.charts.people import LampRow, lamp_grid, litmus_strip
from lakmus.usecases.charts.shares import ShareRow, StarsGroup, interval_bar, share_bars, stars_histogram
from lakmus.usecases.charts.time import MonthOfLoss, lost_by_month, orders_by_month

__all__ = [
    "STYLE",
    "LampRow",
    "MonthOfLoss",
    "ShareRow",
    "StarsGroup",
    "interval_bar",
    "lamp_grid",
    "litmus_strip",
    "lost_by_month",
    "orders_by_month",
    "share_bars",
    "standalone",
    "stars_histogram",
]
