//! Lists without page arithmetic.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;

use crate::v1::{Checkout, ListCheckoutsRequest, ListCheckoutsResponse};
use crate::{Client, Error};

/// The most checkouts that Polar gives per page (B 4).
const MAX_LIMIT: i64 = 100;

type Page = Pin<Box<dyn Future<Output = Result<ListCheckoutsResponse, Error>> + Send>>;

/// All checkouts that a request lets pass, a [`Stream`] that fetches page after page while they are asked for.
///
/// It begins at the page of the request and keeps to its limit. With neither set it takes the largest pages, 100
/// checkouts, for every page counts against Polar's rate limit. A failed call is its last item.
///
/// Polar counts pages from the newest, and the list can change between two of them. What slides from one page to the
/// next because checkouts were added is given once. If checkouts drop out of the filter meanwhile, as many others can
/// be missed.
///
/// ```no_run
/// # async fn example(client: checkoutsvc_client::Client) -> Result<(), checkoutsvc_client::Error> {
/// let mut checkouts = client.list_all(Default::default());
/// while let Some(checkout) = checkouts.next().await {
///     println!("{}", checkout?.id);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a stream does nothing unless it is polled"]
pub struct Checkouts {
    client: Client,
    timeout: Option<Duration>,
    next: Option<ListCheckoutsRequest>,
    fetching: Option<Page>,
    ready: VecDeque<Checkout>,
    previous: HashSet<String>,
}

impl Checkouts {
    pub(crate) fn new(client: &Client, mut request: ListCheckoutsRequest) -> Self {
        if request.page.is_none() && request.limit.is_none() {
            request.limit = Some(MAX_LIMIT);
        }
        Self {
            client: client.clone(),
            timeout: None,
            next: Some(request),
            fetching: None,
            ready: VecDeque::new(),
            previous: HashSet::new(),
        }
    }

    /// How long the call for each page may take. Without it the client's default holds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The next checkout, or `None` after the last. It is what `StreamExt::next` is.
    pub async fn next(&mut self) -> Option<Result<Checkout, Error>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// Begins to fetch a page, unless it was the last.
    fn fetch(&mut self) -> Option<&mut Page> {
        if self.fetching.is_none() {
            let mut call = self.client.list_checkouts(self.next.clone()?);
            if let Some(timeout) = self.timeout {
                call = call.timeout(timeout);
            }
            self.fetching = Some(call.into_future());
        }
        self.fetching.as_mut()
    }

    /// Takes a page that came, without what was on the page before.
    fn take(&mut self, page: ListCheckoutsResponse) {
        self.next = self.next.take().and_then(|request| following(request, &page));
        let ids = page.items.iter().map(|checkout| checkout.id.clone()).filter(|id| !id.is_empty());
        let previous = std::mem::replace(&mut self.previous, ids.collect());
        self.ready.extend(page.items.into_iter().filter(|checkout| !previous.contains(&checkout.id)));
    }
}

/// The request for the page after the one that was asked for; `None` if that was the last.
fn following(mut request: ListCheckoutsRequest, page: &ListCheckoutsResponse) -> Option<ListCheckoutsRequest> {
    let number = request.page.unwrap_or(1).max(1);
    let last = page.pagination.as_ref()?.max_page;
    request.page = Some(number + 1);
    (number < last).then_some(request)
}

impl Stream for Checkouts {
    type Item = Result<Checkout, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(checkout) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(checkout)));
            }
            let Some(page) = self.fetch() else {
                return Poll::Ready(None);
            };
            let answer = ready!(page.as_mut().poll(cx));
            self.fetching = None;
            match answer {
                Ok(page) => self.take(page),
                Err(error) => {
                    self.next = None;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

impl fmt::Debug for Checkouts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checkouts").field("client", &self.client).finish_non_exhaustive()
    }
}
