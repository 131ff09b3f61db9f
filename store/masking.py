"""Who reported, in a list, an export or a figure: enough to tell two people apart, too little to know them."""


def masked(name: str | None, contact: str | None) -> str:
    """Name and contact as lists show them: `S*** (…0101)`; nothing where nothing is known."""
    known = masked_name(name), masked_contact(contact)
    return " ".join(part for part in (known[0], f"({known[1]})" if known[1] else "") if part)


def masked_name(name: str | None) -> str:
    """The first letter; how long the name is stays hidden, too."""
    first = next((sign for sign in name or "" if sign.isalnum()), "")
    return f"{first.upper()}***" if first else ""


def masked_contact(contact: str | None) -> str:
    """The last four signs of a number or an id, of a short one the last two; of an e-mail address the first letter."""
    kept = (contact or "").strip()
    if "@" in kept:
        return f"{kept[0]}***@…" if kept[0] != "@" else "…"
    return f"…{kept[-4:] if len(kept) >= 8 else kept[-2:]}" if len(kept) >= 4 else ("…" if kept else "")
