"""Streamlit's own few English words, said in Indonesian: it has no setting for them.

A script in the page replaces them where they appear, exact words only, and never inside what people or we have written
(`st.html`, Markdown, fields), so that nobody's text is touched. What Streamlit words differently one day stays English
until it is added here; `tests/test_language.py` looks for that in a browser.
"""

import json

import streamlit as st

WORDS = {
    "App pages": "Halaman",
    "Skip to main content": "Langsung ke isi halaman",
    "Expand sidebar": "Buka menu",
    "Collapse sidebar": "Tutup menu",
    "Open": "Buka",
    "Close": "Tutup",
    # Choices.
    "No results": "Tidak ada yang cocok",
    "Select all": "Pilih semua",
    "Clear value": "Kosongkan",
    "Clear all": "Kosongkan semua",
    "Selected values": "Yang dipilih",
    "Choose an option": "Pilih",
    "Choose options": "Pilih",
    "Selectbox options": "Pilihan",
    "Multiselect options": "Pilihan",
    # Dates, times and numbers.
    "Choose date": "Pilih tanggal",
    "Clear date": "Kosongkan tanggal",
    "Clear time": "Kosongkan waktu",
    "Use arrow keys to navigate dates. Enter to select. Escape to close.": "Tombol panah untuk berpindah tanggal, "
    "Enter untuk memilih, Escape untuk menutup.",
    "Next": "Berikutnya",
    "Previous": "Sebelumnya",
    "Next month": "Bulan berikutnya",
    "Previous month": "Bulan sebelumnya",
    "Increment": "Tambah",
    "Decrement": "Kurangi",
    "Next page": "Halaman berikutnya",
    "Previous page": "Halaman sebelumnya",
    "Pagination": "Halaman",
    # Files.
    "Upload": "Pilih berkas",
    "file upload": "pilih berkas",
    "Add files": "Tambah berkas",
    "Drag and drop a file here": "Lepaskan berkas di sini",
    "Drag and drop files here": "Lepaskan berkas di sini",
    "Error uploading file": "Berkas gagal dikirim",
    "Network error": "Sambungan terputus",
    "Error:": "Gagal:",
    # Tables and charts.
    "Show/hide columns": "Tampilkan atau sembunyikan kolom",
    "Search": "Cari",
    "Type to search": "Ketik untuk mencari",
    "Close Search": "Tutup pencarian",
    "Next Result": "Berikutnya",
    "Previous Result": "Sebelumnya",
    "Fullscreen": "Layar penuh",
    "Close fullscreen": "Tutup layar penuh",
    "Show data": "Tampilkan angkanya",
    "Show chart": "Tampilkan grafik",
    "Download as PNG": "Unduh gambar",
    "Copy Vega-Lite spec": "Salin susunan grafik",
    "Sort ascending": "Urutkan naik",
    "Sort descending": "Urutkan turun",
    "Format": "Bentuk",
    "Autosize": "Sesuaikan lebar",
    "Pin column": "Sematkan kolom",
    "Unpin column": "Lepas sematan",
    "Hide column": "Sembunyikan kolom",
    "Copy column name": "Salin nama kolom",
    "Dataframe column menu": "Menu kolom",
    # The connection.
    "Connecting": "Menyambung",
    "Connecting to Streamlit server": "Menyambung ke aplikasi",
    "Please wait...": "Mohon tunggu …",
    "Connection error": "Sambungan terputus",
    "Reconnected to server.": "Tersambung kembali.",
    "Page not found": "Halaman tidak ada",
    "The page that you have requested does not seem to exist. Running the app's main page.": "Alamat itu tidak ada. "
    "Halaman utama Anda dibuka.",
    "Connection lost. Please wait for the app to reconnect, then try again.": "Sambungan terputus. Tunggu sampai "
    "tersambung kembali, lalu ulangi.",
}  # fmt: skip
# What has something of ours at its end or in its middle.
PATTERNS = {
    r"^Remove (.+)$": "Hapus $1",
    r"^Delete (.+)$": "Hapus $1",
    r"^Shortcut (.+)$": "Tombol pintas $1",
    r"^Select (\d+) matches$": "Pilih $1 yang cocok",
    r"^Choose date, (.+)$": "Pilih tanggal, $1",
    r"^day, (.+)$": "hari, $1",
    r"^month, (.+)$": "bulan, $1",
    r"^year, (.+)$": "tahun, $1",
    r"^hour, (.+)$": "jam, $1",
    r"^minute, (.+)$": "menit, $1",
    r"^File must be (.+) or smaller\.$": "Berkas paling besar $1.",
    r"^(.+) files are not allowed\.$": "Berkas $1 tidak diperbolehkan.",
    r"^This app has encountered an error\..*$": "Bagian ini tidak dapat ditampilkan karena ada kesalahan; yang sudah "
    "tersimpan tetap aman. Muat ulang halaman ini. Bila terjadi lagi, beri tahu administrator: sebabnya ada di catatan "
    "server.",
    r"^(Is Streamlit still running\?|Streamlit server is not responding).*$": "Aplikasi tidak menjawab. Jangan memuat "
    "ulang: begitu tersambung, halaman hidup lagi dan yang Anda ketik masih ada.",
}

# Our own constants only: nothing that somebody typed is ever put into this.
_TEMPLATE = """
(() => {
  if (window.wadulWords) return;
  const words = WORDS, patterns = PATTERNS.map(([from, to]) => [new RegExp(from), to]);
  const ours = "[data-testid=stHtml], [data-testid=stMarkdownContainer], textarea, script, style";
  const named = ["aria-label", "placeholder", "title"];
  const said = (text) => {
    const known = text.trim();
    if (!known || known.length > 400) return null;
    if (Object.hasOwn(words, known)) return text.replace(known, words[known]);
    const found = patterns.find(([from]) => from.test(known));
    return found ? text.replace(known, known.replace(found[0], found[1])) : null;
  };
  const written = (element) => {
    const box = element && element.closest(ours);
    return box && !(box.matches("[data-testid=stMarkdownContainer]") &&
      box.closest("[data-testid=stFileUploader], [data-testid=stDialog], [data-testid=stTooltipContent], " +
        "[data-testid=stException]"));
  };
  const turn = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const other = written(node.parentElement) ? null : said(node.nodeValue);
      if (other !== null && other !== node.nodeValue) node.nodeValue = other;
    } else if (node.nodeType === Node.ELEMENT_NODE && !written(node)) {
      for (const name of named) {
        const value = node.getAttribute(name), other = value && said(value);
        if (other && other !== value) node.setAttribute(name, other);
      }
      node.childNodes.forEach(turn);
    }
  };
  window.wadulWords = new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(turn);
      else if (change.type === "characterData") turn(change.target);
      else if (!written(change.target)) {
        const value = change.target.getAttribute(change.attributeName), other = value && said(value);
        if (other && other !== value) change.target.setAttribute(change.attributeName, other);
      }
    }
  });
  turn(document.body);
  window.wadulWords.observe(document.body, {
    childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: named,
  });
})();
"""
# The same for everybody and always, so that the door's policy knows it by its hash (`scripts.py`).
SCRIPT = _TEMPLATE.replace("WORDS", json.dumps(WORDS)).replace("PATTERNS", json.dumps(list(PATTERNS.items())))


def indonesian() -> None:
    """Put the script into the page, once for as long as it is open."""
    st.html(f"<script>{SCRIPT}</script>", unsafe_allow_javascript=True)
