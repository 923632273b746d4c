//! What is measured of network namespaces, as data.

use crate::cases::Tool;

/// The tool and its peer. Nothing is launched by them, so there is no limit.
pub(crate) static TOOL: Tool =
    Tool { ours: "xnetns", peer: "ip", suite: "iproute2", least: crate::cases::Least::Namespaces };

/// Command lines that are typed one after the other, of each tool those that do the same. They are split at blanks; `TOOL` stands for
/// the tool's path.
#[derive(Debug)]
pub(crate) struct Net {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) ours: &'static [&'static str],
    pub(crate) peer: &'static [&'static str],
    /// What takes it apart; not measured.
    pub(crate) after: &'static [&'static str],
    /// How many namespaces with a pair of devices each there are meanwhile.
    pub(crate) population: usize,
    /// Ours to the peer; none without.
    pub(crate) target: Option<f64>,
}

const GONE: &[&str] = &["-n RED link del veth0", "netns del RED", "netns del BLUE"];

/// RED and BLUE of the walkthrough, as it is typed.
const STEPS: &[&str] = &[
    "netns add RED",
    "netns add BLUE",
    "link add veth0 type veth peer name veth1",
    "link set veth0 netns RED",
    "link set veth1 netns BLUE",
    "netns exec RED TOOL link set veth0 up",
    "netns exec BLUE TOOL link set veth1 up",
    "netns exec RED TOOL link set lo up",
    "netns exec BLUE TOOL link set lo up",
    "netns exec RED TOOL addr add 11.11.11.2/24 dev veth0",
    "netns exec BLUE TOOL addr add 11.11.11.3/24 dev veth1",
    "netns list",
    "netns exec RED TOOL addr show",
    "netns exec RED TOOL route",
];

pub(crate) static NETS: [Net; 6] = [
    Net {
        name: "net-connect",
        title: "connect RED BLUE",
        ours: &["connect RED:11.11.11.2/24 BLUE:11.11.11.3/24"],
        peer: &[
            "netns add RED",
            "netns add BLUE",
            "-n RED link add veth0 type veth peer name veth1 netns BLUE",
            "-n RED addr add 11.11.11.2/24 dev veth0",
            "-n RED link set veth0 up",
            "-n RED link set lo up",
            "-n BLUE addr add 11.11.11.3/24 dev veth1",
            "-n BLUE link set veth1 up",
            "-n BLUE link set lo up",
        ],
        after: GONE,
        population: 0,
        target: Some(0.25),
    },
    Net {
        name: "net-steps",
        title: "RED and BLUE, step by step",
        ours: STEPS,
        peer: STEPS,
        after: GONE,
        population: 0,
        target: Some(1.0),
    },
    Net {
        name: "net-list100",
        title: "list, 100 names",
        ours: &["list"],
        peer: &["netns list"],
        after: &[],
        population: 50,
        target: None,
    },
    Net {
        name: "net-list1000",
        title: "list, 1,000 names",
        ours: &["list"],
        peer: &["netns list"],
        after: &[],
        population: 500,
        target: None,
    },
    Net {
        name: "net-show100",
        title: "show, 100 names",
        ours: &["show"],
        peer: &[],
        after: &[],
        population: 50,
        target: None,
    },
    Net {
        name: "net-show1000",
        title: "show, 1,000 names",
        ours: &["show"],
        peer: &[],
        after: &[],
        population: 500,
        target: None,
    },
];
