"""Ask each question once before the first person does: the first bound parameter and the first chart cost most."""

from datetime import timedelta

import pandas as pd

from store import figures, queries
from store.clock import now as clock_now
from store.clock import today
from store.desk import Desk
from store.figures import analysis
from store.rules.workflow import SYSTEM

from . import analysis_cards, analysis_charts, charts, compared_cards, scope_bar


def warm(desk: Desk) -> None:
    register = desk.register
    period = (register, SYSTEM, today() - timedelta(days=6), today())
    queries.waiting_for_triage(register, SYSTEM)
    queries.counts(register, SYSTEM)
    queries.reference(register)
    queries.search(register, SYSTEM, queries.Filters())
    month = figures.this_month(figures.Scope(SYSTEM, today(), today()), clock_now())
    figures.all_figures(desk, month, clock_now())
    frame = figures.by_day(*period)
    figures.by_department(*period, clock_now())
    # Analitik, too: what is loaded later is no longer frozen for the garbage collector.
    week = scope_bar.View(figures.Scope(SYSTEM, *period[2:]), (), "")
    volume = analysis_cards.volume(analysis.volume(register, week.scope), [], week)
    analysis_charts.finished(volume.chart).to_dict()
    compared_cards.channels(analysis.by_channel(register, week.scope, clock_now()), week)
    charts.by_day(frame.assign(href="", ended_href=""))
    charts.ranking(pd.DataFrame({"name": ["x"], "received": [1], "href": [""]}), "received", "x")
    desk.limits(clock_now())
