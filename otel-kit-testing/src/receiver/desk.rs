use std::{future, io};

use bytes::Bytes;
use otel_kit_core::Signal;
use tokio::{sync::Notify, time::sleep};

use super::{
    answer::Answer,
    fault::{Effect, Failure},
    faults::Faults,
    paths::Paths,
};
use crate::received::{Inbox, Payload, Protocol, ReceivedRequest};

/// Where requests of both protocols are taken: recorded, spoiled by a fault or accepted.
pub(super) struct Desk {
    pub(super) inbox: Inbox,
    pub(super) faults: Faults,
    pub(super) paths: Paths,
}

impl Desk {
    pub(super) fn new(keep: usize, paths: Paths) -> Self {
        Self { inbox: Inbox::new(keep), faults: Faults::new(), paths }
    }

    /// What to answer; `close` ends the connection.
    pub(super) async fn take(&self, request: ReceivedRequest, close: &Notify) -> Answer {
        let ReceivedRequest { signal, protocol, .. } = request;
        let body = request.body.clone();
        self.inbox.update(|received| received.add_request(request));
        let answer = match self.faults.next(signal, protocol) {
            None => Answer::ACCEPTED,
            Some((Effect::Refuse, _)) => {
                close.notify_one();
                future::pending().await
            }
            Some((Effect::Delay(delay), _)) => {
                sleep(delay).await;
                Answer::ACCEPTED
            }
            Some((Effect::Hang, mut cleared)) => {
                // The sender lives as long as the desk: this ends by clearing only.
                let _ = cleared.changed().await;
                Answer::ACCEPTED
            }
            Some((Effect::Fail(failure), _)) => return Answer::Failed(failure),
            Some((Effect::Partial { rejected, message }, _)) => Answer::Accepted { rejected, message },
            Some((Effect::Garbage, _)) => Answer::Garbage,
        };
        self.accept(signal, protocol, &body).map_or_else(Answer::Failed, |()| answer)
    }

    /// Notes that something came in that is no export request.
    pub(super) fn reject(&self, http: u16, grpc: i32, message: String) -> Failure {
        self.inbox.update(|received| received.add_rejection(message.clone()));
        Failure { http: Some(http), grpc: Some(grpc), retry_after: None, message }
    }

    fn accept(&self, signal: Signal, protocol: Protocol, body: &Bytes) -> Result<(), Failure> {
        let payload = decode(signal, protocol, body).map_err(|error| {
            let (signal, protocol) = (signal.name(), protocol.name());
            self.reject(400, INVALID_ARGUMENT, format!("{signal} over {protocol}: {error}"))
        })?;
        self.inbox.update(|received| received.add(payload));
        Ok(())
    }
}

fn decode(signal: Signal, protocol: Protocol, body: &[u8]) -> io::Result<Payload> {
    match protocol {
        Protocol::HttpJson => Payload::from_json(signal, body),
        Protocol::Grpc | Protocol::HttpProtobuf => Payload::from_protobuf(signal, body),
    }
}

const INVALID_ARGUMENT: i32 = 3;
