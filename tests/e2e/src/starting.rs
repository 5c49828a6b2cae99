//! Chats that begin without a command: somebody installs the application, or presses the button that a moderator has posted.

use std::cell::Cell;

use sandbox::sims::discord::{BotPowers, OutcomeKind, Place};
use sandbox::sims::faults::{Action, Fault};
use serde_json::{Value, json};

use crate::crashes::every_crash;
use crate::desk::{labels, play};
use crate::quirks::stage;

/// `MANAGE_GUILD`, beside what everybody may do.
const MANAGES: u64 = 0x0007_fcf9_8637_ce41 | 1 << 5;

#[test]
fn who_installs_the_application_is_greeted_and_nothing_is_started() {
    play(async |desk| {
        let discord = desk.sandbox.discord();
        let ada = desk.person("Ada Quill");
        discord.leave_server(ada.person);
        assert_eq!(discord.install_app(ada.person).await, Ok(1));
        let greeting = ada.sees("it is good to have you").await;
        assert_eq!((labels(&greeting), greeting.from_bot), (vec!["Ask a question".to_owned()], true));
        desk.settles().await;
        assert_eq!((ada.conversations().len(), ada.dm().len()), (0, 1));
        assert_eq!(desk.items(&format!("PERSON#{}", ada.person)).await.len(), 0);
        // The button opens the form, and its line the chat.
        ada.replies("How do I fix GPS drift?").await;
        ada.sees("gps-accuracy").await;
        desk.settles().await;
        assert_eq!(ada.said(), ["How do I fix GPS drift?"]);
    });
}

#[test]
fn an_event_that_was_not_taken_comes_again_and_is_one_greeting() {
    play(async |desk| {
        let discord = desk.sandbox.discord();
        let ada = desk.person("Ada Quill");
        let down = Action::Status { status: 503, body: Value::Null, headers: Vec::new() };
        discord.fault(Fault::new("POST /channels/{channel_id}/messages", 2, down));
        assert_eq!(discord.install_app(ada.person).await, Ok(3));
        desk.settles().await;
        assert_eq!(ada.times("it is good to have you"), 1);
        // Closed direct messages are no failure.
        let bob = desk.person("Bob Sparrow");
        discord.close_dms(bob.person);
        assert_eq!(discord.install_app(bob.person).await, Ok(1));
        desk.settles().await;
        assert_eq!(bob.dm().len(), 0);
    });
}

#[test]
fn other_events_are_taken_and_nothing_comes_of_them() {
    play(async |desk| {
        let discord = desk.sandbox.discord();
        let ada = desk.person("Ada Quill");
        let user = json!({"id": ada.person.to_string(), "username": "ada", "global_name": "Ada Quill"});
        let in_server = json!({"integration_type": 0, "scopes": ["bot"], "user": user, "guild": {"id": "5"}});
        assert_eq!(discord.tell_event("APPLICATION_AUTHORIZED", in_server).await, Ok(1));
        assert_eq!(discord.tell_event("ENTITLEMENT_CREATE", json!({})).await, Ok(0), "it is not asked for");
        desk.settles().await;
        assert_eq!(ada.dm().len(), 0);
    });
}

#[test]
fn the_greeting_is_in_the_language_of_the_last_chat() {
    play(async |desk| {
        let ada = desk.person_speaking("Ada Quill", "de");
        ada.uses(ada.place, "helpme", json!({})).await;
        ada.sees("willkommen beim Support").await;
        desk.settles().await;
        assert_eq!(desk.sandbox.discord().install_app(ada.person).await, Ok(1));
        assert_eq!(labels(&ada.sees("schön, dass du da bist").await), ["Eine Frage stellen"]);
    });
}

#[test]
fn a_greeting_survives_every_crash() {
    stage::play(async |desk| {
        every_crash(
            desk,
            &["discord-events"],
            async || desk.somebody(),
            async |ada| {
                let sent = desk.sandbox.discord().install_app(ada.person).await;
                assert!(sent.is_ok(), "{sent:?}");
            },
            async |ada| {
                let dm = desk.dm(ada);
                assert!(dm.len() == 1 && dm[0].contains("it is good to have you"), "{dm:#?}");
                assert_eq!(desk.sids(ada).len(), 0);
            },
        )
        .await;
    });
}

#[test]
fn a_moderator_posts_the_button_and_anybody_starts_a_chat_with_it() {
    play(async |desk| {
        let discord = desk.sandbox.discord();
        let (mia, ada) = (desk.person("Mia Moss"), desk.person_speaking("Ada Quill", "de"));
        discord.set_permissions(mia.person, MANAGES);
        let channel = discord.channel("help-desk");
        let answer = mia.uses(Place::Guild(channel), "help_button", json!({})).await;
        assert_eq!(
            (answer.content.as_str(), answer.ephemeral_for),
            ("The button stands in this channel now.", Some(mia.person.id()))
        );
        let posted = discord.read(|state| state.channel_messages(channel)).into_iter().rev();
        let posted = posted.into_iter().find(|one| one.ephemeral_for.is_none()).unwrap();
        assert!(posted.content.starts_with("Do you need help?"), "{}", posted.content);
        assert_eq!(
            (labels(&posted), posted.custom_ids()),
            (vec!["Get help".to_owned()], vec!["get-help:v1:*".to_owned()])
        );
        // Asked in the language of the one who presses, and for them alone.
        let question = ada.presses_on(&posted, "get-help:").await;
        assert_eq!(question.content, "Einen Chat mit dem Support beginnen?");
        assert_eq!(
            (labels(&question), question.ephemeral_for),
            (vec!["Beginnen".to_owned(), "Nicht jetzt".to_owned()], Some(ada.person.id()))
        );
        let no = ada.presses_on(&question, "not-now:").await;
        assert!(no.content.starts_with("In Ordnung.") && labels(&no).is_empty(), "{}", no.content);
        desk.settles().await;
        assert_eq!((ada.dm().len(), ada.conversations().len()), (0, 0), "nothing was started");
        // Many clicks, one chat.
        let questions = [ada.presses_on(&posted, "get-help:").await, ada.presses_on(&posted, "get-help:").await];
        let start = questions[0].button("start:").unwrap();
        let twice = tokio::join!(
            discord.click(ada.person, questions[0].id, &start),
            discord.click(ada.person, questions[0].id, &start)
        );
        assert!(twice.0.is_ok() && twice.1.is_ok());
        desk.is_private(&twice.0.token);
        desk.is_private(&twice.1.token);
        ada.sees("willkommen beim Support").await;
        desk.settles().await;
        assert_eq!(ada.times("willkommen beim Support"), 1, "however often it is pressed");
        for question in &questions[1..] {
            let yes = ada.presses_on(question, "start:").await;
            assert!(yes.content.starts_with("Ich habe dir geschrieben") && labels(&yes).is_empty(), "{}", yes.content);
        }
        ada.sees("Dein Chat ist offen").await;
        let link = ada.presses_on(&posted, "get-help:").await;
        assert!(
            link.content.starts_with("Dein Chat ist offen: <https://discord.com/channels/@me/"),
            "{}",
            link.content
        );
        // It may be out of their reach by now.
        assert_eq!(labels(&link), ["Beginnen"]);
        discord.close_dms(ada.person);
        let told = ada.presses_on(&link, "start:").await;
        assert!(told.content.starts_with("Ich kann dir nicht schreiben"), "{}", told.content);
        assert_eq!(labels(&told), ["Privater Thread"]);
        desk.settles().await;
        assert_eq!((ada.conversations().len(), mia.conversations().len()), (1, 0));
    });
}

#[test]
fn the_button_and_the_start_behind_it_survive_every_crash() {
    stage::play(async |desk| {
        let discord = desk.sandbox.discord();
        // One channel for each time, so that what stands there is of that time alone.
        let channels = Cell::new(0);
        let channel = || discord.channel(&format!("help-desk-{}", channels.get()));
        let posted = || {
            let channel = channel();
            discord.read(|state| state.channel_messages(channel)).into_iter().filter(|one| one.from_bot)
        };
        every_crash(
            desk,
            &["help-button"],
            async || {
                let mia = desk.somebody();
                discord.set_permissions(mia.person, MANAGES);
                channels.set(channels.get() + 1);
                mia
            },
            async |mia| {
                let sent = discord.command(mia.person, Place::Guild(channel()), "help_button", json!({})).await;
                assert!(sent.is_ok(), "{sent:?}");
            },
            async |_| {
                let buttons = posted().filter(|one| one.ephemeral_for.is_none() && one.button("get-help:").is_some());
                assert_eq!(buttons.count(), 1);
            },
        )
        .await;
        let button = posted().find(|one| one.button("get-help:").is_some()).unwrap();
        let question = Cell::new(0);
        every_crash(
            desk,
            &["helpme"],
            async || {
                let ada = desk.somebody();
                let pressed = discord.click(ada.person, button.id, "get-help:v1:*").await;
                question.set(pressed.message.unwrap().id);
                ada
            },
            async |ada| {
                let start = format!("start:v1:{}", ada.person);
                assert!(discord.click(ada.person, question.get(), &start).await.is_ok());
            },
            async |ada| {
                let dm = desk.dm(ada);
                assert!(dm.len() == 1 && dm[0].contains("welcome to support"), "{dm:#?}");
                assert_eq!((desk.sids(ada).len(), desk.stage_of(ada).await.as_str()), (1, "assistant"));
            },
        )
        .await;
    });
}

#[test]
fn a_chat_that_cannot_start_in_direct_messages_starts_in_a_thread() {
    play(async |desk| {
        let discord = desk.sandbox.discord();
        let (mia, ada) = (desk.person("Mia Moss"), desk.person("Ada Quill"));
        discord.set_permissions(mia.person, MANAGES);
        let channel = discord.channel("help-desk");
        mia.uses(Place::Guild(channel), "help_button", json!({"text": "Stuck? **Ask us!**"})).await;
        let posted = discord.read(|state| state.channel_messages(channel));
        let posted = posted.into_iter().rev().find(|one| one.content == "Stuck? **Ask us!**").unwrap();
        discord.close_dms(ada.person);
        let question = ada.presses_on(&posted, "get-help:").await;
        let closed = ada.presses_on(&question, "start:").await;
        assert_eq!(labels(&closed), ["Private thread"]);
        let answer = ada.presses_on(&closed, "thread:").await;
        assert!(answer.content.starts_with("I have opened a private thread for us"), "{}", answer.content);
        desk.settles().await;
        assert_eq!((ada.conversations().len(), ada.item().await["way"]["S"].as_str()), (1, Some("thread")));
    });
}

#[test]
fn only_moderators_post_the_button_and_only_where_the_bot_may() {
    play(async |desk| {
        let discord = desk.sandbox.discord();
        let (mia, ada) = (desk.person("Mia Moss"), desk.person("Ada Quill"));
        let guild = discord.add_guild("Strict");
        discord.set_permissions_in(mia.person, guild, MANAGES);
        discord.join(ada.person, guild);
        let place = Place::Guild(discord.channel_in(guild, "general"));
        // The client does not offer it, and who sends it all the same is refused.
        let offered = discord.command(ada.person, place, "help_button", json!({})).await;
        assert!(matches!(offered.kind, OutcomeKind::Blocked(_)), "{:?}", offered.kind);
        assert!(matches!(
            discord.command(mia.person, Place::Dm, "help_button", json!({})).await.kind,
            OutcomeKind::Blocked(_)
        ));
        let forced = discord.force_command(ada.person, place, "help_button", json!({})).await;
        desk.is_private(&forced.token);
        assert_eq!(ada.answer_to(&forced).await.content, "Only moderators can post the button.");
        discord.set_bot_powers(guild, BotPowers { send_messages: false, ..BotPowers::default() });
        let answer = mia.uses(place, "help_button", json!({})).await;
        assert!(answer.content.starts_with("I may not write in this channel."), "{}", answer.content);
        let Place::Guild(channel) = place else { panic!() };
        let seen = discord.read(|state| state.channel_messages(channel));
        assert!(seen.iter().all(|message| message.ephemeral_for.is_some()), "{seen:#?}");
    });
}
