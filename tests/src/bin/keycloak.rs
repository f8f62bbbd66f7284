//! `cargo xtask keycloak`: a real Keycloak asks the real server. However this ends, by Ctrl-C, by SIGTERM, or because
//! whoever started it is gone, Keycloak and the server end with it.

use std::process::ExitCode;

use inkan_tests::keycloak::{run, until_ended};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    tokio::select! {
        () = run(&arguments) => ExitCode::SUCCESS,
        () = until_ended(&arguments) => ExitCode::FAILURE,
    }
}
