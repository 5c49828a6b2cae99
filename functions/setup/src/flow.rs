//! The Studio flow: a definition with placeholders, and what fills them.
//!
//! A placeholder is a whole JSON text such as `"<<CHATBOT_URL>>"`, which Liquid would never write, and it is replaced in the
//! parsed document: a URL with a quotation mark cannot break out of its place.

use anyhow::{Context, bail, ensure};
use serde_json::Value;

/// The definition as it stands in the repository. See DESIGN, flow 5, and [Twilio Docs/Studio, Flow Definition].
const DEFINITION: &str = include_str!("../studio-flow.json");

/// What the placeholders stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    /// Where the virtual agent is asked, `<<CHATBOT_URL>>`.
    pub chatbot_url: String,
    /// Where a hand-over is announced, `<<TRANSFER_URL>>`.
    pub transfer_url: String,
    /// The workflow that finds an agent, `<<WORKFLOW_SID>>`.
    pub workflow_sid: String,
    /// The task channel, `<<TASK_CHANNEL>>`.
    pub task_channel: String,
}

/// The definition with its placeholders filled.
///
/// # Errors
///
/// A placeholder that nothing is known for, or a definition that is no JSON.
pub fn definition(values: &Values) -> anyhow::Result<Value> {
    let mut definition = serde_json::from_str(DEFINITION).context("read studio-flow.json")?;
    fill(&mut definition, values)?;
    Ok(definition)
}

fn fill(node: &mut Value, values: &Values) -> anyhow::Result<()> {
    match node {
        Value::Object(fields) => fields.values_mut().try_for_each(|field| fill(field, values)),
        Value::Array(entries) => entries.iter_mut().try_for_each(|entry| fill(entry, values)),
        Value::String(text) if text.contains("<<") || text.contains(">>") => {
            let value = match text.as_str() {
                "<<CHATBOT_URL>>" => &values.chatbot_url,
                "<<TRANSFER_URL>>" => &values.transfer_url,
                "<<WORKFLOW_SID>>" => &values.workflow_sid,
                "<<TASK_CHANNEL>>" => &values.task_channel,
                _ => bail!("studio-flow.json has a placeholder that nothing is known for: {text}"),
            };
            ensure!(!value.is_empty(), "nothing is given for {text} in studio-flow.json");
            value.clone_into(text);
            Ok(())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use domain::language::Language;
    use regex::Regex;
    use serde_json::json;

    use super::*;

    fn values() -> Values {
        Values {
            chatbot_url: "https://chatbot.example/".to_owned(),
            transfer_url: "https://transfer.example/?a=\"b\"".to_owned(),
            workflow_sid: format!("WW{}", "7".repeat(32)),
            task_channel: "chat".to_owned(),
        }
    }

    fn states() -> BTreeMap<String, Value> {
        let definition = definition(&values()).unwrap();
        let states = definition["states"].as_array().unwrap();
        let named: BTreeMap<_, _> =
            states.iter().map(|state| (state["name"].as_str().unwrap().to_owned(), state.clone())).collect();
        assert_eq!(named.len(), states.len(), "two widgets of one name");
        assert!(named.contains_key(definition["initial_state"].as_str().unwrap()));
        named
    }

    fn next<'a>(states: &'a BTreeMap<String, Value>, name: &str, event: &str) -> Option<&'a str> {
        let transitions = states[name]["transitions"].as_array().unwrap();
        let mut of_event = transitions.iter().filter(|transition| transition["event"] == event);
        let transition = of_event.next().unwrap_or_else(|| panic!("{name} has no {event}"));
        for other in of_event {
            assert!(event == "match" && other["next"] == transition["next"], "{name} has {event} twice");
        }
        transition["next"].as_str()
    }

    #[test]
    fn placeholders_are_filled_as_json_and_none_is_left() {
        let definition = definition(&values()).unwrap();
        let text = definition.to_string();
        assert!(!text.contains("<<") && !text.contains(">>"), "{text}");
        let states = states();
        assert_eq!(states["ask_bot"]["properties"]["url"], values().chatbot_url);
        assert_eq!(states["transfer_failed"]["properties"]["url"], values().transfer_url);
        assert_eq!(states["send_to_flex"]["properties"]["workflow"], values().workflow_sid);
        assert_eq!(states["send_to_flex"]["properties"]["channel"], "chat");

        assert!(fill(&mut json!(["<<UNHEARD_OF>>"]), &values()).is_err());
        assert!(fill(&mut json!({ "a": "x <<CHATBOT_URL>>" }), &values()).is_err());
        let empty = Values { workflow_sid: String::new(), ..values() };
        assert!(super::definition(&empty).is_err());
    }

    #[test]
    fn every_widget_is_known_and_every_transition_leads_somewhere() {
        let known: BTreeMap<&str, &[&str]> = BTreeMap::from([
            (
                "trigger",
                &[
                    "incomingMessage",
                    "incomingCall",
                    "incomingConversationMessage",
                    "incomingRequest",
                    "incomingParent",
                ][..],
            ),
            ("split-based-on", &["noMatch", "match"]),
            ("make-http-request", &["success", "failed"]),
            ("send-to-flex", &["callComplete", "failedToEnqueue", "callFailure"]),
        ]);
        let states = states();
        let mut reached = BTreeSet::from(["Trigger"]);
        for (name, state) in &states {
            let kind = state["type"].as_str().unwrap();
            let events: BTreeSet<_> =
                state["transitions"].as_array().unwrap().iter().map(|one| one["event"].as_str().unwrap()).collect();
            assert_eq!(events, known[kind].iter().copied().collect(), "{name}");
            for transition in state["transitions"].as_array().unwrap() {
                if let Some(next) = transition.get("next") {
                    let next = next.as_str().unwrap();
                    assert!(states.contains_key(next), "{name} leads to {next}");
                    reached.insert(states.get_key_value(next).unwrap().0);
                }
            }
            let properties = &state["properties"];
            if kind == "make-http-request" {
                assert_eq!(properties["method"], "POST");
                assert_eq!(properties["content_type"], "application/json;charset=utf-8");
                assert_eq!(properties["add_twilio_auth"], false);
            }
            if kind == "split-based-on" {
                for transition in &state["transitions"].as_array().unwrap()[1..] {
                    let condition = &transition["conditions"][0];
                    assert_eq!(condition["arguments"][0], properties["input"], "{name}");
                }
            }
        }
        assert_eq!(reached.len(), states.len(), "a widget that nothing leads to");
    }

    #[test]
    fn no_widget_can_come_round_again() {
        // Studio ends an execution whose widget ran ten times; here each runs once.
        fn walk(states: &BTreeMap<String, Value>, name: &str, path: &mut Vec<String>) {
            assert!(!path.iter().any(|visited| visited == name), "{name} comes round again after {path:?}");
            path.push(name.to_owned());
            for transition in states[name]["transitions"].as_array().unwrap() {
                if let Some(next) = transition["next"].as_str() {
                    walk(states, next, path);
                }
            }
            path.pop();
        }
        walk(&states(), "Trigger", &mut Vec::new());
    }

    #[test]
    fn the_way_through_the_flow_is_the_designs() {
        let states = states();
        let check =
            |name, event, expected: Option<&str>| assert_eq!(next(&states, name, event), expected, "{name}, {event}");
        check("Trigger", "incomingConversationMessage", Some("handed_over"));
        check("Trigger", "incomingMessage", None);
        check("handed_over", "match", Some("transfer_to_agent"));
        check("handed_over", "noMatch", Some("wants_agent"));
        check("wants_agent", "match", Some("transfer_to_agent"));
        check("wants_agent", "noMatch", Some("ask_bot"));
        check("ask_bot", "success", None);
        check("ask_bot", "failed", Some("ask_bot_again"));
        check("ask_bot_again", "success", None);
        check("ask_bot_again", "failed", Some("transfer_to_agent"));
        check("transfer_to_agent", "success", Some("is_ours_to_send"));
        check("transfer_to_agent", "failed", Some("transfer_again"));
        check("is_ours_to_send", "match", Some("send_to_flex"));
        check("is_ours_to_send", "noMatch", None);
        check("transfer_again", "success", Some("is_ours_to_send_again"));
        check("transfer_again", "failed", None);
        check("is_ours_to_send_again", "match", Some("send_to_flex_again"));
        check("is_ours_to_send_again", "noMatch", None);
        for widget in ["send_to_flex", "send_to_flex_again"] {
            check(widget, "callComplete", None);
            check(widget, "failedToEnqueue", Some("transfer_failed"));
            check(widget, "callFailure", Some("transfer_failed"));
        }
        check("transfer_failed", "success", None);
        check("transfer_failed", "failed", None);
    }

    /// A template with its `{{…}}` replaced by what `value` says of the expression between them.
    fn rendered(template: &str, value: impl Fn(&str) -> String) -> String {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("{{") {
            let (expression, after) = after.split_once("}}").unwrap();
            text.push_str(before);
            text.push_str(&value(expression.trim()));
            rest = after;
        }
        text + rest
    }

    #[test]
    fn the_bodies_are_the_calls_that_the_functions_read() {
        let sids = |expression: &str| match expression {
            "trigger.conversation.ConversationSid | to_json" => json!(format!("CH{}", "c".repeat(32))).to_string(),
            "trigger.conversation.MessageSid | to_json" => json!(format!("IM{}", "d".repeat(32))).to_string(),
            "trigger.conversation.Body | to_json" => json!("a \"quote\"\nand }} a break").to_string(),
            "flow.sid | to_json" => json!(format!("FN{}", "e".repeat(32))).to_string(),
            "trigger | to_json" => {
                json!({ "conversation": { "ChannelAttributes": { "discord_user_id": "77" } } }).to_string()
            }
            other => panic!("{other}"),
        };
        let states = states();
        let body = |name: &str| rendered(states[name]["properties"]["body"].as_str().unwrap(), sids);
        for name in ["ask_bot", "ask_bot_again"] {
            let call = twilio::webhook::chatbot_call(body(name).as_bytes()).unwrap();
            assert_eq!(call.body, "a \"quote\"\nand }} a break");
            assert!(call.discord_user_id.is_some());
        }
        for (name, failed) in [("transfer_to_agent", false), ("transfer_again", false), ("transfer_failed", true)] {
            let call = twilio::webhook::transfer_call(body(name).as_bytes()).unwrap();
            assert_eq!(call.send_to_flex_failed, failed, "{name}");
            assert!(call.message_sid.is_some() && call.execution_sid.is_some(), "{name}");
        }
    }

    #[test]
    fn the_tasks_attributes_are_json_and_stay_below_studios_limit() {
        let states = states();
        for (widget, transfer) in [("send_to_flex", "transfer_to_agent"), ("send_to_flex_again", "transfer_again")] {
            let attributes = states[widget]["properties"]["attributes"].as_str().unwrap();
            let answer = format!("widgets.{transfer}.parsed.");
            let worst = |expression: &str| match expression.strip_prefix(&answer).unwrap() {
                "case_number" => u64::MAX.to_string(),
                "discord_user_id | to_json" => json!(u64::MAX.to_string()).to_string(),
                // 32 characters of two UTF-16 units each, every unit escaped.
                "customer_name | to_json" => format!("\"{}\"", r"\ud83d\udddd".repeat(32)),
                // A host has at most 253 characters.
                "case_url | to_json" => {
                    json!(format!("https://{}/console/cases/{}", "d".repeat(253), u64::MAX)).to_string()
                }
                // Of a list of ours.
                "language | to_json" => json!("pt-BR").to_string(),
                "way | to_json" => json!("direct_messages").to_string(),
                other => panic!("{other}"),
            };
            let worst = rendered(attributes, worst);
            assert!(worst.len() <= 1024, "{} characters", worst.len());
            let attributes: Value = serde_json::from_str(&worst).unwrap();
            assert_eq!(attributes["channelType"], "discord");
            assert!(attributes["case_url"].as_str().unwrap().ends_with(&format!("/cases/{}", u64::MAX)));
            let attributes = twilio::webhook::TaskAttributes::from_value(&attributes);
            assert!(attributes.discord_user_id.is_some() && attributes.case_number.is_some());
        }
    }

    #[test]
    fn asking_for_a_person_is_told_from_talking_about_one() {
        let states = states();
        let patterns = states["wants_agent"]["transitions"].as_array().unwrap()[1..].iter().map(|transition| {
            let condition = &transition["conditions"][0];
            assert_eq!(condition["type"], "regex");
            let pattern = condition["value"].as_str().unwrap();
            (Regex::new(pattern).unwrap(), Regex::new(&format!("^(?:{pattern})$")).unwrap())
        });
        let patterns: Vec<_> = patterns.collect();
        let check = |body: &str, expected: bool| {
            assert_eq!(patterns.iter().any(|(searched, _)| searched.is_match(body)), expected, "{body}");
            assert_eq!(patterns.iter().any(|(_, whole)| whole.is_match(body)), expected, "{body}, whole");
        };
        // What stands on the button is what people type, too.
        for language in Language::ALL {
            check(&wording::speaking(language).talk_to_a_person(), true);
        }
        for body in [
            "agent",
            "Agent!",
            "HUMAN please",
            "please, an agent",
            "a real person now",
            "operator",
            "representative",
            "I want to talk to a person",
            "can I talk to a person please?",
            "Talk to a person",
            "This does not work.\nLet me speak with an agent",
            "connect me to an operator",
            "put me through to someone from staff, or let me talk to someone",
            "I need a human",
            "i would like a live agent",
            "get me a person",
            "can I get an agent?",
            "is there a human here",
            "Ich will mit einem Menschen sprechen",
            "quiero hablar con una persona",
            "je veux parler à un agent",
            "quero falar com um atendente",
            "un agente, por favor",
            "necesito una persona real",
            "Atendente!",
            "un conseiller s'il te plaît",
            "Einen Menschen bitte",
            "ich brauche einen Mitarbeiter",
            "petugas",
            "saya butuh petugas",
            "tolong hubungkan saya dengan manusia",
            "nhân viên hỗ trợ",
            "Tôi muốn gặp nhân viên",
            "担当者をお願いします",
            "動きません。オペレーターにつないでください。",
            "有人対応はありますか",
            "상담원 연결해 주세요",
            "실제 사람과 이야기하고 싶어요",
            "人工",
            "请转人工客服",
            "我想跟真人客服聊",
            "幫我轉真人客服",
        ] {
            check(body, true);
        }
        for body in [
            "",
            "How do I change my agent's name?",
            "the agent skin is missing",
            "this person stole my portal",
            "a personal question",
            "is the humanity badge permanent?",
            "reagents",
            "my travel agent said so",
            "operators in the formula",
            "how do I chat with someone nearby",
            "I need help",
            "talk to me",
            "🗺️",
            "Mensch!",
            "Wo ist mein Mitarbeiterausweis?",
            "¿Cómo cambio el nombre de mi agente?",
            "meu agente sumiu",
            "bagaimana cara ngobrol dengan orang di sekitar",
            "manusia salju tidak muncul",
            "nhân viên của cửa hàng ở đâu",
            "担当者の名前は何ですか",
            "地図が空です",
            "상담원 스킨이 없어요",
            "다른 사람과 대화하는 방법",
            "人工智能是什么",
            "客服电话是多少",
        ] {
            check(body, false);
        }
    }
}
