//! Programs that cannot be executed (E24).

use super::{because, cures, hinted};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use xns_tests::{Done, Need, Scene, Who, need};

/// A root directory with files that cannot be executed there, each in its way.
fn rooted() -> Scene {
    let scene = Scene::new();
    scene.busybox_root("root");
    let script = "cd root/bin; cp /bin/true dynamic; printf '#!/no/such -x\\n' > script; printf '#!/bin/sh\\r\\n' > dos; \
                  echo : > plain; printf '#!/bin/script\\n' > twice; cp busybox arm; \
                  printf '\\267\\000' | dd of=arm bs=1 seek=18 conv=notrunc status=none; \
                  chmod 755 dynamic script dos plain twice arm; echo : > text; chmod 644 text; mkdir dir";
    scene.sh(script).run().out();
    scene.hand_over();
    scene
}

fn failed(program: &str, text: &str) -> String {
    format!("xunshare: failed to execute {program}: {text}")
}

const MISSING: &str = "No such file or directory";
const REFUSED: &str = "Permission denied";

/// Ways to a root: the caller becomes the program or forks it, with a chroot or a root of its own.
const WAYS: [&str; 7] = [
    "--root root",
    "-f --root root",
    "-m --root root -w /bin",
    "--pivot-root root",
    "-fp --pivot-root root",
    "--init --pivot-root root",
    "-f --pivot-root root --tmpfs /made",
];

#[test]
fn e24_in_a_new_root() {
    for who in Who::each("e24_in_a_new_root") {
        if !need("e24_in_a_new_root", &[Need::Program("busybox")]) {
            return;
        }
        let scene = rooted();
        for way in WAYS {
            let run =
                |program: &str| who.xunshare(&scene).words(&format!("--hints=always {way} {program}")).run();
            for (program, text, id, evidence) in [
                ("/bin/script", MISSING, "XNS-E24-interpreter", "its first line is #!/no/such"),
                ("/bin/twice", MISSING, "XNS-E24-interpreter", "its first line is #!/no/such"),
                ("/bin/dos", MISSING, "XNS-E24-interpreter", "its first line is #!/bin/sh\\r"),
                ("/bin/dir", REFUSED, "XNS-E24-directory", "stat(2) of /bin/dir says so"),
                (
                    "/bin/none",
                    MISSING,
                    "XNS-E24-not-in-root",
                    "it is looked for in the new root only, and /bin/none does not exist there",
                ),
            ] {
                let done = run(program);
                hinted(&done, &failed(program, text), id);
                assert_eq!(because(&done), [evidence], "{way}");
            }
            let done = run("/bin/dynamic");
            hinted(&done, &failed("/bin/dynamic", MISSING), "XNS-E24-loader");
            assert!(because(&done)[0].starts_with("its ELF header asks for /lib"), "{done:?}");
            let done = run("/bin/text");
            hinted(&done, &failed("/bin/text", REFUSED), "XNS-E24-not-executable");
            assert!(because(&done)[0].starts_with("its mode is 0644, "), "{done:?}");
            assert_eq!(cures(&done), ["chmod +x ./root/bin/text"]);
            let done = who
                .xunshare(&scene)
                .words(&format!("--hints=always {way} none"))
                .env("PATH", "/bin:/x")
                .run();
            hinted(&done, &failed("none", MISSING), "XNS-E24-not-in-root");
            assert_eq!(because(&done), ["it is in no directory of PATH there: /bin:/x"]);
        }
    }
}

#[test]
fn e24_without_a_shell_in_the_root() {
    for who in Who::each("e24_without_a_shell_in_the_root") {
        if !need("e24_without_a_shell_in_the_root", &[Need::Program("busybox")]) {
            return;
        }
        let scene = rooted();
        std::fs::remove_file(scene.path("root/bin/sh")).unwrap();
        for way in WAYS {
            let run =
                |program: &str| who.xunshare(&scene).words(&format!("--hints=always {way} {program}")).run();
            hinted(&run("/bin/plain"), &failed("/bin/plain", MISSING), "XNS-E24-no-shell");
            hinted(&run("/bin/arm"), &failed("/bin/arm", MISSING), "XNS-E24-architecture");
        }
        // A root of another machine: its shell is what fails.
        std::fs::rename(scene.path("root/bin/arm"), scene.path("root/bin/sh")).unwrap();
        for way in WAYS {
            let done = who.xunshare(&scene).words(&format!("--hints=always {way} /bin/plain")).run();
            hinted(&done, &failed("/bin/plain", "Exec format error"), "XNS-E24-architecture");
            assert!(
                done.stderr.contains("/bin/sh, which is to run /bin/plain, is a program for "),
                "{done:?}"
            );
            assert_eq!(because(&done), ["its ELF header has machine 183"]);
        }
    }
}

/// What was bound there is seen as long as its mount point stays; when that is gone, the process that was refused has looked.
#[test]
fn e24_a_loader_beside_what_is_bound() {
    for who in Who::each("e24_a_loader_beside_what_is_bound") {
        let scene = Scene::new();
        scene.subdir("root");
        let run = || {
            let words = "--hints=always --pivot-root root --bind-ro /usr:/usr /usr/bin/env";
            who.xunshare(&scene).words(words).run()
        };
        let first = failed("/usr/bin/env", MISSING);
        for evidence in ["it could be opened there, after its exec had failed", "its ELF header asks for "] {
            let done = run();
            if Path::new("/lib64").is_symlink() {
                hinted(&done, &first, "XNS-E24-loader");
                assert!(because(&done)[0].starts_with(evidence), "{done:?}");
                assert!(
                    cures(&done)[0].contains(" --bind-ro /lib:/lib --bind-ro /lib64:/lib64 "),
                    "{done:?}"
                );
            }
            scene.subdir("root/usr");
        }
    }
}

#[test]
fn e24_without_a_new_root() {
    let scene = rooted();
    let run = |script: &str| scene.sh(&format!("exec {script}")).ordinary().run();
    for (script, program, id) in [
        ("\"$X\" --hints=always root/bin/script", "root/bin/script", "XNS-E24-interpreter"),
        ("\"$X\" --hints=always -w root bin/script", "bin/script", "XNS-E24-interpreter"),
        ("\"$X\" --hints=always -f -w root/bin ./script", "./script", "XNS-E24-interpreter"),
        ("env PATH=/x:root/bin \"$X\" --hints=always script", "script", "XNS-E24-interpreter"),
        ("env PATH=/x:root/bin \"$X\" --hints=always text", "text", "XNS-E24-not-executable"),
        ("\"$X\" --hints=always -f /dev/null", "/dev/null", "XNS-E24-no-file"),
        ("\"$X\" --hints=always .", ".", "XNS-E24-directory"),
    ] {
        let done = run(script);
        let text = if id == "XNS-E24-interpreter" { MISSING } else { REFUSED };
        hinted(&done, &failed(program, text), id);
    }
    // Where the message says it all there is no hint.
    for program in ["./none", "none", "root/none", "''"] {
        let done = run(&format!("env PATH=/bin \"$X\" --hints=always {program}"));
        assert_eq!((done.status, done.stderr.lines().count()), (Some(127), 1), "{done:?}");
    }
}

fn only_line(done: &Done, first: &str) {
    assert_eq!(done.stderr, format!("{first}\n"));
}

#[test]
fn e24_what_others_may_execute() {
    if !need("e24_what_others_may_execute", &[Need::Root, Need::UserNamespaces]) {
        return;
    }
    let scene = Scene::new();
    let file = scene.file("mine", "#!/bin/true\n");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o700)).unwrap();
    let done = scene.xunshare().ordinary().words("--hints=always ./mine").run();
    hinted(&done, &failed("./mine", REFUSED), "XNS-E24-not-executable");
    assert_eq!(because(&done), ["its mode is 0700, its owner uid 0, its group gid 0"]);
    let dir = scene.subdir("closed");
    std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(0o700)).unwrap();
    let done = scene.xunshare().ordinary().words("--hints=always closed/x").run();
    hinted(&done, &failed("closed/x", REFUSED), "XNS-D4-not-searchable");
    // What cannot be seen is not explained.
    only_line(
        &scene.xunshare().ordinary().words("--hints=always -r ./mine").run(),
        &failed("./mine", REFUSED),
    );
    only_line(&scene.xunshare().words("--hints=always -S 7 ./mine").run(), &failed("./mine", REFUSED));
}

#[test]
fn e24_a_file_system_without_execution() {
    if !need("e24_a_file_system_without_execution", &[Need::UserNamespaces]) {
        return;
    }
    let scene = Scene::new();
    scene.hand_over();
    let script = "exec \"$X\" -rm sh -ec 'mkdir at; mount -t tmpfs -o noexec none at; cp /bin/true at; \
                  printf \"#!$PWD/at/true\\n\" > script; chmod +x script; for p in at/true ./script; do \
                  \"$X\" --hints=always $p || \"$X\" --hints=always -f $p || :; done'";
    let done = scene.sh(script).ordinary().run();
    let lines: Vec<_> = done.stderr.lines().filter(|line| line.starts_with("  hint[")).collect();
    assert_eq!(lines.len(), 4, "{done:?}");
    assert!(lines.iter().all(|line| line.starts_with("  hint[XNS-E24-noexec]: ")), "{done:?}");
    assert!(lines[3].contains("/at/true, which is to run ./script, is on a file system"), "{done:?}");
}

/// The cure cures, also where only a part of the host is shown.
#[test]
fn e24_a_loader_that_the_root_lacks() {
    for who in Who::each("e24_a_loader_that_the_root_lacks") {
        let scene = Scene::new();
        scene.subdir("empty");
        scene.hand_over();
        for way in ["-fp", "-m", "--init"] {
            let words =
                format!("--hints=always {way} --pivot-root empty --bind-ro /usr/bin:/tools /tools/env");
            let done = who.xunshare(&scene).words(&words).run();
            hinted(&done, &failed("/tools/env", MISSING), "XNS-E24-loader");
            let cured = cures(&done)[0].split_once("xunshare ").unwrap().1.to_owned();
            let done = who.xunshare(&scene).words(&cured).run();
            assert!(done.ok(), "{cured}: {done:?}");
        }
    }
}

/// D1 to D5: at which of its parts a path leads nowhere.
#[test]
fn a_path_that_leads_nowhere() {
    for who in Who::each("a_path_that_leads_nowhere") {
        let scene = Scene::new();
        scene
            .sh("mkdir -p a/b shut/in; ln -s none dangling; ln -s loop loop; echo > file; chmod 0 shut")
            .run()
            .out();
        let dir = scene.dir().display().to_string();
        for (path, text, id, evidence) in [
            ("a/c/d", MISSING, "XNS-D1-missing", "a is there, a/c is not".to_owned()),
            ("DIR/a/c", MISSING, "XNS-D1-missing", format!("{dir}/a is there, {dir}/a/c is not")),
            ("dangling", MISSING, "XNS-D2-dangling", "readlink(2) of dangling answers none".to_owned()),
            ("file", "Not a directory", "XNS-D3-no-directory", "stat(2) of file says so".to_owned()),
            ("file/x", "Not a directory", "XNS-D3-no-directory", "stat(2) of file says so".to_owned()),
            (
                "loop",
                "Too many levels of symbolic links",
                "XNS-D5-loop",
                "the kernel gives up after 40 links (path_resolution(7))".to_owned(),
            ),
        ] {
            let path = path.replace("DIR", &dir);
            for (option, first) in [
                ("-R", format!("xunshare: cannot change root directory to '{path}': {text}")),
                ("-f -R", format!("xunshare: cannot change root directory to '{path}': {text}")),
                ("-w", format!("xunshare: cannot chdir to '{path}': {text}")),
                ("--pivot-root", format!("xunshare: cannot open the root directory '{path}': {text}")),
            ] {
                let done = who.xunshare(&scene).words(&format!("--hints=always {option} {path} true")).run();
                hinted(&done, &first, id);
                assert_eq!(because(&done), [evidence.as_str()], "{option}");
            }
        }
        let done = who.xunshare(&scene).words("--hints=always -u ./dangling").run();
        hinted(&done, &failed("./dangling", MISSING), "XNS-D2-dangling");
    }
    if !need("a_path_that_leads_nowhere (D4)", &[Need::UserNamespaces]) {
        return;
    }
    // In one's own user namespace one may search all that is one's own.
    let scene = Scene::new();
    scene.sh("mkdir -p shut/in; chmod 0 shut").run().out();
    scene.hand_over();
    for (option, path) in [("-w", "shut"), ("-w", "shut/in"), ("-f -w", "shut/in")] {
        let done = scene.xunshare().ordinary().words(&format!("--hints=always {option} {path} true")).run();
        hinted(&done, &format!("xunshare: cannot chdir to '{path}': {REFUSED}"), "XNS-D4-not-searchable");
        assert!(because(&done)[0].starts_with("its mode is 0000, "), "{done:?}");
    }
}

/// The file that is the matter is named where it is, and what steers a terminal is not printed.
#[test]
fn what_hints_name_is_there() {
    let scene = rooted();
    scene
        .sh("ln -s dang chain; ln -s nowhere dang; echo > root/top; ln -s loop root/loop; mkdir -p d; echo > d/text; \
             ln -s \"$(printf 'no\\033[31m\\007')\" steers; ln -s /nowhere root/bin/gone; mkdir box; ln -s usr/bin usr/lib box")
        .run()
        .out();
    let hinted_by = |words: &str, id: &str| {
        let done =
            scene.xunshare().words(&format!("--hints=always {words}")).env("PATH", "/bin:/usr/bin").run();
        assert!(done.stderr.contains(&format!("hint[{id}]")), "{words}: {done:?}");
        done
    };
    assert!(
        hinted_by("-R chain true", "XNS-D2-dangling").stderr.contains("dang is a symbolic link to nowhere")
    );
    assert_eq!(cures(&hinted_by("-R root -w top/file true", "XNS-D3-no-directory")), ["ls -l ./root/top"]);
    assert_eq!(cures(&hinted_by("-R root -w /loop true", "XNS-D5-loop")), ["ls -l ./root/loop"]);
    assert_eq!(cures(&hinted_by("-w d ./text", "XNS-E24-not-executable")), ["chmod +x ./d/text"]);
    hinted_by("-R root /bin/gone", "XNS-D2-dangling");
    hinted_by("-R root/top/ true", "XNS-D3-no-directory");
    hinted_by("-w '' true", "XNS-D1-missing");
    hinted_by("--mount-proc=chain true", "XNS-D2-dangling");
    let done = hinted_by("-R steers true", "XNS-D2-dangling");
    assert!(!done.stderr.contains(['\x1b', '\x07']) && done.stderr.contains("no\\x1b[31m\\x07"), "{done:?}");
    if Path::new("/lib64").is_symlink() {
        let done = hinted_by("--pivot-root box --bind-ro /usr:/usr true", "XNS-E24-loader");
        let cured = cures(&done)[0].split_once("xunshare ").unwrap().1.to_owned();
        let done = scene.xunshare().words(&cured).env("PATH", "/bin:/usr/bin").run();
        assert!(done.ok(), "{cured}: {done:?}");
    }
}
