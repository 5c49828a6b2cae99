# What a person reads, in Indonesian. The English file says more.

## The chat

greeting = Halo { $name }, selamat datang di layanan bantuan. Cukup ketik di sini, tekan *{ reply }*, atau gunakan `/pesan` untuk menulis kepada kami; asisten langsung menjawab, dan petugas akan mengambil alih bila Anda memintanya.
welcome_back = Obrolan Anda masih terbuka. Cukup ketik di sini, tekan *{ reply }*, atau gunakan `/pesan` untuk melanjutkan.
come_to_the_dm = Saya sudah menulis kepada Anda: { $link }
here_we_are = Obrolan Anda ada di sini.
dms_are_closed = Saya tidak dapat menulis kepada Anda. Silakan izinkan pesan langsung: klik kanan nama server ini (di ponsel: ketuk namanya lalu buka menu), pilih *Pengaturan Privasi*, aktifkan *Pesan Langsung*, lalu gunakan `/bantuan` lagi.
or_a_private_thread = Atau kita berbicara di utas pribadi server ini, yang hanya terlihat oleh Anda dan para moderatornya.
send_files_again = Kirim lagi berkas Anda setelah itu: berkas tidak disimpan.
private_thread = Utas pribadi
thread_name = Bantuan untuk { $name } ({ $code })
come_to_the_thread = Saya sudah membuka utas pribadi untuk kita: { $link }
no_private_thread = Tidak ada utas pribadi di kanal ini. Silakan gunakan `/bantuan` di kanal teks biasa di server ini.
thread_not_allowed = Saya tidak diizinkan membuka utas pribadi di sini. Silakan minta moderator server ini mengizinkannya, atau izinkan pesan langsung.
greeting_in_thread = Halo { $name }, selamat datang di layanan bantuan. Tekan *{ reply }* atau gunakan `/pesan` untuk menulis kepada kami; apa yang Anda ketik di sini sampai kepada kami bila Anda menyebut saya di dalamnya. Asisten langsung menjawab, dan petugas akan mengambil alih bila Anda memintanya.
welcome_back_in_thread = Obrolan Anda masih terbuka. Tekan *{ reply }*, gunakan `/pesan`, atau sebut saya dalam ketikan Anda untuk melanjutkan.
cannot_read_here = Saya tidak dapat membaca apa yang diketik di sini kecuali Anda menyebut saya di dalamnya. Tekan *{ reply }* untuk menulis kepada kami.
installed = Halo { $name }, senang Anda bergabung. Bila perlu bantuan, tekan *{ ask_a_question }* atau gunakan `/bantuan`; sebelum itu tidak ada yang dimulai.
ask_a_question = Ajukan pertanyaan
help_offered = Perlu bantuan? Tekan tombolnya: Anda berbicara secara pribadi dengan kami, dan tidak ada orang lain di sini yang melihatnya.
get_help = Minta bantuan
start_a_chat = Mulai obrolan dengan layanan bantuan?
start = Mulai
not_now = Nanti saja
not_started = Baik. Tombolnya tetap di sini bila Anda membutuhkannya.
chat_is_open = Obrolan Anda masih terbuka: { $link }
button_posted = Tombolnya sekarang ada di kanal ini.
may_not_post_here = Saya tidak diizinkan menulis di kanal ini. Izinkan saya melihatnya dan mengirim pesan di dalamnya, lalu coba lagi.
moderators_post = Hanya moderator yang dapat memasang tombol ini.
own_line = **Anda:** { $text }
on_its_way = Terkirim. Jawabannya akan datang di obrolan Anda.
nothing_to_send = Tidak ada yang bisa dikirim: pesannya tidak berisi teks.
too_long = Terlalu panjang: maksimal { $max } karakter. Silakan kirim dalam beberapa bagian.
only_your_own_messages = Hanya pesan Anda sendiri yang dapat dikirim ke layanan bantuan.
not_yours = Ini milik orang lain.
no_open_chat = Tidak ada obrolan yang terbuka. Gunakan `/bantuan` untuk memulai.
ending = Mengakhiri obrolan…
agent_is_called = Kasus #{ $number }: petugas akan bergabung ke obrolan Anda: { $link }
agent_was_called = Petugas sudah dipanggil.
agent_was_called_for = Petugas sudah dipanggil: kasus #{ $number }.
trouble = Ada yang tidak beres di pihak kami. Permintaan Anda disimpan dan dicoba lagi dalam satu menit.
reply = Balas
talk_to_a_person = Bicara dengan petugas
end_chat = Akhiri obrolan

## What happens in the chat

case_opened = Kasus #{ $number } sudah dibuat untuk Anda; petugas akan bergabung ke obrolan ini.
agent_called = Kasus #{ $number }: petugas sudah dipanggil dan akan bergabung ke obrolan ini.
agent_joined = **{ $name }** bergabung ke obrolan.
agent_left = **{ $name }** sudah keluar; Anda kembali berbicara dengan asisten.
agent_gone = **{ $name }** sudah keluar dari obrolan.
passed_on = **{ $name }** sudah keluar; petugas lain akan bergabung ke obrolan ini.
some_agent = Petugas
nobody_available = Saat ini tidak ada petugas yang tersedia. Anda tetap bisa bertanya kepada asisten.
nobody_available_for = Saat ini tidak ada petugas yang tersedia. Kasus #{ $number } kami simpan dan kami akan menulis kepada Anda di sini. Anda tetap bisa bertanya kepada asisten.
queue_place = Anda berada di nomor { $place } dalam antrean.
outside_hours = Saat ini belum ada petugas. Kasus #{ $number } kami simpan dan kami akan menulis kepada Anda di sini. Anda tetap bisa bertanya kepada asisten.
outside_hours_until = Saat ini belum ada petugas; kami kembali pada { $time }. Kasus #{ $number } kami simpan dan kami akan menulis kepada Anda di sini. Anda tetap bisa bertanya kepada asisten.
ended = Obrolan ini sudah berakhir. Gunakan `/bantuan` atau tekan *{ reply }* untuk memulai yang baru.
end_asks = Apakah Anda ingin mengakhiri obrolan ini?
go_on = Lanjutkan
chat_goes_on = Baik, obrolan dilanjutkan.
silence_warning = Sudah lama tidak ada yang menulis di sini. Obrolan ini akan berakhir { $when } jika Anda tidak menulis apa pun.
rating_asks = Bagaimana pengalaman Anda? 1 berarti buruk, 5 berarti sangat baik.
rated = Terima kasih, penilaian Anda untuk kasus #{ $number } sudah disimpan: { $stars } dari 5. Tekan angka lain untuk mengubahnya.
add_a_comment = Tambahkan komentar
comment_title = Komentar Anda
comment_label = Apa yang baik, dan apa yang tidak?
comment_kept = Terima kasih, komentar Anda tentang kasus #{ $number } sudah disimpan.
transcript = Transkrip
transcript_ready = Berkas terlampir berisi apa yang dikatakan dalam obrolan itu.
transcript_cut = Obrolan ini panjang: hanya bagian terbaru yang muat di berkas.
transcript_gone = Isi obrolan itu sudah tidak disimpan.
transcript_heading = Obrolan tanggal { $date }. Semua waktu dalam UTC.
transcript_you = Anda
transcript_you_edited = Anda (disunting)
transcript_assistant = Asisten
transcript_agent = Petugas
transcript_file = [berkas: { $name }]
line_lost = Pesan terakhir Anda tidak dapat diteruskan. Silakan kirim lagi beberapa menit lagi.
unsupported = (Anda dikirimi sesuatu yang tidak dapat ditampilkan di sini.)
sent_earlier = (dikirim sebelumnya) { $text }
found = { $count ->
        [1] Artikel ini mungkin membantu:
       *[other] Artikel-artikel ini mungkin membantu:
    }
found_nothing = Saya tidak menemukan apa pun tentang itu di artikel bantuan kami. Apakah Anda ingin bicara dengan petugas?

## Filing

filed_without_link = Terima kasih, laporan Anda tercatat sebagai **#{ $number }**. Kami akan mengabari Anda bila ada perkembangan.
filed_with_link = Terima kasih, laporan Anda tercatat sebagai **#{ $number }**: { $link }
    Kami akan mengabari Anda bila ada perkembangan.
filed_without_board = Terima kasih, laporan Anda tercatat sebagai **#{ $number }**. Laporan ini tidak dapat ditampilkan di papan, tetapi sudah kami terima dan kami akan mengabari Anda bila ada perkembangan.
files_not_kept = Laporan Anda sudah tercatat, tetapi berkas ini tidak dapat disimpan: { $names }
board_link = Di papan: { $link }
not_here = Laporan hanya dapat dibuat di server. Silakan gunakan perintah ini di sana.
blocked_by_automod = Aturan server ini tidak mengizinkan sebagian teks Anda. Silakan tulis dengan kata lain.
draft_gone = Draf itu sudah kedaluwarsa. Silakan mulai lagi.

## Reports that are there already

similar_found = Ada { $count } laporan yang mirip. Apakah laporan Anda termasuk di antaranya? Tambahkan suara Anda, atau tetap kirim laporan Anda.
similar_line = **#{ $number }** { $title } ({ $votes } suara)
file_anyway = Tetap kirim laporan saya
add_vote = Tambahkan suara ke #{ $number }
voted = Suara Anda dihitung: **#{ $number }** sekarang punya { $votes } suara.
voted_already = Anda sudah memberi suara untuk **#{ $number }**.
your_own_report = **#{ $number }** adalah laporan Anda sendiri, jadi sudah memiliki suara Anda.

## Severity

how_severe = Seberapa parah masalahnya?
severity_placeholder = Pilih tingkat keparahan
severity_low = Tampilan: terlihat salah, tetapi berfungsi
severity_normal = Mengganggu: masih ada cara lain
severity_high = Serius: sesuatu yang saya perlukan tidak berfungsi
severity_critical = Kritis: tidak ada yang berfungsi, atau ada yang hilang
severity_saved = Dicatat untuk **#{ $number }**: { $label }
severity_locked = **#{ $number }** sudah ditangani, jadi tingkat keparahannya tidak diubah lagi.

## A form that cannot be filed

handed_back = Laporan Anda belum tercatat. Teks Anda ada di bawah, dan *{ fill_in_again }* membuka formulir dengan teks itu.
fill_in_again = Isi lagi
attach_again = Lampirkan lagi berkas Anda di sana: formulir tidak menyimpannya.
title_too_short = Judul terlalu pendek: minimal { $min } karakter.
title_too_long = Judul terlalu panjang: maksimal { $max } karakter.
text_missing = Deskripsi belum diisi.
text_too_long = Teks terlalu panjang: maksimal { $max } karakter.
too_many_files = Terlalu banyak berkas: maksimal { $max }.
file_too_large = { $name } terlalu besar: maksimal { $max_mib } MiB.
files_too_large_together = Ukuran total berkas terlalu besar: maksimal { $max_mib } MiB.
file_wrong_type = Jenis berkas { $name } tidak kami terima. Yang diterima: { $allowed }
file_gone = { $name } tidak dapat diambil. Silakan lampirkan lagi.

## News of a case

status_open_by_somebody = **#{ $number }** { $title }
    Laporan ini sedang ditangani.
status_open_by = **#{ $number }** { $title }
    { $by } sedang menanganinya.
status_waiting_for_person = **#{ $number }** { $title }
    Kami memerlukan sesuatu dari Anda untuk melanjutkan. Silakan jawab di obrolan ini dengan `/pesan`, atau di utas laporan.
status_waiting_for_us = **#{ $number }** { $title }
    Terima kasih, sekarang giliran kami. Anda tidak perlu melakukan apa pun.
status_resolved = **#{ $number }** { $title }
    Masalah ini sudah selesai. Jika menurut Anda belum, tekan *{ reopen }* dalam { $days } hari.
status_closed = **#{ $number }** { $title }
    Kasus ini ditutup.
status_reopened = **#{ $number }** { $title }
    Kasus ini dibuka kembali.
reason_given = Alasan:
    { $text }
in_thread = { $mention }, ada kabar tentang laporan Anda:

## Reopening

reopen = Buka kembali
reopened_by_you = **#{ $number }** dibuka kembali. Kami akan memeriksanya lagi.
reopened_for_chat = **#{ $number }** dibuka kembali. Obrolan Anda melanjutkan kasus ini, juga dengan petugas jika Anda memintanya: { $link }
reopened_for_next_chat = **#{ $number }** dibuka kembali. Tekan *{ reply }* atau gunakan `/pesan` untuk menulis kepada kami: obrolan Anda berikutnya melanjutkan kasus ini.
reopened_for_later_chat = **#{ $number }** dibuka kembali. Obrolan Anda yang terbuka membahas hal lain; kasus ini berlanjut di obrolan Anda berikutnya, setelah yang ini.
reopen_too_late = **#{ $number }** sudah selesai lebih dari { $days } hari yang lalu dan tidak dapat dibuka kembali. Silakan buat laporan baru.
reopen_not_possible = **#{ $number }** tidak dapat dibuka kembali. Statusnya: { $status }

## Names

status_name_new = Baru
status_name_open = Sedang ditangani
status_name_waiting_for_person = Menunggu Anda
status_name_waiting_for_us = Menunggu kami
status_name_resolved = Selesai
status_name_closed = Ditutup
status_name_reopened = Dibuka kembali
kind_name_bug = Laporan bug
kind_name_feature = Usulan fitur
kind_name_support = Bantuan

## Own cases

mine_none = Anda tidak punya kasus. Buat dengan `/bug` atau `/fitur_baru`.
mine_heading = Kasus Anda ({ $count }):
mine_line = **#{ $number }** { $title } ({ $kind }, { $status })
unknown_case = Tidak ada kasus { $number } di sini.
moderators_only = Hanya moderator yang dapat melakukannya. `/kasus milik_saya` menampilkan kasus Anda sendiri.
chat_with = Obrolan dengan { $name }

## Privacy

export_ready = Berkas terlampir berisi semua yang kami simpan tentang Anda.
export_too_large = Data yang kami simpan tentang Anda tidak muat dalam satu berkas di sini. Silakan minta kepada moderator server.
delete_asks = **Hapus yang kami simpan tentang Anda?**
    Obrolan Anda diakhiri dan dihapus. Kasus Anda tetap memiliki nomor dan faktanya, tetapi tanpa nama Anda. Tindakan ini tidak dapat dibatalkan.
delete_confirm = Hapus semua
delete_keep = Jangan hapus
deleted = Yang kami simpan tentang Anda sudah dihapus. Kasus Anda tidak lagi memuat nama Anda.
thread_not_deleted = Sebuah utas pribadi dari obrolan Anda tidak dapat dihapus. Silakan minta moderator server itu menghapusnya.
nothing_deleted = Tidak ada yang dihapus.
privacy_busy = Kami masih memproses sesuatu milik Anda. Silakan coba lagi dalam satu menit.

## Files and edits in the chat

files_left_out = Pesan Anda sudah diteruskan, tetapi tidak semua yang menyertainya:
file_empty = { $name } kosong.
file_refused = { $name } tidak diterima oleh sistem dukungan kami.
edit_too_late = Obrolan Anda sudah berakhir, jadi perubahan pesan Anda tidak diteruskan.
agent_file_too_large = [berkas: { $name } (terlalu besar untuk ditampilkan di sini)]
agent_file_gone = [berkas: { $name } (tidak dapat diambil)]
