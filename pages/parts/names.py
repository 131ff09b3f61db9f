"""What things are called: none like another, and with a word to those that are no longer in use."""

from collections import Counter
from collections.abc import Iterable

from store.figures import analysis

OUT_OF_USE = "(tidak dipakai lagi)"


def told_apart(codes: Iterable[str | None], names: Iterable[str]) -> list[str]:
    """The names, with the code beside those that more than one has."""
    pairs = list(zip(codes, names, strict=True))
    count = Counter(name for _, name in set(pairs))
    return [f"{name} ({code})" if count[name] > 1 and code else name for code, name in pairs]


def names_of(table: dict[str, dict]) -> dict[str, str]:
    """By code, as people choose among them."""
    named = told_apart(table, [row["name"] for row in table.values()])
    return {
        code: name if row.get("active", True) else f"{name} {OUT_OF_USE}"
        for (code, row), name in zip(table.items(), named, strict=True)
    }


def categories_of(reference: dict[str, dict[str, dict]]) -> dict[str, str]:
    """The categories to choose from, and none."""
    return names_of(reference["categories"]) | {analysis.NONE: "Belum ditentukan"}


def kelurahan_of(reference: dict[str, dict[str, dict]]) -> dict[str, str]:
    """The kelurahan to choose from, and none."""
    return names_of(reference["kelurahan"]) | {analysis.NONE: "Belum diketahui"}
