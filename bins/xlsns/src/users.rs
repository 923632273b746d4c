//! The names of users.

use std::cell::{OnceCell, RefCell};
use xns_lsns::numbers::NumberMap;
use xns_user::account;

/// Names as `/etc/passwd` has them, each looked up once.
#[derive(Default)]
pub(crate) struct Users {
    passwd: OnceCell<Vec<u8>>,
    known: RefCell<NumberMap<Option<Vec<u8>>>>,
}

impl Users {
    /// The name of who has this uid here.
    pub(crate) fn name(&self, uid: u32) -> Option<Vec<u8>> {
        // Without the file nobody has a name.
        let passwd = || self.passwd.get_or_init(|| std::fs::read("/etc/passwd").unwrap_or_default());
        let find = || account::user_by_uid(passwd(), uid).map(|user| user.name.to_vec());
        self.known.borrow_mut().entry(uid, find).clone()
    }
}
