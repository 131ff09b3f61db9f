// The tools beside the phones: faults, held-back webhooks, the 24-hour window, the ladder.

import { api, el } from "./util.js";

// Pairs, because an object would sort the numbers.
const FAULTS = new Map([
  ["130429", "Batas kirim terlampaui (130429)"],
  ["131056", "Terlalu sering ke satu orang (131056)"],
  ["190", "Token ditolak (190)"],
  ["368", "Akun dibatasi (368)"],
  ["131031", "Akun dikunci (131031)"],
  ["131000", "Galat sementara (131000)"],
  ["500", "Galat server (HTTP 500)"],
  ["131026", "Diterima, lalu gagal: nomor tak terjangkau (131026)"],
  ["131049", "Diterima, lalu gagal: dibatasi WhatsApp (131049)"],
  ["131047", "Diterima, lalu gagal: di luar 24 jam (131047)"],
  ["131042", "Diterima, lalu gagal: pembayaran (131042)"],
  ["timeout", "Diterima, tetapi jawaban tertahan 60 detik"],
  ["drop", "Diterima, tetapi sambungan diputus"],
  ["not_json", "Diterima, tetapi jawaban bukan JSON"],
  ["media_404", "Media hilang (404)"],
  ["media_slow", "Media lambat (10 detik)"],
]);

export class Tools {
  constructor(node, refresh) {
    this.node = node;
    this.refresh = refresh;
    this.kind = el("select", { "aria-label": "Gangguan", "data-testid": "fault-kind" },
      ...[...FAULTS].map(([kind, words]) => el("option", { value: kind }, words)));
    this.times = el("input", { type: "number", min: 1, placeholder: "terus", "aria-label": "Berapa kali", "data-testid": "fault-times" });
    this.phone = el("select", { "aria-label": "Untuk ponsel", "data-testid": "fault-phone" });
    this.faults = el("ul", { class: "faults", "data-testid": "fault-list" });
    this.counts = el("p", { class: "small", "data-testid": "webhook-counts" });
    this.pause = el("button", { type: "button", "data-testid": "webhooks-pause", onclick: () => this.call(`webhooks/${this.paused ? "resume" : "pause"}`, {}) });
    this.problem = el("p", { class: "problem", role: "alert", hidden: true });
    node.append(...this.build());
  }

  build() {
    const button = (words, testid, onclick) => el("button", { type: "button", "data-testid": testid, onclick }, words);
    this.boxes = {
      auto_read: this.box("Pesan langsung dibaca", "auto_read", true, false),
      duplicates: this.box("Webhook datang dua kali", "duplicates", 1, 0),
      batch: this.box("Webhook digabung per dua", "batch", 2, 1),
    };
    return [
      el("h2", {}, "Gangguan"), this.problem,
      el("p", { class: "small" }, "Berlaku untuk pesan dari layanan berikutnya."),
      this.kind,
      el("label", {}, "Untuk ", this.phone),
      el("label", {}, "Berapa kali ", this.times),
      button("Pasang gangguan", "fault-add", () => this.call("faults", {
        kind: this.kind.value, phone: this.phone.value || undefined, times: this.times.value ? Number(this.times.value) : undefined,
      })),
      this.faults,
      el("h2", {}, "Webhook ke layanan"), this.counts, this.pause,
      this.boxes.duplicates, this.boxes.batch,
      el("h2", {}, "Jendela 24 jam"),
      el("p", { class: "small" }, "Untuk ponsel yang dipilih di atas."),
      button("Pesan terakhir 25 jam lalu", "clock-back", () => this.call("clock", { hours: 25, phone: this.phone.value || undefined })),
      el("h2", {}, "Tanda baca"), this.boxes.auto_read,
    ];
  }

  box(words, name, on, off) {
    const input = el("input", { type: "checkbox", "data-testid": `option-${name}`, onchange: () => this.call("options", { [name]: input.checked ? on : off }) });
    this.read = { ...this.read, [name]: (value) => { input.checked = value !== off; } };
    return el("label", { class: "line" }, input, ` ${words}`);
  }

  update(view) {
    this.paused = view.webhooks.paused;
    this.counts.textContent = `${view.webhooks.pending} menunggu, ${view.webhooks.delivered} diterima layanan` + (this.paused ? " – ditahan" : "");
    this.pause.textContent = this.paused ? "Lepaskan webhook" : "Tahan webhook";
    for (const [name, show] of Object.entries(this.read)) show(view.options[name]);
    this.fillPhones(view.phones);
    const nameOf = (key) => (view.phones.find((phone) => phone.key === key) || { name: "semua ponsel" }).name;
    this.faults.replaceChildren(...view.faults.map((fault) => el("li", {},
      `${FAULTS.get(fault.kind)} – ${nameOf(fault.phone)}, ${fault.remaining ? `${fault.remaining} kali` : "terus"} `,
      el("button", { type: "button", "data-testid": "fault-remove", onclick: () => this.call(`faults?id=${fault.id}`, undefined, "DELETE") }, "Hapus"))));
  }

  fillPhones(phones) {
    const mark = phones.map((phone) => phone.key + phone.name).join();
    if (mark === this.mark) return;
    this.mark = mark;
    const chosen = this.phone.value;
    this.phone.replaceChildren(el("option", { value: "" }, "semua ponsel"), ...phones.map((phone) => el("option", { value: phone.key }, phone.name)));
    this.phone.value = chosen;
  }

  async call(path, body, method) {
    this.problem.hidden = true;
    try {
      await api(path, body, method);
      await this.refresh();
    } catch (error) {
      this.problem.textContent = error.message;
      this.problem.hidden = false;
    }
  }
}
