# What a person reads, in Japanese. The English file says more.

## The chat

greeting = { $name } さん、こんにちは。サポートへようこそ。ここにそのまま入力するか、*{ reply }* を押すか、`/メッセージ` を使ってお書きください。アシスタントがすぐにお答えし、ご希望があれば担当者に代わります。
welcome_back = チャットは開いています。ここにそのまま入力するか、*{ reply }* を押すか、`/メッセージ` を使って続けてください。
come_to_the_dm = メッセージをお送りしました: { $link }
here_we_are = チャットはこちらです。
dms_are_closed = メッセージをお送りできません。ダイレクトメッセージを許可してください。このサーバーの名前を右クリックし（スマートフォンでは名前をタップしてメニューを開き）、*プライバシー設定* で *ダイレクトメッセージ* をオンにしてから、もう一度 `/ヘルプ` をお使いください。
or_a_private_thread = または、このサーバーの非公開スレッドでお話しできます。あなたとモデレーターだけに見えます。
send_files_again = ファイルは保存されないため、そのあともう一度送信してください。
private_thread = 非公開スレッド
thread_name = { $name } さんのサポート（{ $code }）
come_to_the_thread = 非公開スレッドを開きました: { $link }
no_private_thread = このチャンネルには非公開スレッドがありません。このサーバーの通常のテキストチャンネルで `/ヘルプ` をお使いください。
thread_not_allowed = ここで非公開スレッドを開く権限がありません。このサーバーのモデレーターに許可を依頼するか、ダイレクトメッセージを許可してください。
greeting_in_thread = { $name } さん、こんにちは。サポートへようこそ。*{ reply }* を押すか `/メッセージ` を使ってお書きください。ここに入力した内容は、私をメンションすると届きます。アシスタントがすぐにお答えし、ご希望があれば担当者に代わります。
welcome_back_in_thread = チャットは開いています。*{ reply }* を押すか、`/メッセージ` を使うか、入力の中で私をメンションして続けてください。
cannot_read_here = ここに入力された内容は、私をメンションしない限り読めません。*{ reply }* を押してお書きください。
installed = { $name } さん、こんにちは。ご利用ありがとうございます。お困りのときは *{ ask_a_question }* を押すか `/ヘルプ` をお使いください。それまでは何も始まりません。
ask_a_question = 質問する
help_offered = お困りですか。ボタンを押すと非公開でお話しできます。ここにいるほかの方には見えません。
get_help = サポートに相談する
start_a_chat = サポートとのチャットを始めますか。
start = 始める
not_now = 今はしない
not_started = 承知しました。ボタンはここに残りますので、必要なときにお使いください。
chat_is_open = チャットは開いています: { $link }
button_posted = ボタンをこのチャンネルに置きました。
may_not_post_here = このチャンネルに書き込む権限がありません。チャンネルの閲覧とメッセージの送信を許可してから、もう一度お試しください。
moderators_post = ボタンを置けるのはモデレーターだけです。
own_line = **あなた:** { $text }
on_its_way = 送信しました。お返事はチャットに届きます。
nothing_to_send = 送信する内容がありません。メッセージに文章がありません。
too_long = 長すぎます。{ $max } 文字までです。分けてお送りください。
only_your_own_messages = サポートに送れるのはご自身のメッセージだけです。
not_yours = これはほかの方のものです。
no_open_chat = 開いているチャットはありません。`/ヘルプ` で始められます。
ending = チャットを終了しています…
agent_is_called = ケース #{ $number }: 担当者がチャットに参加します: { $link }
agent_was_called = 担当者はすでに呼び出されています。
agent_was_called_for = 担当者はすでに呼び出されています。ケース #{ $number } です。
trouble = こちら側で問題が発生しました。内容は保存されており、1 分ほどで再試行します。
reply = 返信する
talk_to_a_person = 担当者と話す
end_chat = チャットを終了

## What happens in the chat

case_opened = ケース #{ $number } を作成しました。担当者がこのチャットに参加します。
agent_called = ケース #{ $number }: 担当者を呼び出しました。このチャットに参加します。
agent_joined = **{ $name }** がチャットに参加しました。
agent_left = **{ $name }** が退出しました。ここからは再びアシスタントがお答えします。
agent_gone = **{ $name }** がチャットから退出しました。
passed_on = **{ $name }** が退出しました。別の担当者がこのチャットに参加します。
some_agent = 担当者
nobody_available = ただいま対応できる担当者がおりません。引き続きアシスタントに質問できます。
nobody_available_for = ただいま対応できる担当者がおりません。ケース #{ $number } は保存しており、こちらにご連絡します。引き続きアシスタントに質問できます。
queue_place = 順番待ちの { $place } 番目です。
outside_hours = ただいま受付時間外です。ケース #{ $number } は保存しており、こちらにご連絡します。引き続きアシスタントに質問できます。
outside_hours_until = ただいま受付時間外です。{ $time } に再開します。ケース #{ $number } は保存しており、こちらにご連絡します。引き続きアシスタントに質問できます。
ended = このチャットは終了しました。新しく始めるには `/ヘルプ` を使うか *{ reply }* を押してください。
end_asks = このチャットを終了しますか？
go_on = 続ける
chat_goes_on = 承知しました。チャットを続けます。
silence_warning = しばらくやり取りがありません。何も書き込みがなければ、このチャットは { $when } に終了します。
rating_asks = いかがでしたか？ 1 は不満、5 は大満足です。
rated = ありがとうございます。ケース #{ $number } の評価を保存しました: 5 段階中 { $stars }。別の数字を押すと変更できます。
add_a_comment = コメントを追加
comment_title = コメント
comment_label = 良かった点、良くなかった点
comment_kept = ありがとうございます。ケース #{ $number } へのコメントを保存しました。
transcript = チャットの記録
transcript_ready = 添付ファイルにそのチャットの内容が入っています。
transcript_cut = 長いため、ファイルには最新の部分だけが入っています。
transcript_gone = そのチャットの内容はもう保存されていません。
transcript_heading = { $date } のチャット。時刻はすべて UTC です。
transcript_you = あなた
transcript_you_edited = あなた（編集済み）
transcript_assistant = アシスタント
transcript_agent = 担当者
transcript_file = [ファイル: { $name }]
line_lost = 最後のメッセージを届けられませんでした。数分後にもう一度お送りください。
unsupported = （ここに表示できないものが送られました。）
sent_earlier = （以前の送信）{ $text }
found = { $count ->
        [1] こちらが参考になるかもしれません:
       *[other] これらが参考になるかもしれません:
    }
found_nothing = ヘルプ記事には該当する内容が見つかりませんでした。担当者とお話しになりますか？

## Filing

filed_without_link = ありがとうございます。報告を **#{ $number }** として受け付けました。動きがあればお知らせします。
filed_with_link = ありがとうございます。報告を **#{ $number }** として受け付けました: { $link }
    動きがあればお知らせします。
filed_without_board = ありがとうございます。報告を **#{ $number }** として受け付けました。掲示板には表示できませんでしたが、内容は届いています。動きがあればお知らせします。
files_not_kept = 報告は受け付けましたが、次のファイルは保存できませんでした: { $names }
board_link = 掲示板: { $link }
not_here = 報告はサーバー内でのみ受け付けています。サーバーでこのコマンドをお使いください。
blocked_by_automod = このサーバーのルールにより、文章の一部が許可されませんでした。別の言い方でお試しください。
draft_gone = その下書きは期限切れです。もう一度最初からお願いします。

## Reports that are there already

similar_found = 似た報告が { $count } 件あります。同じ内容のものはありますか？票を入れるか、このまま報告することもできます。
similar_line = **#{ $number }** { $title }（{ $votes } 票）
file_anyway = このまま報告する
add_vote = #{ $number } に票を入れる
voted = 票を受け付けました。**#{ $number }** は現在 { $votes } 票です。
voted_already = **#{ $number }** にはすでに票を入れています。
your_own_report = **#{ $number }** はご自身の報告なので、すでに 1 票として数えられています。

## Severity

how_severe = どのくらい深刻ですか？
severity_placeholder = 深刻さを選んでください
severity_low = 軽微: 見た目がおかしいが、動作に問題はない
severity_normal = 不便: 別の方法で回避できる
severity_high = 重大: 必要な機能が動かない
severity_critical = 致命的: まったく動かない、または何かが失われた
severity_saved = **#{ $number }** に記録しました: { $label }
severity_locked = **#{ $number }** はすでに対応中のため、深刻さは変更できません。

## A form that cannot be filed

handed_back = 報告は受け付けられませんでした。入力した内容は下にあります。*{ fill_in_again }* を押すと、その内容でフォームが開きます。
fill_in_again = もう一度入力する
attach_again = ファイルはフォームに残らないため、そこでもう一度添付してください。
title_too_short = タイトルが短すぎます。{ $min } 文字以上にしてください。
title_too_long = タイトルが長すぎます。{ $max } 文字以内にしてください。
text_missing = 説明が入力されていません。
text_too_long = 文章が長すぎます。{ $max } 文字以内にしてください。
too_many_files = ファイルが多すぎます。{ $max } 個までです。
file_too_large = { $name } は大きすぎます。{ $max_mib } MiB までです。
files_too_large_together = ファイルの合計が大きすぎます。{ $max_mib } MiB までです。
file_wrong_type = { $name } は受け付けられない種類のファイルです。使えるもの: { $allowed }
file_gone = { $name } を取得できませんでした。もう一度添付してください。

## News of a case

status_open_by_somebody = **#{ $number }** { $title }
    現在、担当者が対応しています。
status_open_by = **#{ $number }** { $title }
    現在、{ $by } が対応しています。
status_waiting_for_person = **#{ $number }** { $title }
    対応を進めるために、ご返答が必要です。このチャットで `/メッセージ` を使うか、報告のスレッドでお答えください。
status_waiting_for_us = **#{ $number }** { $title }
    ありがとうございます。こちらで対応を続けます。何もしていただく必要はありません。
status_resolved = **#{ $number }** { $title }
    この件は解決しました。まだ解決していない場合は、{ $days } 日以内に *{ reopen }* を押してください。
status_closed = **#{ $number }** { $title }
    この件は終了しました。
status_reopened = **#{ $number }** { $title }
    この件は再開されました。
reason_given = 理由:
    { $text }
in_thread = { $mention } さん、報告についてお知らせがあります:

## Reopening

reopen = 再開する
reopened_by_you = **#{ $number }** を再開しました。もう一度確認します。
reopened_for_chat = **#{ $number }** を再開しました。チャットはこのケースの続きとなり、ご希望があれば担当者が対応します: { $link }
reopened_for_next_chat = **#{ $number }** を再開しました。*{ reply }* を押すか `/メッセージ` を使ってお書きください。次のチャットがこのケースの続きになります。
reopened_for_later_chat = **#{ $number }** を再開しました。いま開いているチャットは別の件です。このケースは、そのあとの次のチャットで続きます。
reopen_too_late = **#{ $number }** は解決から { $days } 日以上たっているため、再開できません。新しく報告してください。
reopen_not_possible = **#{ $number }** は再開できません。現在の状態: { $status }

## Names

status_name_new = 新規
status_name_open = 対応中
status_name_waiting_for_person = あなたの返答待ち
status_name_waiting_for_us = こちらの対応待ち
status_name_resolved = 解決済み
status_name_closed = 終了
status_name_reopened = 再開
kind_name_bug = 不具合の報告
kind_name_feature = 機能の要望
kind_name_support = サポート

## Own cases

mine_none = ケースはありません。`/不具合` または `/要望` で作成できます。
mine_heading = あなたのケース（{ $count } 件）:
mine_line = **#{ $number }** { $title }（{ $kind }、{ $status }）
unknown_case = ケース { $number } はここにはありません。
moderators_only = これはモデレーターだけが行えます。ご自身のケースは `/ケース 自分` で表示できます。
chat_with = { $name } さんとのチャット

## Privacy

export_ready = 添付のファイルに、あなたについて保存しているすべての内容が入っています。
export_too_large = あなたについて保存している内容は、ここでは 1 つのファイルに収まりません。サーバーのモデレーターにお尋ねください。
delete_asks = **あなたについて保存している内容を削除しますか？**
    チャットは終了し、削除されます。ケースの番号と事実は残りますが、あなたの名前は残りません。この操作は取り消せません。
delete_confirm = すべて削除する
delete_keep = 削除しない
deleted = あなたについて保存していた内容を削除しました。ケースにあなたの名前はもう残っていません。
thread_not_deleted = チャットの非公開スレッドを削除できませんでした。そのサーバーのモデレーターに削除を依頼してください。
nothing_deleted = 何も削除していません。
privacy_busy = まだ処理中のものがあります。1 分ほどしてからもう一度お試しください。

## Files and edits in the chat

files_left_out = メッセージは届きましたが、添付の一部は届けられませんでした:
file_empty = { $name } は空です。
file_refused = { $name } はサポートシステムで受け付けられませんでした。
edit_too_late = チャットは終了しているため、メッセージの変更は届けられませんでした。
agent_file_too_large = [ファイル: { $name } (大きすぎてここには表示できません)]
agent_file_gone = [ファイル: { $name } (取得できませんでした)]
