# What the front door answers at once, in Indonesian. The English file says more.

## The reply form

reply_title = Tulis ke layanan bantuan
reply_label = Pesan Anda
reply_placeholder = Tulislah sebanyak yang Anda mau. Kami membaca setiap baris.
reply_files_about = Gambar, video, suara, atau dokumen, masing-masing hingga 16 MiB.

## The forms of reports

bug_form = Laporkan bug
feature_form = Usulkan fitur
title = Judul
title_about = Satu baris yang mudah dikenali orang lain, minimal 10 karakter.
bug_title_placeholder = Peta macet saat saya memperbesarnya
feature_title_placeholder = Urutkan inventaris berdasarkan nama
bug_text = Apa yang terjadi
bug_text_about = Apa yang Anda lihat, dan apa yang seharusnya terjadi. Ditampilkan di papan server.
feature_text = Apa yang Anda inginkan
feature_text_about = Dan untuk apa. Ditampilkan di papan server.
steps = Langkah-langkah
steps_about = Cara memunculkannya, jika Anda tahu.
platform = Platform
platform_placeholder = Di mana Anda bermain
platform_android = Android
platform_ios = iOS
platform_windows = Windows
platform_macos = macOS
platform_linux = Linux
platform_web = Web
platform_console = Konsol
platform_other = Lainnya
importance = Seberapa penting bagi Anda
importance_placeholder = Berguna
importance_low = Bagus kalau ada
importance_normal = Berguna
importance_high = Penting
importance_critical = Tidak bisa tanpa ini
files = Berkas
files_about = Hingga 3 tangkapan layar, video, atau log, masing-masing 10 MiB.

## Refusals

unknown_command = Saya tidak mengenal yang ini; mungkin namanya diganti atau sudah dihapus. `/bantuan` selalu bisa dipakai.
not_yours = Ini milik obrolan orang lain. Gunakan `/bantuan` untuk membuka obrolan Anda sendiri.
could_not_take = Permintaan Anda belum bisa saya terima. Silakan coba lagi sebentar lagi.
