//! The floor under a cycle: what its signature checks, its requests and its commits cost by themselves.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use hdrhistogram::Histogram;
use inkan_protocol::jwk::{PublicKey, Signature};
use inkan_server::hub::Hub;
use inkan_server::storage::sqlite::Sqlite;
use inkan_server::storage::{Storage, StorageError};
use p256::ecdsa::signature::Signer as _;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use super::phone::{instant, micros, record};
use crate::live::cpu_seconds;
use crate::signer::SigningKey;

/// Processor time in seconds of each part, once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Floor {
    pub(super) verify: f64,
    pub(super) request: f64,
    pub(super) commit: f64,
}

/// Measures all three with `clients` at once.
pub(super) async fn measure(clients: usize) -> Floor {
    Floor { verify: verify(), request: request(clients).await, commit: commit(clients).await }
}

fn own_cpu() -> f64 {
    cpu_seconds(std::process::id())
}

/// What a decision on a phone cannot do without: a signature that is checked before it is used, and the disk.
pub(super) struct PhoneFloor {
    pub(super) keys: Histogram<u64>,
    pub(super) sync: Histogram<u64>,
}

/// Measures both, the disk in a file of `folder`.
pub(super) fn of_phone(folder: &Path) -> PhoneFloor {
    let mut floor = PhoneFloor { keys: micros(), sync: micros() };
    let key = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    let public = PublicKey::from_uncompressed(key.verifying_key().to_sec1_point(false).as_bytes()).unwrap();
    for number in 0..1_000_u16 {
        let message = [&number.to_be_bytes()[..], &[7; 900]].concat();
        let begun = instant();
        let signature: p256::ecdsa::Signature = key.sign(&message);
        let signature = Signature::from_der(signature.to_der().as_bytes()).unwrap();
        public.verify(&message, &signature).unwrap();
        record(&mut floor.keys, begun.elapsed());
    }
    let mut file = std::fs::File::create(folder.join("floor")).unwrap();
    for _ in 0..1_000 {
        let begun = instant();
        file.write_all(&[7; 4096]).unwrap();
        file.sync_data().unwrap();
        record(&mut floor.sync, begun.elapsed());
    }
    floor
}

/// One check of a P-256 signature over a message as long as an answer.
fn verify() -> f64 {
    const CHECKS: u32 = 10_000;
    let key = SigningKey::make();
    let message = [7_u8; 900];
    let signature = key.sign_bytes(&message);
    let before = own_cpu();
    for _ in 0..CHECKS {
        key.public().verify(&message, &signature).unwrap();
    }
    (own_cpu() - before) / f64::from(CHECKS)
}

/// One request of an answer's size over the same stack, answered without work: processor time of the answering process.
async fn request(clients: usize) -> f64 {
    let each = (8_000 / clients).max(8);
    let mut child = tokio::process::Command::new(std::env::current_exe().unwrap())
        .arg("--bare-server")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let origin = lines.next_line().await.unwrap().unwrap();
    let root = lines.next_line().await.unwrap().unwrap();
    let client = crate::live::client(std::path::Path::new(&root));
    let process = child.id().unwrap();
    let run = |each: usize| {
        let tasks: Vec<_> = (0..clients)
            .map(|_| {
                let (client, origin) = (client.clone(), origin.clone());
                tokio::spawn(async move {
                    for _ in 0..each {
                        let body = "x".repeat(900);
                        client.post(&origin).body(body).send().await.unwrap().bytes().await.unwrap();
                    }
                })
            })
            .collect();
        async move {
            for task in tasks {
                task.await.unwrap();
            }
        }
    };
    run(2).await;
    let before = cpu_seconds(process);
    run(each).await;
    let cost = (cpu_seconds(process) - before) / f64::from(u32::try_from(each * clients).unwrap());
    child.kill().await.unwrap();
    cost
}

/// One small change in a commit shared with whoever else writes at that moment.
async fn commit(clients: usize) -> f64 {
    let each = (8_000 / clients).max(8);
    let folder = tempfile::tempdir().unwrap();
    let engine = Sqlite::open(&folder.path().join("floor.db")).unwrap();
    let storage = Storage::new(Arc::new(engine), Arc::new(Hub::default()));
    let before = own_cpu();
    let tasks: Vec<_> = (0..clients)
        .map(|client| {
            let storage = storage.clone();
            tokio::spawn(async move {
                for round in 0..each {
                    storage
                        .write(move |tx| -> Result<(), StorageError> {
                            tx.put_meta(&format!("{client}-{round}"), &"x".repeat(2_000))
                        })
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let cost = (own_cpu() - before) / f64::from(u32::try_from(each * clients).unwrap());
    storage.close().await;
    cost
}

/// Serves nothing but answers, over TLS: `--bare-server`. Says its origin and the file of its root.
pub(super) async fn serve_bare() {
    let folder = tempfile::tempdir().unwrap();
    let certified = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    let root = folder.path().join("root.pem");
    std::fs::write(&root, certified.cert.pem()).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let config =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certified.cert.der().clone()], key)
            .unwrap();
    let listener = std::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    listener.set_nonblocking(true).unwrap();
    println!("https://localhost:{}/", listener.local_addr().unwrap().port());
    println!("{}", root.display());
    let router = Router::new().route("/", post(|_: axum::body::Bytes| async { "{\"receipt\":\"\"}" }));
    let config = axum_server::tls_rustls::RustlsConfig::from_config(Arc::new(config));
    axum_server::from_tcp_rustls(listener, config).unwrap().serve(router.into_make_service()).await.unwrap();
}
