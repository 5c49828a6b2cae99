# What a person reads, in Simplified Chinese. The English file says more.

## The chat

greeting = { $name }，你好，欢迎联系客服支持。直接在这里输入、点击 *{ reply }* 或使用 `/消息` 给我们留言；助手会立即回答，需要时会由人工客服接手。
welcome_back = 你的聊天正在进行中。直接在这里输入、点击 *{ reply }* 或使用 `/消息` 继续。
come_to_the_dm = 我已给你发了私信：{ $link }
here_we_are = 你的聊天就在这里。
dms_are_closed = 我无法给你发私信。请允许私信：右键点击此服务器的名称（在手机上：点按名称并打开菜单），选择 *隐私设置*，打开 *私信*，然后再次使用 `/求助`。
or_a_private_thread = 或者，我们可以在此服务器的私密子区中交谈，只有你和管理员能看到。
send_files_again = 文件不会保留，请之后重新发送。
private_thread = 私密子区
thread_name = { $name } 的支持（{ $code }）
come_to_the_thread = 我已为我们打开一个私密子区：{ $link }
no_private_thread = 此频道没有私密子区。请在此服务器的普通文字频道中使用 `/求助`。
thread_not_allowed = 我无权在这里打开私密子区。请让此服务器的管理员允许我这样做，或者允许私信。
greeting_in_thread = { $name }，你好，欢迎联系客服支持。点击 *{ reply }* 或使用 `/消息` 给我们留言；你在这里输入的内容，只有提及我才能传到我们这里。助手会立即回答，需要时会由人工客服接手。
welcome_back_in_thread = 你的聊天正在进行中。点击 *{ reply }*、使用 `/消息`，或在输入时提及我以继续。
cannot_read_here = 除非你提及我，否则我无法读取这里输入的内容。点击 *{ reply }* 给我们留言。
installed = { $name }，你好，很高兴认识你。需要帮助时，点击 *{ ask_a_question }* 或使用 `/求助`；在此之前不会开始任何事情。
ask_a_question = 提问
help_offered = 需要帮助吗？点击按钮：你将与我们私下交谈，这里的其他人看不到。
get_help = 获取帮助
start_a_chat = 要开始与客服聊天吗？
start = 开始
not_now = 暂不
not_started = 好的。按钮会留在这里，需要时可以使用。
chat_is_open = 你的聊天正在进行中：{ $link }
button_posted = 按钮现在已在此频道中。
may_not_post_here = 我无权在此频道发言。请允许我查看此频道并发送消息，然后重试。
moderators_post = 只有管理员才能放置按钮。
own_line = **你：** { $text }
on_its_way = 已发送。回复会出现在你的聊天中。
nothing_to_send = 没有可发送的内容：消息里没有文字。
too_long = 内容太长：最多 { $max } 个字符。请分几次发送。
only_your_own_messages = 只能把你自己的消息发送给客服。
not_yours = 这是别人的。
no_open_chat = 没有正在进行的聊天。使用 `/求助` 可以开始。
ending = 正在结束聊天…
agent_is_called = 工单 #{ $number }：客服人员将加入你的聊天：{ $link }
agent_was_called = 已经在为你呼叫客服人员。
agent_was_called_for = 已经在为你呼叫客服人员：工单 #{ $number }。
trouble = 我们这边出了点问题。你的请求已保留，一分钟后会再次尝试。
reply = 回复
talk_to_a_person = 联系人工客服
end_chat = 结束聊天

## What happens in the chat

case_opened = 已为你创建工单 #{ $number }；客服人员将加入此聊天。
agent_called = 工单 #{ $number }：已呼叫客服人员，将加入此聊天。
agent_joined = **{ $name }** 已加入聊天。
agent_left = **{ $name }** 已离开；现在由助手继续回答你。
agent_gone = **{ $name }** 已离开聊天。
passed_on = **{ $name }** 已离开；另一位客服人员将加入此聊天。
some_agent = 客服人员
nobody_available = 目前没有空闲的客服人员。你可以继续向助手提问。
nobody_available_for = 目前没有空闲的客服人员。我们会保留工单 #{ $number }，并在这里给你留言。你可以继续向助手提问。
queue_place = 你在队列中排第 { $place } 位。
outside_hours = 现在是非服务时间。我们会保留工单 #{ $number }，并在这里给你留言。你可以继续向助手提问。
outside_hours_until = 现在是非服务时间，客服人员将于 { $time } 回来。我们会保留工单 #{ $number }，并在这里给你留言。你可以继续向助手提问。
ended = 此聊天已结束。使用 `/求助` 或点击 *{ reply }* 可以开始新的聊天。
end_asks = 要结束此聊天吗？
go_on = 继续聊天
chat_goes_on = 好的，聊天继续。
silence_warning = 这里有一段时间没有人发言了。如果你不再发言，此聊天将于 { $when } 结束。
rating_asks = 体验如何？1 表示很差，5 表示很好。
rated = 谢谢，你对工单 #{ $number } 的评分已保存：{ $stars } 分（满分 5 分）。点击其他数字可以修改。
add_a_comment = 添加评论
comment_title = 你的评论
comment_label = 哪些好，哪些不好？
comment_kept = 谢谢，你对工单 #{ $number } 的评论已保存。
transcript = 聊天记录
transcript_ready = 附件中是那次聊天的内容。
transcript_cut = 内容较长：文件中只有最新的部分。
transcript_gone = 那次聊天的内容已不再保留。
transcript_heading = { $date } 的聊天。所有时间均为 UTC。
transcript_you = 你
transcript_you_edited = 你（已编辑）
transcript_assistant = 助手
transcript_agent = 客服人员
transcript_file = [文件：{ $name }]
line_lost = 你的上一条消息未能送达。请几分钟后重新发送。
unsupported = （收到了无法在此显示的内容。）
sent_earlier = （此前发送）{ $text }
found = { $count ->
        [1] 这篇文章也许有帮助：
       *[other] 这些文章也许有帮助：
    }
found_nothing = 在我们的帮助文章中没有找到相关内容。要联系人工客服吗？

## Filing

filed_without_link = 谢谢，你的反馈已登记为 **#{ $number }**。有进展时我们会通知你。
filed_with_link = 谢谢，你的反馈已登记为 **#{ $number }**：{ $link }
    有进展时我们会通知你。
filed_without_board = 谢谢，你的反馈已登记为 **#{ $number }**。暂时无法显示在公告板上，但我们已经收到，有进展时会通知你。
files_not_kept = 你的反馈已登记，但以下文件未能保存：{ $names }
board_link = 公告板：{ $link }
not_here = 只能在服务器中提交反馈。请在服务器里使用此命令。
blocked_by_automod = 此服务器的规则不允许你的部分内容。请换一种说法。
draft_gone = 该草稿已过期，请重新开始。

## Reports that are there already

similar_found = 已有 { $count } 条相似的反馈。你的问题在其中吗？你可以投上一票，也可以仍然提交自己的反馈。
similar_line = **#{ $number }** { $title }（{ $votes } 票）
file_anyway = 仍然提交我的反馈
add_vote = 给 #{ $number } 投票
voted = 投票成功：**#{ $number }** 现在有 { $votes } 票。
voted_already = 你已经给 **#{ $number }** 投过票了。
your_own_report = **#{ $number }** 是你自己的反馈，已经算上你的一票。

## Severity

how_severe = 问题有多严重？
severity_placeholder = 选择严重程度
severity_low = 轻微：显示不对，但能正常使用
severity_normal = 一般：不方便，但有别的办法
severity_high = 严重：我需要的功能无法使用
severity_critical = 致命：完全无法使用，或有东西丢失
severity_saved = 已为 **#{ $number }** 记录：{ $label }
severity_locked = **#{ $number }** 已有人在处理，严重程度不再更改。

## A form that cannot be filed

handed_back = 你的反馈没有登记成功。你填写的内容在下方，点击 *{ fill_in_again }* 可带着这些内容打开表单。
fill_in_again = 重新填写
attach_again = 表单不会保留文件，请在那里重新添加附件。
title_too_short = 标题太短：至少 { $min } 个字符。
title_too_long = 标题太长：最多 { $max } 个字符。
text_missing = 缺少描述。
text_too_long = 内容太长：最多 { $max } 个字符。
too_many_files = 文件太多：最多 { $max } 个。
file_too_large = { $name } 太大：最大 { $max_mib } MiB。
files_too_large_together = 文件总大小过大：最大 { $max_mib } MiB。
file_wrong_type = 不接受 { $name } 的文件类型。可接受：{ $allowed }
file_gone = 无法获取 { $name }。请重新添加。

## News of a case

status_open_by_somebody = **#{ $number }** { $title }
    已有人开始处理。
status_open_by = **#{ $number }** { $title }
    { $by } 正在处理。
status_waiting_for_person = **#{ $number }** { $title }
    我们需要你的回复才能继续。请在此聊天中用 `/消息` 回复，或在反馈的子区中回复。
status_waiting_for_us = **#{ $number }** { $title }
    谢谢，现在轮到我们处理，你不需要做任何事。
status_resolved = **#{ $number }** { $title }
    此问题已解决。如果你那里还没有解决，请在 { $days } 天内点击 *{ reopen }*。
status_closed = **#{ $number }** { $title }
    此工单已关闭。
status_reopened = **#{ $number }** { $title }
    此工单已重新打开。
reason_given = 原因：
    { $text }
in_thread = { $mention }，你的反馈有新进展：

## Reopening

reopen = 重新打开
reopened_by_you = **#{ $number }** 已重新打开。我们会再看一看。
reopened_for_chat = **#{ $number }** 已重新打开。你的聊天将继续处理此工单，需要时也可以联系人工客服：{ $link }
reopened_for_next_chat = **#{ $number }** 已重新打开。点击 *{ reply }* 或使用 `/消息` 给我们留言：你的下一次聊天将继续处理此工单。
reopened_for_later_chat = **#{ $number }** 已重新打开。你当前的聊天是关于其他事情的；此工单将在这次聊天之后的下一次聊天中继续处理。
reopen_too_late = **#{ $number }** 解决已超过 { $days } 天，无法重新打开。请提交新的反馈。
reopen_not_possible = 无法重新打开 **#{ $number }**。当前状态：{ $status }

## Names

status_name_new = 新建
status_name_open = 处理中
status_name_waiting_for_person = 等待你的回复
status_name_waiting_for_us = 等待我们处理
status_name_resolved = 已解决
status_name_closed = 已关闭
status_name_reopened = 已重新打开
kind_name_bug = 错误反馈
kind_name_feature = 功能建议
kind_name_support = 客服支持

## Own cases

mine_none = 你还没有工单。使用 `/反馈错误` 或 `/功能建议` 可以创建。
mine_heading = 你的工单（{ $count }）：
mine_line = **#{ $number }** { $title }（{ $kind }，{ $status }）
unknown_case = 这里没有工单 { $number }。
moderators_only = 只有管理员才能这样做。`/工单 我的` 可查看你自己的工单。
chat_with = 与 { $name } 的聊天

## Privacy

export_ready = 附件中是我们保存的关于你的全部内容。
export_too_large = 我们保存的关于你的内容太多，这里无法放进一个文件。请向服务器的管理员索取。
delete_asks = **要删除我们保存的关于你的内容吗？**
    你的聊天会结束并被删除。你的工单会保留编号和事实，但不再有你的名字。此操作无法撤销。
delete_confirm = 全部删除
delete_keep = 保留
deleted = 我们保存的关于你的内容已删除。你的工单不再带有你的名字。
thread_not_deleted = 你的聊天中有一个私密子区无法删除。请让该服务器的管理员将其删除。
nothing_deleted = 没有删除任何内容。
privacy_busy = 我们还在处理你的一些内容。请一分钟后再试。

## Files and edits in the chat

files_left_out = 你的消息已转达，但其中有些内容没能转达：
file_empty = { $name } 是空文件。
file_refused = 我们的客服系统没有接受 { $name }。
edit_too_late = 你的聊天已结束，因此消息的修改没有转达。
agent_file_too_large = [文件：{ $name }（太大，无法在此显示）]
agent_file_gone = [文件：{ $name }（无法获取）]
