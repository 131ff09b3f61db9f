"""The pages of sign-in as HTML: one shell, and the form of each step. Everything said of people is escaped here."""

import html
import secrets
from pathlib import Path
from string import Template
from urllib.parse import quote

import segno
from starlette.responses import HTMLResponse

from store import passwords, users
from store.desk import Desk

_PAGE = Template((Path(__file__).parent / "sign_in.html").read_text(encoding="utf-8"))


def answer(desk: Desk, title: str, body: str, status: int = 200) -> HTMLResponse:
    """A whole page; its policy lets nothing run but what stands in it."""
    nonce, service = secrets.token_urlsafe(16), desk.config["service"]
    page = _PAGE.substitute(
        title=html.escape(title),
        service=html.escape(service["name"]),
        city=html.escape(service["city"]),
        body=body,
        nonce=nonce,
    )
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    # `same-origin` would send no Origin with a form, and no referrer is needed here.
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": policy}
    return HTMLResponse(page, status, headers)


def field(
    name: str, label: str, kind: str = "text", fill: str = "", value: str = "", hint: str = "", more: str = ""
) -> str:
    """One labelled input.

    :param fill: what a browser may fill in (`autocomplete`)
    """
    told = f"<p class='hint' id='{name}-hint'>{html.escape(hint)}</p>" if hint else ""
    described = f" aria-describedby='{name}-hint'" if hint else ""
    return (
        f"<label for='{name}'>{html.escape(label)}</label>"
        f"<input id='{name}' name='{name}' type='{kind}' autocomplete='{fill or 'off'}' "
        f"value='{html.escape(value)}' required{described} {more}>{told}"
    )


def form(action: str, fields: str, button: str, error: str = "", **hidden: str) -> str:
    """A form; what went wrong stands right above its button."""
    kept = "".join(f"<input type='hidden' name='{name}' value='{html.escape(v)}'>" for name, v in hidden.items())
    wrong = f"<p class='error' role='alert'>{html.escape(error)}</p>" if error else ""
    return (
        f"<form method='post' action='{action}'>{kept}{fields}{wrong}"
        f"<button type='submit'>{html.escape(button)}</button></form>"
    )


USERNAME = {"more": "autocapitalize='none' maxlength='100'", "fill": "username"}


def sign_in(desk: Desk, target: str, username: str, error: str, outside: str, first: bool) -> str:
    """User name and password, and the other ways in.

    :param outside: how the city's own sign-in service is called, empty where there is none
    :param first: whether there is no administrator yet
    """
    fields = field(
        "username", "Nama pengguna", value=username, **(USERNAME | {"more": "autocapitalize='none' autofocus"})
    )
    fields += field("password", "Kata sandi", "password", "current-password")
    parts = [form("/masuk", fields, "Masuk", error, next=target)]
    if outside:
        parts.append(
            f"<a class='press second' href='/masuk/oidc?next={quote(target)}'>Masuk dengan {html.escape(outside)}</a>"
        )
    parts.append(
        "<p class='more'>Lupa kata sandi? Minta kode kepada Administrator, lalu "
        "<a href='/masuk/atur-ulang'>atur ulang kata sandi</a>.</p>"
    )
    if first:
        parts.append("<p class='more'>Belum ada Administrator: <a href='/masuk/pertama'>buat yang pertama</a>.</p>")
    return "".join(parts) + (_demo() if desk.settings.demo else "")


def _demo() -> str:
    items = "".join(
        f"<li><button type='button' data-user='{user}' data-password='{users.DEMO_PASSWORD}'>{user}</button> "
        f"{html.escape(what)}</li>"
        for user, what in users.DEMO_SHOWN
    )
    return (
        f"<section><h2>Akun demo</h2><p>Kata sandi semua akun: <code>{users.DEMO_PASSWORD}</code></p>"
        f"<ul>{items}</ul><p>Setiap OPD: <code>opd.kode</code> dan <code>tim.kode</code>.</p></section>"
    )


def code(error: str) -> str:
    fields = field(
        "code", "Kode dari aplikasi autentikator", fill="one-time-code", more="autofocus maxlength='30'",
        hint="Enam angka. Bila ponsel hilang: salah satu kode pemulihan Anda.",
    )  # fmt: skip
    return "<h2>Langkah kedua</h2>" + form("/masuk/kode", fields, "Lanjutkan", error) + _again()


def own_password(signed_in: bool, error: str) -> str:
    """A new password of one's own.

    :param signed_in: whether the present one must be shown first
    """
    if signed_in:
        fields = "<h2>Ganti kata sandi</h2><p>Semua sambungan Anda yang lain diakhiri.</p>"
        fields += field("password", "Kata sandi sekarang", "password", "current-password")
    else:
        fields = "<h2>Buat kata sandi Anda sendiri</h2><p>Kata sandi dari Administrator hanya berlaku sekali ini.</p>"
    return form("/masuk/sandi", fields + new_password(), "Simpan", error) + (_back() if signed_in else _again())


def new_password() -> str:
    hint = (
        f"Paling sedikit {passwords.MIN_LENGTH} huruf atau angka. Beberapa kata yang tidak berhubungan mudah diingat."
    )
    return field("new", "Kata sandi baru", "password", "new-password", hint=hint) + field(
        "again", "Ulangi kata sandi baru", "password", "new-password"
    )


def reset(username: str, code: str, error: str) -> str:
    fields = field("username", "Nama pengguna", value=username, **USERNAME)
    fields += field("code", "Kode dari Administrator", value=code, more="autocapitalize='none' maxlength='40'")
    return "<h2>Atur ulang kata sandi</h2>" + form(
        "/masuk/atur-ulang", fields + new_password(), "Simpan dan masuk", error
    ) + _again()  # fmt: skip


def first(username: str, name: str, code: str, error: str) -> str:
    fields = field(
        "code", "Kode sekali pakai", value=code, more="autocapitalize='none' maxlength='40'",
        hint="Tertulis di konsol tempat aplikasi dijalankan.",
    )  # fmt: skip
    fields += field("name", "Nama lengkap", fill="name", value=name, more="maxlength='100'")
    fields += field("username", "Nama pengguna", value=username, **USERNAME)
    return "<h2>Administrator pertama</h2>" + form(
        "/masuk/pertama", fields + new_password(), "Buat akun dan masuk", error
    )  # fmt: skip


def second_factor(secret: str, address: str, signed_in: bool, error: str) -> str:
    """The QR code for the authenticator, and the field for its first code."""
    drawn = segno.make(address, error="m").svg_inline(scale=4, border=2, omitsize=True)
    shown = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    why = "" if signed_in else "<p>Untuk Administrator langkah kedua wajib.</p>"
    fields = field("password", "Kata sandi Anda", "password", "current-password") if signed_in else ""
    fields += field(
        "code", "Kode enam angka dari aplikasi", fill="one-time-code", more="inputmode='numeric' maxlength='10'"
    )
    return (
        f"<h2>Pasang langkah kedua</h2>{why}<p>Pindai dengan aplikasi autentikator di ponsel Anda.</p>"
        f"<div class='qr'>{drawn}</div><p class='hint'>Tidak dapat memindai? Ketik kunci ini: "
        f"<code>{html.escape(shown)}</code></p>" + form("/masuk/kunci", fields, "Pasang", error)
        + (_back() if signed_in else _again())
    )  # fmt: skip


def without_second_factor(required: bool, error: str) -> str:
    if required:
        return "<h2>Langkah kedua</h2><p>Sudah terpasang, dan untuk Administrator wajib.</p>" + _back()
    fields = field("password", "Kata sandi Anda", "password", "current-password")
    said = "<h2>Lepas langkah kedua</h2><p>Sesudah ini kata sandi saja cukup untuk masuk.</p>"
    return said + form("/masuk/kunci", fields, "Lepas", error) + _back()


def recovery_codes(codes: list[str], target: str) -> str:
    items = "".join(f"<li><code>{each}</code></li>" for each in codes)
    return (
        "<h2>Simpan kode pemulihan</h2><p>Masing-masing berlaku sekali bila ponsel Anda hilang. Kode ini tidak akan "
        f"ditampilkan lagi: catat atau cetak sekarang.</p><ul class='codes'>{items}</ul>"
        f"<a class='press' href='{html.escape(target)}'>Sudah saya simpan, lanjutkan</a>"
    )


def said(title: str, sentence: str) -> str:
    return f"<h2>{html.escape(title)}</h2><p>{html.escape(sentence)}</p>{_again()}"


def _again() -> str:
    return "<p class='more'><a href='/masuk'>Kembali ke halaman masuk</a></p>"


def _back() -> str:
    return "<p class='more'><a href='/akun'>Kembali ke Akun saya</a></p>"
