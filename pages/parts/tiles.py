"""The 27 kelurahan of Kota Pekalongan as tiles, roughly where they lie: north and the sea above, west on the left.

No package of PyPI or npm has their boundaries (looked for: only names and codes), so this is no map: each
kelurahan is equally large, neighbours are mostly neighbours. A kelurahan that an administrator adds has no place here
and is put into the last row.
"""

# (column, row) by code.
PLACES = {
    "33.75.03.1009": (1, 0),  # Bandengan
    "33.75.03.1003": (2, 0),  # Kandang Panjang
    "33.75.03.1010": (3, 0),  # Panjang Baru
    "33.75.03.1004": (4, 0),  # Panjang Wetan
    "33.75.03.1007": (5, 0),  # Degayu
    "33.75.01.1008": (1, 1),  # Pasirkratonkramat
    "33.75.03.1006": (2, 1),  # Padukuhan Kraton
    "33.75.03.1002": (4, 1),  # Krapyak
    "33.75.01.1009": (0, 2),  # Tirto
    "33.75.01.1006": (1, 2),  # Bendan Kergon
    "33.75.02.1004": (2, 2),  # Kauman
    "33.75.02.1008": (3, 2),  # Klego
    "33.75.02.1007": (4, 2),  # Poncol
    "33.75.02.1009": (5, 2),  # Gamer
    "33.75.01.1012": (0, 3),  # Pringrejo
    "33.75.01.1003": (1, 3),  # Podosugih
    "33.75.01.1004": (2, 3),  # Sapuro Kebulen
    "33.75.02.1002": (3, 3),  # Noyontaansari
    "33.75.02.1010": (5, 3),  # Setono
    "33.75.01.1002": (1, 4),  # Medono
    "33.75.04.1003": (2, 4),  # Buaran Kradenan
    "33.75.04.1008": (3, 4),  # Kuripan Yosorejo
    "33.75.02.1012": (4, 4),  # Kali Baros
    "33.75.04.1002": (1, 5),  # Banyurip
    "33.75.04.1004": (2, 5),  # Jenggot
    "33.75.04.1006": (3, 5),  # Kuripan Kertoharjo
    "33.75.04.1010": (4, 5),  # Sokoduwet
}
_LAST_ROW, _COLUMNS = 6, 6


def placed(codes: list[str]) -> dict[str, tuple[int, int]]:
    """Where each of these stands; those without a place fill rows below the map."""
    others = [code for code in codes if code not in PLACES]
    below = {code: (n % _COLUMNS, _LAST_ROW + n // _COLUMNS) for n, code in enumerate(others)}
    return {code: PLACES.get(code) or below[code] for code in codes}
