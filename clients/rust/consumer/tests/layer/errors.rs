//! What an error says of a status.

use checkoutsvc_client::{Code, Error, ErrorKind, v1};
use prost::Message;
use prost_types::Any;
use tonic::Status;
use tonic_types::pb;

fn polar(name: &str, message: impl Message) -> Any {
    Any { type_url: format!("type.googleapis.com/polar.checkouts.v1.{name}"), value: message.encode_to_vec() }
}

fn info(domain: &str, reason: &str) -> Any {
    let info = pb::ErrorInfo {
        domain: domain.into(),
        reason: reason.into(),
        metadata: [("http_status".into(), "502".into())].into(),
    };
    Any { type_url: "type.googleapis.com/google.rpc.ErrorInfo".into(), value: info.encode_to_vec() }
}

fn error(method: &'static str, code: Code, details: Vec<Any>) -> Error {
    let status = pb::Status { code: code as i32, message: "words".into(), details };
    Error::from_status(method, Status::with_details(code, "words", status.encode_to_vec().into()))
}

#[test]
fn polars_answer_stands_behind_what_it_led_to() {
    let sdk = || polar("SDKError", v1::SdkError { status_code: 502, ..Default::default() });
    let unknown = || polar("OutcomeUnknown", v1::OutcomeUnknown { retry_safe: true, ..Default::default() });
    for details in [vec![sdk(), unknown()], vec![unknown(), sdk()]] {
        let error = error("CreateCheckout", Code::Unknown, details);
        assert!(matches!(error.kind(), ErrorKind::OutcomeUnknown { retry_safe: true, .. }));
        assert_eq!(error.answer().unwrap().status_code, 502);
    }
    let alone = error("GetCheckout", Code::Internal, vec![info("polar.sh", "SDK_ERROR"), sdk()]);
    assert_eq!(alone.kind().name(), "SDKError");
    assert_eq!(alone.answer().unwrap().status_code, 502);
    assert_eq!(alone.http_status(), Some(502));
}

#[test]
fn an_error_of_a_newer_service_says_what_is_known() {
    let details = vec![info("polar.sh", "NEW_ERROR"), polar("NewError", v1::Unauthorized { detail: "new".into() })];
    let error = error("UpdateCheckout", Code::FailedPrecondition, details);
    assert_eq!(error.kind(), &ErrorKind::Other);
    assert_eq!((error.domain(), error.reason(), error.message()), ("polar.sh", "NEW_ERROR", "words"));
    assert!(error.retry_safe());
    assert_eq!(error.to_string(), "UpdateCheckout: FailedPrecondition: words");
}

#[test]
fn what_a_buyer_entered_is_not_in_the_debug_text() {
    let item = v1::ValidationError { input: "\"ada@example.com\"".into(), ..Default::default() };
    let refused = v1::HttpValidationError { detail: vec![item], ..Default::default() };
    let error = error("CreateCheckout", Code::InvalidArgument, vec![polar("HTTPValidationError", refused)]);
    assert!(matches!(error.kind(), ErrorKind::HttpValidationError { items, .. } if items[0].input.contains("ada")));
    assert!(!format!("{error:?}").contains("ada"), "{error:?}");
}

#[test]
fn details_that_are_none_leave_the_code() {
    let status = Status::with_details(Code::NotFound, "words", vec![0xff; 9].into());
    let error = Error::from_status("GetCheckout", status);
    assert_eq!((error.code(), error.kind()), (Code::NotFound, &ErrorKind::Other));
}

#[test]
fn a_confirm_is_repeated_only_if_nothing_can_have_come_of_it() {
    let unnamed = |code| error("ConfirmClientCheckout", code, vec![info("checkoutsvc", "NEW")]);
    assert!(!unnamed(Code::Internal).retry_safe());
    assert!(!unnamed(Code::Unknown).retry_safe());
    assert!(unnamed(Code::InvalidArgument).retry_safe());
    let held = polar("ConfirmOutcomeUnknown", v1::ConfirmOutcomeUnknown::default());
    assert!(!error("ConfirmClientCheckout", Code::FailedPrecondition, vec![held]).retry_safe());
    let refused = polar("PaymentError", v1::PaymentError { detail: "declined".into() });
    assert!(error("ConfirmClientCheckout", Code::FailedPrecondition, vec![refused]).retry_safe());
}

#[test]
fn a_write_that_the_service_did_not_answer_is_uncertain_for_the_codes_of_a_lost_call_only() {
    for code in [Code::Unavailable, Code::DeadlineExceeded, Code::Cancelled, Code::Internal, Code::Unknown] {
        assert_eq!(error("CreateCheckout", code, vec![]).kind().name(), "OutcomeUnknown", "{code:?}");
        assert_eq!(error("GetCheckout", code, vec![]).kind(), &ErrorKind::Other, "{code:?}");
        let answered = error("CreateCheckout", code, vec![info("checkoutsvc", "X")]);
        assert_eq!(answered.kind(), &ErrorKind::Other, "{code:?}");
    }
    assert_eq!(error("CreateCheckout", Code::Unimplemented, vec![]).kind(), &ErrorKind::Other);
}

#[test]
fn a_refused_token_says_what_to_do() {
    let error = Error::from_status("ListCheckouts", Status::unauthenticated("who are you"));
    assert!(error.to_string().contains("Builder::token"), "{error}");
}

#[test]
fn errors_travel_between_threads() {
    fn travels<T: std::error::Error + Send + Sync + Clone + 'static>() {}
    travels::<Error>();
}
