//! AWS's endpoints on one port: DynamoDB, SQS, Lambda, Secrets Manager, and where custom resources answer to.
//!
//! Who calls is told by the access key (the function) and the session token (its process). Signatures are not verified.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Request as HttpRequest, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::lambda::{ASYNC_PAYLOAD_MAX, Function, SYNC_PAYLOAD_MAX};
use super::policy::{Denied, Request};
use super::sqs::{Message, Queue, Send, SqsError, md5_of_attributes};
use super::{Cloud, OUTSIDE_ACCESS_KEY, arn, now_ms};
use crate::trace::Kind;

/// Longest body that is read, in bytes: DynamoDB's.
const BODY_MAX: usize = 16 * 1024 * 1024;

/// The server.
pub fn router(cloud: Arc<Cloud>) -> Router {
    Router::new().fallback(handle).with_state(cloud)
}

/// Who calls.
enum Caller {
    Outside,
    Function { function: Arc<Function>, instance: String },
}

impl Caller {
    fn instance(&self) -> Option<&str> {
        match self {
            Self::Outside => None,
            Self::Function { instance, .. } => Some(instance),
        }
    }

    fn principal(&self) -> String {
        match self {
            Self::Outside => format!("arn:aws:iam::{}:root", super::ACCOUNT),
            Self::Function { function, .. } => function.principal(),
        }
    }

    fn may(&self, request: &Request) -> Result<(), Denied> {
        match self {
            Self::Outside => Ok(()),
            Self::Function { function, .. } => function.config.policy.check(&function.principal(), request),
        }
    }
}

async fn handle(State(cloud): State<Arc<Cloud>>, request: HttpRequest<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY_MAX).await else {
        return json_error(413, "RequestEntityTooLargeException", "the body is too long");
    };
    let path = parts.uri.path();
    if let Some(callback) = path.strip_prefix("/custom-resource/") {
        return custom_resource_answer(&cloud, &parts.method, callback, &body);
    }
    let caller = match caller(&cloud, &parts.headers) {
        Ok(caller) => caller,
        Err(refusal) => return *refusal,
    };
    let target = parts.headers.get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let instance = caller.instance().map(str::to_owned);
    let (kind, operation) = if let Some(operation) = target.strip_prefix("DynamoDB_20120810.") {
        (Kind::DynamoDb, operation.to_owned())
    } else if let Some(operation) = target.strip_prefix("AmazonSQS.") {
        (Kind::Sqs, operation.to_owned())
    } else if let Some(operation) = target.strip_prefix("secretsmanager.") {
        (Kind::Secrets, operation.to_owned())
    } else if let Some(name) = invoked_function(path) {
        (Kind::Lambda, format!("Invoke {name}"))
    } else {
        let message = format!("the sandbox does not know {} {path} with target {target:?}", parts.method);
        return json_error(404, "UnknownOperationException", &message);
    };
    let perform = async {
        let response = match kind {
            Kind::DynamoDb => dynamodb(&cloud, &caller, &operation, body).await,
            Kind::Sqs => sqs(&cloud, &caller, &operation, &body).await,
            Kind::Secrets => secrets(&cloud, &caller, &operation, &body),
            _ => invoke(&cloud, &caller, path, &parts.headers, body).await,
        };
        (response.status().as_u16(), response)
    };
    let passed = cloud.gate.pass(instance.as_deref(), kind, &operation, perform).await;
    let mut response = passed.unwrap_or_else(|_killed| {
        // Nobody is there to read it: the process was killed before this is sent.
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    });
    let headers = response.headers_mut();
    if !headers.contains_key("x-amzn-requestid")
        && let Ok(id) = uuid::Uuid::new_v4().to_string().parse()
    {
        headers.insert("x-amzn-requestid", id);
    }
    response
}

fn caller(cloud: &Cloud, headers: &HeaderMap) -> Result<Caller, Box<Response>> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let key = header("authorization").and_then(|value| {
        let credential = value.split("Credential=").nth(1)?;
        credential.split('/').next()
    });
    let Some(key) = key else {
        return Err(Box::new(json_error(
            400,
            "MissingAuthenticationTokenException",
            "Request is missing Authentication Token",
        )));
    };
    if key == OUTSIDE_ACCESS_KEY {
        return Ok(Caller::Outside);
    }
    let function = cloud.functions().into_values().find(|function| function.access_key() == key);
    match (function, header("x-amz-security-token")) {
        (Some(function), Some(instance)) if instance.starts_with(&format!("{}-", function.config.folder)) => {
            Ok(Caller::Function { function, instance: instance.to_owned() })
        }
        _ => Err(Box::new(json_error(
            400,
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ))),
    }
}

/// An error in the AWS JSON protocols.
fn json_error(status: u16, kind: &str, message: &str) -> Response {
    let body = json!({"__type": kind, "message": message, "Message": message});
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let headers = [("content-type", "application/x-amz-json-1.0".to_owned()), ("x-amzn-errortype", kind.to_owned())];
    (status, headers, body.to_string()).into_response()
}

fn json_ok(body: &Value) -> Response {
    ([("content-type", "application/x-amz-json-1.0")], body.to_string()).into_response()
}

// --------------------------------------------------------------------------------------------------------- DynamoDB

async fn dynamodb(cloud: &Cloud, caller: &Caller, operation: &str, body: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    for need in cloud.dynamodb.needs(operation, &request) {
        if let Err(denied) = caller.may(&need) {
            return json_error(400, "com.amazon.coral.service#AccessDeniedException", &denied.0);
        }
    }
    let answer = cloud.dynamodb.forward(operation, body).await;
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    for name in ["content-type", "x-amz-crc32", "x-amzn-requestid"] {
        if let Some(value) = answer.headers.get(name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

// ---------------------------------------------------------------------------------------------------------- Secrets

fn secrets(cloud: &Cloud, caller: &Caller, operation: &str, body: &Bytes) -> Response {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let id = request["SecretId"].as_str().unwrap_or_default();
    let secret = cloud.secret(id);
    let resource =
        secret.as_ref().map_or_else(|| arn("secretsmanager", &format!("secret:{id}")), |secret| secret.arn.clone());
    if let Err(denied) = caller.may(&Request::new(format!("secretsmanager:{operation}"), resource)) {
        return json_error(400, "AccessDeniedException", &denied.0);
    }
    if operation != "GetSecretValue" {
        return json_error(
            400,
            "InvalidRequestException",
            &format!("the sandbox does not do secretsmanager:{operation}"),
        );
    }
    let Some(secret) = secret else {
        return json_error(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    };
    json_ok(&json!({
        "ARN": secret.arn,
        "Name": secret.name,
        "VersionId": "5a0db0c5-0000-4000-8000-000000000001",
        "SecretString": secret.value,
        "VersionStages": ["AWSCURRENT"],
        "CreatedDate": 1_735_689_600.0,
    }))
}

// ----------------------------------------------------------------------------------------------------------- Lambda

fn invoked_function(path: &str) -> Option<String> {
    let name = path.strip_prefix("/2015-03-31/functions/")?.strip_suffix("/invocations")?;
    // A name with more than letters is an ARN, whose colons the SDK encodes.
    Some(name.replace("%3A", ":").replace("%3a", ":").replace("%24", "$"))
}

fn lambda_error(status: u16, kind: &str, message: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let headers = [("content-type", "application/json".to_owned()), ("x-amzn-errortype", kind.to_owned())];
    let side = if status.is_server_error() { "Service" } else { "User" };
    (status, headers, json!({"Type": side, "Message": message, "message": message}).to_string()).into_response()
}

async fn invoke(cloud: &Arc<Cloud>, caller: &Caller, path: &str, headers: &HeaderMap, body: Bytes) -> Response {
    let name = invoked_function(path).unwrap_or_default();
    let function = cloud.function_named(&name);
    let resource = function.as_ref().map_or_else(
        || if name.starts_with("arn:") { name.clone() } else { arn("lambda", &format!("function:{name}")) },
        |function| function.arn(),
    );
    if let Err(denied) = caller.may(&Request::new("lambda:InvokeFunction", resource.clone())) {
        return lambda_error(403, "AccessDeniedException", &denied.0);
    }
    let Some(function) = function else {
        return lambda_error(404, "ResourceNotFoundException", &format!("Function not found: {resource}"));
    };
    let kind = headers.get("x-amz-invocation-type").and_then(|value| value.to_str().ok()).unwrap_or("RequestResponse");
    let most = if kind == "Event" { ASYNC_PAYLOAD_MAX } else { SYNC_PAYLOAD_MAX };
    if body.len() > most {
        let message =
            format!("{} byte payload is too large for the {kind} invocation type (limit {most} bytes)", body.len());
        return lambda_error(413, "RequestTooLargeException", &message);
    }
    let body = if body.is_empty() { Bytes::from_static(b"{}") } else { body };
    if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(&body) {
        let message = format!("Could not parse request body into json: {error}");
        return lambda_error(400, "InvalidRequestContentException", &message);
    }
    match kind {
        "Event" => {
            let id = cloud.invoke_async(&function, body, "event");
            (StatusCode::ACCEPTED, [("x-amzn-requestid", id)], "").into_response()
        }
        "DryRun" => StatusCode::NO_CONTENT.into_response(),
        "RequestResponse" => {
            let answer = cloud.invoke(&function, body, "request").await;
            let mut response = answer.payload.into_response();
            let headers = response.headers_mut();
            headers.insert("content-type", http::HeaderValue::from_static("application/json"));
            headers.insert("x-amz-executed-version", http::HeaderValue::from_static("$LATEST"));
            if answer.failed {
                headers.insert("x-amz-function-error", http::HeaderValue::from_static("Unhandled"));
            }
            response
        }
        other => lambda_error(400, "InvalidParameterValueException", &format!("{other} is not an invocation type")),
    }
}

// -------------------------------------------------------------------------------------------------- custom resources

/// The answer of a custom resource. See [CloudFormation Docs/Custom resource response objects].
fn custom_resource_answer(cloud: &Cloud, method: &Method, callback: &str, body: &Bytes) -> Response {
    if method != Method::PUT {
        return (StatusCode::METHOD_NOT_ALLOWED, "custom resources answer with PUT").into_response();
    }
    let Some(waiting) = cloud.callbacks().remove(callback) else {
        return (StatusCode::FORBIDDEN, "nobody waits for this answer").into_response();
    };
    let answer = if body.len() > 4096 {
        json!({"Status": "FAILED", "Reason": "Response object is too long."})
    } else {
        serde_json::from_slice(body)
            .unwrap_or_else(|error| json!({"Status": "FAILED", "Reason": format!("Invalid response object: {error}")}))
    };
    // The deployment may have given up.
    let _ = waiting.send(answer);
    StatusCode::OK.into_response()
}

// -------------------------------------------------------------------------------------------------------------- SQS

fn sqs_error(error: &SqsError) -> Response {
    let status = if error.code == "AccessDenied" { 403 } else { 400 };
    let kind = match error.code {
        "AccessDenied" => "com.amazon.coral.service#AccessDeniedException".to_owned(),
        code @ ("InvalidParameterValue" | "MissingParameter") => format!("com.amazon.coral.service#{code}Exception"),
        code => format!("com.amazonaws.sqs#{code}"),
    };
    let mut response = json_error(status, &kind, &error.message);
    if let Ok(query) = format!("{};Sender", error.code).parse() {
        response.headers_mut().insert("x-amzn-query-error", query);
    }
    response
}

async fn sqs(cloud: &Arc<Cloud>, caller: &Caller, operation: &str, body: &Bytes) -> Response {
    let request: Value = match serde_json::from_slice(body) {
        Ok(request) => request,
        Err(error) => {
            return json_error(400, "com.amazon.coral.service#SerializationException", &error.to_string());
        }
    };
    match sqs_call(cloud, caller, operation, &request).await {
        Ok(answer) => json_ok(&answer),
        Err(error) => sqs_error(&error),
    }
}

async fn sqs_call(cloud: &Arc<Cloud>, caller: &Caller, operation: &str, request: &Value) -> Result<Value, SqsError> {
    let name = request["QueueUrl"].as_str().or(request["QueueName"].as_str()).unwrap_or_default();
    let queue = cloud.queue(name);
    let resource =
        queue.as_ref().map_or_else(|| arn("sqs", name.rsplit('/').next().unwrap_or_default()), |queue| queue.arn());
    // Batches are allowed by the action of their entries.
    let action = operation.strip_suffix("Batch").unwrap_or(operation);
    caller
        .may(&Request::new(format!("sqs:{action}"), resource))
        .map_err(|denied| SqsError { code: "AccessDenied", message: denied.0 })?;
    if operation == "ListQueues" {
        let prefix = request["QueueNamePrefix"].as_str().unwrap_or_default();
        let queues = cloud.queues();
        let urls: Vec<&String> =
            queues.values().filter(|queue| queue.config.name.starts_with(prefix)).map(|queue| &queue.url).collect();
        return Ok(json!({ "QueueUrls": urls }));
    }
    let queue = queue.ok_or_else(|| SqsError {
        code: "QueueDoesNotExist",
        message: "The specified queue does not exist.".to_owned(),
    })?;
    match operation {
        "GetQueueUrl" => Ok(json!({"QueueUrl": queue.url})),
        "SendMessage" => send(caller, &queue, request),
        "SendMessageBatch" => batch(request, |entry| send(caller, &queue, entry)),
        "ReceiveMessage" => receive(&queue, request).await,
        "DeleteMessage" => queue.delete(receipt(request)?).map(|()| json!({})),
        "DeleteMessageBatch" => batch(request, |entry| queue.delete(receipt(entry)?).map(|()| json!({}))),
        "ChangeMessageVisibility" => change_visibility(cloud, &queue, request),
        "ChangeMessageVisibilityBatch" => batch(request, |entry| change_visibility(cloud, &queue, entry)),
        "PurgeQueue" => {
            queue.purge();
            Ok(json!({}))
        }
        "GetQueueAttributes" => Ok(json!({"Attributes": queue_attributes(&queue, request)})),
        other => {
            Err(SqsError { code: "UnsupportedOperation", message: format!("the sandbox does not do sqs:{other}") })
        }
    }
}

fn receipt(request: &Value) -> Result<&str, SqsError> {
    request["ReceiptHandle"].as_str().ok_or_else(|| missing("ReceiptHandle"))
}

fn missing(name: &str) -> SqsError {
    SqsError { code: "MissingParameter", message: format!("The request must contain the parameter {name}.") }
}

fn send(caller: &Caller, queue: &Queue, request: &Value) -> Result<Value, SqsError> {
    let text = |name: &str| request[name].as_str().map(str::to_owned);
    let body = text("MessageBody").ok_or_else(|| missing("MessageBody"))?;
    let attributes = request["MessageAttributes"].as_object().cloned().unwrap_or_default();
    let md5_of_body = hex::encode(md5::compute(&body).0);
    let md5_of_attributes = md5_of_attributes(&attributes);
    let sent = queue.send(Send {
        body,
        attributes,
        group: text("MessageGroupId"),
        deduplication_id: text("MessageDeduplicationId"),
        delay_seconds: request["DelaySeconds"].as_i64(),
        sender: caller.principal(),
    })?;
    let mut answer = json!({"MessageId": sent.id, "MD5OfMessageBody": md5_of_body});
    if let Some(sum) = md5_of_attributes {
        answer["MD5OfMessageAttributes"] = json!(sum);
    }
    if let Some(number) = sent.sequence_number {
        answer["SequenceNumber"] = json!(number);
    }
    Ok(answer)
}

fn change_visibility(cloud: &Cloud, queue: &Queue, request: &Value) -> Result<Value, SqsError> {
    let timeout = request["VisibilityTimeout"].as_i64().ok_or_else(|| missing("VisibilityTimeout"))?;
    let receipt = receipt(request)?;
    queue.change_visibility(receipt, timeout)?;
    if let Some(longest) = cloud.settings.longest_pause {
        queue.cut_pause(receipt, longest);
    }
    Ok(json!({}))
}

/// Does each entry of a batch and collects what came of it.
fn batch(request: &Value, mut each: impl FnMut(&Value) -> Result<Value, SqsError>) -> Result<Value, SqsError> {
    let entries = request["Entries"].as_array().map(Vec::as_slice).unwrap_or_default();
    let error = |code, message: &str| Err(SqsError { code, message: message.to_owned() });
    if entries.is_empty() {
        return error("EmptyBatchRequest", "There should be at least one entry in the request.");
    }
    if entries.len() > 10 {
        return error("TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10.");
    }
    let ids: std::collections::BTreeSet<&str> = entries.iter().filter_map(|entry| entry["Id"].as_str()).collect();
    if ids.len() != entries.len() {
        return error("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.");
    }
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for entry in entries {
        match each(entry) {
            Ok(Value::Object(mut answer)) => {
                answer.insert("Id".to_owned(), entry["Id"].clone());
                successful.push(Value::Object(answer));
            }
            Ok(_) => {}
            Err(error) => {
                failed.push(
                    json!({"Id": entry["Id"], "SenderFault": true, "Code": error.code, "Message": error.message}),
                );
            }
        }
    }
    Ok(json!({"Successful": successful, "Failed": failed}))
}

async fn receive(queue: &Queue, request: &Value) -> Result<Value, SqsError> {
    let max = request["MaxNumberOfMessages"].as_u64().unwrap_or(1);
    if !(1..=10).contains(&max) {
        let message = format!(
            "Value {max} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."
        );
        return Err(SqsError { code: "InvalidParameterValue", message });
    }
    let wait = request["WaitTimeSeconds"].as_u64().unwrap_or(0);
    if wait > 20 {
        let message = format!(
            "Value {wait} for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided."
        );
        return Err(SqsError { code: "InvalidParameterValue", message });
    }
    let visibility = request["VisibilityTimeout"].as_u64().map(Duration::from_secs);
    let max = usize::try_from(max).unwrap_or(10);
    let messages = queue.receive(max, visibility, Duration::from_secs(wait)).await;
    if messages.is_empty() {
        return Ok(json!({}));
    }
    let wanted = |name: &str| request[name].as_array().cloned().unwrap_or_default();
    let mut system = wanted("MessageSystemAttributeNames");
    system.extend(wanted("AttributeNames"));
    let user = wanted("MessageAttributeNames");
    let messages: Vec<Value> = messages.iter().map(|message| received(message, &system, &user)).collect();
    Ok(json!({ "Messages": messages }))
}

fn received(message: &Message, system: &[Value], user: &[Value]) -> Value {
    let wants = |list: &[Value], name: &str| {
        list.iter().filter_map(Value::as_str).any(|wanted| {
            matches!(wanted, "All" | ".*")
                || wanted == name
                || wanted.strip_suffix(".*").is_some_and(|prefix| name.starts_with(prefix))
        })
    };
    let mut answer = json!({
        "MessageId": message.id,
        "ReceiptHandle": message.receipt,
        "MD5OfBody": message.md5_of_body(),
        "Body": message.body,
    });
    let attributes: Map<String, Value> = message
        .system_attributes()
        .into_iter()
        .filter(|(name, _)| wants(system, name))
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
    if !attributes.is_empty() {
        answer["Attributes"] = Value::Object(attributes);
    }
    let attributes: Map<String, Value> =
        message.user_attributes().into_iter().filter(|(name, _)| wants(user, name)).collect();
    if let Some(sum) = md5_of_attributes(&attributes) {
        answer["MD5OfMessageAttributes"] = json!(sum);
        answer["MessageAttributes"] = Value::Object(attributes);
    }
    answer
}

fn queue_attributes(queue: &Queue, request: &Value) -> Map<String, Value> {
    let depth = queue.depth();
    let config = &queue.config;
    let mut attributes = vec![
        ("QueueArn", queue.arn()),
        ("ApproximateNumberOfMessages", depth.visible.to_string()),
        ("ApproximateNumberOfMessagesNotVisible", depth.in_flight.to_string()),
        ("ApproximateNumberOfMessagesDelayed", depth.delayed.to_string()),
        ("VisibilityTimeout", config.visibility_timeout.as_secs().to_string()),
        ("MessageRetentionPeriod", config.retention.as_secs().to_string()),
        ("DelaySeconds", config.delay.as_secs().to_string()),
        ("CreatedTimestamp", (now_ms() / 1000).to_string()),
    ];
    if config.fifo {
        attributes.push(("FifoQueue", "true".to_owned()));
        attributes.push(("ContentBasedDeduplication", config.content_based_deduplication.to_string()));
    }
    if let Some(redrive) = &config.redrive {
        let policy =
            json!({"deadLetterTargetArn": redrive.dead_letter_arn, "maxReceiveCount": redrive.max_receive_count});
        attributes.push(("RedrivePolicy", policy.to_string()));
    }
    let wanted = request["AttributeNames"].as_array().cloned().unwrap_or_default();
    let all = wanted.iter().any(|name| name == "All");
    attributes
        .into_iter()
        .filter(|(name, _)| all || wanted.iter().any(|wanted| wanted == name))
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect()
}
