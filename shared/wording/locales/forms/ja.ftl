# What the front door answers at once, in Japanese. The English file says more.

## The reply form

reply_title = サポートに書く
reply_label = メッセージ
reply_placeholder = 長くてもかまいません。すべて拝見します。
reply_files_about = 画像、動画、音声、文書。1つにつき16 MiBまで。

## The forms of reports

bug_form = 不具合を報告する
feature_form = 機能を要望する
title = タイトル
title_about = ほかの方にも内容が分かる 1 行で、10 文字以上。
bug_title_placeholder = 地図を拡大するとアプリが落ちます
feature_title_placeholder = 持ち物を名前順に並べ替えたいです
bug_text = 何が起きましたか
bug_text_about = 実際に起きたことと、本来どうなるはずだったか。サーバーの掲示板に表示されます。
feature_text = どのような機能が欲しいですか
feature_text_about = その目的もお書きください。サーバーの掲示板に表示されます。
steps = 手順
steps_about = 再現する方法（分かる場合）。
platform = プラットフォーム
platform_placeholder = どこで遊んでいますか
platform_android = Android
platform_ios = iOS
platform_windows = Windows
platform_macos = macOS
platform_linux = Linux
platform_web = ウェブ
platform_console = 家庭用ゲーム機
platform_other = その他
importance = どのくらい重要ですか
importance_placeholder = 役に立つ
importance_low = あるとうれしい
importance_normal = 役に立つ
importance_high = 重要
importance_critical = なくては困る
files = ファイル
files_about = スクリーンショット、動画、ログを 3 個まで。1 個につき 10 MiB まで。

## Refusals

unknown_command = これには対応していません。名前が変わったか、なくなった可能性があります。`/ヘルプ` はいつでも使えます。
not_yours = これはほかの方のチャットのものです。`/ヘルプ` でご自身のチャットを開いてください。
could_not_take = ただいま受け付けられませんでした。少ししてからもう一度お試しください。
