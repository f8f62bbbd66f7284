//! Generates the Kotlin and the Swift of a library built from `bindings`. A package of its own, built by a cargo call
//! of its own: its features would otherwise get into the library that ships.

fn main() {
    uniffi::uniffi_bindgen_main();
}
