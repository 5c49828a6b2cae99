//! Servers, boards, files, forms, subcommands and signing in.

use base64::Engine as _;
use sha2::Digest as _;

use super::super::guild::EVERYBODY;
use super::*;

const MODERATE_MEMBERS: u64 = 1 << 40;

fn code(answer: &RawAnswer) -> (u16, u64) {
    (answer.status, answer.json()["code"].as_u64().unwrap_or_default())
}

fn id(value: &Value) -> u64 {
    value.as_str().unwrap().parse().unwrap()
}

/// A bot's multipart call.
async fn upload_call(
    sim: &DiscordSim,
    method: &str,
    path: &str,
    payload: &Value,
    files: &[(&str, &[u8])],
) -> RawAnswer {
    let mut body =
        format!("--b0\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{payload}\r\n").into_bytes();
    for (at, (name, bytes)) in files.iter().enumerate() {
        body.extend(
            format!("--b0\r\nContent-Disposition: form-data; name=\"files[{at}]\"; filename=\"{name}\"\r\n\r\n")
                .bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b0--\r\n");
    let headers = [
        ("authorization".to_owned(), format!("Bot {}", sim.bot_token())),
        ("content-type".to_owned(), "multipart/form-data; boundary=b0".to_owned()),
    ];
    let url = format!("{}/api/v10{path}", sim.url());
    let client = http::client("DiscordBot (test, 1)");
    let answer = http::send(&client, method, &url, &headers, body.into(), Duration::from_secs(20)).await.unwrap();
    documented(method, path, &answer);
    answer
}

async fn get(url: &str) -> RawAnswer {
    http::send(&http::client("browser"), "GET", url, &[], Bytes::new(), Duration::from_secs(5)).await.unwrap()
}

/// Owner, roles and member together, as a function computes them.
async fn computed(sim: &DiscordSim, guild: u64, person: Person) -> u64 {
    let guild_object = call(sim, "GET", &format!("/guilds/{guild}"), None).await.json();
    let member = call(sim, "GET", &format!("/guilds/{guild}/members/{person}"), None).await.json();
    assert_eq!(member["user"]["id"], person.to_string());
    let (roles, everyone) = (guild_object["roles"].as_array().unwrap(), guild.to_string());
    let has =
        |role: &Value| role["id"] == everyone.as_str() || member["roles"].as_array().unwrap().contains(&role["id"]);
    roles
        .iter()
        .filter(|role| has(role))
        .fold(0, |all, role| all | role["permissions"].as_str().unwrap().parse::<u64>().unwrap())
}

#[tokio::test]
async fn permissions_are_the_same_in_interactions_and_through_roles() {
    let (sim, endpoint, ada) = ready().await;
    let (first, second) = (sim.guild_id(), sim.add_guild("Elsewhere"));
    let mona = sim.add_person("Mona", "en-US");
    sim.set_permissions(mona, EVERYBODY | MODERATE_MEMBERS);
    sim.join(ada, second);
    sim.set_permissions_in(ada, second, 1 << 5);
    assert_eq!(computed(&sim, first, ada).await, EVERYBODY);
    assert_eq!(computed(&sim, first, mona).await, EVERYBODY | MODERATE_MEMBERS);
    assert_eq!(computed(&sim, second, ada).await, 1 << 5);
    sim.set_timeout(mona, first, u64::MAX / 4_000_000);
    sim.command(mona, Place::Guild(sim.channel("help")), "helpme", json!({})).await;
    let sent = endpoint.seen.lock().unwrap().last().unwrap().clone();
    assert_eq!(sent["member"]["permissions"], (1 << 10 | 1 << 16).to_string());
    assert!(sent["member"]["communication_disabled_until"].is_string());
    sim.set_timeout(mona, first, 0);
    sim.set_permissions(mona, 0);
    assert_eq!(computed(&sim, first, mona).await, 0);

    let elsewhere = Place::Guild(sim.channel_in(second, "general"));
    sim.command(ada, elsewhere, "helpme", json!({})).await;
    let sent = endpoint.seen.lock().unwrap().last().unwrap().clone();
    assert_eq!((&sent["guild_id"], &sent["member"]["permissions"]), (&json!(second.to_string()), &json!("32")));
    assert_eq!(sent["authorizing_integration_owners"]["0"], second.to_string());
    assert!(matches!(sim.command(mona, elsewhere, "helpme", json!({})).await.kind, OutcomeKind::Blocked(_)));
    sim.set_owner(mona, first);
    sim.command(mona, Place::Guild(sim.channel("help")), "helpme", json!({})).await;
    let sent = endpoint.seen.lock().unwrap().last().unwrap().clone();
    assert_eq!(sent["member"]["permissions"], "2251799813685247");
    let guild = call(&sim, "GET", &format!("/guilds/{first}"), None).await.json();
    assert_eq!(guild["owner_id"], mona.to_string());

    let member = |guild: u64, person: u64| format!("/guilds/{guild}/members/{person}");
    assert_eq!(code(&call(&sim, "GET", &member(second, mona.id()), None).await), (404, 10007));
    assert_eq!(code(&call(&sim, "GET", &member(first, 7), None).await), (404, 10013));
    assert_eq!(code(&call(&sim, "GET", &member(7, mona.id()), None).await), (404, 10004));
    sim.set_bot_in(second, false);
    assert_eq!(code(&call(&sim, "GET", &format!("/guilds/{second}"), None).await), (403, 50001));
    sim.leave_server(ada);
    assert!(!sim.read(|state| state.user(ada).unwrap().in_guild));
}

#[tokio::test]
async fn a_board_is_made_where_the_bot_may_make_it() {
    let (sim, _endpoint, _ada) = ready().await;
    let channels = format!("/guilds/{}/channels", sim.guild_id());
    let forum =
        || Some(json!({"name": "bug-report", "type": 15, "available_tags": [{"name": "bug"}, {"name": "open"}]}));
    let mut powers = BotPowers { manage_channels: false, ..BotPowers::default() };
    sim.set_bot_powers(sim.guild_id(), powers);
    assert_eq!(code(&call(&sim, "POST", &channels, forum()).await), (403, 50013));
    powers = BotPowers { forums: false, ..BotPowers::default() };
    sim.set_bot_powers(sim.guild_id(), powers);
    assert_eq!(code(&call(&sim, "POST", &channels, forum()).await), (400, 50024));
    assert_eq!(call(&sim, "POST", &channels, Some(json!({"name": "Bug Report"}))).await.json()["name"], "bug-report");
    sim.set_bot_powers(sim.guild_id(), BotPowers::default());
    let made = call(&sim, "POST", &channels, forum()).await;
    assert_eq!((made.status, &made.json()["available_tags"][1]["name"]), (201, &json!("open")));
    let many: Vec<Value> = (0..21).map(|n| json!({"name": format!("t{n}")})).collect();
    let board = format!("/channels/{}", made.json()["id"].as_str().unwrap());
    assert_eq!(code(&call(&sim, "PATCH", &board, Some(json!({"available_tags": many}))).await), (400, 50035));
    let kept = &made.json()["available_tags"][0];
    let edit = json!({"available_tags": [{"name": "bug", "id": kept["id"]}, {"name": "closed"}]});
    let edited = call(&sim, "PATCH", &board, Some(edit)).await.json();
    assert_eq!(
        (&edited["available_tags"][0]["id"], &edited["available_tags"][1]["name"]),
        (&kept["id"], &json!("closed"))
    );
    let listed = call(&sim, "GET", &channels, None).await.json();
    assert_eq!(listed.as_array().unwrap().len(), 4);
    assert_eq!(call(&sim, "DELETE", &board, None).await.status, 200);
    assert_eq!(code(&call(&sim, "GET", &board, None).await), (404, 10003));
    assert_eq!(sim.contract_violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_post_has_tags_and_lives_and_is_archived() {
    let (sim, _endpoint, ada) = ready().await;
    let tags: Vec<String> = ["bug", "open", "closed"].map(str::to_owned).to_vec();
    let forum = sim.add_forum(sim.guild_id(), "bug-report", &ForumOptions { tags, require_tag: true });
    let known = call(&sim, "GET", &format!("/channels/{forum}"), None).await.json()["available_tags"].clone();
    let threads = format!("/channels/{forum}/threads");
    let post =
        |applied: Value| json!({"name": "#1 It crashes", "applied_tags": applied, "message": {"content": "on start"}});
    assert_eq!(code(&call(&sim, "POST", &threads, Some(post(json!([])))).await), (400, 40067));
    assert_eq!(code(&call(&sim, "POST", &threads, Some(post(json!(["7"])))).await), (404, 10087));
    let on_forum = call(&sim, "POST", &format!("/channels/{forum}/messages"), Some(json!({"content": "x"}))).await;
    assert_eq!(code(&on_forum), (400, 50008));
    let made = call(&sim, "POST", &threads, Some(post(json!([known[0]["id"], known[1]["id"]])))).await;
    assert_eq!((made.status, &made.json()["message"]["id"]), (201, &made.json()["id"]));
    let thread = id(&made.json()["id"]);
    let shown = sim.board_posts(forum);
    assert_eq!(
        (shown.len(), shown[0].name.as_str(), shown[0].tags.as_slice()),
        (1, "#1 It crashes", &["bug".to_owned(), "open".to_owned()][..])
    );
    assert_eq!(shown[0].first().unwrap().content, "on start");

    let path = format!("/channels/{thread}");
    let edit = |body: Value| call(&sim, "PATCH", &path, Some(body));
    assert_eq!(edit(json!({"applied_tags": [known[2]["id"]], "archived": true, "locked": true})).await.status, 200);
    let shown = sim.board_post(thread).unwrap();
    assert_eq!((shown.tags.as_slice(), shown.archived, shown.locked), (&["closed".to_owned()][..], true, true));
    assert_eq!(code(&edit(json!({"name": "other"})).await), (400, 50083));
    let line = format!("{path}/messages");
    assert_eq!(
        code(&call(&sim, "PATCH", &format!("{line}/{thread}"), Some(json!({"content": "x"}))).await),
        (400, 50083)
    );
    assert_eq!(code(&call(&sim, "POST", &line, Some(json!({"content": "x"}))).await), (400, 160_005));
    assert_eq!(edit(json!({"archived": false, "locked": false, "name": "other"})).await.status, 200);
    sim.set_thread(thread, true, false);
    sim.type_in(ada, thread, "me too");
    let shown = sim.board_post(thread).unwrap();
    assert_eq!((shown.archived, shown.name.as_str(), shown.messages.len()), (false, "other", 2));
    assert_eq!(shown.messages[1].content, "me too");
    let active = call(&sim, "GET", &format!("/guilds/{}/threads/active", sim.guild_id()), None).await.json();
    assert_eq!(active["threads"][0]["id"], thread.to_string());
    assert_eq!(active["threads"][0]["message_count"], 1);
    assert_eq!(sim.contract_violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_message_begins_one_thread() {
    let (sim, _endpoint, _ada) = ready().await;
    let channel = sim.channel("bug-report");
    let posted =
        call(&sim, "POST", &format!("/channels/{channel}/messages"), Some(json!({"content": "#1"}))).await.json();
    let path = format!("/channels/{channel}/messages/{}/threads", posted["id"].as_str().unwrap());
    let made = call(&sim, "POST", &path, Some(json!({"name": "#1"}))).await.json();
    assert_eq!(made["id"], posted["id"]);
    assert_eq!(code(&call(&sim, "POST", &path, Some(json!({"name": "#1"}))).await), (400, 160_004));
    call(&sim, "POST", &format!("/channels/{}/messages", id(&made["id"])), Some(json!({"content": "news"}))).await;
    let posts = sim.board_posts(channel);
    let contents: Vec<&str> = posts[0].messages.iter().map(|message| message.content.as_str()).collect();
    assert_eq!(contents, ["#1", "news"]);
    let starter = call(&sim, "GET", &format!("/channels/{channel}/messages/{}", id(&posted["id"])), None).await.json();
    assert_eq!(starter["thread"]["id"], posted["id"]);
    assert_eq!(sim.channel("bug-report"), channel);
}

#[tokio::test]
async fn files_are_kept_listed_and_served_until_their_address_dies() {
    let (sim, _endpoint, _ada) = ready().await;
    let path = format!("/channels/{}/messages", sim.channel("help"));
    let described =
        json!({"content": "", "attachments": [{"id": 0, "filename": "crash.png", "description": "x"}, {"id": 1}]});
    let files: [(&str, &[u8]); 2] = [("a.png", b"\x89PNG"), ("b.log", b"one\r\ntwo")];
    let posted = upload_call(&sim, "POST", &path, &described, &files).await;
    assert_eq!(posted.status, 200, "{}", posted.text());
    let posted = posted.json();
    assert_eq!(
        (&posted["attachments"][0]["filename"], &posted["attachments"][1]["size"]),
        (&json!("crash.png"), &json!(8))
    );
    let (first, second) = (id(&posted["attachments"][0]["id"]), id(&posted["attachments"][1]["id"]));
    assert_eq!(sim.file_bytes(second).unwrap(), "one\r\ntwo");
    let url = posted["attachments"][1]["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("http://{}/attachments/", sim.cdn_host())), "{url}");
    let served = get(url).await;
    assert_eq!((served.status, served.text().as_str()), (200, "one\r\ntwo"));
    assert_eq!(get(&url.replace("hm=", "hm=0")).await.status, 404);
    assert_eq!(get(&url.replace("ex=", "ex=f")).await.status, 404);
    let message = format!("{path}/{}", id(&posted["id"]));
    sim.expire_attachments();
    assert_eq!(get(url).await.status, 404);
    let fresh = call(&sim, "GET", &message, None).await.json();
    assert_eq!(get(fresh["attachments"][1]["url"].as_str().unwrap()).await.status, 200);

    let kept = json!({"content": "x", "attachments": [{"id": second.to_string()}, {"id": 0}]});
    let edited = upload_call(&sim, "PATCH", &message, &kept, &[("c.txt", b"c")]).await.json();
    let names: Vec<&Value> = edited["attachments"].as_array().unwrap().iter().map(|file| &file["filename"]).collect();
    assert_eq!(names, ["b.log", "c.txt"]);
    assert_eq!(get(fresh["attachments"][0]["url"].as_str().unwrap()).await.status, 404);
    assert_eq!(sim.read(|state| state.attachments(id(&posted["id"])).len()), 2);
    let unknown = json!({"content": "x", "attachments": [{"id": first.to_string()}]});
    assert_eq!(code(&call(&sim, "PATCH", &message, Some(unknown)).await), (400, 50035));

    let many: Vec<(&str, &[u8])> = (0..11).map(|_| ("a.txt", &b"a"[..])).collect();
    assert_eq!(code(&upload_call(&sim, "POST", &path, &json!({}), &many).await), (400, 30015));
    let large = vec![0; 10 * 1024 * 1024 + 1];
    assert_eq!(code(&upload_call(&sim, "POST", &path, &json!({}), &[("a.bin", &large)]).await), (413, 40005));
    let forum = sim.add_forum(sim.guild_id(), "bug-report", &ForumOptions::default());
    let post = json!({"name": "#1", "message": {"content": "x", "attachments": [{"id": 0, "filename": "a.txt"}]}});
    let made = upload_call(&sim, "POST", &format!("/channels/{forum}/threads"), &post, &[("a.txt", b"a")]).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let file = made.json()["message"]["attachments"][0].clone();
    assert_eq!(get(file["url"].as_str().unwrap()).await.text(), "a");
    assert_eq!(sim.contract_violations(), Vec::<String>::new());
}

fn case_commands() -> Vec<Value> {
    let everywhere = |mut command: Value| {
        command["contexts"] = json!([0, 1]);
        command["integration_types"] = json!([0]);
        command["description"] = json!("x");
        command
    };
    let number = json!({"type": 3, "name": "number", "description": "x", "autocomplete": true, "required": true});
    let person = json!({"type": 6, "name": "person", "description": "x"});
    vec![
        everywhere(json!({"name": "case", "options": [
            {"type": 1, "name": "view", "description": "x", "options": [number]},
            {"type": 1, "name": "assign", "description": "x", "options": [number, person]},
            {"type": 1, "name": "mine", "description": "x"},
        ]})),
        everywhere(json!({"name": "bug", "options": [
            {"type": 3, "name": "severity", "description": "x", "choices": [{"name": "High", "value": "high"}]},
            {"type": 4, "name": "count", "description": "x", "min_value": 1, "max_value": 9},
            {"type": 5, "name": "again", "description": "x"},
            {"type": 11, "name": "file", "description": "x"},
        ]})),
    ]
}

#[tokio::test]
async fn subcommands_and_options_travel_as_discord_sends_them() {
    let (sim, endpoint, ada) = ready().await;
    let registered =
        call(&sim, "PUT", &format!("/applications/{}/commands", sim.application_id()), Some(json!(case_commands())))
            .await;
    assert_eq!(registered.status, 200, "{}", registered.text());
    let help = Place::Guild(sim.channel("help"));
    let last = || endpoint.seen.lock().unwrap().last().unwrap()["data"].clone();
    sim.command(ada, help, "case view", json!({"number": "12"})).await;
    assert_eq!(
        last()["options"],
        json!([{"name": "view", "type": 1, "options": [{"name": "number", "type": 3, "value": "12"}]}])
    );
    sim.command(ada, help, "case assign", json!({"number": "12", "person": ada.id()})).await;
    assert_eq!(last()["options"][0]["options"][1], json!({"name": "person", "type": 6, "value": ada.to_string()}));
    assert_eq!(last()["resolved"]["users"][ada.to_string()]["global_name"], "Ada");
    assert!(last()["resolved"]["members"][ada.to_string()]["permissions"].is_string());
    sim.command(ada, help, "case mine", json!({})).await;
    assert_eq!(last()["options"], json!([{"name": "mine", "type": 1}]));
    endpoint.will_answer(&json!({"type": 8, "data": {"choices": [{"name": "#12 It crashes", "value": "12"}]}}));
    let outcome = sim.autocomplete(ada, help, "case view", "number", "1").await;
    assert_eq!((outcome.kind, &outcome.choices.unwrap()[0]["value"]), (OutcomeKind::Choices, &json!("12")));
    assert_eq!(last()["options"][0]["options"], json!([{"focused": true, "name": "number", "type": 3, "value": "1"}]));
    endpoint.will_answer(&json!({"type": 8, "data": {"choices": [{"name": "x".repeat(101), "value": "12"}]}}));
    let outcome = sim.autocomplete(ada, help, "case view", "number", "1").await;
    assert!(matches!(outcome.kind, OutcomeKind::Refused(_)));

    endpoint.will_answer(&json!({"type": 5, "data": {"flags": 64}}));
    let file = sim.upload(ada, "my crash.png", "image/png", &b"\x89PNG"[..]);
    sim.lie_about_file(file, None, Some(31_457_280));
    let all = json!({"severity": "high", "count": 2, "again": true, "file": file});
    assert!(matches!(sim.command(ada, help, "bug", all.clone()).await.kind, OutcomeKind::Blocked(_)));
    sim.set_upload_limit(ada, 524_288_000);
    assert!(sim.command(ada, help, "bug", all).await.is_ok());
    let attachment = last()["resolved"]["attachments"][file.to_string()].clone();
    assert_eq!(
        (&attachment["filename"], &attachment["size"], &attachment["ephemeral"]),
        (&json!("my_crash.png"), &json!(31_457_280), &json!(true))
    );
    let url = attachment["url"].as_str().unwrap().to_owned();
    assert!(url.contains("/ephemeral-attachments/"));
    assert_eq!(&get(&url).await.body[..], b"\x89PNG");
    sim.expire_attachments();
    assert_eq!(get(&url).await.status, 404);
    for (name, options) in [
        ("case", json!({})),
        ("case nothing", json!({})),
        ("case view", json!({})),
        ("case assign", json!({"number": "1", "person": 7})),
        ("bug", json!({"severity": "other"})),
        ("bug", json!({"count": 10})),
        ("bug", json!({"again": "yes"})),
        ("bug", json!({"file": 7})),
    ] {
        let outcome = sim.command(ada, help, name, options.clone()).await;
        assert!(matches!(outcome.kind, OutcomeKind::Blocked(_)), "{name} {options} gave {:?}", outcome.kind);
    }
    assert!(sim.force_command(ada, help, "bug", json!({"severity": "other"})).await.is_ok());
}

fn report_form() -> Value {
    let labelled = |component: Value| json!({"type": 18, "label": "x", "component": component});
    let option = |value: &str, preset: bool| json!({"label": value, "value": value, "default": preset});
    json!({"type": 9, "data": {"custom_id": "bug:v1:1", "title": "Report a bug", "components": [
        labelled(json!({"type": 4, "custom_id": "title", "style": 1, "min_length": 5, "max_length": 20, "value": "It crashes"})),
        labelled(json!({"type": 4, "custom_id": "steps", "style": 2, "required": false})),
        labelled(json!({"type": 3, "custom_id": "platform", "options": [option("pc", true), option("phone", false)]})),
        labelled(json!({"type": 19, "custom_id": "files", "min_values": 0, "max_values": 2, "required": false})),
    ]}})
}

#[tokio::test]
async fn a_form_is_filled_in_as_a_client_fills_it_in() {
    let (sim, endpoint, ada) = ready().await;
    sim.set_commands(&case_commands());
    endpoint.will_answer(&report_form());
    let modal = sim.command(ada, Place::Dm, "bug", json!({})).await.modal.expect("a form opened");
    endpoint.will_answer(&json!({"type": 5, "data": {"flags": 64}}));
    let file = sim.upload(ada, "a.log", "text/plain", "a");
    let last = || endpoint.seen.lock().unwrap().last().unwrap()["data"].clone();
    assert!(sim.submit_form(ada, &modal, &[]).await.is_ok());
    let sent = last();
    assert_eq!(sent["components"][0]["component"]["value"], "It crashes");
    assert_eq!(sent["components"][1]["component"]["value"], "");
    assert_eq!(sent["components"][2]["component"]["values"], json!(["pc"]));
    assert_eq!((&sent["components"][3]["component"]["values"], &sent["resolved"]), (&json!([]), &Value::Null));
    let filled = [("platform", Filled::Select(vec!["phone"])), ("files", Filled::Files(vec![file]))];
    assert!(sim.submit_form(ada, &modal, &filled).await.is_ok());
    assert_eq!(last()["components"][2]["component"]["values"], json!(["phone"]));
    assert_eq!(last()["components"][3]["component"]["values"], json!([file.to_string()]));
    assert_eq!(last()["resolved"]["attachments"][file.to_string()]["filename"], "a.log");
    for wrong in [
        ("title", Filled::Text("hey")),
        ("title", Filled::Text("")),
        ("title", Filled::Text("a longer title than this")),
        ("platform", Filled::Select(vec!["fax"])),
        ("platform", Filled::Select(vec![])),
        ("platform", Filled::Select(vec!["pc", "phone"])),
        ("files", Filled::Files(vec![file, file, file])),
        ("files", Filled::Text("x")),
        ("other", Filled::Text("x")),
    ] {
        let outcome = sim.submit_form(ada, &modal, std::slice::from_ref(&wrong)).await;
        assert!(matches!(outcome.kind, OutcomeKind::Blocked(_)), "{wrong:?} gave {:?}", outcome.kind);
    }
    assert!(sim.force_form(ada, &modal, &[("title", Filled::Text("hey"))]).await.is_ok());
    assert_eq!(last()["components"][0]["component"]["value"], "hey");
}

#[tokio::test]
async fn an_ephemeral_answer_has_buttons_and_selects_for_its_reader() {
    let (sim, endpoint, ada) = ready().await;
    let eve = sim.add_person("Eve", "en-US");
    let options: Vec<Value> = ["low", "high"].iter().map(|value| json!({"label": value, "value": value})).collect();
    endpoint.will_answer(&json!({"type": 4, "data": {"content": "How bad?", "flags": 64, "components": [
        {"type": 1, "components": [{"type": 3, "custom_id": "severity:v1:1", "options": options}]},
        {"type": 1, "components": [{"type": 2, "style": 1, "label": "File anyway", "custom_id": "file:v1:1"}]},
    ]}}));
    let shown = sim.command(ada, Place::Guild(sim.channel("help")), "helpme", json!({})).await.message.unwrap();
    endpoint.will_answer(&json!({"type": 6}));
    assert!(matches!(sim.click(eve, shown.id, "file:v1:1").await.kind, OutcomeKind::Blocked(_)));
    assert!(matches!(sim.select(ada, shown.id, "severity:v1:1", &["worse"]).await.kind, OutcomeKind::Blocked(_)));
    assert_eq!(sim.select(ada, shown.id, "severity:v1:1", &["high"]).await.kind, OutcomeKind::DeferredUpdate);
    let sent = endpoint.seen.lock().unwrap().last().unwrap().clone();
    assert_eq!((&sent["data"]["component_type"], &sent["data"]["values"]), (&json!(3), &json!(["high"])));
    assert_eq!(sent["message"]["flags"], 64);
    let outcome = sim.click(ada, shown.id, "file:v1:1").await;
    assert_eq!((outcome.kind, outcome.message.unwrap().id), (OutcomeKind::DeferredUpdate, shown.id));
    let original = format!("/webhooks/{}/{}/messages/@original", sim.application_id(), outcome.token);
    let edited =
        upload_call(&sim, "PATCH", &original, &json!({"content": "Filed.", "components": []}), &[("a.txt", b"a")])
            .await;
    assert_eq!(edited.json()["id"], shown.id.to_string());
    let now = sim.shown_to(ada).pop().unwrap();
    assert_eq!(
        (now.content.as_str(), now.custom_ids().len(), now.attachments.len(), now.flags & 64),
        ("Filed.", 0, 1, 64)
    );
    assert!(edited.json()["attachments"][0]["url"].as_str().unwrap().contains("/ephemeral-attachments/"));
}

#[tokio::test]
async fn signing_in_needs_the_right_of_everything() {
    let (sim, _endpoint, ada) = ready().await;
    let encode = |bytes: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    let verifier = "v".repeat(43);
    let challenge = encode(&sha2::Sha256::digest(verifier.as_bytes()));
    let redirect = "http://127.0.0.1:1/console/callback";
    let page = |changes: &[(&str, &str)]| {
        let client = sim.application_id().to_string();
        let mut pairs: Vec<(&str, &str)> = vec![
            ("client_id", &client),
            ("redirect_uri", redirect),
            ("response_type", "code"),
            ("scope", "identify"),
            ("state", "s&1"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        for (name, value) in changes {
            pairs.retain(|(known, _)| known != name);
            pairs.push((name, value));
        }
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        format!("{}/oauth2/authorize?{query}", sim.url())
    };
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .tls_certs_only(std::iter::empty())
        .build()
        .unwrap();
    let location = async |url: String| {
        let answer = client.get(url).send().await.unwrap();
        assert_eq!(answer.status(), 302);
        let location = url::Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        location.query_pairs().into_owned().collect::<std::collections::HashMap<_, _>>()
    };
    assert!(get(&page(&[])).await.text().contains(">Ada<"));
    assert_eq!(get(&page(&[("client_id", "7")])).await.status, 400);
    assert_eq!(location(page(&[("deny", "1")])).await["error"], "access_denied");
    assert_eq!(location(page(&[("scope", "everything")])).await["error"], "invalid_scope");
    assert_eq!(location(page(&[("code_challenge_method", "plain")])).await["error"], "invalid_request");

    let exchange = async |code: &str, verifier: &str, secret: &str| {
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("{}:{secret}", sim.application_id()));
        let headers = [
            ("authorization".to_owned(), format!("Basic {basic}")),
            ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
        ];
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", redirect),
                ("code_verifier", verifier),
            ])
            .finish();
        let url = format!("{}/as/x/api/v10/oauth2/token", sim.url());
        http::send(&http::client("x"), "POST", &url, &headers, body.into(), Duration::from_secs(5)).await.unwrap()
    };
    let chosen = ada.to_string();
    let granted = location(page(&[("as", &chosen)])).await;
    assert_eq!(granted["state"], "s&1");
    assert_eq!(exchange(&granted["code"], &verifier, "wrong").await.json()["error"], "invalid_client");
    let token = exchange(&granted["code"], &verifier, sim.client_secret()).await.json();
    assert_eq!(token["token_type"], "Bearer");
    assert_eq!(exchange(&granted["code"], &verifier, sim.client_secret()).await.json()["error"], "invalid_grant");
    sim.sign_in_browser(Some(ada));
    let granted = location(page(&[])).await;
    assert_eq!(exchange(&granted["code"], &"w".repeat(43), sim.client_secret()).await.json()["error"], "invalid_grant");

    let me = async |token: &str| {
        let headers = [("authorization".to_owned(), format!("Bearer {token}"))];
        let url = format!("{}/api/v10/users/@me", sim.url());
        http::send(&http::client("x"), "GET", &url, &headers, Bytes::new(), Duration::from_secs(5)).await.unwrap()
    };
    let access = token["access_token"].as_str().unwrap();
    let known = me(access).await.json();
    assert_eq!((&known["id"], &known["locale"]), (&json!(ada.to_string()), &json!("de")));
    assert_eq!(me("nonsense").await.status, 401);
    sim.expire_grants();
    assert_eq!(me(access).await.status, 401);
    assert_eq!(sim.contract_violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_private_thread_is_seen_by_those_in_it_alone() {
    let (sim, _endpoint, ada) = ready().await;
    let (bob, mona) = (sim.add_person("Bob", "en-US"), sim.add_person("Mona", "en-US"));
    sim.set_permissions(mona, EVERYBODY | 1 << 34);
    let threads = |channel: u64| format!("/channels/{channel}/threads");
    let wanted = || Some(json!({"name": "Support", "type": 12, "invitable": false}));
    let help = sim.channel("help");
    sim.set_bot_powers(sim.guild_id(), BotPowers { private_threads: false, ..BotPowers::default() });
    assert_eq!(code(&call(&sim, "POST", &threads(help), wanted()).await), (403, 50013));
    sim.set_bot_powers(sim.guild_id(), BotPowers::default());
    let made = call(&sim, "POST", &threads(help), wanted()).await;
    assert_eq!((made.status, &made.json()["type"]), (201, &json!(12)));
    let thread = id(&made.json()["id"]);
    let member = |thread: u64, person: u64| format!("/channels/{thread}/thread-members/{person}");
    assert_eq!(code(&call(&sim, "PUT", &member(thread, 7), None).await), (404, 10007));
    assert_eq!(code(&call(&sim, "PUT", &member(help, ada.id()), None).await), (400, 50024));
    for _ in 0..2 {
        assert_eq!(call(&sim, "PUT", &member(thread, ada.id()), None).await.status, 204);
    }
    assert_eq!(sim.read(|state| state.channel_messages(thread).len()), 1, "that she was added, once");
    for (who, sees) in [(ada, true), (bob, false), (mona, true)] {
        let outcome = sim.command(who, Place::Guild(thread), "helpme", json!({})).await;
        assert_eq!(!matches!(outcome.kind, OutcomeKind::Blocked(_)), sees, "{who}");
    }
    let active = call(&sim, "GET", &format!("/guilds/{}/threads/active", sim.guild_id()), None).await.json();
    assert_eq!(active["threads"][0]["id"], thread.to_string().as_str());
    sim.set_thread(thread, true, false);
    assert_eq!(code(&call(&sim, "PUT", &member(thread, bob.id()), None).await), (400, 50083));
}

#[tokio::test]
async fn what_people_write_in_a_server_is_kept_from_who_has_not_the_intent() {
    let (sim, _endpoint, ada) = ready().await;
    let channel = sim.channel("help");
    let bot = sim.application_id();
    let file = [("a.png", "image/png", Bytes::from_static(b"x"))];
    for text in ["hidden", &format!("<@{bot}> heard")] {
        sim.send_in(ada, channel, text, &file, json!({}));
    }
    let read = async |channel: u64| {
        let messages = call(&sim, "GET", &format!("/channels/{channel}/messages"), None).await.json();
        let mut read: Vec<(String, usize)> = messages
            .as_array()
            .unwrap()
            .iter()
            .map(|message| {
                (message["content"].as_str().unwrap().to_owned(), message["attachments"].as_array().unwrap().len())
            })
            .collect();
        read.reverse();
        read
    };
    assert_eq!(read(channel).await, [(String::new(), 0), (format!("<@{bot}> heard"), 1)]);
    sim.set_application("flags", json!(1 << 18));
    assert_eq!(read(channel).await[0], ("hidden".to_owned(), 1));
    sim.set_application("flags", json!(0));
    sim.type_in_dm(ada, "in private");
    assert_eq!(read(sim.dm_channel(ada)).await, [("in private".to_owned(), 0)]);
}

#[tokio::test]
async fn an_address_for_webhook_events_is_tried_and_told_again() {
    let (sim, endpoint, ada) = ready().await;
    let patch = |url: &str| {
        let types = ["APPLICATION_AUTHORIZED"];
        Some(json!({"event_webhooks_url": url, "event_webhooks_status": 2, "event_webhooks_types": types}))
    };
    assert!(sim.install_app(ada).await.is_err(), "people cannot install it yet");
    sim.set_application("integration_types_config", json!({"0": {}, "1": {}}));
    assert_eq!(sim.install_app(ada).await, Ok(0), "nobody wants to know");
    // What it answers a PING with is no empty 204.
    let me = "/applications/@me";
    assert_eq!(code(&call(&sim, "PATCH", me, patch(&endpoint.server.url())).await), (400, 50035));
    *endpoint.answer.lock().unwrap() = Reply::empty(204);
    assert_eq!(call(&sim, "PATCH", me, patch(&endpoint.server.url())).await.status, 200);
    endpoint.seen.lock().unwrap().clear();
    assert_eq!(sim.install_app(ada).await, Ok(1));
    let event = endpoint.seen.lock().unwrap()[0].clone();
    assert_eq!((&event["type"], &event["event"]["data"]["integration_type"]), (&json!(1), &json!(1)));
    assert_eq!(event["event"]["data"]["user"]["id"], ada.to_string());
    *endpoint.answer.lock().unwrap() = Reply::empty(503);
    assert!(sim.install_app(ada).await.is_err());
    assert!(endpoint.seen.lock().unwrap().len() > 3, "it was told again and again");
}
