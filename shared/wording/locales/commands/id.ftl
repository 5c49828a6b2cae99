# The commands as Discord's menu shows them, in Indonesian. The English file says more.

## Names of commands, subcommands and options

name_helpme = bantuan
name_message = pesan
name_agent = petugas
name_close = akhiri
name_help_button = tombol_bantuan
name_send_to_support = Kirim ke layanan bantuan
name_bug = bug
name_new_feature = fitur_baru
name_case = kasus
name_privacy = privasi
name_view = lihat
name_mine = milik_saya
name_list = daftar
name_assign = tugaskan
name_status = status
name_note = catatan
name_link = tautkan
name_reopen = buka_kembali
name_export = ekspor
name_delete = hapus
name_question = pertanyaan
name_text = teks
name_about = tentang
name_title = judul
name_steps = langkah
name_platform = platform
name_severity = keparahan
name_file = berkas
name_number = nomor
name_kind = jenis
name_mine_only = hanya_milik_saya
name_to = ke
name_reason = alasan

## Descriptions

helpme = Minta bantuan: membuka obrolan pribadi dengan layanan bantuan
helpme_question = Bantuan apa yang Anda perlukan
message = Kirim pesan ke layanan bantuan
message_text = Yang ingin Anda sampaikan
message_file = Gambar, video, suara, atau dokumen yang ikut dikirim
agent = Minta petugas bergabung ke obrolan bantuan Anda
agent_about = Tentang apa
close = Akhiri obrolan bantuan Anda
help_button = Pasang tombol bantuan di kanal ini (moderator)
help_button_text = Teks di atas tombol
bug = Laporkan bug; tanpa opsi, formulir akan terbuka
new_feature = Usulkan fitur baru; tanpa opsi, formulir akan terbuka
report_title = Dalam satu baris, 10 hingga 90 karakter
bug_text = Apa yang terjadi, dan apa yang seharusnya terjadi
feature_text = Apa yang Anda inginkan, dan untuk apa
bug_steps = Cara memunculkannya
report_platform = Di mana Anda bermain
bug_severity = Seberapa parah masalahnya
feature_severity = Seberapa penting bagi Anda
report_file = Tangkapan layar, video, atau log, hingga 10 MiB
case = Laporan dan permintaan bantuan
case_view = Tampilkan kasus (moderator)
case_mine = Tampilkan kasus Anda sendiri
case_list = Daftar kasus (moderator)
case_assign = Serahkan kasus kepada seseorang (moderator)
case_status = Ubah status kasus (moderator)
case_note = Tambahkan catatan untuk moderator dan petugas saja (moderator)
case_link = Tutup kasus sebagai duplikat dari kasus lain (moderator)
case_reopen = Buka kembali kasus (moderator)
case_number = Nomor kasus, atau kata dari judulnya
case_list_status = Hanya dengan status ini
case_list_kind = Hanya jenis ini
case_list_mine_only = Hanya yang ditugaskan kepada Anda
case_assign_to = Siapa yang menanganinya; Anda sendiri jika dikosongkan
case_status_to = Status yang baru
case_reason = Alasannya; pelapor juga membacanya
case_note_text = Catatannya
case_link_to = Nomor kasus yang tetap terbuka
privacy = Data Anda di layanan bantuan
privacy_export = Dapatkan salinan data yang disimpan tentang Anda
privacy_delete = Minta data yang disimpan tentang Anda dihapus

## Choices

severity_low = Rendah: mengganggu saya
severity_normal = Normal: tidak berfungsi sebagaimana mestinya
severity_high = Tinggi: sebagian tidak bisa saya gunakan
severity_critical = Kritis: sama sekali tidak bisa dipakai, atau ada yang hilang
status_new = Baru
status_open = Sedang ditangani
status_waiting_for_person = Menunggu pelapor
status_waiting_for_us = Menunggu kami
status_resolved = Selesai
status_closed = Ditutup
status_reopened = Dibuka kembali
kind_bug = Bug
kind_feature = Fitur
kind_support = Bantuan
