"""The files of a case as its page shows them."""

from . import words
from .words import safe


def shown(file: dict) -> str:
    """A file as markup: a photo, a player, or a link; or why it is not there."""
    if file["state"] != "stored":
        why = words.MEDIA_PROBLEMS.get(file["problem"] or "", "") or words.MEDIA_PROBLEMS[file["state"]]
        if file["state"] == "waiting":
            why = words.MEDIA_PROBLEMS["waiting"]
        return f"<i>Berkas ({safe(_type_name(file['mime']))}): {safe(why)}</i><br>"
    link, mime = f"/berkas/{file['id']}", file["mime"]
    if mime.startswith("image/"):
        return _photo(file["id"], link)
    if mime.startswith("audio/") and mime != "audio/amr":
        return f"<audio controls preload='none' src='{link}'></audio>"
    if mime.startswith("video/"):
        return f"<video controls preload='none' src='{link}'></video>"
    name = safe(file["filename"] or _type_name(mime))
    return f"<a href='{link}' target='_blank'>📎 {name} ({words.size(file['size'])})</a><br>"


def _photo(media_id: int, link: str) -> str:
    """A small copy; a press on it shows the photo large above the page, without a script and on a phone too."""
    return (
        f"<button type='button' class='w-photo' popovertarget='foto-{media_id}' aria-label='Perbesar foto'>"
        f"<img src='{link}?ukuran=kecil' alt='Foto pada aduan ini' loading='lazy'></button>"
        f"<div id='foto-{media_id}' popover class='w-large'>"
        f"<img src='{link}' alt='Foto pada aduan ini, besar' loading='lazy'><div>"
        f"<a href='{link}' target='_blank'>Buka di tab baru</a>"
        f"<button type='button' popovertarget='foto-{media_id}' popovertargetaction='hide'>Tutup</button></div></div>"
    )


def _type_name(mime: str | None) -> str:
    kind = (mime or "").split("/")[0]
    return {"image": "foto", "audio": "suara", "video": "video"}.get(kind, "dokumen")
