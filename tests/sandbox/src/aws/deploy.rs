//! Deploys a template: makes each resource in the order of its references, runs custom resources, and refuses what
//! CloudFormation, SAM or the services would refuse.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use super::lambda::{Function, FunctionConfig};
use super::policy::{Policy, Request};
use super::resources as props;
use super::sources::{QueueSource, Schedule};
use super::sqs::{Queue, QueueConfig, Redrive};
use super::template::{Attributes, Resource, Template, resolve, scalar};
use super::{Cloud, STACK, STACK_ID, Secret, arn};
use crate::trace::Kind;

/// What came of a deployment.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Deployment {
    /// Every resource, in the order in which it was made.
    pub resources: Vec<Deployed>,
    /// The template's outputs.
    pub outputs: BTreeMap<String, Value>,
    /// Names of the tables.
    pub tables: Vec<String>,
}

/// A deployed resource.
#[derive(Debug, Clone, Serialize)]
pub struct Deployed {
    /// Logical ID.
    pub logical_id: String,
    /// Its type.
    pub kind: String,
    /// What `Ref` answers.
    pub reference: Value,
    /// What `Fn::GetAtt` answers.
    pub attributes: BTreeMap<String, Value>,
}

/// Deploys `template`; `binaries` are the functions' by name.
///
/// # Errors
///
/// Names the resource that cannot be made, and for a custom resource says what its function logged.
pub async fn deploy(
    cloud: &Arc<Cloud>,
    template: &Template,
    binaries: &BTreeMap<String, PathBuf>,
) -> anyhow::Result<Deployment> {
    let mut stack = Stack { cloud, template, binaries, made: BTreeMap::new(), deployment: Deployment::default() };
    for id in template.order()? {
        let resource = &template.resources[&id];
        let (reference, attributes) =
            stack.make(&id, resource).await.with_context(|| format!("Resources.{id} ({})", resource.kind))?;
        let deployed = Deployed { logical_id: id.clone(), kind: resource.kind.clone(), reference, attributes };
        stack.made.insert(id, deployed.clone());
        stack.deployment.resources.push(deployed);
    }
    for (name, value) in &template.outputs {
        let value = resolve(value, &stack).with_context(|| format!("Outputs.{name}"))?;
        stack.deployment.outputs.insert(name.clone(), value);
    }
    Ok(stack.deployment)
}

struct Stack<'a> {
    cloud: &'a Arc<Cloud>,
    template: &'a Template,
    binaries: &'a BTreeMap<String, PathBuf>,
    made: BTreeMap<String, Deployed>,
    deployment: Deployment,
}

type Made = (Value, BTreeMap<String, Value>);

impl Attributes for Stack<'_> {
    fn reference(&self, logical_id: &str) -> anyhow::Result<Value> {
        if let Some(made) = self.made.get(logical_id) {
            return Ok(made.reference.clone());
        }
        self.generated(logical_id).map(|(reference, _)| reference)
    }

    fn attribute(&self, logical_id: &str, name: &str) -> anyhow::Result<Value> {
        let (kind, attributes) = match self.made.get(logical_id) {
            Some(made) => (made.kind.clone(), made.attributes.clone()),
            None => ("generated resource".to_owned(), self.generated(logical_id)?.1),
        };
        attributes.get(name).cloned().with_context(|| {
            let known: Vec<&String> = attributes.keys().collect();
            format!("{logical_id} ({kind}) has no attribute {name}; it has {known:?}")
        })
    }
}

impl Stack<'_> {
    async fn make(&mut self, id: &str, resource: &Resource) -> anyhow::Result<Made> {
        let properties = resolve(&resource.properties, self)?;
        match resource.kind.as_str() {
            "AWS::Serverless::Function" => self.function(id, resource, &parse(properties)?),
            "AWS::SQS::Queue" => self.queue(id, parse(properties)?),
            "AWS::DynamoDB::Table" => self.table(id, properties).await,
            "AWS::SecretsManager::Secret" => self.secret(id, parse(properties)?),
            "AWS::Lambda::EventSourceMapping" => self.mapping(id, parse(properties)?),
            kind if kind.starts_with("Custom::") || kind == "AWS::CloudFormation::CustomResource" => {
                self.custom(id, kind, &properties).await
            }
            kind if props::PASSIVE_TYPES.contains(&kind) => Ok(passive(id, kind, &properties)),
            _ => bail!("the sandbox does not know this type"),
        }
    }

    /// What SAM makes of a function beside it.
    fn generated(&self, id: &str) -> anyhow::Result<Made> {
        let of =
            |suffix: &str| id.strip_suffix(suffix).filter(|function| self.template.resources.contains_key(*function));
        if let Some(function) = of("Role") {
            let name = format!("{STACK}-{function}Role");
            let role = format!("arn:aws:iam::{}:role/{name}", super::ACCOUNT);
            return Ok((json!(name), BTreeMap::from([("Arn".to_owned(), json!(role))])));
        }
        if let Some(function) = of("Url") {
            let functions = self.cloud.functions();
            let function =
                functions.values().find(|made| made.config.logical_id == function).context("is not deployed yet")?;
            ensure!(function.config.has_url, "{} has no FunctionUrlConfig", function.config.logical_id);
            let url = format!("{}/{}", self.cloud.public_url, function.config.folder);
            let attributes = [("FunctionUrl", json!(url)), ("FunctionArn", json!(function.arn()))];
            return Ok((json!(function.arn()), attributes.map(|(name, value)| (name.to_owned(), value)).into()));
        }
        bail!("{id} is not deployed")
    }

    fn function(&self, id: &str, resource: &Resource, properties: &props::Function) -> anyhow::Result<Made> {
        let folder = binary_name(resource, properties)?;
        let binary = self.binaries.get(&folder).with_context(|| format!("there is no binary named {folder}"))?.clone();
        let runtime = properties.runtime.as_deref().unwrap_or_default();
        ensure!(runtime.starts_with("provided."), "Runtime {runtime:?} does not run a binary");
        ensure!(properties.handler.is_some(), "Handler is missing");
        let name = properties.function_name.clone().unwrap_or_else(|| format!("{STACK}-{id}"));
        ensure!(name.len() <= 64, "FunctionName {name} is longer than 64 characters");
        ensure!(self.cloud.function_named(&name).is_none(), "there are two functions named {name}");
        ensure!(self.cloud.function(&folder).is_none(), "two functions have the binary {folder}");
        let timeout = properties.timeout.unwrap_or(3);
        ensure!((1..=900).contains(&timeout), "Timeout {timeout} is not between 1 and 900");
        let memory_mb = properties.memory_size.unwrap_or(128);
        ensure!((128..=10_240).contains(&memory_mb), "MemorySize {memory_mb} is not between 128 and 10240");
        if let Some(url) = &properties.function_url_config {
            ensure!(url.auth_type == "NONE", "the sandbox does not do AuthType {}", url.auth_type);
            let mode = url.invoke_mode.as_deref().unwrap_or("BUFFERED");
            ensure!(["BUFFERED", "RESPONSE_STREAM"].contains(&mode), "InvokeMode {mode} is neither");
        }
        let mut policy = Policy::from_sam(&properties.policies).context("Policies")?;
        let environment = environment(properties.environment.as_ref())?;
        let mut config = FunctionConfig {
            logical_id: id.to_owned(),
            folder: folder.clone(),
            name: name.clone(),
            binary,
            environment,
            timeout: Duration::from_secs(timeout),
            memory_mb,
            reserved_concurrency: properties
                .reserved_concurrent_executions
                .map(|n| usize::try_from(n).unwrap_or(usize::MAX)),
            policy: Policy::default(),
            has_url: properties.function_url_config.is_some(),
            streams: properties
                .function_url_config
                .as_ref()
                .is_some_and(|url| url.invoke_mode.as_deref() == Some("RESPONSE_STREAM")),
            log_group: format!("/aws/lambda/{name}"),
            json_log_level: None,
            async_retries: 2,
            async_max_age: Duration::from_hours(6),
            on_failure: None,
            on_success: None,
            dead_letter_arn: None,
        };
        if let Some(logging) = &properties.logging_config {
            if let Some(group) = &logging.log_group {
                config.log_group.clone_from(group);
            }
            if logging.log_format.as_deref() == Some("JSON") {
                config.json_log_level =
                    Some(logging.application_log_level.clone().unwrap_or_else(|| "INFO".to_owned()));
            }
        }
        self.event_invoke_config(properties, &mut config, &mut policy)?;
        let events = Self::queue_events(properties, &mut policy)?;
        config.policy = policy;
        let function = Arc::new(Function::new(config, self.cloud.settings.instances_per_function));
        let arn = function.arn();
        super::write(&self.cloud.functions).insert(folder, Arc::clone(&function));
        for event in events {
            self.source(&function, event)?;
        }
        for (event_name, event) in &properties.events {
            if event.kind == "SQS" {
                continue;
            }
            ensure!(
                matches!(event.kind.as_str(), "Schedule" | "ScheduleV2"),
                "the sandbox does not do events of type {}",
                event.kind
            );
            let schedule: props::ScheduleEvent =
                parse(event.properties.clone()).with_context(|| format!("Events.{event_name}"))?;
            let off = schedule.enabled == Some(false) || schedule.state.as_deref() == Some("DISABLED");
            if !off {
                self.cloud.start_schedule(Schedule {
                    function: Arc::clone(&function),
                    name: schedule.name.unwrap_or_else(|| format!("{id}{event_name}")),
                    expression: schedule.schedule_expression,
                    input: schedule.input,
                })?;
            }
        }
        Ok((json!(name), BTreeMap::from([("Arn".to_owned(), json!(arn))])))
    }

    fn event_invoke_config(
        &self,
        properties: &props::Function,
        config: &mut FunctionConfig,
        policy: &mut Policy,
    ) -> anyhow::Result<()> {
        if let Some(invoke) = &properties.event_invoke_config {
            let retries = invoke.maximum_retry_attempts.unwrap_or(2);
            ensure!(retries <= 2, "MaximumRetryAttempts {retries} is more than 2");
            config.async_retries = usize::try_from(retries).unwrap_or(2);
            let age = invoke.maximum_event_age_in_seconds.unwrap_or(21_600);
            ensure!((60..=21_600).contains(&age), "MaximumEventAgeInSeconds {age} is not between 60 and 21600");
            config.async_max_age = Duration::from_secs(age);
            let destinations = invoke.destination_config.as_ref();
            let mut target = |destination: Option<&props::Destination>| -> anyhow::Result<Option<String>> {
                let Some(destination) = destination else { return Ok(None) };
                let arn = destination.destination.clone().context("the sandbox needs a Destination")?;
                // SAM adds the permission only where it is told the type.
                if destination.kind.as_deref() == Some("SQS") {
                    policy.allow_sending(&arn);
                }
                self.check_destination(&arn, policy)?;
                Ok(Some(arn))
            };
            config.on_failure = target(destinations.and_then(|both| both.on_failure.as_ref())).context("OnFailure")?;
            config.on_success = target(destinations.and_then(|both| both.on_success.as_ref())).context("OnSuccess")?;
        }
        if let Some(queue) = &properties.dead_letter_queue {
            policy.allow_sending(&queue.target_arn);
            self.check_destination(&queue.target_arn, policy).context("DeadLetterQueue")?;
            config.dead_letter_arn = Some(queue.target_arn.clone());
        }
        Ok(())
    }

    fn check_destination(&self, destination: &str, policy: &Policy) -> anyhow::Result<()> {
        if !destination.contains(":sqs:") {
            return Ok(());
        }
        let queue =
            self.cloud.queue(destination).with_context(|| format!("{destination} is no queue of the template"))?;
        ensure!(!queue.config.fifo, "{} is a FIFO queue, which Lambda does not take here", queue.config.name);
        let allowed = policy.check("the function", &Request::new("sqs:SendMessage", destination));
        allowed.context("the function may not send to its destination")?;
        Ok(())
    }

    /// A function's queues as the mappings that SAM makes of them.
    fn queue_events(
        properties: &props::Function,
        policy: &mut Policy,
    ) -> anyhow::Result<Vec<props::EventSourceMapping>> {
        let mut events = Vec::new();
        for (name, event) in properties.events.iter().filter(|(_, event)| event.kind == "SQS") {
            let event: props::SqsEvent = parse(event.properties.clone()).with_context(|| format!("Events.{name}"))?;
            policy.allow_polling(&event.queue);
            events.push(props::EventSourceMapping {
                function_name: String::new(),
                event_source_arn: event.queue,
                batch_size: event.batch_size,
                enabled: event.enabled,
                function_response_types: event.function_response_types,
                scaling_config: event.scaling_config,
                maximum_batching_window_in_seconds: event.maximum_batching_window_in_seconds,
                metrics_config: None,
                tags: None,
            });
        }
        Ok(events)
    }

    fn mapping(&self, id: &str, mapping: props::EventSourceMapping) -> anyhow::Result<Made> {
        let function = self.cloud.function_named(&mapping.function_name);
        let function = function.with_context(|| format!("{} is no function of the template", mapping.function_name))?;
        self.source(&function, mapping)?;
        let id = json!(format!("{STACK}-{id}"));
        Ok((id.clone(), BTreeMap::from([("Id".to_owned(), id)])))
    }

    fn source(&self, function: &Arc<Function>, mapping: props::EventSourceMapping) -> anyhow::Result<()> {
        let arn = &mapping.event_source_arn;
        ensure!(arn.contains(":sqs:"), "the sandbox does not read from {arn}");
        let queue = self.cloud.queue(arn).with_context(|| format!("{arn} is no queue of the template"))?;
        let batch_size = mapping.batch_size.unwrap_or(10);
        let window = mapping.maximum_batching_window_in_seconds.unwrap_or(0);
        let most = if queue.config.fifo || window == 0 { 10 } else { 10_000 };
        ensure!((1..=most).contains(&batch_size), "BatchSize {batch_size} is not between 1 and {most}");
        ensure!(!queue.config.fifo || window == 0, "a FIFO queue takes no MaximumBatchingWindowInSeconds");
        ensure!(
            queue.config.visibility_timeout >= function.config.timeout,
            "Queue visibility timeout: {} seconds is less than Function timeout: {} seconds",
            queue.config.visibility_timeout.as_secs(),
            function.config.timeout.as_secs()
        );
        for action in ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"] {
            let allowed = function.config.policy.check(&function.principal(), &Request::new(action, arn.as_str()));
            allowed.context("the function's role has to allow the polling of its queue")?;
        }
        let mut reports_failures = false;
        for kind in &mapping.function_response_types {
            ensure!(kind == "ReportBatchItemFailures", "{kind} is no FunctionResponseType");
            reports_failures = true;
        }
        let mut concurrency = self.cloud.settings.instances_per_function;
        if let Some(most) = mapping.scaling_config.and_then(|scaling| scaling.maximum_concurrency) {
            ensure!((2..=1000).contains(&most), "MaximumConcurrency {most} is not between 2 and 1000");
            concurrency = concurrency.min(usize::try_from(most).unwrap_or(concurrency));
        }
        if mapping.enabled != Some(false) {
            self.cloud.start_source(QueueSource {
                function: Arc::clone(function),
                queue,
                batch_size: usize::try_from(batch_size.min(10)).unwrap_or(10),
                reports_failures,
                concurrency,
            });
        }
        Ok(())
    }

    fn queue(&self, id: &str, properties: props::Queue) -> anyhow::Result<Made> {
        let fifo = properties.fifo_queue == Some(true);
        let name = properties.queue_name.unwrap_or_else(|| format!("{STACK}-{id}{}", if fifo { ".fifo" } else { "" }));
        ensure!(name.len() <= 80, "QueueName {name} is longer than 80 characters");
        ensure!(
            fifo == name.strip_suffix(".fifo").is_some(),
            "the name of a FIFO queue, and of no other, ends in .fifo: {name}"
        );
        ensure!(self.cloud.queue(&name).is_none(), "there are two queues named {name}");
        let per_group = properties.deduplication_scope.as_deref() == Some("messageGroup");
        let high_throughput = properties.fifo_throughput_limit.as_deref() == Some("perMessageGroupId");
        ensure!(
            !high_throughput || per_group,
            "FifoThroughputLimit perMessageGroupId needs DeduplicationScope messageGroup"
        );
        let fifo_only = properties.content_based_deduplication.is_some()
            || properties.deduplication_scope.is_some()
            || properties.fifo_throughput_limit.is_some();
        ensure!(fifo || !fifo_only, "a standard queue takes no FIFO settings");
        let redrive = match properties.redrive_policy {
            Some(policy) => {
                let target = self.cloud.queue(&policy.dead_letter_target_arn);
                let target =
                    target.with_context(|| format!("{} is no queue of the template", policy.dead_letter_target_arn))?;
                ensure!(
                    target.config.fifo == fifo,
                    "the dead-letter queue of a FIFO queue, and of no other, is a FIFO queue"
                );
                let count = policy.max_receive_count.context("maxReceiveCount is missing")?;
                ensure!((1..=1000).contains(&count), "maxReceiveCount {count} is not between 1 and 1000");
                let count = u32::try_from(count).unwrap_or(1000);
                Some((Redrive { dead_letter_arn: policy.dead_letter_target_arn, max_receive_count: count }, target))
            }
            None => None,
        };
        let seconds = |value: Option<u64>, default: u64, least: u64, most: u64, what: &str| {
            let value = value.unwrap_or(default);
            ensure!((least..=most).contains(&value), "{what} {value} is not between {least} and {most}");
            Ok(Duration::from_secs(value))
        };
        let config = QueueConfig {
            name: name.clone(),
            fifo,
            content_based_deduplication: properties.content_based_deduplication == Some(true),
            deduplicates_per_group: per_group,
            visibility_timeout: seconds(properties.visibility_timeout, 30, 0, 43_200, "VisibilityTimeout")?,
            retention: seconds(properties.message_retention_period, 345_600, 60, 1_209_600, "MessageRetentionPeriod")?,
            delay: seconds(properties.delay_seconds, 0, 0, 900, "DelaySeconds")?,
            redrive: redrive.as_ref().map(|(redrive, _)| redrive.clone()),
        };
        let queue = Queue::new(config, &self.cloud.endpoint_url, self.cloud.activity.clone());
        let queue = Arc::new(queue.holding_delayed(self.cloud.settings.holds_delayed));
        if let Some((_, target)) = redrive {
            queue.set_dead_letter_queue(target);
        }
        let attributes = [("Arn", json!(queue.arn())), ("QueueName", json!(name)), ("QueueUrl", json!(queue.url))]
            .map(|(n, v)| (n.to_owned(), v));
        let url = json!(queue.url);
        super::write(&self.cloud.queues).insert(name, queue);
        Ok((url, attributes.into()))
    }

    async fn table(&mut self, id: &str, properties: Value) -> anyhow::Result<Made> {
        let table: props::Table = parse(properties.clone())?;
        let name = table.table_name.unwrap_or_else(|| format!("{STACK}-{id}"));
        self.cloud.dynamodb.create_table(&name, &properties).await?;
        self.deployment.tables.push(name.clone());
        let arn = arn("dynamodb", &format!("table/{name}"));
        let stream = format!("{arn}/stream/2025-01-01T00:00:00.000");
        let attributes = BTreeMap::from([("Arn".to_owned(), json!(arn)), ("StreamArn".to_owned(), json!(stream))]);
        Ok((json!(name), attributes))
    }

    fn secret(&self, id: &str, properties: props::Secret) -> anyhow::Result<Made> {
        let name = properties.name.unwrap_or_else(|| format!("{STACK}-{id}"));
        let value = match (properties.secret_string, properties.generate_secret_string) {
            (Some(value), None) => value,
            (None, Some(how)) => generated_secret(&how)?,
            (Some(_), Some(_)) => bail!("SecretString and GenerateSecretString exclude each other"),
            // Secrets Manager makes a secret without a value then, and nothing could read it.
            (None, None) => bail!("the sandbox needs a SecretString or a GenerateSecretString"),
        };
        // AWS appends six characters to the name in the ARN.
        let arn = arn("secretsmanager", &format!("secret:{name}-5a0db0"));
        let secret = Secret { arn: arn.clone(), name: name.clone(), value };
        super::write(&self.cloud.secrets).insert(name, secret);
        Ok((json!(arn), BTreeMap::from([("Id".to_owned(), json!(arn))])))
    }

    /// Runs a custom resource as CloudFormation does when it creates one.
    ///
    /// See [CloudFormation Docs/Custom resource request and response reference].
    async fn custom(&self, id: &str, kind: &str, properties: &Value) -> anyhow::Result<Made> {
        let token = properties["ServiceToken"].as_str().context("ServiceToken is missing")?;
        let function = self
            .cloud
            .function_named(token)
            .with_context(|| format!("ServiceToken {token} is no function of the template"))?;
        let timeout = properties.get("ServiceTimeout").map(scalar).transpose()?;
        let timeout = timeout.map_or(Ok(3600), |text| text.parse()).context("ServiceTimeout is not a number")?;
        let callback = uuid::Uuid::new_v4().to_string();
        let request_id = uuid::Uuid::new_v4().to_string();
        let request = json!({
            "RequestType": "Create",
            "ResponseURL": format!("{}/custom-resource/{callback}", self.cloud.endpoint_url),
            "StackId": STACK_ID,
            "RequestId": request_id,
            "ResourceType": kind,
            "LogicalResourceId": id,
            "ResourceProperties": as_text(properties),
        });
        let (sender, mut answer) = oneshot::channel();
        self.cloud.callbacks().insert(callback.clone(), sender);
        self.cloud.trace.note(Kind::Note, format!("custom resource {id} is created"), json!({"type": kind}));
        let mark = self.cloud.trace.since(0).len() as u64;

        let run = async {
            let payload = Bytes::from(request.to_string());
            let delays = self.cloud.settings.async_retry_delays;
            for attempt in 0..=function.config.async_retries {
                let result = self.cloud.invoke(&function, payload.clone(), "custom resource").await;
                if let Ok(answer) = answer.try_recv() {
                    return Ok(answer);
                }
                ensure!(result.failed, "its function ended without an answer to ResponseURL");
                if attempt < function.config.async_retries {
                    // AWS waits for minutes; nothing here gets better by waiting that long, and somebody looks at it.
                    tokio::time::sleep(delays[attempt.min(1)].min(Duration::from_secs(2))).await;
                }
            }
            bail!("its function failed {} times", function.config.async_retries + 1)
        };
        let outcome = tokio::time::timeout(Duration::from_secs(timeout), run).await;
        self.cloud.callbacks().remove(&callback);
        let outcome = match outcome {
            Ok(Ok(answer)) => checked_answer(&answer, id, &request_id),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(anyhow::anyhow!("its function did not answer within {timeout} s")),
        };
        outcome.with_context(|| {
            let folder = &function.config.folder;
            let entries = self.cloud.trace.since(mark);
            let told: Vec<String> = entries
                .iter()
                .filter(|entry| entry.function.as_deref() == Some(folder))
                .map(|entry| format!("  {}", entry.title))
                .collect();
            format!("custom resource failed; what {folder} did and logged:\n{}", told.join("\n"))
        })
    }
}

fn checked_answer(answer: &Value, id: &str, request_id: &str) -> anyhow::Result<Made> {
    let reason = answer["Reason"].as_str().unwrap_or("no reason given");
    ensure!(answer["Status"] == "SUCCESS", "{reason}");
    for (field, expected) in [("LogicalResourceId", id), ("RequestId", request_id), ("StackId", STACK_ID)] {
        ensure!(answer[field] == expected, "Invalid response object: {field} is {}", answer[field]);
    }
    let reference = answer["PhysicalResourceId"].as_str().filter(|id| !id.is_empty());
    let reference = reference.context("Invalid PhysicalResourceId")?;
    let data = answer["Data"].as_object().cloned().unwrap_or_default();
    Ok((json!(reference), data.into_iter().collect()))
}

fn passive(id: &str, kind: &str, properties: &Value) -> Made {
    let service = kind.split("::").nth(1).unwrap_or_default().to_ascii_lowercase();
    let own_name =
        ["LogGroupName", "TopicName", "AlarmName", "DashboardName"].iter().find_map(|key| properties[*key].as_str());
    let name = own_name.map_or_else(|| format!("{STACK}-{id}"), str::to_owned);
    let arn = match kind {
        "AWS::Logs::LogGroup" => arn("logs", &format!("log-group:{name}:*")),
        "AWS::CloudWatch::Alarm" => arn("cloudwatch", &format!("alarm:{name}")),
        _ => arn(&service, &name),
    };
    let reference = if kind == "AWS::SNS::Topic" { json!(arn) } else { json!(name) };
    let attributes = [("Arn", json!(arn)), ("TopicArn", json!(arn)), ("TopicName", json!(name))];
    (reference, attributes.map(|(name, value)| (name.to_owned(), value)).into())
}

fn parse<T: DeserializeOwned>(properties: Value) -> anyhow::Result<T> {
    serde_json::from_value(properties).map_err(|error| anyhow::anyhow!("{error}"))
}

/// Folder, package and binary are one name: the binary of the build properties, or the end of the code's path.
fn binary_name(resource: &Resource, properties: &props::Function) -> anyhow::Result<String> {
    let metadata: Option<props::SamMetadata> =
        if resource.metadata.is_null() { None } else { Some(parse(resource.metadata.clone()).context("Metadata")?) };
    let method = metadata.as_ref().and_then(|metadata| metadata.build_method.as_deref());
    ensure!(method == Some("rust-cargolambda"), "Metadata.BuildMethod is not rust-cargolambda");
    let binary = metadata.as_ref().and_then(|metadata| metadata.build_properties.as_ref()?["Binary"].as_str());
    if let Some(binary) = binary {
        return Ok(binary.to_owned());
    }
    let uri = properties.code_uri.as_deref().context("CodeUri is missing")?;
    let last = uri.trim_end_matches('/').rsplit('/').next().filter(|name| !name.is_empty() && *name != ".");
    Ok(last.with_context(|| format!("CodeUri {uri} names no folder"))?.to_owned())
}

/// What `GenerateSecretString` makes: 32 characters of every kind unless it says otherwise.
///
/// See [CloudFormation Docs/Secrets Manager Secret].
fn generated_secret(how: &props::GenerateSecretString) -> anyhow::Result<String> {
    let excluded = how.exclude_characters.as_deref().unwrap_or_default();
    let kinds: Vec<Vec<char>> = [
        (how.exclude_lowercase, "abcdefghijklmnopqrstuvwxyz"),
        (how.exclude_uppercase, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        (how.exclude_numbers, "0123456789"),
        (how.exclude_punctuation, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
        (Some(how.include_space != Some(true)), " "),
    ]
    .into_iter()
    .filter(|(left_out, _)| *left_out != Some(true))
    .map(|(_, kind)| kind.chars().filter(|character| !excluded.contains(*character)).collect::<Vec<_>>())
    .filter(|kind| !kind.is_empty())
    .collect();
    ensure!(!kinds.is_empty(), "GenerateSecretString leaves no character to choose from");
    let length = how.password_length.unwrap_or(32);
    ensure!((1..=4096).contains(&length), "PasswordLength {length} is not between 1 and 4096");
    let length = usize::try_from(length)?;
    let each = how.require_each_included_type != Some(false);
    ensure!(!each || length >= kinds.len(), "PasswordLength {length} has no room for a character of each type");
    let all: Vec<char> = kinds.iter().flatten().copied().collect();
    let pick = |from: &[char]| {
        let drawn: [u8; 4] = std::array::from_fn({
            let fresh = crate::sims::ids::fresh();
            move |at| fresh[at]
        });
        from[usize::try_from(u32::from_be_bytes(drawn)).unwrap_or(0) % from.len()]
    };
    let mut password: Vec<char> = (0..length).map(|_| pick(&all)).collect();
    if each {
        for (at, kind) in kinds.iter().enumerate() {
            password[at] = pick(kind);
        }
    }
    let password: String = password.into_iter().collect();
    match (&how.secret_string_template, &how.generate_string_key) {
        (None, None) => Ok(password),
        (Some(template), Some(key)) => {
            let mut template: Map<String, Value> =
                serde_json::from_str(template).context("SecretStringTemplate is not a JSON object")?;
            template.insert(key.clone(), json!(password));
            Ok(Value::Object(template).to_string())
        }
        _ => bail!("SecretStringTemplate and GenerateStringKey need each other"),
    }
}

/// Variables as AWS takes them. See [Lambda Docs/Environment variables].
fn environment(environment: Option<&props::Environment>) -> anyhow::Result<BTreeMap<String, String>> {
    let mut variables = BTreeMap::new();
    for (name, value) in environment.map(|environment| &environment.variables).into_iter().flatten() {
        let value = scalar(value).with_context(|| format!("variable {name}"))?;
        let well_formed = name.len() > 1
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        ensure!(well_formed, "{name:?} is not a variable's name");
        ensure!(!RESERVED.contains(&name.as_str()), "variable {name} is reserved by Lambda");
        variables.insert(name.clone(), value);
    }
    let size: usize = variables.iter().map(|(name, value)| name.len() + value.len()).sum();
    ensure!(size <= 4096, "the variables are {size} bytes long, more than 4096");
    Ok(variables)
}

/// Variables that Lambda sets itself.
const RESERVED: [&str; 17] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_TASK_ROOT",
];

/// CloudFormation hands a custom resource its scalars as text.
fn as_text(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(key, value)| (key.clone(), as_text(value))).collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(as_text).collect(),
        Value::Null => Value::Null,
        scalar_value => scalar(scalar_value).map_or(Value::Null, Value::String),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_generated_as_asked() {
        let made = |how: Value| generated_secret(&parse(how).unwrap());
        let plain = made(json!({})).unwrap();
        assert_eq!(plain.chars().count(), 32);
        assert_ne!(plain, made(json!({})).unwrap());
        for kind in [char::is_lowercase, char::is_uppercase, char::is_numeric] {
            assert!(plain.chars().any(kind), "{plain}");
        }
        let letters =
            made(json!({"PasswordLength": "64", "ExcludePunctuation": true, "ExcludeCharacters": "aB"})).unwrap();
        assert!(letters.len() == 64 && letters.chars().all(|c| c.is_ascii_alphanumeric() && c != 'a' && c != 'B'));
        let kept = made(json!({"SecretStringTemplate": "{\"user\": \"x\"}", "GenerateStringKey": "key"})).unwrap();
        let kept: Value = serde_json::from_str(&kept).unwrap();
        assert_eq!((&kept["user"], kept["key"].as_str().unwrap().chars().count()), (&json!("x"), 32));
        assert!(made(json!({"SecretStringTemplate": "{}"})).is_err());
        assert!(made(json!({"PasswordLength": 3})).is_err());
    }

    #[test]
    fn custom_resources_get_text() {
        let properties = json!({"a": true, "b": 3, "c": ["x", 1], "d": {"e": false}});
        assert_eq!(as_text(&properties), json!({"a": "true", "b": "3", "c": ["x", "1"], "d": {"e": "false"}}));
    }

    #[test]
    fn a_variable_that_lambda_would_refuse_is_refused() {
        let check = |name: &str, value: Value| {
            let variables = BTreeMap::from([(name.to_owned(), value)]);
            environment(Some(&props::Environment { variables })).is_ok()
        };
        assert!(check("TABLE_NAME", json!("t")));
        assert!(check("LIMIT", json!(5)));
        assert!(!check("AWS_REGION", json!("x")));
        assert!(!check("TABLE-NAME", json!("t")));
        assert!(!check("LONG", json!("x".repeat(4097))));
        assert!(!check("LIST", json!(["x"])));
    }

    #[test]
    fn an_unknown_property_is_named() {
        let error = parse::<props::Queue>(json!({"VisibilityTimout": 3})).unwrap_err();
        assert!(error.to_string().contains("VisibilityTimout"), "{error}");
    }
}
