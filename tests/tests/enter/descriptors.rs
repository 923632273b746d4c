//! What is open in the program.

use super::{target, xnsenter};
use xns_tests::{Scene, Who};

#[test]
fn the_program_gets_no_descriptor_of_ours() {
    for who in Who::each("the_program_gets_no_descriptor_of_ours") {
        let scene = Scene::new();
        let (_running, pid) = target(&scene, who, "-mun -fp --mount-proc");
        let count = ["sh", "-c", "ls /proc/self/fd | wc -l"];
        // What the test itself hands down is there without the tool too.
        let plain = scene.cmd(count[0]).args(&count[1..]).run();
        for words in ["-a", "-a -r -w", "-a -r/ -w/", "-a -W/tmp"] {
            let done = xnsenter(&scene, who).args(["-t", &pid.to_string()]).words(words).args(count).run();
            assert_eq!(done.out(), plain.out(), "{words}");
        }
    }
}
