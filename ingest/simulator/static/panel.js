// One phone on the screen: its chat with the service, and all that its owner can send.

import { arrived, bubble, summary, undelivered } from "./bubble.js";
import { api, base64, day, el, numberOf, phonePath } from "./util.js";

// Places in the city, good enough to try the way through; coordinates are approximate.
const PLACES = [
  { name: "Alun-Alun Kota Pekalongan", address: "Jalan Alun-Alun, Kauman", latitude: -6.88939, longitude: 109.67463 },
  { name: "Museum Batik", address: "Jalan Jetayu 1, Panjang Wetan", latitude: -6.87871, longitude: 109.67944 },
  { name: "Pantai Pasir Kencana", address: "Panjang Baru", latitude: -6.85829, longitude: 109.68987 },
  { name: "Stasiun Pekalongan", address: "Jalan Gajah Mada, Bendan Kergon", latitude: -6.88957, longitude: 109.66372 },
  { name: "Pasar Grogolan", address: "Jalan Progo, Kauman", latitude: -6.88629, longitude: 109.67011 },
];

export class Panel {
  constructor(key, { refresh, close, back }) {
    this.key = key;
    this.refresh = refresh;
    this.node = document.getElementById("panel").content.firstElementChild.cloneNode(true);
    this.node.dataset.testid = `panel-${key}`;
    this.messages = [];
    this.shown = new Map();
    this.context = {};
    this.following = true;
    this.find = (selector) => this.node.querySelector(selector);
    this.does = {
      back, close: () => close(key), cancel: () => this.setContext({}),
      place: () => this.toggle(".place"), person: () => this.toggle(".person"),
      online: () => this.attempt(() => api(phonePath(key), { online: !this.phone.online })),
      record: () => this.record(),
    };
    this.connect();
  }

  connect() {
    this.node.addEventListener("click", (event) => {
      const asked = event.target.closest("[data-do]");
      if (asked) this.does[asked.dataset.do]();
    });
    for (const input of this.node.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", async () => {
        const [file] = input.files;
        input.value = "";
        if (file) await this.sendFile(file, input.dataset.kind);
      });
    }
    this.find(".places").append(...PLACES.map((place, index) =>
      el("button", { type: "button", "data-testid": `location-${index}`, onclick: () => this.sendPlace(place) }, place.name)));
    const onSubmit = (selector, handle) => this.find(selector).addEventListener("submit", (event) => {
      event.preventDefault();
      handle(Object.fromEntries(new FormData(event.target)), event.target);
    });
    onSubmit(".place", ({ latitude, longitude }) => latitude && longitude && this.sendPlace({ latitude, longitude }));
    onSubmit(".person", async ({ name, phone }, form) => {
      if (await this.send({ kind: "contacts", name, phone })) { form.reset(); form.hidden = true; }
    });
    onSubmit(".flow", ({ response }, form) => this.sendFlow(response, form));
    onSubmit(".composer", () => this.sendText());
    const box = this.find(".messages");
    box.addEventListener("scroll", () => { this.following = box.scrollHeight - box.scrollTop - box.clientHeight < 60; });
    box.addEventListener("load", () => this.keepAtEnd(), true);
    new ResizeObserver(() => this.keepAtEnd()).observe(box);
    this.composer = this.find("[data-testid=composer]");
    this.composer.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.sendText(); }
    });
    this.find("[data-do=record]").hidden = !(window.MediaRecorder && navigator.mediaDevices);
  }

  messageOf(id) {
    return this.messages.find((message) => message.id === id);
  }

  update(phone, messages, service) {
    this.phone = phone;
    this.messages = messages;
    this.find("h2").textContent = service;
    this.find(".who p").textContent = `Ponsel ${phone.name}`;
    this.find(".who p").title = numberOf(phone);
    const online = this.find("[data-do=online]");
    online.textContent = phone.online ? "Menyala" : "Mati";
    online.setAttribute("aria-pressed", String(phone.online));
    this.tick();
    this.draw();
  }

  // What depends on the time alone, between two changes.
  tick() {
    this.find(".typing").hidden = !this.phone || this.phone.typing_until < Date.now() / 1000;
  }

  draw() {
    const box = this.find(".messages");
    const wanted = [];
    let lastDay = "";
    for (const message of this.messages) {
      if (message.kind === "reaction" || !(arrived(message) || message.state === "failed")) continue;
      const today = day(message.happened_at);
      if (today !== lastDay) wanted.push([`day ${today}`, today, () => el("p", { class: "day" }, today)]);
      lastDay = today;
      const quoted = message.reply_to ? summary(this.messageOf(message.reply_to)) : "";
      const make = () => (arrived(message) ? bubble(message, this) : undelivered(message));
      wanted.push([message.id, JSON.stringify(message) + quoted, make]);
    }
    const before = this.shown;
    this.shown = new Map();
    for (const [id, mark, make] of wanted) {
      const old = before.get(id);
      this.shown.set(id, old && old.mark === mark ? old : { mark, node: make() });
    }
    // Only what changed is touched, so that a playing voice note or an open menu stays as it is.
    const nodes = [...this.shown.values()].map((entry) => entry.node);
    for (const child of [...box.children]) if (!nodes.includes(child)) child.remove();
    nodes.forEach((node, index) => { if (box.children[index] !== node) box.insertBefore(node, box.children[index] || null); });
    this.keepAtEnd();
  }

  // The newest message stays in view, unless somebody has scrolled up to read.
  keepAtEnd() {
    const box = this.find(".messages");
    if (this.following) box.scrollTop = box.scrollHeight;
  }

  async attempt(call) {
    const problem = this.find(".problem");
    problem.hidden = true;
    try {
      await call();
      await this.refresh();
      return true;
    } catch (error) {
      problem.textContent = `Tidak terkirim: ${error.message}`;
      problem.hidden = false;
      return false;
    }
  }

  send(message) {
    return this.attempt(() => api(`${phonePath(this.key)}/messages`, message));
  }

  async sendText() {
    const text = this.composer.value.trim();
    if (!text) return;
    const { edit, reply } = this.context;
    const message = edit ? { kind: "edit", message_id: edit.id, text } : { kind: "text", text, reply_to: reply && reply.id };
    this.composer.value = "";
    const context = this.context;
    this.setContext({});
    if (!(await this.send(message))) { this.composer.value = text; this.setContext(context); }
  }

  async sendFile(file, kind) {
    const real = kind === "image" && file.type.startsWith("video/") ? "video" : kind;
    const caption = real === "audio" ? undefined : this.composer.value.trim();
    const mime = file.type || "application/octet-stream";
    const sent = await this.attempt(async () => api(`${phonePath(this.key)}/messages`, {
      kind: real, data: await base64(file), mime, filename: file.name, caption, reply_to: this.context.reply && this.context.reply.id,
    }));
    if (sent && caption) this.composer.value = "";
    if (sent) this.setContext({});
  }

  async sendPlace(place) {
    const reply_to = this.context.place ? this.context.place.id : undefined;
    if (await this.send({ kind: "location", ...place, reply_to })) { this.find(".place").hidden = true; this.setContext({}); }
  }

  async sendFlow(response, form) {
    await this.attempt(async () => {
      let parsed;
      try { parsed = JSON.parse(response); } catch { throw new Error("isian bukan JSON."); }
      await api(`${phonePath(this.key)}/messages`, { kind: "nfm_reply", message_id: this.context.flow.id, response: parsed });
      form.hidden = true;
      this.setContext({});
    });
  }

  async record() {
    const button = this.find("[data-do=record]");
    if (this.recorder) return this.recorder.stop();
    await this.attempt(async () => {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const parts = [];
      this.recorder = new MediaRecorder(stream);
      this.recorder.ondataavailable = (event) => parts.push(event.data);
      this.recorder.onstop = () => {
        stream.getTracks().forEach((track) => track.stop());
        const type = this.recorder.mimeType;
        this.recorder = null;
        button.textContent = "Rekam";
        this.sendFile(new File(parts, "suara", { type }), "audio");
      };
      this.recorder.start();
      button.textContent = "Berhenti";
    });
  }

  replyTo(message) {
    this.setContext({ reply: message }, `Membalas: ${summary(message)}`);
    this.composer.focus();
  }

  edit(message) {
    this.setContext({ edit: message }, "Mengubah pesan");
    const part = message.content[message.kind];
    this.composer.value = part.body || part.caption || "";
    this.composer.focus();
  }

  askPlace(message) {
    this.setContext({ place: message }, "Lokasi untuk permintaan layanan");
    this.find(".place").hidden = false;
  }

  askFlow(message) {
    const token = message.content.interactive.action.parameters.flow_token;
    this.setContext({ flow: message }, "Formulir layanan");
    this.find("[name=response]").value = JSON.stringify({ flow_token: token, nama: this.phone.name, alamat: "", tempat: "", tanggal: "", kronologi: "" }, null, 1);
    this.find(".flow").hidden = false;
  }

  setContext(context, words = "") {
    const before = this.context;
    if (before.edit && !context.edit) this.composer.value = "";
    this.context = context;
    this.find(".strip p").textContent = words;
    this.find(".strip").hidden = !words;
    // What was opened by hand stays open when something else has been sent meanwhile.
    if (before.place && !context.place) this.find(".place").hidden = true;
    if (before.flow && !context.flow) this.find(".flow").hidden = true;
  }

  toggle(selector) {
    const form = this.find(selector);
    form.hidden = !form.hidden;
  }
}
