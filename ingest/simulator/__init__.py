"""A stand-in for Meta on loopback: Graph API, webhooks, and a page with phones. For demonstration and tests only.

`python -m ingest.simulator` serves three things on `settings.simulator_port`, and keeps all of it in
`simulator.sqlite` in the data folder:

- what Meta serves: `POST /v{n}/{phone_id}/messages` and `/media`, `GET|DELETE /v{n}/{media_id}`,
  `GET|POST|DELETE /v{n}/{account_id}/message_templates` (created ones are approved a moment later; the service's own
  are there from the start), `GET|POST /v{n}/{account_id}/flows`, `POST /v{n}/{flow_id}/assets` and `/publish`, and the
  media bytes behind the bearer check;
- `/`: the phone page;
- `/api/…`: the control API below. JSON in and out; errors are `{"error": sentence}` with status 400 or 404.

Webhooks go to `http://127.0.0.1:{listener_port}/whatsapp`, or to `WADUL_SIMULATOR_WEBHOOK`.
A phone's `key` is its `wa_id`, or its BSUID when it has no number. Directions are the phone's: `out` was written by
the citizen, `in` came from the service. Times are seconds since 1970, UTC.

    GET  /api/phones          -> {"phones": [{key, wa_id, bsuid, name, username, online, unread, window_open, ...}]}
    POST /api/phones          name, wa_id?, bsuid?, username?, no_number? (then known by BSUID only) -> the phone
    POST /api/phones/{key}    online? (false: what is sent stays `sent`), name? -> the phone
    POST /api/phones/{key}/messages   kind and its fields (below), reply_to?, hours_ago? -> {"id": wamid, "webhook"}
    GET  /api/phones/{key}/chat       ?looking=1: a page shows it, what arrived is read -> {"phone", "messages"}
    GET  /api/view            ?keys=&looking=&version=: the page's poll -> phones, chats, faults, ...; 204: no change
    GET  /api/sends           every send request -> {"sends": [{wamid, recipient, kind, tracker, outcome, body, ...}]}
    GET  /api/faults          -> {"faults": [{id, kind, phone, remaining, seconds}]}
    POST /api/faults          kind, phone? (absent: all), times? (absent: until cleared), seconds? -> as GET
    DELETE /api/faults        ?id= (absent: all) -> as GET
    GET  /api/webhooks        -> {"pending", "delivered", "expired", "paused", "webhooks": [the last 100]}
    POST /api/webhooks/pause, /api/webhooks/resume -> counts
    POST /api/webhooks/raw    body: a whole webhook, signed and delivered as it is -> {"webhook": id}
    POST /api/webhooks/verify asks the listener for the challenge, as Meta does once -> {"ok", "status"}
    POST /api/clock           hours, phone? (absent: all): the last message was so long ago -> {"phones"}
    GET, POST /api/options    any of `state.OPTIONS`: delays of the ladder, auto_read, duplicates, batch -> all
    POST /api/status/template name, event (APPROVED, REJECTED, PAUSED, ...), language?, reason? -> {"webhook": id};
                              or name, quality (GREEN, YELLOW, RED), language?

Kinds of messages, with their fields:

    text            text
    image, video, audio, sticker, document    data (base64), mime, caption?, filename?, voice?
    location        latitude, longitude, name?, address?
    contacts        name and phone, or contacts
    reaction        message_id, emoji (absent: take it back)
    edit            message_id, text
    revoke          message_id
    button_reply, list_reply    id, message_id?, title? (looked up in the newest message that offers the id)
    button          a template's quick reply: text, message_id, payload?
    nfm_reply       a finished Flow: response (object), message_id
    raw             message: any dict; id, sender and timestamp are added where it has none

Kinds of faults: `130429`, `131056`, `190`, `368`, `131031`, `131000`, `500` (refused over HTTP); `131026`, `131047`,
`131049`, `131042` (accepted, then failed); `timeout` (accepted and delivered, answered after `seconds`, 60 by default),
`drop` (accepted, connection closed), `not_json` (accepted, answer no JSON); `media_404`, `media_slow` (`seconds`, 10).

`hours_ago` on a message sets its timestamp back, so that the service too sees the 24-hour window as closed;
`/api/clock` moves only what the simulator believes.
"""
