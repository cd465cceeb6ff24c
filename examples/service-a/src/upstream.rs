use otel_kit::reqwest::ClientWithMiddleware;
use serde::de::DeserializeOwned;

/// Base URLs of the services that are called.
#[derive(Clone, Debug)]
pub struct Urls {
    /// Service B, the stock.
    pub stock: String,
    /// Service D, the prices.
    pub prices: String,
    /// The payment API outside.
    pub payments: String,
}

/// Why an upstream service gave no answer.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Gets and reads JSON; an error status is a failure.
pub async fn get_json<T: DeserializeOwned>(client: &ClientWithMiddleware, url: String) -> Result<T, Failure> {
    Ok(client.get(url).send().await?.error_for_status()?.json().await?)
}
