"""Commands: what people do to a case. Each reads, asks the workflow, and writes event, case and messages at once.

Every command takes the case's `version` as the page showed it and an `op_id` made when the button was drawn: a stale
version raises `Conflict`, a repeated `op_id` does nothing.
"""

from .blocking import block
from .department import accept, assign, promised_day, return_to_city, schedule, start, submit_result, work
from .merging import merge, unmerge
from .press import Press, case_of, checked_facts
from .review import TOLD_HOW, approve, close, note, reopen, reply, reveal, seen, send_back, told
from .talking import give_back, send_again, take_over, transcribe
from .triage import answer, ask, classify, escalate, forward, proceed, refer, reject, restore, revive, supply, withdraw

__all__ = [
    "TOLD_HOW",
    "Press",
    "accept",
    "answer",
    "approve",
    "ask",
    "assign",
    "block",
    "case_of",
    "checked_facts",
    "classify",
    "close",
    "escalate",
    "forward",
    "give_back",
    "merge",
    "note",
    "proceed",
    "promised_day",
    "refer",
    "reject",
    "reopen",
    "reply",
    "restore",
    "return_to_city",
    "reveal",
    "revive",
    "schedule",
    "seen",
    "send_again",
    "send_back",
    "start",
    "submit_result",
    "supply",
    "take_over",
    "told",
    "transcribe",
    "unmerge",
    "withdraw",
    "work",
]
