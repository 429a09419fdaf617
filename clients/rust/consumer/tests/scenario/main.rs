//! Plays test/scenario/scenario.json, which its README explains, through the client as it is packaged.

mod answer;
mod compare;
mod failure;
mod file;
mod messages;
mod player;

use std::env;
use std::fs;

use file::Scenario;
use player::Player;

/// A problem, in words.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[tokio::test(flavor = "multi_thread")]
async fn scenario() {
    let text = fs::read_to_string(variable("CHECKOUTSVC_SCENARIO")).expect("the scenario's file");
    let scenario: Scenario = serde_json::from_str(&text).expect("a scenario whose words are known");
    let token = env::var("CHECKOUTSVC_TOKEN").unwrap_or_default();
    let mut player =
        Player::new(variable("CHECKOUTSVC_ADDRESS"), variable("CHECKOUTSVC_EMULATOR"), token).expect("a client");
    let mut failed = Vec::new();
    for case in &scenario.cases {
        match player.play(case, &scenario.variables).await {
            Ok(played) => println!("{} {}", if played { "ok  " } else { "skip" }, case.name),
            Err(problem) => {
                println!("FAIL {}: {problem}", case.name);
                failed.push(&case.name);
            }
        }
    }
    assert!(failed.is_empty(), "{} of {} cases failed: {failed:?}", failed.len(), scenario.cases.len());
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set"))
}
