//! DynamoDB: the embedded engine, and what a call needs to be allowed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::RwLock;

use anyhow::{Context as _, anyhow, ensure};
use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};
use tokio::task::JoinHandle;

use super::arn;
use super::policy::Request;

const TARGET_PREFIX: &str = "DynamoDB_20120810.";

/// The engine, behind its own port.
pub struct Dynamo {
    url: String,
    client: reqwest::Client,
    server: JoinHandle<()>,
    /// Partition key of each table and index, for `dynamodb:LeadingKeys`: `table` or `table/index`.
    partition_keys: RwLock<BTreeMap<String, String>>,
}

impl Drop for Dynamo {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// An answer of the engine, passed on as it is.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers, the checksum among them.
    pub headers: HeaderMap,
    /// JSON.
    pub body: Bytes,
}

impl Dynamo {
    /// Starts the engine, in memory or in a file of `folder`.
    pub async fn start(folder: Option<&Path>) -> anyhow::Result<Self> {
        let database = match folder {
            Some(folder) => {
                std::fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
                let file = folder.join("dynamodb.sqlite");
                dynoxide::Database::new(file.to_str().context("the data folder's name is not UTF-8")?)
            }
            None => dynoxide::Database::memory(),
        };
        let database = database.map_err(|error| anyhow!("open the database: {error}"))?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let server = tokio::spawn(async move {
            let _ = dynoxide::server::serve_with_shutdown(listener, database, std::future::pending()).await;
        });
        let client = crate::sims::http::client("sandbox");
        Ok(Self { url, client, server, partition_keys: RwLock::default() })
    }

    /// Makes a table from the properties of its resource, unless it is there already (in a data folder).
    pub async fn create_table(&self, name: &str, properties: &Value) -> anyhow::Result<()> {
        let mut request = Map::from_iter([("TableName".to_owned(), json!(name))]);
        for (key, value) in properties.as_object().into_iter().flatten() {
            match key.as_str() {
                "AttributeDefinitions"
                | "KeySchema"
                | "GlobalSecondaryIndexes"
                | "LocalSecondaryIndexes"
                | "BillingMode"
                | "ProvisionedThroughput" => {
                    request.insert(key.clone(), value.clone());
                }
                "StreamSpecification" => {
                    let mut stream = value.clone();
                    stream["StreamEnabled"] = json!(true);
                    request.insert(key.clone(), stream);
                }
                _ => {}
            }
        }
        let made = self.call("CreateTable", &Value::Object(request)).await;
        if let Err(error) = made
            && !error.to_string().contains("ResourceInUseException")
        {
            return Err(error);
        }
        if let Some(ttl) = properties.get("TimeToLiveSpecification") {
            let request = json!({"TableName": name, "TimeToLiveSpecification": ttl});
            let made = self.call("UpdateTimeToLive", &request).await;
            if let Err(error) = made
                && !error.to_string().contains("already enabled")
            {
                return Err(error);
            }
        }
        let mut keys = super::write(&self.partition_keys);
        keys.insert(name.to_owned(), hash_key(properties)?);
        for index in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
            for index in properties[index].as_array().into_iter().flatten() {
                let index_name = index["IndexName"].as_str().context("an index has no IndexName")?;
                keys.insert(format!("{name}/{index_name}"), hash_key(index)?);
            }
        }
        Ok(())
    }

    /// Calls the engine as the sandbox itself.
    pub async fn call(&self, operation: &str, request: &Value) -> anyhow::Result<Value> {
        let answer = self.forward(operation, Bytes::from(request.to_string())).await;
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        ensure!(answer.status == 200, "DynamoDB {operation}: {} {body}", answer.status);
        Ok(body)
    }

    /// All items of a table, in the engine's order.
    pub async fn scan(&self, table: &str) -> anyhow::Result<Vec<Value>> {
        let mut items = Vec::new();
        let mut request = json!({"TableName": table, "ConsistentRead": true});
        loop {
            let page = self.call("Scan", &request).await?;
            items.extend(page["Items"].as_array().cloned().unwrap_or_default());
            match page.get("LastEvaluatedKey") {
                Some(key) if !key.is_null() => request["ExclusiveStartKey"] = key.clone(),
                _ => return Ok(items),
            }
        }
    }

    /// Passes a call on to the engine.
    pub async fn forward(&self, operation: &str, body: Bytes) -> Answer {
        let sent = self
            .client
            .post(format!("{}/", self.url))
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("{TARGET_PREFIX}{operation}"))
            .header("x-amz-date", "20250101T000000Z")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=sandbox/20250101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0",
            )
            .body(body)
            .send()
            .await;
        let read = async {
            let answer = sent?;
            let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
            Ok::<_, reqwest::Error>(Answer { status, headers, body: answer.bytes().await? })
        };
        read.await.unwrap_or_else(|error| {
            let body =
                json!({"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError", "message": error.to_string()});
            Answer { status: 500, headers: HeaderMap::new(), body: Bytes::from(body.to_string()) }
        })
    }

    /// What a call needs to be allowed to do.
    ///
    /// A transaction needs the permission of each of its parts. See [DynamoDB Docs/IAM and transactions].
    pub fn needs(&self, operation: &str, request: &Value) -> Vec<Request> {
        let mut needs = Vec::new();
        match operation {
            "TransactWriteItems" | "TransactGetItems" => {
                for part in request["TransactItems"].as_array().into_iter().flatten() {
                    for (kind, part) in part.as_object().into_iter().flatten() {
                        let action = match kind.as_str() {
                            "Put" => "PutItem",
                            "Update" => "UpdateItem",
                            "Delete" => "DeleteItem",
                            "Get" => "GetItem",
                            _ => "ConditionCheckItem",
                        };
                        let mut need = self.need(action, part);
                        need.context.insert("dynamodb:EnclosingOperation".to_owned(), vec![operation.to_owned()]);
                        needs.push(need);
                    }
                }
            }
            "BatchGetItem" | "BatchWriteItem" => {
                for (table, parts) in request["RequestItems"].as_object().into_iter().flatten() {
                    let mut need = self.need(operation, &json!({"TableName": table}));
                    let keys = parts["Keys"].as_array().into_iter().flatten();
                    let writes = parts.as_array().into_iter().flatten().map(|write| {
                        if write["PutRequest"].is_object() {
                            &write["PutRequest"]["Item"]
                        } else {
                            &write["DeleteRequest"]["Key"]
                        }
                    });
                    let name = bare_name(table);
                    let leading = keys.chain(writes).filter_map(|item| self.leading_key(name, item)).collect();
                    need.context.insert(LEADING_KEYS.to_owned(), leading);
                    needs.push(need);
                }
            }
            _ => needs.push(self.need(operation, request)),
        }
        if needs.is_empty() {
            needs.push(Request::new(format!("dynamodb:{operation}"), arn("dynamodb", "table/*")));
        }
        needs
    }

    fn need(&self, action: &str, request: &Value) -> Request {
        let table = request["TableName"].as_str().map_or("*", bare_name);
        let index = request["IndexName"].as_str();
        let resource = index.map_or_else(|| format!("table/{table}"), |index| format!("table/{table}/index/{index}"));
        let mut need = Request::new(format!("dynamodb:{action}"), arn("dynamodb", &resource));
        let item = if request["Item"].is_object() { &request["Item"] } else { &request["Key"] };
        let mut leading: BTreeSet<String> = self.leading_key(table, item).into_iter().collect();
        if let Some(condition) = request["KeyConditionExpression"].as_str() {
            let key = index.map_or_else(|| table.to_owned(), |index| format!("{table}/{index}"));
            leading.extend(self.queried_key(&key, condition, request));
        }
        if !leading.is_empty() {
            need.context.insert(LEADING_KEYS.to_owned(), leading.into_iter().collect());
        }
        need
    }

    fn leading_key(&self, table: &str, item: &Value) -> Option<String> {
        let keys = super::read(&self.partition_keys);
        key_text(item.get(keys.get(table)?)?)
    }

    /// The partition key that a key condition names, as in `#pk = :pk AND begins_with(#sk, :sk)`.
    fn queried_key(&self, key: &str, condition: &str, request: &Value) -> Option<String> {
        let keys = super::read(&self.partition_keys);
        let partition_key = keys.get(key)?;
        let words: Vec<&str> =
            condition.split(|c: char| c.is_whitespace() || c == '(' || c == ')').filter(|w| !w.is_empty()).collect();
        words.windows(3).filter(|three| three[1] == "=").find_map(|three| {
            let name = request["ExpressionAttributeNames"][three[0]].as_str().unwrap_or(three[0]);
            (name == partition_key).then(|| key_text(&request["ExpressionAttributeValues"][three[2]])).flatten()
        })
    }
}

const LEADING_KEYS: &str = "dynamodb:LeadingKeys";

fn key_text(value: &Value) -> Option<String> {
    value.as_object()?.values().next()?.as_str().map(str::to_owned)
}

fn bare_name(table: &str) -> &str {
    table.rsplit(":table/").next().unwrap_or(table)
}

fn hash_key(schema: &Value) -> anyhow::Result<String> {
    let elements = schema["KeySchema"].as_array().context("KeySchema is missing")?;
    let hash = elements.iter().find(|element| element["KeyType"] == "HASH").context("KeySchema has no HASH key")?;
    Ok(hash["AttributeName"].as_str().context("a key has no AttributeName")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_needs_the_permission_of_each_of_its_parts() {
        let dynamo = Dynamo::start(None).await.unwrap();
        let properties = json!({
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [
                {"AttributeName": "PK", "AttributeType": "S"},
                {"AttributeName": "SK", "AttributeType": "S"},
                {"AttributeName": "sid", "AttributeType": "S"},
                {"AttributeName": "status", "AttributeType": "S"},
            ],
            "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": "by-sid",
                    "KeySchema": [{"AttributeName": "sid", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                },
                {
                    "IndexName": "by-status",
                    "KeySchema": [
                        {"AttributeName": "status", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["title"]},
                },
            ],
            "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": true},
            "DeletionProtectionEnabled": true,
        });
        dynamo.create_table("desk", &properties).await.unwrap();
        dynamo.create_table("desk", &properties).await.unwrap();

        let needs = |operation: &str, request: Value| -> Vec<String> {
            let needs = dynamo.needs(operation, &request);
            needs
                .iter()
                .map(|need| {
                    let keys = need.context.get(LEADING_KEYS).map(|keys| keys.join(",")).unwrap_or_default();
                    format!("{} {} {keys}", need.action, need.resource.rsplit(':').next().unwrap()).trim().to_owned()
                })
                .collect()
        };
        let key = json!({"PK": {"S": "A"}, "SK": {"S": "B"}});
        assert_eq!(needs("GetItem", json!({"TableName": "desk", "Key": key})), ["dynamodb:GetItem table/desk A"]);
        assert_eq!(
            needs("PutItem", json!({"TableName": arn("dynamodb", "table/desk"), "Item": key})),
            ["dynamodb:PutItem table/desk A"]
        );
        assert_eq!(
            needs(
                "Query",
                json!({
                    "TableName": "desk", "IndexName": "by-sid", "KeyConditionExpression": "#s = :s",
                    "ExpressionAttributeNames": {"#s": "sid"}, "ExpressionAttributeValues": {":s": {"S": "CH1"}},
                })
            ),
            ["dynamodb:Query table/desk/index/by-sid CH1"]
        );
        let parts = json!([
            {"Put": {"TableName": "desk", "Item": key}},
            {"ConditionCheck": {"TableName": "desk", "Key": key}},
            {"Delete": {"TableName": "desk", "Key": key}},
        ]);
        assert_eq!(
            needs("TransactWriteItems", json!({"TransactItems": parts})),
            [
                "dynamodb:PutItem table/desk A",
                "dynamodb:ConditionCheckItem table/desk A",
                "dynamodb:DeleteItem table/desk A",
            ]
        );
        let writes = json!([{"PutRequest": {"Item": key}}, {"DeleteRequest": {"Key": key}}]);
        assert_eq!(
            needs("BatchWriteItem", json!({"RequestItems": {"desk": writes}})),
            ["dynamodb:BatchWriteItem table/desk A,A"]
        );
        assert_eq!(
            needs("BatchGetItem", json!({"RequestItems": {"desk": {"Keys": [key]}}})),
            ["dynamodb:BatchGetItem table/desk A"]
        );

        dynamo.call("PutItem", &json!({"TableName": "desk", "Item": key})).await.unwrap();
        assert_eq!(dynamo.scan("desk").await.unwrap(), std::slice::from_ref(&key));

        let case = json!({
            "PK": {"S": "case"}, "SK": {"S": "1"}, "status": {"S": "open"}, "title": {"S": "x"}, "text": {"S": "y"},
        });
        dynamo.call("PutItem", &json!({"TableName": "desk", "Item": case})).await.unwrap();
        let query = json!({
            "TableName": "desk", "IndexName": "by-status", "KeyConditionExpression": "#s = :s",
            "ExpressionAttributeNames": {"#s": "status"}, "ExpressionAttributeValues": {":s": {"S": "open"}},
        });
        let mut projected = case.clone();
        projected.as_object_mut().unwrap().remove("text");
        assert_eq!(dynamo.call("Query", &query).await.unwrap()["Items"], json!([projected]));
        let keys = json!({"RequestItems": {"desk": {"Keys": [key]}}});
        assert_eq!(dynamo.call("BatchGetItem", &keys).await.unwrap()["Responses"]["desk"], json!([key]));
    }
}
