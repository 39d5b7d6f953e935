//! Makes cargo compile the crate again when a file under `schema_dir/` changes: `include_dir!` alone does not.
fn main() {
    println!("cargo:rerun-if-changed=../../schemas");
}
