# What a person reads, in Traditional Chinese as written in Taiwan. The English file says more.

## The chat

greeting = { $name }，你好，歡迎聯絡客服支援。直接在這裡輸入、按下 *{ reply }* 或使用 `/訊息` 寫給我們；助理會立即回答，需要時會由真人客服接手。
welcome_back = 你的聊天正在進行中。直接在這裡輸入、按下 *{ reply }* 或使用 `/訊息` 繼續。
come_to_the_dm = 我已傳私人訊息給你：{ $link }
here_we_are = 你的聊天就在這裡。
dms_are_closed = 我無法傳訊息給你。請允許私人訊息：在這個伺服器的名稱上按右鍵（在手機上：點一下名稱並開啟選單），選擇 *隱私設定*，開啟 *私人訊息*，然後再次使用 `/求助`。
or_a_private_thread = 或者，我們可以在這個伺服器的私人討論串中交談，只有你和管理員看得到。
send_files_again = 檔案不會保留，請之後重新傳送。
private_thread = 私人討論串
thread_name = { $name } 的支援（{ $code }）
come_to_the_thread = 我已為我們開啟一個私人討論串：{ $link }
no_private_thread = 這個頻道沒有私人討論串。請在這個伺服器的一般文字頻道中使用 `/求助`。
thread_not_allowed = 我無權在這裡開啟私人討論串。請這個伺服器的管理員允許我這樣做，或者允許私人訊息。
greeting_in_thread = { $name }，你好，歡迎聯絡客服支援。按下 *{ reply }* 或使用 `/訊息` 寫給我們；你在這裡輸入的內容，提及我才會傳到我們這裡。助理會立即回答，需要時會由真人客服接手。
welcome_back_in_thread = 你的聊天正在進行中。按下 *{ reply }*、使用 `/訊息`，或在輸入時提及我以繼續。
cannot_read_here = 除非你提及我，否則我無法讀取這裡輸入的內容。按下 *{ reply }* 寫給我們。
installed = { $name }，你好，很高興認識你。需要協助時，按下 *{ ask_a_question }* 或使用 `/求助`；在那之前不會開始任何事情。
ask_a_question = 提問
help_offered = 需要協助嗎？按下按鈕：你會與我們私下交談，這裡的其他人看不到。
get_help = 取得協助
start_a_chat = 要開始與客服聊天嗎？
start = 開始
not_now = 暫時不要
not_started = 好的。按鈕會留在這裡，需要時可以使用。
chat_is_open = 你的聊天正在進行中：{ $link }
button_posted = 按鈕現在已在這個頻道中。
may_not_post_here = 我無權在這個頻道發言。請允許我檢視這個頻道並傳送訊息，然後再試一次。
moderators_post = 只有管理員才能放置按鈕。
own_line = **你：** { $text }
on_its_way = 已送出。回覆會出現在你的聊天中。
nothing_to_send = 沒有可傳送的內容：訊息裡沒有文字。
too_long = 內容太長：最多 { $max } 個字元。請分幾次傳送。
only_your_own_messages = 只能把你自己的訊息傳送給客服。
not_yours = 這是別人的。
no_open_chat = 沒有進行中的聊天。使用 `/求助` 可以開始。
ending = 正在結束聊天…
agent_is_called = 案件 #{ $number }：客服人員將加入你的聊天：{ $link }
agent_was_called = 已經在為你呼叫客服人員。
agent_was_called_for = 已經在為你呼叫客服人員：案件 #{ $number }。
trouble = 我們這邊出了點問題。你的請求已保留，一分鐘後會再次嘗試。
reply = 回覆
talk_to_a_person = 聯絡真人客服
end_chat = 結束聊天

## What happens in the chat

case_opened = 已為你建立案件 #{ $number }；客服人員將加入這個聊天。
agent_called = 案件 #{ $number }：已呼叫客服人員，將加入這個聊天。
agent_joined = **{ $name }** 已加入聊天。
agent_left = **{ $name }** 已離開；現在由助理繼續回答你。
agent_gone = **{ $name }** 已離開聊天。
passed_on = **{ $name }** 已離開；另一位客服人員將加入這個聊天。
some_agent = 客服人員
nobody_available = 目前沒有空閒的客服人員。你可以繼續向助理提問。
nobody_available_for = 目前沒有空閒的客服人員。我們會保留案件 #{ $number }，並在這裡寫訊息給你。你可以繼續向助理提問。
queue_place = 你在佇列中排第 { $place } 位。
outside_hours = 現在是非服務時間。我們會保留案件 #{ $number }，並在這裡寫訊息給你。你可以繼續向助理提問。
outside_hours_until = 現在是非服務時間，客服人員將於 { $time } 回來。我們會保留案件 #{ $number }，並在這裡寫訊息給你。你可以繼續向助理提問。
ended = 這個聊天已結束。使用 `/求助` 或按下 *{ reply }* 可以開始新的聊天。
end_asks = 要結束這個聊天嗎？
go_on = 繼續聊天
chat_goes_on = 好的，聊天繼續。
silence_warning = 這裡有一段時間沒有人發言了。如果你不再發言，這個聊天將於 { $when } 結束。
rating_asks = 體驗如何？1 表示很差，5 表示很好。
rated = 謝謝，你對案件 #{ $number } 的評分已儲存：{ $stars } 分（滿分 5 分）。按下其他數字可以修改。
add_a_comment = 新增意見
comment_title = 你的意見
comment_label = 哪些好，哪些不好？
comment_kept = 謝謝，你對案件 #{ $number } 的意見已儲存。
transcript = 聊天紀錄
transcript_ready = 附件中是那次聊天的內容。
transcript_cut = 內容較長：檔案中只有最新的部分。
transcript_gone = 那次聊天的內容已不再保留。
transcript_heading = { $date } 的聊天。所有時間均為 UTC。
transcript_you = 你
transcript_you_edited = 你（已編輯）
transcript_assistant = 助理
transcript_agent = 客服人員
transcript_file = [檔案：{ $name }]
line_lost = 你的上一則訊息無法送達。請幾分鐘後重新傳送。
unsupported = （收到了無法在這裡顯示的內容。）
sent_earlier = （先前傳送）{ $text }
found = { $count ->
        [1] 這篇文章也許有幫助：
       *[other] 這些文章也許有幫助：
    }
found_nothing = 在我們的說明文章中找不到相關內容。要聯絡真人客服嗎？

## Filing

filed_without_link = 謝謝，你的回報已登記為 **#{ $number }**。有進展時我們會通知你。
filed_with_link = 謝謝，你的回報已登記為 **#{ $number }**：{ $link }
    有進展時我們會通知你。
filed_without_board = 謝謝，你的回報已登記為 **#{ $number }**。暫時無法顯示在公布欄上，但我們已經收到，有進展時會通知你。
files_not_kept = 你的回報已登記，但以下檔案無法保存：{ $names }
board_link = 公布欄：{ $link }
not_here = 只能在伺服器中提交回報。請在伺服器裡使用這個指令。
blocked_by_automod = 這個伺服器的規則不允許你的部分內容。請換個說法。
draft_gone = 這份草稿已過期，請重新開始。

## Reports that are there already

similar_found = 已有 { $count } 則類似的回報。你的問題在其中嗎？你可以投下一票，也可以仍然提交自己的回報。
similar_line = **#{ $number }** { $title }（{ $votes } 票）
file_anyway = 仍然提交我的回報
add_vote = 投票給 #{ $number }
voted = 投票成功：**#{ $number }** 現在有 { $votes } 票。
voted_already = 你已經投過 **#{ $number }** 了。
your_own_report = **#{ $number }** 是你自己的回報，已經算上你的一票。

## Severity

how_severe = 問題有多嚴重？
severity_placeholder = 選擇嚴重程度
severity_low = 輕微：顯示不對，但能正常使用
severity_normal = 一般：不方便，但有其他辦法
severity_high = 嚴重：我需要的功能無法使用
severity_critical = 致命：完全無法使用，或有東西遺失
severity_saved = 已為 **#{ $number }** 記錄：{ $label }
severity_locked = **#{ $number }** 已有人在處理，嚴重程度不再更改。

## A form that cannot be filed

handed_back = 你的回報沒有登記成功。你填寫的內容在下方，按下 *{ fill_in_again }* 可帶著這些內容開啟表單。
fill_in_again = 重新填寫
attach_again = 表單不會保留檔案，請在那裡重新附上。
title_too_short = 標題太短：至少 { $min } 個字元。
title_too_long = 標題太長：最多 { $max } 個字元。
text_missing = 缺少描述。
text_too_long = 內容太長：最多 { $max } 個字元。
too_many_files = 檔案太多：最多 { $max } 個。
file_too_large = { $name } 太大：最大 { $max_mib } MiB。
files_too_large_together = 檔案總大小過大：最大 { $max_mib } MiB。
file_wrong_type = 不接受 { $name } 的檔案類型。可接受：{ $allowed }
file_gone = 無法取得 { $name }。請重新附加。

## News of a case

status_open_by_somebody = **#{ $number }** { $title }
    已有人開始處理。
status_open_by = **#{ $number }** { $title }
    { $by } 正在處理。
status_waiting_for_person = **#{ $number }** { $title }
    我們需要你的回覆才能繼續。請在這個聊天中用 `/訊息` 回覆，或在回報的討論串中回覆。
status_waiting_for_us = **#{ $number }** { $title }
    謝謝，現在輪到我們處理，你不需要做任何事。
status_resolved = **#{ $number }** { $title }
    這個問題已解決。如果你那邊還沒有解決，請在 { $days } 天內按下 *{ reopen }*。
status_closed = **#{ $number }** { $title }
    這個案件已結案。
status_reopened = **#{ $number }** { $title }
    這個案件已重新開啟。
reason_given = 原因：
    { $text }
in_thread = { $mention }，你的回報有新進展：

## Reopening

reopen = 重新開啟
reopened_by_you = **#{ $number }** 已重新開啟。我們會再看一次。
reopened_for_chat = **#{ $number }** 已重新開啟。你的聊天將繼續處理此案件，需要時也可以聯絡真人客服：{ $link }
reopened_for_next_chat = **#{ $number }** 已重新開啟。按下 *{ reply }* 或使用 `/訊息` 寫給我們：你的下一次聊天將繼續處理此案件。
reopened_for_later_chat = **#{ $number }** 已重新開啟。你目前的聊天是關於其他事情的；此案件將在這次聊天之後的下一次聊天中繼續處理。
reopen_too_late = **#{ $number }** 解決已超過 { $days } 天，無法重新開啟。請提交新的回報。
reopen_not_possible = 無法重新開啟 **#{ $number }**。目前狀態：{ $status }

## Names

status_name_new = 新案件
status_name_open = 處理中
status_name_waiting_for_person = 等待你的回覆
status_name_waiting_for_us = 等待我們處理
status_name_resolved = 已解決
status_name_closed = 已結案
status_name_reopened = 已重新開啟
kind_name_bug = 錯誤回報
kind_name_feature = 功能建議
kind_name_support = 客服支援

## Own cases

mine_none = 你還沒有案件。使用 `/回報錯誤` 或 `/功能建議` 可以建立。
mine_heading = 你的案件（{ $count }）：
mine_line = **#{ $number }** { $title }（{ $kind }，{ $status }）
unknown_case = 這裡沒有案件 { $number }。
moderators_only = 只有管理員才能這樣做。`/案件 我的` 可檢視你自己的案件。
chat_with = 與 { $name } 的聊天

## Privacy

export_ready = 附件中是我們保存的關於你的全部內容。
export_too_large = 我們保存的關於你的內容太多，在這裡無法放進一個檔案。請向伺服器的管理員索取。
delete_asks = **要刪除我們保存的關於你的內容嗎？**
    你的聊天會結束並被刪除。你的案件會保留編號和事實，但不再有你的名字。此動作無法復原。
delete_confirm = 全部刪除
delete_keep = 保留
deleted = 我們保存的關於你的內容已刪除。你的案件不再帶有你的名字。
thread_not_deleted = 你的聊天中有一個私人討論串無法刪除。請該伺服器的管理員將其刪除。
nothing_deleted = 沒有刪除任何內容。
privacy_busy = 我們還在處理你的一些內容。請一分鐘後再試。

## Files and edits in the chat

files_left_out = 你的訊息已轉達，但其中有些內容無法轉達：
file_empty = { $name } 是空的檔案。
file_refused = 我們的客服系統沒有接受 { $name }。
edit_too_late = 你的聊天已結束，因此訊息的修改沒有轉達。
agent_file_too_large = [檔案：{ $name }（太大，無法在此顯示）]
agent_file_gone = [檔案：{ $name }（無法取得）]
