//! Makes cargo compile the crate again when a file under `schemas/` changes: `include_dir!` alone does not.
fn main() {
    println!("cargo:rerun-if-changed=../../schemas");
}
