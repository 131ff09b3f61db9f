"""How Dasbor looks: on a desk, on a phone, and on a wall, where nobody presses anything and all read from afar."""

import streamlit as st

_CSS = """
<style>
.w-tile { position: relative; display: flex; } .w-tile .w-figure { flex: 1; }
.w-why { flex: none; width: 1.25rem; height: 1.25rem; line-height: 1; padding: 0; border-radius: 50%; border: 1px solid currentColor;
  background: none; color: inherit; opacity: .65; font-size: .78rem; cursor: pointer; } .w-why:hover, .w-why:focus-visible { opacity: 1; }
.w-tile .w-why { position: absolute; top: .4rem; right: .4rem; }
.w-explained { max-width: min(34rem, 92vw); line-height: 1.45; } .w-explained p { margin: .5rem 0 0; font-size: .92rem; }
.w-asof a, a.w-asof { color: inherit; }
.w-now { grid-template-columns: repeat(6, minmax(0, 1fr)); } .w-four { grid-template-columns: repeat(4, minmax(0, 1fr)); }
.w-tile .w-figure { padding: .45rem .75rem; } .w-tile .w-figure span { display: block; line-height: 1.25; padding-right: .3rem; } .w-tile .w-figure small { line-height: 1.3; margin-top: .1rem; }
.w-now .w-figure b { font-size: clamp(1.9rem, 3.6vw, 2.9rem); } .w-four .w-figure b { font-size: 1.7rem; }
.w-now .w-figure b.long { font-size: clamp(1.5rem, 2.3vw, 2rem); padding-right: 1rem; line-height: 1.45; }
.w-board { display: grid; grid-template-columns: minmax(0, 1.4fr) minmax(0, 1fr); gap: 1.2rem; }
.w-board h3, .w-part h3 { font-size: 1.02rem; padding: 0; margin: .9rem 0 .35rem; }
.w-board .w-four { grid-template-columns: repeat(2, 1fr); }
.w-promise .row { display: grid; grid-template-columns: minmax(9rem, 2.1fr) .9fr 1fr 1.35fr 1.35fr; gap: .1rem .5rem; align-items: baseline;
  padding: .26rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); font-size: .88rem; line-height: 1.25; }
.w-promise .head { font-size: .78rem; opacity: .75; } .w-promise small { display: block; opacity: .78; font-size: .74rem; }
.w-promise b { font-size: 1.15rem; font-variant-numeric: tabular-nums; white-space: nowrap; } .w-promise a { color: inherit; text-decoration: none; }
.w-promise a b { text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: .18em; } .w-promise i { display: none; font-style: normal; }
@media (max-width: 1100px) { .w-board { grid-template-columns: 1fr; gap: 0; } .w-board .w-four { grid-template-columns: repeat(4, 1fr); } }
@media (max-width: 900px) { .w-now { grid-template-columns: repeat(3, 1fr); } .w-board .w-four { grid-template-columns: repeat(2, 1fr); } }
@media (max-width: 640px) {
  .w-scroll .w-fit { min-width: 0; } .w-fit th, .w-fit td { padding: .3rem .2rem; } .w-fit small { display: block; }
  .w-now { grid-template-columns: repeat(2, 1fr); gap: .45rem; } .w-now .w-figure { padding: .45rem .6rem; }
  .w-promise .head { display: none; } .w-promise .row { grid-template-columns: 1fr 1fr; padding: .55rem 0; }
  .w-promise .name { grid-column: 1 / -1; font-weight: 650; } .w-promise .value b { font-size: 1.5rem; } .w-promise i { display: inline; opacity: .78; }
}
</style>
"""
# Everything is measured in rem, so one size of the root makes it fill any screen.
_WALL = """
<style>
html { font-size: min(1.6vw, 2.4vh) !important; }
[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stExpandSidebarButton"], .w-demo { display: none !important; }
.stMainBlockContainer { padding: .6rem 1.4rem .2rem !important; max-width: none !important; } .stMainBlockContainer h3 { font-size: 1.05rem; padding: 0; margin: .55rem 0 .25rem; }
.w-wallhead { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; font-size: 1.5rem; font-weight: 700; }
.w-wallhead span { font-size: 1.1rem; font-weight: 400; } .w-now .w-figure { padding: .3rem .7rem; line-height: 1.3; } .w-now .w-figure b { font-size: 3.2rem; white-space: nowrap; letter-spacing: -.03em; } .w-now .w-figure b.long { font-size: 2.7rem; padding: 0; line-height: 1.3; } h3 ~ h3 + .w-now .w-figure b, h3 ~ h3 + .w-now .w-figure b.long { font-size: 2.5rem; line-height: 1.1; }
.w-now .w-figure span { font-size: 1.05rem; font-weight: 600; line-height: 1.2; display: block; } .w-figure small { font-size: .82rem; line-height: 1.25; }
@media (max-width: 900px) { html { font-size: 16px !important; } .w-now .w-figure b { font-size: 2.2rem; } }
</style>
"""


def style(wall: bool) -> None:
    st.html(_CSS + (_WALL if wall else ""))
