# The commands as Discord's menu shows them, in Japanese. The English file says more.

## Names of commands, subcommands and options

name_helpme = ヘルプ
name_message = メッセージ
name_agent = 担当者
name_close = 終了
name_help_button = ヘルプボタン
name_send_to_support = サポートに送る
name_bug = 不具合
name_new_feature = 要望
name_case = ケース
name_privacy = プライバシー
name_view = 表示
name_mine = 自分
name_list = 一覧
name_assign = 割り当て
name_status = 状態
name_note = メモ
name_link = 関連付け
name_reopen = 再開
name_export = エクスポート
name_delete = 削除
name_question = 質問
name_text = 本文
name_about = 用件
name_title = タイトル
name_steps = 手順
name_platform = プラットフォーム
name_severity = 深刻さ
name_file = ファイル
name_number = 番号
name_kind = 種類
name_mine_only = 自分のみ
name_to = 対象
name_reason = 理由

## Descriptions

helpme = サポートに相談する: 非公開のチャットを開きます
helpme_question = お困りの内容
message = サポートにメッセージを送る
message_text = お伝えになりたい内容
message_file = 一緒に送る画像、動画、音声、または文書
agent = サポートのチャットに担当者を呼ぶ
agent_about = ご用件
close = サポートのチャットを終了する
help_button = サポートに相談するボタンをこのチャンネルに置く（モデレーター）
help_button_text = ボタンの上に表示する文
bug = 不具合を報告する（オプションなしではフォームが開きます）
new_feature = 新しい機能を要望する（オプションなしではフォームが開きます）
report_title = 1 行で、10～90 文字
bug_text = 起きたことと、本来どうなるはずだったか
feature_text = 欲しい機能と、その目的
bug_steps = 再現する方法
report_platform = どこで遊んでいるか
bug_severity = どのくらい深刻か
feature_severity = どのくらい重要か
report_file = スクリーンショット、動画、ログ（10 MiB まで）
case = 報告とお問い合わせ
case_view = ケースを表示する（モデレーター）
case_mine = ご自身のケースを表示する
case_list = ケースを一覧する（モデレーター）
case_assign = ケースを担当者に割り当てる（モデレーター）
case_status = ケースの状態を変える（モデレーター）
case_note = モデレーターと担当者だけに見えるメモを加える（モデレーター）
case_link = ほかのケースと重複するものとして終了する（モデレーター）
case_reopen = ケースを再開する（モデレーター）
case_number = ケースの番号、またはタイトルの言葉
case_list_status = この状態のものだけ
case_list_kind = この種類のものだけ
case_list_mine_only = 自分に割り当てられたものだけ
case_assign_to = 担当する人（省略するとあなた）
case_status_to = 新しい状態
case_reason = 理由（報告した方にも表示されます）
case_note_text = メモの内容
case_link_to = 開いたままにするケースの番号
privacy = サポートが保存しているあなたの情報
privacy_export = サポートが保存している内容の写しを受け取る
privacy_delete = サポートが保存している内容を削除してもらう

## Choices

severity_low = 低: 気になる
severity_normal = 中: 正しく動かない
severity_high = 高: 一部が使えない
severity_critical = 致命的: まったく使えない、または何かが失われる
status_new = 新規
status_open = 対応中
status_waiting_for_person = 相手の返答待ち
status_waiting_for_us = こちらの対応待ち
status_resolved = 解決済み
status_closed = 終了
status_reopened = 再開
kind_bug = 不具合
kind_feature = 機能
kind_support = サポート
