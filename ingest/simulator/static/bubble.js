// One message as the phone shows it. Text from the service is only ever text, never markup.

import { clock, el, rich } from "./util.js";

const REACTIONS = ["👍", "❤️", "🙏", "😢"];
const mediaUrl = (part) => (part.id ? `/api/media/${encodeURIComponent(part.id)}` : null);

export function arrived(message) {
  return message.direction === "out" || message.state === "delivered" || message.state === "read";
}

// What a message says in one line, for quotes and the list of phones.
export function summary(message) {
  if (!message) return "";
  if (message.revoked) return "Pesan dihapus";
  const part = message.content[message.kind] || {};
  switch (message.kind) {
    case "text": return part.body || "";
    case "image": return `Foto ${part.caption || ""}`.trim();
    case "video": return `Video ${part.caption || ""}`.trim();
    case "audio": return "Pesan suara";
    case "document": return `Berkas ${part.filename || ""}`.trim();
    case "sticker": return "Stiker";
    case "location": return `Lokasi ${part.name || ""}`.trim();
    case "contacts": return "Kartu kontak";
    case "template": return message.template_text;
    case "button": return part.text || "";
    case "interactive": return (part.body && part.body.text) || reply(part).title || "";
    default: return message.kind;
  }
}

function reply(part) {
  if (part.type === "nfm_reply") return { title: "Formulir terkirim" };
  return part[part.type] || {};
}

export function bubble(message, panel) {
  const node = el("article", {
    class: `bubble ${message.direction}`,
    "data-testid": "message",
    "data-direction": message.direction,
    "data-kind": message.kind,
    "data-state": message.state,
    "data-id": message.id,
  });
  if (message.revoked) {
    node.append(el("p", { class: "gone" }, "Pesan ini dihapus"), foot(message));
    return node;
  }
  if (message.reply_to) {
    const quoted = panel.messageOf(message.reply_to);
    if (quoted) node.append(el("blockquote", {}, summary(quoted)));
  }
  node.append(...(CONTENT[message.kind] || unknown)(message.content[message.kind] || {}, message, panel));
  node.append(foot(message), menuButton(message, panel));
  if (message.reaction) node.append(el("span", { class: "reaction", "data-testid": "reaction" }, message.reaction));
  return node;
}

// A line for the person at the simulator: the citizen would see nothing.
export function undelivered(message) {
  const code = message.error ? message.error.code : "";
  return el("p", { class: "undelivered", "data-testid": "undelivered", title: message.error && message.error.title },
    `Satu pesan layanan gagal dikirim (${code}): ${summary(message).slice(0, 60)}`);
}

const CONTENT = {
  text: (part) => [text(part.body)],
  image: (part) => [picture(part), text(part.caption)],
  sticker: (part) => [picture(part)],
  video: (part) => [mediaUrl(part) ? el("video", { controls: true, src: mediaUrl(part) }) : link(part), text(part.caption)],
  audio: (part) => [mediaUrl(part) ? el("audio", { controls: true, preload: "metadata", src: mediaUrl(part) }) : link(part)],
  document: (part) => [link(part), text(part.caption)],
  location: (part) => [
    el("p", { class: "kind" }, "Lokasi"),
    text([part.name, part.address].filter(Boolean).join("\n")),
    el("p", { class: "small" }, `${part.latitude}, ${part.longitude}`),
  ],
  contacts: (part) => (Array.isArray(part) ? part : []).flatMap((card) => [
    el("p", { class: "kind" }, "Kontak"),
    text([(card.name || {}).formatted_name, ...(card.phones || []).map((phone) => phone.phone)].join("\n")),
  ]),
  template: (part, message, panel) => [
    text(message.template_text),
    ...(part.components || []).filter((c) => c.type === "button" && c.sub_type === "quick_reply").map((c, index) => {
      const payload = (c.parameters && c.parameters[0] && c.parameters[0].payload) || String(index);
      return action(payload, `button-${payload}`, () => panel.send({ kind: "button", message_id: message.id, payload, text: payload }));
    }),
  ],
  button: (part) => [text(part.text)],
  interactive: (part, message, panel) => (message.direction === "out" ? answered(part) : offered(part, message, panel)),
};

function unknown(part, message) {
  return [el("p", { class: "kind" }, `Jenis: ${message.kind}`), el("pre", {}, JSON.stringify(message.content, null, 1))];
}

function text(value) {
  return value ? el("p", { class: "text" }, ...rich(String(value))) : "";
}

function picture(part) {
  // A linked picture is named, not fetched: the page loads nothing from elsewhere.
  return mediaUrl(part) ? el("img", { src: mediaUrl(part), alt: part.caption || "Foto" }) : link(part);
}

function link(part) {
  const name = part.filename || part.link || "Berkas";
  return mediaUrl(part) ? el("p", {}, el("a", { href: mediaUrl(part), download: name }, name)) : el("p", { class: "small" }, name);
}

function answered(part) {
  const given = reply(part);
  const lines = [text(given.title), given.description ? el("p", { class: "small" }, given.description) : ""];
  if (part.type !== "nfm_reply") return lines;
  const filled = Object.entries(JSON.parse(part.nfm_reply.response_json)).filter(([name]) => name !== "flow_token");
  return [...lines, ...filled.map(([name, value]) => el("p", { class: "small" }, `${name}: ${value}`))];
}

function offered(part, message, panel) {
  const header = part.header || {};
  const top = header.type === "text" ? el("p", { class: "kind" }, header.text) : header.type ? picture(header[header.type]) : "";
  const lines = [top, text((part.body || {}).text), part.footer ? el("p", { class: "small" }, part.footer.text) : ""];
  return [...lines, ...(OFFERS[part.type] || (() => []))(part.action || {}, message, panel)];
}

const OFFERS = {
  button: (offer, message, panel) => offer.buttons.map(({ reply: { id, title } }) =>
    action(title, `button-${id}`, () => panel.send({ kind: "button_reply", message_id: message.id, id, title }))),
  list: (offer, message, panel) => [el("details", {},
    el("summary", { class: "action", "data-testid": "list-open" }, offer.button),
    ...offer.sections.flatMap((section) => [
      section.title ? el("p", { class: "kind" }, section.title) : "",
      ...section.rows.map((row) => action(row.title, `row-${row.id}`,
        () => panel.send({ kind: "list_reply", message_id: message.id, id: row.id, title: row.title }), row.description)),
    ]))],
  location_request_message: (offer, message, panel) => [action("Kirim lokasi", "send-location", () => panel.askPlace(message))],
  flow: (offer, message, panel) => [action(offer.parameters.flow_cta, "flow-open", () => panel.askFlow(message))],
  cta_url: (offer) => [el("p", { class: "small" }, `${offer.parameters.display_text}: ${offer.parameters.url}`)],
};

function action(title, testid, onclick, description) {
  return el("button", { type: "button", class: "action", "data-testid": testid, onclick },
    title, description ? el("span", { class: "small" }, description) : "");
}

function foot(message) {
  const ticks = { sent: "✓", read: "✓✓" }[message.state] || "";
  return el("p", { class: "foot" },
    message.edited ? "diubah · " : "", clock(message.happened_at),
    message.direction === "out" ? el("span", { class: `ticks ${message.state}`, title: message.state === "read" ? "Dibaca layanan" : "Terkirim" }, ` ${ticks}`) : "");
}

function menuButton(message, panel) {
  const holder = el("div", { class: "menu" });
  const open = () => {
    if (holder.childElementCount > 1) return holder.lastChild.remove();
    const entry = (title, testid, onclick) => el("button", { type: "button", "data-testid": testid, onclick }, title);
    const entries = [entry("Balas", "reply", () => panel.replyTo(message))];
    if (message.direction === "in") {
      const react = (emoji) => panel.send({ kind: "reaction", message_id: message.id, emoji });
      entries.push(...REACTIONS.map((emoji) => entry(emoji, "react", () => react(emoji))));
      if (message.reaction) entries.push(entry("Hapus reaksi", "unreact", () => react(null)));
    } else {
      if (["text", "image", "video", "document"].includes(message.kind)) entries.push(entry("Ubah", "edit", () => panel.edit(message)));
      entries.push(entry("Hapus", "revoke", () => panel.send({ kind: "revoke", message_id: message.id })));
    }
    holder.append(el("div", { class: "entries", onclick: () => holder.lastChild.remove() }, ...entries));
  };
  holder.append(el("button", { type: "button", class: "dots", "aria-label": "Pilihan pesan", "data-testid": "message-menu", onclick: open }, "⋮"));
  return holder;
}
