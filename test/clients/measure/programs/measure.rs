//! Makes a client, or measures how many calls a second it makes.
use std::time::{Duration, Instant};

use checkoutsvc_client::Client;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let client = Client::connect(std::env::var("CHECKOUTSVC_ADDRESS")?)?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [checkout, callers, seconds, ..] = &arguments[..] else {
        return Ok(());
    };
    client.get_checkout(checkout).await?;
    let seconds: f64 = seconds.parse()?;
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    let mut tasks = Vec::new();
    for _ in 0..callers.parse()? {
        let (client, checkout) = (client.clone(), checkout.clone());
        tasks.push(tokio::spawn(async move {
            let mut count = 0;
            while Instant::now() < end {
                client.get_checkout(&checkout).await?;
                count += 1;
            }
            Ok::<u64, checkoutsvc_client::Error>(count)
        }));
    }
    let mut count = 0;
    for task in tasks {
        count += task.await??;
    }
    println!("{}", count as f64 / seconds);
    Ok(())
}
