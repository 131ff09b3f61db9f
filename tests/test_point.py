"""Points on the map as people bring them: numbers, degrees, links; and what is no point."""

import tomllib

import pytest

from store.rules.errors import RuleBroken
from store.rules.point import Point, read

from .stack import ROOT

HERE = (-6.8898, 109.6753)
PLACE = "https://www.google.com/maps/place/Alun-Alun+Pekalongan"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("-6.8898, 109.6753", HERE),
        ("-6.8898,109.6753", HERE),
        ("  -6.8898 109.6753  ", HERE),
        ("-6.8898; 109.6753", HERE),
        ("(-6.8898, 109.6753)", HERE),
        ("lat: -6.8898 lon: 109.6753", HERE),
        ("Lintang -6.8898, Bujur 109.6753", HERE),
        ("−6.8898, 109.6753", HERE),
        # As Indonesians write decimals.
        ("-6,8898, 109,6753", HERE),
        ("-6,8898 109,6753", HERE),
        # The other way round, and without the minus: only one reading lies in the city.
        ("109.6753, -6.8898", HERE),
        ("6.8898, 109.6753", HERE),
        ("109.6753 6.8898", HERE),
        ("6.8898 LS, 109.6753 BT", HERE),
        ("6,8898° S 109,6753° E", HERE),
        ("6°53'23.3\"S 109°40'31.1\"E", (-6.889806, 109.675306)),
        ("109°40'31,1\" BT 6°53'23,3\" LS", (-6.889806, 109.675306)),
        # The marked place goes before the middle of the shown map.
        (f"{PLACE}/@-6.9,109.7,17z/data=!3m1!4b1!4m6!3m5!1s0x2e:0x1!8m2!3d-6.8898!4d109.6753!16s%2Fg", HERE),
        (f"{PLACE}/@-6.8898,109.6753,17z", HERE),
        ("https://www.google.com/maps/@-6.8898,109.6753,3a,75y", HERE),
        ("https://maps.google.com/?q=-6.8898,109.6753", HERE),
        ("https://maps.google.com/maps?hl=id&q=loc:-6.8898+109.6753", HERE),
        ("https://www.google.com/maps/search/?api=1&query=-6.8898%2C109.6753", HERE),
        ("https://www.google.com/maps/search/-6.8898,+109.6753?entry=tts", HERE),
        ("https://www.google.com/maps/dir/-6.9,109.7/-6.8898,109.6753", HERE),
        ("https://www.google.com/maps/embed?pb=!1m18!1m12!2d109.6753!3d-6.8898!2m3", HERE),
        ("google.com/maps?q=-6.8898,109.6753", HERE),
        ("https://www.openstreetmap.org/?mlat=-6.8898&mlon=109.6753#map=18/-6.9/109.7", HERE),
        ("https://www.openstreetmap.org/?mlon=109.6753&zoom=18&mlat=-6.8898", HERE),
        ("https://www.openstreetmap.org/#map=17/-6.8898/109.6753", HERE),
        ("geo:-6.8898,109.6753?z=17", HERE),
        ("https://waze.com/ul?ll=-6.8898,109.6753&navigate=yes", HERE),
        ("Rumah Bu Endang https://maps.google.com/?q=-6.8898,109.6753 pagar biru", HERE),
        # Elsewhere stays elsewhere, also north of the equator.
        ("-6.2088, 106.8456", (-6.2088, 106.8456)),
        ("5.5483, 95.3238", (5.5483, 95.3238)),
    ],
)
def test_a_point_is_read_however_it_is_written(typed, expected):
    found = read(typed)
    assert (found.latitude, found.longitude) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    "typed",
    [
        "di depan pasar", "-6.8898", "-6,8898", "-6, 109", "0812-3456-7890", "4M6G+2F Pekalongan", "nan, inf",
        "91.5, 181.2",
        "-6.8898, 190.5", "-6.8898, 109.6753, 12.5", PLACE, "https://www.openstreetmap.org/node/123", "https://contoh.id",
        "https://maps.google.com/?q=Jl.+Melati+5", "geo:pasar", "6.8898 LS, 109.6753 LS", "1e5.0, 3.0",
        "https://maps.google.com/?q=-96.8898,209.6753",
    ],
)  # fmt: skip
def test_what_is_no_point_is_refused(typed):
    with pytest.raises(RuleBroken) as refused:
        read(typed)
    assert refused.value.code == "not_a_point"


@pytest.mark.parametrize(
    "typed", ["https://maps.app.goo.gl/AbC123xyz", "goo.gl/maps/xyz", "Pasar Banjarsari\nhttps://maps.app.goo.gl/x?g_st=aw"]
)  # fmt: skip
def test_a_short_link_is_told_apart(typed):
    with pytest.raises(RuleBroken) as refused:
        read(typed)
    assert refused.value.code == "short_link"


@pytest.mark.parametrize("typed", ["", "  ", "\n"])
def test_nothing_is_no_point(typed):
    assert read(typed) is None


@pytest.mark.parametrize(
    ("place", "in_city", "kilometres"),
    [
        (HERE, True, 1.7),
        ((-6.95, 109.63), True, 9.8),
        ((-6.8199, 109.6753), False, 7.4),
        ((-6.8898, 109.751), False, 6.8),
        ((-6.9667, 110.4196), False, 81.1),  # Semarang
        ((-6.2088, 106.8456), False, 323),  # Jakarta
        ((6.8898, 109.6753), False, 1532),
    ],
)
def test_how_far_from_the_city(place, in_city, kilometres):
    point = Point(*place)
    assert point.in_city == in_city
    assert point.distance == pytest.approx(kilometres, rel=0.03)


def test_every_kelurahan_lies_in_the_city():
    text = (ROOT / "store" / "demo" / "texts" / "places.toml").read_text(encoding="utf-8")
    places = tomllib.loads(text)["kelurahan"]
    assert len(places) == 27
    assert [place["name"] for place in places if not Point(*place["point"]).in_city] == []
