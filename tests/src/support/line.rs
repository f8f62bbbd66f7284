//! The net between phones and servers: requests go straight into the router, unless something happens to them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::body::Body;
use inkan_core::ports::{Request, Response, Transport, TransportError};
use tokio::sync::Semaphore;

use super::{Reply, Server};

/// Servers by name.
#[derive(Default)]
pub(crate) struct Net {
    servers: Mutex<BTreeMap<String, Arc<Server>>>,
}

impl Net {
    pub(crate) fn connect(&self, server: &Arc<Server>) {
        self.servers.lock().unwrap().insert(server.name.to_string(), Arc::clone(server));
    }

    /// From now on that server cannot be reached.
    pub(crate) fn disconnect(&self, server: &Server) {
        self.servers.lock().unwrap().remove(server.name.as_str());
    }

    /// Brings a phone's request to its server.
    pub(crate) async fn carry(&self, request: &Request) -> Result<Response, TransportError> {
        let path_at = request.url.match_indices('/').nth(2).map_or(request.url.len(), |(at, _)| at);
        let (host, path) = request.url.split_at(path_at);
        let server = self.servers.lock().unwrap().get(host).cloned().ok_or(TransportError::Offline)?;
        let mut builder = axum::http::Request::builder().method(request.method.as_str()).uri(path);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let reply = server.send(builder.body(Body::from(request.body.clone())).unwrap()).await;
        Ok(response(&reply))
    }
}

fn response(reply: &Reply) -> Response {
    let headers = reply
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned()))
        .collect();
    Response { status: reply.status, headers, body: reply.body.clone() }
}

/// What happens to one request on its way.
pub(crate) enum Fault {
    /// It never arrives.
    RequestLost,
    /// It arrives, and its answer does not.
    AnswerLost,
    /// It arrives twice; the phone gets the second answer.
    Twice,
    /// It is held up until the test gives a permit.
    Delayed(Arc<Semaphore>),
}

/// Somebody between the phone and the net who sees everything and may say anything.
#[async_trait]
pub(crate) trait Middle: Send + Sync {
    async fn pass(&self, request: Request, net: &Net) -> Result<Response, TransportError>;
}

/// One phone's way to the net.
pub(crate) struct Line {
    net: Arc<Net>,
    cut: AtomicBool,
    faults: Mutex<BTreeMap<String, VecDeque<Fault>>>,
    middle: Mutex<Option<Arc<dyn Middle>>>,
    sent: Mutex<Vec<Request>>,
    received: Mutex<Vec<Response>>,
}

impl Line {
    pub(crate) fn new(net: &Arc<Net>) -> Arc<Self> {
        Arc::new(Self {
            net: Arc::clone(net),
            cut: AtomicBool::new(false),
            faults: Mutex::default(),
            middle: Mutex::default(),
            sent: Mutex::default(),
            received: Mutex::default(),
        })
    }

    /// No connection from now on.
    pub(crate) fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
    }

    /// Connection again.
    pub(crate) fn mend(&self) {
        self.cut.store(false, Ordering::SeqCst);
    }

    /// The next request to a path that ends like this meets a fault.
    pub(crate) fn next(&self, path: &str, fault: Fault) {
        self.faults.lock().unwrap().entry(path.to_owned()).or_default().push_back(fault);
    }

    /// From now on somebody stands between.
    pub(crate) fn put_between(&self, middle: Arc<dyn Middle>) {
        *self.middle.lock().unwrap() = Some(middle);
    }

    /// Bodies sent to a path that ends like this, in order.
    pub(crate) fn bodies(&self, path: &str) -> Vec<String> {
        let sent = self.sent.lock().unwrap();
        let to_path = sent.iter().filter(|request| request.url.ends_with(path));
        to_path.map(|request| String::from_utf8(request.body.clone()).unwrap()).collect()
    }

    /// Returns when a request to a path that ends like this has been sent.
    pub(crate) async fn is_asked(&self, path: &str) {
        while !self.sent.lock().unwrap().iter().any(|request| request.url.ends_with(path)) {
            tokio::task::yield_now().await;
        }
    }

    /// Everything that servers have told the phone so far, as one text.
    pub(crate) fn received(&self) -> String {
        let received = self.received.lock().unwrap();
        let whole = received
            .iter()
            .map(|answer| format!("{:?}\n{}\n", answer.headers, String::from_utf8_lossy(&answer.body)));
        whole.collect()
    }

    fn fault(&self, url: &str) -> Option<Fault> {
        let mut faults = self.faults.lock().unwrap();
        let waiting = faults.iter_mut().find(|(path, queue)| url.ends_with(*path) && !queue.is_empty());
        waiting.and_then(|(_, queue)| queue.pop_front())
    }

    async fn carry(&self, request: &Request) -> Result<Response, TransportError> {
        let middle = self.middle.lock().unwrap().clone();
        let answer = match middle {
            Some(middle) => middle.pass(request.clone(), &self.net).await,
            None => self.net.carry(request).await,
        }?;
        self.received.lock().unwrap().push(answer.clone());
        Ok(answer)
    }
}

#[async_trait]
impl Transport for Line {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        if self.cut.load(Ordering::SeqCst) {
            return Err(TransportError::Offline);
        }
        self.sent.lock().unwrap().push(request.clone());
        match self.fault(&request.url) {
            None => self.carry(&request).await,
            Some(Fault::RequestLost) => Err(TransportError::Offline),
            Some(Fault::AnswerLost) => {
                self.carry(&request).await?;
                Err(TransportError::TimedOut)
            }
            Some(Fault::Twice) => {
                self.carry(&request).await?;
                self.carry(&request).await
            }
            Some(Fault::Delayed(gate)) => {
                gate.acquire().await.unwrap().forget();
                self.carry(&request).await
            }
        }
    }
}
