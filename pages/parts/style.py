"""The little CSS that Streamlit has no setting for; colours come from the theme (currentColor), so light and dark fit."""

import streamlit as st

# A table's own CSV button is hidden: what it saves runs as formulas in a spreadsheet and is on nobody's record; “Unduh
# CSV” does both rightly.
_CSS = """
<style>
.block-container, .stMainBlockContainer { padding: 2.2rem 2rem 3rem; } @media (max-width: 640px) { .stMainBlockContainer { padding: 3.2rem 1rem 3rem; } }
[role="radiogroup"] button[aria-checked="true"], [role="toolbar"] button[aria-pressed="true"] { color: inherit !important; font-weight: 650; }
.st-key-w-list { max-height: 44rem; overflow-y: auto; } @media (max-width: 640px) { .st-key-w-list { max-height: 17rem; } }
[data-testid="stFileUploaderDropzone"] button[kind="secondary"] p { font-size: 0; }
[data-testid="stFileUploaderDropzone"] button[kind="secondary"] p::after { content: "Pilih berkas"; font-size: 1rem; }
[data-testid="stFileUploaderDropzoneInstructions"], [data-testid="InputInstructions"] { display: none; }
[data-testid="stElementToolbarButton"]:has([aria-label="Download as CSV"]) { display: none; }
.w-service { font-size: 1.15rem; font-weight: 700; line-height: 1.2; }
.w-service small { display: block; font-weight: 400; opacity: .75; font-size: .85rem; }
.w-person { font-size: .85rem; line-height: 1.45; }
.w-demo { font-size: .82rem; padding: .15rem .6rem; border: 1px dashed currentColor; border-radius: .4rem; opacity: .75; }
.w-row { font-size: .88rem; line-height: 1.35; margin: -.35rem 0 .35rem; overflow-wrap: anywhere; }
.w-row .words { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }
.w-row .about { opacity: .75; font-size: .8rem; }
.w-row.unread .words { font-weight: 650; }
.w-chat { display: flex; flex-direction: column; gap: .45rem; }
.w-bubble { max-width: min(42rem, 88%); padding: .45rem .7rem; border-radius: .7rem; white-space: pre-wrap; overflow-wrap: anywhere;
  border: 1px solid color-mix(in srgb, currentColor 16%, transparent); font-size: .95rem; line-height: 1.4; }
.w-bubble.in { align-self: flex-start; border-top-left-radius: .1rem; background: color-mix(in srgb, currentColor 5%, transparent); }
.w-bubble.out { align-self: flex-end; border-top-right-radius: .1rem; background: color-mix(in srgb, #0b8a83 16%, transparent); }
.w-bubble.event { align-self: center; font-size: .82rem; opacity: .8; border-style: dashed; }
.w-bubble summary { cursor: pointer; } .w-bubble .meta { display: block; white-space: normal; font-size: .74rem; opacity: .78; margin-top: .2rem; }
.w-bubble .quote { display: block; margin-bottom: .2rem; padding-left: .5rem; border-left: 3px solid color-mix(in srgb, currentColor 35%, transparent); font-size: .82rem; opacity: .8; }
.w-bubble .gone { text-decoration: line-through; opacity: .65; }
.w-bubble .failed { font-weight: 700; }
.w-bubble img { display: block; max-width: 100%; max-height: 13rem; border-radius: .4rem; margin-bottom: .2rem; }
.w-photo { display: block; border: 0; padding: 0; background: none; cursor: zoom-in; }
.w-large { border: 1px solid currentColor; border-radius: .6rem; padding: .6rem; max-width: 96vw; max-height: 96dvh; background: Canvas; color: CanvasText; }
.w-large img, .w-bubble .w-large img { display: block; margin: auto; max-width: 100%; max-height: calc(96dvh - 5rem); }
.w-large div { display: flex; gap: 1rem; justify-content: space-between; align-items: center; padding-top: .5rem; } .w-large button { min-height: 2.6rem; padding: 0 1.2rem; border: 1px solid currentColor; border-radius: .5rem; background: none; color: inherit; }
.w-large::backdrop { background: rgb(0 0 0 / .65); }
.w-bubble .heard { display: block; margin-top: .2rem; padding-left: .5rem; border-left: 2px solid currentColor; }
.w-head .taken { flex-basis: 100%; padding: .25rem .6rem; border-left: 4px solid #E69F00; font-size: .92rem; }
.w-window { font-size: .85rem; opacity: .85; }
.w-bubble audio, .w-bubble video { display: block; max-width: 100%; }
.w-person a, .w-about a, .w-line a, .w-bubble a, .w-facts a, .w-table a { color: inherit; text-decoration: underline; }
.w-row .dots { letter-spacing: .08em; } .w-stages img { max-height: 11rem; } .w-stages { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; font-size: .85rem; }
.w-head a { color: inherit; text-decoration: underline; } .w-files { display: flex; flex-wrap: wrap; gap: .5rem; } .w-about { font-size: .85rem; opacity: .8; margin-bottom: .25rem; }
.w-facts { padding: 0 !important; display: grid; grid-template-columns: max-content 1fr; gap: .15rem .8rem; font-size: .9rem; margin: 0; }
.w-facts dt { opacity: .7; } .w-facts dd { margin: 0; overflow-wrap: anywhere; }
.w-facts .open { font-style: italic; opacity: .8; }
.w-head { display: flex; flex-wrap: wrap; gap: .3rem 1rem; align-items: baseline; }
.w-head .number { font-size: 1.5rem; font-weight: 700; letter-spacing: .01em; }
.w-head .state { font-weight: 650; padding: .05rem .6rem; border: 1px solid currentColor; border-radius: 1rem; }
.w-head .due.late { font-weight: 700; }
.w-line { margin: 0 !important; border-left: 2px solid color-mix(in srgb, currentColor 25%, transparent); padding-left: .8rem; margin: 0; list-style: none; }
.w-line li { margin: 0 0 .55rem; font-size: .88rem; line-height: 1.35; overflow-wrap: anywhere; }
.w-line .when { opacity: .7; font-size: .8rem; }
.w-line .internal { font-weight: 650; }
.w-turn { border-left: 4px solid color-mix(in srgb, #E69F00 80%, currentColor); padding: .3rem .8rem; font-size: .92rem; overflow-wrap: anywhere; }
.w-told { padding: .7rem 1rem; border: 2px solid currentColor; border-radius: .6rem; } .w-told b { display: block; font-size: 2.4rem; line-height: 1.2; letter-spacing: .02em; }
.w-note { white-space: pre-wrap; }
.w-asof { opacity: .75; font-size: .85rem; }
.w-figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.2rem, 1fr)); gap: .6rem; }
.w-figure { border: 1px solid color-mix(in srgb, currentColor 18%, transparent); border-radius: .6rem; padding: .55rem .8rem; color: inherit !important; text-decoration: none !important; }
.w-figure:hover { border-color: currentColor; } .w-figure b { display: block; font-size: clamp(1.7rem, 3.4vw, 2.6rem); line-height: 1.1; font-variant-numeric: tabular-nums; }
.w-figure span { font-size: .9rem; } .w-figure small { display: block; opacity: .75; font-size: .78rem; }
.w-table { width: 100%; border-collapse: collapse; font-size: .9rem; }
.w-table th { text-align: left; font-weight: 600; opacity: .75; font-size: .8rem; }
.w-table td, .w-table th { padding: .35rem .5rem; border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); vertical-align: top; overflow-wrap: anywhere; }
.w-table caption { text-align: left; } .w-table th[scope=row] { opacity: 1; } .w-scroll .w-table { min-width: 34rem; } .w-parts { font-size: .85rem; } .w-table th, .w-table td.n { overflow-wrap: normal; }
.w-table td.n, .w-table th.n { text-align: right; font-variant-numeric: tabular-nums; }
.w-scroll { overflow-x: auto; } .w-table td small { white-space: nowrap; }
@media (max-width: 640px) { .w-scroll th[scope=row] { position: sticky; left: 0; max-width: 8.5rem; background: light-dark(#ffffff, #12181a); } }
.w-press { display: inline-block; padding: .45rem 1rem; border: 1px solid currentColor; border-radius: .4rem; color: inherit !important; text-decoration: none !important; font-weight: 650; overflow-wrap: anywhere; }
</style>
"""


def style() -> None:
    st.html(_CSS)
