//! `cargo xtask bench watch`: many pages watch, few phones decide.

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    inkan_tests::bench::watch::run(&arguments).await;
}
