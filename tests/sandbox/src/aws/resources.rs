//! The properties of the resources that the sandbox emulates. A property that is not listed here is refused by name.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Resource types that are accepted and need no emulation.
pub const PASSIVE_TYPES: [&str; 13] = [
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::KMS::Alias",
    "AWS::KMS::Key",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::Logs::MetricFilter",
    "AWS::Logs::SubscriptionFilter",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
];

/// `AWS::Serverless::Function`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are CloudFormation's, which documents them")]
pub struct Function {
    pub function_name: Option<String>,
    pub description: Option<String>,
    pub code_uri: Option<String>,
    pub handler: Option<String>,
    pub runtime: Option<String>,
    pub architectures: Option<Vec<String>>,
    #[serde(default, deserialize_with = "number")]
    pub memory_size: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    pub timeout: Option<u64>,
    pub environment: Option<Environment>,
    #[serde(default)]
    pub policies: Value,
    #[serde(default)]
    pub events: BTreeMap<String, Event>,
    pub function_url_config: Option<FunctionUrlConfig>,
    pub event_invoke_config: Option<EventInvokeConfig>,
    pub dead_letter_queue: Option<DeadLetterQueue>,
    #[serde(default, deserialize_with = "number")]
    pub reserved_concurrent_executions: Option<u64>,
    pub logging_config: Option<LoggingConfig>,
    pub ephemeral_storage: Option<Value>,
    pub tags: Option<Value>,
    pub propagate_tags: Option<Value>,
    pub tracing: Option<Value>,
    pub kms_key_arn: Option<Value>,
    pub recursive_loop: Option<Value>,
    pub runtime_management_config: Option<Value>,
    pub permissions_boundary: Option<Value>,
}

/// `Environment`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are CloudFormation's, which documents them")]
pub struct Environment {
    #[serde(default)]
    pub variables: BTreeMap<String, Value>,
}

/// `FunctionUrlConfig`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are CloudFormation's, which documents them")]
pub struct FunctionUrlConfig {
    pub auth_type: String,
    pub invoke_mode: Option<String>,
    pub cors: Option<Value>,
}

/// `EventInvokeConfig` of a function.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are CloudFormation's, which documents them")]
pub struct EventInvokeConfig {
    #[serde(default, deserialize_with = "number")]
    pub maximum_retry_attempts: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    pub maximum_event_age_in_seconds: Option<u64>,
    pub destination_config: Option<DestinationConfig>,
}

/// `DestinationConfig`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are CloudFormation's, which documents them")]
pub struct DestinationConfig {
    pub on_failure: Option<Destination>,
    pub on_success: Option<Destination>,
}

/// `OnFailure` and `OnSuccess`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are CloudFormation's, which documents them")]
pub struct Destination {
    pub destination: Option<String>,
    #[serde(rename = "Type")]
    pub kind: Option<String>,
}

/// `DeadLetterQueue`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are CloudFormation's, which documents them")]
pub struct DeadLetterQueue {
    #[serde(rename = "Type")]
    pub kind: String,
    pub target_arn: String,
}

/// `LoggingConfig`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are CloudFormation's, which documents them")]
pub struct LoggingConfig {
    pub log_format: Option<String>,
    pub log_group: Option<String>,
    pub application_log_level: Option<String>,
    pub system_log_level: Option<String>,
}

/// An entry of `Events`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are CloudFormation's, which documents them")]
pub struct Event {
    #[serde(rename = "Type")]
    pub kind: String,
    #[serde(default)]
    pub properties: Value,
}

/// An SQS event.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are CloudFormation's, which documents them")]
pub struct SqsEvent {
    pub queue: String,
    #[serde(default, deserialize_with = "number")]
    pub batch_size: Option<u64>,
    #[serde(default, deserialize_with = "flag")]
    pub enabled: Option<bool>,
    #[serde(default)]
    pub function_response_types: Vec<String>,
    pub scaling_config: Option<ScalingConfig>,
    #[serde(default, deserialize_with = "number")]
    pub maximum_batching_window_in_seconds: Option<u64>,
}

/// `AWS::Lambda::EventSourceMapping`, for queues.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are CloudFormation's, which documents them")]
pub struct EventSourceMapping {
    pub function_name: String,
    pub event_source_arn: String,
    #[serde(default, deserialize_with = "number")]
    pub batch_size: Option<u64>,
    #[serde(default, deserialize_with = "flag")]
    pub enabled: Option<bool>,
    #[serde(default)]
    pub function_response_types: Vec<String>,
    pub scaling_config: Option<ScalingConfig>,
    #[serde(default, deserialize_with = "number")]
    pub maximum_batching_window_in_seconds: Option<u64>,
    pub metrics_config: Option<Value>,
    pub tags: Option<Value>,
}

/// `ScalingConfig`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are CloudFormation's, which documents them")]
pub struct ScalingConfig {
    #[serde(default, deserialize_with = "number")]
    pub maximum_concurrency: Option<u64>,
}

/// A `Schedule` or `ScheduleV2` event.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are CloudFormation's, which documents them")]
pub struct ScheduleEvent {
    #[serde(alias = "Schedule")]
    pub schedule_expression: String,
    pub name: Option<String>,
    pub description: Option<String>,
    pub input: Option<String>,
    pub state: Option<String>,
    #[serde(default, deserialize_with = "flag")]
    pub enabled: Option<bool>,
    pub flexible_time_window: Option<Value>,
    pub retry_policy: Option<Value>,
    pub schedule_expression_timezone: Option<String>,
    pub group_name: Option<String>,
    pub dead_letter_config: Option<Value>,
    pub omit_name: Option<Value>,
}

/// `AWS::SQS::Queue`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are CloudFormation's, which documents them")]
pub struct Queue {
    pub queue_name: Option<String>,
    #[serde(default, deserialize_with = "flag")]
    pub fifo_queue: Option<bool>,
    #[serde(default, deserialize_with = "flag")]
    pub content_based_deduplication: Option<bool>,
    pub deduplication_scope: Option<String>,
    pub fifo_throughput_limit: Option<String>,
    #[serde(default, deserialize_with = "number")]
    pub visibility_timeout: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    pub message_retention_period: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    pub delay_seconds: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    pub receive_message_wait_time_seconds: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    pub maximum_message_size: Option<u64>,
    pub redrive_policy: Option<RedrivePolicy>,
    pub redrive_allow_policy: Option<Value>,
    #[serde(default, deserialize_with = "flag")]
    pub sqs_managed_sse_enabled: Option<bool>,
    pub kms_master_key_id: Option<Value>,
    pub kms_data_key_reuse_period_seconds: Option<Value>,
    pub tags: Option<Value>,
}

/// `RedrivePolicy`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are CloudFormation's, which documents them")]
pub struct RedrivePolicy {
    pub dead_letter_target_arn: String,
    #[serde(deserialize_with = "number")]
    pub max_receive_count: Option<u64>,
}

/// `AWS::DynamoDB::Table`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are CloudFormation's, which documents them")]
pub struct Table {
    pub table_name: Option<String>,
    pub attribute_definitions: Value,
    pub key_schema: Value,
    pub billing_mode: Option<String>,
    pub global_secondary_indexes: Option<Value>,
    pub local_secondary_indexes: Option<Value>,
    pub provisioned_throughput: Option<Value>,
    pub on_demand_throughput: Option<Value>,
    pub stream_specification: Option<Value>,
    pub time_to_live_specification: Option<Value>,
    pub point_in_time_recovery_specification: Option<Value>,
    #[serde(rename = "SSESpecification")]
    pub sse_specification: Option<Value>,
    #[serde(default, deserialize_with = "flag")]
    pub deletion_protection_enabled: Option<bool>,
    pub table_class: Option<String>,
    pub contributor_insights_specification: Option<Value>,
    pub resource_policy: Option<Value>,
    pub tags: Option<Value>,
}

/// `AWS::SecretsManager::Secret`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are CloudFormation's, which documents them")]
pub struct Secret {
    pub name: Option<String>,
    pub description: Option<String>,
    pub secret_string: Option<String>,
    pub generate_secret_string: Option<GenerateSecretString>,
    pub kms_key_id: Option<Value>,
    pub replica_regions: Option<Value>,
    pub tags: Option<Value>,
}

/// `GenerateSecretString`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are CloudFormation's, which documents them")]
pub struct GenerateSecretString {
    pub secret_string_template: Option<String>,
    pub generate_string_key: Option<String>,
    #[serde(default, deserialize_with = "number")]
    pub password_length: Option<u64>,
    pub exclude_characters: Option<String>,
    #[serde(default, deserialize_with = "flag")]
    pub exclude_lowercase: Option<bool>,
    #[serde(default, deserialize_with = "flag")]
    pub exclude_uppercase: Option<bool>,
    #[serde(default, deserialize_with = "flag")]
    pub exclude_numbers: Option<bool>,
    #[serde(default, deserialize_with = "flag")]
    pub exclude_punctuation: Option<bool>,
    #[serde(default, deserialize_with = "flag")]
    pub include_space: Option<bool>,
    #[serde(default, deserialize_with = "flag")]
    pub require_each_included_type: Option<bool>,
}

/// `Metadata` of a SAM function.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are CloudFormation's, which documents them")]
pub struct SamMetadata {
    pub build_method: Option<String>,
    pub build_properties: Option<Value>,
    pub docker_tag: Option<Value>,
}

/// CloudFormation takes `10` and `"10"` for a number.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => {
            text.parse().map(Some).map_err(|_| serde::de::Error::custom(format!("{text:?} is not a number")))
        }
        other => other.as_u64().map(Some).ok_or_else(|| serde::de::Error::custom(format!("{other} is not a number"))),
    }
}

/// CloudFormation takes `true` and `"true"` for a flag.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(flag)),
        Value::String(text) if text == "true" => Ok(Some(true)),
        Value::String(text) if text == "false" => Ok(Some(false)),
        other => Err(serde::de::Error::custom(format!("{other} is not true or false"))),
    }
}
