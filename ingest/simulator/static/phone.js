// The page: the list of phones, the phones on the screen, and the poll that keeps them current.

import { summary } from "./bubble.js";
import { Panel } from "./panel.js";
import { Tools } from "./tools.js";
import { api, clock, el, numberOf } from "./util.js";

const POLL = 700;
const MOST = 4;
const narrow = window.matchMedia("(max-width: 820px)");
const byId = (id) => document.getElementById(id);

const panels = new Map();
let version = "";
let view = null;
let timer = null;
let polling = Promise.resolve();
const tools = new Tools(byId("tools"), refresh);

function refresh() {
  // One poll after the other, so that an older answer never overwrites a newer one.
  polling = polling.then(poll);
  return polling;
}

async function poll() {
  clearTimeout(timer);
  const keys = [...panels.keys()];
  const seen = document.visibilityState === "visible" && (!narrow.matches || document.body.dataset.view === "chat");
  try {
    const found = await api(`view?version=${version}&keys=${keys.map(encodeURIComponent)}&looking=${seen ? keys.map(encodeURIComponent) : ""}`);
    byId("connection").textContent = "";
    if (found) draw(found);
  } catch {
    byId("connection").textContent = "simulator tidak menjawab";
  }
  for (const panel of panels.values()) panel.tick();
  timer = setTimeout(refresh, POLL);
}

function draw(found) {
  view = found;
  version = found.version;
  drawList();
  tools.update(found);
  for (const [key, panel] of panels) {
    const phone = found.phones.find((one) => one.key === key);
    if (phone && found.chats[key]) panel.update(phone, found.chats[key], found.service);
  }
}

function drawList() {
  byId("phones").replaceChildren(...view.phones.map((phone) => el("li", { class: panels.has(phone.key) ? "shown" : "" },
    el("button", { type: "button", class: "phone", "data-testid": `phone-${phone.key}`, onclick: () => show(phone.key) },
      el("span", { class: "name" }, phone.name),
      el("span", { class: "when" }, phone.last_message ? clock(phone.last_message.happened_at) : ""),
      el("span", { class: "number" }, numberOf(phone) + (phone.online ? "" : " · mati")),
      phone.unread ? el("span", { class: "unread", "data-testid": "unread" }, String(phone.unread)) : "",
      el("span", { class: "last" }, summary(phone.last_message).slice(0, 60))),
    panels.has(phone.key) ? "" : el("button", { type: "button", class: "beside", "data-testid": `beside-${phone.key}`, "aria-label": `Tampilkan ${phone.name} di samping`, title: "Tampilkan di samping", onclick: () => show(phone.key, true) }, "+"))));
}

function show(key, beside = false) {
  if (!beside) for (const other of [...panels.keys()]) if (other !== key) remove(other);
  if (!panels.has(key)) {
    if (panels.size >= MOST) remove(panels.keys().next().value);
    const panel = new Panel(key, { refresh, close, back: () => go("list") });
    panels.set(key, panel);
    byId("panels").append(panel.node);
  }
  go("chat");
}

function remove(key) {
  panels.get(key).node.remove();
  panels.delete(key);
}

function close(key) {
  remove(key);
  go(panels.size ? "chat" : "list");
}

function go(where) {
  document.body.dataset.view = where;
  document.body.dataset.panels = panels.size;
  history.replaceState(null, "", panels.size ? `?phones=${[...panels.keys()].map(encodeURIComponent)}` : "/");
  version = "";
  return refresh();
}

byId("tools-toggle").addEventListener("click", () => {
  byId("tools").hidden = !byId("tools").hidden;
  byId("tools-toggle").setAttribute("aria-expanded", String(!byId("tools").hidden));
});

const form = byId("new-phone");
byId("add-phone").addEventListener("click", () => { form.hidden = !form.hidden; });
form.querySelector("[data-close]").addEventListener("click", () => { form.hidden = true; });
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const problem = form.querySelector(".problem");
  problem.hidden = true;
  const { name, wa_id } = Object.fromEntries(new FormData(form));
  const no_number = form.elements.no_number.checked;
  try {
    const phone = await api("phones", { name, wa_id: wa_id || undefined, no_number, username: no_number ? name.toLowerCase().replace(/\s+/g, ".") : undefined });
    form.reset();
    form.hidden = true;
    show(phone.key);
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
  }
});

document.addEventListener("visibilitychange", refresh);
const asked = (new URLSearchParams(location.search).get("phones") || "").split(",").filter(Boolean);
await refresh();
const known = view ? view.phones.map((phone) => phone.key) : [];
const wanted = asked.filter((key) => known.includes(key));
for (const key of wanted.length ? wanted : narrow.matches ? [] : known.slice(0, 1)) show(key, true);
