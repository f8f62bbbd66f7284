//! `inkan serve`.

use std::io::Write as _;
use std::sync::Arc;

use inkan_server::clock::SystemClock;
use inkan_server::random::SystemRandom;
use inkan_server::serve::{self, ServeError};
use inkan_server::{logging, start};

use super::{ConfigArgs, Failure, runtime};

pub(super) fn run(args: &ConfigArgs) -> Result<(), Failure> {
    let config = args.load()?;
    logging::init(config.log).map_err(Failure::failed)?;
    let app = start::start(&config, Arc::new(SystemClock), Arc::new(SystemRandom))?;
    let ready = || {
        let mut out = std::io::stdout().lock();
        // whoever started the server and left has no need of the line
        let _ = writeln!(out, "ready {}", config.api_origin).and_then(|()| out.flush());
    };
    runtime()?.block_on(serve::run(app, &config, ready)).map_err(|error| match error {
        ServeError::Bind { .. } | ServeError::Tls(_) => Failure::input(error),
        ServeError::Listener(_) | ServeError::Lost | ServeError::Outbound(_) => Failure::failed(error),
    })
}
