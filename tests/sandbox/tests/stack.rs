//! A small template with functions of its own, deployed for real: processes, queues, policies, retries, crashes.
//!
//! The functions are this test binary: a script starts it with `--exact a_function_of_the_stack`, and that test serves the
//! Runtime API when there is one.
#![expect(clippy::unwrap_used, reason = "a test fails where it finds something else than it expects")]

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use sandbox::gate::{KillPoint, When};
use sandbox::sims::http::client;
use sandbox::trace::Kind;
use sandbox::{Binaries, Options, Sandbox};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const TEMPLATE: &str = r#"
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  DiscordApiUrl: { Type: String }
Globals:
  Function:
    Runtime: provided.al2023
    Handler: bootstrap
    Timeout: 20
Resources:
  Toy:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: rust-cargolambda }
    Properties:
      FunctionName: !Sub ${AWS::StackName}-toy
      CodeUri: functions/toy
      FunctionUrlConfig: { AuthType: NONE }
      Environment:
        Variables:
          ANSWER: !GetAtt Question.Answer
          DISCORD_API_URL: !Ref DiscordApiUrl
          TABLE_NAME: !Ref Table
          WORKER: !Ref Worker
          WORK_QUEUE_URL: !Ref Work
      Policies:
        - Statement:
            - { Effect: Allow, Action: dynamodb:PutItem, Resource: !GetAtt Table.Arn }
            - { Effect: Allow, Action: sqs:SendMessage, Resource: !GetAtt Work.Arn }
            - { Effect: Allow, Action: lambda:InvokeFunction, Resource: !GetAtt Worker.Arn }
  Flow:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: rust-cargolambda }
    Properties:
      FunctionName: !Sub ${AWS::StackName}-flow
      CodeUri: functions/flow
      FunctionUrlConfig: { AuthType: NONE, InvokeMode: RESPONSE_STREAM }
  Worker:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: rust-cargolambda }
    Properties:
      FunctionName: !Sub ${AWS::StackName}-worker
      CodeUri: functions/worker
      Timeout: 2
      EventInvokeConfig:
        DestinationConfig: { OnFailure: { Type: SQS, Destination: !GetAtt Failed.Arn } }
      Policies:
        - Statement:
            - Effect: Allow
              Action: [sqs:ReceiveMessage, sqs:DeleteMessage, sqs:GetQueueAttributes]
              Resource: !GetAtt Work.Arn
      Events:
        Often: { Type: ScheduleV2, Properties: { ScheduleExpression: rate(1 minute) } }
  WorkSource:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !Ref Worker
      EventSourceArn: !GetAtt Work.Arn
      FunctionResponseTypes: [ReportBatchItemFailures]
  Setup:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: rust-cargolambda, BuildProperties: { Binary: setup } }
    Properties: { CodeUri: . }
  Question:
    Type: Custom::Question
    Properties: { ServiceToken: !GetAtt Setup.Arn, Number: 42 }
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: PK, AttributeType: S }]
      KeySchema: [{ AttributeName: PK, KeyType: HASH }]
  Work:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub ${AWS::StackName}-work.fifo
      FifoQueue: true
      RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3 }
  Dead: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub "${AWS::StackName}-dead.fifo", FifoQueue: true } }
  Failed: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub "${AWS::StackName}-failed" } }
Outputs:
  Url: { Value: !GetAtt ToyUrl.FunctionUrl }
"#;

struct Stack {
    sandbox: Sandbox,
    _folder: tempfile::TempDir,
}

async fn stack() -> Stack {
    let folder = tempfile::tempdir().unwrap();
    for name in ["toy", "flow", "worker", "setup"] {
        write_script(&folder.path().join(name));
    }
    let options = Options {
        template: Some(TEMPLATE.to_owned()),
        binaries: Binaries::At(folder.path().to_owned()),
        ..Options::for_tests()
    };
    Stack { sandbox: Sandbox::start(options).await.unwrap(), _folder: folder }
}

fn write_script(path: &Path) {
    let program = std::env::current_exe().unwrap();
    let script = format!("#!/bin/sh\nexec '{}' --exact a_function_of_the_stack --nocapture\n", program.display());
    std::fs::write(path, script).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

impl Stack {
    async fn toy(&self, payload: Value) -> Value {
        let answer = self.sandbox.invoke("toy", &payload).await.unwrap();
        serde_json::from_slice(&answer.payload).unwrap()
    }

    async fn get(&self, function: &str, query: &str) -> reqwest::Response {
        let url = self.sandbox.function_url(function).unwrap();
        client("test").get(format!("{url}?{query}")).send().await.unwrap()
    }

    fn logged(&self, prefix: &str) -> Vec<String> {
        let logs = self.sandbox.logs();
        logs.iter().filter_map(|entry| entry.title.strip_prefix(prefix).map(str::to_owned)).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_is_deployed_and_answers() {
    let stack = stack().await;
    let url = stack.sandbox.function_url("toy").unwrap();
    assert_eq!(stack.sandbox.deployment().unwrap().outputs["Url"], json!(url));
    let answer = client("test").get(format!("{url}?a=%20b")).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.text().await.unwrap(), "the answer is 42, the query a=%20b, the number \"42\"");
    assert!(stack.sandbox.function_url("worker").is_none());

    let environment = stack.toy(json!({"do": "environment"})).await;
    let names: BTreeSet<&str> = environment.as_object().unwrap().keys().map(String::as_str).collect();
    assert!(
        names.is_superset(&BTreeSet::from(["ANSWER", "AWS_REGION", "AWS_ENDPOINT_URL_SQS", "TABLE_NAME"])),
        "{names:?}"
    );
    assert!(!names.contains("HOME") && !names.contains("CARGO_MANIFEST_DIR"), "{names:?}");
    let api = environment["DISCORD_API_URL"].as_str().unwrap();
    assert!(api.starts_with(&format!("{}/as/toy-", stack.sandbox.discord().url())), "{api}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_the_policy_does_not_allow_is_refused() {
    let stack = stack().await;
    let put =
        stack.toy(json!({"do": "dynamodb", "operation": "PutItem", "request": {"Item": {"PK": {"S": "a"}}}})).await;
    assert_eq!(put["status"], 200, "{put}");
    assert_eq!(stack.sandbox.items().await.unwrap(), [json!({"PK": {"S": "a"}})]);
    let delete =
        stack.toy(json!({"do": "dynamodb", "operation": "DeleteItem", "request": {"Key": {"PK": {"S": "a"}}}})).await;
    assert_eq!(delete["status"], 400);
    let message = delete["body"]["message"].as_str().unwrap();
    assert!(
        message.contains("is not authorized to perform: dynamodb:DeleteItem on resource: arn:aws:dynamodb:"),
        "{message}"
    );
    let trace = stack.sandbox.trace().since(0);
    let calls: Vec<(&str, &Value)> = trace
        .iter()
        .filter(|entry| entry.kind == Kind::DynamoDb)
        .map(|entry| (entry.function.as_deref().unwrap(), &entry.detail["status"]))
        .collect();
    assert_eq!(calls, [("toy", &json!(200)), ("toy", &json!(400))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_fails_is_retried_with_its_id_and_then_handed_on() {
    let stack = stack().await;
    let id = stack.sandbox.invoke_async("worker", &json!({"do": "fail"})).unwrap();
    stack.sandbox.wait_until_idle().await.unwrap();
    assert_eq!(stack.logged("failing "), [id.clone(), id.clone(), id.clone()]);
    let failed = stack.sandbox.queue_messages("failed").unwrap();
    assert_eq!(failed.len(), 1);
    let record: Value = serde_json::from_str(&failed[0].body).unwrap();
    assert_eq!(record["requestContext"]["requestId"], json!(id));
    assert_eq!(record["requestContext"]["condition"], "RetriesExhausted");
    assert_eq!(record["requestContext"]["approximateInvokeCount"], 3);
    assert_eq!(record["requestPayload"], json!({"do": "fail"}));
    assert_eq!(record["responsePayload"]["errorMessage"], "as told");
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_a_group_keep_their_order_through_failures_and_crashes() {
    let stack = stack().await;
    for (group, body) in
        [("a", "1"), ("a", "fail-once 2"), ("a", "3"), ("b", "crash-once 4"), ("b", "5"), ("c", "poison 6")]
    {
        let sent = stack.toy(json!({"do": "send", "group": group, "body": body})).await;
        assert_eq!(sent["status"], 200, "{sent}");
    }
    stack.sandbox.wait_until_idle().await.unwrap();
    let done = stack.logged("done ");
    let of = |digits: &str| done.iter().filter(|line| digits.contains(line.as_str())).cloned().collect::<Vec<_>>();
    assert_eq!(of("123"), ["1", "2", "3"], "{done:?}");
    assert_eq!(of("45"), ["4", "5"], "{done:?}");
    let dead = stack.sandbox.queue_messages("dead").unwrap();
    assert_eq!(dead.iter().map(|message| message.body.as_str()).collect::<Vec<_>>(), ["poison 6"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_takes_too_long_or_crashes_is_an_error() {
    let stack = stack().await;
    let answer = stack.sandbox.invoke("worker", &json!({"do": "sleep"})).await.unwrap();
    assert!(answer.failed);
    let text = String::from_utf8_lossy(&answer.payload).into_owned();
    assert!(text.contains("Task timed out after 2.00 seconds"), "{text}");
    let answer = stack.sandbox.invoke("worker", &json!({"do": "crash"})).await.unwrap();
    let text = String::from_utf8_lossy(&answer.payload).into_owned();
    assert!(answer.failed && text.contains("exit status: 3"), "{text}");
    assert!(!stack.sandbox.invoke("worker", &json!({})).await.unwrap().failed, "the next one gets a fresh process");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planned_crash_happens_around_the_call_it_was_planned_for() {
    let stack = stack().await;
    let put = json!({"do": "dynamodb", "operation": "PutItem", "request": {"Item": {"PK": {"S": "a"}}}});
    for (when, items) in [(When::Before, 0), (When::After, 1)] {
        stack.sandbox.gate().kill_at(KillPoint { function: "toy".to_owned(), call: 0, when });
        let answer = stack.sandbox.invoke("toy", &put).await.unwrap();
        let text = String::from_utf8_lossy(&answer.payload).into_owned();
        assert!(answer.failed && text.contains("signal: 9"), "{text}");
        assert_eq!(stack.sandbox.items().await.unwrap().len(), items);
    }
    assert_eq!(stack.sandbox.gate().fired().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn invocations_at_the_same_time_have_processes_of_their_own_and_nothing_outlives_the_sandbox() {
    let stack = stack().await;
    let nap = json!({"do": "nap"});
    let answers = tokio::join!(stack.toy(nap.clone()), stack.toy(nap.clone()), stack.toy(nap));
    let pids = BTreeSet::from([answers.0["pid"].as_u64(), answers.1["pid"].as_u64(), answers.2["pid"].as_u64()]);
    assert_eq!(pids.len(), 3);
    drop(stack);
    for pid in pids.into_iter().flatten() {
        let status = format!("/proc/{pid}/status");
        for _ in 0..500 {
            // Killed, and perhaps not yet reaped.
            let alive = std::fs::read_to_string(&status).is_ok_and(|status| !status.contains("State:\tZ"));
            if !alive {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let status = std::fs::read_to_string(&status).unwrap_or_default();
        assert!(status.is_empty() || status.contains("State:\tZ"), "process {pid} is still there");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_call_each_other_and_schedules_run_on_demand() {
    let stack = stack().await;
    let answer = stack.toy(json!({"do": "invoke", "kind": "Event"})).await;
    assert_eq!((&answer["status"], &answer["body"]), (&json!(202), &Value::Null));
    let answer = stack.toy(json!({"do": "invoke", "kind": "RequestResponse"})).await;
    assert_eq!((&answer["status"], &answer["body"]), (&json!(200), &json!({"did": "hello"})));
    stack.sandbox.run_schedule("worker").unwrap();
    stack.sandbox.wait_until_idle().await.unwrap();
    assert_eq!(stack.logged("hello").len(), 2);
    assert_eq!(stack.logged("scheduled by "), ["aws.scheduler"]);
    assert!(stack.sandbox.run_schedule("toy").is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_streamed_answer_has_the_status_headers_and_cookies_of_its_prelude() {
    let stack = stack().await;
    let answer = stack.get("flow", "do=whole").await;
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.headers()["content-type"], "text/plain");
    let cookies: Vec<_> = answer.headers().get_all("set-cookie").iter().map(|it| it.to_str().unwrap()).collect();
    assert_eq!(cookies, ["a=1; HttpOnly", "b=2"]);
    assert!(answer.headers().get("content-length").is_none(), "nobody knows how long it is");
    assert_eq!(answer.text().await.unwrap(), "hello\0 world");
    for status in [204, 304] {
        let answer = stack.get("flow", &format!("do=empty&status={status}")).await;
        assert_eq!((answer.status().as_u16(), answer.headers()["etag"].to_str().unwrap()), (status, "\"1\""));
        assert_eq!(answer.text().await.unwrap(), "");
    }
    let plain = stack.get("flow", "do=json").await;
    assert_eq!(
        (plain.status().as_u16(), &plain.headers()["content-type"]),
        (200, &"application/octet-stream".parse().unwrap())
    );
    assert!(plain.text().await.unwrap().starts_with("{\"body\":"), "what is not streamed is passed on as it is");
    assert_eq!(stack.get("flow", "do=nonsense").await.status(), 502);
    assert_eq!(stack.get("flow", "do=fail").await.status(), 502);
    assert_eq!(stack.get("toy", "do=whole").await.status(), 502, "its URL does not stream");
    stack.sandbox.wait_until_idle().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_streamed_answer_comes_piece_by_piece() {
    let stack = stack().await;
    let folder = tempfile::tempdir().unwrap();
    let read = folder.path().join("read");
    let mut answer = stack.get("flow", &format!("do=wait&for={}", read.display())).await;
    assert_eq!(answer.chunk().await.unwrap().unwrap(), "first");
    // Only now the function goes on.
    std::fs::write(&read, "").unwrap();
    assert_eq!(answer.text().await.unwrap(), " second");
    stack.sandbox.wait_until_idle().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_streamed_answer_may_be_longer_than_a_whole_one() {
    let stack = stack().await;
    let answer = stack.get("flow", "do=large&bytes=12000000").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.bytes().await.unwrap().len(), 12_000_000);
    assert_eq!(stack.get("toy", "do=json&bytes=5000000").await.bytes().await.unwrap().len(), 5_000_000);
    assert_eq!(stack.get("toy", "do=json&bytes=6400000").await.status(), 502);
    let failures: Vec<_> = stack
        .sandbox
        .trace()
        .since(0)
        .into_iter()
        .filter(|entry| entry.kind == Kind::Invocation && entry.detail["failed"] == true)
        .map(|entry| entry.title)
        .collect();
    assert!(failures.len() == 1 && failures[0].contains("Function.ResponseSizeTooLarge"), "{failures:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_a_streamed_answer_sees_that_it_was_broken_off() {
    let stack = stack().await;
    for (what, failure) in [("trailers", "Told: it went wrong"), ("exit", "Runtime.")] {
        let mut answer = stack.get("flow", &format!("do={what}")).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.chunk().await.unwrap().unwrap(), "first");
        assert!(answer.chunk().await.is_err(), "{what}");
        stack.sandbox.wait_until_idle().await.unwrap();
        let trace = stack.sandbox.trace().since(0);
        let last = trace.iter().rfind(|entry| entry.detail["operation"] == "end").unwrap();
        assert!(last.title.contains(failure), "{}", last.title);
    }
    assert_eq!(stack.get("flow", "do=whole").await.status(), 201, "the next one is served");
}

// ------------------------------------------------------------------------------------------------ the functions' side

#[test]
fn a_function_of_the_stack() {
    let Ok(api) = std::env::var("AWS_LAMBDA_RUNTIME_API") else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(serve(&format!("http://{api}/2018-06-01/runtime/invocation")));
}

async fn serve(api: &str) {
    let client = client("function");
    // The end of the sandbox is the end of its functions.
    while let Ok(next) = client.get(format!("{api}/next")).send().await {
        let id = next.headers()["lambda-runtime-aws-request-id"].to_str().unwrap().to_owned();
        let Ok(event) = next.json::<Value>().await else { return };
        let query = event["rawQueryString"].as_str().unwrap_or_default();
        if query.starts_with("do=") && !query.starts_with("do=json") && !query.starts_with("do=fail") {
            flow(&id, query).await;
            continue;
        }
        let (path, body) = match act(&client, &event, &id).await {
            Ok(answer) => ("response", answer),
            Err(message) => ("error", json!({"errorType": "Told", "errorMessage": message})),
        };
        let _ = client.post(format!("{api}/{id}/{path}")).json(&body).send().await;
    }
}

async fn act(client: &reqwest::Client, event: &Value, id: &str) -> Result<Value, String> {
    if let Some(records) = event["Records"].as_array() {
        return Ok(work(records));
    }
    if event["RequestType"] == "Create" {
        let number = &event["ResourceProperties"]["Number"];
        let answer = json!({
            "Status": "SUCCESS",
            "PhysicalResourceId": "question",
            "StackId": event["StackId"],
            "RequestId": event["RequestId"],
            "LogicalResourceId": event["LogicalResourceId"],
            "Data": {"Answer": format!("the answer is {}, the query $query, the number {number}", number.as_str().unwrap())},
        });
        client.put(event["ResponseURL"].as_str().unwrap()).json(&answer).send().await.unwrap();
        return Ok(Value::Null);
    }
    if event["requestContext"]["http"].is_object() {
        let query = event["rawQueryString"].as_str().unwrap();
        if query.starts_with("do=fail") {
            return Err("as told".to_owned());
        }
        if query.starts_with("do=json") {
            let bytes = asked(query, "bytes").map_or(1, |bytes| bytes.parse().unwrap());
            return Ok(json!({"statusCode": 200, "body": "x".repeat(bytes)}));
        }
        let text = variable("ANSWER").replace("$query", event["rawQueryString"].as_str().unwrap());
        return Ok(json!({"statusCode": 201, "body": text}));
    }
    if let Some(source) = event["source"].as_str() {
        println!("scheduled by {source}");
    }
    match event["do"].as_str().unwrap_or_default() {
        "environment" => Ok(std::env::vars().map(|(name, value)| (name, json!(value))).collect()),
        "dynamodb" => {
            let mut request = event["request"].clone();
            request["TableName"] = json!(variable("TABLE_NAME"));
            let operation = event["operation"].as_str().unwrap();
            Ok(call(client, "DYNAMODB", &format!("DynamoDB_20120810.{operation}"), &request).await)
        }
        "send" => {
            let request = json!({
                "QueueUrl": variable("WORK_QUEUE_URL"),
                "MessageBody": event["body"],
                "MessageGroupId": event["group"],
                "MessageDeduplicationId": id,
            });
            Ok(call(client, "SQS", "AmazonSQS.SendMessage", &request).await)
        }
        "invoke" => {
            let url = format!(
                "{}/2015-03-31/functions/{}/invocations",
                variable("AWS_ENDPOINT_URL_LAMBDA"),
                variable("WORKER")
            );
            let request = signed(client.post(url)).header("x-amz-invocation-type", event["kind"].as_str().unwrap());
            let answer = request.json(&json!({"do": "hello"})).send().await.unwrap();
            let status = answer.status().as_u16();
            Ok(json!({"status": status, "body": answer.json::<Value>().await.unwrap_or_default()}))
        }
        "hello" => {
            println!("hello");
            Ok(json!({"did": "hello"}))
        }
        "fail" => {
            println!("failing {id}");
            Err("as told".to_owned())
        }
        "crash" => std::process::exit(3),
        "sleep" => {
            tokio::time::sleep(Duration::from_secs(30)).await;
            Ok(Value::Null)
        }
        "nap" => {
            tokio::time::sleep(Duration::from_millis(300)).await;
            Ok(json!({"pid": std::process::id()}))
        }
        _ => Ok(Value::Null),
    }
}

fn asked(query: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Streams an answer, as the Runtime API takes it: a prelude, eight zeros, the body.
async fn flow(id: &str, query: &str) {
    let mut api = tokio::net::TcpStream::connect(variable("AWS_LAMBDA_RUNTIME_API")).await.unwrap();
    let head = format!(
        "POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nHost: runtime\r\nTransfer-Encoding: chunked\r\n\
         Lambda-Runtime-Function-Response-Mode: streaming\r\nConnection: close\r\n\
         Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\
         Content-Type: application/vnd.awslambda.http-integration-response\r\n\r\n"
    );
    api.write_all(head.as_bytes()).await.unwrap();
    let ok = "{\"statusCode\":200,\"headers\":{}}\0\0\0\0\0\0\0\0";
    let mut trailers = "";
    match asked(query, "do").unwrap().as_str() {
        "whole" => {
            // The pieces of the network are not those of the answer.
            let prelude = json!({
                "statusCode": 201, "headers": {"content-type": "text/plain"}, "cookies": ["a=1; HttpOnly", "b=2"],
            });
            let prelude = prelude.to_string();
            let (begin, end) = prelude.split_at(20);
            for piece in [begin, end, "\0\0\0", "\0\0\0\0\0hel", "lo\0", " world"] {
                chunk(&mut api, piece).await;
            }
        }
        "empty" => {
            let status: u16 = asked(query, "status").unwrap().parse().unwrap();
            let prelude = json!({"statusCode": status, "headers": {"etag": "\"1\""}});
            chunk(&mut api, &format!("{prelude}\0\0\0\0\0\0\0\0")).await;
        }
        "nonsense" => chunk(&mut api, "nonsense").await,
        "wait" => {
            chunk(&mut api, ok).await;
            chunk(&mut api, "first").await;
            let marker = asked(query, "for").unwrap();
            while !Path::new(&marker).exists() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            chunk(&mut api, " second").await;
        }
        "large" => {
            chunk(&mut api, ok).await;
            let mut left: usize = asked(query, "bytes").unwrap().parse().unwrap();
            let piece = "x".repeat(64 * 1024);
            while left > 0 {
                let length = left.min(piece.len());
                chunk(&mut api, &piece[..length]).await;
                left -= length;
            }
        }
        broken => {
            chunk(&mut api, ok).await;
            chunk(&mut api, "first").await;
            // A server that has not sent the head yet may keep it to itself.
            tokio::time::sleep(Duration::from_millis(500)).await;
            if broken == "exit" {
                std::process::exit(1);
            }
            // `it went wrong` in Base64.
            trailers = "Lambda-Runtime-Function-Error-Type: Told\r\n\
                        Lambda-Runtime-Function-Error-Body: aXQgd2VudCB3cm9uZw==\r\n";
        }
    }
    api.write_all(format!("0\r\n{trailers}\r\n").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = api.read_to_end(&mut answer).await;
}

async fn chunk(api: &mut tokio::net::TcpStream, piece: &str) {
    let framed = format!("{:x}\r\n{piece}\r\n", piece.len());
    api.write_all(framed.as_bytes()).await.unwrap();
}

/// Does each message: `fail-once` and `crash-once` at first receive, `poison` always fails. Stops at a failure, as a worker
/// of a FIFO queue has to within one group.
fn work(records: &[Value]) -> Value {
    let first_time = |record: &Value| record["attributes"]["ApproximateReceiveCount"] == "1";
    // Before anything is done, because a crash brings the whole batch back.
    if records.iter().any(|record| first_time(record) && record["body"].as_str().unwrap().starts_with("crash-once")) {
        std::process::exit(1);
    }
    let mut failed_groups = BTreeSet::new();
    let mut failures = Vec::new();
    for record in records {
        let body = record["body"].as_str().unwrap();
        let (kind, rest) = body.split_once(' ').unwrap_or(("", body));
        let first = first_time(record);
        let group = record["attributes"]["MessageGroupId"].as_str().unwrap();
        if failed_groups.contains(group) || kind == "poison" || (first && kind == "fail-once") {
            failed_groups.insert(group.to_owned());
            failures.push(json!({"itemIdentifier": record["messageId"]}));
        } else {
            println!("done {rest}");
        }
    }
    json!({ "batchItemFailures": failures })
}

async fn call(client: &reqwest::Client, service: &str, target: &str, request: &Value) -> Value {
    let url = variable(&format!("AWS_ENDPOINT_URL_{service}"));
    let request = signed(client.post(url)).header("x-amz-target", target).body(request.to_string());
    let answer = request.header("content-type", "application/x-amz-json-1.0").send().await.unwrap();
    let status = answer.status().as_u16();
    json!({"status": status, "body": answer.json::<Value>().await.unwrap_or_default()})
}

fn signed(request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
    let key = variable("AWS_ACCESS_KEY_ID");
    let credential =
        format!("AWS4-HMAC-SHA256 Credential={key}/20250101/us-east-1/x/aws4_request, SignedHeaders=host, Signature=0");
    request.header("authorization", credential).header("x-amz-security-token", variable("AWS_SESSION_TOKEN"))
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"))
}
