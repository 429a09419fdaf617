//! The stream of all checkouts.

use checkoutsvc_client::v1::Pagination;
use checkoutsvc_client::{Checkout, Code, Error, ListCheckoutsRequest, ListCheckoutsResponse};
use futures_util::StreamExt;

use crate::fake::{Arrived, Fake, Reply};

/// Three pages; the second begins with what the first ended with.
fn page(call: &Arrived) -> Reply {
    let ids: &[&str] = match call.request::<ListCheckoutsRequest>().page() {
        0 | 1 => &["a", "b"],
        2 => &["b", "c"],
        _ => &["d", ""],
    };
    let items = ids.iter().map(|id| Checkout { id: (*id).into(), ..Default::default() }).collect();
    let pagination = Some(Pagination { max_page: 3, ..Default::default() });
    Reply::message(ListCheckoutsResponse { items, pagination, ..Default::default() })
}

async fn ids(service: &Fake, request: ListCheckoutsRequest) -> Vec<String> {
    let checkouts: Vec<Result<Checkout, Error>> = service.client().list_all(request).collect().await;
    checkouts.into_iter().map(|checkout| checkout.unwrap().id).collect()
}

fn asked(service: &Fake) -> Vec<(Option<i64>, Option<i64>)> {
    let requests = service.calls().into_iter().map(|call| call.request::<ListCheckoutsRequest>());
    requests.map(|request| (request.page, request.limit)).collect()
}

#[tokio::test]
async fn what_slides_to_the_next_page_comes_once() {
    let service = Fake::start(page).await;
    assert_eq!(ids(&service, ListCheckoutsRequest::default()).await, ["a", "b", "c", "d", ""]);
    assert_eq!(asked(&service), [(None, Some(100)), (Some(2), Some(100)), (Some(3), Some(100))]);
}

#[tokio::test]
async fn it_begins_where_it_is_told_and_keeps_to_the_limit() {
    let service = Fake::start(page).await;
    let request = ListCheckoutsRequest { page: Some(2), ..Default::default() };
    assert_eq!(ids(&service, request).await, ["b", "c", "d", ""]);
    assert_eq!(asked(&service), [(Some(2), None), (Some(3), None)]);
    ids(&service, ListCheckoutsRequest { limit: Some(2), ..Default::default() }).await;
    assert_eq!(asked(&service), [(None, Some(2)), (Some(2), Some(2)), (Some(3), Some(2))]);
}

#[tokio::test]
async fn a_page_is_fetched_when_it_is_needed() {
    let service = Fake::start(page).await;
    let mut checkouts = service.client().list_all(ListCheckoutsRequest::default());
    assert!(service.calls().is_empty());
    checkouts.next().await.unwrap().unwrap();
    checkouts.next().await.unwrap().unwrap();
    assert_eq!(service.calls().len(), 1);
}

#[tokio::test]
async fn an_error_is_the_last_item() {
    let service = Fake::start(|call| match call.request::<ListCheckoutsRequest>().page {
        None => page(call),
        Some(_) => Reply::Status(Code::Internal, "broken"),
    })
    .await;
    let items: Vec<_> = service.client().list_all(ListCheckoutsRequest::default()).collect().await;
    assert_eq!(items.len(), 3);
    assert_eq!(items[2].as_ref().unwrap_err().code(), Code::Internal);
}
