//! `cargo xtask bench phone`: what a request costs on the phone, beside the floor of the same machine.

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    inkan_tests::bench::phone::run(&arguments).await;
}
