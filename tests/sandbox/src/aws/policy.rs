//! What a function may do: its policies from the template, evaluated for every call.
//!
//! See [IAM Docs/Policy evaluation logic]: an explicit deny wins, an allow is needed, everything else is denied. Only
//! identity-based policies are evaluated; the sandbox has one account and no resource policies that would add rights.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;

use super::{ACCOUNT, REGION};

/// A function's statements.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    statements: Vec<Statement>,
}

#[derive(Debug, Clone)]
struct Statement {
    allow: bool,
    actions: Vec<String>,
    resources: Vec<String>,
    /// Operator, key, allowed values.
    conditions: Vec<(String, String, Vec<String>)>,
}

/// One thing that a call wants to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `dynamodb:PutItem`.
    pub action: String,
    /// The ARN of what it is done to.
    pub resource: String,
    /// Condition keys and their values, e.g. `dynamodb:LeadingKeys`.
    pub context: BTreeMap<String, Vec<String>>,
}

impl Request {
    /// A request without condition keys.
    pub fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Self { action: action.into(), resource: resource.into(), context: BTreeMap::new() }
    }
}

/// A call that the policy does not allow, as AWS words it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Denied(pub String);

impl Policy {
    /// The `Policies` property of a SAM function, resolved.
    ///
    /// # Errors
    ///
    /// Names a policy template, statement key or condition operator that the sandbox does not know.
    pub fn from_sam(policies: &Value) -> anyhow::Result<Self> {
        let mut policy = Self::default();
        match policies {
            Value::Null => {}
            Value::Array(items) => {
                for item in items {
                    policy.add(item)?;
                }
            }
            one => policy.add(one)?,
        }
        Ok(policy)
    }

    /// Adds what SAM adds for an SQS event source.
    pub fn allow_polling(&mut self, queue_arn: &str) {
        self.allow(&SQS_POLLER, &[queue_arn.to_owned()]);
    }

    /// Adds what SAM adds for a queue as dead-letter queue or destination.
    pub fn allow_sending(&mut self, queue_arn: &str) {
        self.allow(&["sqs:SendMessage"], &[queue_arn.to_owned()]);
    }

    /// Whether `principal` (an ARN, for the message) may do what `request` asks for.
    pub fn check(&self, principal: &str, request: &Request) -> Result<(), Denied> {
        let mut allowed = false;
        for statement in self.statements.iter().filter(|statement| statement.covers(request)) {
            match (statement.meets_conditions(request), statement.allow) {
                (Ok(true), false) => {
                    return Err(denied(principal, request, "with an explicit deny in an identity-based policy"));
                }
                (Ok(true), true) => allowed = true,
                (Ok(false), _) => {}
                (Err(unknown), _) => {
                    let reason = format!("because the sandbox does not know the condition {unknown} of its policy");
                    return Err(denied(principal, request, &reason));
                }
            }
        }
        if allowed {
            return Ok(());
        }
        let reason = format!("because no identity-based policy allows the {} action", request.action);
        Err(denied(principal, request, &reason))
    }

    fn add(&mut self, policy: &Value) -> anyhow::Result<()> {
        match policy {
            Value::String(managed) => self.add_managed(managed),
            Value::Object(fields) => {
                if let Some(statements) = fields.get("Statement") {
                    for key in fields.keys() {
                        ensure!(
                            matches!(key.as_str(), "Version" | "Statement" | "Id"),
                            "policy has an unknown key {key}"
                        );
                    }
                    let statements = match statements {
                        Value::Array(items) => items.clone(),
                        one => vec![one.clone()],
                    };
                    for statement in &statements {
                        self.statements.push(Statement::parse(statement)?);
                    }
                    return Ok(());
                }
                for (template, parameters) in fields {
                    self.add_template(template, parameters)?;
                }
                Ok(())
            }
            other => bail!("{other} is not a policy"),
        }
    }

    fn add_managed(&mut self, name: &str) -> anyhow::Result<()> {
        match name.rsplit('/').next().unwrap_or(name) {
            // Logs and traces stay on this machine.
            "AWSLambdaBasicExecutionRole" | "AWSXRayDaemonWriteAccess" | "AWSXrayWriteOnlyAccess" => Ok(()),
            "AWSLambdaSQSQueueExecutionRole" => {
                self.allow(&SQS_POLLER, &["*".to_owned()]);
                Ok(())
            }
            _ => bail!("managed policy {name} is not known to the sandbox"),
        }
    }

    /// See [SAM Docs/Policy template list].
    fn add_template(&mut self, template: &str, parameters: &Value) -> anyhow::Result<()> {
        let parameter = |name: &str| {
            parameters.get(name).and_then(Value::as_str).with_context(|| format!("{template} has no {name}"))
        };
        let arn = |service: &str, rest: &str| format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}");
        let table = || {
            parameter("TableName").map(|name| {
                let table = arn("dynamodb", &format!("table/{name}"));
                [table.clone(), format!("{table}/index/*")]
            })
        };
        match template {
            "SQSPollerPolicy" => self.allow(&SQS_POLLER, &[arn("sqs", parameter("QueueName")?)]),
            "SQSSendMessagePolicy" => self.allow(&["sqs:SendMessage*"], &[arn("sqs", parameter("QueueName")?)]),
            "LambdaInvokePolicy" => {
                let function = arn("lambda", &format!("function:{}", parameter("FunctionName")?));
                self.allow(&["lambda:InvokeFunction"], &[format!("{function}*")]);
            }
            "AWSSecretsManagerGetSecretValuePolicy" => {
                self.allow(&["secretsmanager:GetSecretValue"], &[parameter("SecretArn")?.to_owned()]);
            }
            "DynamoDBReadPolicy" => self.allow(&DYNAMODB_READ, &table()?),
            "DynamoDBWritePolicy" => {
                self.allow(&["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"], &table()?);
            }
            "DynamoDBCrudPolicy" => {
                self.allow(&DYNAMODB_READ, &table()?);
                self.allow(
                    &[
                        "dynamodb:PutItem",
                        "dynamodb:UpdateItem",
                        "dynamodb:DeleteItem",
                        "dynamodb:BatchWriteItem",
                        "dynamodb:ConditionCheckItem",
                    ],
                    &table()?,
                );
            }
            other => bail!("policy template {other} is not known to the sandbox"),
        }
        Ok(())
    }

    fn allow(&mut self, actions: &[&str], resources: &[String]) {
        self.statements.push(Statement {
            allow: true,
            actions: actions.iter().map(|&action| action.to_owned()).collect(),
            resources: resources.to_vec(),
            conditions: Vec::new(),
        });
    }
}

const SQS_POLLER: [&str; 7] = [
    "sqs:ChangeMessageVisibility",
    "sqs:ChangeMessageVisibilityBatch",
    "sqs:DeleteMessage",
    "sqs:DeleteMessageBatch",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "sqs:GetQueueUrl",
];

const DYNAMODB_READ: [&str; 5] =
    ["dynamodb:GetItem", "dynamodb:Scan", "dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:DescribeTable"];

impl Statement {
    fn parse(statement: &Value) -> anyhow::Result<Self> {
        let fields = statement.as_object().context("a policy statement is not a mapping")?;
        let mut parsed = Self { allow: false, actions: Vec::new(), resources: Vec::new(), conditions: Vec::new() };
        for (key, value) in fields {
            match key.as_str() {
                "Sid" => {}
                "Effect" => {
                    parsed.allow = match value.as_str() {
                        Some("Allow") => true,
                        Some("Deny") => false,
                        _ => bail!("Effect {value} is neither Allow nor Deny"),
                    }
                }
                "Action" => parsed.actions = texts(value).context("Action")?,
                "Resource" => parsed.resources = texts(value).context("Resource")?,
                "Condition" => {
                    for (operator, keys) in value.as_object().context("Condition is not a mapping")? {
                        for (key, values) in keys.as_object().context("Condition operator is not a mapping")? {
                            parsed.conditions.push((
                                operator.clone(),
                                key.clone(),
                                texts(values).context("Condition")?,
                            ));
                        }
                    }
                }
                other => bail!("policy statement has a key that the sandbox does not know: {other}"),
            }
        }
        ensure!(fields.contains_key("Effect"), "policy statement has no Effect");
        ensure!(!parsed.actions.is_empty(), "policy statement has no Action");
        ensure!(!parsed.resources.is_empty(), "policy statement has no Resource");
        for action in &parsed.actions {
            ensure!(action == "*" || action.contains(':'), "action {action} names no service");
        }
        for resource in &parsed.resources {
            ensure!(resource == "*" || resource.starts_with("arn:"), "resource {resource} is not an ARN");
        }
        Ok(parsed)
    }

    fn covers(&self, request: &Request) -> bool {
        let action = request.action.to_ascii_lowercase();
        self.actions.iter().any(|pattern| matches(&pattern.to_ascii_lowercase(), &action))
            && self.resources.iter().any(|pattern| matches(pattern, &request.resource))
    }

    /// Whether all conditions hold; the error names an operator that is not known.
    fn meets_conditions(&self, request: &Request) -> Result<bool, String> {
        let mut all = true;
        for (operator, key, allowed) in &self.conditions {
            let (set, base) = match operator.split_once(':') {
                Some((set @ ("ForAllValues" | "ForAnyValue"), base)) => (Some(set), base),
                Some(_) => return Err(operator.clone()),
                None => (None, operator.as_str()),
            };
            let (base, if_exists) = base.strip_suffix("IfExists").map_or((base, false), |base| (base, true));
            let (base, negated) = match base {
                "StringNotEquals" => ("StringEquals", true),
                "StringNotLike" | "ArnNotEquals" | "ArnNotLike" => ("StringLike", true),
                "ArnEquals" | "ArnLike" => ("StringLike", false),
                other => (other, false),
            };
            let test: fn(&str, &str) -> bool = match base {
                "StringEquals" => |pattern, value| pattern == value,
                "StringEqualsIgnoreCase" => |pattern, value| pattern.eq_ignore_ascii_case(value),
                "StringLike" => matches,
                _ => return Err(operator.clone()),
            };
            let fits = |value: &String| allowed.iter().any(|pattern| test(pattern, value)) != negated;
            let known_key = KNOWN_KEYS.iter().any(|known| known.eq_ignore_ascii_case(key));
            if !known_key {
                return Err(key.clone());
            }
            let values =
                request.context.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, values)| values);
            all &= match (set, values) {
                (Some("ForAllValues"), values) => values.is_none_or(|values| values.iter().all(fits)),
                (_, Some(values)) => values.iter().any(fits),
                (Some(_), None) => false,
                (None, None) => if_exists || negated,
            };
        }
        Ok(all)
    }
}

/// Condition keys that the sandbox fills in.
const KNOWN_KEYS: [&str; 4] =
    ["dynamodb:LeadingKeys", "dynamodb:EnclosingOperation", "aws:RequestedRegion", "aws:PrincipalAccount"];

fn denied(principal: &str, request: &Request, reason: &str) -> Denied {
    Denied(format!(
        "User: {principal} is not authorized to perform: {} on resource: {} {reason}",
        request.action, request.resource
    ))
}

fn texts(value: &Value) -> anyhow::Result<Vec<String>> {
    match value {
        Value::Array(items) => items.iter().map(super::template::scalar).collect(),
        one => Ok(vec![super::template::scalar(one)?]),
    }
}

/// `*` is any run of characters, `?` any one.
fn matches(pattern: &str, value: &str) -> bool {
    let (pattern, value): (Vec<char>, Vec<char>) = (pattern.chars().collect(), value.chars().collect());
    let (mut p, mut v) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while v < value.len() {
        if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, v));
            p += 1;
        } else if p < pattern.len() && (pattern[p] == '?' || pattern[p] == value[v]) {
            p += 1;
            v += 1;
        } else if let Some((after, from)) = star {
            p = after + 1;
            v = from + 1;
            star = Some((after, from + 1));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TABLE: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/desk";

    fn allowed(policies: &Value, action: &str, resource: &str) -> bool {
        Policy::from_sam(policies)
            .unwrap()
            .check("arn:aws:sts::0:assumed-role/r/f", &Request::new(action, resource))
            .is_ok()
    }

    #[test]
    fn a_call_needs_an_allow_and_no_deny() {
        let policies = json!([
            "AWSLambdaBasicExecutionRole",
            {"Statement": [
                {"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Put*"], "Resource": TABLE},
                {"Effect": "Allow", "Action": "dynamodb:Query", "Resource": [format!("{TABLE}/index/*")]},
                {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"},
                {"Effect": "Deny", "Action": "sqs:PurgeQueue", "Resource": "*"},
            ]},
        ]);
        for (action, resource, expected) in [
            ("dynamodb:GetItem", TABLE, true),
            ("dynamodb:getitem", TABLE, true),
            ("dynamodb:PutItem", TABLE, true),
            ("dynamodb:DeleteItem", TABLE, false),
            ("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:000000000000:table/other", false),
            ("dynamodb:Query", TABLE, false),
            ("dynamodb:Query", &format!("{TABLE}/index/by-sid"), true),
            ("sqs:SendMessage", "arn:aws:sqs:us-east-1:000000000000:q", true),
            ("sqs:PurgeQueue", "arn:aws:sqs:us-east-1:000000000000:q", false),
            ("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:000000000000:function:f", false),
        ] {
            assert_eq!(allowed(&policies, action, resource), expected, "{action} on {resource}");
        }
    }

    #[test]
    fn a_refusal_says_who_what_and_where() {
        let refusal = Policy::default()
            .check("arn:aws:sts::0:assumed-role/r/f", &Request::new("dynamodb:PutItem", TABLE))
            .unwrap_err();
        assert_eq!(
            refusal.0,
            format!(
                "User: arn:aws:sts::0:assumed-role/r/f is not authorized to perform: dynamodb:PutItem on resource: {TABLE} \
                 because no identity-based policy allows the dynamodb:PutItem action"
            )
        );
    }

    #[test]
    fn policy_templates_of_sam_are_known() {
        let policies = json!([
            {"SQSSendMessagePolicy": {"QueueName": "inbox.fifo"}},
            {"LambdaInvokePolicy": {"FunctionName": "sandbox-*"}},
            {"DynamoDBCrudPolicy": {"TableName": "desk"}},
        ]);
        assert!(allowed(&policies, "sqs:SendMessage", "arn:aws:sqs:us-east-1:000000000000:inbox.fifo"));
        assert!(!allowed(&policies, "sqs:ReceiveMessage", "arn:aws:sqs:us-east-1:000000000000:inbox.fifo"));
        assert!(allowed(
            &policies,
            "lambda:InvokeFunction",
            "arn:aws:lambda:us-east-1:000000000000:function:sandbox-helpme"
        ));
        assert!(allowed(&policies, "dynamodb:Query", &format!("{TABLE}/index/x")));
        assert!(Policy::from_sam(&json!([{"DynamoDBCrudPolice": {}}])).is_err());
        assert!(Policy::from_sam(&json!(["AdministratorAccess"])).is_err());
    }

    #[test]
    fn leading_keys_bound_what_a_statement_allows() {
        let policy = |condition: Value| {
            Policy::from_sam(&json!([{"Statement": {
                "Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": TABLE, "Condition": condition,
            }}]))
            .unwrap()
        };
        let request = |keys: &[&str]| Request {
            context: BTreeMap::from([(
                "dynamodb:LeadingKeys".to_owned(),
                keys.iter().map(|&key| key.to_owned()).collect(),
            )]),
            ..Request::new("dynamodb:PutItem", TABLE)
        };
        let claims = policy(json!({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["CLAIM#*"]}}));
        assert!(claims.check("p", &request(&["CLAIM#1", "CLAIM#2"])).is_ok());
        assert!(claims.check("p", &request(&["CLAIM#1", "CASE#2"])).is_err());
        let unknown = policy(json!({"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}));
        assert!(unknown.check("p", &request(&["x"])).unwrap_err().0.contains("DateLessThan"));
    }

    #[test]
    fn wildcards_match_as_in_iam() {
        for (pattern, value, expected) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abcd", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*b*d", "abcbd", true),
            ("abc", "abc", true),
        ] {
            assert_eq!(matches(pattern, value), expected, "{pattern} {value}");
        }
    }
}
