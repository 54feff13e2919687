"""A page that stands alone: small multiples on one scale, then each chart with its sentence and its table."""

from __future__ import annotations

from collections.abc import Sequence

from aimline_analytics.drawing import ink, large, multiples
from aimline_analytics.drawing.assemble import panel_of
from aimline_analytics.drawing.paper import standalone
from aimline_analytics.drawing.parts import Chart
from aimline_analytics.drawing.table import Table, table_of
from aimline_analytics.drawing.voice import ENGLISH, Voice

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b2625}"
    "svg{max-width:100%;height:auto;overflow:visible}table{border-collapse:collapse}caption{text-align:start}"
    "th,td{padding:.2rem .8rem;border-bottom:1px solid #ddd6c8;text-align:start}td.n{text-align:end}"
    "ul{display:flex;flex-wrap:wrap;gap:1rem;list-style:none;padding:0}"
)


def page(
    charts: Sequence[Chart],
    *,
    title: str,
    sentences: Sequence[str] = (),
    voice: Voice = ENGLISH,
) -> str:
    """Put charts on one HTML page without scripts, each with its words and its values as a table.

    Parameters
    ----------
    charts : sequence of parts.Chart
        What `lay_out` gave; each must have a name of its own. With more than one, small multiples on one
        scale come first.
    title : str
        Heading of the page.
    sentences : sequence of str, optional
        One for each chart.
    voice : Voice

    Returns
    -------
    str
        HTML.
    """
    said = [*sentences, *[""] * (len(charts) - len(sentences))]
    body = [f"<h1>{ink.safe(title)}</h1>", _overview(charts, voice) if len(charts) > 1 else ""]
    body += [_section(chart, words, voice) for chart, words in zip(charts, said, strict=True)]
    head = f'<meta charset="utf-8"><title>{ink.safe(title)}</title><style>{_STYLE}</style>'
    view = '<meta name="viewport" content="width=device-width">'
    opens = f'<!doctype html>\n<html lang="{voice.language}"><head>{view}{head}</head>'
    return f"{opens}<body><main>{''.join(body)}</main></body></html>\n"


def _overview(charts: Sequence[Chart], voice: Voice) -> str:
    panels = [panel_of(chart) for chart in charts]
    shared = multiples.share_scale(panels, charts[0].unit, voice)
    drawn = (
        f'<li><a href="#{ink.name_of(chart.name)}">{ink.safe(chart.title)}</a><br>'
        f"{standalone(multiples.draw(panel, shared))}</li>"
        for chart, panel in zip(charts, panels, strict=True)
    )
    return f"<ul>{''.join(drawn)}</ul>"


def _section(chart: Chart, said: str, voice: Voice) -> str:
    words = f"<p>{ink.safe(said)}</p>" if said else ""
    picture = standalone(large.draw(chart, voice=voice))
    table = _table(table_of(chart, voice), voice.say("Show the numbers"))
    name = ink.name_of(chart.name)
    return f'<section id="{name}"><h2>{ink.safe(chart.title)}</h2>{words}{picture}{table}</section>'


def _table(table: Table, opens: str) -> str:
    heads = "".join(f'<th scope="col">{ink.safe(head)}</th>' for head in table.heads)
    rows = "".join(
        f'<tr><th scope="row">{ink.safe(row.period)}</th>{_cells(row.cells, table.numeric)}</tr>'
        for row in table.rows
    )
    return (
        f"<details><summary>{ink.safe(opens)}</summary><table><caption>{ink.safe(table.caption)}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></details>"
    )


def _cells(cells: Sequence[str], numeric: Sequence[bool]) -> str:
    classes = (' class="n"' if right else "" for right in numeric)
    return "".join(f"<td{worn}>{ink.safe(cell)}</td>" for cell, worn in zip(cells, classes, strict=True))
