//! Calls per relayed line (DESIGN section 7).

use sandbox::trace::Kind;

use crate::desk::{Desk, TALK, play};

/// Calls to Twilio, Discord and DynamoDB that a function made since then, in this order.
fn assert_calls(desk: &Desk, since: u64, function: &str, twilio: usize, discord: usize) {
    let calls = |kind| desk.calls(since, function, kind);
    let (to_twilio, to_discord, to_table) = (calls(Kind::Twilio), calls(Kind::Discord), calls(Kind::DynamoDb));
    assert_eq!(to_twilio.len(), twilio, "{to_twilio:?}");
    assert_eq!(to_discord.len(), discord, "{to_discord:?}");
    assert!((1..=3).contains(&to_table.len()), "{to_table:?}");
    let other = [Kind::Sqs, Kind::Lambda, Kind::Secrets].map(calls).concat();
    assert_eq!(other, Vec::<String>::new());
}

#[test]
fn from_the_person_and_to_the_person() {
    play(async |desk| {
        let ada = desk.person("Ada Quill");
        let alex = desk.agent("Alex Agent");
        ada.helpme("How do I fix GPS drift?").await;
        ada.sees("gps-accuracy").await;
        desk.settles().await;
        // To the assistant.
        let since = desk.trace_end();
        ada.messages("the game crashes on start").await;
        desk.settles().await;
        assert_calls(desk, since, "relay", 1, 0);
        // From here on with an agent. The first lines start processes and fill the gap that the transfer left.
        ada.clicks(TALK).await;
        let chat = alex.accepts().await;
        chat.says("Hello Ada").await;
        ada.sees("Hello Ada").await;
        ada.messages("Hello Alex").await;
        chat.hears("Hello Alex").await;
        desk.settles().await;
        for round in 0..3 {
            let since = desk.trace_end();
            ada.replies(&format!("a line of mine {round}")).await;
            chat.hears(&format!("a line of mine {round}")).await;
            desk.settles().await;
            assert_calls(desk, since, "relay", 1, 0);
            assert_eq!(desk.calls(since, "deliver", Kind::Discord), Vec::<String>::new(), "it does not come back");

            let after_a_persons_line = desk.trace_end();
            chat.says(&format!("first answer {round}")).await;
            ada.sees(&format!("first answer {round}")).await;
            desk.settles().await;
            assert_calls(desk, after_a_persons_line, "deliver", 0, 1);

            let after_an_agents_line = desk.trace_end();
            chat.says(&format!("second answer {round}")).await;
            ada.sees(&format!("second answer {round}")).await;
            desk.settles().await;
            assert_calls(desk, after_an_agents_line, "deliver", 0, 1);
        }
    });
}
