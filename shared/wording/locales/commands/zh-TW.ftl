# The commands as Discord's menu shows them, in Traditional Chinese. The English file says more.

## Names of commands, subcommands and options

name_helpme = 求助
name_message = 訊息
name_agent = 真人客服
name_close = 結束聊天
name_help_button = 求助按鈕
name_send_to_support = 傳送給客服
name_bug = 回報錯誤
name_new_feature = 功能建議
name_case = 案件
name_privacy = 隱私
name_view = 檢視
name_mine = 我的
name_list = 列表
name_assign = 指派
name_status = 狀態
name_note = 備註
name_link = 關聯
name_reopen = 重新開啟
name_export = 匯出
name_delete = 刪除
name_question = 問題
name_text = 內容
name_about = 事由
name_title = 標題
name_steps = 步驟
name_platform = 平台
name_severity = 嚴重程度
name_file = 檔案
name_number = 編號
name_kind = 類型
name_mine_only = 僅我的
name_to = 目標
name_reason = 原因

## Descriptions

helpme = 取得協助：開啟與客服的私人聊天
helpme_question = 你需要什麼協助
message = 傳送訊息給客服
message_text = 你想說的內容
message_file = 隨訊息傳送的圖片、影片、音訊或文件
agent = 請真人客服加入你的聊天
agent_about = 關於什麼
close = 結束與客服的聊天
help_button = 在這個頻道放置取得協助的按鈕（管理員）
help_button_text = 按鈕上方的文字
bug = 回報錯誤；不填選項會開啟表單
new_feature = 提出新功能建議；不填選項會開啟表單
report_title = 一行，10 到 90 個字元
bug_text = 發生了什麼事，原本應該如何
feature_text = 你想要什麼，用來做什麼
bug_steps = 如何重現
report_platform = 你在哪裡玩
bug_severity = 問題有多嚴重
feature_severity = 對你有多重要
report_file = 截圖、影片或記錄檔，最大 10 MiB
case = 回報與求助
case_view = 檢視案件（管理員）
case_mine = 檢視你自己的案件
case_list = 列出案件（管理員）
case_assign = 把案件指派給某人（管理員）
case_status = 變更案件狀態（管理員）
case_note = 新增只有管理員和客服可見的備註（管理員）
case_link = 作為另一案件的重複項結案（管理員）
case_reopen = 重新開啟案件（管理員）
case_number = 案件編號，或標題中的詞
case_list_status = 只看此狀態
case_list_kind = 只看此類型
case_list_mine_only = 只看指派給你的
case_assign_to = 由誰處理；不填則為你
case_status_to = 新的狀態
case_reason = 原因；對方也會看到
case_note_text = 備註內容
case_link_to = 保持開啟的案件編號
privacy = 客服保存的你的資料
privacy_export = 取得客服保存的關於你的內容的副本
privacy_delete = 讓客服刪除保存的關於你的內容

## Choices

severity_low = 低：讓我不便
severity_normal = 一般：無法正常運作
severity_high = 高：部分無法使用
severity_critical = 致命：完全無法使用，或有東西遺失
status_new = 新案件
status_open = 處理中
status_waiting_for_person = 等待對方回覆
status_waiting_for_us = 等待我們處理
status_resolved = 已解決
status_closed = 已結案
status_reopened = 已重新開啟
kind_bug = 錯誤
kind_feature = 功能
kind_support = 客服支援
