//! What becomes of a call when the service does not answer.

use std::time::Duration;

use checkoutsvc_client::{CheckoutConfirmStripe, CheckoutCreate, CheckoutUpdate, Client, Code, Error, ErrorKind};
use tokio::net::TcpListener;

use crate::fake::{Fake, Reply};

fn outcome_unknown(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::OutcomeUnknown { .. })
}

#[tokio::test]
async fn a_write_whose_connection_breaks_may_have_been_carried_out() {
    let service = Fake::start(|_| Reply::Cut).await;
    let client = service.client();
    let create = client.create_checkout(CheckoutCreate::default()).await.unwrap_err();
    let update = client.update_checkout("id", CheckoutUpdate::default()).await.unwrap_err();
    let confirm = client.confirm_client_checkout("secret", CheckoutConfirmStripe::default()).await.unwrap_err();
    for (error, retry_safe) in [(&create, true), (&update, true), (&confirm, false)] {
        assert!(outcome_unknown(error), "{error:?}");
        assert_eq!(error.retry_safe(), retry_safe, "{error:?}");
        assert!(error.message().contains(&service.address), "{error}");
    }
    assert_eq!(service.calls().len(), 3);
}

#[tokio::test]
async fn a_read_whose_connection_breaks_is_just_an_error() {
    let service = Fake::start(|_| Reply::Cut).await;
    let error = service.client().get_checkout("id").await.unwrap_err();
    assert_eq!((error.code(), error.kind()), (Code::Unavailable, &ErrorKind::Other));
    assert!(error.retry_safe());
    assert_eq!(service.calls().len(), 3);
}

#[tokio::test]
async fn a_confirm_that_is_not_answered_in_time_may_have_been_carried_out() {
    let service = Fake::start(|_| Reply::Hang).await;
    let confirm = service.client().confirm_client_checkout("secret", CheckoutConfirmStripe::default());
    let error = confirm.timeout(Duration::from_millis(200)).await.unwrap_err();
    assert_eq!(error.code(), Code::DeadlineExceeded);
    assert!(outcome_unknown(&error) && !error.retry_safe());
}

#[tokio::test]
async fn a_confirm_that_found_nobody_was_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let client = Client::connect(address).unwrap();
    let error = client.confirm_client_checkout("secret", CheckoutConfirmStripe::default()).await.unwrap_err();
    assert_eq!((error.code(), error.kind()), (Code::Unavailable, &ErrorKind::Other));
    assert!(error.retry_safe());
    assert!(error.message().contains("check the address"), "{error}");
}

#[tokio::test]
async fn a_confirm_that_never_got_a_connection_was_not_sent() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap().to_string();
    // With TLS a connection is there after the other side's words only.
    let client = Client::builder(address).tls().timeout(Duration::from_millis(200)).connect().unwrap();
    let error = client.confirm_client_checkout("secret", CheckoutConfirmStripe::default()).await.unwrap_err();
    assert_eq!((error.code(), error.kind()), (Code::DeadlineExceeded, &ErrorKind::Other));
    assert!(error.retry_safe());
    assert!(error.message().contains("no connection"), "{error}");
}

#[tokio::test]
async fn a_service_that_comes_back_is_found_again() {
    let service = Fake::start(|call| match call.method.as_str() {
        "UpdateCheckout" => Reply::Cut,
        _ => Reply::message(checkoutsvc_client::Checkout::default()),
    })
    .await;
    let client = service.client();
    client.update_checkout("id", CheckoutUpdate::default()).await.unwrap_err();
    client.create_checkout(CheckoutCreate::default()).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_connected_to_is_told_at_once() {
    for address in ["", "no port:x", "host:1/path"] {
        let error = Client::connect(address).unwrap_err();
        assert_eq!((error.method(), error.code()), ("connect", Code::InvalidArgument), "{address}");
        assert!(error.message().starts_with(address), "{error}");
    }
    for builder in [
        Client::builder("127.0.0.1:1").ca_certificate("no PEM"),
        Client::builder("127.0.0.1:1").client_certificate("no PEM", "no PEM"),
        Client::builder("127.0.0.1:1").ca_certificate("x").plaintext(),
        Client::builder("https://127.0.0.1:1").plaintext(),
        Client::builder("unix:/run/checkoutsvc.sock").tls(),
        Client::builder("127.0.0.1:1").organization("a\nb"),
    ] {
        assert_eq!(builder.connect().unwrap_err().code(), Code::InvalidArgument);
    }
}

#[tokio::test]
async fn a_token_goes_to_another_machine_over_tls_only() {
    let remote = || Client::builder("checkouts.internal:443");
    let error = remote().plaintext().token("secret").connect().unwrap_err();
    assert_eq!(error.code(), Code::InvalidArgument);
    assert!(error.message().contains("over TLS only") && !error.message().contains("secret"), "{error}");
    remote().token("secret").connect().unwrap();
    remote().plaintext().token("").connect().unwrap();
    Client::builder("127.0.0.1:1").plaintext().token("secret").connect().unwrap();
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_panic() {
    let error = Client::connect("127.0.0.1:1").unwrap_err();
    assert_eq!(error.code(), Code::FailedPrecondition);
    assert!(error.message().contains("Tokio"));
}
