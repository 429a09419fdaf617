//! What the scenario cannot say of the client: what it sends, and what it makes of a service that breaks.

mod connecting;
mod errors;
mod fake;
mod pages;
mod sending;
mod tls;
