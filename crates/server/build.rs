//! Builds again when the workspace's pages change: a release carries them inside.

fn main() {
    println!("cargo::rerun-if-changed=../../web/agent/dist");
}
