// Small helpers: elements without innerHTML, calls to the control API, times, files.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export async function api(path, body, method) {
  const options = body === undefined
    ? { method: method || "GET" }
    : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(`/api/${path}`, options);
  if (answer.status === 204) return null;
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error || `Galat ${answer.status}`);
  return found;
}

export const phonePath = (key) => `phones/${encodeURIComponent(key)}`;

export function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("id-ID", { hour: "2-digit", minute: "2-digit" });
}

export function day(seconds) {
  return new Date(seconds * 1000).toLocaleDateString("id-ID", { weekday: "long", day: "numeric", month: "long" });
}

export function numberOf(phone) {
  return phone.wa_id ? `+${phone.wa_id}` : `@${phone.username || phone.bsuid}`;
}

// *bold*, _italic_ and ~struck~ as WhatsApp shows them; everything else stays text.
const MARKS = { "*": "strong", "_": "em", "~": "s" };
const MARKED = /(^|[^\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\2(?![\p{L}\p{N}])/u;

export function rich(text) {
  const found = MARKED.exec(text);
  if (!found) return [text];
  const [whole, before, mark, inner] = found;
  return [
    text.slice(0, found.index) + before,
    el(MARKS[mark], {}, ...rich(inner)),
    ...rich(text.slice(found.index + whole.length)),
  ];
}

export function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(new Error("Berkas tidak dapat dibaca."));
    reader.readAsDataURL(file);
  });
}
