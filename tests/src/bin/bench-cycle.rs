//! `cargo xtask bench cycle`: cycles per second, latencies and the server's processor time beside the floor.

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    inkan_tests::bench::cycle::run(&arguments).await;
}
