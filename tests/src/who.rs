//! Root and the ordinary user: most of what one can do, the other can with `-r`.

use crate::{Cmd, Need, Scene, is_root, need};

/// Who runs a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Root, without a user namespace.
    Root,
    /// An ordinary user, with `-r`.
    Ordinary,
}

impl Who {
    /// Those who can run here; the test is told to have been skipped for the others.
    pub fn each(test: &str) -> Vec<Who> {
        let mut who = Vec::new();
        if need(&format!("{test} (root)"), &[Need::Root]) {
            who.push(Who::Root);
        }
        if need(&format!("{test} (ordinary user)"), &[Need::UserNamespaces]) {
            who.push(Who::Ordinary);
        }
        who
    }

    /// `xunshare`, with `-r` for the ordinary user, who gets what is in the scene.
    pub fn xunshare(self, scene: &Scene) -> Cmd {
        match self {
            Who::Root => scene.xunshare(),
            Who::Ordinary => {
                scene.hand_over();
                scene.xunshare().ordinary().args(["-r"])
            }
        }
    }

    /// Is this the test's own user?
    pub fn is_self(self) -> bool {
        (self == Who::Root) == is_root()
    }
}
