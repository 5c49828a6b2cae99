# What the front door answers at once, in Vietnamese. The English file says more.

## The reply form

reply_title = Viết cho bộ phận hỗ trợ
reply_label = Tin nhắn của bạn
reply_placeholder = Bạn cứ viết thoải mái. Chúng tôi đọc từng dòng.
reply_files_about = Hình ảnh, video, âm thanh hoặc tài liệu, mỗi tệp tối đa 16 MiB.

## The forms of reports

bug_form = Báo lỗi
feature_form = Đề xuất tính năng
title = Tiêu đề
title_about = Một dòng để người khác nhận ra, ít nhất 10 ký tự.
bug_title_placeholder = Bản đồ bị treo khi tôi phóng to
feature_title_placeholder = Cho phép sắp xếp kho đồ theo tên
bug_text = Chuyện gì đã xảy ra
bug_text_about = Bạn đã thấy gì và mong đợi điều gì. Nội dung được hiển thị trên bảng của máy chủ.
feature_text = Bạn muốn điều gì
feature_text_about = Và để làm gì. Nội dung được hiển thị trên bảng của máy chủ.
steps = Các bước
steps_about = Cách làm lỗi xuất hiện, nếu bạn biết.
platform = Nền tảng
platform_placeholder = Bạn chơi trên nền tảng nào
platform_android = Android
platform_ios = iOS
platform_windows = Windows
platform_macos = macOS
platform_linux = Linux
platform_web = Web
platform_console = Máy chơi game
platform_other = Khác
importance = Quan trọng với bạn đến mức nào
importance_placeholder = Hữu ích
importance_low = Có thì tốt
importance_normal = Hữu ích
importance_high = Quan trọng
importance_critical = Không thể thiếu
files = Tệp
files_about = Tối đa 3 ảnh chụp màn hình, video hoặc nhật ký, mỗi tệp 10 MiB.

## Refusals

unknown_command = Tôi không biết lệnh này; có thể nó đã được đổi tên hoặc gỡ bỏ. Bạn luôn có thể dùng `/trợ_giúp`.
not_yours = Mục này thuộc cuộc trò chuyện của người khác. Dùng `/trợ_giúp` để mở cuộc trò chuyện của bạn.
could_not_take = Tôi chưa thể nhận yêu cầu đó. Vui lòng thử lại sau giây lát.
