//! `inkan-phone`: see [`inkan_virtual_phone::command`].

use std::process::ExitCode;

fn main() -> ExitCode {
    inkan_virtual_phone::command::main()
}
