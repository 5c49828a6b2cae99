//! The AWS SDK's configuration: credentials, region and endpoints from the environment, HTTP through our own client.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::{ReconnectMode, RetryConfig};
use aws_types::SdkConfig;
use aws_types::region::Region;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

/// The configuration that all AWS clients of a function share.
///
/// Lambda puts credentials and region into the environment, for the life of the process. See [AWS Docs/Lambda, Defined runtime
/// environment variables].
pub fn sdk_config(http: &reqwest::Client) -> SdkConfig {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(variable("AWS_REGION").map(Region::new))
        .sleep_impl(TokioSleep::new())
        .time_source(SystemTimeSource::new())
        .service_config(Endpoints)
        .http_client(Reqwest(http.clone()))
        // reqwest owns the connections; the SDK has nothing to close after a 5xx, and would complain about that.
        .retry_config(RetryConfig::standard().with_reconnect_mode(ReconnectMode::ReuseAllConnections));
    let keys = variable("AWS_ACCESS_KEY_ID").zip(variable("AWS_SECRET_ACCESS_KEY"));
    let Some((id, secret)) = keys else { return config.build() };
    let credentials = Credentials::new(id, secret, variable("AWS_SESSION_TOKEN"), None, "environment");
    config.credentials_provider(SharedCredentialsProvider::new(credentials)).build()
}

/// `AWS_ENDPOINT_URL_<SERVICE>` and `AWS_ENDPOINT_URL`. See [AWS Docs/SDKs and Tools, Service-specific endpoints].
#[derive(Debug)]
struct Endpoints;

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_uppercase().replace(' ', "_");
        let of_the_service = std::env::var(format!("{}_{service}", key.env()));
        of_the_service.or_else(|_| std::env::var(key.env())).ok().filter(|value| !value.is_empty())
    }
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
