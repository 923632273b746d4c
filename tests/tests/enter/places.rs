//! Root and working directory.

use super::{target, xnsenter};
use xns_tests::{Need, Scene, Who, need};

#[test]
fn a_root_has_the_working_directory_inside() {
    if !need("a_root_has_the_working_directory_inside", &[Need::Root, Need::Program("busybox")]) {
        return;
    }
    let scene = Scene::new();
    scene.busybox_root("root");
    let (_running, pid) = target(&scene, Who::Root, "-u -f");
    let root = format!("-r{}", scene.path("root").display());
    let done = xnsenter(&scene, Who::Root)
        .args([
            "-t",
            &pid.to_string(),
            "-u",
            &root,
            "/bin/sh",
            "-c",
            "cd .; /bin/readlink -f .; ls -d /bin ../bin",
        ])
        .run();
    assert_eq!(done.out(), "/\n../bin\n/bin");
}
