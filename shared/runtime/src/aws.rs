//! The AWS SDK's configuration: credentials from the environment, HTTP through our own client.

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ReconnectMode;

/// The configuration that all AWS clients of a function share.
///
/// Lambda puts credentials and region into the environment, so the default chain (files, IMDS, …) is not consulted.
pub async fn sdk_config(http: &reqwest::Client) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .credentials_provider(aws_config::environment::EnvironmentVariableCredentialsProvider::new())
        .region(aws_config::environment::EnvironmentVariableRegionProvider::new())
        .http_client(Reqwest(http.clone()))
        // reqwest owns the connections; the SDK has nothing to close after a 5xx, and would complain about that.
        .retry_config(RetryConfig::standard().with_reconnect_mode(ReconnectMode::ReuseAllConnections))
        .load()
        .await
}

/// Lets the SDK send through reqwest, so that there is one HTTP client, one TLS configuration and one connection pool.
#[derive(Debug, Clone)]
struct Reqwest(reqwest::Client);

impl HttpClient for Reqwest {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Reqwest {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move { send(&client, request).await })
    }
}

async fn send(client: &reqwest::Client, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let (parts, body) = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?.into_parts();
    // None of the calls made here streams its request.
    let body = body.bytes().ok_or_else(|| ConnectorError::user("a streaming body is not supported".into()))?.to_vec();
    let request = ::http::Request::from_parts(parts, reqwest::Body::from(body));
    let request = reqwest::Request::try_from(request).map_err(|error| ConnectorError::user(error.into()))?;
    let response: ::http::Response<reqwest::Body> = client.execute(request).await.map_err(connector_error)?.into();
    let (parts, body) = response.into_parts();
    let body = reqwest::Response::from(::http::Response::new(body)).bytes().await.map_err(connector_error)?;
    HttpResponse::try_from(::http::Response::from_parts(parts, SdkBody::from(body)))
        .map_err(|error| ConnectorError::other(error.into(), None))
}

fn connector_error(error: reqwest::Error) -> ConnectorError {
    if error.is_timeout() { ConnectorError::timeout(error.into()) } else { ConnectorError::io(error.into()) }
}
