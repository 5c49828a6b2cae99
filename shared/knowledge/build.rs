//! Has the embedded articles compiled in again when one is added or removed, which `include_dir` alone does not notice.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=articles");
}
