# What the front door answers at once, in Simplified Chinese. The English file says more.

## The reply form

reply_title = 联系客服
reply_label = 你的消息
reply_placeholder = 想写多少就写多少，我们会读每一行。
reply_files_about = 图片、视频、音频或文档，每个最大 16 MiB。

## The forms of reports

bug_form = 反馈错误
feature_form = 提出功能建议
title = 标题
title_about = 一行让别人也能看懂的概括，至少 10 个字符。
bug_title_placeholder = 放大地图的时候游戏就会闪退
feature_title_placeholder = 希望可以按名称整理我的背包
bug_text = 发生了什么
bug_text_about = 你看到了什么，原本应该怎样。内容会显示在服务器的公告板上。
feature_text = 你想要什么
feature_text_about = 以及用来做什么。内容会显示在服务器的公告板上。
steps = 步骤
steps_about = 如果你知道，请写下如何重现。
platform = 平台
platform_placeholder = 你在哪里玩
platform_android = Android
platform_ios = iOS
platform_windows = Windows
platform_macos = macOS
platform_linux = Linux
platform_web = 网页
platform_console = 主机
platform_other = 其他
importance = 对你有多重要
importance_placeholder = 有用
importance_low = 有的话更好
importance_normal = 有用
importance_high = 重要
importance_critical = 不可缺少
files = 文件
files_about = 最多 3 个截图、视频或日志，每个最大 10 MiB。

## Refusals

unknown_command = 无法识别此操作，它可能已改名或被移除。`/求助` 随时可用。
not_yours = 这属于别人的聊天。使用 `/求助` 打开你自己的聊天。
could_not_take = 暂时无法受理，请稍后再试。
