//! `cargo xtask keycloak`: a real Keycloak asks the real server.

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    inkan_tests::keycloak::run(&arguments).await;
}
