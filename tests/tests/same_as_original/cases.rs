//! The cases: shell scripts in which `$T` is the tool.

/// Does the installed unshare do what ours does?
#[derive(Clone, Copy, Debug)]
pub(crate) enum Known {
    /// It does.
    Same,
    /// From 2.MINOR on; what it did before.
    Since(u32, &'static str),
    /// It does not, and why.
    Differs(&'static str),
}

/// One command line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    /// What is run, in a directory of its own.
    pub(crate) script: &'static str,
    /// As the ordinary user, or as root.
    pub(crate) ordinary: bool,
    /// What is known.
    pub(crate) known: Known,
}

const fn root(script: &'static str) -> Case {
    Case { script, ordinary: false, known: Known::Same }
}

const fn ordinary(script: &'static str) -> Case {
    Case { script, ordinary: true, known: Known::Same }
}

const fn known(case: Case, known: Known) -> Case {
    Case { known, ..case }
}

/// getopt's messages, and those of values.
pub(crate) const WRONG: &[Case] = &[
    root("$T --no-such-option"),
    root("$T --no-such-option=value"),
    root("$T -x"),
    root("$T -fx true"),
    root("$T -m/path true"),
    root("$T -m=/path true"),
    root("$T --fork=yes true"),
    root("$T --root"),
    root("$T -R"),
    root("$T -S"),
    known(root("$T --m true"), Known::Since(43, "fewer options that begin so")),
    known(root("$T --ma"), Known::Since(41, "no --map-subids")),
    root("$T --p=private"),
    root("$T --prop=nothing true"),
    root("$T --propagation=Slave true"),
    root("$T -T --monotonic=1e3 true"),
    root("$T -T --monotonic=99999999999999999999 true"),
    root("$T -T --boottime=-99999999999999999999 true"),
    root("$T -T --boottime= true"),
    known(root("$T --monotonic=5 true"), Known::Since(43, "the message names -t instead of -T")),
    root("$T -r --setgroups=allow true"),
    root("$T --setgroups=maybe true"),
    root("$T --kill-child=9 true"),
    root("$T --kill-child=FOO true"),
    root("$T --kill-child= true"),
    root("$T --kill-child=RTMIN true"),
    root("$T --kill-child=sigterm true; echo $?"),
    root("$T --kill-child=RTMIN+3 true; echo $?"),
    root("$T --kill-child=rtmax-2 true; echo $?"),
    root("$T --kill-child=RTMIN+40 true"),
    root("$T --kill-child=CLD true; echo $?"),
    root("$T --kill true; echo $?"),
    root("$T -- -f"),
    root("$T - -f"),
    root("$T -S --fork true"),
    ordinary("$T -u true"),
    ordinary("$T -m true"),
    ordinary("$T -n --fork true"),
    ordinary("$T -r --mount-proc true"),
];

/// Numbers, and what comes of them in uid_map.
pub(crate) const MAPS: &[Case] = &[
    root("$T -r cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups"),
    root("$T -c cat /proc/self/uid_map /proc/self/gid_map"),
    root("$T -U cat /proc/self/uid_map /proc/self/setgroups; echo $?"),
    ordinary("$T -r sh -c 'id -u; id -g; cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups'"),
    ordinary("$T -c sh -c 'id -u; id -g; cat /proc/self/uid_map'"),
    ordinary("$T -U sh -c 'id -u; id -g'"),
    ordinary("$T --map-user=7 --map-group=8 sh -c 'id -u; id -g'"),
    ordinary("$T --map-user=root id -u"),
    ordinary("$T --map-user=daemon --map-group=daemon sh -c 'id -u; id -g'"),
    ordinary("$T -r --map-user=5 -c id -u"),
    ordinary("$T --map-root-user --map-user 5 sh -c 'id -u; id -g'"),
    root("$T --map-user=no-such-user true"),
    root("$T --map-group=no-such-group true"),
    known(
        root("$T --map-user=4294967295 true"),
        Known::Since(43, "(uid_t) -1 is written, and the map not checked"),
    ),
    known(root("$T --map-user=-1 true"), Known::Differs("our own words for a number below 0")),
    root("$T -S 1 -G 2 sh -c 'id -u; id -g; id -G'"),
    root("$T -S ' +5' id -u"),
    root("$T -S 0x5 id -u"),
    root("$T -S daemon id -u"),
    root("$T -G '' id -g"),
    known(root("$T -S 4294967296 id -u"), Known::Differs("silently cut to 32 bits: root")),
    known(root("$T -G 4294967297 id -g"), Known::Differs("silently cut to 32 bits: group 1")),
    root("$T -r -S 5 true"),
    ordinary("$T -r -G 0 true"),
    ordinary("$T -r -S 5 true"),
    known(
        root("$T --map-users=0:100000:1000 cat /proc/self/uid_map"),
        Known::Since(39, "only OUTER,INNER,COUNT, and always by newuidmap"),
    ),
    known(
        root("$T --map-users=0:100000:10 --map-users=20:200000:10 cat /proc/self/uid_map"),
        Known::Since(40, "one range only"),
    ),
    known(root("$T --map-users=all id -u"), Known::Since(40, "no such word")),
    known(ordinary("$T -r --setgroups=deny true"), Known::Differs("written twice, the second time too late")),
    ordinary("$T -U --setgroups=deny cat /proc/self/setgroups"),
    ordinary("$T -U --setgroups=allow cat /proc/self/setgroups"),
];

/// Propagation, roots, directories, persistence.
pub(crate) const MOUNTS: &[Case] = &[
    root("$T -m cut -d' ' -f5,7 /proc/self/mountinfo | sed 's/:[0-9]*//'"),
    root("$T -m --propagation slave cut -d' ' -f5,7 /proc/self/mountinfo | sed 's/:[0-9]*//'"),
    root("$T -m --propagation shared cut -d' ' -f5,7 /proc/self/mountinfo | sed 's/:[0-9]*//'"),
    root("$T -m --propagation unchanged cut -d' ' -f5,7 /proc/self/mountinfo | sed 's/:[0-9]*//'"),
    root("$T --propagation slave cut -d' ' -f5,7 /proc/self/mountinfo | sed 's/:[0-9]*//'"),
    root("$T -fp --mount-proc sh -c 'cat /proc/1/comm; tail -n1 /proc/self/mountinfo | cut -d\" \" -f4-6'"),
    root("$T -fp --mount-proc=../root/proc sh -c 'ls ../root/proc | grep -x 1'"),
    root(
        "$T -fp --mount-proc --propagation shared true; cut -d' ' -f5 /proc/self/mountinfo | grep -cx /proc",
    ),
    root("$T --mount-proc=/no/such/dir true"),
    root("$T -R ../root /bin/sh -c 'pwd; ls /'"),
    root("$T -R ../root -w /tmp /bin/sh -c pwd"),
    root("$T -R ../root -w /no/such/dir /bin/true"),
    root("$T -R /no/such/dir true"),
    root("$T -R ../case true"),
    root("$T -w dir pwd"),
    root("$T -w no-such-dir pwd"),
    root("$T -R ../root -fp --mount-proc /bin/cat /proc/1/comm"),
    ordinary("$T -r -R ../root -fp --mount-proc /bin/cat /proc/1/comm"),
    root(
        "$T --uts=../pins/a sh -c 'readlink /proc/self/ns/uts > in'; nsenter --uts=../pins/a readlink /proc/self/ns/uts | cmp - in; umount ../pins/a",
    ),
    root("$T --mount=../pins/a true; echo $?; findmnt -nro FSTYPE ../pins/a"),
    root("$T -f --pid=../pins/a --ipc=../pins/b true; echo $?; findmnt -nro FSTYPE ../pins/a ../pins/b"),
    root("$T --uts=../pins/no-such-file true"),
    root("$T --uts=dir true"),
    root("$T --net= true"),
    root(
        "$T --uts=../pins/a --uts=../pins/b true; findmnt -nro FSTYPE ../pins/a; findmnt -nro FSTYPE ../pins/b",
    ),
    root("$T -T --monotonic 10 --boottime -5 cat /proc/self/timens_offsets"),
    root("$T -T --monotonic -100000000000 true"),
];

/// Statuses and signals.
pub(crate) const ENDS: &[Case] = &[
    root("$T true; echo $?"),
    root("$T -u sh -c 'exit 7'"),
    root("$T -f sh -c 'exit 7'"),
    root("$T -fp sh -c 'exit 255'"),
    root("$T -f sh -c 'kill -TERM $$'"),
    root("$T -f sh -c 'kill -HUP $$'"),
    root("$T -f sh -c 'kill -INT $$'"),
    root("$T -f sh -c 'kill -USR1 $$'; echo $?"),
    known(root("$T -f sh -c 'kill -KILL $$'"), Known::Since(40, "complains about SIGKILL and exits with 1")),
    root("$T -f sh -c 'kill -TERM $PPID; sleep 0.1; exit 9'"),
    root("$T -f sh -c 'kill -INT $PPID; sleep 0.1; exit 9'"),
    root("$T --kill-child sh -c 'exit 7'"),
    root("$T --kill-child sh -c 'kill -TERM $PPID; exit 9'"),
    root("$T -r --kill-child=HUP -S 0 -G 0 true; echo $?"),
    root("$T --kill-child grep -E 'Sig(Blk|Ign|Cgt)' /proc/self/status"),
    known(
        root(
            "$T --kill-child sleep 20 & p=$!; sleep 0.3; kill $p; sleep 0.3; kill $p 2> /dev/null; kill -9 $p; wait $p; echo $?",
        ),
        Known::Differs("SIGTERM is blocked until the program ends by itself"),
    ),
    root("$T -f grep -E 'Sig(Blk|Ign|Cgt)' /proc/self/status"),
    root("trap '' USR1 PIPE; $T -f grep -E 'Sig(Blk|Ign|Cgt)' /proc/self/status"),
    root("trap '' CHLD; $T -f sh -c 'exit 3'"),
    root("$T no-such-program"),
    root("$T -f no-such-program"),
    root("$T ./dir"),
    root("$T ./orphan"),
    root("$T ../case"),
    root("$T ''"),
    root("$T --version > /dev/full"),
    root("$T -p true; echo $?"),
];

/// How the program is found, and which shell is run without one.
pub(crate) const PROGRAMS: &[Case] = &[
    root("$T ./plain word"),
    root("PATH=path:$PATH $T tool"),
    root("PATH=:/usr/bin $T tool"),
    root("PATH=refused:path $T tool"),
    root("PATH=refused $T tool"),
    root("PATH=/no/such/dir:dir:path $T tool"),
    root("PATH=../case:path $T tool"),
    root("unset PATH; $T id -u"),
    root("PATH= $T tool"),
    root("PATH=path $T ./path/tool"),
    root("PATH=$PWD:$PATH $T plain word"),
    root("$T printf '<%s>' 'a b' '' '*'"),
    root("SHELL=$PWD/shell $T"),
    root("SHELL=/bin/sh $T -f < /dev/null; echo $?"),
    root("printf 'echo $0\\n' | SHELL=/bin/bash $T"),
    known(
        root("SHELL=shell PATH=path $T"),
        Known::Differs(
            "a bare name is executed as ./shell, the path that it is, and the script's shell says so",
        ),
    ),
    root("SHELL=no-such-shell $T"),
    root("SHELL=/no/such/shell $T"),
    known(root("printf 'echo $0\\n' | SHELL= $T"), Known::Since(42, "an empty SHELL is executed")),
    known(root("printf 'echo $0\\n' | $T"), Known::Since(42, "/bin/sh, whatever the account says")),
    root("env -i A=1 B= 'C=x y' $T /usr/bin/env"),
];
