"""The first canned texts of a register, to be edited by the administrator: code, purpose, title, category, body."""

TEXTS = (
    (
        "terima_kasih", "answer", "Terima kasih atas masukan", None,
        "Terima kasih, {nama}, atas masukan Anda. Masukan ini sudah kami catat dan kami sampaikan kepada pihak yang "
        "menanganinya.",
    ),
    (
        "kependudukan", "answer", "KTP, KK, dan akta: ke Dindukcapil", "civil_registry",
        "Urusan KTP, KK, dan akta dilayani oleh Dinas Kependudukan dan Pencatatan Sipil {kota}. Silakan menghubungi "
        "atau datang ke sana; petugasnya menjelaskan syarat yang perlu Anda siapkan.",
    ),
    (
        "ppid", "answer", "Permintaan informasi: ke PPID", None,
        "Permintaan informasi dan dokumen publik dilayani oleh Pejabat Pengelola Informasi dan Dokumentasi (PPID) "
        "{kota}. Silakan mengajukannya ke PPID, dengan menyebutkan informasi yang Anda perlukan.",
    ),
    (
        "darurat", "answer", "Keadaan darurat: telepon 112", None,
        "Untuk keadaan darurat, seperti kebakaran, kecelakaan, atau ancaman keselamatan, segera telepon 112. "
        "{layanan} bukan layanan darurat dan tidak selalu dapat menjawab seketika.",
    ),
    (
        "lengkapi_tempat", "ask", "Minta tempat kejadian", None,
        "Agar aduan {nomor} dapat ditangani, mohon kirim lokasi kejadian, atau tuliskan alamat dengan patokannya.",
    ),
    (
        "lengkapi_kronologi", "ask", "Minta kronologi dan identitas", None,
        "Agar aduan {nomor} dapat ditangani, mohon tuliskan nama lengkap dan alamat Anda, apa yang terjadi, sejak "
        "kapan, serta siapa yang terlibat. Kirim juga foto bila ada.",
    ),
    (
        "selesai", "result", "Pekerjaan sudah selesai", None,
        "{opd} sudah menindaklanjuti aduan Anda dan pekerjaannya sudah selesai. Terima kasih atas laporan Anda.",
    ),
    (
        "sedang_dikerjakan", "reply", "Masih dikerjakan", None,
        "Aduan {nomor} masih dikerjakan oleh {opd}. Kami kabari lagi setelah ada hasilnya. Terima kasih.",
    ),
    (
        "periksa_lapangan", "note", "Mohon diperiksa di lapangan", None,
        "Mohon diperiksa di lapangan, lalu laporkan hasilnya dengan foto.",
    ),
)  # fmt: skip
