//! People who accept no direct messages talk in a private thread.

use std::cell::Cell;

use sandbox::gate::{KillPoint, When};
use sandbox::sims::discord::{BotPowers, ForumOptions, Place, SimMessage};
use sandbox::sims::faults::Fault;
use sandbox::trace::Kind;
use serde_json::{Value, json};

use crate::casework::{asks, case, moderator, report};
use crate::crashes::every_crash;
use crate::desk::{END, PATIENCE, Somebody, TALK, labels, play};
use crate::ending::{LONG_AGO, WARNING, is_silent_since, sweeps, was_warned_long_ago};
use crate::quirks::stage::{self, Stage, Who};
use crate::waiting::sweep;

/// The button *Private thread*, and the same for who has asked for a person.
const THREAD: &str = "thread:";
const AGENT_IN_THREAD: &str = "agent-thread:";

#[test]
fn somebody_with_closed_dms_holds_the_whole_conversation_in_a_thread() {
    play(async |desk| {
        let (ada, alex, discord) = (desk.person("Ada Quill"), desk.agent("Alex Agent"), desk.sandbox.discord());
        discord.close_dms(ada.person);
        let answer = ada.helpme("How do I fix GPS drift?").await;
        assert!(
            answer.content.starts_with("I cannot write to you. Please allow direct messages"),
            "{}",
            answer.content
        );
        assert!(answer.content.ends_with("which only you and its moderators see."), "{}", answer.content);
        assert_eq!((labels(&answer), answer.ephemeral_for), (vec!["Private thread".to_owned()], Some(ada.person.id())));
        let answer = ada.presses_on(&answer, THREAD).await;
        let thread = ada.thread();
        let link = format!("<https://discord.com/channels/{}/{thread}>", discord.guild_id());
        assert_eq!(answer.content, format!("I have opened a private thread for us: {link}"));
        assert_eq!((labels(&answer).len(), answer.ephemeral_for), (0, Some(ada.person.id())));
        let name = discord.read(|state| state.channel_name(thread).map(str::to_owned)).unwrap();
        assert!(name.starts_with("Support for Ada Quill ("), "{name}");
        desk.is_private(&name);
        // What was asked is not asked again.
        let greeting = ada.sees_there("welcome to support").await;
        assert!(greeting.content.contains("when you mention me"), "{}", greeting.content);
        assert_eq!(labels(&greeting), ["Reply", "Talk to a person", "End chat"]);
        let article = ada.sees_there("gps-accuracy").await;
        ada.is_heard("How do I fix GPS drift?").await;
        // A person is asked for, who is told how the chat is held.
        let answer = ada.presses_on(&article, TALK).await;
        assert!(answer.content.ends_with(&link), "{}", answer.content);
        ada.sees_there("has been created for you").await;
        let chat = alex.accepts().await;
        ada.sees_there("has joined the chat").await;
        let told =
            |line: &sandbox::sims::twilio::Message| line.body.starts_with("This chat is held in a private thread");
        assert_eq!(ada.lines().iter().filter(|line| told(line)).count(), 1, "{}", ada.agents_view());
        // Lines both ways, with a file, an edit and a removal.
        let form = discord.click_newest_in(ada.person, thread, "reply:").await.modal.unwrap();
        let receipt = ada.sends(&form, "it is *my* map").await;
        assert_eq!(receipt.content, "Sent. The answer comes in your chat.");
        assert_eq!(receipt.ephemeral_for, Some(ada.person.id()), "others may be in the thread");
        chat.hears("it is *my* map").await;
        ada.sees_there(r"**You:** it is \*my\* map").await;
        ada.uses(Place::Guild(thread), "message", json!({"text": "and the radar"})).await;
        chat.hears("and the radar").await;
        let picture = chat.sends("here it is", &[("map.png", "image/png", PNG.to_vec())]).await;
        let shown = ada.sees_there("here it is").await;
        assert_eq!(shown.attachments.len(), 1);
        chat.edits(&picture, "here it is, at last").await;
        ada.sees_there_now("here it is, at last").await;
        let typed = ada.types_there("what I typed before");
        let sent = discord.message_command(ada.person, Place::Guild(thread), "Send to support", typed).await;
        ada.answer_to(&sent).await;
        chat.hears("what I typed before").await;
        // The end.
        let newest = ada.newest_there(END);
        let question = ada.presses_on(&newest, END).await;
        ada.confirms(&question).await;
        ada.sees_there("This chat has ended").await;
        desk.settles().await;
        assert_eq!((ada.stage().await.as_str(), ada.conversations().len()), ("closed", 1));
        assert_eq!((ada.dm().len(), ada.threads().len()), (0, 1));
        // The next line goes on in the same thread.
        let form = discord.click_newest_in(ada.person, thread, "reply:").await.modal.unwrap();
        ada.sends(&form, "How do I fix GPS drift?").await;
        ada.sees_there("gps-accuracy").await;
        desk.settles().await;
        assert_eq!((ada.conversations().len(), ada.threads().len(), ada.dm().len()), (2, 1, 0));
        let told = ada.lines().iter().filter(|line| told(line)).count();
        assert_eq!((told, ada.item().await["way"]["S"].as_str()), (1, Some("thread")));
    });
}

#[test]
fn what_is_typed_in_a_thread_is_read_where_it_mentions_the_bot() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let discord = desk.sandbox.discord();
        let bot = discord.application_id();
        ada.opens_a_thread().await;
        for text in ["can anybody hear me?", "nobody there at all?"] {
            ada.types_there(text);
            ada.is_read().await;
        }
        let answer = ada.sees_there("I cannot read what is typed here").await;
        assert_eq!(labels(&answer), ["Reply", "Talk to a person", "End chat"]);
        ada.types_there(&format!("<@{bot}> my map is empty"));
        // Somebody else in the thread, and the mention alone.
        let bob = desk.person("Bob Sparrow");
        discord.type_in(bob.person, ada.thread(), &format!("<@{bot}> mine is not empty"));
        ada.types_there(&format!("<@!{bot}>"));
        ada.is_read().await;
        ada.is_heard("my map is empty").await;
        // With the intent everything is read.
        discord.set_application("flags", json!(1 << 19));
        ada.types_there("and my creatures are gone");
        ada.is_read().await;
        ada.is_heard("and my creatures are gone").await;
        discord.set_application("flags", json!(0));
        desk.settles().await;
        assert_eq!(ada.said(), ["my map is empty", "and my creatures are gone"]);
        let told = ada.there().iter().filter(|message| message.content.starts_with("I cannot read")).count();
        assert_eq!((told, bob.conversations().len()), (1, 0));
    });
}

#[test]
fn a_mention_that_is_added_later_is_heard() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let bot = desk.sandbox.discord().application_id();
        ada.opens_a_thread().await;
        let line = ada.types_there("my map is empty");
        ada.is_read().await;
        ada.sees_there("I cannot read what is typed here").await;
        desk.sandbox.discord().edit_line(ada.person, line, &format!("my map is empty <@{bot}>"));
        ada.is_read().await;
        ada.is_heard("my map is empty").await;
        desk.settles().await;
        assert_eq!(ada.said(), ["my map is empty"]);
    });
}

#[test]
fn the_thread_is_used_again_where_it_is_still_there() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let discord = desk.sandbox.discord();
        ada.opens_a_thread().await;
        let first = ada.thread();
        for archived in [false, true] {
            ada.ends_it().await;
            discord.set_thread(first, archived, false);
            ada.opens_a_thread().await;
            assert_eq!(ada.thread(), first, "archived: {archived}");
        }
        // `/helpme` in the thread itself.
        ada.ends_it().await;
        let answer = ada.uses(Place::Guild(first), "helpme", json!({})).await;
        assert_eq!(answer.content, "Your chat is here.");
        ada.sees_there("welcome to support").await;
        ada.ends_it().await;
        // One that moderators have locked is none.
        discord.set_thread(first, true, true);
        ada.opens_a_thread().await;
        assert_eq!((ada.threads().len(), ada.conversations().len()), (2, 5));
        // In another server it is another one.
        ada.ends_it().await;
        let elsewhere = discord.add_guild("Elsewhere");
        discord.join(ada.person, elsewhere);
        let place = Place::Guild(discord.channel_in(elsewhere, "general"));
        let answer = ada.uses(place, "helpme", json!({})).await;
        ada.presses_on(&answer, THREAD).await;
        desk.settles().await;
        assert_eq!(discord.read(|state| state.private_threads_in(elsewhere).len()), 1);
    });
}

#[test]
fn a_chat_in_a_locked_thread_can_be_ended_from_either_side() {
    play(async |desk| {
        for by_the_agent in [false, true] {
            let (ada, alex) = (desk.person("Ada Quill"), desk.agent("Alex Agent"));
            ada.opens_a_thread().await;
            let greeting = ada.newest_there(TALK);
            ada.presses_on(&greeting, TALK).await;
            let chat = alex.accepts_from(&ada).await;
            ada.sees_there("has joined the chat").await;
            desk.settles().await;
            desk.sandbox.discord().set_thread(ada.thread(), true, true);
            if by_the_agent {
                chat.completes().await;
            } else {
                ada.closes().await;
            }
            desk.settles().await;
            assert_eq!((ada.stage().await.as_str(), chat.task().is_over()), ("closed", true));
            assert!(ada.there().iter().all(|message| !message.content.starts_with("This chat has ended")));
            let history = desk.case_history(ada.cases().await[0]).await;
            assert_eq!(history.matches("ended the chat").count(), 1, "{history}");
            assert_eq!(history.contains("(open -> resolved)"), by_the_agent, "{history}");
        }
    });
}

#[test]
fn what_is_typed_without_a_mention_keeps_the_chat_from_being_called_silent() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_thread().await;
        is_silent_since(desk, &ada, LONG_AGO).await;
        sweeps(desk).await;
        ada.sees_there(WARNING).await;
        // Found by the sweep, and the next time by the reader.
        for by_the_reader in [false, true] {
            is_silent_since(desk, &ada, LONG_AGO).await;
            ada.types_there("I am still here");
            if by_the_reader {
                ada.is_read().await;
            }
            was_warned_long_ago(desk, &ada).await;
            sweeps(desk).await;
            assert_eq!((ada.stage().await.as_str(), ada.said().len()), ("assistant", 0), "{by_the_reader}");
        }
    });
}

#[test]
fn a_line_that_discord_does_not_take_at_once_is_shown_in_the_thread_all_the_same() {
    play(async |desk| {
        let (ada, alex) = (desk.person("Ada Quill"), desk.agent("Alex Agent"));
        ada.opens_a_thread().await;
        let greeting = ada.newest_there(TALK);
        ada.presses_on(&greeting, TALK).await;
        let chat = alex.accepts_from(&ada).await;
        ada.sees_there("has joined the chat").await;
        desk.settles().await;
        let refused = Fault::status("POST /channels/{}/messages", 1, 502, json!({}));
        desk.sandbox.discord().fault(refused);
        ada.uses(Place::Guild(ada.thread()), "message", json!({"text": "my map is empty"})).await;
        chat.hears("my map is empty").await;
        ada.sees_there("**You:** my map is empty").await;
        // Whoever relays it dies behind Twilio's answer.
        let since = desk.trace_end();
        ada.uses(Place::Guild(ada.thread()), "message", json!({"text": "and my radar"})).await;
        ada.sees_there("**You:** and my radar").await;
        desk.settles().await;
        let calls = desk.sandbox.trace().since(since).into_iter();
        let post = calls.filter(|call| call.function.as_deref() == Some("relay") && call.kind == Kind::Twilio);
        let post: Vec<_> = post.filter_map(|call| call.detail["call"].as_u64()).collect();
        let call = usize::try_from(post[0]).unwrap();
        let gate = desk.sandbox.gate();
        let fired = gate.fired().len();
        gate.kill_at(KillPoint { function: "relay".to_owned(), call, when: When::After });
        ada.uses(Place::Guild(ada.thread()), "message", json!({"text": "and my bag"})).await;
        ada.sees_there("**You:** and my bag").await;
        desk.settles().await;
        assert_eq!(gate.fired().len(), fired + 1);
        assert_eq!(ada.said(), ["my map is empty", "and my radar", "and my bag"]);
        let shown = ada.there().iter().filter(|message| message.content.starts_with("**You:**")).count();
        assert_eq!(shown, 3);
    });
}

#[test]
fn an_open_chat_moves_to_a_thread_and_back() {
    play(async |desk| {
        let (ada, alex, discord) = (desk.person("Ada Quill"), desk.agent("Alex Agent"), desk.sandbox.discord());
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        desk.settles().await;
        // They close their direct messages, and the agent's lines come to the thread.
        discord.close_dms(ada.person);
        let answer = ada.uses(ada.place, "helpme", json!({})).await;
        ada.presses_on(&answer, THREAD).await;
        let greeting = ada.sees_there("Your chat is open").await;
        assert_eq!(labels(&greeting), ["Reply", "End chat"]);
        chat.says("are you still there?").await;
        ada.sees_there("are you still there?").await;
        let told = |what: &str| ada.lines().iter().filter(|line| line.body.contains(what)).count();
        assert_eq!(told("in a private thread"), 1);
        desk.settles().await;
        // A moderator deletes the thread.
        discord.remove_channel(ada.thread());
        desk.expects_dead_letters(1);
        chat.says("hello again?").await;
        chat.hears("Your message was not delivered on Discord: the channel of this chat is gone.").await;
        ada.is_read().await;
        chat.hears_about("is not read any more").await;
        // Direct messages are open again.
        discord.open_dms(ada.person);
        let answer = ada.uses(ada.place, "helpme", json!({})).await;
        assert!(answer.content.starts_with("I have written to you"), "{}", answer.content);
        ada.sees("Your chat is open").await;
        chat.says("there you are").await;
        ada.sees("there you are").await;
        ada.types_in_the_dm("yes, I am here again");
        ada.is_read().await;
        chat.hears("yes, I am here again").await;
        assert_eq!((ada.conversations().len(), ada.cases().await.len()), (1, 1));
        assert_eq!(told("in the person's direct messages now"), 1);
        // And closed once more.
        discord.close_dms(ada.person);
        let answer = ada.uses(ada.place, "helpme", json!({})).await;
        ada.presses_on(&answer, THREAD).await;
        ada.sees_there("Your chat is open").await;
        desk.settles().await;
        assert_eq!((told("in a private thread"), told("in the person's direct messages now")), (2, 1));
    });
}

#[test]
fn what_was_said_before_a_chat_moved_is_changed_where_it_stands() {
    play(async |desk| {
        let (ada, alex, discord) = (desk.person("Ada Quill"), desk.agent("Alex Agent"), desk.sandbox.discord());
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        ada.sees("has joined the chat").await;
        let [edited, removed] = [chat.says("it works indoors").await, chat.says("it never works").await];
        ada.sees("it never works").await;
        desk.settles().await;
        discord.close_dms(ada.person);
        let answer = ada.uses(ada.place, "helpme", json!({})).await;
        ada.presses_on(&answer, THREAD).await;
        ada.sees_there("Your chat is open").await;
        chat.edits(&edited, "it works outdoors").await;
        chat.removes(&removed).await;
        desk.settles().await;
        assert_eq!((ada.times("**Alex:** it works outdoors"), ada.times("indoors"), ada.times("never")), (1, 0, 0));
        assert!(!ada.there().iter().any(|message| message.content.contains("it works")));

        // Where that is gone, nobody misses it.
        let [edited, removed] = [chat.says("so it is").await, chat.says("or not").await];
        ada.sees_there("or not").await;
        desk.settles().await;
        discord.remove_channel(ada.thread());
        discord.open_dms(ada.person);
        ada.uses(ada.place, "helpme", json!({})).await;
        ada.sees("Your chat is open").await;
        chat.edits(&edited, "so it was").await;
        chat.removes(&removed).await;
        desk.settles().await;
        let theirs = desk.dead_letters().into_iter().filter(|letter| letter.contains(&ada.sid())).collect::<Vec<_>>();
        assert_eq!((ada.times("so it"), theirs), (0, vec![]));
    });
}

#[test]
fn a_place_in_the_queue_is_told_anew_where_the_chat_has_moved() {
    play(async |desk| {
        let (ada, discord) = (desk.person("Ada Quill"), desk.sandbox.discord());
        ada.opens_a_chat().await;
        ada.clicks(TALK).await;
        ada.sees("You are number ").await;
        desk.settles().await;
        discord.close_dms(ada.person);
        let answer = ada.uses(ada.place, "helpme", json!({})).await;
        ada.presses_on(&answer, THREAD).await;
        ada.sees_there("Your chat is open").await;
        sweep(desk, &[&ada]).await;
        ada.sees_there("You are number ").await;
    });
}

#[test]
fn where_there_can_be_no_thread_it_is_said() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let discord = desk.sandbox.discord();
        discord.close_dms(ada.person);
        // In the bot's direct messages there is no server to have a thread in.
        let answer = ada.uses(Place::Dm, "helpme", json!({})).await;
        assert!(answer.content.starts_with("I cannot write to you") && labels(&answer).is_empty());
        let none = "There are no private threads in this channel. Please use `/helpme` in an ordinary text channel of this server.";
        let guild = discord.add_guild("Strict");
        discord.join(ada.person, guild);
        let general = discord.channel_in(guild, "general");
        let forum = discord.add_forum(guild, "questions", &ForumOptions::default());
        for (channel, said) in [(forum, none), (general, "I may not open a private thread here.")] {
            discord.set_bot_powers(guild, BotPowers { private_threads: false, ..BotPowers::default() });
            let answer = ada.uses(Place::Guild(channel), "helpme", json!({"question": "my map is empty"})).await;
            let answer = ada.presses_on(&answer, THREAD).await;
            assert!(answer.content.starts_with(said), "{}", answer.content);
        }
        desk.settles().await;
        assert_eq!((ada.threads().len(), ada.conversations().len()), (0, 0));
        // And once the bot may.
        discord.set_bot_powers(guild, BotPowers::default());
        let answer = ada.uses(Place::Guild(general), "helpme", json!({"question": "my map is empty"})).await;
        ada.presses_on(&answer, THREAD).await;
        ada.is_heard("my map is empty").await;
        // From inside a thread of a text channel the next one is opened beside it.
        ada.ends_it().await;
        let beside = ada.thread();
        discord.set_thread(beside, false, true);
        let answer = ada.uses(Place::Guild(beside), "agent", json!({"about": "my map is empty again"})).await;
        assert!(labels(&answer).is_empty() || answer.content.starts_with("Case #"), "{}", answer.content);
    });
}

#[test]
fn a_button_that_is_pressed_twice_is_one_thread() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let discord = desk.sandbox.discord();
        discord.close_dms(ada.person);
        let answer = ada.uses(ada.place, "agent", json!({"about": "my map is empty"})).await;
        let button = answer.button(AGENT_IN_THREAD).unwrap();
        let pressed =
            tokio::join!(discord.click(ada.person, answer.id, &button), discord.click(ada.person, answer.id, &button));
        assert!(pressed.0.is_ok() && pressed.1.is_ok());
        desk.is_private(&pressed.0.token);
        desk.is_private(&pressed.1.token);
        ada.is_heard("my map is empty").await;
        desk.settles().await;
        assert_eq!((ada.threads().len(), ada.conversations().len()), (1, 1));
        assert_eq!(ada.said(), ["my map is empty"]);
        assert_eq!(ada.cases().await.len(), 1, "the person whom they asked for is called");
        let greetings = ada.there().iter().filter(|message| message.content.contains("welcome to support")).count();
        assert_eq!(greetings, 1);
        // Nobody waits at this desk when the next test comes to it.
        ada.ends_it().await;
    });
}

#[test]
fn a_first_line_with_closed_dms_goes_on_in_a_thread() {
    play(async |desk| {
        let (ada, discord) = (desk.person("Ada Quill"), desk.sandbox.discord());
        discord.close_dms(ada.person);
        let file = discord.upload(ada.person, "map.png", "image/png", PNG.to_vec());
        let line = json!({"text": "How do I fix GPS drift?", "file": file});
        let answer = ada.uses(ada.place, "message", line).await;
        assert!(answer.content.starts_with("I cannot write to you"), "{}", answer.content);
        assert!(answer.content.ends_with("Then send your files again: they are not kept."), "{}", answer.content);
        desk.settles().await;
        assert_eq!((ada.conversations().len(), ada.threads().len()), (0, 0));
        ada.presses_on(&answer, THREAD).await;
        ada.sees_there("gps-accuracy").await;
        // A line from elsewhere in the server comes into the open chat.
        let answer = ada.uses(ada.place, "message", json!({"text": "and the radar"})).await;
        assert_eq!(answer.content, "Sent. The answer comes in your chat.");
        ada.is_heard("and the radar").await;
        desk.settles().await;
        assert_eq!(ada.said(), ["How do I fix GPS drift?", "and the radar"]);
    });
}

#[test]
fn who_is_no_longer_in_the_thread_is_taken_into_it_again() {
    play(async |desk| {
        let (ada, discord) = (desk.person("Ada Quill"), desk.sandbox.discord());
        ada.opens_a_thread().await;
        let thread = ada.thread();
        discord.leave_thread(ada.person, thread);
        let answer = ada.uses(ada.place, "helpme", json!({})).await;
        assert!(answer.content.ends_with(&format!("/{thread}>")), "{}", answer.content);
        assert_eq!(ada.threads(), [thread]);
        // Who has left the server cannot be in it: the chat comes to their direct messages.
        discord.leave_server(ada.person);
        discord.join(ada.person, discord.add_guild("Elsewhere"));
        discord.open_dms(ada.person);
        let answer = ada.uses(Place::Dm, "helpme", json!({})).await;
        assert_eq!(answer.content, "Your chat is here.");
        ada.sees("Your chat is open").await;
        desk.settles().await;
        assert_eq!(ada.conversations().len(), 1);
    });
}

#[test]
fn nobody_is_called_into_a_chat_that_is_out_of_reach() {
    play(async |desk| {
        let (ada, alex, discord) = (desk.person("Ada Quill"), desk.agent("Alex Agent"), desk.sandbox.discord());
        ada.opens_a_chat().await;
        desk.settles().await;
        discord.close_dms(ada.person);
        let answer = ada.uses(ada.place, "agent", json!({})).await;
        assert!(answer.content.starts_with("I cannot write to you"), "{}", answer.content);
        desk.settles().await;
        assert_eq!(ada.cases().await.len(), 0);
        ada.presses_on(&answer, AGENT_IN_THREAD).await;
        let chat = alex.accepts().await;
        ada.sees_there("has joined the chat").await;
        chat.says("here we are").await;
        ada.sees_there("here we are").await;
        desk.settles().await;
        assert_eq!((ada.cases().await.len(), ada.conversations().len()), (1, 1));
    });
}

#[test]
fn a_thread_survives_every_crash() {
    stage::play(async |desk| {
        let message = Cell::new(0);
        every_crash(
            desk,
            &["helpme"],
            async || {
                let ada = desk.somebody();
                desk.sandbox.discord().close_dms(ada.person);
                desk.helpme(ada, Some("my map is empty")).await;
                desk.settle().await;
                message.set(desk.answers(ada).pop().unwrap().id);
                ada
            },
            async |ada| {
                let discord = desk.sandbox.discord();
                let button = discord.read(|state| state.message(message.get()).and_then(|shown| shown.button(THREAD)));
                assert!(discord.click(ada.person, message.get(), &button.unwrap()).await.is_ok());
            },
            async |ada| {
                let threads = desk.sandbox.discord().read(|state| state.private_threads(ada.person));
                let [thread] = threads[..] else { panic!("{threads:?}") };
                assert!(desk.answer(ada).starts_with("I have opened a private thread for us"), "{}", desk.answer(ada));
                let read = |thread: u64| desk.sandbox.discord().read(|state| state.channel_messages(thread));
                let said: Vec<String> = read(thread).into_iter().map(|message| message.content).collect();
                let times = |text: &str| said.iter().filter(|said| said.contains(text)).count();
                assert_eq!((times("welcome to support"), times("may help")), (1, 1), "{said:#?}");
                assert_eq!((desk.sids(ada).len(), desk.said(ada).len()), (1, 1));
                assert_eq!(held_in_a_thread(desk, ada), 1);
                assert_eq!(desk.item(ada).await["discord_channel_id"]["S"], thread.to_string().as_str());
            },
        )
        .await;
        let guild = desk.sandbox.discord().guild_id();
        let all = desk.sandbox.discord().read(|state| state.private_threads_in(guild).len());
        let people = desk
            .sandbox
            .discord()
            .read(|state| state.people().iter().filter(|person| !state.private_threads(**person).is_empty()).count());
        assert_eq!(all, people, "no thread without anybody in it");
    });
}

#[test]
fn news_of_a_case_is_told_in_the_thread_where_its_reporter_reads_it() {
    play(async |desk| {
        let (ada, mona, discord) = (desk.person("Ada Quill"), moderator(desk, "Mona Lead"), desk.sandbox.discord());
        let number = report(desk, &ada, ada.place, "bug").await.number;
        let becomes = async |status: &str| {
            case(desk, &mona, "status", json!({"number": number.to_string(), "to": status})).await;
        };
        ada.opens_a_thread().await;
        becomes("open").await;
        ada.sees_there("is working on it now").await;
        assert_eq!(ada.news().len(), 0);
        // A thread that is locked, then one that is gone, and then one in another server.
        discord.open_dms(ada.person);
        discord.set_thread(ada.thread(), true, true);
        becomes("waiting_for_us").await;
        ada.sees("it is our turn again").await;
        discord.remove_channel(ada.thread());
        becomes("resolved").await;
        ada.sees("This is resolved.").await;
        let elsewhere = discord.add_guild("Elsewhere");
        discord.join(ada.person, elsewhere);
        discord.close_dms(ada.person);
        let place = Place::Guild(discord.channel_in(elsewhere, "general"));
        let answer = ada.uses(place, "helpme", json!({})).await;
        ada.presses_on(&answer, THREAD).await;
        ada.sees_there("Your chat is open").await;
        discord.open_dms(ada.person);
        becomes("closed").await;
        ada.sees("This case is closed.").await;
        let there = ada.there();
        assert!(there.iter().all(|message| !message.content.contains(&format!("#{number}"))), "{there:#?}");
    });
}

#[test]
fn a_deleted_person_leaves_no_thread() {
    play(async |desk| {
        let (ada, discord) = (desk.person("Ada Quill"), desk.sandbox.discord());
        let delete = async || {
            let asked = asks(desk, &ada, ada.place, "privacy delete", json!({})).await;
            let custom_id = asked.button("privacy-delete:").unwrap();
            let outcome = discord.click(ada.person, asked.id, &custom_id).await;
            desk.is_private(&outcome.token);
            desk.settles().await;
            discord.read(|state| state.message(asked.id).cloned()).unwrap().content
        };
        let deleted = "What we kept about you is deleted. Your cases no longer carry your name.";
        // Those of all chats, also a locked one; one that is gone already; and one that the bot may not delete.
        ada.opens_a_thread().await;
        ada.ends_it().await;
        discord.set_thread(ada.thread(), true, true);
        ada.opens_a_thread().await;
        assert_eq!(ada.threads().len(), 2);
        assert_eq!(delete().await, deleted);
        assert_eq!((ada.threads().len(), ada.conversations().len()), (0, 0));
        ada.opens_a_thread().await;
        discord.remove_channel(ada.thread());
        assert_eq!(delete().await, deleted);
        ada.opens_a_thread().await;
        discord.set_bot_powers(discord.guild_id(), BotPowers { manage_threads: false, ..BotPowers::default() });
        let said = delete().await;
        discord.set_bot_powers(discord.guild_id(), BotPowers::default());
        let left = "A private thread of your chats could not be deleted. Please ask the moderators of that server to delete it.";
        assert_eq!(said, format!("{deleted}\n{left}"));
        assert_eq!(ada.conversations().len(), 0);
    });
}

fn held_in_a_thread(desk: &Stage, who: Who) -> usize {
    let told = desk.said_by(who, "system");
    told.iter().filter(|line| line.starts_with("This chat is held in a private thread")).count()
}

/// The smallest picture that is one.
const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1,
    8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89,
];

impl Somebody<'_> {
    /// `/helpme` with closed direct messages, and *Private thread*; waits for the greeting.
    async fn opens_a_thread(&self) {
        self.desk().sandbox.discord().close_dms(self.person);
        let answer = self.uses(self.place, "helpme", json!({})).await;
        self.presses_on(&answer, THREAD).await;
        self.sees_there("welcome to support").await;
        self.desk().settles().await;
    }

    /// Ends the chat in their newest thread.
    async fn ends_it(&self) {
        let newest = self.newest_there(END);
        let question = self.presses_on(&newest, END).await;
        self.confirms(&question).await;
        self.desk().settles().await;
        assert_eq!(self.stage().await, "closed");
    }

    /// Their private threads, oldest first.
    fn threads(&self) -> Vec<u64> {
        self.desk().sandbox.discord().read(|state| state.private_threads(self.person))
    }

    /// The newest one.
    fn thread(&self) -> u64 {
        self.threads().pop().expect("they have a thread")
    }

    /// What is said in it.
    fn there(&self) -> Vec<SimMessage> {
        let thread = self.thread();
        self.desk().sandbox.discord().read(|state| state.channel_messages(thread))
    }

    /// The newest message in it with this button.
    fn newest_there(&self, button: &str) -> SimMessage {
        let there = self.there().into_iter().rev();
        there.into_iter().find(|message| message.ephemeral_for.is_none() && message.button(button).is_some()).unwrap()
    }

    /// Types in it, where nobody hears it. Returns the message's ID.
    fn types_there(&self, text: &str) -> u64 {
        self.desk().is_private(text);
        self.desk().sandbox.discord().type_in(self.person, self.thread(), text)
    }

    /// Waits for a message of the bot's with this text in their newest thread, below the last one that was seen.
    async fn sees_there(&self, text: &str) -> SimMessage {
        let last = self.last_seen();
        let found = self.finds_there(text, last).await;
        self.has_seen(found.id);
        found
    }

    /// Waits until one that may have been seen reads like this.
    async fn sees_there_now(&self, text: &str) -> SimMessage {
        self.finds_there(text, 0).await
    }

    async fn finds_there(&self, text: &str, behind: u64) -> SimMessage {
        let fits = |message: &SimMessage| {
            message.id > behind
                && message.from_bot
                && !message.loading
                && message.ephemeral_for.is_none()
                && message.content.contains(text)
        };
        let look = |state: &sandbox::sims::discord::DiscordState| {
            let thread = state.private_threads(self.person).pop()?;
            state.channel_messages(thread).into_iter().find(fits)
        };
        let found = self.desk().sandbox.discord().wait_for(look, PATIENCE).await;
        found.unwrap_or_else(|_| panic!("{} does not see {text:?}: {:#?}", self.name, self.there_as_text()))
    }

    fn there_as_text(&self) -> Vec<Value> {
        let there = self.there().into_iter();
        there
            .map(|message| json!({"by": message.author, "says": message.content, "for": message.ephemeral_for}))
            .collect()
    }
}
