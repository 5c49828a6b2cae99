//! What people ask, and what the virtual agent has to answer from the sample knowledge base.
//!
//! These questions set the thresholds in `search.rs`. When an article is changed or added, this is where it shows.

use knowledge::{Answer, Library, PASSAGE_LENGTH_MAX, SUGGESTIONS_MAX, SearchEngine, Suggestion};
use proptest::prelude::*;
use std::sync::LazyLock;

static ENGINE: LazyLock<SearchEngine> = LazyLock::new(|| SearchEngine::new(&Library::embedded()));

/// Questions in English, with the article that has to come first.
const ASKED: &[(&str, &str)] = &[
    ("How do I create an account?", "create-account"),
    ("the confirmation mail for sign up never arrived", "create-account"),
    ("I can't log in", "login-problems"),
    ("it says authentication failed A-10 when signing in", "login-problems"),
    ("why was I suddenly logged out", "login-problems"),
    ("forgot my password", "reset-password"),
    ("The password reset link does not work, can you send me another one?", "reset-password"),
    ("how can I link my google account", "link-accounts"),
    ("I want to change the email address of my account", "link-accounts"),
    ("I lost all my progress!!! I'm back at level 1", "lost-progress"),
    ("reinstalled the game and my trail is missing, how do I recover it", "lost-progress"),
    ("someone hacked my account", "hacked-account"),
    ("how do I turn on two-step verification", "hacked-account"),
    ("I got a new phone, how do I transfer my game?", "change-phone"),
    ("GPS is jumping around all the time", "gps-accuracy"),
    ("my location drifts when I sit at home", "gps-accuracy"),
    ("gps signal not found", "gps-accuracy"),
    ("the game asks for location permission but I already allowed it", "location-permission"),
    ("the app drains my battery so fast", "battery-drain"),
    ("my phone gets very hot when playing", "battery-drain"),
    ("the map is not loading", "map-not-loading"),
    ("blank map, only my character is visible", "map-not-loading"),
    ("game crashes on start", "crash-on-start"),
    ("stuck on the loading screen with a black screen", "crash-on-start"),
    ("so much lag, the game stutters", "slow-performance"),
    ("why are there no glims near my house?", "spawn-rates"),
    ("spawn rate is terrible in rural areas", "spawn-rates"),
    ("when does the next event start?", "events"),
    ("the event isn't showing up for me", "events"),
    ("how do I join a raid", "group-expeditions"),
    ("What is a remote expedition invite and how many can I do per day", "group-expeditions"),
    ("how does trading work?", "trading"),
    ("trade failed because we are too far apart", "trading"),
    ("how to add friends", "friends"),
    ("where do I find my friend code", "friends"),
    ("how many gifts can I open each day", "gifts"),
    ("I paid for amber but didn't receive it", "purchase-not-received"),
    ("I was charged twice", "purchase-not-received"),
    ("I want my money back", "refunds"),
    ("How can I get a refund? My son bought something by accident", "refunds"),
    ("my card was declined", "payment-declined"),
    ("can I pay with paypal", "payment-declined"),
    ("items disappeared from my satchel", "missing-items"),
    ("How do I cancel my Trail Pass?", "subscription"),
    ("unsubscribe from the monthly membership", "subscription"),
    ("Is there a parental control for my 9 year old child?", "parental-controls"),
    ("what personal data do you collect about me", "privacy"),
    ("please delete my account and all of my data", "delete-account"),
    ("why is my account suspended", "bans-and-warnings"),
    ("what happens after the third strike, is the ban forever?", "bans-and-warnings"),
    ("i was banned for no reason, how do I appeal", "appeal-a-ban"),
    ("how do I report a cheater", "report-cheater"),
    ("somebody is insulting and threatening me", "report-harassment"),
    ("Is using a fake GPS joystick allowed?", "spoofing"),
    ("what are the rules of this discord server", "discord-rules"),
    ("a moderator muted me in the channel", "discord-rules"),
    ("where can I report a bug", "report-a-bug"),
    ("I found a glitch, how do I tell the developers", "report-a-bug"),
    ("I have an idea for a new feature", "feature-requests"),
    ("can I speak to a real human please", "talk-to-a-person"),
    ("contact customer service", "talk-to-a-person"),
    ("is my Android 9 phone supported?", "supported-devices"),
    ("what are the system requirements", "supported-devices"),
    ("connect my garmin watch", "wearables"),
    ("the trail band does not pair over bluetooth", "wearables"),
    ("steps don't count when the game is closed", "background-steps"),
    ("adventure sync not working", "background-steps"),
    ("I don't get any push notifications", "notifications"),
    ("how to change the language to german", "language-settings"),
    ("is there a dark theme", "dark-mode"),
    ("are there options for color blind players", "accessibility"),
    ("can I play without internet", "offline-play"),
    ("how much mobile data does it use per hour", "mobile-data"),
    ("the app takes too much storage, how to clear the cache", "storage"),
    ("how do I become a beta tester", "beta-programme"),
    ("what time is community day", "community-day"),
    ("how do tournaments work and what is the wayfarer cup", "tournaments"),
    ("can I change my nickname", "change-name"),
    ("how do I customize my avatar's clothes", "avatar"),
    ("my bag is full, can I upgrade it", "inventory-full"),
    ("quest is stuck and does not progress", "stuck-quest"),
    ("how do I nominate a new portal", "landmark-submissions"),
    ("my landmark submission was rejected", "landmark-submissions"),
    ("it says I am going too fast but I'm a passenger on a train", "speed-limits"),
    ("the in-game weather is wrong", "weather"),
    ("how do I turn off night mode on the map", "night-mode"),
    ("where are my AR photos saved", "photo-mode"),
    ("which regional glims are in Asia", "world-regions"),
    ("are the servers down right now?", "server-maintenance"),
    ("when is maintenance", "server-maintenance"),
    ("how do I level up faster, xp", "levels-and-experience"),
    ("my egg does not hatch", "companion"),
    // Few words.
    ("battery", "battery-drain"),
    ("human", "talk-to-a-person"),
    ("live agent", "talk-to-a-person"),
    ("unban me", "appeal-a-ban"),
    ("app won't open", "crash-on-start"),
    ("gps not working", "gps-accuracy"),
    ("too fast", "speed-limits"),
    ("apple watch", "wearables"),
    ("wheelchair", "accessibility"),
    ("cancel subscription", "subscription"),
    ("account recovery", "lost-progress"),
    ("error N-51", "server-maintenance"),
    ("T07", "trading"),
    // Typing mistakes.
    ("refnud please", "refunds"),
    ("forgot my pasword", "reset-password"),
    ("comunity day time", "community-day"),
    ("how to cancel subscribtion", "subscription"),
    // A long message with much around the point.
    (
        "Hello team, I have been playing since the very first week and I really love the game. Yesterday evening on my way home from \
         work I wanted to show it to my sister, but since the last update it closes by itself a second after I open it. I restarted my \
         phone twice. What else can I do? Thank you so much and have a nice day, Marie",
        "crash-on-start",
    ),
];

/// Questions in other languages or from people with another locale.
const ASKED_ABROAD: &[(&str, &str, &str)] = &[
    ("no puedo iniciar sesión", "es-ES", "es/login-problems"),
    ("olvide mi contrasena", "es-419", "es/login-problems"),
    ("perdí todo mi progreso, estoy en el nivel 1", "es-ES", "es/lost-progress"),
    ("el mapa no carga", "es-419", "es/map-not-loading"),
    ("mi ubicación salta, el gps no es preciso", "es-ES", "es/gps-accuracy"),
    ("quiero un reembolso", "es-ES", "es/refunds"),
    ("pagué y no recibí el ámbar", "es-ES", "es/purchase-not-received"),
    ("¿por qué suspendieron mi cuenta?", "es-ES", "es/bans-and-warnings"),
    ("quiero hablar con una persona", "es-ES", "es/talk-to-a-person"),
    ("saya tidak bisa login", "id", "id/login-problems"),
    ("lupa kata sandi", "id", "id/login-problems"),
    ("progres saya hilang semua", "id", "id/lost-progress"),
    ("kenapa petanya kosong", "id", "id/map-not-loading"),
    ("gps saya tidak akurat", "id", "id/gps-accuracy"),
    ("sudah bayar tapi amber belum masuk", "id", "id/purchase-not-received"),
    ("bagaimana cara minta uang kembali", "id", "id/refunds"),
    ("akun saya diblokir", "id", "id/bans-and-warnings"),
    ("mau bicara dengan orang", "id", "id/talk-to-a-person"),
    // Written in another language than Discord is set to.
    ("quiero un reembolso", "en-US", "es/refunds"),
    ("progres saya hilang", "en-US", "id/lost-progress"),
    ("the map is not loading", "id", "map-not-loading"),
    ("How can I get a refund? My son bought something by accident", "es-ES", "refunds"),
    // English stands in for what was not translated, and for languages without articles.
    ("community day", "id", "community-day"),
    ("dark mode", "es-ES", "dark-mode"),
    ("forgot my password", "ja", "reset-password"),
    ("forgot my password", "", "reset-password"),
    ("forgot my password", "not a locale", "reset-password"),
];

/// Nothing that the articles could answer, in any locale. (Not among them is small talk in words that the game has, too:
/// "nice weather today" does find the weather in the game. Search by words cannot tell.)
const OFF_TOPIC: &[&str] = &[
    "",
    "   \n\t ",
    "hello",
    "hi, can you help me please?",
    "thanks!",
    "ok",
    "?",
    "😀🎉🔥",
    "❤️‍🔥 👨‍👩‍👧‍👦",
    "asdfghjkl qwertyuiop",
    "lkjhg poiuy mnbvc",
    "What is the capital of France?",
    "How do I bake sourdough bread?",
    "who won the football match yesterday",
    "tell me a joke",
    "what is the meaning of life",
    "Can you write an essay about the French revolution?",
    "My cat refuses to eat her dinner",
    "how tall is mount everest",
    "Which bus goes to the airport?",
    "translate 'good morning' into Latin",
    "solve x^2 + 5x + 6 = 0",
    "recommend me a movie for tonight",
    "I need a haircut",
    "is bitcoin going up tomorrow",
    "my washing machine makes a strange noise",
    "who is the president of Brazil",
    "symptoms of the flu",
    "best pizza in town",
    "how does photosynthesis work",
    "where can I buy shoes",
    "my car does not start",
    "python list comprehension",
    "my girlfriend left me",
    "you are stupid",
    "are you a robot",
    "how do I tie a tie",
    "'; DROP TABLE users; --",
    "' OR '1'='1",
    "<script>alert(1)</script>",
    "**__~~||```|| > # - * _ `",
    "@everyone <@123456789012345678> <#987654321098765432>",
    "https://example.com/foo?bar=baz",
    "مرحبا، كيف حالك اليوم؟",
    "مה שלומך היום",
    "今日はいい天気ですね",
    "¿cuál es la capital de Francia?",
    "receta de paella valenciana",
    "resep nasi goreng enak",
    "\u{202e}\u{200b}\u{0}\u{feff}",
];

fn found(question: &str, locale: &str) -> Vec<Suggestion> {
    match ENGINE.search(question, locale) {
        Answer::Found(suggestions) => suggestions,
        Answer::Nothing => Vec::new(),
    }
}

fn slug(suggestion: &Suggestion) -> &str {
    suggestion.url.strip_prefix("https://support.larkspur.example/articles/").expect("every article lives there")
}

#[test]
fn questions_find_their_article() {
    let mut wrong = Vec::new();
    let abroad = ASKED_ABROAD.iter().copied();
    for (question, locale, expected) in
        ASKED.iter().map(|(question, expected)| (*question, "en-US", *expected)).chain(abroad)
    {
        let suggestions = found(question, locale);
        if suggestions.first().map(slug) != Some(expected) {
            let got: Vec<_> = suggestions.iter().map(|s| (slug(s), s.score)).collect();
            wrong.push(format!("{question:?} ({locale}): expected {expected}, got {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn off_topic_questions_find_nothing() {
    let mut wrong = Vec::new();
    for question in OFF_TOPIC {
        for locale in ["en-US", "es-ES", "id", "ar"] {
            if let Some(best) = found(question, locale).first() {
                wrong.push(format!("{question:?} ({locale}): got {} with {}", slug(best), best.score));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_passage_is_the_part_that_answers() {
    let check = |question: &str, part: &str| {
        let suggestions = found(question, "en-US");
        assert!(suggestions[0].passage.contains(part), "{question:?}: {:?}", suggestions[0]);
    };
    check("how do I cancel the trail pass on my iphone", "Subscriptions > Wayfarer's Trail");
    check("how much does it cost to change my trail name", "500 Amber");
    check("when is community day", "third Saturday");
    check("how long does the password reset link work", "one hour");
    check("what is error T-07 when trading", "T-07");
    check("what level do I need for trading", "level 12");
}

#[test]
fn further_suggestions_come_only_when_close() {
    assert_eq!(found("game crashes on start", "en-US").len(), 1);
    let close = found("ban", "en-US");
    assert!((2..=SUGGESTIONS_MAX).contains(&close.len()), "{close:?}");
    assert!(close.windows(2).all(|pair| pair[0].score >= pair[1].score && pair[0].url != pair[1].url));
}

#[test]
fn a_very_long_text_is_read_only_so_far() {
    let noise = "lorem ipsum dolor sit amet consectetur ".repeat(850);
    assert!(noise.len() > 32 * 1024);
    assert!(found(&noise, "en-US").is_empty());
    assert!(found(&"a".repeat(32 * 1024), "en-US").is_empty());
    assert!(found(&"\u{202b}שלום ".repeat(4_000), "en-US").is_empty());
    let question = format!("How do I get a refund? {noise}");
    assert!(found(&question, "en-US").len() <= SUGGESTIONS_MAX);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text_is_answered(question in "(\\PC|[ \n'*_<>@#/.]|refund|gps|trail ){0,200}", locale in "\\PC{0,8}") {
        check_answer(&question, &locale)?;
    }

    #[test]
    fn any_words_of_the_articles_are_answered(
        words in prop::collection::vec(prop::sample::select(vocabulary()), 0..60),
        locale in prop::sample::select(vec!["en-US", "es-ES", "id", "de", ""]),
    ) {
        check_answer(&words.join(" "), locale)?;
    }
}

fn vocabulary() -> Vec<String> {
    let library = Library::embedded();
    library
        .articles()
        .iter()
        .flat_map(|article| article.text.split_whitespace())
        .step_by(7)
        .map(str::to_owned)
        .collect()
}

fn check_answer(question: &str, locale: &str) -> Result<(), TestCaseError> {
    if let Answer::Found(suggestions) = ENGINE.search(question, locale) {
        prop_assert!((1..=SUGGESTIONS_MAX).contains(&suggestions.len()));
        for suggestion in &suggestions {
            let length = suggestion.passage.chars().count();
            prop_assert!((1..=PASSAGE_LENGTH_MAX).contains(&length), "{length}");
            prop_assert!(suggestion.score.is_finite() && !suggestion.title.is_empty());
        }
    }
    Ok(())
}
