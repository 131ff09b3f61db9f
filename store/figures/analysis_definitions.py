"""What each chart of Analitik counts, in the words of the "?" beside it and of the files that are saved from it."""

from .analysis_departments import FEW
from .analysis_words import BEFORE_DAYS, NOW_DAYS, READ, REPORTERS
from .definitions import FIGURES

_PRESENT_FACTS = "Saringan memakai keterangan aduan saat ini (kategori, kelurahan, OPD yang memegangnya)."

CHARTS = {
    "volume": (
        f"Batang: {FIGURES['received'].definition} Garis: aduan yang berakhir pada hari itu dengan cara apa pun, "
        "kapan pun diterima; yang kemudian dibuka lagi dihitung pada akhir terakhirnya. Hari menurut WIB; "
        f"minggu mulai Senin. Diarsir: hari kantor tutup. {_PRESENT_FACTS}"
    ),
    "backlog": (
        "Jumlah aduan yang belum berakhir pada akhir setiap hari (24.00 WIB), kapan pun diterima. Dihitung dari "
        "riwayat peristiwa: yang sudah berakhir lalu dibuka kembali, dipulihkan, atau dihidupkan lagi dihitung belum "
        f"berakhir sejak saat itu, dan tetap dihitung berakhir selama di antaranya. {_PRESENT_FACTS}"
    ),
    "ageing": (
        "Aduan yang belum berakhir saat ini, kapan pun diterima (masa di atas tidak berlaku), menurut hari kalender "
        "sejak diterima. Jam berhenti: menunggu pelapor, atau hasil sudah dikirim."
    ),
    "category": f"{FIGURES['received'].definition} Menurut kategori saat ini dan bulan penerimaan (WIB).",
    "kelurahan": (
        f"{FIGURES['received'].definition} Menurut kelurahan tempat kejadian. Ubin bukan peta batas wilayah: letaknya "
        "hanya kira-kira, dan semua kelurahan sama besar."
    ),
    "points": (
        "Aduan yang diterima dalam masa ini dan lokasinya dibagikan, dikumpulkan dalam petak sekitar 220 × 220 meter: "
        "titik di tengah petak, bukan rumah siapa pun. Aduan rahasia dan lokasi di luar Kota Pekalongan tidak termasuk."
    ),
    "department": (
        "Aduan yang diterima dalam masa ini dan sekarang ada bagiannya pada OPD itu. Sampai diterima: dari diteruskan "
        "sampai OPD menerima. Sampai hasil: dari diteruskan sampai hasil terakhir dikirim. Keduanya nilai tengah dalam "
        f"waktu kalender, dengan banyaknya aduan (n). {FIGURES['within_promise'].definition} Dikembalikan: aduan "
        "yang dikembalikan OPD itu dan berapa kali, juga yang kini pada OPD lain; OPD sendiri hanya dapat membuka yang "
        "masih ada bagiannya padanya. Dibuka kembali: aduan yang pernah dibuka kembali. "
        f"Nilai: rata-rata penilaian pelapor 1–5. Dengan n kurang dari {FEW} angkanya ditandai “sedikit” dan tidak "
        "patut dibandingkan."
    ),
    "promise": (
        f"{FIGURES['within_promise'].definition} Titik: bagian itu. Garis: rentang yang mungkin karena kebetulan saja "
        "(95 %, Wilson); dua OPD yang garisnya bertumpang tindih tidak dapat disebut berbeda. OPD dengan kurang dari "
        f"{FEW} aduan yang dapat dinilai tidak digambar."
    ),
    "channel": (
        f"{FIGURES['received'].definition} Jawaban pertama: {FIGURES['first_answer_median'].definition} Dalam janji: "
        f"{FIGURES['within_promise'].definition}"
    ),
    "hour": f"{FIGURES['received'].definition} Menurut hari dan jam diterima (WIB).",
    "ways": (
        "Berapa kali aduan yang diterima dalam masa ini beralih dari satu status ke status lain, sampai sekarang. Satu "
        "aduan dapat dihitung beberapa kali. Lebar pita sebanding dengan jumlahnya; langkah mundur (dikembalikan, "
        "dibuka kembali, dipulihkan) ada di daftar, bukan di gambar."
    ),
    "words": (
        f"Kata dalam kalimat pembuka aduan {NOW_DAYS} hari terakhir masa ini, dibandingkan dengan {BEFORE_DAYS} hari "
        f"sebelumnya. Hanya kata yang ditulis sedikitnya {REPORTERS} pelapor berbeda; tanpa aduan rahasia, angka, nama "
        "orang, kata sesudah sapaan, dan kata kecil bahasa Indonesia dan Jawa. Garis jingga: banyaknya bila tidak ada "
        f"yang berubah. Dibaca paling banyak {READ:,} aduan terbaru dari tiap masa.".replace(",000", ".000")
    ),
}
