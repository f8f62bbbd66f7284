//! `cargo xtask bench outage`: the API while a push provider hangs.

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    inkan_tests::bench::outage::run(&arguments).await;
}
