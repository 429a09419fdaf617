//! What a call sends, and how often.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use checkoutsvc_client::v1::{
    ConfirmClientCheckoutRequest, CreateCheckoutRequest, ListCheckoutsRequest, UpdateCheckoutRequest,
};
use checkoutsvc_client::{
    Checkout, CheckoutConfirmStripe, CheckoutCreate, CheckoutUpdate, Client, Code, ErrorKind, ListCheckoutsResponse,
    RetryConfig, RetryStrategy,
};

use crate::fake::{Fake, Reply};

#[tokio::test]
async fn a_call_carries_what_the_client_was_told() {
    let service = Fake::start(|_| Reply::message(Checkout::default())).await;
    let client = Client::builder(&service.address).token("secret").organization("acme").connect().unwrap();
    client.get_checkout("id").await.unwrap();
    let call = &service.calls()[0];
    assert_eq!(call.header("authorization"), Some("Bearer secret"));
    assert_eq!(call.header("polar-organization"), Some("acme"));
    assert!(call.header("user-agent").unwrap().starts_with("checkoutsvc-rust/0."));
    assert!(!format!("{client:?}").contains("secret"));
}

#[tokio::test]
async fn the_token_may_change_from_call_to_call() {
    let service = Fake::start(|_| Reply::message(Checkout::default())).await;
    let count = AtomicUsize::new(0);
    let source = move || match count.fetch_add(1, Ordering::Relaxed) {
        0 => String::new(),
        n => format!("token {n}"),
    };
    let client = Client::builder(&service.address).token_source(source).connect().unwrap();
    for _ in 0..2 {
        client.get_checkout("id").await.unwrap();
    }
    let calls = service.calls();
    assert_eq!(calls[0].header("authorization"), None);
    assert_eq!(calls[1].header("authorization"), Some("Bearer token 1"));
}

#[tokio::test]
async fn a_create_and_a_confirm_get_more_time_than_a_read() {
    let service = Fake::start(|_| Reply::message(Checkout::default())).await;
    let client = service.client();
    client.get_checkout("id").await.unwrap();
    client.update_checkout("id", CheckoutUpdate::default()).await.unwrap();
    client.create_checkout(CheckoutCreate::default()).await.unwrap();
    client.confirm_client_checkout("secret", CheckoutConfirmStripe::default()).await.unwrap();
    client
        .confirm_client_checkout("secret", CheckoutConfirmStripe::default())
        .timeout(Duration::from_secs(5))
        .await
        .unwrap();
    let seconds: Vec<_> = service.calls().iter().map(|call| call.timeout().as_secs_f64().ceil()).collect();
    assert_eq!(seconds, [30.0, 30.0, 65.0, 65.0, 5.0]);
}

#[tokio::test]
async fn no_deadline_is_too_long() {
    let service = Fake::start(|_| Reply::message(Checkout::default())).await;
    service.client().get_checkout("id").timeout(Duration::MAX).await.unwrap();
    assert_eq!(service.calls().len(), 1);
}

#[tokio::test]
async fn what_a_caller_says_of_a_call_is_in_its_request() {
    let service = Fake::start(|_| Reply::message(Checkout::default())).await;
    let client = service.client();
    client.create_checkout(CheckoutCreate::default()).request_id("order-7").await.unwrap();
    client
        .update_checkout("id", CheckoutUpdate { amount: Some(500), ..Default::default() })
        .clear("discount_id")
        .clear("metadata")
        .retries(RetryConfig::none())
        .await
        .unwrap();
    client
        .confirm_client_checkout("secret", CheckoutConfirmStripe::default())
        .accept_second_charge_risk()
        .await
        .unwrap();
    let calls = service.calls();
    assert_eq!(calls[0].request::<CreateCheckoutRequest>().request_id, "order-7");
    let update: UpdateCheckoutRequest = calls[1].request();
    assert_eq!(update.update_mask.unwrap().paths, ["discount_id", "metadata", "amount"]);
    assert_eq!(update.retries.unwrap().strategy(), RetryStrategy::None);
    assert!(calls[2].request::<ConfirmClientCheckoutRequest>().accept_second_charge_risk);
}

#[tokio::test]
async fn pauses_are_told_in_milliseconds() {
    let service = Fake::start(|_| Reply::message(ListCheckoutsResponse::default())).await;
    let retries = RetryConfig::backoff(Duration::from_millis(200), 2.0, Duration::from_secs(1), Duration::from_secs(9));
    service.client().list_checkouts(ListCheckoutsRequest::default()).retries(retries).await.unwrap();
    let sent = service.calls()[0].request::<ListCheckoutsRequest>().retries.unwrap();
    let backoff = sent.backoff.unwrap();
    assert_eq!(sent.retry_connection_errors, Some(true));
    assert_eq!(
        (backoff.initial_interval, backoff.max_interval, backoff.max_elapsed_time),
        (Some(200), Some(1000), Some(9000))
    );
    assert_eq!(backoff.exponent, Some(2.0));
}

#[tokio::test]
async fn a_read_is_sent_up_to_three_times_while_the_service_is_unavailable() {
    let count = AtomicUsize::new(0);
    let service = Fake::start(move |_| match count.fetch_add(1, Ordering::Relaxed) {
        0 | 1 | 3.. => Reply::Status(Code::Unavailable, "busy"),
        2 => Reply::message(Checkout { id: "x".into(), ..Default::default() }),
    })
    .await;
    let client = service.client();
    assert_eq!(client.get_checkout("id").await.unwrap().id, "x");
    assert_eq!(service.calls().len(), 3);
    assert_eq!(client.get_checkout("id").await.unwrap_err().code(), Code::Unavailable);
    assert!(service.calls().len() > 1);
}

#[tokio::test]
async fn a_write_and_a_refused_read_are_sent_once() {
    let service = Fake::start(|call| match call.method.as_str() {
        "GetCheckout" => Reply::Status(Code::Internal, "broken"),
        _ => Reply::Status(Code::Unavailable, "busy"),
    })
    .await;
    let client = service.client();
    client.get_checkout("id").await.unwrap_err();
    client.update_checkout("id", CheckoutUpdate::default()).await.unwrap_err();
    client.confirm_client_checkout("secret", CheckoutConfirmStripe::default()).await.unwrap_err();
    assert_eq!(service.calls().len(), 3);
}

#[tokio::test]
async fn a_token_that_cannot_be_sent_is_refused_without_being_shown() {
    let service = Fake::start(|_| Reply::Hang).await;
    let client = Client::builder(&service.address).token("sec\nret").connect().unwrap();
    let error = client.create_checkout(CheckoutCreate::default()).await.unwrap_err();
    assert_eq!((error.code(), error.kind()), (Code::InvalidArgument, &ErrorKind::Other));
    assert!(!format!("{error:?} {error}").contains("ret\""));
    assert!(service.calls().is_empty());
}

#[tokio::test]
async fn an_answer_of_ten_mebibytes_is_taken() {
    let service = Fake::start(|_| Reply::message(Checkout { url: "x".repeat(10 << 20), ..Default::default() })).await;
    assert_eq!(service.client().get_checkout("id").await.unwrap().url.len(), 10 << 20);
}
