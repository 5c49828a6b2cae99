# What the front door answers at once, in Traditional Chinese. The English file says more.

## The reply form

reply_title = 聯絡客服
reply_label = 你的訊息
reply_placeholder = 想寫多少就寫多少，我們會讀每一行。
reply_files_about = 圖片、影片、音訊或文件，每個最大 16 MiB。

## The forms of reports

bug_form = 回報錯誤
feature_form = 提出功能建議
title = 標題
title_about = 一行讓別人也能看懂的概括，至少 10 個字元。
bug_title_placeholder = 放大地圖的時候遊戲就會閃退
feature_title_placeholder = 希望可以依名稱整理我的背包
bug_text = 發生了什麼事
bug_text_about = 你看到了什麼，原本應該如何。內容會顯示在伺服器的公布欄上。
feature_text = 你想要什麼
feature_text_about = 以及用來做什麼。內容會顯示在伺服器的公布欄上。
steps = 步驟
steps_about = 如果你知道，請寫下如何重現。
platform = 平台
platform_placeholder = 你在哪裡玩
platform_android = Android
platform_ios = iOS
platform_windows = Windows
platform_macos = macOS
platform_linux = Linux
platform_web = 網頁
platform_console = 主機
platform_other = 其他
importance = 對你有多重要
importance_placeholder = 有用
importance_low = 有的話更好
importance_normal = 有用
importance_high = 重要
importance_critical = 不可或缺
files = 檔案
files_about = 最多 3 個截圖、影片或記錄檔，每個最大 10 MiB。

## Refusals

unknown_command = 無法辨識這個操作，它可能已改名或被移除。`/求助` 隨時可用。
not_yours = 這屬於別人的聊天。使用 `/求助` 開啟你自己的聊天。
could_not_take = 暫時無法受理，請稍後再試。
