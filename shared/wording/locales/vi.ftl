# What a person reads, in Vietnamese. The English file says more.

## The chat

greeting = Xin chào { $name }, chào mừng bạn đến với bộ phận hỗ trợ. Hãy nhập ngay tại đây, nhấn *{ reply }* hoặc dùng `/nhắn_tin` để viết cho chúng tôi; trợ lý sẽ trả lời ngay, và nhân viên sẽ tiếp nhận khi bạn yêu cầu.
welcome_back = Cuộc trò chuyện của bạn đang mở. Hãy nhập ngay tại đây, nhấn *{ reply }* hoặc dùng `/nhắn_tin` để tiếp tục.
come_to_the_dm = Tôi đã viết cho bạn: { $link }
here_we_are = Cuộc trò chuyện của bạn ở đây.
dms_are_closed = Tôi không thể nhắn tin cho bạn. Vui lòng cho phép tin nhắn trực tiếp: nhấp chuột phải vào tên máy chủ này (trên điện thoại: chạm vào tên rồi mở menu), chọn *Cài đặt quyền riêng tư*, bật *Tin nhắn trực tiếp*, rồi dùng lại `/trợ_giúp`.
or_a_private_thread = Hoặc chúng ta trò chuyện trong một chủ đề riêng tư của máy chủ này, chỉ bạn và người điều hành nhìn thấy.
send_files_again = Sau đó hãy gửi lại tệp của bạn: tệp không được giữ.
private_thread = Chủ đề riêng tư
thread_name = Hỗ trợ cho { $name } ({ $code })
come_to_the_thread = Tôi đã mở một chủ đề riêng tư cho chúng ta: { $link }
no_private_thread = Kênh này không có chủ đề riêng tư. Vui lòng dùng `/trợ_giúp` trong một kênh văn bản thông thường của máy chủ này.
thread_not_allowed = Tôi không được phép mở chủ đề riêng tư ở đây. Vui lòng nhờ người điều hành của máy chủ này cho phép, hoặc cho phép tin nhắn trực tiếp.
greeting_in_thread = Xin chào { $name }, chào mừng bạn đến với bộ phận hỗ trợ. Nhấn *{ reply }* hoặc dùng `/nhắn_tin` để viết cho chúng tôi; những gì bạn nhập ở đây sẽ đến được chúng tôi khi bạn nhắc đến tôi trong đó. Trợ lý sẽ trả lời ngay, và nhân viên sẽ tiếp nhận khi bạn yêu cầu.
welcome_back_in_thread = Cuộc trò chuyện của bạn đang mở. Nhấn *{ reply }*, dùng `/nhắn_tin`, hoặc nhắc đến tôi trong tin nhắn để tiếp tục.
cannot_read_here = Tôi không đọc được những gì nhập ở đây trừ khi bạn nhắc đến tôi trong đó. Nhấn *{ reply }* để viết cho chúng tôi.
installed = Xin chào { $name }, rất vui được gặp bạn. Khi cần trợ giúp, hãy nhấn *{ ask_a_question }* hoặc dùng `/trợ_giúp`; trước đó sẽ không có gì bắt đầu.
ask_a_question = Đặt câu hỏi
help_offered = Bạn cần trợ giúp? Hãy nhấn nút: bạn trò chuyện riêng với chúng tôi và không ai khác ở đây nhìn thấy.
get_help = Nhận trợ giúp
start_a_chat = Bắt đầu trò chuyện với bộ phận hỗ trợ?
start = Bắt đầu
not_now = Để sau
not_started = Được rồi. Nút vẫn ở đây khi bạn cần.
chat_is_open = Cuộc trò chuyện của bạn đang mở: { $link }
button_posted = Nút đã có trong kênh này.
may_not_post_here = Tôi không được phép viết trong kênh này. Vui lòng cho phép tôi xem kênh và gửi tin nhắn, rồi thử lại.
moderators_post = Chỉ người điều hành mới đặt được nút này.
own_line = **Bạn:** { $text }
on_its_way = Đã gửi. Câu trả lời sẽ đến trong cuộc trò chuyện của bạn.
nothing_to_send = Không có gì để gửi: tin nhắn không có nội dung.
too_long = Tin nhắn quá dài: tối đa { $max } ký tự. Vui lòng gửi thành nhiều phần.
only_your_own_messages = Chỉ có thể gửi tin nhắn của chính bạn cho bộ phận hỗ trợ.
not_yours = Mục này là của người khác.
no_open_chat = Không có cuộc trò chuyện nào đang mở. Dùng `/trợ_giúp` để bắt đầu.
ending = Đang kết thúc cuộc trò chuyện…
agent_is_called = Yêu cầu #{ $number }: nhân viên sẽ tham gia cuộc trò chuyện của bạn: { $link }
agent_was_called = Nhân viên đã được gọi rồi.
agent_was_called_for = Nhân viên đã được gọi rồi: yêu cầu #{ $number }.
trouble = Đã xảy ra lỗi ở phía chúng tôi. Yêu cầu của bạn được giữ lại và sẽ được thử lại sau một phút.
reply = Trả lời
talk_to_a_person = Nói chuyện với nhân viên
end_chat = Kết thúc trò chuyện

## What happens in the chat

case_opened = Yêu cầu #{ $number } đã được tạo cho bạn; nhân viên sẽ tham gia cuộc trò chuyện này.
agent_called = Yêu cầu #{ $number }: nhân viên đã được gọi và sẽ tham gia cuộc trò chuyện này.
agent_joined = **{ $name }** đã tham gia cuộc trò chuyện.
agent_left = **{ $name }** đã rời đi; trợ lý lại trả lời bạn.
agent_gone = **{ $name }** đã rời cuộc trò chuyện.
passed_on = **{ $name }** đã rời đi; một nhân viên khác sẽ tham gia cuộc trò chuyện này.
some_agent = Nhân viên hỗ trợ
nobody_available = Hiện không có nhân viên nào. Bạn vẫn có thể tiếp tục hỏi trợ lý.
nobody_available_for = Hiện không có nhân viên nào. Chúng tôi giữ yêu cầu #{ $number } và sẽ viết cho bạn tại đây. Bạn vẫn có thể tiếp tục hỏi trợ lý.
queue_place = Bạn đang ở vị trí số { $place } trong hàng đợi.
outside_hours = Hiện đang ngoài giờ làm việc. Chúng tôi giữ yêu cầu #{ $number } và sẽ viết cho bạn tại đây. Bạn vẫn có thể tiếp tục hỏi trợ lý.
outside_hours_until = Hiện đang ngoài giờ làm việc; chúng tôi trở lại vào { $time }. Chúng tôi giữ yêu cầu #{ $number } và sẽ viết cho bạn tại đây. Bạn vẫn có thể tiếp tục hỏi trợ lý.
ended = Cuộc trò chuyện này đã kết thúc. Dùng `/trợ_giúp` hoặc nhấn *{ reply }* để bắt đầu cuộc trò chuyện mới.
end_asks = Bạn có muốn kết thúc cuộc trò chuyện này không?
go_on = Tiếp tục
chat_goes_on = Được rồi, cuộc trò chuyện vẫn tiếp tục.
silence_warning = Đã lâu không có ai viết ở đây. Cuộc trò chuyện này sẽ kết thúc { $when } nếu bạn không viết gì.
rating_asks = Bạn thấy thế nào? 1 là kém, 5 là rất tốt.
rated = Cảm ơn bạn, đánh giá cho yêu cầu #{ $number } đã được lưu: { $stars } trên 5. Nhấn một số khác để thay đổi.
add_a_comment = Thêm nhận xét
comment_title = Nhận xét của bạn
comment_label = Điều gì tốt, điều gì chưa tốt?
comment_kept = Cảm ơn bạn, nhận xét về yêu cầu #{ $number } đã được lưu.
transcript = Bản ghi
transcript_ready = Tệp đính kèm chứa nội dung của cuộc trò chuyện đó.
transcript_cut = Nội dung dài: tệp chỉ chứa phần mới nhất.
transcript_gone = Nội dung của cuộc trò chuyện đó không còn được lưu giữ.
transcript_heading = Cuộc trò chuyện ngày { $date }. Mọi thời gian đều theo UTC.
transcript_you = Bạn
transcript_you_edited = Bạn (đã sửa)
transcript_assistant = Trợ lý
transcript_agent = Nhân viên hỗ trợ
transcript_file = [tệp: { $name }]
line_lost = Không thể chuyển tin nhắn gần nhất của bạn. Vui lòng gửi lại sau vài phút.
unsupported = (Bạn được gửi một nội dung không thể hiển thị ở đây.)
sent_earlier = (đã gửi trước đó) { $text }
found = { $count ->
        [1] Bài viết này có thể giúp bạn:
       *[other] Những bài viết này có thể giúp bạn:
    }
found_nothing = Tôi không tìm thấy gì về điều đó trong các bài viết trợ giúp. Bạn có muốn nói chuyện với nhân viên không?

## Filing

filed_without_link = Cảm ơn bạn, báo cáo đã được ghi nhận với số **#{ $number }**. Chúng tôi sẽ nhắn cho bạn khi có tin mới.
filed_with_link = Cảm ơn bạn, báo cáo đã được ghi nhận với số **#{ $number }**: { $link }
    Chúng tôi sẽ nhắn cho bạn khi có tin mới.
filed_without_board = Cảm ơn bạn, báo cáo đã được ghi nhận với số **#{ $number }**. Không thể hiển thị báo cáo trên bảng, nhưng chúng tôi đã nhận được và sẽ nhắn cho bạn khi có tin mới.
files_not_kept = Báo cáo đã được ghi nhận, nhưng không thể lưu các tệp này: { $names }
board_link = Trên bảng: { $link }
not_here = Chỉ có thể gửi báo cáo trong máy chủ. Vui lòng dùng lệnh này ở đó.
blocked_by_automod = Quy định của máy chủ này không cho phép một phần nội dung của bạn. Vui lòng viết lại theo cách khác.
draft_gone = Bản nháp đó đã hết hạn. Vui lòng bắt đầu lại.

## Reports that are there already

similar_found = Có { $count } báo cáo tương tự. Đó có phải là vấn đề của bạn không? Hãy thêm phiếu của bạn, hoặc vẫn gửi báo cáo của bạn.
similar_line = **#{ $number }** { $title } ({ $votes } phiếu)
file_anyway = Vẫn gửi báo cáo của tôi
add_vote = Thêm phiếu cho #{ $number }
voted = Phiếu của bạn đã được tính: **#{ $number }** hiện có { $votes } phiếu.
voted_already = Bạn đã bỏ phiếu cho **#{ $number }** rồi.
your_own_report = **#{ $number }** là báo cáo của chính bạn nên đã có phiếu của bạn.

## Severity

how_severe = Vấn đề nghiêm trọng đến mức nào?
severity_placeholder = Chọn mức độ nghiêm trọng
severity_low = Hiển thị: trông không đúng nhưng vẫn hoạt động
severity_normal = Phiền toái: vẫn có cách khác
severity_high = Nghiêm trọng: thứ tôi cần không hoạt động
severity_critical = Rất nghiêm trọng: không gì hoạt động, hoặc bị mất dữ liệu
severity_saved = Đã ghi cho **#{ $number }**: { $label }
severity_locked = **#{ $number }** đang được xử lý nên mức độ nghiêm trọng được giữ nguyên.

## A form that cannot be filed

handed_back = Báo cáo của bạn chưa được ghi nhận. Nội dung của bạn ở bên dưới, và *{ fill_in_again }* sẽ mở biểu mẫu có sẵn nội dung đó.
fill_in_again = Điền lại
attach_again = Hãy đính kèm lại tệp của bạn ở đó: biểu mẫu không giữ tệp.
title_too_short = Tiêu đề quá ngắn: ít nhất { $min } ký tự.
title_too_long = Tiêu đề quá dài: tối đa { $max } ký tự.
text_missing = Chưa có phần mô tả.
text_too_long = Nội dung quá dài: tối đa { $max } ký tự.
too_many_files = Quá nhiều tệp: tối đa { $max } tệp.
file_too_large = { $name } quá lớn: tối đa { $max_mib } MiB.
files_too_large_together = Tổng dung lượng các tệp quá lớn: tối đa { $max_mib } MiB.
file_wrong_type = Chúng tôi không nhận loại tệp của { $name }. Các loại được nhận: { $allowed }
file_gone = Không thể tải { $name }. Vui lòng đính kèm lại.

## News of a case

status_open_by_somebody = **#{ $number }** { $title }
    Vấn đề này đang được xử lý.
status_open_by = **#{ $number }** { $title }
    { $by } đang xử lý vấn đề này.
status_waiting_for_person = **#{ $number }** { $title }
    Chúng tôi cần thêm thông tin từ bạn để tiếp tục. Vui lòng trả lời trong cuộc trò chuyện này bằng `/nhắn_tin`, hoặc trong chủ đề của báo cáo.
status_waiting_for_us = **#{ $number }** { $title }
    Cảm ơn bạn, giờ đến lượt chúng tôi. Bạn không cần làm gì thêm.
status_resolved = **#{ $number }** { $title }
    Vấn đề này đã được giải quyết. Nếu bạn thấy chưa, hãy nhấn *{ reopen }* trong vòng { $days } ngày.
status_closed = **#{ $number }** { $title }
    Yêu cầu này đã đóng.
status_reopened = **#{ $number }** { $title }
    Yêu cầu này đã được mở lại.
reason_given = Lý do:
    { $text }
in_thread = { $mention }, có tin mới về báo cáo của bạn:

## Reopening

reopen = Mở lại
reopened_by_you = **#{ $number }** đã được mở lại. Chúng tôi sẽ xem lại lần nữa.
reopened_for_chat = **#{ $number }** đã được mở lại. Cuộc trò chuyện của bạn sẽ tiếp tục yêu cầu này, kể cả với nhân viên khi bạn cần: { $link }
reopened_for_next_chat = **#{ $number }** đã được mở lại. Nhấn *{ reply }* hoặc dùng `/nhắn_tin` để viết cho chúng tôi: cuộc trò chuyện tiếp theo của bạn sẽ tiếp tục yêu cầu này.
reopened_for_later_chat = **#{ $number }** đã được mở lại. Cuộc trò chuyện đang mở của bạn nói về việc khác; yêu cầu này sẽ tiếp tục trong cuộc trò chuyện tiếp theo của bạn, sau cuộc này.
reopen_too_late = **#{ $number }** đã được giải quyết hơn { $days } ngày trước và không thể mở lại nữa. Vui lòng gửi báo cáo mới.
reopen_not_possible = Không thể mở lại **#{ $number }**. Trạng thái hiện tại: { $status }

## Names

status_name_new = Mới
status_name_open = Đang xử lý
status_name_waiting_for_person = Đang chờ bạn
status_name_waiting_for_us = Đang chờ chúng tôi
status_name_resolved = Đã giải quyết
status_name_closed = Đã đóng
status_name_reopened = Đã mở lại
kind_name_bug = Báo lỗi
kind_name_feature = Đề xuất tính năng
kind_name_support = Hỗ trợ

## Own cases

mine_none = Bạn chưa có yêu cầu nào. Dùng `/báo_lỗi` hoặc `/tính_năng_mới` để tạo.
mine_heading = Yêu cầu của bạn ({ $count }):
mine_line = **#{ $number }** { $title } ({ $kind }, { $status })
unknown_case = Không có yêu cầu { $number } ở đây.
moderators_only = Chỉ người điều hành mới làm được việc đó. `/yêu_cầu của_tôi` hiển thị các yêu cầu của bạn.
chat_with = Trò chuyện với { $name }

## Privacy

export_ready = Tệp đính kèm chứa mọi thứ chúng tôi lưu về bạn.
export_too_large = Dữ liệu chúng tôi lưu về bạn không vừa trong một tệp ở đây. Vui lòng hỏi người điều hành của máy chủ.
delete_asks = **Xóa những gì chúng tôi lưu về bạn?**
    Các cuộc trò chuyện của bạn sẽ kết thúc và bị xóa. Các yêu cầu của bạn giữ lại số và sự việc, nhưng không còn tên bạn. Không thể hoàn tác.
delete_confirm = Xóa tất cả
delete_keep = Giữ lại
deleted = Những gì chúng tôi lưu về bạn đã được xóa. Các yêu cầu của bạn không còn mang tên bạn.
thread_not_deleted = Không thể xóa một chủ đề riêng tư trong các cuộc trò chuyện của bạn. Vui lòng nhờ người điều hành của máy chủ đó xóa.
nothing_deleted = Không có gì bị xóa.
privacy_busy = Chúng tôi vẫn đang xử lý một việc của bạn. Vui lòng thử lại sau một phút.

## Files and edits in the chat

files_left_out = Tin nhắn của bạn đã được chuyển đi, nhưng không phải mọi thứ kèm theo:
file_empty = { $name } trống.
file_refused = { $name } không được hệ thống hỗ trợ của chúng tôi chấp nhận.
edit_too_late = Cuộc trò chuyện của bạn đã kết thúc, nên thay đổi trong tin nhắn của bạn không được chuyển đi.
agent_file_too_large = [tệp: { $name } (quá lớn để hiển thị ở đây)]
agent_file_gone = [tệp: { $name } (không tải được)]
