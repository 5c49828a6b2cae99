//! Texts of every length and kind, both ways.

use sandbox::sims::discord::{OutcomeKind, Place, SimMessage};
use serde_json::json;

use crate::desk::{Chat, Desk, Somebody, TALK, Worker, play};
use crate::recorded::recorded;

/// Longest text of one Discord message, and of one line of a person.
const DISCORD_MAX: usize = 2000;
const LINE_MAX: usize = 4000;

/// Every kind of text that means something to somebody on the way.
const NASTY: &str = "🦊 שלום مرحبا @everyone @here <@1> <@&2> <#3> *b* __u__ `c` ~~s~~ ||p|| [x](https://e.example/a_b*c) \"q\" {{j}} {\"k\":1} \\ %20 &amp; <b>\n> quote\n- list\n# head\n```\nblock\n```";
/// How it is written so that a person reads it as it was typed.
const NASTY_ESCAPED: &str = "🦊 שלום مرحبا @everyone @here \\<@1> \\<@&2> \\<#3> \\*b\\* \\_\\_u\\_\\_ \\`c\\` \\~\\~s\\~\\~ \\|\\|p\\|\\| \\[x](https://e.example/a_b*c) \"q\" {{j}} {\"k\":1} \\\\ %20 &amp; <b>\n\\> quote\n\\- list\n\\# head\n\\`\\`\\`\nblock\n\\`\\`\\`";

const NASTY_NAME: &str = "*Ad_a* <@5> @everyone 🦊 עדה \"q\" \\";
const NASTY_NAME_ESCAPED: &str = "\\*Ad\\_a\\* \\<@5> @everyone 🦊 עדה \"q\" \\\\";
const NASTY_AGENT: &str = "**Al_ex** @here <@&6> مساعد";
/// Of their first name, as it is shown.
const NASTY_AGENT_ESCAPED: &str = "\\*\\*Al\\_ex\\*\\*";

async fn in_chat<'w, 'a>(ada: &Somebody<'a>, alex: &'w Worker<'a>) -> Chat<'w, 'a> {
    ada.opens_a_chat().await;
    ada.clicks(TALK).await;
    let chat = alex.accepts().await;
    ada.sees("has joined the chat").await;
    chat
}

#[test]
fn anything_arrives_unchanged_at_the_agent_and_escaped_at_the_person() {
    play(async |desk| {
        let ada = desk.person(NASTY_NAME);
        let alex = desk.agent(NASTY_AGENT);
        ada.helpme(NASTY).await;
        let greeting = ada.sees("welcome to support").await;
        assert!(greeting.content.starts_with(&format!("Hello {NASTY_NAME_ESCAPED}, ")), "{}", greeting.content);
        ada.is_heard(NASTY).await;
        desk.settles().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        chat.hears(NASTY).await;
        assert_eq!(chat.task().attributes["customerName"], NASTY_NAME);
        let joined = ada.sees("has joined the chat").await;
        assert_eq!(joined.content, format!("**{NASTY_AGENT_ESCAPED}** has joined the chat."));
        for _ in 0..2 {
            chat.says(NASTY).await;
        }
        let shown = ada.sees("block").await;
        assert_eq!(shown.content, format!("**{NASTY_AGENT_ESCAPED}:** {NASTY_ESCAPED}"));
        for receipt in [ada.replies(NASTY).await, ada.messages_in_dm(NASTY).await] {
            assert_eq!(receipt.content, format!("**You:** {NASTY_ESCAPED}"));
            chat.hears(NASTY).await;
        }
        chat.leaves().await;
        let left = ada.sees("has left;").await;
        assert_eq!(left.content, format!("**{NASTY_AGENT_ESCAPED}** has left; you are back with the assistant."));
        desk.settles().await;
        assert_eq!(ada.said(), [NASTY, NASTY, NASTY]);
        let case = ada.cases().await[0];
        let item = desk.items(&format!("CASE#{case}")).await.remove(0);
        assert_eq!(
            (&item["reporter_name"]["S"], &item["assignee_name"]["S"]),
            (&json!(NASTY_NAME), &json!(NASTY_AGENT))
        );
    });
}

#[test]
fn such_a_name_survives_the_flow() {
    play(async |desk| {
        let ada = desk.person(NASTY_NAME);
        ada.opens_a_chat().await;
        ada.messages("agent please").await;
        ada.sees("has been created for you").await;
        desk.settles().await;
        let task = ada.tasks().pop().expect("the flow made a task");
        assert_eq!(task.attributes["customerName"], NASTY_NAME);
        let runs = desk.sandbox.twilio().executions();
        assert_eq!(runs.iter().rfind(|run| run.conversation_sid == ada.sid()).unwrap().problem, None);
    });
}

#[test]
fn a_question_of_every_kind_is_answered() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        for question in [NASTY, "🦊🦊🦊", "?", "{{trigger.message.Body}}", "\u{202e}gnirts desrever"] {
            let before = ada.texts().len();
            ada.messages(question).await;
            desk.settles().await;
            assert_eq!(ada.texts().len(), before + 1, "{question}");
        }
    });
}

/// What the bot has written below the last message that was there before.
fn below(ada: &Somebody<'_>, last: u64) -> Vec<SimMessage> {
    ada.dm().into_iter().filter(|message| message.id > last && message.from_bot).collect()
}

fn last(ada: &Somebody<'_>) -> u64 {
    ada.dm().last().map_or(0, |message| message.id)
}

/// Numbered from the first to the last, so that whatever is missing, doubled or out of place shows.
fn numbered(length: usize) -> String {
    let mut text: String = (0..=length / 8).map(|number| format!("{number:07}.")).collect::<Vec<_>>().concat();
    text.truncate(length);
    text
}

#[test]
fn a_person_says_as_much_as_a_form_takes() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        let chat = in_chat(&ada, &alex).await;
        for length in [1, DISCORD_MAX, DISCORD_MAX + 1, LINE_MAX] {
            let text = numbered(length);
            let receipt = ada.replies(&text).await;
            assert!(receipt.content.encode_utf16().count() <= DISCORD_MAX);
            chat.hears(&text).await;
            ada.messages(&text).await;
            chat.hears(&text).await;
        }
        let emoji = "🦊".repeat(LINE_MAX);
        ada.replies(&emoji).await;
        chat.hears(&emoji).await;
        desk.settles().await;
        assert_eq!(ada.said().len(), 9);
    });
}

#[test]
fn a_person_who_says_more_is_told() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        let long = numbered(LINE_MAX + 1);
        // Discord's own client keeps it from being sent.
        let blocked = ada.tries(ada.place, "message", json!({"text": long})).await;
        assert!(matches!(blocked.kind, OutcomeKind::Blocked(_)), "{:?}", blocked.kind);
        // Whoever sends it all the same is told.
        let mut interaction = recorded(desk, &ada, "command-message-in-server").await;
        interaction["data"]["options"][0]["value"] = json!(long);
        let answer = desk.sandbox.discord().signed_interaction(&interaction).await.unwrap();
        assert_eq!((answer.status, &answer.json()["type"]), (200, &json!(5)));
        desk.settles().await;
        let said = desk.sandbox.discord().shown_to(ada.person).pop().unwrap();
        assert_eq!(said.content, "That is too long: at most 4000 characters. Please send it in parts.");
        assert_eq!(ada.said(), Vec::<String>::new());
    });
}

async fn shown(desk: &Desk, ada: &Somebody<'_>, chat: &Chat<'_, '_>, text: &str) -> Vec<SimMessage> {
    desk.settles().await;
    let before = last(ada);
    chat.says(text).await;
    desk.settles().await;
    let mut messages = below(ada, before);
    // It says once whose line it is.
    let first = &mut messages[0].content;
    assert!(first.contains("**Alex:** "), "{first}");
    *first = first.replacen("**Alex:** ", "", 1);
    messages
}

#[test]
fn an_agent_says_as_much_as_twilio_takes() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        let chat = in_chat(&ada, &alex).await;
        let empty = shown(desk, &ada, &chat, "").await;
        assert_eq!(empty.len(), 1);
        assert_eq!(empty[0].content, "(You were sent something that cannot be shown here.)");
        // The name takes its room.
        let room = DISCORD_MAX - "**Alex:** ".len();
        for (length, parts) in [(1, 1), (room, 1), (room + 1, 2), (32 * 1024, 17)] {
            let text = numbered(length);
            let messages = shown(desk, &ada, &chat, &text).await;
            assert_eq!(messages.len(), parts, "{length}");
            let mut joined = String::new();
            for (number, message) in messages.iter().enumerate() {
                assert!(message.content.encode_utf16().count() <= DISCORD_MAX);
                let mark = if parts > 2 { format!("({}/{parts}) ", number + 1) } else { String::new() };
                joined +=
                    message.content.strip_prefix(&mark).unwrap_or_else(|| panic!("no {mark}: {}", message.content));
                assert_eq!(message.button("reply:").is_some(), number + 1 == parts, "only the last part has buttons");
            }
            assert_eq!(joined, text);
        }
        // The next line stands below all parts.
        let next = shown(desk, &ada, &chat, "That was long").await;
        assert_eq!(next.len(), 1);
    });
}

#[test]
fn a_long_text_of_every_kind_is_cut_where_nothing_breaks() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        let chat = in_chat(&ada, &alex).await;
        for piece in ["🦊", "*", "@everyone ", "<@1>", "שלום ", "a paragraph of some words\n\n"] {
            let text = piece.repeat(7000 / piece.len());
            let messages = shown(desk, &ada, &chat, &text).await;
            assert!(messages.len() > 1, "{piece}");
            let parts = messages.len();
            let solid = |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != '\\').collect::<String>();
            let joined: String = messages
                .iter()
                .enumerate()
                .map(|(number, message)| {
                    let mark = if parts > 2 { format!("({}/{parts}) ", number + 1) } else { String::new() };
                    solid(message.content.strip_prefix(&mark).expect("parts are numbered in order"))
                })
                .collect();
            assert_eq!(joined, solid(&text), "{piece}");
        }
    });
}

#[test]
fn mentions_in_a_command_and_in_a_message_ping_nobody() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let bob = desk.person("Bob Sparrow");
        let mention = format!("<@{}> @everyone", bob.person);
        ada.uses(Place::Dm, "message", json!({ "text": mention })).await;
        let typed = ada.types(&mention);
        ada.sends_to_support(typed).await;
        ada.uses(ada.place, "agent", json!({ "about": mention })).await;
        desk.settles().await;
        assert_eq!(ada.said(), [mention.as_str(); 3]);
        // That nobody was pinged is checked behind every test; here that there was something to check.
        let receipts = ada.dm().into_iter().filter(|message| message.content.contains(r"\<@"));
        assert_eq!(receipts.count(), 1);
    });
}
