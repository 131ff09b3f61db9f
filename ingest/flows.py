"""Publishes the form (Flow) at Meta: once published a form never changes, so another content is another form."""

from pywa import WhatsApp
from pywa.types.flows import FlowCategory

from store import flow
from store.clock import now as clock_now
from store.desk import Desk

PUBLISHED, DRAFT = "PUBLISHED", "DRAFT"
_FIELDS = ("id", "name", "status")
_PAGE = {"limit": "100"}


class Invalid(Exception):
    """Meta finds fault with the form's JSON; the text is Meta's first complaint."""


def publish(desk: Desk, wa: WhatsApp) -> dict:
    """Make the form as the settings have it now, and publish it; one that is there already is not made again.

    :raises Invalid: Meta finds fault with its content
    :raises pywa.errors.WhatsAppError: Meta refused
    """
    made = flow.design(desk)
    business_id = desk.settings.business_id
    found = next((row for row in _flows(wa, business_id) if row.get("name") == made.name), None)
    if found is None or found.get("status") not in (PUBLISHED, DRAFT):
        # A name belongs to one form for ever: a form that was withdrawn at Meta leaves its name taken.
        name = made.name if found is None else f"{made.name} {clock_now():%y%m%d%H%M}"
        created = wa.create_flow(name, [FlowCategory.CONTACT_US], waba_id=business_id)
        found = {"id": str(created.id), "name": name, "status": DRAFT}
    if found["status"] == DRAFT:
        _upload(wa, found["id"], made.body)
        wa.publish_flow(found["id"])
    flow.note_published(desk, str(found["id"]), found["name"], made)
    return {"made": [found["name"]]}


def _upload(wa: WhatsApp, flow_id: str, body: dict) -> None:
    answer = wa.update_flow_json(flow_id, body)
    if answer.validation_errors:
        raise Invalid(answer.validation_errors[0].message)


def _flows(wa: WhatsApp, business_id: str) -> list[dict]:
    """The account's forms, through plain requests: the typed list wants fields that Meta leaves out at times."""
    found: list[dict] = []
    page = dict(_PAGE)
    for _ in range(20):
        answer = wa.api.get_flows(waba_id=business_id, fields=_FIELDS, pagination=page)
        found += answer["data"]
        after = ((answer.get("paging") or {}).get("cursors") or {}).get("after")
        if not after or not (answer.get("paging") or {}).get("next"):
            break
        page = _PAGE | {"after": after}
    return found
