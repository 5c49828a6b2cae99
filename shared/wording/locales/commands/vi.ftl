# The commands as Discord's menu shows them, in Vietnamese. The English file says more.

## Names of commands, subcommands and options

name_helpme = trợ_giúp
name_message = nhắn_tin
name_agent = nhân_viên
name_close = kết_thúc
name_help_button = nút_trợ_giúp
name_send_to_support = Gửi cho bộ phận hỗ trợ
name_bug = báo_lỗi
name_new_feature = tính_năng_mới
name_case = yêu_cầu
name_privacy = quyền_riêng_tư
name_view = xem
name_mine = của_tôi
name_list = danh_sách
name_assign = giao
name_status = trạng_thái
name_note = ghi_chú
name_link = liên_kết
name_reopen = mở_lại
name_export = xuất
name_delete = xóa
name_question = câu_hỏi
name_text = nội_dung
name_about = về_việc
name_title = tiêu_đề
name_steps = các_bước
name_platform = nền_tảng
name_severity = mức_độ
name_file = tệp
name_number = số
name_kind = loại
name_mine_only = chỉ_của_tôi
name_to = đến
name_reason = lý_do

## Descriptions

helpme = Nhận trợ giúp: mở cuộc trò chuyện riêng với bộ phận hỗ trợ
helpme_question = Bạn cần trợ giúp về việc gì
message = Gửi tin nhắn cho bộ phận hỗ trợ
message_text = Điều bạn muốn nói
message_file = Hình ảnh, video, âm thanh hoặc tài liệu gửi kèm
agent = Yêu cầu nhân viên tham gia cuộc trò chuyện hỗ trợ của bạn
agent_about = Về việc gì
close = Kết thúc cuộc trò chuyện hỗ trợ của bạn
help_button = Đặt nút nhận trợ giúp vào kênh này (người điều hành)
help_button_text = Nội dung phía trên nút
bug = Báo lỗi; không có tùy chọn thì biểu mẫu sẽ mở ra
new_feature = Đề xuất tính năng mới; không có tùy chọn thì biểu mẫu sẽ mở ra
report_title = Trong một dòng, từ 10 đến 90 ký tự
bug_text = Chuyện gì đã xảy ra và bạn mong đợi điều gì
feature_text = Bạn muốn điều gì và để làm gì
bug_steps = Cách làm lỗi xuất hiện
report_platform = Bạn chơi trên nền tảng nào
bug_severity = Nghiêm trọng đến mức nào
feature_severity = Quan trọng với bạn đến mức nào
report_file = Ảnh chụp màn hình, video hoặc nhật ký, tối đa 10 MiB
case = Báo cáo và yêu cầu trợ giúp
case_view = Xem một yêu cầu (người điều hành)
case_mine = Xem các yêu cầu của bạn
case_list = Liệt kê các yêu cầu (người điều hành)
case_assign = Giao yêu cầu cho ai đó (người điều hành)
case_status = Đổi trạng thái của yêu cầu (người điều hành)
case_note = Thêm ghi chú chỉ người điều hành và nhân viên thấy (người điều hành)
case_link = Đóng yêu cầu vì trùng với yêu cầu khác (người điều hành)
case_reopen = Mở lại một yêu cầu (người điều hành)
case_number = Số của yêu cầu, hoặc từ trong tiêu đề
case_list_status = Chỉ với trạng thái này
case_list_kind = Chỉ loại này
case_list_mine_only = Chỉ những yêu cầu được giao cho bạn
case_assign_to = Ai nhận; là bạn nếu để trống
case_status_to = Trạng thái mới
case_reason = Lý do; người báo cáo cũng đọc được
case_note_text = Nội dung ghi chú
case_link_to = Số của yêu cầu vẫn mở
privacy = Dữ liệu của bạn tại bộ phận hỗ trợ
privacy_export = Nhận bản sao những gì bộ phận hỗ trợ lưu về bạn
privacy_delete = Yêu cầu xóa những gì bộ phận hỗ trợ lưu về bạn

## Choices

severity_low = Thấp: gây khó chịu cho tôi
severity_normal = Bình thường: không hoạt động như mong đợi
severity_high = Cao: tôi không dùng được một phần
severity_critical = Nghiêm trọng: không dùng được gì, hoặc tôi bị mất thứ gì đó
status_new = Mới
status_open = Đang xử lý
status_waiting_for_person = Đang chờ người báo cáo
status_waiting_for_us = Đang chờ chúng tôi
status_resolved = Đã giải quyết
status_closed = Đã đóng
status_reopened = Đã mở lại
kind_bug = Lỗi
kind_feature = Tính năng
kind_support = Hỗ trợ
