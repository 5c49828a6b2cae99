//! Asking for a person when nobody is there.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use sandbox::sims::twilio::TwilioOptions;
use sandbox::{Options, Platform};
use serde_json::json;

use crate::casework::{case as uses_case, case_item, moderator, text};
use crate::desk::{Desk, Somebody, TALK, options, play_with};
use crate::ending;

/// A desk at which somebody is there for an hour in three days, and when that is. India is five and a half hours ahead all year.
pub fn closed() -> (Options, Timestamp) {
    let day = Timestamp::now().to_zoned(TimeZone::UTC).date().checked_add(3.days()).unwrap();
    let opens_at = day.at(3, 30, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
    // The sweep takes lines for as old as they say.
    let twilio = TwilioOptions { message_age: Duration::from_mins(1), ..TwilioOptions::default() };
    let mut options = Options { twilio: Platform::Simulated(twilio), ..options() };
    let variables = [
        ("BUSINESS_HOURS", day.strftime("%a 09:00-10:00").to_string()),
        ("BUSINESS_TIME_ZONE", "Asia/Kolkata".to_owned()),
    ];
    options.variables.extend(variables.map(|(name, value)| (name.to_owned(), value)));
    (options, opens_at)
}

/// One case that waits, and nobody was called for it.
async fn assert_filed(desk: &Desk, ada: &Somebody<'_>) -> u64 {
    let cases = ada.cases().await;
    assert_eq!((cases.len(), ada.tasks().len(), ada.stage().await.as_str()), (1, 0, "assistant"));
    assert_eq!(ada.item().await["case_number"]["N"], cases[0].to_string());
    assert_eq!(desk.sandbox.twilio().webhooks(&ada.sid()).len(), 2, "the flow still hears the person");
    let expected = "support new, -: Chat with Ada Quill\n\
                    person: asked for an agent (- -> new)\n\
                    desk: nobody was called: outside the business hours (- -> -)";
    assert_eq!(desk.case_history(cases[0]).await, expected);
    cases[0]
}

#[test]
fn the_case_is_kept_and_the_assistant_goes_on() {
    let (options, opens_at) = closed();
    play_with(options, async |desk| {
        let when = format!("Nobody is here right now; we are back on <t:{}:F>.", opens_at.as_second());
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        let answer = ada.clicks(TALK).await;
        desk.settles().await;
        let case = assert_filed(desk, &ada).await;
        let expected =
            format!("{when} We keep case #{case} and will write to you here. You can go on asking the assistant.");
        assert_eq!(answer.content, expected);
        let said = ada.sees(&expected).await;
        assert!(said.button(TALK).is_some());
        ada.messages("How do I fix GPS drift?").await;
        ada.sees("gps-accuracy").await;

        // Words say the same, for the same case.
        ada.messages("I want to talk to a human").await;
        ada.sees(&expected).await;
        desk.settles().await;
        assert_eq!(assert_filed(desk, &ada).await, case);
        let runs = desk.sandbox.twilio().executions();
        let run = runs.iter().rfind(|run| run.conversation_sid == ada.sid()).unwrap();
        assert_eq!((&run.problem, run.active), (&None, false));
        assert!(run.steps.iter().all(|(widget, _)| widget != "send_to_flex"), "{:?}", run.steps);
        // The wish was heard: nobody asks the assistant what the flow did not.
        let texts = ada.texts();
        let due = json!({
            "Key": {"PK": {"S": format!("PERSON#{}", ada.person)}, "SK": {"S": "CONVERSATION"}},
            "UpdateExpression": "SET sweep_at = :past",
            "ExpressionAttributeValues": {":past": {"N": "1"}},
        });
        desk.update(due).await;
        desk.sandbox.run_schedule("sweep").unwrap();
        desk.settles().await;
        assert_eq!(ada.texts(), texts);
        // They wait to be written to: silence is no sign that nobody needs the chat. Once the case is done it is.
        ending::is_silent_since(desk, &ada, ending::LONG_AGO).await;
        ending::sweeps(desk).await;
        assert_eq!(ada.texts(), texts);
        let mona = moderator(desk, "Mona Lead");
        uses_case(desk, &mona, "status", json!({"number": case.to_string(), "to": "resolved"})).await;
        ending::is_silent_since(desk, &ada, ending::LONG_AGO).await;
        ending::sweeps(desk).await;
        ada.sees(ending::WARNING).await;

        // Once more, after somebody has called the case done.
        ada.clicks(TALK).await;
        desk.settles().await;
        assert_eq!((ada.cases().await, text(&case_item(desk, case).await, "case_status")), (vec![case], "reopened"));
    });
}

#[test]
fn asked_for_by_both_ways_at_once_it_is_one_case() {
    let (options, _) = closed();
    play_with(options, async |desk| {
        for _ in 0..3 {
            let ada = desk.person("Ada Quill");
            ada.opens_a_chat().await;
            desk.settles().await;
            tokio::join!(
                ada.presses(TALK),
                ada.tries(ada.place, "message", json!({"text": "agent please"})),
                ada.tries(ada.place, "agent", json!({})),
            );
            desk.settles().await;
            assert_filed(desk, &ada).await;
        }
    });
}

#[test]
fn malformed_hours_end_the_cold_start_with_the_variables_name() {
    let mut malformed = options();
    malformed.variables.insert("HOLIDAYS".to_owned(), "2026-12-25, Easter".to_owned());
    play_with(malformed, async |desk| {
        let ada = desk.person("Ada Quill");
        ada.opens_a_chat().await;
        desk.expects_error("HOLIDAYS is malformed: entry 2 is neither a date");
        desk.expects_dead_letters(1);
        ada.presses(TALK).await;
        desk.settles().await;
        assert_eq!((ada.tasks().len(), ada.cases().await.len()), (0, 0));
    });
}
