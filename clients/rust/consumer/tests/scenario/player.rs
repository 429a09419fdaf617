//! Plays the steps against one service.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, SystemTime};

use checkoutsvc_client::v1::{CheckoutConfirmStripe, CheckoutCreate, CheckoutUpdate, CheckoutUpdatePublic};
use checkoutsvc_client::{Call, Client, Error, ListCheckoutsRequest, Rpc};
use serde_json::{Map, Value};

use crate::Result;
use crate::answer::{self, Answer, Told};
use crate::failure;
use crate::file::{Case, Connection, Step, expand};
use crate::messages::{message, take_map};

pub struct Player {
    address: String,
    emulator: String,
    token: String,
    client: Client,
    run: String,
    variables: HashMap<String, String>,
}

impl Player {
    pub fn new(address: String, emulator: String, token: String) -> Result<Self> {
        let client = Client::builder(&address).token(&token).connect()?;
        let run = SystemTime::UNIX_EPOCH.elapsed()?.as_nanos().to_string();
        Ok(Self { address, emulator, token, client, run, variables: HashMap::new() })
    }

    /// Plays a case; false: it needs what is not there.
    pub async fn play(&mut self, case: &Case, variables: &HashMap<String, String>) -> Result<bool> {
        match case.needs.as_deref() {
            Some("authentication") if self.token.is_empty() => return Ok(false),
            Some("authentication") | None => {}
            Some(other) => return Err(format!("unknown need {other}").into()),
        }
        self.variables = variables.clone();
        self.variables.insert("run".into(), self.run.clone());
        self.ask("POST /_emulator/reset", None)?;
        for (number, step) in case.steps.iter().enumerate() {
            self.step(step).await.map_err(|problem| format!("step {}: {problem}", number + 1))?;
        }
        Ok(true)
    }

    async fn step(&mut self, step: &Value) -> Result<()> {
        let step: Step = serde_json::from_value(expand(step, &self.variables)?)?;
        if let Some(polar) = &step.polar {
            let answer = self.ask(polar, step.body.as_ref())?;
            return self.save(&step.save, &answer);
        }
        let client = match &step.client {
            Some(own) => self.connect(own)?,
            None => self.client.clone(),
        };
        if step.call == "list_all" {
            return list_all(&client, &step).await;
        }
        let answered = call(&client, &step).await?;
        failure::check(step.expect.error.as_ref(), answered.as_ref().err())?;
        let Ok(answered) = answered else {
            return Ok(());
        };
        answer::check(&step.expect, &answered)?;
        self.save(&step.save, &answered.json)
    }

    fn connect(&self, own: &Connection) -> Result<Client> {
        let mut builder = Client::builder(own.address.as_ref().unwrap_or(&self.address))
            .token(own.token.as_ref().unwrap_or(&self.token));
        if let Some(millis) = own.timeout_ms {
            builder = builder.timeout(Duration::from_millis(millis));
        }
        Ok(builder.connect()?)
    }

    /// Makes a call to the emulator, past the service.
    fn ask(&self, line: &str, body: Option<&Value>) -> Result<Value> {
        let (method, path) = line.split_once(' ').ok_or("a call to the emulator without a path")?;
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.emulator))
            .header("Authorization", "Bearer polar_oat_emulator")
            .header("Content-Type", "application/json")
            .body(body.map(Value::to_string).unwrap_or_default())?;
        let agent = ureq::Agent::config_builder().allow_non_standard_methods(true).build().new_agent();
        let text = agent.run(request).map_err(|e| format!("{line}: {e}"))?.body_mut().read_to_string()?;
        Ok(if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? })
    }

    fn save(&mut self, names: &HashMap<String, String>, answer: &Value) -> Result<()> {
        for (variable, member) in names {
            let text = answer[member].as_str().ok_or_else(|| format!("no text {member} to save in {answer}"))?;
            self.variables.insert(variable.clone(), text.into());
        }
        Ok(())
    }
}

/// Makes one of the seven calls.
async fn call(client: &Client, step: &Step) -> Result<std::result::Result<Answer, Error>> {
    let mut fields = step.fields.clone();
    let (id, secret) = (&step.id, &step.client_secret);
    match step.call.as_str() {
        "list_checkouts" => made(client.list_checkouts(message("ListCheckoutsRequest", &fields)?), step).await,
        "create_checkout" => {
            let call = client.create_checkout(create(&mut fields)?);
            let call = match &step.request_id {
                Some(name) => call.request_id(name),
                None => call,
            };
            made(call, step).await
        }
        "get_checkout" => made(client.get_checkout(id), step).await,
        "update_checkout" => {
            let call = client.update_checkout(id, update(&mut fields)?);
            made(step.clear.iter().fold(call, |call, field| call.clear(field)), step).await
        }
        "get_client_checkout" => made(client.get_client_checkout(secret), step).await,
        "update_client_checkout" => {
            let custom_field_data = take_map(&mut fields, "custom_field_data")?;
            let update = CheckoutUpdatePublic { custom_field_data, ..message("CheckoutUpdatePublic", &fields)? };
            let call = client.update_client_checkout(secret, update);
            made(step.clear.iter().fold(call, |call, field| call.clear(field)), step).await
        }
        "confirm_client_checkout" => {
            let custom_field_data = take_map(&mut fields, "custom_field_data")?;
            let consent = CheckoutConfirmStripe { custom_field_data, ..message("CheckoutConfirmStripe", &fields)? };
            let call = client.confirm_client_checkout(secret, consent);
            made(if step.accept_second_charge_risk { call.accept_second_charge_risk() } else { call }, step).await
        }
        other => Err(format!("no such call: {other}").into()),
    }
}

fn create(fields: &mut Map<String, Value>) -> Result<CheckoutCreate> {
    let metadata = take_map(fields, "metadata")?;
    let customer_metadata = take_map(fields, "customer_metadata")?;
    let custom_field_data = take_map(fields, "custom_field_data")?;
    Ok(CheckoutCreate { metadata, customer_metadata, custom_field_data, ..message("CheckoutCreate", fields)? })
}

fn update(fields: &mut Map<String, Value>) -> Result<CheckoutUpdate> {
    let metadata = take_map(fields, "metadata")?;
    let customer_metadata = take_map(fields, "customer_metadata")?;
    let custom_field_data = take_map(fields, "custom_field_data")?;
    Ok(CheckoutUpdate { metadata, customer_metadata, custom_field_data, ..message("CheckoutUpdate", fields)? })
}

/// Makes a call with what all calls have.
async fn made<R: Rpc>(mut call: Call<R>, step: &Step) -> Result<std::result::Result<Answer, Error>>
where
    R::Answer: Told,
{
    if let Some(retries) = &step.retries {
        call = call.retries(message("RetryConfig", retries.as_object().ok_or("retries that are none")?)?);
    }
    if let Some(millis) = step.timeout_ms {
        call = call.timeout(Duration::from_millis(millis));
    }
    match call.await {
        Ok(answer) => Ok(Ok(answer.told()?)),
        Err(error) => Ok(Err(error)),
    }
}

/// Iterates over all pages, or over the first checkouts only.
async fn list_all(client: &Client, step: &Step) -> Result<()> {
    let request: ListCheckoutsRequest = message("ListCheckoutsRequest", &step.fields)?;
    let mut checkouts = client.list_all(request);
    if let Some(millis) = step.timeout_ms {
        checkouts = checkouts.timeout(Duration::from_millis(millis));
    }
    let mut seen = HashSet::new();
    let mut failed = None;
    while step.take != Some(seen.len()) {
        match checkouts.next().await {
            None => break,
            Some(Err(error)) => failed = Some(error),
            Some(Ok(checkout)) if !seen.insert(checkout.id.clone()) => {
                return Err(format!("{} came twice", checkout.id).into());
            }
            Some(Ok(_)) => {}
        }
    }
    if step.expect.count.is_some_and(|count| count != seen.len()) {
        return Err(format!("{} checkouts, not {:?}", seen.len(), step.expect.count).into());
    }
    failure::check(step.expect.error.as_ref(), failed.as_ref())
}
