"""What refusals mean that are not about one complaint, in people's words; `words.refusal` says them."""

RULES = {
    "no_business_id": "Akun WhatsApp Business belum diisi. Tulis WHATSAPP_BUSINESS_ID di berkas .env, lalu jalankan "
    "ulang aplikasi.",
    "no_form": "Formulir belum diterbitkan. Terbitkan dahulu, lalu tawarkan.",
    "no_working_day": "Harus ada sedikitnya satu hari kerja.",
    "address_form": "Alamat aplikasi ditulis lengkap, misalnya https://aduan.kota.go.id.",
    "kept_form": "Masa simpan harus bilangan bulat dari {least} sampai {limit}.",
    "media_longer": "Foto dan berkas tidak boleh disimpan lebih lama daripada aduannya.",
    "not_opened": "Sebutkan dahulu mengapa data orang ini dibuka.",
    "search_too_short": "Tulis sedikitnya {limit} huruf atau angka.",
    "still_open": "Aduan {number} belum berakhir. Data orang ini dihapus setelah semua aduannya berakhir.",
    "reason_names_person": "Alasan memuat nama atau nomor orang ini, padahal alasan disimpan terus. Tulis nomor "
    "surat permohonannya saja.",
    "choice_waiting": "Orang ini baru mengirim pesan yang belum masuk ke aduan mana pun. Coba lagi satu jam kemudian.",
    "message_waiting_person": "Masih ada pesan kepada orang ini yang sedang dikirim. Coba lagi beberapa menit lagi.",
    "message_waiting": "Masih ada pesan aduan {number} yang sedang dikirim. Coba lagi beberapa menit kemudian.",
    "events_broken": "Riwayat satu aduan orang ini tidak terbaca, sehingga tidak dapat dihapus. Jalankan pemeriksaan "
    "register dan hubungi pengelola sistem.",
    "anonymous": "Data orang ini sudah dihapus; tidak ada lagi yang dapat diubah.",
    "number_taken": "Nomor itu sudah milik orang lain dalam register. Periksa nomornya.",
    "in_the_future": "Waktu ditemukannya belum lewat. Periksa tanggal dan jamnya.",
    "not_told": "Insiden ditutup setelah orang yang datanya terungkap dan lembaga diberi tahu. Catat keduanya dahulu.",
    "breach_changed": "Orang lain lebih dahulu mengubah insiden ini. Periksa keadaan terbaru, lalu ulangi bila perlu.",
}
