"""Everything held on a person as one file for that person: JSON for a machine, a page to be read."""

import io
import json
import zipfile
from datetime import datetime

from store.rules.deadline import to_jakarta

from . import words

TITLES = {
    "contact": "Data diri",
    "addresses": "Nomor dan tanda pengenal WhatsApp",
    "complaints": "Aduan",
    "messages_received": "Pesan yang Anda kirim",
    "messages_sent": "Pesan yang kami kirim",
    "files": "Foto, suara, dan berkas",
    "history": "Apa yang terjadi dengan aduan Anda",
}
_HEADINGS = {
    "name": "nama", "phone": "telepon", "whatsapp_id": "tanda pengenal WhatsApp", "created_at": "dibuat",
    "last_inbound_at": "pesan terakhir", "limited_at": "dibatasi sejak", "erase_asked_at": "penghapusan diminta",
    "kind": "jenis", "value": "nomor", "seen_at": "pertama dilihat", "number": "nomor aduan", "channel": "saluran",
    "state": "status", "received_at": "diterima", "ended_at": "berakhir", "summary": "isi", "category": "kategori",
    "kelurahan": "kelurahan", "address": "alamat", "latitude": "lintang", "longitude": "bujur", "departments": "OPD",
    "confidential": "rahasia", "first_answer_at": "jawaban pertama", "result_at": "hasil", "result_text": "teks hasil",
    "closing": "cara berakhir", "said": "yang dipahami", "rating": "nilai", "rating_words": "kata tentang nilai",
    "text": "teks", "transcript": "salinan suara", "sent_at": "dikirim", "raw": "kiriman mentah", "purpose": "kegunaan",
    "delivered_at": "sampai", "read_at": "dibaca", "source": "dari", "mime": "jenis berkas", "filename": "nama berkas",
    "size": "besar (bita)", "happened_at": "waktu", "actor_role": "oleh", "from_state": "dari status",
    "to_state": "ke status", "data": "keterangan",
}  # fmt: skip
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:1.5rem;max-width:70rem}table{border-collapse:collapse}"
    "td,th{border:1px solid #999;padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
)


def build(held: dict[str, list[dict]], service: str, made_at: datetime) -> bytes:
    """The ZIP file; `made_at` is naive UTC."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("data.json", json.dumps(held, ensure_ascii=False, indent=1, default=_iso))
        file.writestr("data.html", _page(held, service, made_at))
    return out.getvalue()


def _iso(value: object) -> str:
    return f"{value.isoformat()}Z" if isinstance(value, datetime) else str(value)


def _page(held: dict[str, list[dict]], service: str, made_at: datetime) -> str:
    parts = "".join(f"<h2>{TITLES[name]}</h2>{_table(rows)}" for name, rows in held.items())
    title = f"Data pribadi Anda pada {words.safe(service)}"
    return (
        f"<!doctype html><html lang='id'><head><meta charset='utf-8'><title>{title}</title>"
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>"
        f"<p>Dibuat {words.moment(made_at)} WIB. Waktu di bawah ini dalam WIB.</p>{parts}</body></html>"
    )


def _table(rows: list[dict]) -> str:
    if not rows:
        return "<p>Tidak ada.</p>"
    heads = "".join(f"<th>{words.safe(_HEADINGS.get(name, name))}</th>" for name in rows[0])
    lines = "".join("<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row.values()) + "</tr>" for row in rows)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{to_jakarta(value):%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    return words.safe(json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value))
