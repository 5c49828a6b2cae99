//! People are spoken to in the language of their client, from the first answer to what comes long after it.

use sandbox::sims::discord::{OutcomeKind, Place};
use serde_json::{Value, json};

use crate::desk::{REPLY, TALK, labels, play};

#[test]
fn a_conversation_is_held_in_japanese() {
    play(async |desk| {
        let sakura = desk.person_speaking("Sakura Hoshino", "ja");
        let alex = desk.agent("Alex Agent");
        let answer = sakura.helpme("GPS drift").await;
        assert!(answer.content.starts_with("メッセージをお送りしました: <https://discord.com/"), "{}", answer.content);
        sakura.sees("サポートへようこそ").await;
        sakura.sees("参考になるかもしれません").await;
        let called = sakura.clicks(TALK).await;
        assert!(called.content.contains("担当者がチャットに参加します"), "{}", called.content);
        sakura.sees("を作成しました").await;
        let called = sakura.uses(sakura.place, "agent", json!({})).await;
        assert!(called.content.starts_with("担当者はすでに呼び出されています。ケース #"), "{}", called.content);
        let chat = alex.accepts().await;
        sakura.sees("チャットに参加しました").await;
        chat.says("GPS ですね。").await;
        sakura.sees("GPS ですね。").await;
        let form = sakura.presses(REPLY).await.modal.expect("the form opens");
        assert_eq!(form.title, "サポートに書く");
        let receipt = sakura.sends(&form, "はい、家の中です。").await;
        assert_eq!(receipt.content, "**あなた:** はい、家の中です。");
        chat.hears("はい、家の中です。").await;
        chat.leaves().await;
        sakura.sees("が退出しました").await;
        chat.completes().await;
        sakura.sees("このチャットは終了しました").await;
        desk.settles().await;
        insta::assert_snapshot!(sakura.transcript(), @r#"
        Support: Sakura Hoshino さん、こんにちは。サポートへようこそ。ここにそのまま入力するか、*返信する* を押すか、`/メッセージ` を使ってお書きください。アシスタントがすぐにお答えし、ご希望があれば担当者に代わります。
            [返信する] [担当者と話す] [チャットを終了]
        Support: こちらが参考になるかもしれません:

        **GPS drift and inaccurate location**
        The game shows the position that your phone reports. When your wayfarer jumps around, stands in the wrong street or the message "GPS signal not found (G-11)" appears, the phone has a poor fix.
        <https://support.larkspur.example/articles/gps-accuracy>
            [返信する] [担当者と話す] [チャットを終了]
        Support: ケース #N を作成しました。担当者がこのチャットに参加します。
            [返信する] [チャットを終了]
        Support: **Alex** がチャットに参加しました。
            [返信する] [チャットを終了]
        Support: **Alex:** GPS ですね。
            [返信する] [チャットを終了]
        Support: **あなた:** はい、家の中です。
        Support: **Alex** が退出しました。ここからは再びアシスタントがお答えします。
            [返信する] [担当者と話す] [チャットを終了]
        Support: このチャットは終了しました。新しく始めるには `/ヘルプ` を使うか *返信する* を押してください。
        いかがでしたか？ 1 は不満、5 は大満足です。
            [1] [2] [3] [4] [5] [返信する] [チャットの記録]
        "#);
        let [news] = &sakura.news()[..] else { panic!("{:#?}", sakura.news()) };
        let case = sakura.cases().await[0];
        let expected = format!(
            "**#{case}** Sakura Hoshino さんとのチャット\nこの件は解決しました。まだ解決していない場合は、7 日以内に *再開する* を押してください。"
        );
        assert_eq!((&news.content, labels(news)), (&expected, vec!["再開する".to_owned()]));
        let mine = sakura.uses(sakura.place, "case mine", json!({})).await;
        assert_eq!(
            mine.content,
            format!("あなたのケース（1 件）:\n**#{case}** Sakura Hoshino さんとのチャット（サポート、解決済み）")
        );
        // The language is the conversation's: what comes without an interaction knows it from there.
        assert_eq!(sakura.item().await["locale"]["S"], "ja");
        assert_eq!(desk.items(&format!("CASE#{case}")).await[0]["locale"]["S"], "ja");
        // The agents work in English, whoever they serve.
        assert_eq!(sakura.tasks()[0].attributes["customerName"], "Sakura Hoshino");
    });
}

#[test]
fn what_is_said_when_nobody_comes_is_in_the_conversations_language() {
    play(async |desk| {
        let jonas = desk.person_speaking("Jonas Vogel", "de");
        jonas.uses(jonas.place, "helpme", json!({})).await;
        jonas.sees("willkommen beim Support").await;
        jonas.messages("ich brauche einen Mitarbeiter").await;
        // The words of the line call the agents, by the Studio flow.
        jonas.sees("wurde für dich angelegt; jemand aus dem Team kommt").await;
        desk.settles().await;
        let task = jonas.tasks().pop().expect("a task waits");
        desk.sandbox.twilio().cancel_task(&task.sid, "nobody took it");
        let told = jonas.sees("Gerade ist niemand frei. Wir behalten Fall #").await;
        assert_eq!(labels(&told), ["Antworten", "Mit einem Menschen sprechen", "Chat beenden"]);
        let nothing = jonas.uses(Place::Dm, "message", json!({"text": " "})).await;
        assert_eq!(nothing.content, "Es gibt nichts zu senden: Die Nachricht hat keinen Text.");
        let ending = jonas.ends().await;
        assert_eq!(ending.content, "Der Chat wird beendet …");
        jonas.sees("Dieser Chat ist beendet. Mit `/hilfe` oder *Antworten* beginnst du einen neuen.").await;
        desk.settles().await;
        let nothing = jonas.uses(jonas.place, "close", json!({})).await;
        assert_eq!(nothing.content, "Es ist kein Chat offen. Mit `/hilfe` beginnst du einen.");
        let refused = jonas.uses(jonas.place, "case list", json!({})).await;
        assert_eq!(refused.content, "Das kann nur die Moderation. `/fall meine` zeigt deine eigenen Fälle.");
    });
}

#[test]
fn a_locale_without_a_language_of_its_own_gets_the_nearest() {
    play(async |desk| {
        for (locale, greeting) in [
            ("en-GB", "welcome to support"),
            ("es-419", "Te damos la bienvenida al soporte"),
            ("sv-SE", "welcome to support"),
            ("zh-TW", "歡迎聯絡客服支援"),
            ("zh-CN", "欢迎联系客服支持"),
        ] {
            let somebody = desk.person_speaking(&format!("Speaker of {locale}"), locale);
            somebody.uses(somebody.place, "helpme", json!({})).await;
            somebody.sees(greeting).await;
        }
    });
}

#[test]
fn forms_and_commands_are_shown_in_the_language_of_the_client() {
    play(async |desk| {
        let camille = desk.person_speaking("Camille Roux", "fr");
        let outcome = camille.tries(camille.place, "bug", json!({})).await;
        assert_eq!(outcome.kind, OutcomeKind::Modal);
        assert_eq!(outcome.modal.expect("the form opens").title, "Signaler un bug");
        // As `setup` has registered them, and Discord has taken them.
        let commands = desk.sandbox.discord().read(|state| json!(state.commands()));
        let command = |name: &str| -> Value {
            commands.as_array().unwrap().iter().find(|command| command["name"] == name).cloned().unwrap_or_default()
        };
        assert_eq!(command("helpme")["name_localizations"]["ja"], "ヘルプ");
        assert_eq!(
            command("helpme")["description_localizations"]["fr"],
            "Obtenir de l’aide : ouvre une discussion privée avec l’assistance"
        );
        assert_eq!(command("Send to support")["name_localizations"]["ko"], "고객 지원에 보내기");
        assert_eq!(command("bug")["options"][3]["choices"][7]["name_localizations"]["es-ES"], "Otra");
    });
}
